"""The outbox: which deliveries are due, which are on their way, and what became of each.

A delivery is claimed (`sending` is committed) before Telegram is called, and its outcome is recorded after: what is
found in `sending` when nobody sends was interrupted, and nobody knows whether it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Literal, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.lanes import choose
from storage.languages import Language
from storage.models import ChatRow, DeliveryRow, MessageRow, SenderStateRow
from storage.parts import Lane, Part, SentMessage, parts_as_json, parts_from_json
from storage.recalled import recalled
from storage.resting import RESTING_LANES, WISHES, put_off_due, rests_until
from storage.verdicts import EVERYONE, FINAL_STATES, DeliveryState, Verdict, count_updated, write_down

__all__ = [
    "EVERYONE",
    "FINAL_STATES",
    "INSERT_DELIVERIES",
    "Claim",
    "Deliveries",
    "DeliveryState",
    "Lane",
    "Letter",
    "MessageKind",
    "Part",
    "Recovered",
    "SentMessage",
    "Verdict",
    "enqueue",
    "new_delivery",
    "post",
]

MessageKind = Literal["alert", "digest", "announcement", "answer", "notice", "preview"]

_KEPT_MESSAGES: Final = 2_000
"""How many messages are kept at hand: a message to many is read once."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that was committed as `sending`: one call is to be made, `part` of `parts`."""

    id: int
    message_id: int
    chat_id: int
    thread_id: int | None
    lane: Lane
    attempts: int
    """How many calls were begun, this one included."""
    resends: int
    announcement: bool
    part_number: int
    parts: tuple[Part, ...]
    telegram_message_ids: tuple[int, ...]
    chat_kind: str

    @property
    def part(self) -> Part:
        """The call to make now."""
        return self.parts[self.part_number]

    @property
    def is_last_part(self) -> bool:
        """Whether the message is complete once this call succeeds."""
        return self.part_number + 1 >= len(self.parts)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done with the deliveries that an interrupted sender left behind."""

    again: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to some chats."""

    kind: MessageKind
    language: Language
    parts: tuple[Part, ...]
    chat_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Message:
    parts: tuple[Part, ...]
    is_announcement: bool
    is_act: bool
    """It corrects or deletes what was sent: no sound is made."""


