"""`jarchy refresh`: hear what is new, once."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bot.cli.common import Refused, asynchronous, settings
from bot.listening import listening
from bot.ready import ready_database
from feeds.refresh import Refreshed
from storage.registry import Registry


@click.command("refresh")
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@asynchronous
async def command(slugs: tuple[str, ...]) -> None:
    """Fetches the sources that are due, or those named by SLUG, and stores what is new.

    Nothing is sent from here: the running bot tells subscribers of what was stored. Exit code 1 where a source
    failed.
    """
    chosen, failed = settings(), 0
    async with (
        ready_database(chosen) as database,
        listening(database, Registry(database), chosen.fetch_allowed_hosts) as hearing,
    ):
        if slugs:
            done = [await hearing.refresh(slug, datetime.now(UTC)) for slug in slugs]
        else:
            due = await hearing.sources.due(datetime.now(UTC))
            click.echo(f"{len(due)} sources are due.", err=True)
            done = list(await hearing.refresh_due(datetime.now(UTC)))
    for refreshed in done:
        failed += refreshed.error is not None
        click.echo(f"{refreshed.source.slug:<24} {in_words(refreshed)}")
    if failed:
        raise Refused(f"{failed} of {len(done)} sources failed; they are tried again later by themselves.")


def in_words(refreshed: Refreshed) -> str:
    """What a refresh did, in one line."""
    if refreshed.error:
        return f"failed: {refreshed.error}"
    if refreshed.unchanged:
        return "unchanged"
    filed = refreshed.filed
    counts = {
        "new": filed.new,
        "archived in silence": filed.hushed,
        "changed": filed.changed,
        "copies": filed.copies,
    }
    return ", ".join(f"{len(numbers)} {name}" for name, numbers in counts.items() if numbers) or "nothing new"
