"""Chats and what they asked to be told.  The only personal data kept: the chat's id, its language and its choices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, RowId, Slug


class ChatRow(Base):
    """A private chat, a group or a channel that the bot writes to."""

    __tablename__ = "chats"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[Code]
    """`private`, `group` (basic or super) or `channel`."""
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    """The forum topic that announcements and the like go to: one in which the chat is subscribed."""
    language: Mapped[str] = mapped_column(String(8))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    timezone: Mapped[str] = mapped_column(String(64))
    digest_hour: Mapped[int] = mapped_column(default=9)
    weekly_day: Mapped[int] = mapped_column(default=0)
    """0 is Monday."""
    quiet_from: Mapped[int | None]
    quiet_to: Mapped[int | None]
    """Hours of the local day between which nothing but urgent announcements is sent."""
    days_off: Mapped[int] = mapped_column(default=0)
    """Days on which the same holds: a bit for each weekday from Monday on, and one for public holidays."""
    reads: Mapped[Code | None]
    """In which languages releases are told (`storage.languages.Reads`); none is the chat's own where there is one."""
    picture: Mapped[bool] = mapped_column(default=False)
    """Whether weekly digests come with a picture of the week in numbers."""
    nothing_told_at: Mapped[datetime | None]
    """When a weekly digest last said that there was nothing to tell."""
    paused_until: Mapped[datetime | None]
    territory: Mapped[Slug | None]
    """The oblast the chat wants to hear of; none is the whole country."""
    cadence: Mapped[Code] = mapped_column(default="daily")
    """The cadence that a new subscription starts with."""
    state: Mapped[Code] = mapped_column(default="active")
    """`active`, `stopped` (by /stop), `blocked`, `gone` (deleted, kicked) or `migrated`."""
    state_at: Mapped[datetime]
    created_at: Mapped[datetime]


class ChatMoveRow(Base):
    """A group became a supergroup: what still comes from its old id is the new one's."""

    __tablename__ = "chat_moves"

    old_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    new_id: Mapped[int] = mapped_column(BigInteger, index=True)
    moved_at: Mapped[datetime]


class SubscriptionRow(Base):
    """A chat is told of releases that match every condition named here.

    `starts_after` and `delivered_up_to` are release sequence numbers: nothing up to the first is ever told, everything
    up to the second has been decided.  A subscription that ends keeps its row.  Each topic of a forum is told by
    itself, as if it were a chat of its own.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(
            "uq_subscriptions_active",
            "chat_id",
            "what",
            "thread_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "cadence", "next_due_at"),
        Index(None, "chat_id"),
    )

    id: Mapped[RowId]
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE", onupdate="CASCADE"))
    what: Mapped[str] = mapped_column(String(255))
    """The conditions in one canonical text, such as `topic:pser territory:naryn`."""
    thread_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """The forum topic in which it is told; 0 is the chat itself, or the general topic of a forum."""
    topic: Mapped[Slug | None]
    territory: Mapped[Slug | None]
    project: Mapped[Slug | None]
    source: Mapped[Slug | None]
    cadence: Mapped[Code]
    """`instant`, `daily` or `weekly`."""
    starts_after: Mapped[int] = mapped_column(BigInteger)
    delivered_up_to: Mapped[int] = mapped_column(BigInteger)
    looked_back_from: Mapped[int | None] = mapped_column(BigInteger)
    """Where it stood before it was taken back to a release that staff gave a topic."""
    next_due_at: Mapped[datetime | None]
    """When its next digest is owed; of an `instant` one, until when it waits for the end of days off."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[Code | None]
