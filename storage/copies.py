"""Releases that may be copies of others: what staff say of them."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ReleaseRow


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
