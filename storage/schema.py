"""The schema of the database: brought up to date by Alembic, and checked against the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database
from storage.errors import N_, StorageError
from storage.models import Base

BASE = "base"
"""The revision of a database in which there is nothing."""
MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownRevision(StorageError):
    """No schema of this program has this name."""

    code = "storage.unknown_revision"
    sentence = N_(
        "There is no revision “{revision}”. There are: {known}; and base, which removes everything."
    )

    def __init__(self, revision: str) -> None:
        super().__init__(revision=revision, known=", ".join(sorted(known_revisions())))


async def upgrade(database: Database, revision: str = "head") -> None:
    """Brings the schema up to a revision.  Safe to ask twice, and from two processes at once."""
    await _migrate(database, command.upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    """Takes the schema back to a revision, or to `base`; what came after it is gone.  Raises UnknownRevision."""
    check_revision(revision)
    await _migrate(database, command.downgrade, revision)


def check_revision(revision: str) -> None:
    """Raises UnknownRevision where a schema cannot be taken back to it."""
    if revision not in {BASE, *known_revisions()}:
        raise UnknownRevision(revision)


async def current_revision(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def newest_revision() -> str:
    """The revision this version of the program wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def known_revisions() -> frozenset[str]:
    """Every revision this version of the program has."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


async def differences(database: Database) -> list[Any]:
    """In what the schema differs from the models, as Alembic's operations; empty where they agree."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_compare)


def is_ours(name: str | None, kind: str, _parents: Any = None) -> bool:
    """Whether a table of the database is one of the models: the search index makes tables of its own."""
    return kind != "table" or name in Base.metadata.tables


def _compare(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "include_name": is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


async def _migrate(database: Database, change: Any, revision: str) -> None:
    async with database.engine.connect() as connection:
        await connection.run_sync(_run, change, revision)


def _run(connection: Connection, change: Any, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if connection.dialect.name == "sqlite":
        _run_on_sqlite(connection, lambda: change(config, revision))
        return
    with connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('jarchy:schema'))"))
        change(config, revision)


def _run_on_sqlite(connection: Connection, change: Any) -> None:
    """A batch rebuild drops the old table, which would cascade to its children: migrate with foreign keys off."""
    dbapi = connection.connection
    dbapi.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            change()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration leaves rows without their parents: {broken[:5]}")
    finally:
        dbapi.cursor().execute("PRAGMA foreign_keys=ON")
