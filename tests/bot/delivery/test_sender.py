"""The sender against a scripted Telegram, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.methods import SendMessage, TelegramMethod
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey
from sqlalchemy.exc import OperationalError

from bot.delivery.lock import SenderLock
from bot.delivery.outcomes import outcome
from bot.delivery.sender import Sender
from storage.database import Database
from storage.deliveries import Deliveries, Lane, Part
from storage.models import DeliveryRow
from tests.bot.delivery.telegram import FakeClock, FakeTelegram, fake_bot
from tests.bot.delivery.town import PSER, Town, founded

CALL = SendMessage(chat_id=1, text="a call")


def said(*texts: str) -> tuple[Part, ...]:
    return tuple(Part("sendMessage", {"text": text}) for text in texts)


def refused_connection(method: TelegramMethod[Any]) -> TelegramNetworkError:
    error = TelegramNetworkError(method=method, message="refused")
    key = ConnectionKey("telegram.example", 443, True, True, None, None, None)
    error.__cause__ = ClientConnectorError(key, OSError("refused"))
    return error


def cut_connection(method: TelegramMethod[Any]) -> TelegramNetworkError:
    error = TelegramNetworkError(method=method, message="cut")
    error.__cause__ = ServerDisconnectedError()
    return error


class Post:
    """A town, its outbox, and a sender that runs until nothing more is to be done."""

    def __init__(self, town: Town, clock: FakeClock) -> None:
        self.town = town
        self.clock = clock
        self.telegram = FakeTelegram(clock)
        self.deliveries = Deliveries(town.database)

    async def put(self, *texts: str, to: Iterable[int], lane: Lane = Lane.ALERTS, kind: Any = "alert") -> int:
        return await self.deliveries.send(kind, "ru", said(*texts), list(to), lane, self.clock.now())

    async def run(self, *, looks: int = 2_000, **options: Any) -> Sender:
        """Sends until the outbox is empty, or until it was not after so many looks at it."""
        sender = Sender(
            self.town.database, fake_bot(self.telegram), self.clock, chance=lambda: 0.5, **options
        )
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        for _ in range(looks):
            states = await self.deliveries.counts()
            if not states.get("pending") and not states.get("sending"):
                break
            await asyncio.sleep(0.002)
        stop.set()
        await running
        return sender

    async def states(self) -> list[str]:
        return [row.state for row in await self.town.deliveries()]

    async def only_row(self) -> DeliveryRow:
        (row,) = await self.town.deliveries()
        return row


@pytest.fixture
async def post(database: Database, now: datetime) -> Post:
    town = await founded(database, now)
    await town.people(range(1, 31), now)
    return Post(town, FakeClock(now))


async def test_every_chat_gets_its_message_once(post: Post) -> None:
    await post.put("Новость", to=range(1, 31))

    await post.run()

    assert post.telegram.texts == {chat_id: ["Новость"] for chat_id in range(1, 31)}
    rows = await post.town.deliveries()
    assert {row.state for row in rows} == {"sent"}
    assert all(len(row.telegram_message_ids) == 1 and row.finished_at for row in rows)


async def test_the_total_pace_is_kept(post: Post) -> None:
    await post.put("Новость", to=range(1, 31))

    await post.run(per_second=10)

    times = post.telegram.times
    assert max(sum(start <= moment < start + 1 - 1e-6 for moment in times) for start in times) <= 10
    assert times[-1] - times[0] == pytest.approx(2.9, rel=0.05)


async def test_a_chat_is_written_to_no_faster_than_once_a_second(post: Post) -> None:
    for number in range(3):
        await post.put(f"Новость {number}", to=[1])

    await post.run()

    assert post.telegram.texts[1] == ["Новость 0", "Новость 1", "Новость 2"]
    times = post.telegram.times
    assert min(later - earlier for earlier, later in pairwise(times)) >= 1
    assert times[-1] - times[0] < 2.5


async def test_a_group_gets_no_more_than_twenty_a_minute(post: Post) -> None:
    await post.town.settle(-5, post.clock.now(), kind="group")
    for number in range(22):
        await post.put(f"Новость {number}", to=[-5])

    await post.run()

    times = post.telegram.times
    assert len(times) == 22
    assert max(sum(start <= moment < start + 60 for moment in times) for start in times) == 20
    assert times[-1] - times[0] < 65


async def test_parts_go_in_order_and_each_once(post: Post) -> None:
    await post.put("один", "два", "три", to=[1, 2])

    await post.run()

    assert post.telegram.texts == {1: ["один", "два", "три"], 2: ["один", "два", "три"]}
    assert [len(row.telegram_message_ids) for row in await post.town.deliveries()] == [3, 3]


async def test_faster_lanes_go_first_but_slower_ones_do_not_starve(post: Post) -> None:
    await post.put("объявление", to=range(1, 4), lane=Lane.ANNOUNCEMENTS)
    for number in range(2):
        await post.put(f"важное {number}", to=range(4, 31), lane=Lane.ALERTS)

    await post.run(chat_per_second=1_000)

    order = [call.text for call in post.telegram.accepted]  # type: ignore[attr-defined]
    places = [place for place, text in enumerate(order) if text == "объявление"]
    assert places[0] > 2
    assert places[2] < 54 - 1
    assert len(order) == 3 + 54


async def test_429_stops_everything_for_as_long_as_told_and_costs_no_attempt(post: Post) -> None:
    await post.put("Новость", to=range(1, 6))
    flooded = iter([TelegramRetryAfter(method=CALL, message="Too Many Requests", retry_after=40)])
    post.telegram.answer = lambda _method: next(flooded, None)

    await post.run(per_second=5)

    times = post.telegram.times
    assert len(times) == 5
    assert not [moment for moment in times if 1 < moment < 40]
    assert {row.attempts for row in await post.town.deliveries()} == {1}


async def test_the_wait_that_telegram_asked_for_outlives_a_restart(post: Post) -> None:
    await post.put("Новость", to=[1])
    until = post.clock.now() + timedelta(minutes=5)
    (claim,) = await post.deliveries.claim(post.clock.now(), 1)
    error = TelegramRetryAfter(method=CALL, message="Too Many Requests", retry_after=300)
    await post.deliveries.record([outcome(claim, error, post.clock.now(), lambda: 0.0)], post.clock.now())
    await post.put("Ещё новость", to=[2])

    await post.run()

    assert min(post.telegram.times) >= 300
    assert await post.deliveries.waits() == {"all": until}


async def test_a_blocked_chat_is_never_written_to_again(post: Post) -> None:
    await post.put("первая", to=[1])
    await post.put("вторая", to=[1, 2])
    blocked = TelegramForbiddenError(method=CALL, message="Forbidden: bot was blocked by the user")
    post.telegram.answer = lambda method: blocked if method.chat_id == 1 else None  # type: ignore[attr-defined]

    await post.run()

    assert sorted(await post.states()) == ["blocked", "blocked", "sent"]
    chat = await post.town.subscribers.get(1)
    assert chat
    assert chat.state == "blocked"
    post.telegram.answer = lambda _method: None
    await post.put("третья", to=[1])
    await post.run()
    assert 1 not in post.telegram.texts


async def test_a_deleted_chat_is_gone(post: Post) -> None:
    await post.put("Новость", to=[1])
    post.telegram.answer = lambda _method: TelegramBadRequest(
        method=CALL, message="Bad Request: chat not found"
    )

    await post.run()

    chat = await post.town.subscribers.get(1)
    assert chat
    assert (chat.state, await post.states()) == ("gone", ["blocked"])


async def test_a_migrated_group_gets_it_under_its_new_id(post: Post) -> None:
    await post.town.settle(-5, post.clock.now(), kind="group")
    await post.put("Новость", to=[-5])
    moved = TelegramMigrateToChat(method=CALL, message="migrated", migrate_to_chat_id=-1005)
    post.telegram.answer = lambda method: moved if method.chat_id == -5 else None  # type: ignore[attr-defined]

    await post.run()

    assert post.telegram.texts == {-1005: ["Новость"]}
    assert await post.states() == ["sent"]


async def test_a_forum_topic_that_is_gone_does_not_lose_the_group(post: Post) -> None:
    await post.town.settle(-5, post.clock.now(), PSER, kind="group", thread_id=7)
    await post.put("Новость", to=[-5])
    gone = TelegramBadRequest(method=CALL, message="Bad Request: message thread not found")
    post.telegram.answer = lambda method: gone if method.message_thread_id == 7 else None  # type: ignore[attr-defined]

    await post.run()

    assert post.telegram.texts == {-5: ["Новость"]}
    chat = await post.town.subscribers.get(-5)
    assert chat
    assert chat.thread_id is None
    assert [one.what for one in await post.town.subscribers.subscriptions_in(-5, None)] == [PSER]


async def test_what_telegram_refuses_for_good_fails_alone(post: Post) -> None:
    await post.put("", to=[1])
    await post.put("Новость", to=[2])
    await post.deliveries.send("alert", "ru", [Part("sendNonsense", {})], [3], Lane.ALERTS, post.clock.now())
    empty = TelegramBadRequest(method=CALL, message="Bad Request: message text is empty")
    post.telegram.answer = lambda method: None if method.text else empty  # type: ignore[attr-defined]

    await post.run()

    assert await post.states() == ["failed", "sent", "failed"]


async def test_a_connection_that_could_not_be_made_is_tried_again_without_end(post: Post) -> None:
    await post.put("Новость", to=[1])
    tries = iter(range(12))
    post.telegram.answer = lambda method: (
        refused_connection(method) if next(tries, None) is not None else None
    )

    await post.run()

    row = await post.only_row()
    assert (row.state, row.attempts, row.resends) == ("sent", 1, 0)
    assert post.telegram.texts == {1: ["Новость"]}


@pytest.mark.parametrize(
    "error", [cut_connection(CALL), ClientDecodeError("Failed to decode", ValueError("html"), "<html>")]
)
async def test_an_alert_whose_answer_was_lost_is_sent_again_once(post: Post, error: Exception) -> None:
    await post.put("Новость", to=[1])
    post.telegram.lost = lambda _method: error

    await post.run()

    row = await post.only_row()
    assert (row.state, row.resends) == ("unknown", 1)
    assert post.telegram.texts == {1: ["Новость", "Новость"]}


async def test_what_was_interrupted_is_sent_again_once(post: Post) -> None:
    await post.put("Новость", to=[1, 2])
    await post.deliveries.claim(post.clock.now(), 1)

    await post.run()

    assert post.telegram.texts == {1: ["Новость"], 2: ["Новость"]}
    assert [row.resends for row in await post.town.deliveries()] == [1, 0]


async def test_a_chat_that_stopped_is_not_sent_what_was_waiting(post: Post) -> None:
    await post.put("Новость", to=[1, 2])
    await post.town.subscribers.stop(1, post.clock.now())

    await post.run()

    assert post.telegram.texts == {2: ["Новость"]}
    assert sorted(await post.states()) == ["cancelled", "sent"]


async def test_only_one_instance_sends_and_the_next_takes_over(database: Database, now: datetime) -> None:
    clock = FakeClock(now)
    first, second = SenderLock(database, clock), SenderLock(database, clock)
    stop = asyncio.Event()
    assert await first.acquire(stop)
    waiting = asyncio.create_task(second.acquire(stop))
    await asyncio.sleep(0.05)
    assert not waiting.done()

    await first.release()

    assert await asyncio.wait_for(waiting, 5)
    assert await second.is_held()
    assert not await first.is_held()
    await second.release()


async def test_a_stop_finishes_what_is_on_its_way(post: Post) -> None:
    await post.put("Новость", to=[1])
    stop = asyncio.Event()
    asked = asyncio.Event()

    def slow(_method: TelegramMethod[Any]) -> None:
        asked.set()

    post.telegram.answer = slow
    sender = Sender(post.town.database, fake_bot(post.telegram), post.clock)
    running = asyncio.create_task(sender.run(stop))
    await asked.wait()
    stop.set()
    await running

    assert await post.states() == ["sent"]


async def test_a_database_that_fails_for_a_moment_does_not_end_the_sender(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.put("Новость", to=[1])
    failures = iter([OperationalError("select", {}, Exception("gone")) for _ in range(3)])
    recover, record = Deliveries.recover, Deliveries.record

    async def shaky_recover(self: Deliveries, *args: Any) -> Any:
        if error := next(failures, None):
            raise error
        return await recover(self, *args)

    recording_failures = iter([OperationalError("update", {}, Exception("gone")) for _ in range(3)])

    async def shaky_record(self: Deliveries, *args: Any) -> Any:
        if error := next(recording_failures, None):
            raise error
        return await record(self, *args)

    monkeypatch.setattr(Deliveries, "recover", shaky_recover)
    monkeypatch.setattr(Deliveries, "record", shaky_record)

    await post.run()

    assert post.telegram.texts == {1: ["Новость"]}
    assert await post.states() == ["sent"]
