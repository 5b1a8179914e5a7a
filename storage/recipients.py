"""The recipients of an announcement: written down before the first message leaves, followed to the last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audiences import Audience, audience_conditions
from storage.cadence import free_from
from storage.deliveries import DeliveryState, new_delivery
from storage.languages import Language
from storage.models import AnnouncementRow, ChatRow, DeliveryRow, MessageRow
from storage.parts import Lane

LANGUAGE_ORDER: Final[tuple[Language, ...]] = ("ky", "ru", "en")
"""Which version a chat gets whose own language has none: the first of these that there is."""

_BATCH: Final = 500
"""Chats a transaction: nobody who asks something meanwhile waits for longer than it takes to write so many."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many recipients are in each state."""

    waiting: int = 0
    sending: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """All recipients."""
        return self.waiting + self.sending + self.finished

    @property
    def finished(self) -> int:
        """Recipients of whom it is decided."""
        return self.sent + self.blocked + self.failed + self.unknown + self.cancelled


async def next_recipients(
    session: AsyncSession, row: AnnouncementRow, last_chat: int | None, only: Collection[int] | None
) -> Sequence[tuple[int, str, int | None]]:
    query = select(ChatRow.id, ChatRow.language, ChatRow.thread_id).order_by(ChatRow.id).limit(_BATCH)
    query = query.where(*audience_conditions(Audience.from_mapping(row.audience)))
    if last_chat is not None:
        query = query.where(ChatRow.id > last_chat)
    if only is not None:
        query = query.where(ChatRow.id.in_(only))
    return [(id_, language, thread) for id_, language, thread in await session.execute(query)]


async def write_recipients(
    session: AsyncSession, row: AnnouncementRow, chats: Sequence[tuple[int, str, int | None]], now: datetime
) -> None:
    messages = await message_ids(session, row.id)
    fallback = next(messages[language] for language in LANGUAGE_ORDER if language in messages)
    lane = Lane.ALERTS if row.urgent else Lane.ANNOUNCEMENTS
    rows = [
        new_delivery(
            messages.get(cast(Language, language), fallback), chat_id, thread, lane, now, now, "held"
        )
        for chat_id, language, thread in chats
    ]
    await session.execute(insert_recipients(session), rows)


async def enlisted(session: AsyncSession, row: AnnouncementRow) -> int:
    row.recipients = (await progress_of(session, row.id)).total
    if not row.recipients:
        row.state, row.scheduled_for = "cancelled", None
    return row.recipients


async def let_go(session: AsyncSession, row: AnnouncementRow, now: datetime) -> None:
    """Lets held deliveries go; those to chats that are gone meanwhile are cancelled."""
    gone = select(ChatRow.id).where(ChatRow.state != "active")
    held_by_gone = (recipients_of(row.id), DeliveryRow.state == "held", DeliveryRow.chat_id.in_(gone))
    await session.execute(
        update(DeliveryRow)
        .where(*held_by_gone)
        .values(state="cancelled", finished_at=now, error="inactive")
        .execution_options(synchronize_session=False)
    )
    if not row.urgent:
        await _respect_times_of_rest(session, row.id, now)
    await set_states(session, row.id, ("held",), "pending")


async def _respect_times_of_rest(session: AsyncSession, announcement_id: int, now: datetime) -> None:
    chat = ChatRow
    query = (
        select(
            *(DeliveryRow.id, chat.quiet_from, chat.quiet_to, chat.days_off, chat.digest_hour, chat.timezone)
        )
        .join(chat, chat.id == DeliveryRow.chat_id)
        .where(
            recipients_of(announcement_id),
            DeliveryRow.state == "held",
            or_(chat.quiet_from.is_not(None), chat.days_off != 0),
        )
    )
    later = [
        {"id": row.id, "not_before": until}
        for row in await session.execute(query)
        if (
            until := free_from(row.quiet_from, row.quiet_to, row.days_off, row.digest_hour, row.timezone, now)
        )
    ]
    if later:
        await session.execute(update(DeliveryRow), later)


async def message_ids(session: AsyncSession, announcement_id: int) -> dict[Language, int]:
    query = select(MessageRow.language, MessageRow.id).where(MessageRow.announcement_id == announcement_id)
    return {cast(Language, language): id_ for language, id_ in await session.execute(query)}


async def sent_to(session: AsyncSession, message_id: int) -> Sequence[int]:
    query = select(DeliveryRow.chat_id).where(
        DeliveryRow.message_id == message_id, DeliveryRow.state == "sent", DeliveryRow.chat_id.is_not(None)
    )
    return (await session.scalars(query)).all()


async def progress_of(session: AsyncSession, announcement_id: int) -> Progress:
    return await progress_among(session, recipients_of(announcement_id))


async def progress_among(session: AsyncSession, which: ColumnElement[bool]) -> Progress:
    query = select(DeliveryRow.state, func.count()).where(which).group_by(DeliveryRow.state)
    counts: dict[str, int] = dict((await session.execute(query)).all())
    waiting = counts.pop("pending", 0) + counts.pop("held", 0)
    return Progress(waiting=waiting, **counts)


async def set_states(
    session: AsyncSession,
    announcement_id: int,
    states: Sequence[DeliveryState],
    state: DeliveryState,
    **values: Any,
) -> int:
    going = [DeliveryRow.chat_id.is_not(None)] if state in ("held", "pending") else []
    result: Any = await session.execute(
        update(DeliveryRow)
        .where(recipients_of(announcement_id), DeliveryRow.state.in_(states), *going)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def recipients_of(announcement_id: int) -> ColumnElement[bool]:
    messages = select(MessageRow.id).where(MessageRow.announcement_id == announcement_id)
    return DeliveryRow.message_id.in_(messages)


def insert_recipients(session: AsyncSession) -> Any:
    """An insert that leaves recipients alone who have their row already."""
    dialect = sqlite if _is_sqlite(session) else postgresql
    return dialect.insert(DeliveryRow).on_conflict_do_nothing(index_elements=["message_id", "chat_id"])


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
