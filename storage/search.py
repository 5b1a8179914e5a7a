"""Finding releases by words: the same results on SQLite and on PostgreSQL.

An engine only says which releases match, newest first; what is shown first is decided here, by the words in the title,
words side by side, and how recent a release is.  Of matches beyond the newest hundred the older ones are not
compared but follow by date: with words that stand in half of all releases the newest are what is wanted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, Select, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import terms
from storage.database import Database
from storage.models import ReleaseRow
from storage.releases import Release, ReleaseFilter, load_releases, release_conditions
from storage.search_index import INDEX_TABLES, create_index_ddl, drop_index_ddl, key_range, release_of
from storage.search_query import (
    SearchQuery,
    SearchWord,
    fts5_match,
    read_period,
    read_query,
    search_word,
    tsquery,
)
from storage.search_repair import Repair, Vocabulary, repair
from storage.search_snippets import Snippet, cut, mark

__all__ = [
    "INDEX_TABLES",
    "Found",
    "Hit",
    "ReleaseSearch",
    "Repair",
    "Snippet",
    "create_index_ddl",
    "drop_index_ddl",
    "read_period",
]

_EVERYTHING: Final = ReleaseFilter()
_POOL: Final = 100
_COUNTED: Final = 1_000
_IN_TITLE: Final = 1.2
_SIDE_BY_SIDE: Final = 0.6
_EACH_WORD: Final = 3.0
_HALF_LIFE: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Hit:
    """A release that was found, with its title and a piece of its text, the found words marked."""

    release: Release
    title: Snippet
    snippet: Snippet
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found.

    `total` counts up to a thousand.  `repairs` says what was searched instead of what was typed; `partial` that no
    release has all the words, so that these have some of them.
    """

    hits: tuple[Hit, ...]
    total: int
    repairs: tuple[Repair, ...] = ()
    partial: bool = False


class MatchingKeys(Protocol):
    """One engine's way to say which keys match a query."""

    def __call__(self, query: SearchQuery, *, title_only: bool, most: int | None) -> Any:
        """A subquery with one column `key`: all that match, or the greatest `most` of them."""


def _sqlite_keys(query: SearchQuery, *, title_only: bool, most: int | None) -> Any:
    match = fts5_match(query, "title" if title_only else "")
    return _keys("SELECT rowid AS key FROM release_index WHERE release_index MATCH :match", match, most)


def _postgresql_keys(query: SearchQuery, *, title_only: bool, most: int | None) -> Any:
    match = tsquery(query, "A" if title_only else "")
    matching = "SELECT key FROM release_index WHERE terms @@ CAST(CAST(:match AS text) AS tsquery)"
    return _keys(matching, match, most)


def _keys(matching: str, match: str, most: int | None) -> Any:
    if most is None:
        return text(matching).bindparams(match=match).columns(column("key", BigInteger)).subquery()
    newest = text(f"{matching} ORDER BY key DESC LIMIT :most").bindparams(match=match, most=most)
    return newest.columns(column("key", BigInteger)).subquery()


