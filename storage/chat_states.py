"""Chats that are lost, come to an end, or move: what happens to everything they have, within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ChatMoveRow, ChatRow, DeliveryRow, QuestionRow, SubscriptionRow

ChatState = Literal["active", "stopped", "blocked", "gone", "migrated"]


async def mark_lost(session: AsyncSession, chat_id: int, state: ChatState, now: datetime) -> None:
    """Records inside a transaction that a chat cannot be written to, and drops what was still to be sent there."""
    await set_state(session, chat_id, state, now)
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.chat_id == chat_id, DeliveryRow.state == "pending")
        .values(state="blocked", finished_at=now, error=state)
    )


async def migrate_chat(session: AsyncSession, old_id: int, new_id: int, now: datetime) -> None:
    """Moves a group to its new id inside a transaction, and remembers that it moved.  Safe to be told twice.

    Telegram may already have told of the new group, so that a row for it is there: then the choices of the one that
    was here first win.
    """
    if not await _remember_move(session, old_id, new_id, now):
        return
    await session.execute(update(QuestionRow).where(QuestionRow.chat_id == old_id).values(chat_id=new_id))
    old = await session.get(ChatRow, old_id)
    if old is None:
        return
    newcomer = await session.get(ChatRow, new_id)
    if newcomer is None:
        await _rename(session, old, new_id, now)
    else:
        await _merge(session, old, newcomer, now)


async def current_row(session: AsyncSession, chat_id: int) -> ChatRow | None:
    """The row of a chat, also where it is asked for by the id that a group had before it moved."""
    row = await session.get(ChatRow, chat_id)
    if row is not None and row.state != "migrated":
        return row
    new_id = await current_id(session, chat_id)
    return await session.get(ChatRow, new_id) if new_id != chat_id else row


async def current_id(session: AsyncSession, chat_id: int) -> int:
    """Under which id a chat goes on: that of the supergroup where a group has become one."""
    new_id = await session.scalar(select(ChatMoveRow.new_id).where(ChatMoveRow.old_id == chat_id))
    return chat_id if new_id is None else new_id


async def leave_thread(session: AsyncSession, chat_id: int, thread_id: int, now: datetime) -> None:
    """A forum topic is gone: what was told there is told in the chat itself, what was told there was told here."""
    held = await session.scalars(select(SubscriptionRow).where(*active_subscriptions(chat_id)))
    rows = held.all()
    here = {row.what: row for row in rows if not row.thread_id}
    for row in rows:
        if row.thread_id != thread_id:
            continue
        if there := here.get(row.what):
            _hand_over(row, there, "thread", now)
        else:
            row.thread_id = 0
    await session.execute(
        update(ChatRow).where(ChatRow.id == chat_id, ChatRow.thread_id == thread_id).values(thread_id=None)
    )
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.chat_id == chat_id, DeliveryRow.thread_id == thread_id)
        .values(thread_id=None)
        .execution_options(synchronize_session=False)
    )


async def set_state(session: AsyncSession, chat_id: int, state: ChatState, now: datetime) -> None:
    """Records in which state a chat is, and since when."""
    await session.execute(update(ChatRow).where(ChatRow.id == chat_id).values(state=state, state_at=now))


async def end_all(session: AsyncSession, chat_id: int, reason: str, now: datetime) -> None:
    """Ends every subscription of a chat; the rows stay."""
    await session.execute(
        update(SubscriptionRow)
        .where(*active_subscriptions(chat_id))
        .values(ended_at=now, ended_reason=reason)
    )


def active_subscriptions(chat_id: int) -> Sequence[ColumnElement[bool]]:
    """What a row of `subscriptions` must meet to be one of a chat's that has not ended."""
    return SubscriptionRow.chat_id == chat_id, SubscriptionRow.ended_at.is_(None)


async def _remember_move(session: AsyncSession, old_id: int, new_id: int, now: datetime) -> bool:
    """Whether it was not known: of two that are told of a move at once, one moves the group."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    move = dialect.insert(ChatMoveRow).values(old_id=old_id, new_id=new_id, moved_at=now)
    told: Any = await session.execute(move.on_conflict_do_nothing(index_elements=["old_id"]))
    return int(told.rowcount) == 1


async def _rename(session: AsyncSession, old: ChatRow, new_id: int, now: datetime) -> None:
    """Gives a row another id; every reference follows by ON UPDATE CASCADE."""
    there = {"state": "active", "state_at": now} if old.state in _OUT_OF_REACH else {}
    await session.execute(
        update(ChatRow).where(ChatRow.id == old.id).values(id=new_id, kind="group", **there)
    )
    session.expire_all()


async def _merge(session: AsyncSession, old: ChatRow, newcomer: ChatRow, now: datetime) -> None:
    older_wins = old.created_at <= newcomer.created_at
    if older_wins:
        await _carry_choices(session, old, newcomer, now)
    await _carry_subscriptions(session, old.id, newcomer.id, now, older_wins=older_wins)
    told = select(DeliveryRow.message_id).where(DeliveryRow.chat_id == newcomer.id)
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.chat_id == old.id, DeliveryRow.message_id.not_in(told))
        .values(chat_id=newcomer.id)
        .execution_options(synchronize_session=False)
    )
    await set_state(session, old.id, "migrated", now)


async def _carry_choices(session: AsyncSession, old: ChatRow, newcomer: ChatRow, now: datetime) -> None:
    """What was chosen, and that it was stopped, unless the new group has subscribed since."""
    for name in _CHOICES:
        setattr(newcomer, name, getattr(old, name))
    newcomer.thread_id = newcomer.thread_id or old.thread_id
    held = select(SubscriptionRow.id).where(*active_subscriptions(newcomer.id)).limit(1)
    if old.state == "stopped" and await session.scalar(held) is None:
        newcomer.state, newcomer.state_at = old.state, now


def _hand_over(row: SubscriptionRow, to: SubscriptionRow, reason: str, now: datetime) -> None:
    """Ends a subscription for another to the same; the ledger, which moves too, knows what was told of the rest."""
    to.starts_after = min(to.starts_after, row.starts_after)
    to.delivered_up_to = min(to.delivered_up_to, row.delivered_up_to)
    row.ended_at, row.ended_reason = now, reason


async def _carry_subscriptions(
    session: AsyncSession, old_id: int, new_id: int, now: datetime, *, older_wins: bool
) -> None:
    """All of them, those that ended too: how far they were told says of what the ledger is to be asked."""
    held = await session.scalars(select(SubscriptionRow).where(*active_subscriptions(new_id)))
    by_what = {(row.what, row.thread_id): row for row in held.all()}
    moving = await session.scalars(select(SubscriptionRow).where(*active_subscriptions(old_id)))
    for row in moving.all():
        if there := by_what.get((row.what, row.thread_id)):
            if older_wins:
                there.cadence, there.next_due_at = row.cadence, row.next_due_at
            _hand_over(row, there, "migrated", now)
    await session.flush()
    await session.execute(
        update(SubscriptionRow)
        .where(SubscriptionRow.chat_id == old_id)
        .values(chat_id=new_id)
        .execution_options(synchronize_session=False)
    )


_OUT_OF_REACH: Final = ("blocked", "gone")

_CHOICES: Final = (
    "created_at",
    "language",
    "language_chosen",
    "timezone",
    "digest_hour",
    "weekly_day",
    "quiet_from",
    "quiet_to",
    "days_off",
    "reads",
    "picture",
    "nothing_told_at",
    "paused_until",
    "territory",
    "cadence",
)
