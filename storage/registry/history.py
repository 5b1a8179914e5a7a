"""What was changed in the registry, by whom: kept in the audit with the values before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AuditRow
from storage.registry.changes import Change, UnknownChange

ACTION: Final = "registry.change"
_SUBJECT = 128


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change that was made.  `batch` is the number of the first of those that were made together."""

    id: int
    happened_at: datetime
    actor_id: int | None
    batch: int
    change: Change


async def write(session: AsyncSession, changes: Sequence[Change], now: datetime, by: int | None) -> int:
    """Writes changes that are made together into the audit; returns the number of the first."""
    rows = [
        AuditRow(
            happened_at=now, actor_id=by, action=ACTION, subject=subject(change), details=_details(change)
        )
        for change in changes
    ]
    session.add(rows[0])
    await session.flush()
    for row in rows:
        row.details = {**row.details, "batch": rows[0].id}
    session.add_all(rows)
    await session.flush()
    return rows[0].id


async def changes(session: AsyncSession, change_id: int, *, whole: bool) -> tuple[Change, ...]:
    """A change, or all that were made together with it, in the order they were made; raises UnknownChange."""
    row = await session.get(AuditRow, change_id)
    if row is None or row.action != ACTION:
        raise UnknownChange(id=change_id)
    if not whole:
        return (_recorded(row).change,)
    rows = await session.scalars(
        select(AuditRow)
        .where(
            AuditRow.action == ACTION,
            AuditRow.id >= row.details["batch"],
            AuditRow.happened_at == row.happened_at,
        )
        .order_by(AuditRow.id)
    )
    return tuple(_recorded(each).change for each in rows if each.details["batch"] == row.details["batch"])


async def latest(
    session: AsyncSession, kind: str | None, slug: str | None, limit: int
) -> tuple[RecordedChange, ...]:
    """The latest changes, newest first."""
    query = select(AuditRow).where(AuditRow.action == ACTION).order_by(AuditRow.id.desc())
    if kind and slug:
        query = query.where(AuditRow.subject == f"{kind} {slug}"[:_SUBJECT])
    elif kind:
        query = query.where(AuditRow.subject.startswith(f"{kind} ", autoescape=True))
    return tuple(map(_recorded, await session.scalars(query.limit(limit))))


def subject(change: Change) -> str:
    """What the audit calls the thing that was changed."""
    return f"{change.kind} {change.slug}"[:_SUBJECT]


def _details(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "slug": change.slug,
        "old": dict(change.old) if change.old is not None else None,
        "new": dict(change.new) if change.new is not None else None,
    }


def _recorded(row: AuditRow) -> RecordedChange:
    details = row.details
    change = Change(details["kind"], details["slug"], details["old"], details["new"])
    return RecordedChange(row.id, row.happened_at, row.actor_id, details["batch"], change)
