"""Making the search index anew: after the analysis of words has changed, or when it is damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sqlalchemy import func, select

from storage.analysis import ANALYSIS_VERSION
from storage.database import Database
from storage.models import DataVersionRow, ReleaseRow
from storage.search_index import IndexedText, clear_index, index_release, indexed_text

_PART: Final = "search-index"
_BATCH: Final = 200

Progress = Callable[[int, int], None]


async def ensure_current(database: Database, progress: Progress | None = None) -> bool:
    """Rebuilds the index when another version of the analysis made it; returns whether it did."""
    async with database.read() as session:
        row = await session.get(DataVersionRow, _PART)
        made_by = row.version if row else None
    if made_by == ANALYSIS_VERSION:
        return False
    await rebuild(database, progress)
    return True


async def rebuild(database: Database, progress: Progress | None = None) -> int:
    """Empties the index and indexes every release again, some at a time; returns how many.

    Until it is done searches find only a part; nothing may change releases meanwhile, so call it before the program
    serves.  `progress` is told how many are done of how many.
    """
    async with database.write() as session:
        await clear_index(session)
        await session.merge(DataVersionRow(part=_PART, version=0))
        last = await session.scalar(select(func.max(ReleaseRow.id))) or 0
        total = await session.scalar(select(func.count(ReleaseRow.id))) or 0
    done, after = 0, 0
    while batch := await _next(database, after, last):
        indexed = await asyncio.to_thread(_indexed, batch)
        async with database.write() as session:
            for release_id, words in indexed:
                await index_release(session, release_id, words)
        done, after = done + len(batch), batch[-1][0]
        if progress is not None:
            progress(done, total)
    async with database.write() as session:
        await session.merge(DataVersionRow(part=_PART, version=ANALYSIS_VERSION))
    return done


def _indexed(batch: list[tuple[int, str, str]]) -> list[tuple[int, IndexedText]]:
    return [(release_id, indexed_text(title, text)) for release_id, title, text in batch]


async def _next(database: Database, after: int, last: int) -> list[tuple[int, str, str]]:
    columns = (ReleaseRow.id, ReleaseRow.title, ReleaseRow.body, ReleaseRow.lead)
    query = (
        select(*columns)
        .where(ReleaseRow.id > after, ReleaseRow.id <= last)
        .order_by(ReleaseRow.id)
        .limit(_BATCH)
    )
    async with database.read() as session:
        return [(id_, title, body or lead) for id_, title, body, lead in await session.execute(query)]
