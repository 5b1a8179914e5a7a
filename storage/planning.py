"""Who is owed a digest or an alert, and writing down in one transaction that they are told.

Everything is done for many chats at once: a country of subscribers is planned in seconds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Insert,
    String,
    Table,
    and_,
    any_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cadence import Cadence
from storage.database import Database, serialise
from storage.deliveries import MessageKind, copied_to_chats, enqueue, new_delivery
from storage.labels import Labels, read_labels
from storage.languages import Language, as_language, reads_of
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
from storage.planning_values import (
    NOTHING_AGAIN_AFTER,
    DueChat,
    DueSubscription,
    Mention,
    Place,
    Recipient,
    Slot,
    Translated,
    Watermark,
    Wishes,
)
from storage.releases import Release, load_releases
from storage.subscribers import What
from storage.week_numbers import WeekNumbers, week_numbers

_T = TypeVar("_T")

_IN_ONE_QUERY: Final = 5_000
"""Values in one IN: below the bound of parameters of SQLite (32,766) and PostgreSQL (32,767)."""


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

    async def week(self, since: datetime, until: datetime) -> WeekNumbers:
        """The numbers of what was published from a moment to before another."""
        return await week_numbers(self._session, since, until)

    async def due_chats(
        self, head: int, limit: int, *, after_chat: int | None = None, only: Collection[int] | None = None
    ) -> tuple[DueChat, ...]:
        """The next chats that have something due, in the order of their ids.

        `instant` subscriptions are due when there are releases they have not been compared with, unless days off hold
        them back; others at their time.
        Paused and inactive chats are not due.  `only` limits to some chats (a trial).
        """
        is_any_owed = select(SubscriptionRow.id).where(_owed(self._now, head)).limit(1)
        if after_chat is None and not await self._session.scalar(is_any_owed):
            return ()
        asked = [_owed_in_order(self._now, head), _of_writable_chats(self._now)]
        if after_chat is not None:
            asked.append(_SUBSCRIPTIONS.c.chat_id > after_chat)
        if only is not None:
            asked.append(_SUBSCRIPTIONS.c.chat_id.in_(only))
        next_ids = (
            select(_SUBSCRIPTIONS.c.chat_id)
            .where(*asked)
            .group_by(_SUBSCRIPTIONS.c.chat_id)
            .order_by(_SUBSCRIPTIONS.c.chat_id)
            .limit(limit)
        )
        last = await self._session.scalar(select(func.max(next_ids.subquery().c.chat_id)))
        if last is None:
            return ()
        return await self._chats(*asked, _SUBSCRIPTIONS.c.chat_id <= last)

    async def chat(self, chat_id: int, thread_id: int | None = None) -> DueChat | None:
        """One chat, or topic of a forum, with all of its subscriptions, due or not; None where it may not be told."""
        found = await self._chats(
            _SUBSCRIPTIONS.c.chat_id == chat_id,
            _SUBSCRIPTIONS.c.thread_id == (thread_id or 0),
            _SUBSCRIPTIONS.c.ended_at.is_(None),
            _of_chats(_CHATS.c.state == "active"),
        )
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

    async def translations(self, releases: Iterable[Release]) -> tuple[Translated, ...]:
        """The releases that came in several languages, with what else says the same, told or not."""
        firsts = {release.translation_of or release.id for release in releases}
        found: list[Translated] = []
        for chunk in _chunks(sorted(firsts)):
            first = func.coalesce(ReleaseRow.translation_of, ReleaseRow.id)
            later = select(ReleaseRow.translation_of).where(ReleaseRow.translation_of.in_(chunk))
            query = select(ReleaseRow.id, first, ReleaseRow.language).where(
                or_(ReleaseRow.translation_of.in_(chunk), ReleaseRow.id.in_(later))
            )
            rows = await self._session.execute(query)
            found += [Translated(id_, first, as_language(code)) for id_, first, code in rows]
        return tuple(found)

    async def told(
        self, chat_ids: Collection[int], release_ids: Collection[int]
    ) -> Mapping[Place, frozenset[int]]:
        """Which of the releases each chat, and each topic of a forum, has been told of, or is about to be."""
        told: dict[Place, set[int]] = defaultdict(set)
        for chats in _chunks(list(chat_ids)):
            for releases in _chunks(list(release_ids)):
                query = (
                    select(DeliveryRow.chat_id, DeliveryRow.thread_id, MessageReleaseRow.release_id)
                    .join(MessageReleaseRow, MessageReleaseRow.message_id == DeliveryRow.message_id)
                    .where(DeliveryRow.chat_id.in_(chats), MessageReleaseRow.release_id.in_(releases))
                )
                for chat_id, thread_id, release_id in await self._session.execute(query):
                    told[chat_id, thread_id].add(release_id)
        return {place: frozenset(releases) for place, releases in told.items()}

    async def reserve_message(self, kind: MessageKind, language: Language) -> int:
        """The id of a message whose text, which may name that id, is written with `write_message`."""
        return await enqueue(self._session, kind, language, (), self._now)

    async def write_message(
        self, message_id: int, parts: Sequence[Part], mentions: Iterable[Mention], to: Sequence[Recipient]
    ) -> None:
        """The text of a reserved message, the releases it tells of, in order, and a delivery for each recipient."""
        await self._session.execute(
            update(MessageRow).where(MessageRow.id == message_id).values(parts=parts_as_json(parts))
        )
        told = [
            {
                "message_id": message_id,
                "release_id": each.release_id,
                "position": position,
                "heading": each.heading,
            }
            for position, each in enumerate(mentions)
        ]
        if told:
            await self._session.execute(insert(MessageReleaseRow), told)
        await self.deliver(message_id, to)

    async def deliver(self, message_id: int, to: Sequence[Recipient]) -> None:
        """A delivery of a written message for each recipient, many in one statement."""
        alike: dict[tuple[int | None, Lane, datetime], list[int]] = defaultdict(list)
        for each in to:
            alike[each.thread_id, each.lane, each.not_before].append(each.chat_id)
        for (thread_id, lane, not_before), chat_ids in alike.items():
            values = new_delivery(message_id, 0, thread_id, lane, not_before, self._now)
            for chunk in _chunks(chat_ids):
                await self._session.execute(_deliver_to(values, _among(self._session, _CHATS.c.id, chunk)))

    async def drop_message(self, message_id: int) -> None:
        """Takes back a reserved message for which there turned out to be nothing to say."""
        row = await self._session.get(MessageRow, message_id)
        if row:
            await self._session.delete(row)

    async def move(self, watermarks: Mapping[Watermark, Sequence[int]]) -> None:
        """Moves subscriptions (by id) to their new watermarks, never backwards."""
        for watermark, ids in watermarks.items():
            values: dict[str, Any] = {"next_due_at": watermark.next_due_at}
            if watermark.delivered_up_to is not None:
                values["delivered_up_to"] = watermark.delivered_up_to
            for chunk in _chunks(ids):
                await self._session.execute(
                    update(_SUBSCRIPTIONS)
                    .where(_among(self._session, _SUBSCRIPTIONS.c.id, chunk))
                    .values(**values)
                )

    async def note_nothing(self, chat_ids: Sequence[int]) -> None:
        """Remembers of chats that they were told now that there was nothing to tell."""
        for chunk in _chunks(chat_ids):
            await self._session.execute(
                update(_CHATS)
                .where(_among(self._session, _CHATS.c.id, chunk))
                .values(nothing_told_at=self._now)
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

    async def _chats(self, *conditions: ColumnElement[bool]) -> tuple[DueChat, ...]:
        """The chats of the subscriptions that meet the conditions, with those."""
        subscriptions = (
            select(*_OF_SUBSCRIPTION)
            .where(*conditions)
            .order_by(_SUBSCRIPTIONS.c.chat_id, _SUBSCRIPTIONS.c.id)
        )
        due: dict[int, dict[int, list[tuple[int, DueSubscription]]]] = defaultdict(dict)
        found = (await self._session.execute(subscriptions)).all()
        for chat_id, thread_id, id_, *alike in found:
            due[chat_id].setdefault(thread_id, []).append((id_, _due(*alike)))
        if not due:
            return ()
        between = min(due), max(due)
        told_up_to = await self._told_up_to(*between)
        chats = select(*_OF_CHAT, self._may_hear_nothing).where(_CHATS.c.id.between(*between))
        rows = (await self._session.execute(chats.order_by(_CHATS.c.id))).all()
        return tuple(
            _due_chat(row[0], thread_id or None, _wishes(row[1:]), there, told_up_to[row[0]])
            for row in rows
            for thread_id, there in due.get(row[0], {}).items()
        )

    @property
    def _may_hear_nothing(self) -> ColumnElement[bool]:
        told_at = _CHATS.c.nothing_told_at
        return or_(told_at.is_(None), told_at <= self._now - NOTHING_AGAIN_AFTER)

    async def _told_up_to(self, first_chat: int, last_chat: int) -> Mapping[int, int]:
        told, before = _SUBSCRIPTIONS.c.delivered_up_to, _SUBSCRIPTIONS.c.looked_back_from
        query = (
            select(_SUBSCRIPTIONS.c.chat_id, func.max(case((before > told, before), else_=told)))
            .where(_SUBSCRIPTIONS.c.chat_id.between(first_chat, last_chat))
            .group_by(_SUBSCRIPTIONS.c.chat_id)
        )
        return dict((await self._session.execute(query)).all())


@asynccontextmanager
async def planning(database: Database, now: datetime) -> AsyncIterator[Planning]:
    """One transaction of planning, after any other; nothing of it happened where it raises."""
    async with database.write() as session:
        await serialise(session, "planning")
        yield Planning(session, now)


async def told_in(database: Database, message_id: int) -> tuple[tuple[Release, str], ...]:
    """The releases that a message told of, in its order, each with what it stood under."""
    async with database.read() as session:
        query = (
            select(MessageReleaseRow.release_id, MessageReleaseRow.heading)
            .where(MessageReleaseRow.message_id == message_id)
            .order_by(MessageReleaseRow.position)
        )
        mentioned = (await session.execute(query)).all()
        releases = {each.id: each for each in await load_releases(session, [id_ for id_, _ in mentioned])}
        return tuple((releases[id_], heading) for id_, heading in mentioned if id_ in releases)


async def drop_previews(database: Database, before: datetime) -> int:
    """Deletes the pages of what was only shown before a moment; returns of how many."""
    async with database.write() as session:
        shown = (MessageRow.kind == "preview", MessageRow.created_at < before)
        dropped: Any = await session.execute(delete(MessageRow).where(*shown))
        return int(dropped.rowcount)


def _deliver_to(values: Mapping[str, Any], chosen_chats: ColumnElement[bool]) -> Insert:
    """Copies a delivery's values into a row for each of the chats, with the chat's own id."""
    names, chats = copied_to_chats(values)
    return insert(_DELIVERIES).from_select(names, chats.where(chosen_chats), include_defaults=False)


_DELIVERIES = cast(Table, DeliveryRow.__table__)
_SUBSCRIPTIONS = cast(Table, SubscriptionRow.__table__)
_CHATS = cast(Table, ChatRow.__table__)

_OF_SUBSCRIPTION = (
    _SUBSCRIPTIONS.c.chat_id,
    _SUBSCRIPTIONS.c.thread_id,
    _SUBSCRIPTIONS.c.id,
    _SUBSCRIPTIONS.c.what,
    _SUBSCRIPTIONS.c.cadence,
    case(
        (
            _SUBSCRIPTIONS.c.starts_after > _SUBSCRIPTIONS.c.delivered_up_to,
            _SUBSCRIPTIONS.c.starts_after,
        ),
        else_=_SUBSCRIPTIONS.c.delivered_up_to,
    ),
    type_coerce(_SUBSCRIPTIONS.c.next_due_at, String),
)
"""The time as the database has it: a country has few different ones, each is read once (`_due`)."""
_OF_CHAT = [
    _CHATS.c[name]
    for name in (
        *("id", "language", "timezone", "digest_hour", "weekly_day", "quiet_from", "quiet_to"),
        *("days_off", "reads", "picture"),
    )
]


def _due_chat(
    id_: int,
    thread_id: int | None,
    wishes: Wishes,
    due: Sequence[tuple[int, DueSubscription]],
    told_up_to: int,
) -> DueChat:
    if len(due) == 1:
        ((number, one),) = due
        return DueChat(id_, wishes, (one,), (number,), told_up_to, thread_id)
    numbers, subscriptions = zip(*due, strict=True)
    return DueChat(id_, wishes, subscriptions, numbers, told_up_to, thread_id)


@lru_cache(maxsize=65_536)
def _due(what: str, cadence: Cadence, after: int, due_at: str | datetime | None) -> DueSubscription:
    if isinstance(due_at, str):  # of SQLite, which keeps times as texts in UTC
        due_at = datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    return DueSubscription(What.from_key(what), cadence, after, due_at)


@lru_cache(maxsize=65_536)
def _wishes(row: tuple[Any, ...]) -> Wishes:
    """Out of the columns of a chat behind its id, in their order."""
    language, zone, hour, day, quiet_from, quiet_to, days_off, reads, picture, may_hear_nothing = row
    speaks = as_language(language)
    read, may_hear = reads_of(reads, speaks), bool(may_hear_nothing)
    return Wishes(speaks, zone, hour, day, quiet_from, quiet_to, days_off, read, picture, may_hear)


def _among(session: AsyncSession, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """`column IN (ids)` with all of them in one parameter: thousands of parameters cost more than the statement."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))