class Deliveries:
    """The questions asked of the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._messages: dict[int, _Message] = {}

    async def claim(
        self,
        now: datetime,
        limit: int,
        *,
        turn: int = 0,
        lanes: Sequence[Lane] = tuple(Lane),
        ready_at: Callable[[int], datetime | None] = lambda _chat_id: None,
    ) -> tuple[Claim, ...]:
        """Takes up to `limit` deliveries that are due and commits them as `sending`.

        `ready_at` says from when a chat may be written to again (None: now); a delivery to a chat that is not ready is
        put off until then, and so is one to a chat that rests, but for replies and what is urgent.  At most one
        delivery of a chat is taken.  `turn` counts claims, for the lanes' shares.
        """
        async with self._database.write() as session:
            waiting = await self._due(session, lanes, now, limit)
            chosen, not_ready = choose(waiting, limit, turn, ready_at)
            await _put_off(session, not_ready)
            chats = await _writable_chats(session, {row.chat_id for row in chosen})
            gone = [row.id for row in chosen if row.chat_id not in chats]
            await _drop(session, gone, now, "inactive")
            chosen = [row for row in chosen if row.chat_id in chats]
            chosen = await self._waking_nobody(session, chosen, chats, now)
            if not chosen:
                return ()
            await session.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id.in_([row.id for row in chosen]))
                .values(state="sending", attempts=DeliveryRow.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            return await self._claims(session, chosen, {id_: chat.kind for id_, chat in chats.items()})

    async def record(self, verdicts: Iterable[Verdict], now: datetime) -> None:
        """Writes down what became of claimed deliveries, and what that says of their chats, in one transaction."""
        async with self._database.write() as session:
            await write_down(session, tuple(verdicts), now)

    async def next_due(self, lanes: Sequence[Lane] = tuple(Lane)) -> datetime | None:
        """When the earliest waiting delivery may leave; None where nothing waits."""
        async with self._database.read() as session:
            earliest = [
                await session.scalar(select(func.min(DeliveryRow.not_before)).where(*_waiting(lane)))
                for lane in lanes
            ]
            return min((moment for moment in earliest if moment), default=None)

    async def waits(self) -> dict[str, datetime]:
        """Until when Telegram asked for silence, by scope."""
        async with self._database.read() as session:
            rows = await session.execute(select(SenderStateRow.scope, SenderStateRow.wait_until))
            return dict(rows.all())

    async def recover(self, now: datetime) -> Recovered:
        """Decides on the deliveries that an interrupted sender left in `sending`.

        Nobody knows whether they arrived.  Announcements wait for staff as `unknown`; everything else is sent again,
        but only once in its life, and not where staff decided otherwise meanwhile.
        """
        announcements = select(MessageRow.id).where(MessageRow.announcement_id.is_not(None))
        is_announcement = DeliveryRow.message_id.in_(announcements)
        sending = DeliveryRow.state == "sending"
        async with self._database.write() as session:
            repeated = select(DeliveryRow.id).where(sending, ~is_announcement, DeliveryRow.resends == 0)
            ids = (await session.scalars(repeated)).all()
            fates = await recalled(session, ids)
            again = await count_updated(
                session,
                (DeliveryRow.id.in_(set(ids) - fates.keys()),),
                state="pending",
                resends=1,
                not_before=now,
            )
            await _drop(session, list(fates), now, "interrupted")
            unknown = await count_updated(
                session, (sending,), state="unknown", finished_at=now, error="interrupted"
            )
            return Recovered(again, unknown)

    async def counts(self) -> dict[str, int]:
        """How many deliveries are in each state, for health and metrics."""
        async with self._database.read() as session:
            rows = await session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
            return dict(rows.all())

    async def oldest_waiting(self, now: datetime) -> timedelta:
        """For how long the most overdue delivery has been waiting; zero where none is overdue."""
        due = await self.next_due()
        return max(now - due, timedelta()) if due else timedelta()

    async def send(
        self,
        kind: MessageKind,
        language: Language,
        parts: Sequence[Part],
        chat_ids: Collection[int],
        lane: Lane,
        now: datetime,
    ) -> int:
        """Puts one message to some chats into the outbox, such as a staff member's answer; returns its id.

        Chats that cannot be written to are left out.
        """
        async with self._database.write() as session:
            return await post(session, Letter(kind, language, tuple(parts), tuple(chat_ids)), lane, now)

    async def prune(self, before: datetime) -> int:
        """Deletes what waits of Telegram's are over; returns how many.  Cancels what nobody is left to be sent."""
        async with self._database.write() as session:
            nobodys = DeliveryRow.state == "pending", DeliveryRow.chat_id.is_(None)
            await count_updated(session, nobodys, state="cancelled", finished_at=before, error="forgotten")
            result: Any = await session.execute(
                delete(SenderStateRow).where(SenderStateRow.wait_until < before)
            )
            return int(result.rowcount)

    async def _due(
        self, session: AsyncSession, lanes: Sequence[Lane], now: datetime, limit: int
    ) -> Mapping[Lane, Sequence[DeliveryRow]]:
        """The first deliveries of each lane that are due, in their order; one question for all lanes."""
        due: dict[Lane, list[DeliveryRow]] = {lane: [] for lane in lanes}
        for row in await session.scalars(_due_first(tuple(lanes)), {"now": now, "most": limit}):
            due[Lane(row.lane)].append(row)
        return due

    async def _waking_nobody(
        self, session: AsyncSession, rows: Sequence[DeliveryRow], chats: Mapping[int, Any], now: datetime
    ) -> list[DeliveryRow]:
        """Those of the rows whose chats do not rest; the others wait, and what is behind them in their lanes too.

        It is asked when a message leaves and not only when it is planned: an outage may lie between.  What has begun
        goes on, and what makes no sound does not wait.
        """
        await self._read_messages(session, {row.message_id for row in rows})
        resting = [
            row for row in rows if self._waits_for_rest(row) and rests_until(chats[row.chat_id][2:], now)
        ]
        for lane in {row.lane for row in resting}:
            await put_off_due(session, Lane(lane), now)
        return [row for row in rows if row not in resting] if resting else list(rows)

    def _waits_for_rest(self, row: DeliveryRow) -> bool:
        return row.lane in RESTING_LANES and not row.next_part and not self._messages[row.message_id].is_act

    async def _claims(
        self, session: AsyncSession, rows: Sequence[DeliveryRow], kinds: Mapping[int, str]
    ) -> tuple[Claim, ...]:
        claims = []
        for row in rows:
            message = self._messages[row.message_id]
            claims.append(
                Claim(
                    id=row.id,
                    message_id=row.message_id,
                    chat_id=row.chat_id,
                    thread_id=row.thread_id,
                    lane=Lane(row.lane),
                    attempts=row.attempts + 1,
                    resends=row.resends,
                    announcement=message.is_announcement,
                    part_number=row.next_part,
                    parts=await _with_sent_ids(session, row.chat_id, message.parts),
                    telegram_message_ids=tuple(row.telegram_message_ids),
                    chat_kind=kinds[row.chat_id],
                )
            )
        return tuple(claims)

    async def _read_messages(self, session: AsyncSession, message_ids: set[int]) -> None:
        missing = message_ids - self._messages.keys()
        if not missing:
            return
        if len(self._messages) + len(missing) > _KEPT_MESSAGES:
            self._messages = {id_: self._messages[id_] for id_ in message_ids & self._messages.keys()}
        query = select(MessageRow.id, MessageRow.parts, MessageRow.announcement_id, MessageRow.act_id)
        for id_, parts, announcement_id, act_id in await session.execute(
            query.where(MessageRow.id.in_(missing))
        ):
            self._messages[id_] = _Message(
                parts_from_json(parts), announcement_id is not None, act_id is not None
            )


