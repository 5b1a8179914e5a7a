"""Ticks run again and again, one run at a time, and survive a failure."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.delivery.sender import Sender
from bot.schedule import Schedule, Tick
from storage.database import Database
from tests.bot.delivery.telegram import FakeTelegram, fake_bot

SOON = timedelta(milliseconds=20)


def leading() -> asyncio.Event:
    leads = asyncio.Event()
    leads.set()
    return leads


async def until(condition: object, seconds: float = 3) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def test_a_tick_that_fails_is_tried_again_and_does_not_stop_the_others() -> None:
    runs = {"bad": 0, "good": 0}

    async def bad() -> None:
        runs["bad"] += 1
        raise RuntimeError("the source is not there")

    async def good() -> None:
        runs["good"] += 1

    schedule = Schedule((Tick("bad", SOON, bad), Tick("good", SOON, good)), leading())
    schedule.start()
    await until(lambda: runs["bad"] > 1 and runs["good"] > 1)
    await schedule.stop()


async def test_two_runs_of_a_tick_never_overlap() -> None:
    inside, most = 0, 0

    async def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1

    schedule = Schedule((Tick("slow", SOON, work),), leading())
    schedule.start()
    await asyncio.gather(*(schedule.run("slow") for _ in range(5)))
    await schedule.stop()
    assert most == 1


async def test_stopping_lets_the_run_under_way_finish() -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.set()

    schedule = Schedule((Tick("slow", timedelta(hours=1), work),), leading())
    schedule.start()
    await begun.wait()
    await schedule.stop()
    assert finished.is_set()


async def test_of_two_programs_on_one_database_one_ticks_and_the_other_follows_it(database: Database) -> None:
    runs = {"first": 0, "second": 0}

    async def program(name: str, stop: asyncio.Event) -> None:
        async def work() -> None:
            runs[name] += 1

        sender = Sender(database, fake_bot(FakeTelegram()))
        schedule = Schedule((Tick("listen", SOON, work),), sender.leads)
        schedule.start()
        await sender.run(stop)
        await schedule.stop()

    ends = {"first": asyncio.Event(), "second": asyncio.Event()}
    first = asyncio.create_task(program("first", ends["first"]))
    await until(lambda: runs["first"] > 0)
    second = asyncio.create_task(program("second", ends["second"]))
    before = runs["first"]
    await until(lambda: runs["first"] > before + 2)
    assert runs["second"] == 0

    ends["first"].set()
    await first
    once = runs["first"]
    await until(lambda: runs["second"] > 1, seconds=10)
    assert runs["first"] == once
    ends["second"].set()
    await second
