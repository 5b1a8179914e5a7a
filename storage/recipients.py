"""The recipients of an announcement: written down before the first message leaves, followed to the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, and_, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.audiences import Audience, audience_conditions
from storage.deliveries import DeliveryState, copied_to_chats, new_delivery
from storage.languages import Language
from storage.models import AnnouncementActRow, AnnouncementRow, ChatRow, DeliveryRow, MessageRow
from storage.parts import Lane
from storage.resting import put_off

LANGUAGE_ORDER: Final[tuple[Language, ...]] = ("ky", "ru", "en")
"""Which version a chat gets whose own language has none: the first of these that there is."""

_BATCH: Final = 500
"""Chats a transaction: nobody who asks something meanwhile waits for longer than it takes to write so many."""


_LATELY: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Lately:
    """How many recipients the sender dealt with in the last seconds in which it did, and from when to when."""

    count: int
    since: datetime
    until: datetime

    @property
    def per_second(self) -> float:
        """How fast that was."""
        return self.count / max((self.until - self.since).total_seconds(), 1.0)


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
    deleted: int = 0
    """Of those to whom it was sent: from how many it was deleted again."""
    deleting: int = 0
    """From how many it is just being deleted."""
    due: tuple[tuple[datetime, int], ...] = ()
    """Of those who wait in the outbox: from when on how many may be written to, earliest first."""
    lately: Lately | None = None

    @property
    def kept(self) -> int:
        """With how many it stands, and stays."""
        return self.sent - self.deleted - self.deleting

    @property
    def total(self) -> int:
        """All recipients."""
        return self.waiting + self.sending + self.finished

    @property
    def finished(self) -> int:
        """Recipients of whom it is decided."""
        return self.sent + self.blocked + self.failed + self.unknown + self.cancelled


async def write_next_recipients(
    session: AsyncSession,
    row: AnnouncementRow,
    last_chat: int | None,
    only: Collection[int] | None,
    now: datetime,
) -> int | None:
    """Writes a held delivery for each of the next chats of the audience; returns the last of them, None for none."""
    chats = audience_conditions(Audience.from_mapping(row.audience))
    if last_chat is not None:
        chats.append(ChatRow.id > last_chat)
    if only is not None:
        chats.append(ChatRow.id.in_(only))
    following = select(ChatRow.id).where(*chats).order_by(ChatRow.id).limit(_BATCH).subquery()
    last: int | None = await session.scalar(select(func.max(following.c.id)))
    if last is not None:
        lane = Lane.URGENT if row.urgent else Lane.ANNOUNCEMENTS
        values = new_delivery(0, 0, None, lane, now, now, "held")
        message = _in_language(await message_ids(session, row.id))
        names, each = copied_to_chats(values, message_id=message, thread_id=ChatRow.thread_id)
        written = each.where(*chats, ChatRow.id <= last)
        await session.execute(insert_recipients(session).from_select(names, written, include_defaults=False))
    return last


def _in_language(messages: Mapping[Language, int]) -> ColumnElement[int]:
    """The message in the language of a chat, or in the first that there is."""
    fallback = next(messages[language] for language in LANGUAGE_ORDER if language in messages)
    return case(*((ChatRow.language == language, id_) for language, id_ in messages.items()), else_=fallback)


async def enlisted(session: AsyncSession, row: AnnouncementRow) -> int:
    row.recipients = (await progress_of(session, row.id)).total
    if not row.recipients:
        row.state, row.scheduled_for = "cancelled", None
        row.revision += 1
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
        await put_off(session, now, recipients_of(row.id), DeliveryRow.state == "held")
    await set_states(session, row.id, ("held",), "pending")


async def message_ids(session: AsyncSession, announcement_id: int) -> dict[Language, int]:
    query = select(MessageRow.language, MessageRow.id).where(MessageRow.announcement_id == announcement_id)
    return {cast(Language, language): id_ for language, id_ in await session.execute(query)}


async def stands_with(session: AsyncSession, announcement_id: int, message_id: int) -> Sequence[int]:
    """The chats that got a message and have it still."""
    query = select(DeliveryRow.chat_id).where(
        DeliveryRow.message_id == message_id, DeliveryRow.chat_id.is_not(None), stands(announcement_id)
    )
    return (await session.scalars(query)).all()


def stands(announcement_id: int) -> ColumnElement[bool]:
    """What a delivery of an announcement must meet to have arrived and not to have been deleted again."""
    deletion = aliased(DeliveryRow)
    from_whom = select(deletion.chat_id).where(
        deletion.message_id.in_(_deletions(announcement_id)),
        deletion.state == "sent",
        deletion.chat_id.is_not(None),
    )
    return and_(DeliveryRow.state == "sent", DeliveryRow.chat_id.not_in(from_whom))


async def progress_of(session: AsyncSession, announcement_id: int) -> Progress:
    return await progress_among(session, recipients_of(announcement_id))


async def progress_with_deletions(session: AsyncSession, announcement_id: int) -> Progress:
    """The same, and from how many it was deleted again."""
    query = (
        select(
            DeliveryRow.state,
            func.count(DeliveryRow.chat_id.distinct()) + func.count().filter(DeliveryRow.chat_id.is_(None)),
        )
        .where(DeliveryRow.message_id.in_(_deletions(announcement_id)))
        .group_by(DeliveryRow.state)
    )
    counts: dict[str, int] = dict((await session.execute(query)).all())
    under_way = sum(counts.get(state, 0) for state in ("held", "pending", "sending"))
    progress = await progress_of(session, announcement_id)
    return replace(progress, deleted=counts.get("sent", 0), deleting=under_way)


async def progress_among(session: AsyncSession, which: ColumnElement[bool]) -> Progress:
    """How many of some deliveries are in each state, and when those that wait may leave."""
    untried = and_(DeliveryRow.state == "pending", DeliveryRow.error.is_(None))
    moment = case((untried, DeliveryRow.not_before)).label("moment")
    query = (
        select(
            DeliveryRow.state,
            moment,
            func.count().label("count"),
            func.max(DeliveryRow.finished_at).label("last"),
        )
        .where(which)
        .group_by(DeliveryRow.state, "moment")
    )
    counts: Counter[str] = Counter()
    due: list[tuple[datetime, int]] = []
    last: list[datetime] = []
    for state, at, count, finished in await session.execute(query):
        counts["waiting" if state in ("pending", "held") else state] += count
        due += [(at, count)] if at else []
        last += [finished] if finished else []
    lately = await _lately(session, which, max(last)) if last else None
    return Progress(**counts, due=tuple(sorted(due)), lately=lately)


async def _lately(session: AsyncSession, which: ColumnElement[bool], last: datetime) -> Lately | None:
    query = select(func.count(), func.min(DeliveryRow.finished_at)).where(
        which, DeliveryRow.finished_at > last - _LATELY
    )
    count, first = (await session.execute(query)).one()
    return Lately(count, first, last) if first else None


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


def _deletions(announcement_id: int) -> Select[int]:
    """The messages that delete an announcement."""
    acts = select(AnnouncementActRow.id).where(
        AnnouncementActRow.announcement_id == announcement_id, AnnouncementActRow.kind == "withdraw"
    )
    return select(MessageRow.id).where(MessageRow.act_id.in_(acts))


def insert_recipients(session: AsyncSession) -> Any:
    """An insert that leaves recipients alone who have their row already."""
    dialect = sqlite if _is_sqlite(session) else postgresql
    return dialect.insert(DeliveryRow).on_conflict_do_nothing(index_elements=["message_id", "chat_id"])


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
