"""`jarchy run`: the bot itself."""

from __future__ import annotations

import click

from bot.cli.common import asynchronous, settings


@click.command("run")
@asynchronous
async def command() -> None:
    """Runs the bot until Ctrl+C or SIGTERM.

    With BOT_TOKEN on Telegram; without it on the local sandbox, a chat page in the browser. The database is made and
    migrated where it needs to be.
    """
    chosen = settings()
    click.echo("Starting …", err=True)
    from bot.app import run  # here: loading Telegram's types takes seconds, settings are checked at once

    await run(chosen, lambda sentence: click.echo(sentence, err=True))
