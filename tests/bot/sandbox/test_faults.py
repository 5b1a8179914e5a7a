"""Failures by order, the same over HTTP and without it."""

from __future__ import annotations

import time

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.sandbox.errors import Impossible
from bot.sandbox.faults import Fault, fault_from
from bot.sandbox.server import Sandbox


@pytest.fixture(params=["bot", "quick_bot"])
def either(request: pytest.FixtureRequest, bot: Bot, quick_bot: Bot) -> Bot:
    return bot if request.param == "bot" else quick_bot


def received(sandbox: Sandbox, chat: int) -> list[str]:
    return [
        message.body
        for message in sandbox.model.chats[chat].standing()
        if message.sender == sandbox.model.bot.id
    ]


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("flood", TelegramRetryAfter, False),
        ("server_error", TelegramServerError, False),
        ("html", ClientDecodeError, False),
        ("cut_before", TelegramNetworkError, False),
        ("cut_after", TelegramNetworkError, True),
    ],
)
async def test_each_failure_is_what_a_bot_would_meet(
    sandbox: Sandbox, either: Bot, citizen: int, kind: str, error: type[Exception], arrives: bool
) -> None:
    sandbox.faults.order(fault_from({"kind": kind, "method": "sendMessage", "chat_id": citizen}))
    with pytest.raises(error):
        await either.send_message(citizen, "раз")
    assert received(sandbox, citizen) == (["раз"] if arrives else [])
    await either.send_message(citizen, "два")
    assert received(sandbox, citizen)[-1] == "два"


async def test_a_fault_spoils_only_what_it_was_ordered_for(
    sandbox: Sandbox, quick_bot: Bot, citizen: int
) -> None:
    sandbox.faults.order(Fault("cut_before", method="sendPhoto"))
    sandbox.faults.order(Fault("cut_before", chat_id=citizen + 1))
    await quick_bot.send_message(citizen, "раз")
    assert len(sandbox.faults.standing()) == 2


async def test_a_fault_can_let_some_pass_and_then_spoil_several(
    sandbox: Sandbox, quick_bot: Bot, citizen: int
) -> None:
    sandbox.faults.order(Fault("html", method="sendMessage", skip=1, count=2))
    outcomes = []
    for text in ("1", "2", "3", "4"):
        try:
            await quick_bot.send_message(citizen, text)
            outcomes.append(True)
        except ClientDecodeError:
            outcomes.append(False)
    assert outcomes == [True, False, False, True]


async def test_a_delay_delays(sandbox: Sandbox, quick_bot: Bot, citizen: int) -> None:
    sandbox.faults.order(Fault("delay", seconds=0.1))
    begin = time.monotonic()
    await quick_bot.send_message(citizen, "x")
    assert time.monotonic() - begin >= 0.1


def test_an_order_of_no_known_kind_is_refused() -> None:
    with pytest.raises(Impossible, match="cut_after"):
        fault_from({"kind": "earthquake"})