class ReleaseSearch:
    """Searches stored releases.  Keeps the index's vocabulary in memory and looks again when it has grown."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: MatchingKeys = _sqlite_keys if database.is_sqlite else _postgresql_keys
        self._vocabulary = Vocabulary()

    async def search(
        self,
        question: str,
        *,
        now: datetime,
        which: ReleaseFilter = _EVERYTHING,
        limit: int = 5,
        offset: int = 0,
    ) -> Found:
        """Releases with all the words of a question, the best first; copies are left out.

        A month or a year in the question narrows what is searched.  A word that no release has is read in another
        layout or alphabet, or as the nearest word that some release has.
        """
        words, period = read_period(question, now.date())
        if period is not None and which.since is None and which.until is None:
            which = replace(which, since=_midnight(period.since), until=_midnight(period.until))
        async with self._database.read() as session:
            query, repairs = await self._repaired(session, read_query(words))
            if not query.every:
                return Found((), 0)
            ranked, total, partial = await self._ranked(session, query, which, now, limit + offset)
            page = ranked[offset : offset + limit]
            releases = {each.id: each for each in await load_releases(session, [id_ for id_, _ in page])}
        forms = {form for word in query.every for form in word.forms}
        hits = tuple(_hit(releases[id_], forms, score) for id_, score in page if id_ in releases)
        return Found(hits, total, repairs, partial)

    async def _repaired(
        self, session: AsyncSession, query: SearchQuery
    ) -> tuple[SearchQuery, tuple[Repair, ...]]:
        every = {form for word in query.words for form in word.forms}
        there = await _indexed_words(session, every)
        missing = [word for word in query.words if not there.intersection(word.forms)]
        if not missing:
            return query, ()
        await self._vocabulary.refresh(session)
        repairs = {word.typed: found for word in missing if (found := repair(word.typed, self._vocabulary))}
        words: list[SearchWord] = []
        for word in query.words:
            used = repairs[word.typed].used if word.typed in repairs else (word.typed,)
            words.extend(search_word(part) if word.typed in repairs else word for part in used)
        return replace(query, words=tuple(dict.fromkeys(words))), tuple(repairs.values())

    async def _ranked(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter, now: datetime, wanted: int
    ) -> tuple[list[tuple[int, float]], int, bool]:
        """Numbers and scores of releases, the best first; how many there are; whether they have only some words."""
        pool = _POOL * (1 + wanted // _POOL)
        titles = await self._newest(session, query, which, pool)
        counts = dict.fromkeys(titles, len(query.every))
        total, partial = len(titles), not titles and len(query.every) > 1
        if partial:
            titles, counts = await self._some_words(session, query, which)
            total = len(titles)
        elif total == pool:
            total = await self._count(session, query, which)
            titles |= await self._newest(session, query, which, _POOL, title_only=True)
            counts = dict.fromkeys(titles, len(query.every))
        together = await self._side_by_side(session, query, which, min(titles, default=0))
        scored = (
            (_score(key, title, counts[key], query, key in together, now), key)
            for key, title in titles.items()
        )
        ranked = sorted(scored, key=lambda pair: (-pair[0], -pair[1]))
        return [(release_of(key), score) for score, key in ranked], total, partial

    async def _newest(
        self,
        session: AsyncSession,
        query: SearchQuery,
        which: ReleaseFilter,
        limit: int,
        *,
        title_only: bool = False,
        least: int = 0,
    ) -> dict[int, str]:
        """The greatest keys that match, not below `least`, each with its title.

        Without a filter or a bound the engine is asked for twice as many and copies are left out afterwards: it finds
        them without seeing every match.  Only where too many are copies is it asked for all.
        """
        if which == _EVERYTHING and not least:
            matching = self._matching(
                query, ReleaseFilter(with_copies=True), title_only=title_only, most=2 * limit
            )
            rows = (await session.execute(matching.order_by(matching.selected_columns[0].desc()))).all()
            found = {key: title for key, title, copy_of in rows if copy_of is None}
            if len(rows) < 2 * limit or len(found) >= limit:
                return dict(islice(found.items(), limit))
        matching = self._matching(query, which, title_only=title_only)
        key = matching.selected_columns[0]
        rows = (await session.execute(matching.where(key >= least).order_by(key.desc()).limit(limit))).all()
        return {key: title for key, title, _ in rows}

    async def _count(self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter) -> int:
        most = _COUNTED if which == _EVERYTHING else None
        counted = self._matching(query, which, most=most).limit(_COUNTED).subquery()
        return await session.scalar(select(func.count()).select_from(counted)) or 0

    async def _some_words(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter
    ) -> tuple[dict[int, str], dict[int, int]]:
        """The titles of releases with some of the words, and how many of them each has."""
        titles: dict[int, str] = {}
        counts: dict[int, int] = defaultdict(int)
        for word in query.every:
            found = await self._newest(session, SearchQuery((word,)), which, _POOL)
            titles |= found
            for key in found:
                counts[key] += 1
        return titles, counts

    async def _side_by_side(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter, least: int
    ) -> frozenset[int]:
        """Which of the newest releases have the words one after another."""
        if len(query.words) < 2:
            return frozenset()
        together = SearchQuery((), (query.words, *query.phrases))
        return frozenset(await self._newest(session, together, which, _POOL, least=least))

    def _matching(
        self, query: SearchQuery, which: ReleaseFilter, *, title_only: bool = False, most: int | None = None
    ) -> Select[Any]:
        keys = self._keys(query, title_only=title_only, most=most)
        found = (
            select(keys.c.key, ReleaseRow.title, ReleaseRow.duplicate_of)
            .join(ReleaseRow, ReleaseRow.id == keys.c.key % 10_000_000)
            .where(*release_conditions(which))
        )
        if which.since or which.until:
            # The filter itself is exact; the range of keys, whole days wider, is what the index can use.
            day = timedelta(days=1)
            first, last = key_range(
                (which.since - day).date() if which.since else None,
                (which.until + day).date() if which.until else None,
            )
            found = found.where(keys.c.key >= first, keys.c.key < last)
        return found


async def _indexed_words(session: AsyncSession, words: Iterable[str]) -> set[str]:
    wanted = sorted(words)
    if not wanted:
        return set()
    names = ", ".join(f":w{number}" for number in range(len(wanted)))
    query = text(f"SELECT word FROM search_words WHERE documents > 0 AND word IN ({names})")  # noqa: S608
    return set(await session.scalars(query, {f"w{number}": word for number, word in enumerate(wanted)}))


def _score(key: int, title: str, count: int, query: SearchQuery, side_by_side: bool, now: datetime) -> float:
    title_terms = _title_terms(title)
    every: Sequence[SearchWord] = query.every
    in_title = sum(not title_terms.isdisjoint(word.forms) for word in every) / len(every)
    published = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=key // 10_000_000)
    age = max(timedelta(0), now - published)
    recency = float(0.5 ** (age / _HALF_LIFE))
    return count / len(every) * _EACH_WORD + in_title * _IN_TITLE + side_by_side * _SIDE_BY_SIDE + recency


@lru_cache(maxsize=20_000)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(terms(title))


def _hit(release: Release, forms: set[str], score: float) -> Hit:
    return Hit(release, mark(release.title, forms), cut(release.body or release.lead, forms), score)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
