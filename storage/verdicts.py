"""What became of deliveries: the verdict on a call, and writing down what it says of the delivery and of its chat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.chat_states import leave_thread, mark_lost, migrate_chat
from storage.models import DeliveryRow, SenderStateRow
from storage.recalled import recalled

DeliveryState = Literal["pending", "sending", "sent", "blocked", "failed", "unknown", "held", "cancelled"]
FINAL_STATES: Final[tuple[DeliveryState, ...]] = ("sent", "blocked", "failed", "unknown", "cancelled")

EVERYONE: Final = "all"
"""The scope of a wait that Telegram asked of the whole bot."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a delivery becomes after a call, and what that says of its chat."""

    delivery_id: int
    state: DeliveryState
    not_before: datetime | None = None
    """With `pending`: when to go on."""
    next_part: int = 0
    telegram_message_ids: tuple[int, ...] = ()
    attempts: int = 0
    resends: int = 0
    error: str | None = None
    lost_chat: tuple[int, Literal["blocked", "gone"]] | None = None
    migrated: tuple[int, int] | None = None
    """Old and new id of a group."""
    closed_thread: tuple[int, int] | None = None
    """The chat and its forum topic that is gone."""
    wait_until: datetime | None = None
    """Until when Telegram asked the bot to be silent."""


async def write_down(session: AsyncSession, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Writes down within a transaction what became of claimed deliveries, and what that says of their chats.

    What would be tried again is not, where staff stopped or paused it while the call was under way.
    """
    decided = await _as_decided_meanwhile(session, verdicts)
    await session.execute(_OUTCOME, [_outcome(verdict, now) for verdict in decided])
    for verdict in decided:
        await _act_on(session, verdict, now)


async def _as_decided_meanwhile(session: AsyncSession, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    again = [verdict.delivery_id for verdict in verdicts if verdict.state == "pending"]
    if not again:
        return verdicts
    fates = await recalled(session, again)
    return [
        replace(verdict, state=fate) if (fate := fates.get(verdict.delivery_id)) else verdict
        for verdict in verdicts
    ]


_TABLE = cast(Table, DeliveryRow.__table__)

_OUTCOME = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("delivery_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "state",
                "not_before",
                "next_part",
                "telegram_message_ids",
                "attempts",
                "resends",
                "error",
                "finished_at",
            )
        }
    )
)


def _outcome(verdict: Verdict, now: datetime) -> dict[str, Any]:
    return {
        "delivery_id": verdict.delivery_id,
        "new_state": verdict.state,
        "new_not_before": verdict.not_before or now,
        "new_next_part": verdict.next_part,
        "new_telegram_message_ids": list(verdict.telegram_message_ids),
        "new_attempts": verdict.attempts,
        "new_resends": verdict.resends,
        "new_error": verdict.error,
        "new_finished_at": now if verdict.state in FINAL_STATES else None,
    }


async def _act_on(session: AsyncSession, verdict: Verdict, now: datetime) -> None:
    if verdict.lost_chat:
        chat_id, state = verdict.lost_chat
        await mark_lost(session, chat_id, state, now)
    if verdict.migrated:
        await migrate_chat(session, *verdict.migrated, now)
        left_behind = (DeliveryRow.chat_id == verdict.migrated[0], DeliveryRow.state == "pending")
        await count_updated(session, left_behind, state="cancelled", finished_at=now, error="migrated")
    if verdict.closed_thread is not None:
        await leave_thread(session, *verdict.closed_thread, now)
    if verdict.wait_until:
        await _wait(session, EVERYONE, verdict.wait_until)


async def _wait(session: AsyncSession, scope: str, until: datetime) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(SenderStateRow).values(scope=scope, wait_until=until)
    later = func.greatest if dialect is postgresql else func.max
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["scope"],
            set_={"wait_until": later(SenderStateRow.wait_until, statement.excluded.wait_until)},
        )
    )


async def count_updated(
    session: AsyncSession, conditions: Iterable[ColumnElement[bool]], **values: Any
) -> int:
    """Changes the deliveries that meet the conditions; returns how many."""
    result: Any = await session.execute(
        update(DeliveryRow).where(*conditions).values(**values).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)
