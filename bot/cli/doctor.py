"""`jarchy doctor`: is everything as it should be?"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, datetime

import click

from bot.cli.common import asynchronous, print_json, settings
from bot.doctor import Finding, examine

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: check, state, detail, advice.")
@asynchronous
async def command(as_json: bool) -> None:
    """Checks settings, disk, database, registry, sources, outbox and Telegram, and says what to do.

    Exit code 1 where something does not work.
    """
    failed = False
    async with aclosing(examine(settings(), datetime.now(UTC))) as findings:
        async for finding in findings:
            failed = failed or finding.state == "error"
            if as_json:
                print_json(asdict(finding))
            else:
                _show(finding)
    if failed:
        raise SystemExit(1)


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.state]
    click.echo(f"{click.style(sign, fg=colour)} {finding.check}: {finding.detail}")
    if finding.advice:
        click.echo(f"    {finding.advice}")
