"""One sender at a time: a second instance waits, and takes over within seconds when the first is gone.

SQLite: a lock on a file beside the database, which the operating system releases when the process dies.
PostgreSQL: a session-level advisory lock, which the server releases when the connection is gone.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.clock import Clock
from storage.database import Database, sqlite_path

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2.0
ANSWERS_WITHIN: Final = 5.0
"""Seconds after which a database that is asked for the lock and says nothing has taken it away."""


class SenderLock:
    """The right to send.  `acquire` waits for it; `is_held` says whether it is still there.

    Limits: two programs on one SQLite file on a network file system whose locks do not work are not kept apart.
    """

    def __init__(self, database: Database, clock: Clock, name: str = "sender") -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._file: int | None = None
        self._connection: AsyncConnection | None = None

    async def acquire(self, stop: asyncio.Event) -> bool:
        """Waits until no other instance sends; False where `stop` was set before that."""
        waiting = False
        while not stop.is_set():
            if await self._try():
                return True
            if not waiting:
                log.info("another instance is the %s; waiting for it to end", self._name)
                waiting = True
            await self._clock.wait(stop, RETRY_SECONDS)
        return False

    async def is_held(self) -> bool:
        """Whether the lock is still ours: a connection to PostgreSQL that is lost, or says nothing, loses it."""
        if self._database.is_sqlite:
            return self._file is not None
        if self._connection is None:
            return False
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            await self.release()
            return False
        return True

    async def release(self) -> None:
        """Lets another instance send."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                await connection.invalidate()
                await connection.close()
            except (SQLAlchemyError, OSError):
                log.warning("the connection that held the lock was already gone")

    async def _try(self) -> bool:
        return self._try_file() if self._database.is_sqlite else await self._try_advisory()

    def _try_file(self) -> bool:
        path = sqlite_path(self._database.url)
        place = path.with_name(f"{path.name}.{self._name}.lock") if path else Path(os.devnull)
        file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def _try_advisory(self) -> bool:
        try:
            connection = await self._database.engine.connect()
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            query = text("SELECT pg_try_advisory_lock(hashtext(:name))")
            taken = bool(await connection.scalar(query, {"name": f"jarchy:{self._name}"}))
        except (SQLAlchemyError, OSError):
            log.exception("the database did not answer when asked for the %s's lock", self._name)
            return False
        if taken:
            self._connection = connection
        else:
            await connection.close()
        return taken
