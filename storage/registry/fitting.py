"""Whether records fit together: slugs that lead to nothing, and slugs that stand twice.  Pure."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from storage.analysis import fold, normalise
from storage.errors import N_
from storage.languages import Names
from storage.registry.records import Contact, Project, Record, RegistryData
from storage.registry.territories import shipped_territories

NAMED: Final = ("project", "organisation", "term", "event")
"""The kinds of records that have names."""
NAMED_ALREADY: Final = N_("“{text}” is a name of “{slug}” already")
_TO_COME: Final = N_("“{text}” has not come yet: write when this was true")


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


def shared_names(data: RegistryData) -> Iterator[Misfit]:
    """Names by which another record of the kind is called too, unless it is said that both are meant."""
    ambiguous = {
        (folded(one.alias), slug)
        for project in data.projects
        for one in project.ambiguous
        for slug in (project.slug, *one.others)
    }
    for kind in NAMED:
        records: tuple[Record, ...] = getattr(data, f"{kind}s")
        called = names_of(records)
        for record in records:
            for field, name in _names(record):
                others = called[folded(name)] - {record.slug}
                if others and (folded(name), record.slug) not in ambiguous:
                    words = {"text": name, "slug": min(others)}
                    yield Misfit(kind, record.slug, field, NAMED_ALREADY, words)


def from_the_future(data: RegistryData, today: date) -> Iterator[Misfit]:
    """Records and facts that were true on a day that has not come anywhere yet."""
    tomorrow = today + timedelta(days=1)
    for kind in ("project", "organisation", "contact", "term", "event", "faq"):
        for record in getattr(data, f"{kind}s"):
            facts = {fact.as_of for fact in getattr(record, "facts", ())} - {record.as_of}
            for name, as_of in (("as_of", record.as_of), *(("facts", day) for day in sorted(facts))):
                if as_of.first_day() > tomorrow:
                    yield Misfit(kind, record.slug, name, _TO_COME, {"text": str(as_of)})


def names_of(records: Iterable[Record]) -> dict[str, set[str]]:
    """The slugs of the records that are called by a name, by each name, folded."""
    called: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for _, name in _names(record):
            called[folded(name)].add(record.slug)
    return called


def _names(record: Record) -> Iterator[tuple[str, str]]:
    """Every name with its field."""
    for field in ("names", "short", "full"):
        names: Names | None = getattr(record, field)
        yield from ((field, name) for name in (names.as_mapping().values() if names else ()))
    yield from (("aliases", alias) for alias in record.aliases)


def folded(name: str) -> str:
    """A name as it is compared with others."""
    return fold(normalise(name))


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
