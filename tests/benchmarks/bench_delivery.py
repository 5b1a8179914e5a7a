"""How fast a country is told: planning for 100,000 subscribers, and sending through the durable outbox.

    python -m tests.benchmarks.bench_delivery [planning] [sending] [pace]

Sending is measured against a bare `asyncio.gather` of the same calls to the same server in the same run, so that the
machine drops out of the ratio.  The server is another process on loopback that answers as Telegram does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import web
from sqlalchemy import insert

from bot.delivery.sender import Sender
from bot.digests import plan_due
from bot.telegram import make_bot
from storage.database import Database
from storage.deliveries import Deliveries, Lane, Part
from storage.models import SubscriptionRow
from storage.schema import upgrade
from tests.bot.delivery.town import TOPICS, Town
from tests.end_to_end.program import sandbox_process

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SUBSCRIBERS = 100_000
RELEASES = 30
SENDS = 10_000
GATHERED = 200
"""Calls in one bare gather: more at once made it slower."""
AT_PACE = 600
PACE = 30
TEXT = "Айылдык кеңештин жыйыны ишемби күнү өтөт. " * 8


def planning() -> dict[str, Any]:
    """Seconds and memory of planning digests for everybody, after a day's releases."""
    with folder() as path:
        return asyncio.run(_planning(path))


async def _planning(path: Path) -> dict[str, Any]:
    async with fresh(path) as town:
        await town.found(NOW)
        await subscribe_everybody(town)
        for number in range(RELEASES):
            topics = [slug for place, slug in enumerate(TOPICS) if (number + place) % 3 == 0]
            await town.publish(NOW, *topics)
        before = psutil.Process().memory_info().rss
        began = time.perf_counter()
        report = await plan_due(town.database, NOW + timedelta(hours=23))
        seconds = time.perf_counter() - began
        assert report.deliveries == SUBSCRIBERS, report
        return {
            "bench": "planning",
            "subscribers": SUBSCRIBERS,
            "messages": report.messages,
            "seconds": round(seconds, 2),
            "memory_mb": round(psutil.Process().memory_info().rss / 2**20),
            "grown_mb": round((psutil.Process().memory_info().rss - before) / 2**20),
        }


async def subscribe_everybody(town: Town) -> None:
    """A hundred thousand chats, one to three topics each, once a day at nine."""
    slugs = list(TOPICS)
    due = NOW + timedelta(hours=23)
    for start in range(1, SUBSCRIBERS + 1, 10_000):
        chats = range(start, start + 10_000)
        await town.people(chats, NOW, languages=("ky", "ru"))
        rows = [
            {
                "chat_id": chat,
                "what": f"topic:{slug}",
                "topic": slug,
                "cadence": "daily",
                "starts_after": 0,
                "delivered_up_to": 0,
                "next_due_at": due,
                "created_at": NOW,
            }
            for chat in chats
            for slug in slugs[: 1 + chat % 3]
        ]
        async with town.database.write() as session:
            await session.execute(insert(SubscriptionRow), rows)


def sending() -> dict[str, Any]:
    """Recipients a second through the outbox without limits, and what share of bare sends that is."""
    with folder() as path, telegram() as url:
        return asyncio.run(_sending(path, url))


async def _sending(path: Path, url: str) -> dict[str, Any]:
    async with fresh(path) as town, talking(url) as bot:
        await town.people(range(1, SENDS + 1), NOW)
        await gathered(bot, 500)
        outbox = await emptied(town, bot, list(range(1, SENDS + 1)), per_second=0)
        bare = await gathered(bot, SENDS)
        return {
            "bench": "sending",
            "recipients": SENDS,
            "outbox_per_second": round(SENDS / outbox),
            "bare_per_second": round(SENDS / bare),
            "ratio": round(bare / outbox, 2),
        }


def pace() -> dict[str, Any]:
    """How exactly the pace is kept when there is work, on a sandbox that enforces Telegram's limits."""
    with folder() as path:
        return asyncio.run(_pace(path))


async def _pace(path: Path) -> dict[str, Any]:
    async with fresh(path) as town, sandbox_process() as sandbox:
        created = await sandbox.order("create_people", count=AT_PACE)
        chats = list(created["people"])
        await town.people(chats, NOW)
        times: list[float] = []
        async with talking(sandbox.base, str(sandbox.ready["token"])) as bot:
            bot.session.middleware(Stopwatch(times))
            await emptied(town, bot, chats, per_second=PACE)
        return {
            "bench": "pace",
            "asked_per_second": PACE,
            "kept_per_second": round((len(times) - 1) / (times[-1] - times[0]), 2),
            "most_in_a_second": max(sum(at <= moment < at + 1 for moment in times) for at in times),
            "refused_with_429": (await sandbox.get("control/requests"))["flood_refusals"],
        }


class Stopwatch(BaseRequestMiddleware):
    """Notes when each call begins."""

    def __init__(self, times: list[float]) -> None:
        self._times = times

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        self._times.append(time.monotonic())
        return await make_request(bot, method)


async def gathered(bot: Bot, count: int) -> float:
    """Seconds of as many bare sends."""
    began = time.perf_counter()
    for start in range(1, count + 1, GATHERED):
        await asyncio.gather(*(bot.send_message(chat, TEXT) for chat in range(start, start + GATHERED)))
    return time.perf_counter() - began


async def emptied(town: Town, bot: Bot, chats: list[int], *, per_second: float) -> float:
    """Seconds until the outbox has sent one message to each chat, exactly once."""
    deliveries = Deliveries(town.database)
    part = Part("sendMessage", {"text": TEXT})
    count = len(chats)
    for start in range(0, count, 10_000):
        await deliveries.send("notice", "ky", [part], chats[start : start + 10_000], Lane.ANNOUNCEMENTS, NOW)
    sender = Sender(town.database, bot, per_second=per_second)
    stop = asyncio.Event()
    began = time.perf_counter()
    running = asyncio.create_task(sender.run(stop))
    while sender.status.outcomes.get("sent", 0) < count:
        await asyncio.sleep(0.005)
    seconds = time.perf_counter() - began
    stop.set()
    await running
    assert sender.status.outcomes == {"sent": count}
    return seconds


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jarchy-bench-") as name:
        yield Path(name)


@asynccontextmanager
async def fresh(path: Path) -> AsyncIterator[Town]:
    """A town in an empty database."""
    database = Database(f"sqlite+aiosqlite:///{path / 'jarchy.db'}")
    await upgrade(database)
    yield Town(database)
    await database.close()


@asynccontextmanager
async def talking(url: str, token: str = "42:bench") -> AsyncIterator[Bot]:
    """A bot that speaks with the server."""
    bot = make_bot(token, url)
    yield bot
    await bot.session.close()


@contextmanager
def telegram() -> Iterator[str]:
    """The address of a server, in a process of its own, that accepts every message."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def serve(pipe: Connection) -> None:
    """Answers `sendMessage` as Telegram does, and says on which port."""
    answer = json.dumps(
        {"ok": True, "result": {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 1, "type": "private"}}}
    )

    async def send(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text=answer, content_type="application/json")

    async def run() -> None:
        application = web.Application()
        application.router.add_post("/{token}/{method}", send)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


BENCHES = {"planning": planning, "sending": sending, "pace": pace}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        print(json.dumps(BENCHES[name]()), flush=True)
