"""Releases that may be copies of others: what staff say of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ReleaseRow

_NEWEST: Final = 1_000
"""Doubts are looked for among so many of the newest releases: the tick that asks comes every few seconds."""


async def take_doubts(session: AsyncSession, limit: int) -> tuple[int, ...]:
    """The oldest doubtful releases that staff have not been asked about; they count as asked from now on.

    What was archived without being told, and what is linked by now, is not asked about.
    """
    head = await session.scalar(select(func.max(ReleaseRow.id))) or 0
    doubt = ReleaseRow.extra["perhaps_copy"]
    rows = await session.scalars(
        select(ReleaseRow)
        .where(
            ReleaseRow.id > head - _NEWEST,
            ReleaseRow.silent.is_(False),
            ReleaseRow.duplicate_of.is_(None),
            doubt["of"].as_integer().is_not(None),
            doubt["asked"].as_boolean().is_not(True),
        )
        .order_by(ReleaseRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    asked = rows.all()
    for row in asked:
        row.extra = row.extra | {"perhaps_copy": row.extra["perhaps_copy"] | {"asked": True}}
    return tuple(row.id for row in asked)


async def settle_copy(session: AsyncSession, release_id: int, *, same: bool) -> int | None:
    """Links a doubtful release to the one it resembles, or forgets the doubt; the number of that one.

    None where there is no such doubt any more.  What was linked to the copy is linked to its original.
    """
    row = await session.get(ReleaseRow, release_id, with_for_update=True)
    doubt = row.extra.get("perhaps_copy") if row else None
    if row is None or not doubt:
        return None
    other = await session.get(ReleaseRow, doubt["of"])
    row.extra = {name: value for name, value in row.extra.items() if name != "perhaps_copy"}
    original = (other.duplicate_of or other.id) if other else None
    if same and original is not None and original != release_id:
        row.duplicate_of = original
        await session.execute(
            update(ReleaseRow).where(ReleaseRow.duplicate_of == release_id).values(duplicate_of=original)
        )
    return original
