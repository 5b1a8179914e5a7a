"""`jarchy registry`: what is known of projects, organisations, contacts, terms and events, and its keeping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.answers.vcard import vcard
from bot.cli.common import Group, Refused, asynchronous, confirmed, print_json, settings
from bot.i18n import translation
from bot.ready import ready_database
from storage.registry import Change, Contact, Record, RecordedChange, Registry, load_shipped
from storage.registry.changes import ALIAS
from storage.registry.file_bounds import MOST_BYTES, FileTooLarge
from storage.registry.files import changes_in, left_out, write_file
from storage.registry.records import Faq
from storage.registry.sheets import KIND_OF, SHEETS, cell_changes

_RECORDS: Final = ("projects", "organisations", "terms", "events", "contacts", "faqs", "municipalities")
"""Where the records of a kind are."""
_SHOWN: Final = 80
"""Characters of a cell that are shown before and after."""


class KindChoice(click.Choice[str]):
    """A kind of record by the name of its sheet, or in the singular or plural: `faq`, `faqs`, `project`, `projects`."""

    def __init__(self) -> None:
        super().__init__(list(SHEETS.values()))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name of the sheet."""
        said = {**SHEETS, "faqs": SHEETS["faq"]}
        return super().convert(said.get(value, value), param, ctx)


@click.group("registry", cls=Group)
def command() -> None:
    """Shows, checks, exports, imports and reverts the registry: projects, organisations, contacts, terms, events."""


@command.command()
@click.argument("kind", type=KindChoice(), default="projects")
@asynchronous
async def show(kind: str) -> None:
    """Lists the records of a KIND with their slug and the date they were true; of "aliases" the names that staff
    added."""
    async with ready_database(settings()) as database:
        registry = Registry(database)
        held, data = await registry.holdings(), (await registry.snapshot()).data
    if KIND_OF[kind] == ALIAS:
        for values in (values for key, values in held.items() if key[0] == ALIAS):
            click.echo(f"{values['slug']:<36} {values['kind']:<12}  {values['text']}")
        return
    for record in getattr(data, "faqs" if kind == SHEETS["faq"] else kind):
        dated = f"{record.as_of.first_day()}" if hasattr(record, "as_of") else f"in {record.parent}"
        click.echo(f"{record.slug:<36} {dated:<10}  {_name(record)}")


def _name(record: Record | Contact | Faq) -> str:
    if isinstance(record, Faq):
        return record.questions[0]
    if isinstance(record, Contact):
        return f"{record.person.ru if record.person else record.role.ru} ({record.of})"
    return record.names.ru


@command.command()
def check() -> None:
    """Reads the shipped data files and names file, record and field of whatever is wrong. Exit code 1 where it is."""
    data = load_shipped()
    counted = ", ".join(f"{len(getattr(data, kind))} {kind}" for kind in _RECORDS if getattr(data, kind))
    click.echo(f"{counted}: all as it should be.")


