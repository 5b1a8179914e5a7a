"""The whole of the conversations over a real database, spoken with through the sandbox."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.ready import make_ready
from storage.database import Database
from tests.conftest import NOW
from tests.handlers.talk import Talk, talking


@pytest.fixture(scope="session")
async def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped topics, oblasts and registry, that each test copies."""
    path = tmp_path_factory.mktemp("filled") / "jarchy.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    await make_ready(database, NOW)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await connection.exec_driver_sql("BEGIN")
    await database.close()
    return path


@pytest.fixture
async def talk(
    filled_template: Path, tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Talk]:
    """A bot without subscribers, with people who can speak to it.  A failure that a test does not expect fails it."""
    path = tmp_path / "jarchy.db"
    shutil.copy(filled_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with talking(database, now) as conversation:
        yield conversation
    await database.close()
    failures = [record for record in caplog.get_records("call") if record.name == "handlers.errors"]
    assert len(failures) == conversation.expected_failures, failures
