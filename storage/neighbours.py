"""The releases beside which a new one stands: of the same partner, of about the same days."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ReleaseRow, SourceRow
from storage.release_reading import load_releases
from storage.release_values import Release

MOST: Final = 120


async def neighbours(
    session: AsyncSession, source_id: int, since: datetime, until: datetime
) -> tuple[Release, ...]:
    """Originals of a source, and of the other sources of its organisation, dated between two moments, newest first."""
    own = select(SourceRow.organisation).where(SourceRow.id == source_id).scalar_subquery()
    sources = select(SourceRow.id).where(or_(SourceRow.id == source_id, SourceRow.organisation == own))
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    numbers = await session.scalars(
        select(ReleaseRow.id)
        .where(
            ReleaseRow.source_id.in_(sources),
            ReleaseRow.duplicate_of.is_(None),
            dated >= since,
            dated <= until,
        )
        .order_by(dated.desc(), ReleaseRow.id.desc())
        .limit(MOST)
    )
    return await load_releases(session, tuple(numbers))
