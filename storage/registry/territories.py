"""Oblasts, districts and cities: a tree with the names by which texts speak of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal

from storage.analysis import normalise, tokens
from storage.errors import N_, StorageError
from storage.languages import Names

Kind = Literal["oblast", "city", "district", "municipality"]


class BadTerritory(StorageError):
    """A territory's data cannot be used as it is."""

    code: ClassVar[str] = "registry.bad_territory"
    sentence: ClassVar[str] = N_("Territory “{territory}”: {problem}.")


@dataclass(frozen=True, slots=True)
class TerritoryData:
    """A territory under its parent.

    `phrases` name it wherever they stand, `listed` only in a list that ends with the word for its kind («Ошской и
    Баткенской областей»); `unless` are phrases beside which its names mean something else.  All are written as in the
    rules of topics.
    """

    slug: str
    kind: Kind
    names: Names
    phrases: tuple[str, ...]
    listed: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    parent: str | None = None


@cache
def shipped_territories() -> tuple[TerritoryData, ...]:
    """The territories of the shipped data file; parents come before their children."""
    data = tomllib.loads(files("storage.registry").joinpath("territories.toml").read_text("utf-8"))
    return read_territories(data)


def read_territories(data: Mapping[str, Any]) -> tuple[TerritoryData, ...]:
    """Territories from parsed TOML or JSON; raises BadTerritory where a parent is missing or a slug repeats."""
    found: dict[str, TerritoryData] = {}
    for record in data["territory"]:
        territory = _territory(record)
        if territory.slug in found:
            raise BadTerritory(territory=territory.slug, problem="the slug stands twice")
        if territory.parent is not None and territory.parent not in found:
            raise BadTerritory(territory=territory.slug, problem=f"no parent {territory.parent} above it")
        found[territory.slug] = territory
    return tuple(found.values())


def as_territory(slug: str, names: Names, parent: str, aliases: Iterable[str]) -> TerritoryData:
    """A municipality of staff's, found in texts by its names and aliases in any inflection.  Pure."""
    said = (*names.as_mapping().values(), *aliases)
    phrases = (" ".join(token.text for token in tokens(normalise(text))) for text in said)
    return TerritoryData(
        slug, "municipality", names, tuple(dict.fromkeys(filter(None, phrases))), parent=parent
    )


def with_parents(slugs: Iterable[str], territories: Iterable[TerritoryData]) -> tuple[str, ...]:
    """The territories and everything they lie in, each once, in the order of the data."""
    tree = {territory.slug: territory for territory in territories}
    wanted: set[str] = set()
    for slug in slugs:
        at: str | None = slug
        while at is not None and at in tree:
            wanted.add(at)
            at = tree[at].parent
    return tuple(slug for slug in tree if slug in wanted)


def _territory(record: Mapping[str, Any]) -> TerritoryData:
    return TerritoryData(
        slug=record["slug"],
        kind=record["kind"],
        names=Names.from_mapping(record["names"]),
        phrases=tuple(record["phrases"]),
        listed=tuple(record.get("listed", [])),
        unless=tuple(record.get("unless", [])),
        parent=record.get("parent"),
    )
