"""What the crash harness kills a process with, and a Telegram whose memory outlives the process."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message
from aiohttp import ServerDisconnectedError
from sqlalchemy import event

from bot.delivery.clock import SystemClock
from storage.database import Database

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SPEED = 50
"""How much faster than the calendar the clock of a run is."""


class Bomb:
    """Counts points, and kills the process at the one it is set to, having said in a file which moment that is."""

    def __init__(self, at: int, last_word: Path) -> None:
        self._at = at
        self._last_word = last_word
        self.seen = 0

    def tick(self, moment: str) -> None:
        self.seen += 1
        if self.seen == self._at:
            self._last_word.write_text(moment)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Ticks before and after each commit."""
        event.listen(database.engine.sync_engine, "commit", lambda _connection: self.tick("before a commit"))
        plain = database.engine.dialect.do_commit

        def commit(connection: Any) -> None:
            plain(connection)
            self.tick("after a commit")

        database.engine.dialect.do_commit = commit  # type: ignore[method-assign, assignment]


class FastClock(SystemClock):
    """Hours pass in minutes, over restarts too."""

    begun = time.time()

    def now(self) -> datetime:
        return START + timedelta(seconds=(time.time() - self.begun) * SPEED)

    def steady(self) -> float:
        return time.monotonic() * SPEED

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        await super().wait(event, seconds / SPEED)


CLOCK = FastClock()


class Ledger(BaseSession):
    """Telegram: writes down what it accepts, and sometimes loses its answer or asks for patience."""

    def __init__(self, path: Path, bomb: Bomb, chance: random.Random) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._bomb = bomb
        self._chance = chance

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        await asyncio.sleep(self._chance.random() * 0.002)
        self._bomb.tick("before a call")
        luck = self._chance.random()
        if luck < 0.03:
            raise TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=0)
        if luck < 0.06:
            raise _cut(method)
        line = f"{method.chat_id}\t{getattr(method, 'text', '')!r}\n"  # type: ignore[attr-defined]
        os.write(self._file, line.encode())
        self._bomb.tick("after acceptance")
        if luck < 0.09:
            raise _cut(method)
        chat = Chat(id=int(method.chat_id), type="private")  # type: ignore[attr-defined]
        return Message(message_id=self._chance.randrange(1, 10**9), date=datetime.now(UTC), chat=chat)

    async def close(self) -> None:
        os.close(self._file)

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def _cut(method: TelegramMethod[Any]) -> TelegramNetworkError:
    error = TelegramNetworkError(method=method, message="cut")
    error.__cause__ = ServerDisconnectedError()
    return error
