"""`jarchy import`: press releases from files."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.cli.common import asynchronous, print_json, settings
from bot.cli.tag import described
from bot.listening import Listening, listening
from bot.ready import ready_database
from feeds.errors import FeedError
from feeds.filing import item_of
from feeds.items import Document, Page
from feeds.reading import Job
from storage.registry import Registry, RegistrySnapshot
from storage.sources import DESK

_WARNINGS: Final = {
    "date_of_event": "The text does not say when it was published; this is the day of what it tells of.",
    "date_far_ahead": "Is the date right? It is far ahead.",
}


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dry-run", is_flag=True, help="Read and show, store nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@asynchronous
async def command(files: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Reads press releases (.txt .docx .pdf .rtf .eml .html) and stores them as releases.

    The running bot tells subscribers of them. The same file again changes nothing. Exit code 1 where one cannot be
    read; the others are read all the same.
    """
    chosen, failed = settings(), 0
    async with ready_database(chosen) as database:
        registry = Registry(database)
        async with listening(database, registry, chosen.fetch_allowed_hosts) as hearing:
            snapshot = await registry.snapshot()
            for file in files:
                try:
                    document = await _read(file, hearing)
                except (FeedError, OSError) as error:
                    failed += 1
                    reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
                    _show_error(file, reason, as_json)
                    continue
                if not dry_run:
                    await _store(document, hearing)
                _show(_as_json(file, document, snapshot, hearing), as_json)
    if failed:
        raise SystemExit(1)


async def _read(file: str, hearing: Listening) -> Document:
    data = Path(file).read_bytes()  # noqa: ASYNC240  (nothing else runs)
    document: Document = await hearing.reader.read(Job("document", Page(data, file), datetime.now(UTC)))
    return document


async def _store(document: Document, hearing: Listening) -> None:
    said = f"{document.title}\n{document.body}".encode()
    item = item_of(document, f"document:{hashlib.sha256(said).hexdigest()}", datetime.now(UTC))
    await hearing.filing.file(await hearing.sources.get(DESK), [item], datetime.now(UTC), hush=False)


def _as_json(file: str, document: Document, snapshot: RegistrySnapshot, hearing: Listening) -> dict[str, Any]:
    tags = described(hearing.tagger(document.title, document.body), hearing.tagger.rules, snapshot)
    return {
        "file": file,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "language": document.language,
        "topics": tags["topics"],
        "regions": tags["regions"],
        "projects": tags["projects"],
        "organisations": tags["organisations"],
        "contacts": [asdict(contact) for contact in document.contacts],
        "related": [related.title for related in document.related],
        "body_chars": len(document.body),
        **({"warnings": list(document.warnings)} if document.warnings else {}),
    }


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.secho(found["title"], bold=True)
    click.echo(
        f"  {found['file']}: {found['date'] or 'no date'}, {found['language']}, {found['body_chars']} characters"
    )
    for warning in found.get("warnings", ()):
        click.secho(f"  {_WARNINGS.get(warning, warning)}", fg="yellow")
    for name in ("topics", "regions", "projects", "organisations", "related"):
        if found[name]:
            click.echo(f"  {name}: {'; '.join(found[name])}")
    for contact in found["contacts"]:
        reach = ", ".join((*contact["phones"], *contact["emails"]))
        click.echo(f"  contact: {contact['name']}, {contact['role']} {contact['organisation']}: {reach}")


def _show_error(file: str, reason: str, as_json: bool) -> None:
    if as_json:
        print_json({"file": file, "error": reason})
    else:
        click.secho(f"{file}: {reason}", fg="red", err=True)
