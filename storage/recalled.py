"""What staff took back while it was on its way: where the call fails then, it is not simply made again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import AnnouncementActRow, AnnouncementRow, DeliveryRow, MessageRow

Recalled = Literal["cancelled", "held"]


async def recalled(session: AsyncSession, delivery_ids: Collection[int]) -> Mapping[int, Recalled]:
    """What becomes of those of the deliveries, otherwise to be tried again, of which staff decided otherwise meanwhile.

    The announcement was stopped or deleted, or is paused; a correction was followed by another that it would undo.
    The announcements are locked until the transaction ends: who decides something after this finds what came back
    among what waits.
    """
    if not (await session.execute(_locked(delivery_ids))).all():
        return {}
    fates: dict[int, Recalled] = dict.fromkeys(await session.scalars(_superseded(delivery_ids)), "cancelled")
    for id_, state, withdrawn_at in await session.execute(_stopped(delivery_ids)):
        fates[id_] = "held" if state == "paused" and withdrawn_at is None else "cancelled"
    return fates


def _locked(delivery_ids: Collection[int]) -> Select[int]:
    """The announcements that deliveries are about, kept as they are."""
    about = (
        select(func.coalesce(MessageRow.announcement_id, AnnouncementActRow.announcement_id))
        .select_from(DeliveryRow)
        .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
        .outerjoin(AnnouncementActRow, AnnouncementActRow.id == MessageRow.act_id)
        .where(DeliveryRow.id.in_(delivery_ids))
    )
    return select(AnnouncementRow.id).where(AnnouncementRow.id.in_(about)).with_for_update(read=True)


def _stopped(delivery_ids: Collection[int]) -> Select[int, str, object]:
    """The deliveries of announcements that were stopped, deleted or paused."""
    return (
        select(DeliveryRow.id, AnnouncementRow.state, AnnouncementRow.withdrawn_at)
        .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
        .join(AnnouncementRow, AnnouncementRow.id == MessageRow.announcement_id)
        .where(
            DeliveryRow.id.in_(delivery_ids),
            or_(
                AnnouncementRow.state.in_(("cancelled", "paused")), AnnouncementRow.withdrawn_at.is_not(None)
            ),
        )
    )


def _superseded(delivery_ids: Collection[int]) -> Select[int]:
    """The deliveries of acts after which another was begun with texts in the same language."""
    newer, of_newer = aliased(MessageRow), aliased(AnnouncementActRow)
    followed = exists().where(
        newer.id > MessageRow.id,
        newer.act_id != MessageRow.act_id,
        newer.language == MessageRow.language,
        of_newer.id == newer.act_id,
        of_newer.announcement_id == AnnouncementActRow.announcement_id,
    )
    return (
        select(DeliveryRow.id)
        .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
        .join(AnnouncementActRow, AnnouncementActRow.id == MessageRow.act_id)
        .where(DeliveryRow.id.in_(delivery_ids), followed)
    )
