"""The registry at one moment: immutable, with everything looked up by slug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import TypeVar

from storage.registry.records import (
    Alias,
    Contact,
    Event,
    Organisation,
    Place,
    Project,
    Record,
    RegistryData,
    Term,
    Topic,
)

R = TypeVar("R", Project, Organisation, Term, Event, Place, Topic, Contact)


class RegistrySnapshot:
    """What the registry held at a version.  Never changes: a changed registry is another snapshot.

    Snapshots with the same content are equal, so that what was made from one (a vocabulary) serves the other.
    """

    def __init__(self, data: RegistryData, *, more_aliases: Iterable[Alias] = (), version: int = 0) -> None:
        self.data = data
        self.version = version
        self.projects = _by_slug(data.projects)
        self.organisations = _by_slug(data.organisations)
        self.terms = _by_slug(data.terms)
        self.events = _by_slug(data.events)
        self.places = _by_slug(data.places)
        self.topics = _by_slug(data.topics)
        self.faqs = {faq.slug: faq for faq in data.faqs}
        self._more_aliases = tuple(alias for alias in more_aliases if self.record(alias.kind, alias.slug))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegistrySnapshot):
            return NotImplemented
        return self is other or self._fingerprint == other._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    @cached_property
    def _fingerprint(self) -> bytes:
        """Stands for the content: caches compare snapshots at every question, and the records are thousands."""
        return sha256(repr((self.data, self._more_aliases)).encode()).digest()

    @cached_property
    def aliases(self) -> tuple[Alias, ...]:
        """Every name of every project, organisation, term and event, each once."""
        return tuple(dict.fromkeys((*aliases_of(self.data), *self._more_aliases)))

    def record(self, kind: str, slug: str) -> Record | None:
        """A project, organisation, term or event, or None."""
        found: Mapping[str, Mapping[str, Record]] = {
            "project": self.projects,
            "organisation": self.organisations,
            "term": self.terms,
            "event": self.events,
        }
        return found.get(kind, {}).get(slug)

    def contacts_of(self, kind: str, slug: str) -> tuple[Contact, ...]:
        """How to reach a project or a body; the newest first."""
        found = (contact for contact in self.data.contacts if (contact.of_kind, contact.of) == (kind, slug))
        return tuple(sorted(found, key=lambda contact: contact.as_of, reverse=True))

    def projects_in(self, region: str) -> tuple[Project, ...]:
        """The projects whose sources name this oblast; the current ones first."""
        return self._in_order(project for project in self.data.projects if region in project.territories)

    def projects_everywhere(self) -> tuple[Project, ...]:
        """The projects whose sources name no oblast."""
        return self._in_order(project for project in self.data.projects if not project.territories)

    def projects_of(self, organisation: str) -> tuple[Project, ...]:
        """The projects that a body funds, carries out or is a partner of; the current ones first."""
        return self._in_order(
            project
            for project in self.data.projects
            if organisation in (*project.donors, *project.implementers, *project.partners)
        )

    def all_projects(self) -> tuple[Project, ...]:
        """Every project; the current ones first."""
        return self._in_order(self.data.projects)

    def _in_order(self, projects: Iterable[Project]) -> tuple[Project, ...]:
        order = {"active": 0, "unconfirmed": 1, "completed": 2}
        return tuple(sorted(projects, key=lambda project: order[project.state]))


def aliases_of(data: RegistryData) -> Iterator[Alias]:
    """The names in all languages, the short and full ones, and the other names of each record."""
    for project in data.projects:
        several = {ambiguity.alias for ambiguity in project.ambiguous}
        yield from (alias for alias in _names_of("project", project) if alias.text not in several)
        yield from (Alias(number, "project", project.slug) for number in project.numbers)
        for ambiguity in project.ambiguous:
            for slug in (project.slug, *ambiguity.others):
                yield Alias(ambiguity.alias, "project", slug)
    for organisation in data.organisations:
        yield from _names_of("organisation", organisation)
    for term in data.terms:
        yield from _names_of("term", term)
    for event in data.events:
        yield from _names_of("event", event)


def _names_of(kind: str, record: Record) -> Iterator[Alias]:
    spoken = (record.names, record.short, record.full)
    texts = [text for names in spoken if names for text in names.as_mapping().values()]
    for text in dict.fromkeys((*texts, *record.aliases)):
        yield Alias(text, kind, record.slug)  # type: ignore[arg-type]  # one of the kinds above


def _by_slug(records: Iterable[R]) -> Mapping[str, R]:
    return {record.slug: record for record in records}
