"""Who is owed a digest or an alert, and writing down in one transaction that they are told.

Everything is done for many chats at once: a country of subscribers is planned in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Insert,
    Table,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cadence import Cadence
from storage.database import Database, serialise
from storage.deliveries import MessageKind, enqueue, new_delivery
from storage.labels import Labels, read_labels
from storage.languages import Language, as_language
from storage.models import (
    ChatRow,
    DeliveryRow,
    DigestRunRow,
    MessageReleaseRow,
    MessageRow,
    ReleaseRow,
    SubscriptionRow,
)
from storage.parts import Lane, Part, parts_as_json
from storage.releases import Release, load_releases
from storage.subscribers import What

_T = TypeVar("_T")

_what = lru_cache(maxsize=4_096)(What)
"""A country subscribes to few different things."""

_IN_ONE_QUERY: Final = 5_000
"""Values in one IN: below the bound of parameters of SQLite (32,766) and PostgreSQL (32,767)."""


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """A subscription that is to be looked at now."""

    id: int
    what: What
    cadence: Cadence
    after: int
    """It has been told, or is not to be told, of releases up to this number."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueChat:
    """A chat with its subscriptions that are due."""

    id: int
    language: Language
    timezone: str
    digest_hour: int
    weekly_day: int
    quiet_from: int | None
    quiet_to: int | None
    due: tuple[DueSubscription, ...]
    told_up_to: int
    """The largest number that any subscription the chat ever had was told up to: it has been told of nothing after."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a planned message goes, and from when on."""

    chat_id: int
    lane: Lane
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far subscriptions have been told, and when they are due next."""

    delivered_up_to: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which digests of a cadence were owed."""

    cadence: Cadence
    owed_at: datetime
    late: bool

    @property
    def key(self) -> str:
        """`daily 2026-11-20T03:00Z`."""
        return f"{self.cadence} {self.owed_at:%Y-%m-%dT%H:%MZ}"


