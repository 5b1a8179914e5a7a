"""What a search says in words besides the words to look for: a place, a body whose news is wanted, things by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from bot.answers import understand
from feeds.addresses import site_of
from feeds.rules import tagging_rules
from feeds.tagging import Rules
from feeds.tagging_text import read
from storage.languages import Language, Names
from storage.registry import Record, Registry, RegistrySnapshot
from storage.releases import ReleaseFilter, Speaker
from storage.search import Found, ReleaseSearch
from storage.sources import Source, Sources

_EVERYTHING: Final = ReleaseFilter()
_RECORDS: Final = 3
_RECORD_KINDS: Final = ("project", "organisation", "term")
_QUOTED: Final = re.compile(r'"[^"]*"|«[^»]*»|“[^”]*”|„[^“”]*[“”]')
_BEFORE_PLACE: Final = re.compile(
    r"(?:\b(?:в|во|по|из|на|in|from|of|город\w*|г\.?|шаар\w*)\s+)+$", re.IGNORECASE
)
_AFTER_PLACE: Final = re.compile(
    r"^[\s-]*(?:област\w*|обл\b\.?|облус\w*|район\w*|шаар\w*|oblast|region|province|district|city)\b",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\b(?:от|by|from)\s+$", re.IGNORECASE)
_ABLATIVE: Final = re.compile(r"(?:[дт][аеоө]н)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it is understood: the words that remain, the filter, and what the filter is called."""

    words: str
    which: ReleaseFilter = _EVERYTHING
    place: Names | None = None
    body: Names | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was found: releases, and records of the registry that the search names."""

    found: Found
    place: Names | None = None
    body: Names | None = None
    records: tuple[tuple[str, Record], ...] = ()
    """Kind and record."""


class Finder:
    """Searches releases and the registry together."""

    def __init__(self, search: ReleaseSearch, registry: Registry, sources: Sources) -> None:
        self._search = search
        self._registry = registry
        self._sources = sources

    async def find(
        self, words: str, *, now: datetime, language: Language, limit: int, offset: int = 0
    ) -> Result:
        """A page of releases, and on the first page the records that the words name.

        A place and a body narrow the search; where that leaves nothing, their names are words like all others.
        """
        snapshot = await self._registry.snapshot()
        asked = read_search(words, snapshot, await self._sources.all())
        found = await self._search.search(asked.words, now=now, which=asked.which, limit=limit, offset=offset)
        if not found.total and asked.which != _EVERYTHING:
            asked = Asked(words)
            found = await self._search.search(words, now=now, limit=limit, offset=offset)
        records = () if offset else named_records(words, snapshot, now, language)
        return Result(found, asked.place, asked.body, records)


def read_search(words: str, snapshot: RegistrySnapshot, sources: Iterable[Source]) -> Asked:
    """«вода в Нарынской области», «форум от ИПР», «ИПРден».  What is in quotation marks stays as it is.  Pure."""
    rules = _rules(snapshot)
    body, rest = _body(words, rules)
    place, rest = _place(rest, rules)
    if place is None and body is None:
        return Asked(words)
    organisation = snapshot.organisations.get(body or "")
    return Asked(
        rest,
        ReleaseFilter(territory=place, speaker=_speaker(body, snapshot, sources) if body else None),
        next((one.names for one in rules.territories if one.slug == place), None),
        (organisation.short or organisation.names) if organisation else None,
    )


def named_records(
    words: str, snapshot: RegistrySnapshot, now: datetime, language: Language
) -> tuple[tuple[str, Record], ...]:
    """The projects, bodies and terms that a search surely names, each with its kind.  Pure."""
    targets = understand(words, snapshot, now=now, language=language).targets
    found = ((one.kind, snapshot.record(one.kind, one.slug)) for one in targets if one.kind in _RECORD_KINDS)
    return tuple((kind, record) for kind, record in found if record is not None)[:_RECORDS]


def _body(words: str, rules: Rules) -> tuple[str | None, str]:
    masked = _masked(words)
    for alias, written in rules.names.find(read(masked, "")):
        start = masked.find(written)
        before = words[:start]
        if alias.kind == "organisation" and (_FROM.search(before) or _ABLATIVE.search(written)):
            return alias.slug, _without(_FROM.sub("", before), words[start + len(written) :])
    return None, words


def _place(words: str, rules: Rules) -> tuple[str | None, str]:
    masked = _masked(words)
    _, named = rules.places.find(read(masked, ""))
    for slug, written in named:
        start = masked.find(written)
        before = _BEFORE_PLACE.sub("", words[:start])
        return slug, _without(before, _AFTER_PLACE.sub("", words[start + len(written) :]))
    return None, words


def _masked(words: str) -> str:
    """The words with everything quoted blanked out, each letter at its place."""
    return _QUOTED.sub(lambda quoted: "\u00a0" * len(quoted.group()), words)


def _without(before: str, after: str) -> str:
    return " ".join(f"{before} {after}".split())


def _speaker(body: str, snapshot: RegistrySnapshot, sources: Iterable[Source]) -> Speaker:
    site = site_of(snapshot.organisations[body].site or "")
    own = (one.slug for one in sources if one.organisation == body or (site and site_of(one.url) == site))
    return Speaker(body, tuple(sorted(own)))


@lru_cache(maxsize=2)
def _rules(snapshot: RegistrySnapshot) -> Rules:
    return tagging_rules(snapshot)
