"""Chats that want to hear nothing for now: in quiet hours, on a day off, in a pause.

Only answers and what is urgent come then, all else waits; corrections and deletions do not, for nobody hears them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.batches import batches
from storage.cadence import free_from
from storage.models import ChatRow, DeliveryRow, MessageRow
from storage.parts import Lane

RESTING_LANES: Final = tuple(lane for lane in Lane if lane > Lane.URGENT)
"""The lanes whose messages wait."""

WISHES: Final = (
    *(ChatRow.quiet_from, ChatRow.quiet_to, ChatRow.days_off, ChatRow.digest_hour, ChatRow.timezone),
    ChatRow.paused_until,
)
"""What says when a chat wants to hear nothing."""

_LOOKED_AT: Final = 500
"""Where one is not to be woken, so many of those behind are looked at with it: at night that is most of them."""


def rests_until(wishes: Sequence[Any], now: datetime) -> datetime | None:
    """When a chat with these `WISHES` may be written to again; None for now."""
    quiet_from, quiet_to, days_off, hour, timezone, paused_until = wishes
    if quiet_from is None and not days_off and paused_until is None:
        return None
    return free_from(quiet_from, quiet_to, days_off, hour, timezone, now, paused_until)


async def put_off_due(session: AsyncSession, lane: Lane, now: datetime) -> None:
    """Lets those of a lane's next due messages wait that would wake somebody, until they wake nobody."""
    due = (
        select(DeliveryRow.id)
        .where(DeliveryRow.state == "pending", DeliveryRow.lane == int(lane), DeliveryRow.not_before <= now)
        .order_by(DeliveryRow.not_before, DeliveryRow.id)
        .limit(_LOOKED_AT)
    )
    acts = select(MessageRow.id).where(MessageRow.act_id.is_not(None))
    begun = DeliveryRow.next_part > 0
    await put_off(session, now, DeliveryRow.id.in_(due), ~begun, DeliveryRow.message_id.not_in(acts))


async def put_off(session: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> None:
    """Lets those deliveries wait whose chats want to hear nothing now, until they do."""
    wish_something = or_(ChatRow.quiet_from.is_not(None), ChatRow.days_off != 0, ChatRow.paused_until > now)
    query = (
        select(DeliveryRow.id, *WISHES)
        .join(ChatRow, ChatRow.id == DeliveryRow.chat_id)
        .where(*which, wish_something)
    )
    for moment, ids in _by_moment(await session.execute(query), now).items():
        for some in batches(ids):
            await session.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id.in_(some))
                .values(not_before=moment, error=None)
                .execution_options(synchronize_session=False)
            )


async def let_out(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """What was put off for a chat is due: whether it still rests is decided when it leaves."""
    waiting = (DeliveryRow.chat_id == chat_id, DeliveryRow.state == "pending", DeliveryRow.not_before > now)
    await session.execute(
        update(DeliveryRow)
        .where(*waiting, DeliveryRow.lane.in_([int(lane) for lane in RESTING_LANES]))
        .values(not_before=now)
        .execution_options(synchronize_session=False)
    )


def _by_moment(rows: Iterable[Sequence[Any]], now: datetime) -> Mapping[datetime, list[int]]:
    """The deliveries by when they may leave; most chats wish one of a few things."""
    known: dict[tuple[Any, ...], datetime | None] = {}
    later: dict[datetime, list[int]] = defaultdict(list)
    for id_, *each in rows:
        wishes = tuple(each)
        if wishes not in known:
            known[wishes] = rests_until(wishes, now)
        if moment := known[wishes]:
            later[moment].append(id_)
    return later
