"""Sources: the places releases are heard from, with what is known of their health."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, Json, LongText, RowId, Slug


class SourceRow(Base):
    """A feed, a listing page, a channel, or the desk through which staff import documents."""

    __tablename__ = "sources"
    __table_args__ = (Index(None, "enabled", "next_check_at"),)

    id: Mapped[RowId]
    slug: Mapped[Slug] = mapped_column(unique=True)
    names: Mapped[Json]
    kind: Mapped[Code]
    """`feed`, `listing`, `channel` or `desk`."""
    url: Mapped[LongText]
    organisation: Mapped[Slug | None]
    language: Mapped[str | None] = mapped_column(String(8))
    rule: Mapped[Json] = mapped_column(default=dict)
    """How a listing and its articles are read: `item_pattern` and optional CSS selectors."""
    interval_minutes: Mapped[int] = mapped_column(default=60)
    enabled: Mapped[bool] = mapped_column(default=True)

    etag: Mapped[LongText | None]
    last_modified: Mapped[LongText | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    next_check_at: Mapped[datetime | None]
    last_checked_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    """When the first fetch filled the archive: until then everything heard is silent."""
    failures: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[Code | None]
    error_text: Mapped[LongText | None]
    staff_told: Mapped[Code | None]
    """The state of health staff were last told of: `broken`, `well` or `silent`."""
    backfill: Mapped[Json] = mapped_column(default=dict)
    """Where walking back through the archive got to; empty before it began."""
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SourceRuleRow(Base):
    """How a source was read from a moment on, and who said so."""

    __tablename__ = "source_rules"
    __table_args__ = (Index(None, "source_id"),)

    id: Mapped[RowId]
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    kind: Mapped[Code]
    url: Mapped[LongText]
    rule: Mapped[Json] = mapped_column(default=dict)
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    """The staff member, or none where the operator or the shipped catalogue said so."""
    changed_at: Mapped[datetime]
