"""The engine and its two kinds of transaction, on SQLite and on PostgreSQL.

SQLite's defaults lose updates and fail with "database is locked" under concurrent writers, so the driver's own
transaction handling is switched off and every transaction says at its start whether it will write
(https://www.sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from storage.errors import N_, StorageError

BUSY_TIMEOUT_MS = 5_000

COMMAND_TIMEOUT: Final = 60.0
CONNECT_TIMEOUT: Final = 10.0
"""Seconds until a server that does not answer is given up."""

_DEAD_PEERS_ARE_NOTICED: Final = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""What the server does about a machine that vanished without a word: within some ten seconds it gives up the connection
and with it the locks that others wait for; by itself it would take hours
(https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS).
"""


class NoPlaceForDatabase(StorageError):
    """The folder of an embedded database is not there and cannot be made."""

    code = "storage.no_place"
    sentence = N_(
        "DATABASE_URL: there is no place for {path} ({reason}). Name a file in a folder that can be written."
    )


class NoDatabaseServer(StorageError):
    """Nobody answers where the database is said to be."""

    code = "storage.no_server"
    sentence = N_(
        "DATABASE_URL: the server does not answer ({reason}). Does it run, and does it let this machine in?"
    )


class Database:
    """One database, its connection pool, and the write lock of this process.

    `read()` and `write()` each give a session with one transaction: committed at the end of a `write()` block,
    rolled back when it raises.  Never await the network inside `write()`: SQLite has one writer at a time.
    """

    def __init__(self, url: str, *, echo: bool = False) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url, echo) if self.is_sqlite else _postgresql_engine(self.url, echo)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._write_lock = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: a consistent view that never waits for the writer."""
        async with self._sessions() as session:
            await session.connection(execution_options={"jarchy_begin": "DEFERRED"})
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction that writes; commits at the end of the block."""
        lock = self._write_lock if self.is_sqlite else nullcontext()
        async with lock, self._sessions() as session:
            await session.connection(execution_options={"jarchy_begin": "IMMEDIATE"})
            yield session
            await session.commit()

    async def ping(self) -> None:
        """Raises a SQLAlchemy error where the database does not answer."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Gives every connection back."""
        await self.engine.dispose()


async def serialise(session: AsyncSession, name: str) -> None:
    """Makes transactions that name the same thing run one after another until they end.

    On SQLite every writer already does.  On PostgreSQL a transaction-level advisory lock is taken, so that rows
    numbered inside it become visible in the order of their numbers.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"jarchy:{name}"}
        )


def sqlite_path(url: URL) -> Path | None:
    """The file of an embedded database, or None for a server or a database in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def _sqlite_engine(url: URL, echo: bool) -> AsyncEngine:
    if path := sqlite_path(url):
        _make_folder(path)
    engine = create_async_engine(url, echo=echo, pool_size=8, max_overflow=8)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite_connection)
    event.listen(engine.sync_engine, "begin", _begin_sqlite_transaction)
    return engine


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoPlaceForDatabase(path=path, reason=error.strerror or error) from error


def _postgresql_engine(url: URL, echo: bool) -> AsyncEngine:
    return create_async_engine(
        url,
        echo=echo,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT,
            "command_timeout": COMMAND_TIMEOUT,
            "server_settings": _DEAD_PEERS_ARE_NOTICED,
        },
    )


def _prepare_sqlite_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    mode = connection.get_execution_options().get("jarchy_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
