"""`jarchy tag`: what is a release about?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from bot.cli.common import Batch, Refused, asynchronous, print_json, read_lines, settings
from bot.ready import ready_database
from feeds.rules import canonical_name, tagging_rules
from feeds.tagging import Rules, Tags, tag
from storage.registry import Registry, RegistrySnapshot
from storage.topic_rules import TopicRules

_TEXT_FIELDS = ("title", "summary", "body")


@click.command("tag")
@click.option(
    "--file", "file", metavar="FILE", help="JSON lines with title, summary and body; - for standard input."
)
@click.option("--title", help="One release: its title.")
@click.option("--text", default="", help="One release: its text.")
@click.option("--explain", is_flag=True, help="Also the words that decided, and topics that were doubtful.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@asynchronous
async def command(file: str | None, title: str | None, text: str, explain: bool, as_json: bool) -> None:
    """Says which topics, regions, projects and organisations releases are about.

    \b
    jarchy tag --title "Айылные аймаки обновляют ПСЭР"
    jarchy tag --json --file releases.jsonl
    """
    if (file is None) == (title is None):
        raise Refused("Say either --file FILE or --title TITLE.")
    lines = None if file is None else read_lines(file)
    async with ready_database(settings()) as database:
        registry = await Registry(database).snapshot()
        rules = tagging_rules(registry, await TopicRules(database).topics())
    with Batch() as batch:
        one = {"title": title, "body": text}
        for entry in [one] if lines is None else _entries(file or "", lines, batch):
            tags = tag(_title(entry), _text(entry), rules)
            found = described(tags, rules, registry, explain=explain)
            if as_json:
                print_json(found)
            else:
                _show(_title(entry), found)


def _entries(path: str, lines: Iterable[tuple[int, str]], batch: Batch) -> Iterator[dict[str, Any]]:
    for number, line in lines:
        if (entry := batch.json_object(f"{path}, line {number}", line)) is not None:
            yield entry


def described(
    tags: Tags, rules: Rules, registry: RegistrySnapshot, *, explain: bool = False
) -> dict[str, Any]:
    """Tags with their canonical names, as the command prints them."""
    regions = [
        place for place in rules.territories if place.slug in tags.territories and place.parent is None
    ]
    found: dict[str, Any] = {
        "topics": list(tags.topics),
        "regions": [place.names.ru for place in regions],
        "projects": [canonical_name(registry, "project", slug) for slug in tags.projects],
        "organisations": [canonical_name(registry, "organisation", slug) for slug in tags.organisations],
    }
    if explain:
        found["uncertain"] = list(tags.uncertain)
        found["why"] = [
            {"tag": piece.tag, "rule": piece.rule, "words": list(piece.words), "weight": piece.weight}
            for piece in tags.why
        ]
    return found


def _title(entry: Mapping[str, Any]) -> str:
    return _string(entry, "title")


def _text(entry: Mapping[str, Any]) -> str:
    return "\n".join(filter(None, (_string(entry, name) for name in _TEXT_FIELDS[1:])))


def _string(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _show(title: str, found: Mapping[str, Any]) -> None:
    click.secho(title, bold=True)
    for name, values in found.items():
        click.echo(f"  {name}: {_listed(values)}")


def _listed(values: Iterable[Any]) -> str:
    return (
        ", ".join(
            f"{value['tag']} ({value['rule']}: {' … '.join(value['words'])})"
            if isinstance(value, dict)
            else value
            for value in values
        )
        or "—"
    )
