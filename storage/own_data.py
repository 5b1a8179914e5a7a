"""Everything that is kept of a chat: for its owner to read, and to erase, within a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cadence import HOLIDAYS
from storage.models import ChatMoveRow, ChatRow, DeliveryRow, QuestionRow, SubscriptionRow


async def export(session: AsyncSession, chat_id: int) -> dict[str, Any]:
    """All that is kept, JSON-able; empty where nothing is."""
    chat = await session.get(ChatRow, chat_id)
    if chat is None:
        return {}
    rows = await session.scalars(select(SubscriptionRow).where(SubscriptionRow.chat_id == chat_id))
    deliveries = await session.scalar(
        select(func.count()).select_from(DeliveryRow).where(DeliveryRow.chat_id == chat_id)
    )
    questions = await session.scalars(select(QuestionRow.text).where(QuestionRow.chat_id == chat_id))
    return {
        "chat": _plain(chat) | {"days_off": _days(chat.days_off)},
        "subscriptions": [_plain(row) for row in rows],
        "messages_sent": deliveries,
        "questions": list(questions),
    }


async def erase(session: AsyncSession, chat_id: int) -> None:
    """Erases the chat and everything that names it; what it asked stays without who asked.

    A question that still waited is closed: there is nobody to answer any more.
    """
    asked = QuestionRow.chat_id == chat_id
    await session.execute(
        update(QuestionRow).where(asked, QuestionRow.state == "open").values(state="closed")
    )
    await session.execute(update(QuestionRow).where(QuestionRow.chat_id == chat_id).values(chat_id=None))
    await session.execute(delete(DeliveryRow).where(DeliveryRow.chat_id == chat_id))
    await session.execute(delete(SubscriptionRow).where(SubscriptionRow.chat_id == chat_id))
    await session.execute(delete(ChatMoveRow).where(ChatMoveRow.new_id == chat_id))
    await session.execute(delete(ChatRow).where(ChatRow.id == chat_id))


def _days(days_off: int) -> list[str]:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    off = [name for place, name in enumerate(names) if days_off >> place & 1]
    return [*off, "public holidays"] if days_off & HOLIDAYS else off


def _plain(row: ChatRow | SubscriptionRow) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
