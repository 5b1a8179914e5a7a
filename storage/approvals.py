"""What waits for a second person's yes: announcements, and what is to be done with those that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.deliveries import Letter, post
from storage.models import AnnouncementActRow, AnnouncementRow
from storage.parts import Lane

Kind = Literal["announcement", "act"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An announcement or an act that waits, by its number, and since when."""

    kind: Kind
    id: int
    since: datetime


class Approvals:
    """The questions asked of what waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acts_of(self, announcement_id: int) -> tuple[int, ...]:
        """The acts on an announcement that wait, by their numbers, oldest first."""
        act = AnnouncementActRow
        query = select(act.id).where(act.announcement_id == announcement_id, act.state == "waiting")
        async with self._database.read() as session:
            return tuple(await session.scalars(query.order_by(act.id)))

    async def overdue(self, asked_before: datetime, reminded_before: datetime) -> tuple[Waiting, ...]:
        """What has waited since before a moment and was not brought up again since another, the oldest first."""
        announcement, act = AnnouncementRow, AnnouncementActRow
        announcements = select(announcement.id, announcement.submitted_at).where(
            announcement.state == "waiting",
            announcement.submitted_at < asked_before,
            _not_reminded(announcement, reminded_before),
        )
        acts = select(act.id, act.asked_at).where(
            act.state == "waiting", act.asked_at < asked_before, _not_reminded(act, reminded_before)
        )
        async with self._database.read() as session:
            found = [
                Waiting("announcement", id_, at) for id_, at in await session.execute(announcements) if at
            ]
            found += [Waiting("act", id_, at) for id_, at in await session.execute(acts)]
        return tuple(sorted(found, key=lambda one: one.since))

    async def remind(
        self, waiting: Waiting, reminded_before: datetime, now: datetime, letters: Sequence[Letter]
    ) -> bool:
        """Brings it up again: the letters stand in the outbox in the transaction that notes it.

        False where it no longer waits, or was brought up meanwhile.
        """
        async with self._database.write() as session:
            row = await _row(session, waiting)
            if row is None or row.state != "waiting":
                return False
            if row.reminded_at is not None and row.reminded_at >= reminded_before:
                return False
            row.reminded_at = now
            for letter in letters:
                await post(session, letter, Lane.REPLIES, now)
            return True


async def _row(session: AsyncSession, waiting: Waiting) -> AnnouncementRow | AnnouncementActRow | None:
    if waiting.kind == "act":
        return await session.get(AnnouncementActRow, waiting.id, with_for_update=True)
    return await session.get(AnnouncementRow, waiting.id, with_for_update=True)


def _not_reminded(
    row: type[AnnouncementRow | AnnouncementActRow], reminded_before: datetime
) -> ColumnElement[bool]:
    return or_(row.reminded_at.is_(None), row.reminded_at < reminded_before)
