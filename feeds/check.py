"""What would be read from an address or a file, and why, without storing anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from feeds.dates import local_day
from feeds.errors import FeedError, NoFile, TooLarge
from feeds.fetch import Fetched, Request, Web
from feeds.items import Contact, Document, Heard, Page, Related, Rule
from feeds.reading import Job
from feeds.worker import Reader

MOST_FRAMES: Final = 4
"""Pages within a page that are looked into."""

_MOST_BYTES = 20_000_000


async def check(target: str, *, web: Web, reader: Reader, now: datetime, rule: Rule | None = None) -> Heard:
    """Reads a feed, a listing or an article from an address or from a file on this machine.

    With a rule it is read as that rule says; without, what it is gets found out.  Raises a `FeedError`.
    """
    page = (
        await _fetched(target, web, now) if is_address(target) else await asyncio.to_thread(_loaded, target)
    )
    page = replace(page, rule=rule or Rule())
    heard: Heard = await reader.read(Job("anything", page, now))
    for address in heard.frames[:MOST_FRAMES]:
        try:
            inner = replace(await _fetched(address, web, now), rule=page.rule)
            framed: Heard = await reader.read(Job("anything", inner, now))
        except FeedError:
            continue
        if framed.kind != "none":
            return replace(framed, warnings=(f"framed: read {inner.url}", *framed.warnings))
    return heard


def is_address(target: str) -> bool:
    """Whether a target is to be fetched rather than opened."""
    return urlsplit(target).scheme.lower() in {"http", "https"}


def as_json(target: str, heard: Heard) -> dict[str, Any]:
    """What was read, as `jarchy sources check --json` prints it; dates are days in Bishkek."""
    return {
        "source": target,
        "kind": heard.kind,
        "title": heard.title,
        "items": [
            {
                "id": item.id,
                "title": item.title,
                "url": item.url,
                "date": day.isoformat() if (day := local_day(item.published_at)) else None,
            }
            for item in heard.items
        ],
        "warnings": list(heard.warnings),
        **({"feeds": list(heard.alternates)} if heard.alternates else {}),
    }


def document_as_json(file: str, document: Document) -> dict[str, Any]:
    """What a document gave, as `jarchy import --json` prints it; what it is about is added by who tags it."""
    return {
        "file": file,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "place": document.place,
        "language": document.language,
        "contacts": [_contact(contact) for contact in document.contacts],
        "related": [_related(related) for related in document.related],
        "body_chars": len(document.body),
        "warnings": list(document.warnings),
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "role": contact.role,
        "organisation": contact.organisation,
        "phones": list(contact.phones),
        "emails": list(contact.emails),
    }


def _related(related: Related) -> dict[str, Any]:
    date = related.date.isoformat() if related.date else None
    return {"title": related.title, "url": related.url or None, "date": date}


async def _fetched(target: str, web: Web, now: datetime) -> Page:
    answer = await web.fetch(Request(target), now)
    assert isinstance(answer, Fetched)
    return Page(answer.body, answer.final_url, answer.charset, answer.content_type)


def _loaded(target: str) -> Page:
    path = Path(target)
    if not path.is_file():
        raise NoFile(name=target)
    if path.stat().st_size > _MOST_BYTES:
        raise TooLarge(megabytes=_MOST_BYTES // 1_000_000)
    return Page(path.read_bytes())
