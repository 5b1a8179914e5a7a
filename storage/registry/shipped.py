"""The registry as it ships with the program: data files beside this one, checked as a whole."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from storage.registry.errors import InvalidRecord
from storage.registry.places import NAMES_FILE, read_places, read_topics
from storage.registry.reading import READERS
from storage.registry.records import RegistryData

FILES: Final[Mapping[str, str]] = {
    "project": "projects.toml",
    "organisation": "organisations.toml",
    "contact": "contacts.toml",
    "term": "terms.toml",
    "event": "events.toml",
}

RawRecords = Mapping[str, list[Mapping[str, Any]]]
"""Per kind, the fields of each record as they stand in the files."""


def shipped_records() -> RawRecords:
    """The fields of every shipped record, unchecked."""
    return {kind: _table(name).get(kind, []) for kind, name in FILES.items()}


def shipped_digest() -> str:
    """A hash of the shipped files, which changes when any of them does."""
    digest = hashlib.sha256()
    for name in sorted((*FILES.values(), NAMES_FILE)):
        digest.update(_read(name))
    return digest.hexdigest()


def load_shipped() -> RegistryData:
    """The shipped registry; raises InvalidRecord that names file, record and field."""
    return build(shipped_records(), FILES)


def build(raw: RawRecords, origin: Mapping[str, str]) -> RegistryData:
    """Records from their fields, checked one by one and against each other."""
    read = {
        kind: tuple(
            READERS[kind](values, f"{origin[kind]}, {values.get('slug', f'record {n}')}")
            for n, values in enumerate(records, 1)
        )
        for kind, records in raw.items()
    }
    names = _table(NAMES_FILE)
    data = RegistryData(
        projects=read.get("project", ()),
        organisations=read.get("organisation", ()),
        contacts=read.get("contact", ()),
        terms=read.get("term", ()),
        events=read.get("event", ()),
        places=read_places(names),
        topics=read_topics(names),
    )
    for where, problem in problems(data):
        raise InvalidRecord(where=where, problem=problem)
    return data


def problems(data: RegistryData) -> Iterator[tuple[str, str]]:
    """What does not fit together: (where, what is wrong)."""
    projects = {record.slug for record in data.projects}
    organisations = {record.slug for record in data.organisations}
    places = {place.slug for place in data.places}
    topics = {topic.slug for topic in data.topics}
    for kind in ("projects", "organisations", "contacts", "terms", "events"):
        yield from _repeated(kind, [record.slug for record in getattr(data, kind)])
    for project in data.projects:
        bodies = (*project.donors, *project.implementers, *project.partners)
        yield from _unknown(f"{project.slug}, organisations", bodies, organisations)
        areas = (*project.territories, *(slug for phase in project.phases for slug in phase.territories))
        yield from _unknown(f"{project.slug}, territories", areas, places)
        others = [slug for ambiguity in project.ambiguous for slug in ambiguity.others]
        yield from _unknown(f"{project.slug}, ambiguous", others, projects)
    for body in data.organisations:
        yield from _unknown(f"{body.slug}, successor", filter(None, (body.successor,)), organisations)
    for contact in data.contacts:
        known = projects if contact.of_kind == "project" else organisations
        yield from _unknown(f"{contact.slug}, of", (contact.of,), known)
    for event in data.events:
        yield from _unknown(f"{event.slug}, projects", event.projects, projects)
        yield from _unknown(f"{event.slug}, organisations", event.organisations, organisations)
    for term in data.terms:
        yield from _unknown(f"{term.slug}, topic", filter(None, (term.topic,)), topics)


def _repeated(kind: str, slugs: list[str]) -> Iterator[tuple[str, str]]:
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        yield f"{kind}, {slug}", "the slug stands twice"


def _unknown(where: str, slugs: Any, known: set[str]) -> Iterator[tuple[str, str]]:
    for slug in slugs:
        if slug not in known:
            yield where, f"“{slug}” is not in the registry"


def _read(name: str) -> bytes:
    return files("storage.registry").joinpath(name).read_bytes()


def _table(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(name).decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidRecord(where=name, problem=str(error)) from error
