"""The pace on a clock of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiogram.methods import GetMe, SendMessage, TelegramMethod
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.limits import Pace, RepliesFirst, sending_in_bulk
from tests.bot.delivery.telegram import FakeClock, FakeTelegram, fake_bot

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@given(
    per_second=st.integers(1, 60),
    hiccups=st.lists(st.floats(0, 0.4), min_size=200, max_size=200),
)
def test_no_second_ever_holds_more_than_the_pace(per_second: int, hiccups: list[float]) -> None:
    clock = FakeClock(NOW)
    pace = Pace(per_second, clock.steady)
    times = []
    for hiccup in hiccups:
        clock.pass_time(pace.delay() + (hiccup if hiccup > 0.3 else 0))
        for _ in range(pace.allowance()):
            pace.take()
            times.append(clock.steady())
    for number, moment in enumerate(times[per_second:]):
        assert moment - times[number] >= 1 - 1e-6


def test_the_pace_is_kept_to_within_two_percent_though_every_step_takes_time() -> None:
    clock = FakeClock(NOW)
    pace = Pace(25, clock.steady)
    for _ in range(500):
        clock.pass_time(pace.delay())
        pace.take()
        clock.pass_time(0.012)
    assert 500 / clock.steady() == pytest.approx(25, rel=0.02)


def test_a_sender_that_is_held_up_catches_up_without_a_burst() -> None:
    clock = FakeClock(NOW)
    pace = Pace(25, clock.steady)
    sent = 0
    while clock.steady() < 20:
        clock.pass_time(pace.delay())
        together = pace.allowance()
        assert together <= 4
        for _ in range(together):
            pace.take()
        sent += together
        clock.pass_time(0.06)
    assert sent / clock.steady() == pytest.approx(25, rel=0.02)


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(0, FakeClock(NOW).steady)
    for _ in range(1_000):
        assert pace.delay() == 0
        pace.take()


@pytest.mark.parametrize(
    ("call", "in_bulk", "counted"),
    [
        (SendMessage(chat_id=1, text="reply"), False, True),
        (SendMessage(chat_id=1, text="bulk"), True, False),
        (GetMe(), False, False),
    ],
)
async def test_replies_leave_at_once_and_bulk_makes_room_for_them(
    call: TelegramMethod[object], in_bulk: bool, counted: bool
) -> None:
    clock = FakeClock(NOW)
    pace = Pace(10, clock.steady)
    session = FakeTelegram(clock)
    session.middleware(RepliesFirst(pace))
    token = sending_in_bulk.set(in_bulk)
    try:
        await fake_bot(session)(call)
    finally:
        sending_in_bulk.reset(token)
    assert (pace.delay() > 0) is counted
