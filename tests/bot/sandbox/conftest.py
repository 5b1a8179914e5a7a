"""A sandbox for a test: on a clock that the test moves, served on loopback, with a real aiogram bot in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.sandbox.limits import FloodLimits
from bot.sandbox.people import CITIZEN_ID
from bot.sandbox.server import Sandbox


class FrozenClock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def sandbox(clock: FrozenClock) -> AsyncIterator[Sandbox]:
    """Running, with flood limits on and nobody having started the bot."""
    sandbox = Sandbox(clock, FloodLimits(clock))
    await sandbox.start(port=0)
    yield sandbox
    await sandbox.stop()


class PromptSession(AiohttpSession):
    """Closes without the quarter of a second that TLS connections would want."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """A plain aiogram bot that reaches the sandbox over HTTP, as any bot would."""
    session = PromptSession(api=TelegramAPIServer.from_base(sandbox.api_url))
    async with Bot(sandbox.token, session=session) as bot:
        yield bot


@pytest.fixture
async def quick_bot(sandbox: Sandbox) -> Bot:
    """The same bot without HTTP between."""
    return Bot(sandbox.token, session=sandbox.session())


@pytest.fixture
def citizen(sandbox: Sandbox) -> int:
    """A person who has started the bot; the update of that is out of the way."""
    sandbox.people.start(CITIZEN_ID)
    sandbox.model.queue.drop()
    return CITIZEN_ID