class Planning:
    """One transaction that looks at due chats and writes down what they are told."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self._session = session
        self._now = now

    async def head(self) -> int:
        """The number of the newest release."""
        return await self._session.scalar(select(func.max(ReleaseRow.id))) or 0

    async def labels(self) -> Labels:
        """What topics, territories, projects and sources are called."""
        return await read_labels(self._session)

    async def due_chats(
        self, head: int, limit: int, *, after_chat: int | None = None, only: Collection[int] | None = None
    ) -> tuple[DueChat, ...]:
        """The next chats that have something due, in the order of their ids.

        `instant` subscriptions are due when there are releases they have not been compared with; others at their time.
        Paused and inactive chats are not due.  `only` limits to some chats (a trial).
        """
        owed = _owed(self._now, head)
        if after_chat is None and not await self._session.scalar(
            select(SubscriptionRow.id).where(owed).limit(1)
        ):
            return ()
        has_something_due = exists(
            select(SubscriptionRow.id).where(SubscriptionRow.chat_id == ChatRow.id, owed)
        )
        chats = select(ChatRow.id).where(*_writable(self._now), has_something_due)
        if after_chat is not None:
            chats = chats.where(ChatRow.id > after_chat)
        if only is not None:
            chats = chats.where(ChatRow.id.in_(only))
        ids = (await self._session.scalars(chats.order_by(ChatRow.id).limit(limit))).all()
        return await self._with_subscriptions(ids, owed)

    async def chat(self, chat_id: int) -> DueChat | None:
        """One chat with all of its subscriptions, due or not; None where there is none that may be written to."""
        active = select(ChatRow.id).where(ChatRow.id == chat_id, ChatRow.state == "active")
        ids = (await self._session.scalars(active)).all()
        found = await self._with_subscriptions(ids, SubscriptionRow.ended_at.is_(None))
        return found[0] if found else None

    async def releases(self, after: int, up_to: int) -> tuple[Release, ...]:
        """What may be told of the releases numbered in (after, up_to], newest first: neither silent nor copies."""
        query = select(ReleaseRow.id).where(
            ReleaseRow.id > after,
            ReleaseRow.id <= up_to,
            ReleaseRow.silent.is_(False),
            ReleaseRow.duplicate_of.is_(None),
        )
        return await load_releases(self._session, (await self._session.scalars(query)).all())

    async def told(
        self, chat_ids: Collection[int], release_ids: Collection[int]
    ) -> Mapping[int, frozenset[int]]:
        """Which of the releases each chat has been told of, or is about to be."""
        told: dict[int, set[int]] = defaultdict(set)
        for chats in _chunks(list(chat_ids)):
            for releases in _chunks(list(release_ids)):
                query = (
                    select(DeliveryRow.chat_id, MessageReleaseRow.release_id)
                    .join(MessageReleaseRow, MessageReleaseRow.message_id == DeliveryRow.message_id)
                    .where(DeliveryRow.chat_id.in_(chats), MessageReleaseRow.release_id.in_(releases))
                )
                for chat_id, release_id in await self._session.execute(query):
                    told[chat_id].add(release_id)
        return {chat_id: frozenset(releases) for chat_id, releases in told.items()}

    async def reserve_message(self, kind: MessageKind, language: Language) -> int:
        """The id of a message whose text, which may name that id, is written with `write_message`."""
        return await enqueue(self._session, kind, language, (), self._now)

    async def write_message(
        self, message_id: int, parts: Sequence[Part], release_ids: Iterable[int], to: Sequence[Recipient]
    ) -> None:
        """The text of a reserved message, the releases it tells of, and a delivery for each recipient."""
        await self._session.execute(
            update(MessageRow).where(MessageRow.id == message_id).values(parts=parts_as_json(parts))
        )
        await self._session.execute(
            insert(MessageReleaseRow),
            [{"message_id": message_id, "release_id": release_id} for release_id in release_ids],
        )
        await self.deliver(message_id, to)

    async def deliver(self, message_id: int, to: Sequence[Recipient]) -> None:
        """A delivery of a written message for each recipient, many in one statement."""
        alike: dict[tuple[Lane, datetime], list[int]] = defaultdict(list)
        for each in to:
            alike[each.lane, each.not_before].append(each.chat_id)
        for (lane, not_before), chat_ids in alike.items():
            values = new_delivery(message_id, 0, None, lane, not_before, self._now)
            for chunk in _chunks(chat_ids):
                await self._session.execute(_deliver_to(values, chunk))

    async def drop_message(self, message_id: int) -> None:
        """Takes back a reserved message for which there turned out to be nothing to say."""
        row = await self._session.get(MessageRow, message_id)
        if row:
            await self._session.delete(row)

    async def move(self, watermarks: Mapping[Watermark, Sequence[int]]) -> None:
        """Moves subscriptions (by id) to their new watermarks, never backwards."""
        for watermark, ids in watermarks.items():
            for chunk in _chunks(ids):
                await self._session.execute(
                    _MOVE,
                    {
                        "up_to": watermark.delivered_up_to,
                        "next_due": watermark.next_due_at,
                        "ids": list(chunk),
                    },
                )

    async def note_runs(self, slots: Mapping[Slot, int]) -> None:
        """Adds the chats that were planned for each slot to what was planned for it before."""
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        for slot, chats in slots.items():
            row = dialect.insert(DigestRunRow).values(
                slot=slot.key, owed_at=slot.owed_at, planned_at=self._now, chats=chats, late=slot.late
            )
            await self._session.execute(
                row.on_conflict_do_update(
                    index_elements=["slot"],
                    set_={"chats": DigestRunRow.chats + chats, "planned_at": self._now, "late": slot.late},
                )
            )

    async def _with_subscriptions(
        self, chat_ids: Sequence[int], due: ColumnElement[bool]
    ) -> tuple[DueChat, ...]:
        found: dict[int, list[DueSubscription]] = defaultdict(list)
        for chunk in _chunks(chat_ids):
            query = select(
                SubscriptionRow.id,
                SubscriptionRow.chat_id,
                SubscriptionRow.topic,
                SubscriptionRow.territory,
                SubscriptionRow.project,
                SubscriptionRow.source,
                SubscriptionRow.cadence,
                SubscriptionRow.starts_after,
                SubscriptionRow.delivered_up_to,
                SubscriptionRow.next_due_at,
            )
            query = query.where(SubscriptionRow.chat_id.in_(chunk), due).order_by(SubscriptionRow.id)
            for id_, chat_id, *what, cadence, starts, told, due_at in await self._session.execute(query):
                found[chat_id].append(
                    DueSubscription(id_, _what(*what), cast(Cadence, cadence), max(starts, told), due_at)
                )
        return tuple([chat async for chat in self._chats(chat_ids, found)])

    async def _chats(
        self, chat_ids: Sequence[int], found: Mapping[int, Sequence[DueSubscription]]
    ) -> AsyncIterator[DueChat]:
        told_up_to = (
            select(func.max(SubscriptionRow.delivered_up_to))
            .where(SubscriptionRow.chat_id == ChatRow.id)
            .scalar_subquery()
        )
        for chunk in _chunks(chat_ids):
            query = select(
                ChatRow.id,
                ChatRow.language,
                ChatRow.timezone,
                ChatRow.digest_hour,
                ChatRow.weekly_day,
                ChatRow.quiet_from,
                ChatRow.quiet_to,
                told_up_to,
            )
            query = query.where(ChatRow.id.in_(chunk)).order_by(ChatRow.id)
            for (
                id_,
                language,
                timezone,
                hour,
                weekday,
                quiet_from,
                quiet_to,
                told,
            ) in await self._session.execute(query):
                yield DueChat(
                    id=id_,
                    language=as_language(language),
                    timezone=timezone,
                    digest_hour=hour,
                    weekly_day=weekday,
                    quiet_from=quiet_from,
                    quiet_to=quiet_to,
                    due=tuple(found[id_]),
                    told_up_to=told or 0,
                )


@asynccontextmanager
async def planning(database: Database, now: datetime) -> AsyncIterator[Planning]:
    """One transaction of planning, after any other; nothing of it happened where it raises."""
    async with database.write() as session:
        await serialise(session, "planning")
        yield Planning(session, now)


async def told_in(database: Database, message_id: int) -> tuple[Release, ...]:
    """The releases that a message told of, newest first."""
    async with database.read() as session:
        query = select(MessageReleaseRow.release_id).where(MessageReleaseRow.message_id == message_id)
        return await load_releases(session, (await session.scalars(query)).all())


def _deliver_to(values: Mapping[str, Any], chat_ids: Sequence[int]) -> Insert:
    """Copies a delivery's values into a row for each of the chats, with the chat's own id and thread."""
    own = {"chat_id": ChatRow.id, "thread_id": ChatRow.thread_id}
    columns = [own.get(name, literal(value, _DELIVERIES.c[name].type)) for name, value in values.items()]
    chosen = select(*columns).where(ChatRow.id.in_(chat_ids)).order_by(ChatRow.id)
    return insert(_DELIVERIES).from_select(list(values), chosen, include_defaults=False)


_DELIVERIES = cast(Table, DeliveryRow.__table__)

_MOVE = (
    update(SubscriptionRow)
    .where(SubscriptionRow.id.in_(bindparam("ids", expanding=True)))
    .values(
        delivered_up_to=bindparam("up_to"),
        next_due_at=bindparam("next_due"),
    )
    .execution_options(synchronize_session=False)
)


def _owed(now: datetime, head: int) -> ColumnElement[bool]:
    at_once = and_(SubscriptionRow.cadence == "instant", SubscriptionRow.delivered_up_to < head)
    at_its_time = and_(SubscriptionRow.cadence != "instant", SubscriptionRow.next_due_at <= now)
    return and_(SubscriptionRow.ended_at.is_(None), or_(at_once, at_its_time))


def _writable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return ChatRow.state == "active", or_(ChatRow.paused_until.is_(None), ChatRow.paused_until <= now)


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(values), _IN_ONE_QUERY):
        yield values[start : start + _IN_ONE_QUERY]
