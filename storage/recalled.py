"""What staff took back while it was on its way: where the call fails then, it is not simply made again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AnnouncementRow, DeliveryRow, MessageRow

Recalled = Literal["cancelled", "held"]


async def recalled(session: AsyncSession, delivery_ids: Collection[int]) -> Mapping[int, Recalled]:
    """What becomes of those of the deliveries, otherwise to be tried again, that staff stopped or paused meanwhile.

    Their announcements are locked until the transaction ends: who stops or pauses one of them after this finds what
    came back among what waits.
    """
    query = (
        select(DeliveryRow.id, AnnouncementRow.state, AnnouncementRow.withdrawn_at)
        .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
        .join(AnnouncementRow, AnnouncementRow.id == MessageRow.announcement_id)
        .where(DeliveryRow.id.in_(delivery_ids))
        .with_for_update(read=True, of=AnnouncementRow)
    )
    found = {id_: _fate(state, withdrawn_at) for id_, state, withdrawn_at in await session.execute(query)}
    return {id_: fate for id_, fate in found.items() if fate}


def _fate(state: str, withdrawn_at: datetime | None) -> Recalled | None:
    if state == "cancelled" or withdrawn_at is not None:
        return "cancelled"
    return "held" if state == "paused" else None
