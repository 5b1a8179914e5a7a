"""`jarchy sources add`, `rule` and `backfill`: a new source, how it is read, and its past."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from bot.cli.common import Refused, asynchronous, print_json, settings
from bot.listening import listening
from bot.ready import ready_database
from feeds.addresses import with_scheme
from feeds.dates import local_day
from feeds.discover import Proposal, discover, source_at
from feeds.errors import FeedError
from feeds.items import Rule
from storage.registry import Registry
from storage.sources import Source, SourceDefinition, Sources
from storage.staff import Staff

_ITEMS_SHOWN = 5
_RULE_FIELDS = ("item_pattern", "title", "date", "body", "drop", "with_articles")


@click.command("add")
@click.argument("url")
@click.option("--choose", type=click.IntRange(1), metavar="N", help="Take the Nth way of reading it.")
@click.option("--yes", is_flag=True, help="Add without asking.")
@click.option("--slug", default="", help="The short name; made from the address otherwise.")
@click.option("--name", default="", help="The name that people see; the title of the page otherwise.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; adds only with --yes.")
@asynchronous
async def add(url: str, choose: int | None, yes: bool, slug: str, name: str, as_json: bool) -> None:
    """Finds what can be read at URL, shows it, and adds it as a source after a yes.

    A feed is looked for first, then lists of articles. The first fetch of a new source fills the archive; what comes
    after that is told.
    """
    if slug and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", slug):
        raise Refused("A slug has small Latin letters, digits and hyphens, up to 64 of them.")
    chosen, now = settings(), datetime.now(UTC)
    async with (
        ready_database(chosen) as database,
        listening(database, Registry(database), chosen.fetch_allowed_hosts) as hearing,
    ):
        taken = {source.slug for source in await hearing.sources.all()}
        if slug in taken:
            raise Refused(f"There is a source called “{slug}” already.")
        found = await discover(with_scheme(url), web=hearing.web, reader=hearing.reader, now=now)
        if not found:
            raise Refused("Neither a feed nor a list of news was found there. Try the page with the news.")
        for number, proposal in enumerate(found, start=1):
            _show(number, proposal, as_json)
        wanted = _wanted(len(found), choose, yes=yes, ask=not as_json)
        if not wanted:
            return
        best = found[wanted - 1]
        definition = source_at(
            best.kind, best.url, best.title, best.rule.as_mapping(), taken, slug=slug, name=name
        )
        await hearing.sources.put(definition, now)
        await Staff(database).audit(None, "source.add", f"source {definition.slug}", now)
    _show_added(definition, as_json)


@click.command("rule")
@click.argument("slug")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help=f"Change a part: {', '.join(_RULE_FIELDS)}. Empty takes it away; selectors of drop are separated by “;”.",
)
@click.option("--json", "as_json", is_flag=True, help="Versions as JSON, one a line, newest first.")
@asynchronous
async def rule(slug: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Shows how a source's pages are read, since when and by whose word; --set changes it.

    item_pattern is a regular expression for the addresses of articles; title, date, body and drop are CSS selectors.
    Try a change with “jarchy sources check” after it: a source is read anew at the next tick.
    """
    now = datetime.now(UTC)
    async with ready_database(settings()) as database:
        sources = Sources(database)
        source = await sources.get(slug)
        if changes:
            await sources.set_rule(slug, _changed(source, changes), None, now)
            await Staff(database).audit(None, "source.rule", f"source {slug}", now, {"set": list(changes)})
        versions = await sources.rule_versions(slug)
    for version in versions:
        said = {
            "since": version.changed_at.isoformat(timespec="seconds"),
            "by": version.changed_by,
            "kind": version.kind,
            "url": version.url,
            "rule": dict(version.rule),
        }
        if as_json:
            print_json(said)
            continue
        who = f"staff member {version.changed_by}" if version.changed_by else "the operator or the catalogue"
        click.secho(f"{said['since']}  by {who}", bold=True)
        click.echo(f"  {version.kind}  {version.url}")
        for name, value in version.rule.items():
            click.echo(f"  {name} = {value}")


