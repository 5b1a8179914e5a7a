"""Makes a database ready for use: its schema, the shipped registry, topics, territories and sources."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from bot.settings import Settings
from feeds.catalogue import shipped_sources
from storage.database import Database, NoDatabaseServer
from storage.errors import N_, JarchyError
from storage.labels import fill_labels
from storage.languages import Names
from storage.registry import Registry
from storage.schema import current_revision, known_revisions, newest_revision, upgrade
from storage.search_rebuild import ensure_current
from storage.sources import DESK, SourceDefinition, Sources


class NewerDatabase(JarchyError):
    """The database was made by a newer version of the program."""

    code = "bot.newer_database"
    sentence = N_(
        "The database is at revision {revision}, which this version does not know: it was made by a newer one. "
        "Install that version, or restore a backup made before it."
    )


DESK_SOURCE = SourceDefinition(
    slug=DESK,
    names=Names(ru="Редакция", ky="Редакция", en="The desk"),
    kind="desk",
    url="",
)
"""Releases that staff bring in themselves come from here."""


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings as it is, closed at the end.

    Raises NoPlaceForDatabase or NoDatabaseServer, or SQLAlchemy's errors where it does not work.
    """
    database = Database(settings.database_url)
    try:
        await _reached(database)
        yield database
    finally:
        await database.close()


async def _reached(database: Database) -> None:
    try:
        await database.ping()
    except OSError as error:
        raise NoDatabaseServer(reason=error.strerror or str(error)) from error


@asynccontextmanager
async def ready_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings, made ready and closed at the end.

    Raises NewerDatabase and what `open_database` raises.
    """
    async with open_database(settings) as database:
        await make_ready(database, datetime.now(UTC), hear_partners=not settings.sandboxed)
        yield database


async def make_ready(database: Database, now: datetime, *, hear_partners: bool = True) -> None:
    """Brings schema and shipped data up to this version.  Safe to ask again; cheap when nothing is to be done.

    Without `hear_partners` the shipped sources are added switched off: a sandbox has partners of its own.
    """
    revision = await current_revision(database)
    if revision is not None and revision not in known_revisions():
        raise NewerDatabase(revision=revision)
    if revision != newest_revision():
        await upgrade(database)
    await ensure_current(database)
    await fill_labels(database)
    await Registry(database).fill(now)
    shipped = (replace(source, enabled=source.enabled and hear_partners) for source in shipped_sources())
    await Sources(database).fill((DESK_SOURCE, *shipped), now)
