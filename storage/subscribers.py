"""Chats, what each asked to be told, and who belongs to an audience."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import own_data
from storage.audiences import Audience, Recipient, audience_conditions
from storage.cadence import Cadence, next_due
from storage.chat_states import (
    active_subscriptions,
    current_id,
    current_row,
    end_all,
    mark_lost,
    migrate_chat,
    set_state,
)
from storage.database import Database
from storage.languages import Language, Reads, as_language
from storage.models import ChatRow, ReleaseRow, SubscriptionRow
from storage.resting import let_out
from storage.subscriber_values import Chat, ChatKind, Subscription, What, chat_of, subscription_of

__all__ = ["Chat", "ChatKind", "Subscribers", "Subscription", "What"]

_AN_INSTANT: Final = timedelta(microseconds=1)


class Subscribers:
    """The questions asked of chats and subscriptions.

    `timezone` and `language` are what a chat starts with where nothing better is known.
    """

    def __init__(self, database: Database, timezone: str = "Asia/Bishkek", language: Language = "ky") -> None:
        self._database = database
        self._timezone = timezone
        self._language = language

    @property
    def timezone(self) -> str:
        """The time zone of whoever has not chosen one."""
        return self._timezone

    async def get(self, chat_id: int) -> Chat | None:
        """The chat, or None where the bot has never met it; a group that has moved is found by its old id too."""
        async with self._database.read() as session:
            row = await current_row(session, chat_id)
            return chat_of(row) if row else None

    async def greet(
        self,
        chat_id: int,
        kind: ChatKind,
        language_code: str | None,
        now: datetime,
    ) -> Chat:
        """The chat, made if it is new and active again if it had gone; a group that has moved, where it is now.

        Somebody who comes back has their subscriptions as they were, told from now on: what was published while they
        were away is found by /digest and /search, not poured over them.
        """
        async with self._database.write() as session:
            row = await current_row(session, chat_id)
            if row is None:
                row = self._new_chat(await current_id(session, chat_id), kind, language_code, now)
                session.add(row)
            elif row.state != "active":
                row.state, row.state_at = "active", now
                await _skip_to_now(session, row, now)
            row.kind = kind
            await session.flush()
            return chat_of(row)

    async def choose_language(self, chat_id: int, language: Language) -> None:
        """The language the chat is written to in."""
        await self._set(chat_id, language=language, language_chosen=True)

    async def choose_cadence(
        self, chat_id: int, cadence: Cadence, now: datetime, thread_id: int | None = None
    ) -> None:
        """How often the chat, or a topic of a forum, is told of everything it subscribed to, and of what it will."""
        async with self._database.write() as session:
            chat = await session.get_one(ChatRow, chat_id)
            chat.cadence = cadence
            await session.execute(
                update(SubscriptionRow)
                .where(*active_subscriptions(chat_id), _in(thread_id))
                .values(cadence=cadence, next_due_at=_due(chat, cadence, now))
            )

    async def choose_cadence_of(self, subscription_id: int, cadence: Cadence, now: datetime) -> None:
        """How often one subscription is told."""
        async with self._database.write() as session:
            row = await session.get_one(SubscriptionRow, subscription_id)
            chat = await session.get_one(ChatRow, row.chat_id)
            row.cadence = cadence
            row.next_due_at = _due(chat, cadence, now)

    async def choose_hour(self, chat_id: int, hour: int, now: datetime) -> None:
        """The local hour (0 to 23) of digests."""
        await self._reschedule(chat_id, now, digest_hour=hour)

    async def choose_weekly_day(self, chat_id: int, weekday: int, now: datetime) -> None:
        """The weekday (0 is Monday) of weekly digests."""
        await self._reschedule(chat_id, now, weekly_day=weekday)

    async def choose_timezone(self, chat_id: int, timezone: str, now: datetime) -> None:
        """The time zone (IANA name) that hours are understood in."""
        await self._reschedule(chat_id, now, timezone=timezone)

    async def choose_days_off(self, chat_id: int, days_off: int, now: datetime) -> None:
        """The days (see `storage.cadence.days_off_of`) on which nothing comes; it comes on the next day instead."""
        await self._reschedule(chat_id, now, days_off=days_off)

    async def choose_reads(self, chat_id: int, reads: Reads | None) -> None:
        """In which languages releases are told; None for the chat's own where there is one."""
        await self._set(chat_id, reads=reads)

    async def choose_picture(self, chat_id: int, wanted: bool) -> None:
        """Whether weekly digests come with a picture of the week in numbers."""
        await self._set(chat_id, picture=wanted)

    async def choose_quiet_hours(self, chat_id: int, quiet_from: int | None, quiet_to: int | None) -> None:
        """Between which local hours alerts wait; none for no quiet hours."""
        await self._set(chat_id, quiet_from=quiet_from, quiet_to=quiet_to)

    async def pause(self, chat_id: int, until: datetime) -> None:
        """Nothing but answers and what is urgent until then; digests go on at their first time after it."""
        await self._reschedule(chat_id, until, paused_until=until)

    async def resume(self, chat_id: int, now: datetime) -> None:
        """Ends a pause before its time, and lets out what it held back."""
        async with self._database.write() as session:
            await _rescheduled(session, chat_id, now, paused_until=None)
            await let_out(session, chat_id, now)

    async def choose_territory(self, chat_id: int, territory: str | None, now: datetime) -> None:
        """Moves the chat's topics from the territory it had chosen to another, or to the whole country.

        A topic that was chosen in a certain oblast besides stays there.  The watermarks go along, so nothing is told
        twice and nothing is lost by the change.
        """
        async with self._database.write() as session:
            chat = await session.get_one(ChatRow, chat_id)
            left, chat.territory = chat.territory, territory
            if left == territory:
                return
            moving = (
                SubscriptionRow.topic.is_not(None),
                SubscriptionRow.territory.is_not_distinct_from(left),
            )
            for row in (
                await session.scalars(select(SubscriptionRow).where(*active_subscriptions(chat_id), *moving))
            ).all():
                what = What(topic=row.topic, territory=territory)
                row.ended_at, row.ended_reason = now, "territory"
                await session.flush()
                thread_id = row.thread_id or None
                if there := await _active_row(session, chat_id, what, thread_id):
                    there.starts_after = min(there.starts_after, row.delivered_up_to)
                    there.delivered_up_to = min(there.delivered_up_to, row.delivered_up_to)
                    continue
                session.add(_subscription_row(chat, what, row.cadence, row.delivered_up_to, now, thread_id))

    async def subscriptions(self, chat_id: int) -> tuple[Subscription, ...]:
        """What the chat is subscribed to now, in whichever topic of a forum, oldest first."""
        async with self._database.read() as session:
            return await _subscriptions(session, *active_subscriptions(chat_id))

    async def subscriptions_in(self, chat_id: int, thread_id: int | None) -> tuple[Subscription, ...]:
        """What is told in one topic of a forum, or, for None, in the chat itself, oldest first."""
        async with self._database.read() as session:
            return await _subscriptions(session, *active_subscriptions(chat_id), _in(thread_id))

    async def subscribe(
        self,
        chat_id: int,
        what: What,
        now: datetime,
        cadence: Cadence | None = None,
        thread_id: int | None = None,
    ) -> tuple[Subscription, ...]:
        """Subscribes to what is published from now on; does nothing for what is subscribed to already.

        Returns what is told there, in the chat or the topic of a forum.
        """
        async with self._database.write() as session:
            if not await _active_row(session, chat_id, what, thread_id):
                chat, after = await session.get_one(ChatRow, chat_id), await _head(session)
                often = cadence or chat.cadence
                session.add(_subscription_row(chat, what, often, after, now, thread_id))
                await _stay_where_subscribed(session, chat)
            return await _subscriptions(session, *active_subscriptions(chat_id), _in(thread_id))

    async def unsubscribe(
        self, chat_id: int, what: What, now: datetime, reason: str = "asked", thread_id: int | None = None
    ) -> tuple[Subscription, ...]:
        """Ends a subscription; does nothing where there is none.  Returns what is still told there."""
        async with self._database.write() as session:
            if row := await _active_row(session, chat_id, what, thread_id):
                row.ended_at, row.ended_reason = now, reason
                await _stay_where_subscribed(session, await session.get_one(ChatRow, chat_id))
            return await _subscriptions(session, *active_subscriptions(chat_id), _in(thread_id))

    async def toggle(
        self, chat_id: int, what: What, now: datetime, thread_id: int | None = None
    ) -> tuple[Subscription, ...]:
        """Subscribes, or ends the subscription if there is one.  Returns what is told there then."""
        if any(held.what == what for held in await self.subscriptions_in(chat_id, thread_id)):
            return await self.unsubscribe(chat_id, what, now, thread_id=thread_id)
        return await self.subscribe(chat_id, what, now, thread_id=thread_id)

    async def stop(self, chat_id: int, now: datetime) -> None:
        """Ends every subscription, as asked by /stop; the chat is not written to until it comes back."""
        async with self._database.write() as session:
            await end_all(session, chat_id, "stop", now)
            await set_state(session, chat_id, "stopped", now)

    async def lost(self, chat_id: int, state: Literal["blocked", "gone"], now: datetime) -> None:
        """The chat cannot be written to.  Its subscriptions are kept for when it comes back."""
        async with self._database.write() as session:
            await mark_lost(session, chat_id, state, now)

    async def migrate(self, old_id: int, new_id: int, now: datetime) -> None:
        """A group became a supergroup: everything it had goes on under the new id.  Safe to be told twice."""
        async with self._database.write() as session:
            await migrate_chat(session, old_id, new_id, now)

    async def forget(self, chat_id: int) -> None:
        """Erases the chat and everything that names it."""
        async with self._database.write() as session:
            await own_data.erase(session, chat_id)

    async def own_data(self, chat_id: int) -> dict[str, Any]:
        """Everything that is kept of a chat, for its owner to read; empty where nothing is."""
        async with self._database.read() as session:
            return await own_data.export(session, chat_id)

    async def count(self, audience: Audience) -> int:
        """How many chats an audience is."""
        async with self._database.read() as session:
            query = select(func.count()).select_from(ChatRow).where(*audience_conditions(audience))
            return await session.scalar(query) or 0

    async def recipients(self, audience: Audience) -> tuple[Recipient, ...]:
        """The chats of an audience, in the order of their ids."""
        async with self._database.read() as session:
            query = select(ChatRow.id, ChatRow.language, ChatRow.thread_id)
            rows = await session.execute(query.where(*audience_conditions(audience)).order_by(ChatRow.id))
            return tuple(Recipient(id_, as_language(code), thread) for id_, code, thread in rows)

    async def counts_by_state(self) -> dict[str, int]:
        """How many chats are in each state."""
        async with self._database.read() as session:
            rows = await session.execute(select(ChatRow.state, func.count()).group_by(ChatRow.state))
            return dict(rows.all())

    def _new_chat(self, chat_id: int, kind: ChatKind, language_code: str | None, now: datetime) -> ChatRow:
        return ChatRow(
            id=chat_id,
            kind=kind,
            language=as_language(language_code, self._language),
            timezone=self._timezone,
            state="active",
            state_at=now,
            created_at=now,
        )

    async def _set(self, chat_id: int, **values: Any) -> None:
        async with self._database.write() as session:
            await session.execute(update(ChatRow).where(ChatRow.id == chat_id).values(**values))

    async def _reschedule(self, chat_id: int, now: datetime, **values: Any) -> None:
        async with self._database.write() as session:
            await _rescheduled(session, chat_id, now, **values)


