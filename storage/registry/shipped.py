"""The registry as it ships with the program: data files beside this one, checked as a whole."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from storage.registry.errors import InvalidRecord
from storage.registry.fitting import misfits
from storage.registry.places import NAMES_FILE, as_places, read_places, read_topics
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
    data = assemble(read)
    for misfit in misfits(data):
        where = f"{origin[misfit.kind]}, {misfit.slug}, {misfit.field}"
        raise InvalidRecord(where, misfit.problem, **misfit.words)
    return data


def assemble(read: Mapping[str, tuple[Any, ...]]) -> RegistryData:
    """Records per kind, with the shipped places and topics."""
    names = _table(NAMES_FILE)
    municipalities = read.get("municipality", ())
    return RegistryData(
        projects=read.get("project", ()),
        organisations=read.get("organisation", ()),
        contacts=read.get("contact", ()),
        terms=read.get("term", ()),
        events=read.get("event", ()),
        places=(*read_places(names), *as_places(municipalities)),
        topics=read_topics(names),
        faqs=read.get("faq", ()),
        municipalities=municipalities,
    )


def _read(name: str) -> bytes:
    return files("storage.registry").joinpath(name).read_bytes()


def _table(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(name).decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidRecord(where=name, problem=str(error)) from error
