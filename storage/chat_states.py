"""Chats that are lost, come to an end, or move: what happens to everything they have, within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ChatRow, DeliveryRow, QuestionRow, SubscriptionRow

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
    """Moves a group's rows to its new id inside a transaction.

    Telegram may already have told of the new group, so that a row for it is there; the older choices win.
    """
    old = await session.get(ChatRow, old_id)
    if old is None:
        return
    newcomer = await session.get(ChatRow, new_id)
    if newcomer is None:
        await session.execute(
            update(ChatRow).where(ChatRow.id == old_id).values(id=new_id, kind="group")
        )  # every reference follows by ON UPDATE CASCADE
        await session.execute(update(QuestionRow).where(QuestionRow.chat_id == old_id).values(chat_id=new_id))
        session.expire_all()
        return
    held = await session.scalars(select(SubscriptionRow).where(*active_subscriptions(new_id)))
    by_what = {row.what: row for row in held.all()}
    moving = await session.scalars(select(SubscriptionRow).where(*active_subscriptions(old_id)))
    for row in moving.all():
        if there := by_what.get(row.what):  # the ledger, which moves too, knows what was told of the rest
            there.starts_after = min(there.starts_after, row.starts_after)
            there.delivered_up_to = min(there.delivered_up_to, row.delivered_up_to)
        else:
            row.chat_id = new_id
    told = select(DeliveryRow.message_id).where(DeliveryRow.chat_id == new_id)
    await session.flush()
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.chat_id == old_id, DeliveryRow.message_id.not_in(told))
        .values(chat_id=new_id)
        .execution_options(synchronize_session=False)
    )
    newcomer.language, newcomer.language_chosen = old.language, old.language_chosen
    newcomer.timezone, newcomer.territory, newcomer.cadence = old.timezone, old.territory, old.cadence
    newcomer.digest_hour, newcomer.weekly_day = old.digest_hour, old.weekly_day
    newcomer.reads, newcomer.days_off, newcomer.picture = old.reads, old.days_off, old.picture
    newcomer.nothing_told_at = old.nothing_told_at
    newcomer.quiet_from, newcomer.quiet_to, newcomer.paused_until = (
        old.quiet_from,
        old.quiet_to,
        old.paused_until,
    )
    await end_all(session, old_id, "migrated", now)
    await set_state(session, old_id, "migrated", now)


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