_SHEET = click.option("--kind", "sheet", type=KindChoice(), help="The one sheet that a .csv file is.")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_SHEET
@asynchronous
async def export_file(file: Path, sheet: str | None) -> None:
    """Writes the registry into FILE: a workbook (.xlsx), one kind (.csv), or projects as IATI 2.03 (.xml).

    \b
    A workbook has a sheet a kind, a row a record. Edit it and bring it back with "jarchy registry import".
    In a list, an item a line. In "facts", "phases" and "budgets", lines such as "start: 2016-10", and an empty
    line between two of them. A yes in the column "remove" takes a record away.
    """
    async with ready_database(settings()) as database:
        held = await Registry(database).holdings()
    written = write_file(file.name, held, datetime.now(UTC), sheet)
    _write(file, written)
    click.echo(f"{file}: {len(written):,} bytes.", err=True)
    if slugs := left_out(file.name, held):
        click.echo(
            f"Left out: {', '.join(slugs)}. IATI wants a donor, implementer or partner and a date of each project.",
            err=True,
        )


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_SHEET
@click.option("--dry-run", is_flag=True, help="Only shows what would change.")
@click.option("--yes", is_flag=True, help="Changes it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Shows each change as a JSON object.")
@asynchronous
async def import_file(file: Path, sheet: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Brings FILE (.xlsx, .csv, IATI .xml) into the registry: all of it, or nothing where something is wrong.

    First it shows what would change, and asks. What the file does not name stays as it is; a record with a yes in
    the column "remove" is taken away.
    """
    data = _read(file)
    async with ready_database(settings()) as database:
        registry, now = Registry(database), datetime.now(UTC)
        changes = changes_in(file.name, data, await registry.holdings(), now.date(), sheet)
        _show_changes(changes, as_json=as_json)
        if not changes or dry_run:
            return
        if not yes and not confirmed("Change it?"):
            raise Refused("Nothing was changed.")
        made = await registry.change(changes, now)
    click.echo(f"Done. To take it back: jarchy registry revert --whole {made}", err=True)


@command.command()
@click.argument("kind", type=KindChoice(), required=False)
@click.argument("slug", required=False)
@click.option("--limit", default=20, show_default=True, help="How many changes are shown.")
@click.option("--json", "as_json", is_flag=True, help="Shows each change as a JSON object.")
@asynchronous
async def history(kind: str | None, slug: str | None, limit: int, as_json: bool) -> None:
    """Shows the latest changes, newest first: of everything, of a KIND, or of one record by its SLUG."""
    async with ready_database(settings()) as database:
        made = await Registry(database).history(KIND_OF[kind] if kind else None, slug, limit)
    for recorded in made:
        if as_json:
            print_json(_recorded_json(recorded))
        else:
            _show_recorded(recorded)


@command.command()
@click.argument("change_id", type=int)
@click.option("--whole", is_flag=True, help="With everything that was changed together with it.")
@asynchronous
async def revert(change_id: int, whole: bool) -> None:
    """Takes a change back by its number in "jarchy registry history"; that is a change too, and can be reverted."""
    async with ready_database(settings()) as database:
        made = await Registry(database).revert(change_id, datetime.now(UTC), whole=whole)
    click.echo(f"Done. To bring it again: jarchy registry revert --whole {made}", err=True)


@command.command("vcard")
@click.argument("slug")
@click.option("--language", type=click.Choice(["ky", "ru", "en"]), default="ru", show_default=True)
@asynchronous
async def business_card(slug: str, language: str) -> None:
    """Prints the contacts of a project or an organisation, or one contact, as vCards by its SLUG."""
    async with ready_database(settings()) as database:
        snapshot = await Registry(database).snapshot()
    found = [contact for contact in snapshot.data.contacts if slug in (contact.slug, contact.of)]
    if not found:
        raise Refused(f"There is no contact “{slug}”, and none of a project or organisation with that slug.")
    for contact in found:
        click.echo(vcard(contact, snapshot, translation(language)), nl=False)


def _read(file: Path) -> bytes:
    if file.stat().st_size > MOST_BYTES:
        raise FileTooLarge()
    return file.read_bytes()


def _write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def _show_changes(changes: Sequence[Change], *, as_json: bool) -> None:
    for change in changes:
        if as_json:
            print_json(_json(change))
        else:
            _show_change(change)
    new = sum(change.old is None for change in changes)
    gone = sum(change.new is None for change in changes)
    counted = f"{new} new, {len(changes) - new - gone} changed, {gone} removed."
    click.echo(counted if changes else "The registry says the same already. Nothing to change.", err=True)


def _show_change(change: Change) -> None:
    sign = "+" if change.old is None else "-" if change.new is None else "~"
    click.echo(f"{sign} {change.kind} {change.slug}")
    if change.old is None or change.new is None:
        return
    for cell in cell_changes(change):
        click.echo(f"    {cell.column}: {_cut(cell.old)} → {_cut(cell.new)}")


def _show_recorded(recorded: RecordedChange) -> None:
    who = f"user {recorded.actor_id}" if recorded.actor_id else "the command line"
    click.echo(f"{recorded.id}  {recorded.happened_at:%Y-%m-%d %H:%M} UTC  {who}")
    _show_change(recorded.change)


def _json(change: Change) -> dict[str, object]:
    what = "new" if change.old is None else "removed" if change.new is None else "changed"
    cells = [asdict(cell) for cell in cell_changes(change)]
    return {"kind": change.kind, "slug": change.slug, "what": what, "cells": cells}


def _recorded_json(recorded: RecordedChange) -> dict[str, object]:
    when, who = recorded.happened_at.isoformat(), recorded.actor_id
    return {"id": recorded.id, "at": when, "by": who, "batch": recorded.batch, **_json(recorded.change)}


def _cut(text: str) -> str:
    plain = " ⏎ ".join(text.splitlines())
    return (plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…") or "(nothing)"
