"""The tables of the search index: analysed words by release, and the index's own vocabulary.

The words of each release are indexed as `storage.analysis` gives them, so neither engine needs a tokenizer of ours:
SQLite's FTS5 splits at spaces, PostgreSQL is given finished `tsvector` values.  What a release is found by is its
**key**, which grows with its day of publication, so that the newest come first without sorting and a month is a
range (https://www.sqlite.org/fts5.html#contentless_tables).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import second_terms, terms
from storage.models import ReleaseRow
from storage.search_query import clean_term, title_pairs, title_terms

INDEX_TABLES: Final = frozenset({"release_index", "search_words"})
"""Tables that exist beside the models: migrations leave them alone (FTS5 adds shadows named `release_index_*`)."""

_IDS: Final = 10_000_000
_EPOCH: Final = date(1970, 1, 1)
_MOST_WORDS: Final = 5_000
_LAST_POSITION: Final = 16_383
_MOST_PLACES: Final = 255
"""PostgreSQL's own bounds (https://www.postgresql.org/docs/current/textsearch-limitations.html)."""


def create_index_ddl(dialect: str) -> list[str]:
    """The statements that create the index, for `sqlite` or `postgresql`."""
    if dialect == "sqlite":
        return [
            "CREATE VIRTUAL TABLE release_index USING fts5(title, body, second, content='', columnsize=0,"
            " tokenize='unicode61 remove_diacritics 0')",
            "CREATE TABLE search_words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID",
        ]
    return [
        "CREATE TABLE release_index (key BIGINT PRIMARY KEY, terms tsvector NOT NULL)",
        "CREATE INDEX ix_release_index_terms ON release_index USING gin (terms) WITH (fastupdate = off)",
        "CREATE TABLE search_words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL)",
    ]


def drop_index_ddl() -> list[str]:
    """The statements that remove the index, on either engine."""
    return ["DROP TABLE release_index", "DROP TABLE search_words"]


def index_key(release_id: int, published: datetime) -> int:
    """The key of a release: its day of publication (UTC), then its id, which is below ten million."""
    day = (published.astimezone(UTC).date() - _EPOCH).days
    return max(day, 0) * _IDS + release_id


def release_of(key: int) -> int:
    """The id of the release that a key belongs to."""
    return key % _IDS


def key_range(since: date | None, until: date | None) -> tuple[int, int]:
    """The keys of releases published from `since` up to and without `until`, as a half-open range."""
    first = (since - _EPOCH).days * _IDS if since else 0
    last = (until - _EPOCH).days * _IDS if until else (date.max - timedelta(days=1) - _EPOCH).days * _IDS
    return max(first, 0), last


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A release's words as they are indexed: primary forms in order, and second readings."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    second: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """What the release adds to the vocabulary: words and abbreviations, no numbers and no single letters."""
        return frozenset(
            word for word in (*self.title, *self.body) if 2 <= len(word) <= 40 and word.isalpha()
        )


def indexed_text(title: str, body: str) -> IndexedText:
    """The terms of a release; of a very long text the first five thousand words."""
    return IndexedText(
        title=_clean(terms(title)),
        body=_clean(terms(body)),
        second=_clean(second_terms(f"{title}\n{body}")),
    )


def _clean(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_term, islice(words, _MOST_WORDS))))


async def index_release(session: AsyncSession, release_id: int, indexed: IndexedText) -> None:
    """Puts a release into the index, in the transaction that stores it."""
    key = await _key(session, release_id)
    await session.execute(_insert(session), {"key": key, **_columns(session, indexed)})
    await _count_words(session, indexed.words, 1)


async def index_releases(
    session: AsyncSession, releases: Sequence[tuple[int, datetime, IndexedText]]
) -> None:
    """Puts many new releases into the index: numbers, when they are dated, and their words."""
    if not releases:
        return
    rows = [
        {"key": index_key(number, dated), **_columns(session, indexed)} for number, dated, indexed in releases
    ]
    await session.execute(_insert(session), rows)
    await _add_counts(session, Counter(word for _, _, indexed in releases for word in set(indexed.words)))


async def unindex_release(session: AsyncSession, release_id: int) -> None:
    """Takes a release out of the index by the text that it has now: call it before the text is changed."""
    row = await session.get_one(ReleaseRow, release_id)
    indexed = await asyncio.to_thread(indexed_text, row.title, row.body or row.lead)
    key = await _key(session, release_id)
    if session.get_bind().dialect.name == "sqlite":
        removed = (
            "INSERT INTO release_index (release_index, rowid, title, body, second)"
            " VALUES ('delete', :key, :title, :body, :second)"
        )
        await session.execute(text(removed), {"key": key, **_columns(session, indexed)})
    else:
        await session.execute(text("DELETE FROM release_index WHERE key = :key"), {"key": key})
    await _count_words(session, indexed.words, -1)


async def clear_index(session: AsyncSession) -> None:
    """Empties the index and its vocabulary."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    empty = "INSERT INTO release_index (release_index) VALUES ('delete-all')"
    await session.execute(text(empty if sqlite else "DELETE FROM release_index"))
    await session.execute(text("DELETE FROM search_words"))


async def _key(session: AsyncSession, release_id: int) -> int:
    await session.flush()
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    published = await session.scalar(select(dated).where(ReleaseRow.id == release_id))
    assert isinstance(published, datetime), f"release {release_id} is not stored"
    return index_key(release_id, published)


def _insert(session: AsyncSession) -> TextClause:
    if session.get_bind().dialect.name == "sqlite":
        return text(
            "INSERT INTO release_index (rowid, title, body, second) VALUES (:key, :title, :body, :second)"
        )
    return text(
        "INSERT INTO release_index (key, terms) VALUES (:key, CAST(CAST(:terms AS text) AS tsvector))"
    )


def _columns(session: AsyncSession, indexed: IndexedText) -> dict[str, str]:
    if session.get_bind().dialect.name == "sqlite":
        return {name: " ".join(getattr(indexed, name)) for name in ("title", "body", "second")}
    return {"terms": _tsvector(indexed)}


def _tsvector(indexed: IndexedText) -> str:
    """The finished `tsvector`; the title's words, and its pairs of neighbours, stand in it once more, marked as such:
    then the index itself knows which titles have them, which weights would leave to a look at each release.  No phrase
    joins two parts.
    """
    places: dict[str, list[str]] = {}
    position = 0
    for words in (tuple(title_terms(indexed.title)), indexed.title, indexed.body, indexed.second):
        for word in words:
            position += 1
            places.setdefault(word, []).append(str(min(position, _LAST_POSITION)))
        position += 1
    placed = (f"'{word}':{','.join(at[:_MOST_PLACES])}" for word, at in places.items())
    return " ".join((*placed, *(f"'{pair}'" for pair in dict.fromkeys(title_pairs(indexed.title)))))


async def _count_words(session: AsyncSession, words: Iterable[str], by: int) -> None:
    await _add_counts(session, dict.fromkeys(words, by))


async def _add_counts(session: AsyncSession, counts: Mapping[str, int]) -> None:
    """In the order of the words: two writers never wait for each other in a circle."""
    counted = [{"word": word, "by": by} for word, by in sorted(counts.items())]
    if counted:
        await session.execute(
            text(
                "INSERT INTO search_words (word, documents) VALUES (:word, :by)"
                " ON CONFLICT (word) DO UPDATE SET documents = search_words.documents + :by"
            ),
            counted,
        )
