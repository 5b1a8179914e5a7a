"""Two programs on one database: the second sends within seconds of the first one's death."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time

import pytest
from sqlalchemy import text

import bot.delivery.lock
from bot.delivery.clock import SystemClock
from bot.delivery.lock import SenderLock
from storage.database import Database

OTHER_PROGRAM = """
import asyncio, sys
import bot.delivery.lock
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


async def test_a_database_that_says_nothing_has_taken_the_lock_away(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a cut of the network: another program may have the lock by now."""
    monkeypatch.setattr(bot.delivery.lock, "ANSWERS_WITHIN", 0.5)
    lock = SenderLock(postgresql_database, SystemClock())
    assert await lock.acquire(asyncio.Event())
    assert lock._connection
    backend = await lock._connection.scalar(text("SELECT pg_backend_pid()"))
    os.kill(backend, signal.SIGSTOP)
    try:
        async with asyncio.timeout(WITHIN):
            assert not await lock.is_held()
    finally:
        os.kill(backend, signal.SIGCONT)
