"""The stored releases that an answer shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from bot.answers.model import FoundRelease, ReleaseQuery
from storage.languages import Language
from storage.releases import Release, ReleaseFilter, Releases
from storage.search import ReleaseSearch

SHOWN = 5


class Archive:
    """Finds releases for answers: a `ReleaseSearch` over what is stored.  Days are those of the time zone."""

    def __init__(self, releases: Releases, timezone: str, language: Language, words: ReleaseSearch) -> None:
        self._releases = releases
        self._words = words
        self._zone = ZoneInfo(timezone)
        self._language = language

    async def __call__(self, query: ReleaseQuery, /) -> tuple[FoundRelease, ...]:
        """The newest releases that fit; of several things of one kind any counts, of several kinds all."""
        if query.text:
            return await self._with_all_words(query.text)
        found: dict[int, Release] = {}
        for which in self._filters(query):
            found.update({release.id: release for release in await self._matching(query, which)})
        newest = sorted(found.values(), key=lambda release: (release.dated, release.id), reverse=True)
        return tuple(self._found(release) for release in newest[:SHOWN])

    async def _with_all_words(self, words: str) -> tuple[FoundRelease, ...]:
        result = await self._words.search(words, now=datetime.now(UTC), limit=SHOWN)
        return () if result.partial else tuple(self._found(hit.release) for hit in result.hits)

    async def _matching(self, query: ReleaseQuery, which: ReleaseFilter) -> Sequence[Release]:
        if not query.words:
            return await self._releases.latest(which, limit=SHOWN)
        now = datetime.now(UTC)
        return [
            hit.release
            for words in query.words
            for hit in (await self._words.search(words, now=now, which=which, limit=SHOWN)).hits
        ]

    def _filters(self, query: ReleaseQuery) -> Iterator[ReleaseFilter]:
        since = until = None
        if query.period:
            since = self._midnight(query.period.since)
            until = self._midnight(query.period.until + timedelta(days=1))
        for project, organisation, territory in product(
            query.projects or (None,), query.organisations or (None,), query.territories or (None,)
        ):
            yield ReleaseFilter(
                topics=query.topics,
                project=project,
                organisation=organisation,
                territory=territory,
                since=since,
                until=until,
            )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def _found(self, release: Release) -> FoundRelease:
        return FoundRelease(
            title=release.title,
            url=release.url or "",
            source=release.source_names.in_(self._language),
            day=release.dated.astimezone(self._zone).date(),
        )
