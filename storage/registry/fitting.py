"""Whether records fit together: slugs that lead to nothing, and slugs that stand twice.  Pure."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from storage.errors import N_
from storage.registry.records import Contact, Project, RegistryData
from storage.registry.territories import shipped_territories


@dataclasses.dataclass(frozen=True, slots=True)
class Misfit:
    """A field of a record that does not fit the rest; `problem` is a message id, filled from `words`."""

    kind: str
    slug: str
    field: str
    problem: str
    words: dict[str, Any] = dataclasses.field(default_factory=dict)


def misfits(data: RegistryData) -> Iterator[Misfit]:
    """Everything that does not fit, record by record."""
    yield from _repeated(data)
    yield from _of_projects(data)
    projects, organisations = _slugs(data.projects), _slugs(data.organisations)
    for body in data.organisations:
        yield from _unknown("organisation", body.slug, "successor", (body.successor,), organisations)
    for contact in data.contacts:
        yield from _of_contact(contact, projects, organisations)
    for event in data.events:
        yield from _unknown("event", event.slug, "projects", event.projects, projects)
        yield from _unknown("event", event.slug, "organisations", event.organisations, organisations)
    yield from _of_municipalities(data)
    for term in data.terms:
        yield from _unknown("term", term.slug, "topic", (term.topic,), _slugs(data.topics))


def _of_projects(data: RegistryData) -> Iterator[Misfit]:
    known = _slugs(data.organisations), _slugs(data.places), _slugs(data.projects)
    for project in data.projects:
        yield from _of_project(project, *known)


def _of_project(
    project: Project, organisations: Collection[str], places: Collection[str], projects: Collection[str]
) -> Iterator[Misfit]:
    slug = project.slug
    yield from _unknown("project", slug, "donors", project.donors, organisations)
    yield from _unknown("project", slug, "implementers", project.implementers, organisations)
    yield from _unknown("project", slug, "partners", project.partners, organisations)
    yield from _unknown("project", slug, "territories", project.territories, places)
    for phase in project.phases:
        yield from _unknown("project", slug, "phases", phase.territories, places)
    for ambiguity in project.ambiguous:
        yield from _unknown("project", slug, "ambiguous", ambiguity.others, projects)


def _of_contact(
    contact: Contact, projects: Collection[str], organisations: Collection[str]
) -> Iterator[Misfit]:
    known = projects if contact.of_kind == "project" else organisations
    yield from _unknown("contact", contact.slug, "of", (contact.of,), known)


def _of_municipalities(data: RegistryData) -> Iterator[Misfit]:
    shipped = _slugs(shipped_territories())
    for one in data.municipalities:
        yield from _unknown("municipality", one.slug, "parent", (one.parent,), shipped)
        if one.slug in shipped:
            yield Misfit("municipality", one.slug, "slug", N_("the slug stands twice"))


def _repeated(data: RegistryData) -> Iterator[Misfit]:
    for kind in ("project", "organisation", "contact", "term", "event", "faq"):
        counted = Counter(record.slug for record in getattr(data, f"{kind}s"))
        for slug, times in counted.items():
            if times > 1:
                yield Misfit(kind, slug, "slug", N_("the slug stands twice"))


def _unknown(
    kind: str, slug: str, name: str, values: Iterable[str | None], known: Collection[str]
) -> Iterator[Misfit]:
    for value in values:
        if value and value not in known:
            yield Misfit(kind, slug, name, N_("“{text}” is not in the registry"), {"text": value})


def _slugs(records: Iterable[Any]) -> frozenset[str]:
    return frozenset(record.slug for record in records)
