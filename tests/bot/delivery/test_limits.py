"""The pace on a clock of our own."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count

import pytest
from aiogram.methods import GetMe, SendMessage, TelegramMethod
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.limits import (
    BULK_SHARE,
    TELEGRAM_PER_SECOND,
    Bucket,
    ChatPace,
    Pace,
    RepliesFirst,
    Turn,
    sending_in_bulk,
)
from tests.bot.delivery.telegram import FakeClock, FakeTelegram, fake_bot

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def is_within(times: list[float], per_second: int) -> bool:
    """Whether no window of a second, its ends included, holds more sends than that."""
    return all(later - earlier > 1 for earlier, later in zip(times, times[per_second:], strict=False))


def test_an_album_waits_for_a_call_that_began_late_among_those_whose_place_it_takes() -> None:
    clock = FakeClock(NOW)
    bucket = Bucket(30, clock.steady, burst=10, most=30)
    begun = clock.steady()
    late = Turn(begun)
    bucket.take(late)
    bucket.take(Turn(begun + 0.01), 10)
    late.begin(begun + 0.03)
    bucket.take(Turn(begun + 0.5), 19)
    clock.pass_time(1.02)
    assert begun + 1.03 < clock.steady() + bucket.delay(10) < begun + 1.04


@settings(max_examples=50, deadline=None)
@given(
    per_second=st.sampled_from([25, 29, 30, 60]),
    lags=st.lists(st.floats(0, 0.03), min_size=200, max_size=200),
    replies=st.lists(st.tuples(st.floats(0, 6), st.integers(1, 10)), max_size=30),
)
def test_no_second_holds_more_calls_however_long_after_its_turn_each_begins(
    per_second: int, lags: list[float], replies: list[tuple[float, int]]
) -> None:
    """The loop is busy between a turn and its call; albums of replies are as many messages as they have files."""
    clock = FakeClock(NOW)
    pace = Pace(per_second, clock.steady)
    called: list[float] = []

    def bulk() -> Step:
        for lag in lags:
            while delay := pace.bulk_delay():
                yield delay
            turn = pace.take_bulk()
            yield lag
            turn.begin(clock.steady())
            called.append(clock.steady())

    def reply(files: int) -> Step:
        with pace.in_line() as place:
            while delay := pace.reply_delay(place, files):
                yield delay
            pace.take_reply(files)
        called.extend([clock.steady()] * files)

    play(clock, [(0.0, bulk), *((at, partial(reply, files)) for at, files in replies)], until=60)

    assert len(called) == len(lags) + sum(files for _, files in replies)
    assert is_within(sorted(called), max(per_second, TELEGRAM_PER_SECOND))


@settings(max_examples=50, deadline=None)
@given(
    per_second=st.integers(1, 60),
    hiccups=st.lists(st.floats(0, 0.4), min_size=80, max_size=80),
    albums=st.lists(st.integers(1, 10), min_size=80, max_size=80),
)
def test_no_second_ever_holds_more_than_telegram_takes(
    per_second: int, hiccups: list[float], albums: list[int]
) -> None:
    clock = FakeClock(NOW)
    pace = Pace(per_second, clock.steady)
    times: list[float] = []
    for hiccup, files in zip(hiccups, albums, strict=True):
        size = min(files, per_second)
        while delay := pace.bulk_delay(size):
            clock.pass_time(delay)
        clock.pass_time(hiccup if hiccup > 0.3 else 0)
        pace.take_bulk(size)
        times += [clock.steady()] * size
    assert is_within(times, max(per_second, TELEGRAM_PER_SECOND))
    assert is_within(times, per_second + 14), "a few to catch up, or an album"


@pytest.mark.parametrize("per_second", [5, 25, 30, 200])
@pytest.mark.parametrize("late", [0.0, 0.002, 0.015], ids=lambda late: f"{late * 1000:.0f} ms late")
def test_the_pace_is_kept_to_within_two_percent_though_every_wait_ends_late(
    per_second: int, late: float
) -> None:
    clock = FakeClock(NOW)
    pace = Pace(per_second, clock.steady)
    times: list[float] = []
    for _ in range(per_second * 40):
        while delay := pace.bulk_delay():
            clock.pass_time(delay + late)
        pace.take_bulk()
        times.append(clock.steady())
    assert 0.98 * per_second <= (len(times) - 1) / (times[-1] - times[0]) <= per_second + 0.5
    assert is_within(times, per_second + 4 if per_second < TELEGRAM_PER_SECOND else per_second)


def test_below_telegrams_limit_the_pace_is_kept_on_a_busy_machine_too() -> None:
    clock = FakeClock(NOW)
    chance = random.Random(5)
    pace = Pace(25, clock.steady)
    times: list[float] = []
    while clock.steady() < 60:
        while delay := pace.bulk_delay():
            clock.pass_time(delay + chance.choice([0.0, 0.02, 0.05, 0.1]))
        pace.take_bulk()
        times.append(clock.steady())
    assert 0.98 * 25 <= len(times) / 60 <= 25.1
    assert is_within(times, TELEGRAM_PER_SECOND)


def test_a_sender_that_is_held_up_catches_up_without_a_burst() -> None:
    clock = FakeClock(NOW)
    pace = Pace(25, clock.steady)
    sent = 0
    while clock.steady() < 20:
        clock.pass_time(pace.delay())
        together = pace.allowance()
        assert together <= 4
        for _ in range(together):
            pace.take_bulk()
        sent += together
        clock.pass_time(0.06)
    assert sent / clock.steady() == pytest.approx(25, rel=0.02)


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(0, FakeClock(NOW).steady)
    with pace.in_line() as place:
        for _ in range(1_000):
            assert pace.bulk_delay() == 0
            pace.take_bulk()
            assert pace.reply_delay(place) == 0
            pace.take_reply()


Step = Iterator[float]


def play(clock: FakeClock, actors: list[tuple[float, Callable[[], Step]]], until: float) -> None:
    """Runs actors side by side: each begins at its time, and goes on after the seconds that it yields."""
    order = count()
    due = [(start, next(order), actor()) for start, actor in actors]
    heapq.heapify(due)
    while due and due[0][0] <= until:
        at, _, steps = heapq.heappop(due)
        clock.pass_time(max(at - clock.steady(), 0.0))
        delay = next(steps, None)
        if delay is not None:
            heapq.heappush(due, (clock.steady() + delay, next(order), steps))


@settings(max_examples=40, deadline=None)
@given(
    per_second=st.integers(5, 30),
    replies=st.integers(0, 60),
    chance=st.randoms(use_true_random=False),
    late=st.sampled_from([0.0, 0.003]),
)
def test_replies_go_first_and_bulk_keeps_its_share(
    per_second: int, replies: int, chance: random.Random, late: float
) -> None:
    clock = FakeClock(NOW)
    pace = Pace(per_second, clock.steady)
    arrivals = sorted(chance.uniform(0, 3) for _ in range(3 * replies))
    log: list[tuple[float, str]] = []
    waits: list[tuple[int, int]] = []

    def bulk() -> Step:
        while True:
            while delay := pace.bulk_delay():
                yield delay + late
            pace.take_bulk()
            log.append((clock.steady(), "bulk"))
            yield 0.0

    def reply() -> Step:
        with pace.in_line() as place:
            before, since = len(pace._waiting) - 1, len(log)
            while delay := pace.reply_delay(place):
                yield delay + late
            pace.take_reply()
            waits.append((before, len(log) - since))
            log.append((clock.steady(), "reply"))

    play(clock, [(0.0, bulk), *((at, reply) for at in arrivals)], until=12)

    assert len(waits) == len(arrivals)
    for before, sends in waits:
        assert sends <= (before + 1) * BULK_SHARE / (BULK_SHARE - 1) + 1
    assert is_within([moment for moment, _ in log], TELEGRAM_PER_SECOND)
    kinds = [kind for _, kind in log]
    owed = max(TELEGRAM_PER_SECOND, BULK_SHARE)
    assert all("bulk" in kinds[at : at + owed] for at in range(len(kinds) - owed))
    busy = [kind for moment, kind in log if 1 <= moment <= 3]
    if len(busy) > 60:
        assert busy.count("bulk") / len(busy) >= min(1 / BULK_SHARE, per_second / TELEGRAM_PER_SECOND) * 0.9


def test_twenty_eight_replies_a_second_do_not_stop_bulk_sending() -> None:
    clock = FakeClock(NOW)
    pace = Pace(30, clock.steady)
    sent: list[str] = []

    def bulk() -> Step:
        while True:
            while delay := pace.bulk_delay():
                yield delay
            pace.take_bulk()
            sent.append("bulk")
            yield 0.0

    def reply() -> Step:
        with pace.in_line() as place:
            while delay := pace.reply_delay(place):
                yield delay
            pace.take_reply()
            sent.append("reply")

    play(clock, [(0.0, bulk), *((number / 28, reply) for number in range(280))], until=10)

    assert sent.count("bulk") == pytest.approx(60, rel=0.05)
    assert sent.count("reply") == pytest.approx(240, rel=0.05)


def test_a_reply_now_and_then_need_not_wait_for_bulk() -> None:
    clock = FakeClock(NOW)
    pace = Pace(25, clock.steady)
    waited: list[float] = []
    sent: list[str] = []

    def bulk() -> Step:
        while True:
            while delay := pace.bulk_delay():
                yield delay
            pace.take_bulk()
            sent.append("bulk")
            yield 0.0

    def reply() -> Step:
        began = clock.steady()
        with pace.in_line() as place:
            while delay := pace.reply_delay(place):
                yield delay
            pace.take_reply()
        waited.append(clock.steady() - began)

    play(clock, [(0.0, bulk), *((number / 15 + 0.003, reply) for number in range(150))], until=10)

    assert sum(wait > 0 for wait in waited) <= len(waited) / 10
    assert max(waited) < 0.1
    assert sent.count("bulk") >= 100


def test_bulk_that_no_longer_has_anything_to_send_keeps_no_place_free() -> None:
    clock = FakeClock(NOW)
    pace = Pace(30, clock.steady)
    pace.bulk_delay()
    clock.pass_time(5)
    for _ in range(300):
        with pace.in_line() as place:
            while delay := pace.reply_delay(place):
                clock.pass_time(delay)
            pace.take_reply()
    assert clock.steady() - 5 == pytest.approx(10, rel=0.1)


def test_an_album_lets_its_chat_rest_for_each_of_its_files() -> None:
    clock = FakeClock(NOW)
    chats = ChatPace(clock.steady)
    chats.take(7, "private", 10)
    assert chats.delay(7) == 10
    chats.take(-5, "group", 10)
    chats.take(-5, "group", 10)
    assert chats.delay(-5) == 60


@pytest.mark.parametrize(
    ("call", "in_bulk", "counted"),
    [
        (SendMessage(chat_id=1, text="reply"), False, True),
        (SendMessage(chat_id=1, text="bulk"), True, False),
        (GetMe(), False, False),
    ],
)
async def test_what_handlers_send_counts_and_what_the_sender_sends_is_not_counted_twice(
    call: TelegramMethod[object], in_bulk: bool, counted: bool
) -> None:
    clock = FakeClock(NOW)
    pace = Pace(1, clock.steady, in_all=1)
    session = FakeTelegram(clock)
    session.middleware(RepliesFirst(pace))
    token = sending_in_bulk.set(in_bulk)
    try:
        await fake_bot(session)(call)
    finally:
        sending_in_bulk.reset(token)
    assert (pace.delay() > 0) is counted


async def test_a_reply_waits_for_its_turn_and_then_leaves() -> None:
    clock = FakeClock(NOW)
    pace = Pace(2, clock.steady, in_all=2)
    session = FakeTelegram(clock)

    async def sleep(seconds: float) -> None:
        clock.pass_time(seconds)

    session.middleware(RepliesFirst(pace, sleep))
    bot = fake_bot(session)
    for chat in range(6):
        await bot.send_message(chat, "reply")

    assert len(session.accepted) == 6
    assert is_within(session.times, 2)
    assert clock.steady() <= 2.51
