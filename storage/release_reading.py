"""Releases out of their tables: which are meant, and all that is known of them, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.batches import batches
from storage.languages import Names, as_language
from storage.models import (
    ReleaseOrganisationRow,
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    SourceRow,
)
from storage.release_values import Edition, Release, ReleaseFilter, ReleaseTags, Speaker


async def load_releases(session: AsyncSession, release_ids: Collection[int]) -> tuple[Release, ...]:
    """The releases with these numbers within a transaction, newest first.  One statement for up to 500 of them."""
    releases: list[Release] = []
    for batch in batches(sorted(set(release_ids))):
        rows = await session.execute(_LOAD, {"ids": batch})
        releases.extend(_release(row) for row in rows)
    return tuple(sorted(releases, key=lambda release: (release.dated, release.id), reverse=True))


def release_conditions(which: ReleaseFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a row of releases, for a query of one's own."""
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    conditions: list[ColumnElement[bool]] = []
    if not which.with_copies:
        conditions.append(ReleaseRow.duplicate_of.is_(None))
    if which.topics:
        conditions.append(_tagged(ReleaseTopicRow.release_id, ReleaseTopicRow.topic.in_(which.topics)))
    if which.territory:
        at = ReleaseTerritoryRow.territory == which.territory
        conditions.append(_tagged(ReleaseTerritoryRow.release_id, at))
    if which.project:
        naming = select(ReleaseProjectRow.release_id).where(ReleaseProjectRow.project == which.project)
        conditions.append(ReleaseRow.id.in_(naming))  # few name it: found through them, not past all others
    if which.organisation:
        named = ReleaseOrganisationRow.organisation == which.organisation
        conditions.append(ReleaseRow.id.in_(select(ReleaseOrganisationRow.release_id).where(named)))
    if which.speaker:
        conditions.append(_spoken_by(which.speaker))
    if which.source:
        source = select(SourceRow.id).where(SourceRow.slug == which.source).scalar_subquery()
        conditions.append(ReleaseRow.source_id == source)
    if which.language:
        conditions.append(ReleaseRow.language == which.language)
    if which.since:
        conditions.append(dated >= which.since)
    if which.until:
        conditions.append(dated < which.until)
    return conditions


def newest_first(which: ReleaseFilter) -> tuple[Select[int, datetime | None], ...]:
    """The `id` and `dated` of the releases meant, newest first: those with a date of publication, then the others.

    Two queries, because each can walk an index of its column instead of sorting every release.
    """
    published, seen = ReleaseRow.published_at, ReleaseRow.first_seen_at
    within = [
        *([published >= which.since] if which.since else []),
        *([published < which.until] if which.until else []),
    ]
    with_date, without = [published.is_not(None), *within], [published.is_(None)]
    return tuple(
        select(ReleaseRow.id, dated.label("dated"))
        .where(*release_conditions(which), *conditions)
        .order_by(dated.desc(), ReleaseRow.id.desc())
        for dated, conditions in ((published, with_date), (seen, without))
    )


def _spoken_by(speaker: Speaker) -> ColumnElement[bool]:
    own = ReleaseRow.source_id.in_(select(SourceRow.id).where(SourceRow.slug.in_(speaker.sources)))
    if speaker.organisation is None:
        return own
    named = ReleaseOrganisationRow.organisation == speaker.organisation
    return or_(_tagged(ReleaseOrganisationRow.release_id, named), own)


def _tagged(release: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(release).where(release == ReleaseRow.id, condition))


def _release(row: Any) -> Release:
    return Release(
        id=row.id,
        source_slug=row.slug,
        source_names=Names.from_mapping(row.names),
        url=row.url,
        title=row.title,
        lead=row.lead,
        body=row.body,
        language=as_language(row.language),
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        tags=ReleaseTags(
            *(_slugs(joined) for joined in (row.topics, row.territories, row.projects, row.bodies))
        ),
        silent=row.silent,
        duplicate_of=row.duplicate_of,
        copies=row.copies,
        image_url=row.image_url,
        and_more=row.and_more or {},
        perhaps_copy_of=(row.perhaps_copy or {}).get("of"),
        translation_of=row.translation_of,
        editions=_editions(row.editions),
    )


def _editions(joined: str | None) -> tuple[Edition, ...]:
    lines = (line.split(" ", 1) for line in sorted((joined or "").split("\n")) if line)
    return tuple(Edition(as_language(language), url) for language, url in lines)


def _slugs(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(joined.split())) if joined else ()


def _joined_slugs(release: Any, slug: Any, name: str) -> Any:
    """The slugs of a release in one value: they have no spaces."""
    one = select(func.aggregate_strings(slug, " ")).where(release == ReleaseRow.id)
    return one.correlate(ReleaseRow).scalar_subquery().label(name)


def _loading() -> Select[Any]:
    copy = aliased(ReleaseRow)
    copies = select(func.count(func.distinct(copy.source_id))).where(copy.duplicate_of == ReleaseRow.id)
    other = aliased(ReleaseRow)
    address = other.language + literal(" ") + other.url
    editions = select(func.aggregate_strings(address, "\n")).where(
        or_(
            other.id == ReleaseRow.translation_of,
            other.translation_of == func.coalesce(ReleaseRow.translation_of, ReleaseRow.id),
        ),
        other.id != ReleaseRow.id,
        other.duplicate_of.is_(None),
    )
    topic, place = ReleaseTopicRow, ReleaseTerritoryRow
    project, body = ReleaseProjectRow, ReleaseOrganisationRow
    columns: tuple[Any, ...] = (
        ReleaseRow.id,
        SourceRow.slug,
        SourceRow.names,
        ReleaseRow.url,
        ReleaseRow.title,
        ReleaseRow.lead,
        ReleaseRow.body,
        ReleaseRow.language,
        ReleaseRow.published_at,
        ReleaseRow.first_seen_at,
        ReleaseRow.silent,
        ReleaseRow.duplicate_of,
        ReleaseRow.translation_of,
        ReleaseRow.image_url,
        ReleaseRow.extra["and_more"].label("and_more"),
        ReleaseRow.extra["perhaps_copy"].label("perhaps_copy"),
        copies.correlate(ReleaseRow).scalar_subquery().label("copies"),
        editions.correlate(ReleaseRow).scalar_subquery().label("editions"),
        _joined_slugs(topic.release_id, topic.topic, "topics"),
        _joined_slugs(place.release_id, place.territory, "territories"),
        _joined_slugs(project.release_id, project.project, "projects"),
        _joined_slugs(body.release_id, body.organisation, "bodies"),
    )
    return (
        select(*columns)
        .join(SourceRow, SourceRow.id == ReleaseRow.source_id)
        .where(ReleaseRow.id.in_(bindparam("ids", expanding=True)))
    )


_LOAD: Final = _loading()
