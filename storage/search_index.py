"""The writing side of search: what a release says, as terms, in an index of the database's own.

SQLite keeps an FTS5 table, PostgreSQL a tsvector with a GIN index; both hold the same analysed terms, so that both find
the same.  Reading is in `search.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import terms


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The terms of a release, in the order of its text."""

    title: Sequence[str]
    body: Sequence[str]


def indexed_text(title: str, body: str) -> IndexedText:
    """Analyses a release for the index.  Pure, and slow enough (milliseconds a page) to be kept off the event loop."""
    return IndexedText(terms(title), terms(body))


def create_index_ddl(dialect: str) -> list[str]:
    """The statements that make the index on a dialect (`sqlite` or `postgresql`)."""
    if dialect == "sqlite":
        return [
            "CREATE VIRTUAL TABLE release_index USING fts5("
            'title_terms, body_terms, tokenize = "unicode61 remove_diacritics 0")'
        ]
    return [
        "CREATE TABLE release_index ("
        "release_id BIGINT PRIMARY KEY REFERENCES releases (id) ON DELETE CASCADE, terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_release_index_terms ON release_index USING GIN (terms)",
    ]


async def index_release(session: AsyncSession, release_id: int, indexed: IndexedText) -> None:
    """Puts the terms of a release into the index within a transaction, in place of those it had."""
    values = {
        "id": release_id,
        "title": " ".join(indexed.title),
        "body": " ".join(indexed.body),
    }
    if session.get_bind().dialect.name == "sqlite":
        await session.execute(text("DELETE FROM release_index WHERE rowid = :id"), values)
        await session.execute(
            text("INSERT INTO release_index (rowid, title_terms, body_terms) VALUES (:id, :title, :body)"),
            values,
        )
        return
    await session.execute(
        text(
            "INSERT INTO release_index (release_id, terms) VALUES (:id,"
            " setweight(to_tsvector('simple', :title), 'A') || setweight(to_tsvector('simple', :body), 'B'))"
            " ON CONFLICT (release_id) DO UPDATE SET terms = excluded.terms"
        ),
        values,
    )