async def _rescheduled(session: AsyncSession, chat_id: int, now: datetime, **values: Any) -> None:
    """Changes what a chat wishes, and with it when its subscriptions are due."""
    chat = await session.get_one(ChatRow, chat_id)
    for name, value in values.items():
        setattr(chat, name, value)
    for row in await session.scalars(select(SubscriptionRow).where(*active_subscriptions(chat_id))):
        row.next_due_at = _due(chat, cast(Cadence, row.cadence), now)


async def _skip_to_now(session: AsyncSession, chat: ChatRow, now: datetime) -> None:
    head = await _head(session)
    for row in await session.scalars(select(SubscriptionRow).where(*active_subscriptions(chat.id))):
        row.starts_after = row.delivered_up_to = max(row.delivered_up_to, head)
        row.next_due_at = _due(chat, cast(Cadence, row.cadence), now)


async def _head(session: AsyncSession) -> int:
    return await session.scalar(select(func.max(ReleaseRow.id))) or 0


async def _active_row(
    session: AsyncSession, chat_id: int, what: What, thread_id: int | None
) -> SubscriptionRow | None:
    query = select(SubscriptionRow).where(
        *active_subscriptions(chat_id), _in(thread_id), SubscriptionRow.what == what.key
    )
    return (await session.scalars(query)).one_or_none()


