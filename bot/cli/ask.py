"""`jarchy ask`: what would the bot answer?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from bot.answers import answer, as_json, plain_text
from bot.answers.archive import Archive
from bot.cli.common import Refused, asynchronous, print_json, read_lines, settings
from bot.ready import ready_database
from storage.languages import LANGUAGES, Language
from storage.registry import Registry
from storage.releases import Releases
from storage.search import ReleaseSearch


@click.command("ask")
@click.argument("query", required=False)
@click.option(
    "--file",
    "file",
    metavar="FILE",
    help="A question a line, or JSON lines with query; - for standard input.",
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="For questions that do not show their language."
)
@click.option(
    "--json",
    "as_lines",
    is_flag=True,
    help="One JSON object a line: query, kind, entity, text, sources, suggestions.",
)
@asynchronous
async def command(query: str | None, file: str | None, language: Language | None, as_lines: bool) -> None:
    """Answers a question as the bot would, from the registry and the stored releases.

    \b
    jarchy ask "кто финансирует Успешный аймак 2?"
    jarchy ask --json --file questions.txt
    """
    if (query is None) == (file is None):
        raise Refused("Say either QUERY or --file FILE.")
    questions = [query] if query is not None else list(_questions(file or ""))
    chosen = settings()
    async with ready_database(chosen) as database:
        snapshot = await Registry(database).snapshot()
        spoken = language or chosen.language
        archive = Archive(Releases(database), chosen.timezone, spoken, ReleaseSearch(database))
        for question in questions:
            given = await answer(question, snapshot, now=datetime.now(UTC), search=archive, language=spoken)
            if as_lines:
                print_json(as_json(question, given))
            else:
                click.echo(plain_text(given))


def _questions(path: str) -> Iterator[str]:
    for number, line in read_lines(path):
        if not line.startswith("{"):
            yield line
            continue
        try:
            yield str(json.loads(line)["query"])
        except (ValueError, KeyError):
            raise Refused(f"{path}, line {number} is not a JSON object with a query.") from None
