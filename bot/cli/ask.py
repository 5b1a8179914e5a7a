"""`jarchy ask`: what would the bot answer?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click

from bot.answers import answer, as_json, plain_text
from bot.answers.archive import Archive
from bot.cli.common import Batch, Refused, asynchronous, print_json, read_lines, settings
from bot.ready import ready_database
from bot.settings import Settings
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
    lines = None if file is None else read_lines(file)
    chosen = settings()
    with Batch() as batch:
        questions = [query or ""] if lines is None else _questions(file or "", lines, batch)
        await _answer_all(questions, chosen, language, as_lines)


async def _answer_all(
    questions: Iterable[str], chosen: Settings, language: Language | None, as_lines: bool
) -> None:
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


def _questions(path: str, lines: Iterable[tuple[int, str]], batch: Batch) -> Iterator[str]:
    for number, line in lines:
        place = f"{path}, line {number}"
        if not line.startswith("{"):
            yield line
        elif (asked := batch.json_object(place, line)) is not None:
            if isinstance(query := asked.get("query"), str):
                yield query
            else:
                batch.refuse(f"{place} is not a JSON object with a query.")
