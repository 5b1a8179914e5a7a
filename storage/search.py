"""Finding releases by words: the same results on SQLite and on PostgreSQL.

An engine only says which releases match, newest first; what is shown first is decided here, by the words in the title,
words side by side, and how recent a release is.  Of matches beyond the newest hundred the older ones are not
compared but follow by date: with words that stand in half of all releases the newest are what is wanted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Integer,
    Select,
    String,
    TextClause,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import terms
from storage.database import Database
from storage.models import ReleaseRow
from storage.releases import Release, ReleaseFilter, load_releases, release_conditions
from storage.search_index import INDEX_TABLES, create_index_ddl, drop_index_ddl, key_range, release_of
from storage.search_query import (
    Period,
    Phrase,
    SearchQuery,
    SearchWord,
    fts5_match,
    masked,
    read_period,
    read_query,
    repaired,
    tsquery,
    typed_phrase,
    without_phrases,
)
from storage.search_repair import Repair, Vocabulary, repair
from storage.search_snippets import Snippet, cut, mark

__all__ = [
    "INDEX_TABLES",
    "Found",
    "Hit",
    "Period",
    "ReleaseSearch",
    "Repair",
    "Snippet",
    "create_index_ddl",
    "drop_index_ddl",
    "masked",
    "read_period",
]

_EVERYTHING: Final = ReleaseFilter()
_POOL: Final = 100
_COUNTED: Final = 1_000
_IN_TITLE: Final = 1.2
_SIDE_BY_SIDE: Final = 0.6
_EACH_WORD: Final = 3.0
_HALF_LIFE: Final = 365.0
"""Days."""

_PLAN_FOR_THESE_WORDS: Final = text("SET LOCAL plan_cache_mode = force_custom_plan")
"""A common word is found by walking back from the newest, a rare one by its own entry of the index: PostgreSQL has to
know the word to choose (https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST, _TITLE, _COUNT = 0, 1, 2


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
    release has all the words, so that these have some of them; `unheard` which quoted phrases stand in none, so that
    their words count wherever they are.
    """

    hits: tuple[Hit, ...]
    total: int
    repairs: tuple[Repair, ...] = ()
    partial: bool = False
    unheard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Numbers and scores of releases, the best first; how many there are, and how far they are from what was asked."""

    releases: list[tuple[int, float]]
    total: int
    partial: bool
    unheard: tuple[Phrase, ...]


@dataclass(frozen=True)
class _Engine:
    """One engine's way to say which keys match."""

    matching: str
    """The statement that gives each `key` that matches, with the parameter's name left out."""
    among: TextClause
    """The statement that gives those of the `keys` that match `match`; others from the `least` on may be among them."""
    match: Callable[[SearchQuery, bool], str]
    """What a query is as that parameter: in titles alone, or anywhere."""

    def parameters(self, query: SearchQuery) -> dict[str, str]:
        """What a statement about `match` and `title_match` is run with."""
        return {"match": self.match(query, False), "title_match": self.match(query, True)}


_SQLITE: Final = _Engine(
    "SELECT rowid AS key FROM release_index WHERE release_index MATCH {}",
    text("SELECT rowid FROM release_index WHERE release_index MATCH :match AND rowid >= :least"),
    lambda query, title_only: fts5_match(query, "title" if title_only else ""),
)
_POSTGRESQL: Final = _Engine(
    "SELECT key FROM release_index WHERE terms @@ CAST(CAST({} AS text) AS tsquery)",
    text(
        "SELECT key FROM release_index"
        " WHERE key = ANY(:keys) AND terms @@ CAST(CAST(:match AS text) AS tsquery)"
    ).bindparams(bindparam("keys", type_=ARRAY(BigInteger))),
    tsquery,
)


class ReleaseSearch:
    """Searches stored releases.  Keeps the index's vocabulary in memory and looks again when it has grown."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine = _SQLITE if database.is_sqlite else _POSTGRESQL
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

        Without words, all that the filter lets through, the newest first; nothing where there is no filter either.
        A word that no release has is read in another layout or alphabet, or as the nearest word that some release
        has.
        """
        async with self._database.read() as session:
            if not self._database.is_sqlite:
                await session.execute(_PLAN_FOR_THESE_WORDS)
            query, repairs = await self._repaired(session, read_query(question))
            if not query.every:
                return await _newest_of(session, which, limit, offset)
            ranked = await self._ranked(session, query, which, now, limit + offset)
            page = ranked.releases[offset : offset + limit]
            releases = {each.id: each for each in await load_releases(session, [id_ for id_, _ in page])}
        forms = {form for word in query.every for form in word.forms}
        hits = tuple(_hit(releases[id_], forms, score) for id_, score in page if id_ in releases)
        return Found(hits, ranked.total, repairs, ranked.partial, tuple(map(typed_phrase, ranked.unheard)))

    async def _repaired(
        self, session: AsyncSession, query: SearchQuery
    ) -> tuple[SearchQuery, tuple[Repair, ...]]:
        there = await _indexed_words(session, {form for word in query.every for form in word.forms})
        missing = [word for word in query.every if not there.intersection(word.forms)]
        if not missing:
            return query, ()
        await self._vocabulary.refresh(session)
        repairs = {word.typed: found for word in missing if (found := repair(word.typed, self._vocabulary))}
        return repaired(query, {typed: found.used for typed, found in repairs.items()}), tuple(
            repairs.values()
        )

    async def _ranked(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter, now: datetime, wanted: int
    ) -> _Ranked:
        pool = _POOL * (1 + wanted // _POOL)
        titles, total = await self._newest(session, query, which, pool)
        unheard = () if titles else await self._unheard(session, query, which)
        if unheard:
            query = without_phrases(query, unheard)
            titles, total = await self._newest(session, query, which, pool)
        counts = dict.fromkeys(titles, len(query.every))
        partial = not titles and len(query.every) > 1
        if partial:
            titles, counts = await self._some_words(session, query, which)
            total = len(titles)
        together = await self._side_by_side(session, query, titles)
        every, today = query.every, (now - _EPOCH) / timedelta(days=1)
        scored = (
            (_score(key, title, counts[key], every, key in together, today), key)
            for key, title in titles.items()
        )
        ranked = sorted(scored, key=lambda pair: (-pair[0], -pair[1]))
        return _Ranked([(release_of(key), score) for score, key in ranked], total, partial, unheard)

    async def _unheard(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter
    ) -> tuple[Phrase, ...]:
        """The phrases that no release has, whatever else it says."""
        return tuple(
            [
                phrase
                for phrase in query.phrases
                if not (await self._newest(session, SearchQuery((), (phrase,)), which, 1))[0]
            ]
        )

    async def _newest(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter, pool: int
    ) -> tuple[dict[int, str], int]:
        """The greatest keys that match, and the greatest that match in the title, each with its title; and how many
        match, up to a thousand.  One statement: a statement costs more than what it finds.

        Without a filter the engine is asked for twice as many and copies are left out afterwards: it finds them
        without seeing every match.  Only where too many are copies is it asked for all.
        """
        parameters = self._engine.parameters(query)
        most = None if which != _EVERYTHING else 2 * pool
        rows = await session.execute(_asking(self._engine, which, pool, most), parameters)
        anywhere, in_titles, total = _read_answer(rows.all(), pool)
        if most is not None and len(anywhere) < min(pool, total):
            rows = await session.execute(_asking(self._engine, which, pool, None), parameters)
            anywhere, in_titles, total = _read_answer(rows.all(), pool)
        return anywhere if total <= pool else anywhere | in_titles, total

    async def _some_words(
        self, session: AsyncSession, query: SearchQuery, which: ReleaseFilter
    ) -> tuple[dict[int, str], dict[int, int]]:
        """The titles of releases with some of the words, and how many of them each has."""
        titles: dict[int, str] = {}
        counts: dict[int, int] = defaultdict(int)
        for word in query.every:
            found, _ = await self._newest(session, SearchQuery((word,)), which, _POOL)
            titles |= found
            for key in found:
                counts[key] += 1
        return titles, counts

    async def _side_by_side(
        self, session: AsyncSession, query: SearchQuery, keys: Collection[int]
    ) -> frozenset[int]:
        """Which of these have the words one after another."""
        if len(query.words) < 2 or not keys:
            return frozenset()
        match = self._engine.match(SearchQuery((), (query.words, *query.phrases)), False)
        asked = {"match": match, "keys": list(keys), "least": min(keys)}
        return frozenset(await session.scalars(self._engine.among, asked)).intersection(keys)


@lru_cache(maxsize=64)
def _asking(engine: _Engine, which: ReleaseFilter, pool: int, most: int | None) -> CompoundSelect[Any]:
    """The statement whose rows say what they are, key, title and copy: `newest`, those in titles, and one `count`."""
    asked = []
    for kind, title_only in ((_NEWEST, False), (_TITLE, True)):
        found = _matching(engine, which, title_only=title_only, most=most).subquery()
        one = select(literal_column(str(kind)).label("kind"), found).order_by(found.c.key.desc())
        asked.append(select(one.limit(most or pool).subquery()))
    counted = _matching(engine, which, most=_COUNTED if which == _EVERYTHING else None)
    originals = counted.where(ReleaseRow.duplicate_of.is_(None)).limit(_COUNTED).subquery()
    columns: tuple[Any, ...] = (
        literal_column(str(_COUNT)),
        func.count(),
        cast(null(), String),
        cast(null(), Integer),
    )
    count = select(*columns).select_from(originals)
    return union_all(*asked, count)


@lru_cache(maxsize=256)
def _matching(
    engine: _Engine, which: ReleaseFilter, *, title_only: bool = False, most: int | None = None
) -> Select[Any]:
    """Key, title and original of each release that matches: of all, or of the greatest `most` keys, copies too."""
    keys = _keys(engine, "title_match" if title_only else "match", most)
    conditions = release_conditions(which if most is None else replace(which, with_copies=True))
    found = (
        select(keys.c.key, ReleaseRow.title, ReleaseRow.duplicate_of)
        .join(ReleaseRow, ReleaseRow.id == keys.c.key % 10_000_000)
        .where(*conditions)
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


def _keys(engine: _Engine, parameter: str, most: int | None) -> Any:
    newest = f" ORDER BY key DESC LIMIT {most}" if most is not None else ""
    matching = engine.matching.format(f":{parameter}") + newest
    return text(matching).columns(column("key", BigInteger)).subquery()


async def _newest_of(session: AsyncSession, which: ReleaseFilter, limit: int, offset: int) -> Found:
    if which == _EVERYTHING:
        return Found((), 0)
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    meant = select(ReleaseRow.id).where(*release_conditions(which))
    newest = meant.order_by(dated.desc(), ReleaseRow.id.desc()).limit(limit).offset(offset)
    releases = await load_releases(session, tuple(await session.scalars(newest)))
    total = await session.scalar(select(func.count()).select_from(meant.limit(_COUNTED).subquery())) or 0
    return Found(tuple(_hit(release, set(), 0.0) for release in releases), total)


async def _indexed_words(session: AsyncSession, words: Iterable[str]) -> set[str]:
    wanted = sorted(words)
    if not wanted:
        return set()
    names = ", ".join(f":w{number}" for number in range(len(wanted)))
    query = text(f"SELECT word FROM search_words WHERE documents > 0 AND word IN ({names})")  # noqa: S608
    return set(await session.scalars(query, {f"w{number}": word for number, word in enumerate(wanted)}))


def _read_answer(rows: Iterable[Any], pool: int) -> tuple[dict[int, str], dict[int, str], int]:
    found: dict[int, dict[int, str]] = {_NEWEST: {}, _TITLE: {}}
    total = 0
    for kind, key, title, copy_of in sorted(rows, key=lambda row: -row[1]):
        if kind == _COUNT:
            total = key
        elif copy_of is None and len(found[kind]) < pool:
            found[kind][key] = title
    return found[_NEWEST], found[_TITLE], total


def _score(
    key: int, title: str, count: int, every: Sequence[SearchWord], side_by_side: bool, today: float
) -> float:
    title_terms = _title_terms(title)
    in_title = sum(not title_terms.isdisjoint(word.forms) for word in every) / len(every)
    age = max(0.0, today - key // 10_000_000)
    recency = float(0.5 ** (age / _HALF_LIFE))
    return count / len(every) * _EACH_WORD + in_title * _IN_TITLE + side_by_side * _SIDE_BY_SIDE + recency


@lru_cache(maxsize=20_000)
def _title_terms(title: str) -> frozenset[str]:
    return frozenset(terms(title))


def _hit(release: Release, forms: set[str], score: float) -> Hit:
    return Hit(release, mark(release.title, forms), cut(release.body or release.lead, forms), score)