@click.command("backfill")
@click.argument("slug")
@click.option(
    "--pages", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many at most."
)
@click.option(
    "--restart", is_flag=True, help="Begin with the newest page again, not where the last walk ended."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page.")
@asynchronous
async def backfill(slug: str, pages: int, restart: bool, as_json: bool) -> None:
    """Reads a source's older pages into the archive, one request a second, and tells nobody.

    Each page is stored before the next is asked for: stop it with Ctrl+C and start it again, it goes on from there.
    """
    chosen, filed, last = settings(), 0, None
    async with (
        ready_database(chosen) as database,
        listening(database, Registry(database), chosen.fetch_allowed_hosts) as hearing,
    ):
        source = await hearing.sources.get(slug)
        if source.kind not in ("feed", "listing"):
            raise Refused(f"“{slug}” has no pages to walk through.")
        try:
            async for step in hearing.backfiller().walk(source, pages, restart=restart):
                filed, last = filed + step.filed, step
                said = {"page": step.number, "url": step.url, "items": step.items, "new": step.filed}
                said |= {"missed": step.missed, "done": step.place.done}
                if as_json:
                    print_json(said)
                else:
                    missed = f", {step.missed} did not open" if step.missed else ""
                    click.echo(
                        f"page {step.number}: {step.items} items, {step.filed} new{missed}  {step.url}"
                    )
        except FeedError as error:
            raise Refused(f"{error} Run the same command again later: it goes on from there.") from error
    if not as_json:
        at_end = last is None or last.place.done
        click.echo(
            f"{filed} releases archived. {'This is the end of the archive.' if at_end else 'There is more.'}"
        )


def _wanted(count: int, choose: int | None, *, yes: bool, ask: bool) -> int:
    """The number of the proposal to add, 0 for none."""
    if choose and choose > count:
        raise Refused(f"There are only {count} ways of reading it.")
    if yes:
        return choose or 1
    if not ask:
        return 0
    if choose:
        return choose if click.confirm(f"Add way {choose}?") else 0
    answer: int = click.prompt("Which way? 0 adds nothing", type=click.IntRange(0, count), default=1)
    return answer


def _show(number: int, proposal: Proposal, as_json: bool) -> None:
    if as_json:
        print_json({"number": number, **_as_json(proposal)})
        return
    click.secho(f"{number}. {proposal.kind}: {proposal.title or proposal.url}", bold=True)
    click.echo(f"   {proposal.url}")
    if proposal.rule.item_pattern:
        click.echo(f"   articles: {proposal.rule.item_pattern}")
    for item in proposal.items[:_ITEMS_SHOWN]:
        day = local_day(item.published_at)
        click.echo(f"   {day.isoformat() if day else 'no date   '}  {item.title}")
        if words := " ".join((item.summary or item.body).split())[:110]:
            click.secho(f"               {words}", fg="bright_black")
    if len(proposal.items) > _ITEMS_SHOWN:
        click.echo(f"   and {len(proposal.items) - _ITEMS_SHOWN} more")
    if proposal.first_words:
        click.echo(f"   The first one begins: {proposal.first_words[:200]}")


def _as_json(proposal: Proposal) -> dict[str, Any]:
    items = [
        {
            "title": item.title,
            "url": item.url,
            "date": day.isoformat() if (day := local_day(item.published_at)) else None,
            "text": " ".join((item.summary or item.body).split())[:200],
        }
        for item in proposal.items
    ]
    rule = proposal.rule.as_mapping()
    return {
        "kind": proposal.kind,
        "url": proposal.url,
        "title": proposal.title,
        "rule": rule,
        "items": items,
        "first_words": proposal.first_words,
    }


def _show_added(definition: SourceDefinition, as_json: bool) -> None:
    if as_json:
        print_json({"added": definition.slug, "title": definition.names.ru, "url": definition.url})
    else:
        click.secho(
            f"Added as {definition.slug}. “jarchy refresh {definition.slug}” reads it now.", fg="green"
        )


def _changed(source: Source, changes: Sequence[str]) -> dict[str, Any]:
    rule = Rule.from_mapping(source.rule).as_mapping()
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or name not in _RULE_FIELDS:
            raise Refused(f"“{change}” is not NAME=VALUE with a NAME of {', '.join(_RULE_FIELDS)}.")
        rule[name] = _value(name, value.strip())
    if source.kind == "listing" and not rule.get("item_pattern"):
        raise Refused("A page with a list of news needs an item_pattern.")
    return Rule.from_mapping(rule).as_mapping()


def _value(name: str, value: str) -> Any:
    if name == "drop":
        return [selector.strip() for selector in value.split(";") if selector.strip()]
    if name == "with_articles":
        return value.lower() not in {"no", "false", "0"}
    if name == "item_pattern":
        try:
            re.compile(value)
        except re.error as error:
            raise Refused(f"{value} is not a regular expression: {error}") from None
    return value
