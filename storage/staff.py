"""Staff: who may do what, and the record of what they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audiences import within
from storage.database import Database
from storage.errors import N_, StorageError
from storage.models import AuditRow, StaffInvitationRow, StaffRow
from storage.territory_tree import TerritoryTree, read_tree

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

    def may(self, role: Role, *, everywhere: bool = False) -> bool:
        """Whether this person has the rights of a role; `everywhere`: in the whole country."""
        if everywhere and self.territory is not None:
            return False
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that gives a role once; `code` is known only to who holds the link."""

    code: str
    role: Role
    territory: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that somebody may still accept; `key` names it without giving the link away."""

    key: str
    role: Role
    territory: str | None
    invited_by: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """What somebody is who opened an invitation, and whether it is the invitation that made them so."""

    member: StaffMember
    joined: bool


class InvitationSpent(StorageError):
    """The link is unknown, used, taken back or too old, or who made it may no longer invite."""

    code = "staff.invitation_spent"
    sentence = N_(
        "This invitation has been used or taken back, or is too old. Ask the administrator for a new one."
    )


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

    async def page(
        self, limit: int, offset: int = 0, territory: str | None = None
    ) -> tuple[tuple[StaffMember, ...], int]:
        """A page of everybody with a role, in the order of `all`, and how many there are.

        With a territory those whose role is limited to it or to a part of it.
        """
        named = [StaffMember(id_, "administrator") for id_ in sorted(self._administrators)]
        which = [StaffRow.ended_at.is_(None), StaffRow.user_id.not_in(self._administrators)]
        if territory is not None:
            named = []
            which.append(StaffRow.territory.in_(within(territory)))
        query = select(StaffRow).where(*which).order_by(StaffRow.created_at, StaffRow.user_id)
        first = named[offset : offset + limit]
        rest = query.limit(limit - len(first)).offset(max(offset - len(named), 0))
        async with self._database.read() as session:
            appointed = [_member(row) for row in await session.scalars(rest)]
            count = await session.scalar(select(func.count()).select_from(StaffRow).where(*which))
        return (*first, *appointed), len(named) + (count or 0)

    async def appoint(
        self, user_id: int, role: Role, by: int | None, now: datetime, territory: str | None = None
    ) -> None:
        """Gives a person a role, in the audit.  Administrators are never limited to a territory."""
        async with self._database.write() as session:
            await _appoint(session, user_id, role, by, now, territory)
            if role != "administrator":
                await _end_invitations(session, StaffInvitationRow.invited_by == user_id, now)

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

    async def invitations(self, now: datetime) -> tuple[OpenInvitation, ...]:
        """The invitations that may still be accepted, the latest last."""
        query = select(StaffInvitationRow).where(*_open(now)).order_by(StaffInvitationRow.created_at)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
            return tuple(
                [_open_invitation(row) for row in rows if await self._may_invite(session, row.invited_by)]
            )

    async def uninvite(self, key: str, by: int, now: datetime) -> bool:
        """Takes an open invitation back, in the audit; False where it is no longer open."""
        async with self._database.write() as session:
            rows = (await session.scalars(select(StaffInvitationRow).where(*_open(now)))).all()
            row = next((each for each in rows if _key(each.code_hash) == key), None)
            if row is None:
                return False
            row.ended_at = now
            record(session, by, "staff.uninvite", f"role {row.role}", now, {"territory": row.territory})
            return True

    async def accept(self, code: str, user_id: int, now: datetime) -> Accepted:
        """Gives the invited person the role, and uses the invitation up; raises InvitationSpent.

        An invitation only ever adds: somebody who would lose a right by it, or gain none, keeps what they have, and the
        invitation stays for another.  It is worth what its maker may do now.
        """
        async with self._database.write() as session:
            row = await session.get(StaffInvitationRow, _hashed(code))
            if row is None:
                raise InvitationSpent
            invited = StaffMember(user_id, cast(Role, row.role), row.territory)
            held = await self._held(session, user_id)
            if held and not _adds_to(held, invited, await read_tree(session)):
                return Accepted(held, joined=False)
            if not await self._may_invite(session, row.invited_by):
                raise InvitationSpent
            if not await _use_up(session, row.code_hash, user_id, now):
                raise InvitationSpent
            await _appoint(session, user_id, invited.role, row.invited_by, now, invited.territory)
            return Accepted(invited, joined=True)

    async def dismiss(self, user_id: int, by: int | None, now: datetime) -> bool:
        """Takes a person's role away, and back their open invitations, in the audit; False where there was none."""
        async with self._database.write() as session:
            row = await session.get(StaffRow, user_id)
            if row is None or row.ended_at is not None:
                return False
            row.ended_at = now
            details = {"role": row.role, "territory": row.territory}
            await _end_invitations(session, StaffInvitationRow.invited_by == user_id, now)
            record(session, by, "staff.dismiss", f"user {user_id}", now, details)
            return True

    async def _held(self, session: AsyncSession, user_id: int) -> StaffMember | None:
        if user_id in self._administrators:
            return StaffMember(user_id, "administrator")
        row = await session.get(StaffRow, user_id)
        return _member(row) if row and row.ended_at is None else None

    async def _may_invite(self, session: AsyncSession, user_id: int) -> bool:
        held = await self._held(session, user_id)
        return held is not None and held.may("administrator")

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
            *_open(now),
        )
        .values(used_by=user_id, used_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(used.rowcount) == 1


async def _end_invitations(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> None:
    await session.execute(
        update(StaffInvitationRow)
        .where(which, *_open(now))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = StaffInvitationRow
    return row.used_at.is_(None), row.ended_at.is_(None), row.expires_at > now


def _adds_to(held: StaffMember, other: StaffMember, tree: TerritoryTree) -> bool:
    """Whether another role is all that the one held is, and more."""
    same = (held.role, held.territory) == (other.role, other.territory)
    return not same and other.may(held.role) and tree.covers(other.territory, held.territory)


def _open_invitation(row: StaffInvitationRow) -> OpenInvitation:
    role = cast(Role, row.role)
    return OpenInvitation(_key(row.code_hash), role, row.territory, row.invited_by, row.expires_at)


def _key(code_hash: str) -> str:
    return code_hash[:16]


def _hashed(code: str) -> str:
    return sha256(code.encode()).hexdigest()
