"""Transactions neither lose updates nor leak naive times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

import storage.database
from storage.database import Database
from storage.models import ConversationRow


async def add_row(database: Database, moment: datetime) -> None:
    async with database.write() as session:
        session.add(ConversationRow(key="k", state="0", data={}, updated_at=moment))


async def test_no_update_of_many_writers_is_lost(database: Database, now: datetime) -> None:
    await add_row(database, now)
    others = [Database(database.url.render_as_string(hide_password=False)) for _ in range(2)]

    async def count_up(through: Database) -> None:
        for _ in range(10):
            async with through.write() as session:
                query = select(ConversationRow).where(ConversationRow.key == "k").with_for_update()
                row = (await session.scalars(query)).one()
                await asyncio.sleep(0)
                row.state = str(int(row.state or 0) + 1)

    await asyncio.gather(*(count_up(one) for one in (database, database, *others)))
    async with database.read() as session:
        assert (await session.get_one(ConversationRow, "k")).state == "40"
    for other in others:
        await other.close()


async def test_what_raises_is_rolled_back(database: Database, now: datetime) -> None:
    await add_row(database, now)
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            (await session.get_one(ConversationRow, "k")).state = "changed"
            await session.flush()
            raise RuntimeError
    async with database.read() as session:
        assert (await session.get_one(ConversationRow, "k")).state == "0"


async def test_a_reader_is_not_held_up_by_a_writer(database: Database, now: datetime) -> None:
    await add_row(database, now)
    async with database.write() as writing:
        await writing.execute(text("UPDATE conversations SET state = 'changed'"))
        async with asyncio.timeout(2), database.read() as reading:
            assert (await reading.get_one(ConversationRow, "k")).state == "0"


async def test_times_come_back_aware_and_equal(database: Database) -> None:
    local = datetime(2026, 11, 20, 10, 30, tzinfo=timezone(timedelta(hours=6)))
    await add_row(database, local)
    async with database.read() as session:
        stored = (await session.get_one(ConversationRow, "k")).updated_at
    assert (stored, stored.tzinfo) == (local, UTC)


async def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        await add_row(database, datetime(2026, 11, 20))


async def test_the_server_is_asked_to_notice_within_seconds_that_a_program_is_gone() -> None:
    asked: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes a connection up to what is asked of the session, and closes it."""
        while not asked.done():
            packet = await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
            if len(packet) == 4:  # first of all it asks for TLS
                writer.write(b"N")
                continue
            words = packet[4:].decode().split("\0")
            asked.set_result(dict(zip(words[::2], words[1::2], strict=False)))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        database = Database(f"postgresql+asyncpg://jarchy:secret@127.0.0.1:{port}/jarchy")
        with suppress(Exception):
            await database.ping()
        await database.close()

    idle, interval, count = (
        int(asked.result()[f"tcp_keepalives_{name}"]) for name in ("idle", "interval", "count")
    )
    assert idle + interval * count < 15
    assert int(asked.result()["tcp_user_timeout"]) <= 15_000


async def test_a_command_that_is_never_answered_is_given_up(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "COMMAND_TIMEOUT", 0.2)
    impatient = Database(postgresql_database.url.render_as_string(hide_password=False))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5), impatient.read() as session:
            await session.execute(text("SELECT pg_sleep(4)"))
    await impatient.close()
