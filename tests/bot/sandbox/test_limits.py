"""Telegram's pace, on a clock that the test moves."""

from __future__ import annotations

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.limits import FloodLimits, Pace
from tests.bot.sandbox.conftest import FrozenClock

CHAT, GROUP = 5, -100


def refusal(limits: FloodLimits, chat: int, cost: int = 1) -> ApiError:
    with pytest.raises(ApiError) as caught:
        limits.charge(chat, cost)
    return caught.value


@pytest.fixture
def limits(clock: FrozenClock) -> FloodLimits:
    return FloodLimits(clock, Pace(chat_burst=3, group_burst=20, total_burst=30))


def test_a_short_burst_to_one_chat_passes_and_the_next_message_is_refused(limits: FloodLimits) -> None:
    for _ in range(3):
        limits.charge(CHAT)
    error = refusal(limits, CHAT)
    assert (error.status, error.description) == (429, "Too Many Requests: retry after 1")
    assert error.parameters == {"retry_after": 1}


def test_one_message_a_second_to_one_chat_is_never_refused(limits: FloodLimits, clock: FrozenClock) -> None:
    for _ in range(100):
        limits.charge(CHAT)
        clock.advance(1)
    assert limits.refused == 0


def test_a_group_takes_twenty_messages_in_a_minute(limits: FloodLimits, clock: FrozenClock) -> None:
    for _ in range(20):
        limits.charge(GROUP)
        clock.advance(0.1)
    assert refusal(limits, GROUP).parameters["retry_after"] == 1
    clock.advance(1.1)
    limits.charge(GROUP)


def test_thirty_a_second_pass_in_all_for_as_long_as_it_takes(limits: FloodLimits, clock: FrozenClock) -> None:
    for number in range(30 * 60):
        limits.charge(1000 + number)
        clock.advance(1 / 30)
    assert limits.refused == 0


def test_forty_a_second_are_refused_before_long(limits: FloodLimits, clock: FrozenClock) -> None:
    with pytest.raises(ApiError):
        for number in range(40 * 10):
            limits.charge(1000 + number)
            clock.advance(1 / 40)
    assert limits.refused == 1


def test_what_was_announced_is_kept_to(limits: FloodLimits, clock: FrozenClock) -> None:
    for _ in range(20):
        limits.charge(GROUP)
    assert refusal(limits, GROUP).parameters["retry_after"] == 3
    clock.advance(2.9)
    assert refusal(limits, GROUP).parameters["retry_after"] == 1
    clock.advance(0.2)
    limits.charge(GROUP)


def test_a_refused_chat_does_not_stop_the_others(limits: FloodLimits) -> None:
    for _ in range(3):
        limits.charge(CHAT)
    refusal(limits, CHAT)
    limits.charge(CHAT + 1)


def test_an_album_counts_as_its_messages(limits: FloodLimits) -> None:
    limits.charge(CHAT, 3)
    refusal(limits, CHAT)


def test_limits_can_be_switched_off_and_on(limits: FloodLimits) -> None:
    limits.configure(enabled=False)
    for _ in range(1000):
        limits.charge(CHAT)
    limits.configure(enabled=True, chat_burst=1)
    limits.charge(CHAT)
    refusal(limits, CHAT)
