"""Time as the sender sees it: the calendar for the database, a steady clock for the pace."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Handed in, so that tests need not wait."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def steady(self) -> float:
        """Seconds that only ever grow, whatever is done to the calendar."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set or the seconds are over, whichever is first."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set or the seconds are over."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
