"""`python -m bot.sandbox --port N`: the sandbox alone, in a process of its own.

Prints one line of JSON with its addresses when it is ready, and runs until SIGINT or SIGTERM.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import click

from bot.sandbox.errors import SandboxError
from bot.sandbox.limits import FloodLimits
from bot.sandbox.model import utc_now
from bot.sandbox.people import STAFF_ID
from bot.sandbox.server import Sandbox


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option("--port", default=8080, show_default=True, help="0 takes any free port.")
@click.option("--state", type=click.Path(path_type=Path), help="A file that keeps chats between runs.")
@click.option(
    "--limits/--no-limits", default=True, show_default=True, help="Enforce Telegram's flood limits."
)
def main(host: str, port: int, state: Path | None, limits: bool) -> None:
    """Runs a local Telegram with a chat page and partner sites, without a bot."""
    sandbox = Sandbox(limits=FloodLimits(utc_now, enabled=limits), state_file=state)
    try:
        asyncio.run(_serve(sandbox, host, port))
    except SandboxError as error:
        raise click.ClickException(str(error)) from error


async def _serve(sandbox: Sandbox, host: str, port: int) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    await sandbox.start(host, port)
    ready = {
        "page_url": sandbox.page_url,
        "api_url": sandbox.api_url,
        "token": sandbox.token,
        "staff_id": STAFF_ID,
        "sources": [source.url for source in sandbox.partners.sources()],
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    try:
        await ended.wait()
    finally:
        await sandbox.stop()


if __name__ == "__main__":
    main()
