"""`jarchy sources`: where releases are heard, and how well each source is doing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.cli.common import Group, Refused, asynchronous, print_json, settings
from bot.cli.source_changes import add, backfill, rule
from bot.ready import ready_database
from feeds.catalogue import read_catalogue, read_opml, write_catalogue, write_opml
from feeds.check import as_json as heard_as_json
from feeds.check import check as check_target
from feeds.errors import FeedError
from feeds.fetch import Web
from feeds.health import YEAR, Silence, unusual_silence
from feeds.items import Heard
from feeds.worker import Reader
from storage.sources import Source, SourceActivity, Sources

_LATELY = timedelta(days=30)


@click.group("sources", cls=Group)
def command() -> None:
    """Shows, checks and switches the sources that releases are heard from."""


for _changing in (add, backfill, rule):
    command.add_command(_changing)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@asynchronous
async def show_all(as_json: bool) -> None:
    """Lists the sources with their health: last success, next check, what went wrong.

    The one of kind “desk” is no partner: it holds what staff bring in themselves.
    """
    chosen, now = settings(), datetime.now(UTC)
    async with ready_database(chosen) as database:
        sources = Sources(database)
        found, activity = await sources.all(), await sources.activity(now - _LATELY)
        days = await sources.days_heard(now - YEAR)
    for source in found:
        heard = activity.get(source.slug, SourceActivity(0, None))
        silence = unusual_silence(days.get(source.slug, ()), now.date()) if source.enabled else None
        if as_json:
            print_json(_as_json(source, heard, silence))
        else:
            _show(source, heard, silence, ZoneInfo(chosen.timezone))


@command.command()
@click.argument("targets", nargs=-1, required=True, metavar="URL_OR_FILE...")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line: source, kind, title, items, warnings."
)
@asynchronous
async def check(targets: tuple[str, ...], as_json: bool) -> None:
    """Shows what would be read from addresses or files, without storing anything.

    Reads feeds, listing pages and articles. Exit code 1 where one cannot be read.
    """
    failed, reader = 0, Reader()
    try:
        async with Web(allowed_hosts=settings().fetch_allowed_hosts) as web:
            for target in targets:
                try:
                    heard = await check_target(target, web=web, reader=reader, now=datetime.now(UTC))
                except FeedError as error:
                    failed += 1
                    _show_error(target, error, as_json)
                    continue
                if as_json:
                    print_json(heard_as_json(target, heard))
                else:
                    _show_heard(target, heard)
    finally:
        await reader.close()
    if failed:
        raise SystemExit(1)


@command.command()
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG...")
@asynchronous
async def enable(slugs: tuple[str, ...]) -> None:
    """Switches sources on; they are fetched at the next tick."""
    await _switch(slugs, True)


@command.command()
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG...")
@asynchronous
async def disable(slugs: tuple[str, ...]) -> None:
    """Switches sources off; what was heard from them stays."""
    await _switch(slugs, False)


@command.command("export")
@click.option("--opml", is_flag=True, help="As OPML for a feed reader; else as TOML with everything.")
@asynchronous
async def write_out(opml: bool) -> None:
    """Writes the catalogue of sources to standard output."""
    async with ready_database(settings()) as database:
        found = [source for source in await Sources(database).all() if source.kind in ("feed", "listing")]
    click.echo(write_opml(found) if opml else write_catalogue(found), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@asynchronous
async def bring_in(file: Path) -> None:
    """Adds the sources of a TOML catalogue or an OPML file; those that are there stay as they are."""
    data = file.read_bytes()  # noqa: ASYNC240  (a small file, before anything else runs)
    async with ready_database(settings()) as database:
        sources = Sources(database)
        taken = [source.slug for source in await sources.all()]
        is_opml = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        definitions = read_opml(data, taken) if is_opml else read_catalogue(_text(file, data))
        added = await sources.fill(definitions, datetime.now(UTC))
    click.echo(f"{added} sources added, {len(definitions) - added} were there already.")


async def _switch(slugs: tuple[str, ...], on: bool) -> None:
    async with ready_database(settings()) as database:
        for slug in slugs:
            await Sources(database).enable(slug, on)
            click.echo(f"{slug} is switched {'on' if on else 'off'}.")


def _text(file: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{file} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _show(source: Source, heard: SourceActivity, silence: Silence | None, zone: ZoneInfo) -> None:
    if source.kind == "desk":
        _show_desk(source, heard)
        return
    if source.error_text:
        sign, colour = "✗", "red"
    elif not source.enabled:
        sign, colour = "–", "bright_black"
    elif source.last_success_at:
        sign, colour = "✓", "green"
    else:
        sign, colour = "·", "yellow"
    click.echo(f"{click.style(sign, fg=colour)} {click.style(source.slug, bold=True)}  {source.names.ru}")
    click.echo(f"    {source.kind}  {source.url}")
    if not source.enabled:
        click.echo("    switched off")
        return
    click.echo(
        f"    last success {_moment(source.last_success_at, zone)}, next check {_moment(source.next_check_at, zone)}, "
        f"{heard.releases} releases in 30 days"
    )
    if silence:
        click.secho(
            f"    has been silent for {silence.days} days, longer than it ever was in a year ({silence.longest} days)",
            fg="yellow",
        )
    if source.error_text:
        click.secho(f"    {source.error_text} ({source.failures} times in a row)", fg="red")


def _show_desk(source: Source, heard: SourceActivity) -> None:
    click.echo(f"  {click.style(source.slug, bold=True)}  {source.names.ru}")
    click.echo("    no partner: what staff bring in themselves with /publish and “jarchy import”")
    click.echo(f"    {heard.releases} releases in 30 days")


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "never"


def _as_json(source: Source, heard: SourceActivity, silence: Silence | None) -> dict[str, object]:
    def said(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "slug": source.slug,
        "title": source.names.ru,
        "kind": source.kind,
        "url": source.url,
        "enabled": source.enabled,
        "last_success": said(source.last_success_at),
        "next_check": said(source.next_check_at),
        "failures": source.failures,
        "error": source.error_text,
        "releases_30_days": heard.releases,
        "last_heard": said(heard.last_heard_at),
        "unusually_silent_days": silence.days if silence else None,
        "longest_silence_days": silence.longest if silence else None,
    }


def _show_heard(target: str, heard: Heard) -> None:
    click.secho(f"{target}: {heard.kind}, {len(heard.items)} items  {heard.title}", bold=True)
    for item in heard.items:
        day = item.published_at.strftime("%Y-%m-%d") if item.published_at else "no date   "
        click.echo(f"  {day}  {item.title}")
        click.echo(f"              {item.url}")
    for warning in heard.warnings:
        click.secho(f"  {warning}", fg="yellow")


def _show_error(target: str, error: FeedError, as_json: bool) -> None:
    if as_json:
        print_json({"source": target, "error": str(error)})
    else:
        click.secho(f"{target}: {error}", fg="red", err=True)
