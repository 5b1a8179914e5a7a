"""Announcements: a message to many, from draft to report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, Json, LongText, RowId, Slug


class AnnouncementRow(Base):
    """What staff say to an audience.  Content and audience are frozen when it is approved."""

    __tablename__ = "announcements"
    __table_args__ = (Index(None, "state", "scheduled_for"), Index(None, "territory"))

    id: Mapped[RowId]
    author_id: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[Code]
    """`draft`, `waiting`, `scheduled`, `running`, `paused`, `done` or `cancelled`."""
    content: Mapped[Json]
    """Per language, the parts of the message as text, entities and file ids."""
    audience: Mapped[Json]
    """`{"everyone": true}`, or conditions: `topic`, `territory`, `language`."""
    territory: Mapped[Slug | None]
    """That of the audience, to look through what was announced to one."""
    urgent: Mapped[bool] = mapped_column(default=False)
    recipients: Mapped[int] = mapped_column(default=0)
    scheduled_for: Mapped[datetime | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    """Since when it waits for a second person, or waited."""
    reminded_at: Mapped[datetime | None]
    """When those who may say yes were last told that it still waits."""
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    progress_message_id: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(default=0)
    """Grows with whatever changes what the message with its progress has to say."""
    shown_revision: Mapped[int] = mapped_column(default=0)
    """Up to which revision that message is known to say it."""
    note: Mapped[LongText | None]
    withdrawn_at: Mapped[datetime | None]
    """Since when it is being deleted for everyone."""


class AnnouncementActRow(Base):
    """What is done with an announcement after it was sent, or waits for a second person's yes."""

    __tablename__ = "announcement_acts"

    id: Mapped[RowId]
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), index=True)
    kind: Mapped[Code]
    """`correct`, `withdraw` or `resend`."""
    state: Mapped[Code] = mapped_column(index=True)
    """`waiting`, `running`, `done` or `declined`."""
    content: Mapped[Json] = mapped_column(default=dict)
    """For a correction: the new text per language, as in an announcement."""
    outcome: Mapped[Code | None]
    """For sending again: to those who `failed`, or are `unknown`."""
    recipients: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    """When those who may say yes were last told that it still waits."""
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    progress_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    progress_message_id: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether that message is known to say what it came to."""


class AnnouncementTemplateRow(Base):
    """A text that staff announce again and again."""

    __tablename__ = "announcement_templates"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(64))
    content: Mapped[Json]
    """As in an announcement."""
    territory: Mapped[Slug | None]
    """Whose it is, where the one who saved it speaks to one territory only."""
    saved_by: Mapped[int] = mapped_column(BigInteger)
    saved_at: Mapped[datetime]
