"""From the address of a site to what can be read there: a feed if there is one, else its list of articles.

Nothing is stored: a person looks at the proposals and chooses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal
from urllib.parse import urljoin, urlsplit

from feeds.addresses import canonical
from feeds.catalogue import slug_for
from feeds.check import MOST_FRAMES
from feeds.errors import FeedError
from feeds.fetch import Fetched, Request, Web
from feeds.items import Heard, Item, Page, Rule
from feeds.listing import Candidate
from feeds.reading import Job
from feeds.text import one_line
from feeds.worker import Reader
from storage.languages import Names
from storage.sources import SourceDefinition

WELL_KNOWN: Final = ("/feed/", "/rss/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/?feed=rss2")
_MOST_ANNOUNCED = 4
_FIRST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way of reading a site, with what would be read now; the surest comes first."""

    kind: Literal["feed", "listing"]
    url: str
    title: str
    items: tuple[Item, ...]
    rule: Rule
    first_words: str = ""
    """How the text of its first item begins: for a list, of the page that the item leads to, opened as it would be."""


async def discover(url: str, *, web: Web, reader: Reader, now: datetime) -> tuple[Proposal, ...]:
    """Proposals for an address: itself as a feed, the feeds it announces or keeps in the usual places, its lists.

    Raises a `FetchError` where the address itself cannot be fetched; guesses that fail are passed over.  Empty where
    there is nothing to read.
    """
    page = await _fetch(url, web, now)
    heard: Heard = await reader.read(Job("anything", page, now))
    if heard.kind == "feed":
        return (
            await _opened(Proposal("feed", page.url, heard.title, heard.items, Rule()), web, reader, now),
        )
    announced = await _feeds(heard.alternates[:_MOST_ANNOUNCED], web, reader, now)
    feeds = announced or await _feeds(
        (urljoin(page.url, path) for path in WELL_KNOWN), web, reader, now, most=1
    )
    lists = await _listings(page, heard.title, reader, now)
    if not feeds and not lists:
        lists = await _framed(heard.frames, web, reader, now)
    return tuple([await _opened(proposal, web, reader, now) for proposal in (*feeds, *lists)])


def source_at(
    kind: Literal["feed", "listing"],
    url: str,
    title: str,
    rule: Mapping[str, Any],
    taken: Collection[str],
    *,
    slug: str = "",
    name: str = "",
) -> SourceDefinition:
    """The source that a proposal becomes, under a free slug and its title unless others are given.  Pure."""
    title = " ".join((name or title).split())[:80] or urlsplit(url).hostname or "source"
    return SourceDefinition(slug or slug_for(url, taken), Names(ru=title), kind, url, rule=dict(rule))


async def _feeds(
    addresses: Iterable[str], web: Web, reader: Reader, now: datetime, most: int = _MOST_ANNOUNCED
) -> tuple[Proposal, ...]:
    found: dict[str, Proposal] = {}
    for address in addresses:
        try:
            page = await _fetch(address, web, now)
            heard: Heard = await reader.read(Job("feed", page, now))
        except FeedError:
            continue
        if heard.items:
            found.setdefault(
                canonical(page.url), Proposal("feed", page.url, heard.title, heard.items, Rule())
            )
        if len(found) >= most:
            break
    return tuple(found.values())


async def _listings(page: Page, title: str, reader: Reader, now: datetime) -> tuple[Proposal, ...]:
    guesses: tuple[Candidate, ...] = await reader.read(Job("learn", page, now))
    return tuple(
        Proposal("listing", page.url, title, guess.items, Rule(item_pattern=guess.item_pattern))
        for guess in guesses
    )


async def _opened(proposal: Proposal, web: Web, reader: Reader, now: datetime) -> Proposal:
    """A proposal with the first words of its first item, so that a person sees whether texts are read, too."""
    if not proposal.items:
        return proposal
    first = proposal.items[0]
    if proposal.kind == "listing":
        try:
            page = replace(await _fetch(first.url, web, now), rule=proposal.rule)
            first = await reader.read(Job("article", page, now))
        except FeedError:
            return proposal
    return replace(proposal, first_words=one_line(first.body or first.summary)[:_FIRST_WORDS])


async def _framed(frames: Iterable[str], web: Web, reader: Reader, now: datetime) -> tuple[Proposal, ...]:
    """The lists of the first page within a page that has any."""
    for address in islice(frames, MOST_FRAMES):
        try:
            page = await _fetch(address, web, now)
            lists = await _listings(page, "", reader, now)
        except FeedError:
            continue
        if lists:
            return lists
    return ()


async def _fetch(url: str, web: Web, now: datetime) -> Page:
    answer = await web.fetch(Request(url), now)
    assert isinstance(answer, Fetched)
    return Page(answer.body, answer.final_url, answer.charset, answer.content_type)
