"""Whether what is shown of a record fits one message.  Pure.

Storage draws no cards; it counts what stands on one, in the language in which that is longest, and leaves room for the
words that are put between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from storage.errors import N_
from storage.languages import LANGUAGES, Language, Names
from storage.registry.fitting import Misfit
from storage.registry.reading import units
from storage.registry.records import Contact, Organisation, Project, Record, RegistryData

MESSAGE: Final = 4_096
"""Characters of a message (https://core.telegram.org/bots/api#sendmessage)."""
_BETWEEN: Final = 500
"""Room for labels, states and dates."""
_DATES: Final = 60
"""Room for the dates of a phase, or an amount."""
_TOO_LARGE: Final = N_("the card would have {size} characters, and a message holds {most}: make it shorter")


def oversized(data: RegistryData) -> Iterator[Misfit]:
    """Every record whose card does not fit, at its longest field."""
    shown = _Shown(data)
    for project in data.projects:
        yield from _judged("project", project, "summary", shown.project(project))
    for body in data.organisations:
        yield from _judged("organisation", body, "about", shown.organisation(body))
    for term in data.terms:
        yield from _judged("term", term, "definition", _of_record(term, term.definition))
    for contact in data.contacts:
        yield from _judged("contact", contact, "phones", shown.contact(contact))


def _judged(kind: str, record: Record | Contact, field: str, texts: list[Names | str]) -> Iterator[Misfit]:
    size = _BETWEEN + max(sum(_length(text, language) for text in texts) for language in LANGUAGES)
    if size > MESSAGE:
        words = {"size": size, "most": MESSAGE}
        yield Misfit(kind, record.slug, _longest(record, field), _TOO_LARGE, words)


class _Shown:
    """What stands on the cards of records, as far as their lengths go."""

    def __init__(self, data: RegistryData) -> None:
        self._bodies = {body.slug: body for body in data.organisations}
        self._projects = {project.slug: project for project in data.projects}
        self._places = {place.slug: place.names for place in data.places}
        self._of_body: dict[str, list[Project]] = {}
        for project in data.projects:
            for slug in {*project.donors, *project.implementers, *project.partners}:
                self._of_body.setdefault(slug, []).append(project)

    def project(self, project: Project) -> list[Names | str]:
        parties = (self._bodies.get(slug) for slug in (*project.donors, *project.implementers))
        places = (self._places.get(slug) for slug in project.territories)
        return [
            *_of_record(project, project.summary),
            *(name for body in parties if body for name in _names(body)),
            *filter(None, places),
            *(phase.names or "" for phase in project.phases),
            "·" * _DATES * (len(project.phases) + len(project.budgets)),
            project.site or "",
        ]

    def organisation(self, body: Organisation) -> list[Names | str]:
        projects = (project.names for project in self._of_body.get(body.slug, ()))
        return [*_of_record(body, body.about), *projects, body.site or ""]

    def contact(self, contact: Contact) -> list[Names | str]:
        record: Record | None = (self._projects if contact.of_kind == "project" else self._bodies).get(
            contact.of
        )
        ways = (*contact.phones, *contact.fax, *contact.emails)
        said: list[Names | str] = [contact.role, contact.source.title, *ways, ", " * len(ways)]
        named = [*(_names(record) if record else ()), *([contact.person] if contact.person else [])]
        return [*said, *named]


def _of_record(record: Record, said: Names) -> list[Names | str]:
    return [*_names(record), said, *(fact.text for fact in record.facts), record.source.title]


def _names(record: Record) -> Iterable[Names]:
    return filter(None, (record.names, record.short, record.full))


def _length(text: Names | str, language: Language) -> int:
    """With the line end or comma after it."""
    return units(text if isinstance(text, str) else text.in_(language)) + 2


def _longest(record: Record | Contact, field: str) -> str:
    if isinstance(record, Contact):
        return field
    facts = sum(units(fact.text.ru) for fact in record.facts)
    return "facts" if facts > units(getattr(record, field).ru) else field
