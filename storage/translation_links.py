"""Releases that are told as one in several languages: staff take wrong ones apart, and put them together again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AuditRow, ReleaseRow
from storage.second_looks import look_again_at_all
from storage.staff import record

UNLINKED = "release.unlink"
RELINKED = "release.relink"


async def editions_of(session: AsyncSession, release_id: int) -> tuple[int, ...]:
    """The releases that are told as one with a release, by number."""
    return tuple(row.id for row in await _told_as_one(session, release_id) if row.id != release_id)


async def latest_linked(session: AsyncSession, limit: int, offset: int) -> tuple[tuple[int, int], ...]:
    """The newest releases that are told as one with an elder, each with that one, by number."""
    query = (
        select(ReleaseRow.id, ReleaseRow.translation_of)
        .where(ReleaseRow.translation_of.is_not(None))
        .order_by(ReleaseRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple((later, first) for later, first in await session.execute(query) if first is not None)


async def unlink(session: AsyncSession, release_id: int, staff_id: int, now: datetime) -> int | None:
    """Takes a release apart from those it was told as one with; the number of that act, None where there are none.

    Whoever was not told one of them because of another is told now.  The transaction is to hold the lock of planning.
    """
    rows = await _told_as_one(session, release_id)
    others = [row for row in rows if row.id != release_id]
    if not others:
        return None
    before = {row.id: row.translation_of for row in rows}
    after = {release_id: None} | _linked_to_the_eldest(row.id for row in others)
    for row in rows:
        row.translation_of = after[row.id]
    links = {"before": _as_json(before), "after": _as_json(after)}
    act = record(session, staff_id, UNLINKED, f"release {release_id}", now, links)
    await session.flush()
    for row in rows:
        await look_again_at_all(session, row.id, now)
    return act.id


async def relink(session: AsyncSession, act_id: int, staff_id: int, now: datetime) -> int | None:
    """Takes back what staff said of a release; its number, None where it was changed since.

    What was told meanwhile stays told.
    """
    act = await session.get(AuditRow, act_id)
    if act is None or act.action != UNLINKED:
        return None
    before, after = _from_json(act.details["before"]), _from_json(act.details["after"])
    rows = (await session.scalars(select(ReleaseRow).where(ReleaseRow.id.in_(after)))).all()
    if {row.id: row.translation_of for row in rows} != after:
        return None
    for row in rows:
        row.translation_of = before[row.id]
    record(session, staff_id, RELINKED, act.subject, now, {"act": act_id})
    return int(act.subject.removeprefix("release "))


async def _told_as_one(session: AsyncSession, release_id: int) -> list[ReleaseRow]:
    """A release and those that say the same in other languages, in the order of their numbers."""
    release = await session.get(ReleaseRow, release_id)
    if release is None:
        return []
    first = release.translation_of or release.id
    query = select(ReleaseRow).where(or_(ReleaseRow.id == first, ReleaseRow.translation_of == first))
    return list(await session.scalars(query.order_by(ReleaseRow.id).with_for_update()))


def _linked_to_the_eldest(numbers: Iterable[int]) -> dict[int, int | None]:
    first, *later = sorted(numbers)
    return {first: None} | dict.fromkeys(later, first)


def _as_json(links: Mapping[int, int | None]) -> dict[str, int | None]:
    return {str(number): first for number, first in links.items()}


def _from_json(links: Mapping[str, int | None]) -> dict[int, int | None]:
    return {int(number): first for number, first in links.items()}
