"""What is kept of a chat, and of the person whose it is: to be read, and to be erased, within a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cadence import HOLIDAYS
from storage.conversations import in_chat, of_person
from storage.models import (
    AnnouncementActRow,
    AnnouncementRow,
    AuditRow,
    Base,
    ChatMoveRow,
    ChatRow,
    ConversationRow,
    DeliveryRow,
    MessageRow,
    QuestionRow,
    StaffInvitationRow,
    StaffRow,
    SubscriptionRow,
)

_STILL_TO_BE_SENT: Final = ("pending", "held")


async def export(session: AsyncSession, chat_id: int) -> dict[str, Any]:
    """All that is kept, JSON-able; empty where nothing is.

    Of a private chat that is all of its person: their dialogues wherever they spoke, and what they are and did as
    staff.  Of a group it is what is the group's: not what its members said.
    """
    chat = await session.get(ChatRow, chat_id)
    if chat is None:
        return {}
    questions = await session.scalars(select(QuestionRow).where(QuestionRow.chat_id == chat_id))
    kept = {
        "chat": _plain(chat) | {"days_off": _days(chat.days_off)},
        "subscriptions": await _rows(session, SubscriptionRow, SubscriptionRow.chat_id == chat_id),
        "messages": await _messages(session, chat_id),
        "questions": [
            _only(row, "text", "state", "answer", "created_at", "answered_at") for row in questions
        ],
    }
    return kept | await _of_person(session, chat_id) if chat.kind == "private" else kept


async def erase(session: AsyncSession, chat_id: int) -> None:
    """Erases the chat and everything that names it, and of a private one everything that names its person.

    What it asked stays without who asked, and what it was sent without whom: reports go on counting it.  A question
    that still waited is closed: there is nobody to answer any more.  What somebody did as staff stays in the audit.
    """
    asked = QuestionRow.chat_id == chat_id
    await session.execute(
        update(QuestionRow).where(asked, QuestionRow.state == "open").values(state="closed")
    )
    await session.execute(update(QuestionRow).where(asked).values(chat_id=None, thread_id=None))
    await _forget_whom(session, chat_id)
    await session.execute(delete(ConversationRow).where(or_(in_chat(chat_id), of_person(chat_id))))
    await session.execute(delete(StaffRow).where(StaffRow.user_id == chat_id))
    invited = StaffInvitationRow.used_by == chat_id
    await session.execute(update(StaffInvitationRow).where(invited).values(used_by=None))
    for shown in (AnnouncementRow, AnnouncementActRow):
        here = shown.progress_chat_id == chat_id
        nowhere = {"progress_chat_id": None, "progress_message_id": None}
        await session.execute(update(shown).where(here).values(**nowhere))
    await session.execute(delete(SubscriptionRow).where(SubscriptionRow.chat_id == chat_id))
    await session.execute(delete(ChatMoveRow).where(ChatMoveRow.new_id == chat_id))
    await session.execute(delete(ChatRow).where(ChatRow.id == chat_id))


async def _forget_whom(session: AsyncSession, chat_id: int) -> None:
    """Leaves of deliveries that they were; what was not sent yet is not."""
    theirs = DeliveryRow.chat_id == chat_id
    await session.execute(
        update(DeliveryRow)
        .where(theirs, DeliveryRow.state.in_(_STILL_TO_BE_SENT))
        .values(state="cancelled", error="forgotten")
    )
    await session.execute(
        update(DeliveryRow).where(theirs).values(chat_id=None, thread_id=None, telegram_message_ids=[])
    )


async def _of_person(session: AsyncSession, user_id: int) -> dict[str, Any]:
    staff = await session.get(StaffRow, user_id)
    did = or_(AuditRow.actor_id == user_id, AuditRow.subject == f"user {user_id}")
    return {
        "dialogues": await _rows(session, ConversationRow, of_person(user_id)),
        "staff": _plain(staff) if staff else None,
        "acts": await _rows(session, AuditRow, did),
    }


async def _messages(session: AsyncSession, chat_id: int) -> list[dict[str, Any]]:
    columns = MessageRow.kind, DeliveryRow.state, DeliveryRow.created_at, DeliveryRow.finished_at
    query = select(*columns).join(MessageRow, MessageRow.id == DeliveryRow.message_id)
    sent = await session.execute(query.where(DeliveryRow.chat_id == chat_id).order_by(DeliveryRow.id))
    return [_readable(row) for row in sent.mappings()]


async def _rows(session: AsyncSession, table: type[Base], which: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_plain(row) for row in await session.scalars(select(table).where(which))]


def _days(days_off: int) -> list[str]:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    off = [name for place, name in enumerate(names) if days_off >> place & 1]
    return [*off, "public holidays"] if days_off & HOLIDAYS else off


def _plain(row: Base) -> dict[str, Any]:
    return _only(row, *(column.key for column in row.__table__.columns))


def _only(row: Base, *names: str) -> dict[str, Any]:
    return _readable({name: getattr(row, name) for name in names})


def _readable(values: Any) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
