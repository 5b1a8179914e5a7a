"""Staff: who may do what, and the record of what they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.errors import N_, StorageError
from storage.models import AuditRow, StaffInvitationRow, StaffRow

Role = Literal["editor", "publisher", "administrator"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""In growing order of rights: each may do what those before it may."""

INVITATION_LIVES: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person with a role, which may be limited to a territory."""

    user_id: int
    role: Role
    territory: str | None = None

    def may(self, role: Role) -> bool:
        """Whether this person has the rights of a role."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that gives a role once; `code` is known only to who holds the link."""

    code: str
    role: Role
    territory: str | None
    expires_at: datetime


class InvitationSpent(StorageError):
    """The link is unknown, used, or too old."""

    code = "staff.invitation_spent"
    sentence = N_("This invitation has been used or is too old. Ask the administrator for a new one.")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when."""

    happened_at: datetime
    actor_id: int | None
    action: str
    subject: str
    details: Mapping[str, Any]
    id: int = 0


class Staff:
    """The people who keep the bot.  Those in `administrators` are so by the operator's word and cannot be removed."""

    def __init__(self, database: Database, administrators: Collection[int] = ()) -> None:
        self._database = database
        self._administrators = frozenset(administrators)

    async def member(self, user_id: int) -> StaffMember | None:
        """The staff member, or None for everybody else."""
        async with self._database.read() as session:
            return await self._held(session, user_id)

    async def all(self) -> tuple[StaffMember, ...]:
        """Everybody with a role, the operator's administrators first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(StaffRow).where(StaffRow.ended_at.is_(None)).order_by(StaffRow.created_at)
            )
            appointed = tuple(_member(row) for row in rows if row.user_id not in self._administrators)
        return tuple(StaffMember(id_, "administrator") for id_ in sorted(self._administrators)) + appointed

    async def appoint(
        self, user_id: int, role: Role, by: int | None, now: datetime, territory: str | None = None
    ) -> None:
        """Gives a person a role, in the audit.  Administrators are never limited to a territory."""
        async with self._database.write() as session:
            await _appoint(session, user_id, role, by, now, territory)

    async def invite(self, role: Role, by: int, now: datetime, territory: str | None = None) -> Invitation:
        """A link's worth of a role for one person, who need not be known yet; in the audit."""
        code, expires_at = token_urlsafe(18), now + INVITATION_LIVES
        async with self._database.write() as session:
            session.add(
                StaffInvitationRow(
                    code_hash=_hashed(code),
                    role=role,
                    territory=territory,
                    invited_by=by,
                    created_at=now,
                    expires_at=expires_at,
                )
            )
            record(session, by, "staff.invite", f"role {role}", now, {"territory": territory})
        return Invitation(code, role, territory, expires_at)

    async def accept(self, code: str, user_id: int, now: datetime) -> StaffMember:
        """Gives the invited person the role, and uses the invitation up; raises InvitationSpent.

        Somebody who may do as much already keeps what they have, and the invitation stays for another.
        """
        async with self._database.write() as session:
            row = await session.get(StaffInvitationRow, _hashed(code))
            if row is None:
                raise InvitationSpent
            invited = StaffMember(user_id, cast(Role, row.role), row.territory)
            if (held := await self._held(session, user_id)) and _covers(held, invited):
                return held
            if not await _use_up(session, row.code_hash, user_id, now):
                raise InvitationSpent
            await _appoint(session, user_id, invited.role, row.invited_by, now, invited.territory)
            return invited

    async def dismiss(self, user_id: int, by: int | None, now: datetime) -> bool:
        """Takes a person's role away, in the audit; False where there was none to take."""
        async with self._database.write() as session:
            row = await session.get(StaffRow, user_id)
            if row is None or row.ended_at is not None:
                return False
            row.ended_at = now
            record(session, by, "staff.dismiss", f"user {user_id}", now, {"role": row.role})
            return True

    async def _held(self, session: AsyncSession, user_id: int) -> StaffMember | None:
        if user_id in self._administrators:
            return StaffMember(user_id, "administrator")
        row = await session.get(StaffRow, user_id)
        return _member(row) if row and row.ended_at is None else None

    async def audit(
        self,
        actor_id: int | None,
        action: str,
        subject: str,
        now: datetime,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Writes down an act that has no transaction of its own."""
        async with self._database.write() as session:
            record(session, actor_id, action, subject, now, details)

    async def recent_acts(self, limit: int = 20, offset: int = 0) -> tuple[AuditEntry, ...]:
        """The latest acts, newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit).offset(offset)
        async with self._database.read() as session:
            rows = await session.scalars(query)
            return tuple(
                AuditEntry(row.happened_at, row.actor_id, row.action, row.subject, row.details, row.id)
                for row in rows
            )


def record(
    session: AsyncSession,
    actor_id: int | None,
    action: str,
    subject: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> AuditRow:
    """Writes an act into the audit within the transaction that does it; it has its number once that is flushed."""
    act = AuditRow(
        happened_at=now, actor_id=actor_id, action=action, subject=subject, details=dict(details or {})
    )
    session.add(act)
    return act


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(row.user_id, cast(Role, row.role), row.territory)


async def _appoint(
    session: AsyncSession, user_id: int, role: Role, by: int | None, now: datetime, territory: str | None
) -> None:
    limited_to = None if role == "administrator" else territory
    row = await session.get(StaffRow, user_id)
    if row is None:
        row = StaffRow(user_id=user_id, created_at=now)
        session.add(row)
    row.role, row.territory, row.added_by, row.ended_at = role, limited_to, by, None
    details = {"role": role, "territory": limited_to}
    record(session, by, "staff.appoint", f"user {user_id}", now, details)


async def _use_up(session: AsyncSession, code_hash: str, user_id: int, now: datetime) -> bool:
    """One statement: of two people who open the link at once, one gets the role."""
    used: Any = await session.execute(
        update(StaffInvitationRow)
        .where(
            StaffInvitationRow.code_hash == code_hash,
            StaffInvitationRow.used_at.is_(None),
            StaffInvitationRow.expires_at > now,
        )
        .values(used_by=user_id, used_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(used.rowcount) == 1


def _covers(held: StaffMember, other: StaffMember) -> bool:
    return held.may(other.role) and held.territory in (None, other.territory)


def _hashed(code: str) -> str:
    return sha256(code.encode()).hexdigest()
