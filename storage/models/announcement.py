"""Announcements: a message to many, from draft to report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, Json, LongText, RowId, Slug


class AnnouncementRow(Base):
    """What staff say to an audience.  Content and audience are frozen when it is approved."""

    __tablename__ = "announcements"
    __table_args__ = (Index(None, "state", "scheduled_for"),)

    id: Mapped[RowId]
    author_id: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[Code]
    """`draft`, `waiting`, `scheduled`, `running`, `paused`, `done` or `cancelled`."""
    content: Mapped[Json]
    """Per language, the parts of the message as text, entities and file ids."""
    audience: Mapped[Json]
    """`{"everyone": true}`, or conditions: `topic`, `territory`, `language`."""
    urgent: Mapped[bool] = mapped_column(default=False)
    recipients: Mapped[int] = mapped_column(default=0)
    scheduled_for: Mapped[datetime | None]
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    progress_message_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[LongText | None]


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
