"""`jarchy db`: the schema and backups."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from bot.cli.common import Group, Refused, asynchronous, confirmed, settings
from bot.ready import open_database, ready_database
from storage.database import Database, sqlite_path
from storage.schema import BASE, check_revision, current_revision, differences, downgrade, newest_revision


@click.group("db", cls=Group)
def command() -> None:
    """Looks after the database: its schema and its backups."""


@command.command()
@asynchronous
async def upgrade() -> None:
    """Makes the database if it is not there, and brings it up to this version.

    Safe to repeat. Every other command does the same when it finds an older database.
    """
    async with ready_database(settings()) as ready:
        click.echo(f"The database is at revision {await current_revision(ready)}.")


@command.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Does it without asking.")
@asynchronous
async def take_back(revision: str, yes: bool) -> None:
    """Takes the schema back to REVISION, for going back to an older version. Make a backup first.

    What newer versions keep is removed for good; with "base" that is everything. It asks before.
    """
    check_revision(revision)
    async with open_database(settings()) as chosen:
        before = await current_revision(chosen) or BASE
        if before == revision:
            click.echo(f"The database is at revision {revision} already.")
            return
        if not yes and not confirmed(_going(chosen, before, revision)):
            raise Refused("Nothing was changed.")
        await downgrade(chosen, revision)
    click.echo(f"The database is at revision {revision} now.")


def _going(database: Database, before: str, revision: str) -> str:
    gone = "everything in it" if revision == BASE else f"everything that came after revision {revision}"
    where = database.url.render_as_string(hide_password=True)
    return f"{where} is at revision {before}. Remove {gone} for good?"


@command.command()
@asynchronous
async def check() -> None:
    """Says whether the schema is the one this version wants. Exit code 1 where it is not."""
    async with open_database(settings()) as chosen:
        revision, wanted = await current_revision(chosen), newest_revision()
        found = await differences(chosen) if revision == wanted else []
    if revision != wanted:
        raise Refused(
            f"The database is at revision {revision}, this version wants {wanted}: run “jarchy db upgrade”."
        )
    if found:
        raise Refused("The schema differs from the models:\n" + "\n".join(f"  {change}" for change in found))
    click.echo(f"The database is at revision {revision} and as it should be.")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copies an embedded database into FILE while the bot goes on running.

    To restore it: stop the bot, put FILE in place of the database, start the bot.
    """
    source = sqlite_path(settings().parsed_database_url)
    if source is None:
        raise Refused("The database is on a PostgreSQL server: back it up with pg_dump.")
    if not source.exists():
        raise Refused(f"There is no database at {source} yet.")
    if file.exists():
        raise Refused(f"{file} is there already: name another file.")
    try:
        _copy(source, file)
    except sqlite3.Error as error:
        raise Refused(f"{source} cannot be copied: {error}. Is DATABASE_URL the database?") from error
    click.echo(f"{source} was copied into {file} ({file.stat().st_size / 1e6:.1f} MB).")


def _copy(source: Path, target: Path) -> None:
    """SQLite's online backup: consistent, though others write meanwhile (https://www.sqlite.org/backup.html)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    reading, writing = sqlite3.connect(source), sqlite3.connect(unfinished)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()
    unfinished.replace(target)
