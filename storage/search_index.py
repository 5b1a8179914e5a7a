"""The tables of the search index: analysed words by release, and the index's own vocabulary.

The words of each release are indexed as `storage.analysis` gives them, so neither engine needs a tokenizer of ours:
SQLite's FTS5 splits at spaces, PostgreSQL is given finished `tsvector` values.  What a release is found by is its
**key**, which grows with its day of publication, so that the newest come first without sorting and a month is a
range (https://www.sqlite.org/fts5.html#contentless_tables).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

INDEX_TABLES: Final = frozenset({"release_index", "search_words"})
"""Tables that exist beside the models: migrations leave them alone (FTS5 adds shadows named `release_index_*`)."""

_IDS: Final = 10_000_000
_EPOCH: Final = date(1970, 1, 1)


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
