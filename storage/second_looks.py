"""A release that staff give a topic, or take apart from another, after watermarks have passed it is looked at again.

The watermarks of those whom the topic concerns go back to just before the release; what else lies in between was told
already, and the ledger of deliveries says so (`docs/decisions/015-second-looks.md`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import (
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    SourceRow,
    SubscriptionRow,
)

FRESH: Final = timedelta(days=7)
"""An older release that gets a topic is in the archive under it, and is told to nobody."""


async def look_again(session: AsyncSession, release_id: int, added: Collection[str], now: datetime) -> int:
    """Lets a fresh release be told to those whom its new topics concern; returns how many subscriptions that is.

    To be called in a transaction that holds the lock of planning.  Nobody is told of what was archived silently, of a
    copy, of what is older than their subscription, or twice.
    """
    if not added:
        return 0
    return await _take_back(session, release_id, SubscriptionRow.topic.in_(sorted(added)), now)


async def look_again_at_all(session: AsyncSession, release_id: int, now: datetime) -> int:
    """Lets a fresh release be told to all whom it concerns and who were not: it was told as one with another.

    Else like `look_again`.
    """
    about = _concerned(SubscriptionRow.topic, ReleaseTopicRow, "topic", release_id)
    return await _take_back(session, release_id, about, now)


async def _take_back(
    session: AsyncSession, release_id: int, about: ColumnElement[bool], now: datetime
) -> int:
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    fresh = select(ReleaseRow.source_id).where(
        ReleaseRow.id == release_id,
        ReleaseRow.silent.is_(False),
        ReleaseRow.duplicate_of.is_(None),
        dated > now - FRESH,
    )
    source_id = await session.scalar(fresh)
    if source_id is None:
        return 0
    passed = SubscriptionRow.delivered_up_to
    before = SubscriptionRow.looked_back_from
    moved: Any = await session.execute(
        update(SubscriptionRow)
        .where(
            SubscriptionRow.ended_at.is_(None),
            about,
            SubscriptionRow.starts_after < release_id,
            passed >= release_id,
            _concerned(SubscriptionRow.territory, ReleaseTerritoryRow, "territory", release_id),
            _concerned(SubscriptionRow.project, ReleaseProjectRow, "project", release_id),
            or_(
                SubscriptionRow.source.is_(None),
                SubscriptionRow.source
                == select(SourceRow.slug).where(SourceRow.id == source_id).scalar_subquery(),
            ),
        )
        .values(
            looked_back_from=case((before > passed, before), else_=passed), delivered_up_to=release_id - 1
        )
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)


def _concerned(asked: Any, table: Any, name: str, release_id: int) -> Any:
    slugs = select(getattr(table, name)).where(table.release_id == release_id)
    return or_(asked.is_(None), asked.in_(slugs))
