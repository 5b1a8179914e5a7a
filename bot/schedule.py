"""The ticks: each asks the database what is due and does it.  Nothing is remembered here between two ticks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """Work that is asked for again and again.

    It must be safe to ask twice, and must find out by itself what is due.
    """

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


class Schedule:
    """Runs each tick at its pace, the first time at once, never two runs of one tick side by side.

    `leads` is set while this instance is the one of several that works unasked: ticks begin with it and rest without
    it.  (Partners would be asked, and staff told, by each instance.)
    """

    def __init__(self, ticks: tuple[Tick, ...], leads: asyncio.Event) -> None:
        self._leads = leads
        self._beginning: asyncio.Task[None] | None = None
        self._ticks = {tick.name: tick for tick in ticks}
        self._running: dict[str, asyncio.Lock] = {name: asyncio.Lock() for name in self._ticks}
        self._tasks: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begins to tick in the running event loop, as soon as this instance leads."""
        self._beginning = asyncio.create_task(self._begin())

    async def _begin(self) -> None:
        await self._leads.wait()
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self._run_where_we_lead,
                IntervalTrigger(seconds=tick.every.total_seconds(), timezone=UTC),
                args=(tick.name,),
                id=tick.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()

    async def _run_where_we_lead(self, name: str) -> None:
        if self._leads.is_set():
            await self.run(name)

    async def run(self, name: str) -> None:
        """Does the work of a tick now; waits for a run that is under way.  An error is logged, not raised."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        async with self._running[name]:
            try:
                await self._ticks[name].work()
            except Exception:  # the outermost loop: one failed run must not end the others
                _log.exception("the tick “%s” failed; it is tried again at its next time", name)

    async def stop(self, patience: timedelta = timedelta(seconds=20)) -> None:
        """Ticks no more, and lets the runs under way finish for as long as patience lasts."""
        if self._beginning is not None:
            self._beginning.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
        under_way = {task for task in self._tasks if task is not asyncio.current_task()}
        if under_way:
            await asyncio.wait(under_way, timeout=patience.total_seconds())
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
