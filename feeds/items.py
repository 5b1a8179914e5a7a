"""What passes between the stages of reading: values only, nothing is looked up or stored here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from typing import Any, Literal

HeardKind = Literal["feed", "listing", "article", "none"]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an item: a link, never the content."""

    url: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A neighbouring publication that a page points to («Похожие материалы»)."""

    title: str
    url: str = ""
    date: Day | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a post that came as several: its number in its channel, its words, the kind of its media."""

    number: int
    text: str = ""
    media: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One publication as its source shows it; texts are plain, paragraphs are separated by newlines.

    `id` is unique inside one reading of one source.  Times are aware UTC.
    """

    id: str
    title: str
    url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""
    body: str = ""
    language: str = ""
    image: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    related: tuple[Related, ...] = ()
    alternates: tuple[str, ...] = ()
    """Addresses that its page names as itself in other languages."""
    parts: tuple[Part, ...] = ()
    """Of which messages it is made, where those come and change one by one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything one page or feed said.

    `alternates` are addresses of feeds that an HTML page announces; `frames` those of the pages of which one with
    nothing of its own is made.  `warnings` are codes with details, in English, for whoever looks after the source.
    """

    kind: HeardKind
    title: str = ""
    items: tuple[Item, ...] = ()
    warnings: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or office to ask, as printed: a candidate until a staff member confirms it."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A press release or a saved page, taken apart.

    `event_date` is in the text; `date` is when it was published.
    """

    title: str
    date: Day | None = None
    place: str = ""
    language: str = ""
    body: str = ""
    contacts: tuple[Contact, ...] = ()
    related: tuple[Related, ...] = ()
    event_date: Day | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one source's pages are read; learnt or written by staff, and kept as data.

    `item_pattern` is a regular expression that an article's whole address must match (`re.search`).  The
    others are CSS selectors; an empty one means: find it yourself.  `drop` is removed from the page before
    anything is read.
    """

    item_pattern: str = ""
    title: str = ""
    date: str = ""
    body: str = ""
    drop: tuple[str, ...] = ()
    with_articles: bool = True

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Rule:
        """Reads the form that `as_mapping` writes; unknown keys are ignored."""
        return cls(
            item_pattern=str(data.get("item_pattern") or ""),
            title=str(data.get("title") or ""),
            date=str(data.get("date") or ""),
            body=str(data.get("body") or ""),
            drop=tuple(str(selector) for selector in data.get("drop") or ()),
            with_articles=bool(data.get("with_articles", True)),
        )

    def as_mapping(self) -> dict[str, Any]:
        """The parts that are set, JSON-able."""
        found: dict[str, Any] = {
            name: value
            for name in ("item_pattern", "title", "date", "body")
            if (value := getattr(self, name))
        }
        if self.drop:
            found["drop"] = list(self.drop)
        if not self.with_articles:
            found["with_articles"] = False
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes that came from an address, before anything is known of them."""

    body: bytes
    url: str = ""
    charset: str = ""
    content_type: str = ""
    rule: Rule = field(default_factory=Rule)
