"""Staff, what they did, and the state of conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Code, Json, RowId, Slug


class StaffRow(Base):
    """A person who may do more than read."""

    __tablename__ = "staff"

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    role: Mapped[Code]
    """`editor`, `publisher` or `administrator`."""
    territory: Mapped[Slug | None]
    added_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffInvitationRow(Base):
    """A link that gives a role to the first person who opens it."""

    __tablename__ = "staff_invitations"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the code in the link: who reads the database cannot use it."""
    role: Mapped[Code]
    territory: Mapped[Slug | None]
    invited_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None] = mapped_column(BigInteger)
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Since when it is taken back, unused."""


class AuditRow(Base):
    """Who did what to what, and when."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "happened_at"),)

    id: Mapped[RowId]
    happened_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    """The staff member, or none where the operator or the program itself acted."""
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    details: Mapped[Json] = mapped_column(default=dict)


class ConversationRow(Base):
    """Where a dialogue stands, so that a restart forgets no half-written draft."""

    __tablename__ = "conversations"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    state: Mapped[str | None] = mapped_column(String(128))
    data: Mapped[Json] = mapped_column(default=dict)
    updated_at: Mapped[datetime]
