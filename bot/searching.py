"""Finding by words: releases, narrowed to what the search says besides words, and things of the registry by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.answers import understand
from bot.search_filters import Narrowed, read_search
from storage.languages import Language
from storage.registry import Record, Registry, RegistrySnapshot
from storage.releases import ReleaseFilter
from storage.search import Found, ReleaseSearch
from storage.sources import Sources

_EVERYTHING: Final = ReleaseFilter()
_RECORDS: Final = 3
_RECORD_KINDS: Final = ("project", "organisation", "term")


@dataclass(frozen=True, slots=True)
class Result:
    """What was found: releases, what the search was narrowed to, and records of the registry that it names.

    `outside`: so narrowed nothing was found, and these are from outside of it.
    """

    found: Found
    narrowed: Narrowed
    outside: bool
    records: tuple[tuple[str, Record], ...]
    """Kind and record."""


class Finder:
    """Searches releases and the registry together."""

    def __init__(self, search: ReleaseSearch, registry: Registry, sources: Sources) -> None:
        self._search = search
        self._registry = registry
        self._sources = sources

    async def find(
        self,
        words: str,
        *,
        now: datetime,
        zone: ZoneInfo,
        language: Language,
        limit: int,
        offset: int = 0,
    ) -> Result:
        """A page of releases, and on the first page the records that the words name.

        A month (of the zone), a place and a body or source narrow the search; where that leaves nothing, there is
        what the words find without it.
        """
        snapshot = await self._registry.snapshot()
        asked = read_search(words, snapshot, await self._sources.all(), now.astimezone(zone).date(), zone)

        async def search(words: str, which: ReleaseFilter = _EVERYTHING) -> Found:
            return await self._search.search(words, now=now, which=which, limit=limit, offset=offset)

        found = await search(asked.words, asked.which)
        outside = not found.total and asked.which != _EVERYTHING
        if outside:
            found = await search(words)
            if found.partial or not found.total:
                found = await search(asked.words)
        records = () if offset else named_records(words, snapshot, now, language)
        return Result(found, asked.narrowed, outside, records)


def named_records(
    words: str, snapshot: RegistrySnapshot, now: datetime, language: Language
) -> tuple[tuple[str, Record], ...]:
    """The projects, bodies and terms that a search surely names, each with its kind.  Pure."""
    targets = understand(words, snapshot, now=now, language=language).targets
    found = ((one.kind, snapshot.record(one.kind, one.slug)) for one in targets if one.kind in _RECORD_KINDS)
    return tuple((kind, record) for kind, record in found if record is not None)[:_RECORDS]
