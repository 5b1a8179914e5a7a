"""What a bulk call looks like on the wire, and what is made of its answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.types import Message
from aiohttp import web

from bot.delivery.limits import sending_in_bulk
from bot.delivery.sender import _method
from bot.telegram import make_bot
from storage.deliveries import Part

SENT = {"message_id": 7, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"}}
TEXT = {
    "text": "Жыйын шейшемби күнү",
    "entities": [{"type": "bold", "offset": 0, "length": 5}],
    "reply_markup": {"inline_keyboard": [[{"text": "Ачуу", "url": "https://herald.example/1"}]]},
}


class Wire:
    """A server that answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.answer: Any = {"ok": True, "result": SENT}

    async def serve(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            self.asked.append(await request.json())
        else:
            self.asked.append(dict(await request.post()))
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return web.Response(text=text, status=self.status)


@pytest.fixture
async def wire() -> AsyncIterator[tuple[Wire, Bot]]:
    server, application = Wire(), web.Application()
    application.router.add_post("/bot{token}/{method}", server.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot = make_bot("42:test", f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield server, bot
    await bot.session.close()
    await runner.cleanup()


@contextmanager
def in_bulk() -> Iterator[None]:
    """As within the sender."""
    token = sending_in_bulk.set(True)
    try:
        yield
    finally:
        sending_in_bulk.reset(token)


async def test_a_bulk_call_goes_out_as_it_was_stored_with_the_bots_defaults(wire: tuple[Wire, Bot]) -> None:
    server, bot = wire
    with in_bulk():
        answer = await bot(_method(Part("sendMessage", TEXT), 5))

    assert server.asked == [{**TEXT, "chat_id": 5, "link_preview_options": {"is_disabled": True}}]
    assert answer.message_id == 7
    assert not isinstance(answer, Message)


async def test_a_bulk_call_says_of_previews_what_it_was_stored_with(wire: tuple[Wire, Bot]) -> None:
    server, bot = wire
    part = Part("sendMessage", {"text": "А", "link_preview_options": {"is_disabled": False}})
    with in_bulk():
        await bot(_method(part, 5))

    assert server.asked[0]["link_preview_options"] == {"is_disabled": False}


async def test_a_reply_gets_the_whole_message(wire: tuple[Wire, Bot]) -> None:
    _, bot = wire

    assert isinstance(await bot.send_message(5, "А"), Message)


@pytest.mark.parametrize(
    ("result", "ids"), [(True, None), ([SENT, {**SENT, "message_id": 8}], [7, 8])], ids=["true", "album"]
)
async def test_answers_of_other_calls(wire: tuple[Wire, Bot], result: Any, ids: list[int] | None) -> None:
    server, bot = wire
    server.answer = {"ok": True, "result": result}
    part = Part("sendMediaGroup", {"media": [{"type": "photo", "media": "file-1"}] * 2})
    with in_bulk():
        answer: Any = await bot(_method(part, 5))

    assert answer is True if ids is None else [each.message_id for each in answer] == ids
    assert server.asked[0]["media"] == [{"type": "photo", "media": "file-1"}] * 2


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (
            429,
            {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 9}},
            TelegramRetryAfter,
        ),
        (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}, TelegramForbiddenError),
        (502, "<html>502 Bad Gateway</html>", ClientDecodeError),
        (200, "half an ans", ClientDecodeError),
    ],
)
async def test_errors_are_those_of_aiogram(
    wire: tuple[Wire, Bot], status: int, answer: Any, error: type[Exception]
) -> None:
    server, bot = wire
    server.status, server.answer = status, answer
    with in_bulk(), pytest.raises(error):
        await bot(_method(Part("sendMessage", TEXT), 5))


async def test_nobody_there_is_a_network_error() -> None:
    bot = make_bot("42:test", "http://127.0.0.1:9")
    with in_bulk(), pytest.raises(TelegramNetworkError):
        await bot(_method(Part("sendMessage", TEXT), 5))
    await bot.session.close()