async def _subscriptions(session: AsyncSession, *which: ColumnElement[bool]) -> tuple[Subscription, ...]:
    rows = await session.scalars(select(SubscriptionRow).where(*which).order_by(SubscriptionRow.id))
    return tuple(subscription_of(row) for row in rows)


async def _stay_where_subscribed(session: AsyncSession, chat: ChatRow) -> None:
    """Announcements go on to the forum topic they went to as long as something is told there, then to the oldest's."""
    await session.flush()
    threads = select(SubscriptionRow.thread_id).where(*active_subscriptions(chat.id))
    subscribed = (await session.scalars(threads.order_by(SubscriptionRow.id))).all()
    if subscribed and (chat.thread_id or 0) not in subscribed:
        chat.thread_id = subscribed[0] or None


def _in(thread_id: int | None) -> ColumnElement[bool]:
    return SubscriptionRow.thread_id == (thread_id or 0)


def _due(chat: ChatRow, cadence: Cadence, now: datetime) -> datetime | None:
    """When a subscription is due next: the first of its times after now, or at or after the end of a pause."""
    after = now
    if chat.paused_until is not None and chat.paused_until >= now:
        after = chat.paused_until - _AN_INSTANT
    return next_due(cadence, chat.digest_hour, chat.weekly_day, chat.timezone, after, chat.days_off)


def _subscription_row(
    chat: ChatRow, what: What, cadence: str, after: int, now: datetime, thread_id: int | None
) -> SubscriptionRow:
    return SubscriptionRow(
        chat_id=chat.id,
        thread_id=thread_id or 0,
        what=what.key,
        topic=what.topic,
        territory=what.territory,
        project=what.project,
        source=what.source,
        cadence=cadence,
        starts_after=after,
        delivered_up_to=after,
        next_due_at=_due(chat, cast(Cadence, cadence), now),
        created_at=now,
    )
