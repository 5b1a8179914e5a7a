"""A week in numbers: how much was published, about what and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import (
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    TerritoryRow,
)

Counts = tuple[tuple[str, int], ...]
"""Slugs with how many releases have them, the most first."""


@dataclass(frozen=True, slots=True)
class WeekNumbers:
    """What was published in a stretch of time.  What came out in several places or languages counts once."""

    releases: int
    sources: int
    projects: int
    topics: Counts = ()
    regions: Counts = ()
    """Oblasts, and cities that belong to none."""


async def week_numbers(session: AsyncSession, since: datetime, until: datetime) -> WeekNumbers:
    """The numbers of what is dated from a moment to before another; `projects` are those that it names."""
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    published = (
        dated >= since,
        dated < until,
        ReleaseRow.duplicate_of.is_(None),
        ReleaseRow.translation_of.is_(None),
    )
    totals = select(func.count(), func.count(distinct(ReleaseRow.source_id))).where(*published)
    releases, sources = (await session.execute(totals.select_from(ReleaseRow))).one()
    of_week = select(ReleaseRow.id).where(*published)
    project, topic, place = ReleaseProjectRow, ReleaseTopicRow, ReleaseTerritoryRow
    named = select(func.count(distinct(project.project))).where(project.release_id.in_(of_week))
    by_topic = select(topic.topic, func.count()).where(topic.release_id.in_(of_week)).group_by(topic.topic)
    top = select(TerritoryRow.slug).where(TerritoryRow.parent.is_(None))
    by_region = (
        select(place.territory, func.count())
        .where(place.release_id.in_(of_week), place.territory.in_(top))
        .group_by(place.territory)
    )
    return WeekNumbers(
        releases,
        sources,
        await session.scalar(named) or 0,
        await _counts(session, by_topic),
        await _counts(session, by_region),
    )


async def _counts(session: AsyncSession, query: Select[str, int]) -> Counts:
    rows = [(slug, count) for slug, count in await session.execute(query)]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))
