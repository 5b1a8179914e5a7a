"""The outbox: rendered messages, one delivery per recipient, and the digest slots that were planned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, JsonList, LongText, RowId


class MessageRow(Base):
    """What is said, rendered once for everybody who is told the same thing in the same language."""

    __tablename__ = "messages"

    id: Mapped[RowId]
    kind: Mapped[Code]
    """`alert`, `digest`, `announcement`, `answer` or `notice`; `preview` was shown and is kept for its other pages."""
    language: Mapped[str] = mapped_column(String(8))
    parts: Mapped[JsonList]
    """Bot API calls in order, without the chat: `[{"method": "sendMessage", "params": {…}}, …]`.

    Of an announcement that was corrected, as those who got it see it now.
    """
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("announcement_acts.id"), index=True)
    """The correction or deletion that it is."""
    created_at: Mapped[datetime]


class MessageReleaseRow(Base):
    """A message tells of a release; with `deliveries` this is what each chat has been told.

    The pages of a long digest are read from here: what stands on one was settled when the first was written.
    """

    __tablename__ = "message_releases"
    __table_args__ = (Index(None, "release_id", "message_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    """Its place in the message, from 0."""
    heading: Mapped[str] = mapped_column(String(80))
    """What it stands under, such as `topic:pser`; empty among other news."""


class DeliveryRow(Base):
    """One message to one chat, from before it is sent to what became of it.

    Once the chat was erased its number is NULL: such a row only counts, is never sent, and is nobody's.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "chat_id"),
        Index(
            "ix_deliveries_due",
            "lane",
            "not_before",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_deliveries_sending",
            "id",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(None, "chat_id", "state"),
    )

    id: Mapped[RowId]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    chat_id: Mapped[int] = mapped_column(
        ForeignKey("chats.id", ondelete="SET NULL", onupdate="CASCADE"), nullable=True
    )
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    lane: Mapped[int]
    """0 replies, 1 urgent announcements, 2 alerts, 3 digests, 4 announcements: smaller goes first."""
    state: Mapped[Code]
    """`pending`, `sending`, `sent`, `blocked`, `failed`, `unknown`, `held` or `cancelled`."""
    attempts: Mapped[int] = mapped_column(default=0)
    resends: Mapped[int] = mapped_column(default=0)
    """How often it was sent again after an unknown outcome."""
    not_before: Mapped[datetime]
    next_part: Mapped[int] = mapped_column(default=0)
    telegram_message_ids: Mapped[JsonList] = mapped_column(default=list)
    error: Mapped[LongText | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class DigestRunRow(Base):
    """A slot in which digests were owed, and how many were planned for it."""

    __tablename__ = "digest_runs"

    slot: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The cadence and the time it was owed at, such as `daily 2026-11-20T03:00Z`."""
    owed_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    chats: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)


class SenderStateRow(Base):
    """What the sender must remember over a restart: until when Telegram asked it to wait."""

    __tablename__ = "sender_state"

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    """`all`, or a chat such as `chat:-100123`."""
    wait_until: Mapped[datetime]
