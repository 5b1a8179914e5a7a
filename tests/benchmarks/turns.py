"""How long the event loop is held, in processor time of its thread, which other work on the machine does not swell."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Turns:
    """What was measured, in seconds."""

    longest: float = 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[Turns]:
    """Measures the longest time that the loop's thread worked without letting a waiting task run.

    The collector of garbage is left out: it walks through all that the other tests have left behind.
    """
    turns = Turns()

    async def tick() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            turns.longest, last = max(turns.longest, now - last), now

    gc.disable()
    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        yield turns
        await asyncio.sleep(0.002)
    finally:
        ticking.cancel()
        gc.enable()