def _owed(now: datetime, head: int) -> ColumnElement[bool]:
    held_until = SubscriptionRow.next_due_at
    at_once = and_(
        SubscriptionRow.cadence == "instant",
        SubscriptionRow.delivered_up_to < head,
        or_(held_until.is_(None), held_until <= now),
    )
    at_its_time = and_(SubscriptionRow.cadence != "instant", SubscriptionRow.next_due_at <= now)
    return and_(SubscriptionRow.ended_at.is_(None), or_(at_once, at_its_time))


def _owed_in_order(now: datetime, head: int) -> ColumnElement[bool]:
    """The same, written so that no index but that of the chats serves: batches are read off it in their order."""
    mark = _SUBSCRIPTIONS.c
    at_once = and_(mark.delivered_up_to < head, or_(mark.next_due_at.is_(None), mark.next_due_at <= now))
    owed = case((mark.cadence == "instant", at_once), else_=mark.next_due_at <= now)
    return and_(mark.ended_at.is_(None), owed)


def _of_writable_chats(now: datetime) -> ColumnElement[bool]:
    paused_until = _CHATS.c.paused_until
    return _of_chats(_CHATS.c.state == "active", or_(paused_until.is_(None), paused_until <= now))


def _of_chats(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(_CHATS.c.id).where(_CHATS.c.id == _SUBSCRIPTIONS.c.chat_id, *conditions))


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(values), _IN_ONE_QUERY):
        yield values[start : start + _IN_ONE_QUERY]
