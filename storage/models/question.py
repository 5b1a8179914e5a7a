"""Questions that were passed on to staff, and those that found no answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, LongText, RowId


class QuestionRow(Base):
    """A person's question to staff; who asked is forgotten when the person asks to be, or when it is closed."""

    __tablename__ = "questions"
    __table_args__ = (Index(None, "state", "created_at"), Index(None, "chat_id"))

    id: Mapped[RowId]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    """The topic of a forum in which it was asked, and is answered."""
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[LongText]
    state: Mapped[Code]
    """`open`, `answered` or `closed`."""
    answer: Mapped[LongText | None]
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    """When staff were last told that it still waits."""


class UnansweredRow(Base):
    """A question nothing was found for: its text without the person, and how often it came."""

    __tablename__ = "unanswered"

    folded: Mapped[str] = mapped_column(String(255), primary_key=True)
    text: Mapped[LongText]
    language: Mapped[str] = mapped_column(String(8))
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime]
