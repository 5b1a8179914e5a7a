"""A Telegram of a few lines: says what it is told to say, and remembers what it accepted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message

from bot.delivery.clock import Clock

Answer = Callable[[TelegramMethod[Any]], Exception | None]
"""An error to raise instead of accepting a call; None accepts it."""


class FakeClock(Clock):
    """Time that passes only while somebody waits for it."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._steady = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._steady)

    def steady(self) -> float:
        return self._steady

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Lets everything that runs go on; if nobody sets the event meanwhile, the time is over."""
        for _ in range(3):
            if event.is_set():
                return
            await asyncio.sleep(0.001)
        if not event.is_set():
            self._steady += seconds

    def pass_time(self, seconds: float) -> None:
        self._steady += seconds


class FakeTelegram(BaseSession):
    """Accepts every call unless `answer` gives an error for it; `lost` errors are raised after accepting."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        super().__init__()
        self.clock = clock
        self.accepted: list[TelegramMethod[Any]] = []
        self.times: list[float] = []
        self.answer: Answer = lambda _method: None
        self.lost: Answer = lambda _method: None
        self._last_id = 100

    @property
    def texts(self) -> dict[int, list[str]]:
        """What each chat was sent, in order."""
        texts: dict[int, list[str]] = defaultdict(list)
        for call in self.accepted:
            texts[int(call.chat_id)].append(getattr(call, "text", "") or "")  # type: ignore[attr-defined]
        return dict(texts)

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        await asyncio.sleep(0)
        if error := self.answer(method):
            raise error
        self.accepted.append(method)
        if self.clock:
            self.times.append(self.clock.steady())
        if error := self.lost(method):
            raise error
        if method.__returning__ is not Message:
            return True
        self._last_id += 1
        chat = Chat(id=int(method.chat_id), type="private")  # type: ignore[attr-defined]
        return Message(message_id=self._last_id, date=datetime.now(UTC), chat=chat)

    async def close(self) -> None:
        """Nothing to close."""

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def fake_bot(session: FakeTelegram) -> Bot:
    return Bot("42:test", session=session)
