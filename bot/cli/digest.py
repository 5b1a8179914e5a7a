"""`jarchy digest`: what a subscriber would get."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from bot.cli.common import Refused, asynchronous, print_json, settings
from bot.digests import preview
from bot.ready import ready_database
from storage.labels import labels
from storage.languages import LANGUAGES, Language
from storage.subscribers import What

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@click.command("digest")
@click.option(
    "--topics", required=True, metavar="SLUGS", help="Topics with commas between them: pser,women_leaders."
)
@click.option(
    "--since",
    default="7d",
    show_default=True,
    metavar="TIME",
    help="12h, 7d, 4w, or a day such as 2026-11-01.",
)
@click.option("--territory", metavar="SLUG", help="Only releases about this oblast, such as naryn.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language of what is around the titles.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: parts with text and entities.")
@asynchronous
async def command(
    topics: str, since: str, territory: str | None, language: Language | None, as_json: bool
) -> None:
    """Shows the messages that a subscriber would get, without sending anything.

    \b
    jarchy digest --topics pser,local_initiatives --since 7d
    """
    chosen, now = settings(), datetime.now(UTC)
    moment = _since(since, now)
    async with ready_database(chosen) as database:
        names = await labels(database)
        wanted = [slug.strip() for slug in topics.split(",") if slug.strip()]
        _require("topic", wanted, list(names.topic))
        _require("territory", [territory] if territory else [], list(names.territory))
        whats = [What(topic=slug, territory=territory) for slug in wanted]
        parts = await preview(database, whats, moment, language or chosen.language, now, chosen.timezone)
    texts = [{"text": part.params["text"], "entities": part.params.get("entities", [])} for part in parts]
    if as_json:
        print_json({"parts": texts})
    else:
        click.echo("\n\n".join(text["text"] for text in texts) or "Nothing in that time.")


def _since(text: str, now: datetime) -> datetime:
    """A moment from `7d` or `2026-11-01`; raises Refused for anything else."""
    if match := re.fullmatch(r"(\d{1,4})([hdw])", text.strip()):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--since {text}: write 12h, 7d, 4w, or a day such as 2026-11-01.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _require(kind: str, slugs: list[str], known: list[str]) -> None:
    for slug in slugs:
        if slug not in known:
            raise Refused(f"There is no {kind} “{slug}”. There are: {', '.join(known)}.")
