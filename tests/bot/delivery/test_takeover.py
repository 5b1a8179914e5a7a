"""Two programs on one database: the second sends within seconds of the first one's death."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time

import pytest

from bot.delivery.clock import SystemClock
from bot.delivery.lock import SenderLock
from storage.database import Database

OTHER_PROGRAM = """
import asyncio, sys
from bot.delivery.clock import SystemClock
from bot.delivery.lock import SenderLock
from storage.database import Database

async def hold():
    lock = SenderLock(Database(sys.argv[1]), SystemClock())
    await lock.acquire(asyncio.Event())
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(hold())
"""
WITHIN = 5.0
"""Seconds."""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
async def test_the_second_takes_over_within_seconds(database: Database, how: signal.Signals) -> None:
    url = database.url.render_as_string(hide_password=False)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER_PROGRAM, url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert other.stdout
        assert await other.stdout.readline() == b"held\n"
        ours = SenderLock(database, SystemClock())
        waiting = asyncio.create_task(ours.acquire(asyncio.Event()))
        await asyncio.sleep(0.5)
        assert not waiting.done()

        os.kill(other.pid, how)
        began = time.monotonic()

        assert await asyncio.wait_for(waiting, WITHIN)
        assert time.monotonic() - began < WITHIN
        assert await ours.is_held()
        await ours.release()
    finally:
        if other.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                other.kill()
        await other.wait()