async def post(session: AsyncSession, letter: Letter, lane: Lane, now: datetime) -> int:
    """Puts a message to some chats into the outbox within the transaction that is its reason; returns its id.

    Chats that cannot be written to are left out.
    """
    message_id = await enqueue(session, letter.kind, letter.language, letter.parts, now)
    chats = select(ChatRow.id, ChatRow.thread_id).where(
        ChatRow.id.in_(letter.chat_ids), ChatRow.state == "active"
    )
    rows = [
        new_delivery(message_id, chat_id, thread_id, lane, now, now)
        for chat_id, thread_id in (await session.execute(chats))
    ]
    if rows:
        await session.execute(INSERT_DELIVERIES, rows)
    return message_id


async def enqueue(
    session: AsyncSession,
    kind: MessageKind,
    language: Language,
    parts: Sequence[Part],
    now: datetime,
    announcement_id: int | None = None,
    act_id: int | None = None,
) -> int:
    """Stores a rendered message within a transaction and returns its id."""
    row = MessageRow(
        kind=kind,
        language=language,
        parts=parts_as_json(parts),
        announcement_id=announcement_id,
        act_id=act_id,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id


def new_delivery(
    message_id: int,
    chat_id: int,
    thread_id: int | None,
    lane: Lane,
    not_before: datetime,
    now: datetime,
    state: DeliveryState = "pending",
) -> dict[str, Any]:
    """The values of a row of `deliveries`, for inserting many at once."""
    return {
        "message_id": message_id,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "lane": int(lane),
        "state": state,
        "attempts": 0,
        "resends": 0,
        "not_before": not_before,
        "next_part": 0,
        "telegram_message_ids": [],
        "created_at": now,
    }


def copied_to_chats(values: Mapping[str, Any], **own: Any) -> tuple[list[str], Select[Any]]:
    """The values of a delivery for every chat, with the chat's own id, as INSERT … SELECT takes them.

    `own` says what else differs from chat to chat; which chats, is for the caller to say.
    """
    differing = {"chat_id": ChatRow.id, **own}
    columns = [
        differing[name] if name in differing else literal(value, _TABLE.c[name].type)
        for name, value in values.items()
    ]
    return list(values), select(*columns).order_by(ChatRow.id)


async def _put_off(session: AsyncSession, chats: Mapping[int, datetime]) -> None:
    """Lets everything that waits for a chat wait until a moment, in the order in which it was queued."""
    for chat_id, moment in chats.items():
        await count_updated(
            session,
            (
                DeliveryRow.chat_id == chat_id,
                DeliveryRow.state == "pending",
                DeliveryRow.not_before < moment,
            ),
            not_before=moment,
        )


async def _writable_chats(session: AsyncSession, chat_ids: set[int]) -> dict[int, Any]:
    """Those of the chats that may be written to: their kind, and when they want to hear nothing."""
    query = select(ChatRow.id, ChatRow.kind, *WISHES).where(
        ChatRow.id.in_(chat_ids), ChatRow.state == "active"
    )
    return {row.id: row for row in await session.execute(query)}


async def _drop(session: AsyncSession, delivery_ids: Sequence[int], now: datetime, why: str) -> None:
    """Cancels what is to be sent to nobody any more."""
    if delivery_ids:
        await count_updated(
            session, (DeliveryRow.id.in_(delivery_ids),), state="cancelled", finished_at=now, error=why
        )


async def _with_sent_ids(session: AsyncSession, chat_id: int, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Fills in the message ids of this chat where a part is about an earlier message."""
    if not any(SentMessage.from_json(part.params.get("message_id")) for part in parts):
        return parts
    filled = []
    for part in parts:
        if sent := SentMessage.from_json(part.params.get("message_id")):
            query = select(DeliveryRow.telegram_message_ids).where(
                DeliveryRow.message_id == sent.message_id, DeliveryRow.chat_id == chat_id
            )
            ids = await session.scalar(query) or []
            number = ids[sent.part] if sent.part < len(ids) else 0
            part = Part(part.method, {**part.params, "message_id": number})
        filled.append(part)
    return tuple(filled)


_TABLE = cast(Table, DeliveryRow.__table__)

INSERT_DELIVERIES: Final = insert(_TABLE)
"""Inserts many rows made by `new_delivery`."""


@cache
def _due_first(lanes: tuple[Lane, ...]) -> Select[DeliveryRow]:
    """The first `most` rows of each lane that are due `now`, in their order."""
    first = (
        select(DeliveryRow.id)
        .where(*_waiting(lane), DeliveryRow.not_before <= bindparam("now"))
        .order_by(DeliveryRow.not_before, DeliveryRow.id)
        .limit(bindparam("most"))
        .subquery()
        for lane in lanes
    )
    ids = union_all(*(select(each.c.id) for each in first))
    return (
        select(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == "pending")
        .order_by(DeliveryRow.not_before, DeliveryRow.id)
        .with_for_update(skip_locked=True)
    )


def _waiting(lane: Lane) -> tuple[ColumnElement[bool], ...]:
    """Of chats that were erased while a message was on its way nothing waits."""
    return DeliveryRow.state == "pending", DeliveryRow.lane == int(lane), DeliveryRow.chat_id.is_not(None)
