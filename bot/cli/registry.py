"""`jarchy registry`: what is known of projects, organisations, contacts, terms and events."""

from __future__ import annotations

import click

from bot.cli.common import Group, asynchronous, settings
from bot.ready import ready_database
from storage.registry import Contact, Record, Registry, load_shipped

_KINDS = ("projects", "organisations", "terms", "events", "contacts")


@click.group("registry", cls=Group)
def command() -> None:
    """Shows and checks the registry: projects, organisations, contacts, terms and events."""


@command.command()
@click.argument("kind", type=click.Choice(_KINDS), default="projects")
@asynchronous
async def show(kind: str) -> None:
    """Lists the records of a KIND with their slug and the date they were true."""
    async with ready_database(settings()) as database:
        data = (await Registry(database).snapshot()).data
    for record in getattr(data, kind):
        click.echo(f"{record.slug:<36} {record.as_of.first_day()}  {_name(record)}")


def _name(record: Record | Contact) -> str:
    if isinstance(record, Contact):
        return f"{record.person.ru if record.person else record.role.ru} ({record.of})"
    return record.names.ru


@command.command()
def check() -> None:
    """Reads the shipped data files and names file, record and field of whatever is wrong. Exit code 1 where it is."""
    data = load_shipped()
    click.echo(", ".join(f"{len(getattr(data, kind))} {kind}" for kind in _KINDS) + ": all as it should be.")
