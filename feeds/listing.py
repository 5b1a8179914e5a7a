"""An HTML page of links to the items it lists, and how to learn which of its links are articles.

What is an item, and what is said of it, is in `feeds.listing_items`; here links are grouped by the shape of their
addresses, and the groups are judged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from feeds.addresses import canonical, site_of
from feeds.errors import NoItems
from feeds.html_page import HtmlPage
from feeds.items import Heard, Item, Rule
from feeds.listing_items import Entry, entries, items_of

_MOST_JUDGED: Final = 3_000
_FRAME: Final = "script, style, noscript, template, nav, footer, [role=navigation], .pagination, .breadcrumbs"
_NUMBER = re.compile(r"\d+")
_SLUG = re.compile(r"[^/]*[^\W\d_][^/]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One guess at which links of a page are articles, with what would be read by it; a higher score is surer."""

    item_pattern: str
    score: float
    items: tuple[Item, ...]


def read_listing(text: str, url: str, now: datetime, rule: Rule) -> Heard:
    """The items that a page links to, in its order; raises `NoItems` where none fits, since that is never right.

    Each has what the list itself says: title, address, and the date and first words if they stand there.
    """
    page = HtmlPage(text, url)
    title, feeds, listed = page.title, page.feeds(), page.listed()
    page.drop(rule.drop)
    items = items_of(page, entries(page, listed), re.compile(rule.item_pattern), now)
    if not items:
        raise NoItems(url=url)
    return Heard(kind="listing", title=title, items=tuple(items), alternates=feeds)


def learn_listing(text: str, url: str, now: datetime, most: int = 3) -> tuple[Candidate, ...]:
    """The likeliest patterns of article addresses on a page, best first; empty where nothing looks like a list.

    Links of the page's own site are grouped by the shape of their addresses; a list of articles has several, with
    long titles of their own, dates near them, and stands outside of menus.
    """
    page = HtmlPage(text, url)
    listed = page.listed()
    page.drop((_FRAME,))
    site, own = site_of(url), canonical(url)
    links = [
        link
        for link in entries(page, listed)
        if link.key != own and (not site or site_of(link.address) == site)
    ]
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for link in links[:_MOST_JUDGED]:
        for shape in _shapes(link.address):
            groups[shape].add(link.key)
    guesses = [_judged(page, links, shape, now) for shape, addresses in groups.items() if len(addresses) >= 3]
    ranked = sorted(
        (guess for guess in guesses if guess.score >= 1.0), key=lambda guess: guess.score, reverse=True
    )
    return tuple(_different(ranked)[:most])


def _shapes(address: str) -> Iterable[str]:
    """Patterns of addresses like this one, the narrow first: numbers become `\\d+`, then the last words any words."""
    parts = urlsplit(address)
    query = _NUMBER.sub(r"\\d+", re.escape(parts.query))
    path = parts.path.rstrip("/")
    pieces = path.split("/")[1:] if path else []
    if not pieces and not re.search(r"\d", parts.query):
        return
    exact = [_NUMBER.sub(r"\\d+", re.escape(piece)) for piece in pieces]
    tail = rf"\?{query}$" if query else r"/?$"
    if re.search(r"\d", f"{parts.path}{parts.query}"):
        yield _pattern(exact, tail)
    if pieces and _SLUG.fullmatch(pieces[-1]) and not query:
        last = pieces[-1]
        number = re.match(r"(\d+)-", last)
        ending = re.escape(match[0]) if (match := re.search(r"\.(?:html?|php|aspx?)$", last)) else ""
        slug = rf"\d+-[^/]+{ending}" if number else rf"[^/]{{8,}}{ending}"
        yield _pattern([*exact[:-1], slug], tail)


def _pattern(pieces: Sequence[str], tail: str) -> str:
    return "/" + "/".join(pieces) + tail if pieces else "/" + tail


def _judged(page: HtmlPage, links: Sequence[Entry], pattern: str, now: datetime) -> Candidate:
    items = items_of(page, links, re.compile(pattern), now)
    if len(items) < 3:
        return Candidate(pattern, 0.0, tuple(items))
    words = [len(item.title.split()) for item in items]
    telling = sum(1 for count in words if count >= 4) / len(items)
    dated = sum(1 for item in items if item.published_at) / len(items)
    described = sum(1 for item in items if item.summary) / len(items)
    distinct = len({item.title for item in items}) / len(items)
    number = min(len(items), 12) / 12
    score = 2.0 * telling + 1.2 * dated + 0.5 * described + 0.8 * number + (0.3 if r"\d+" in pattern else 0.0)
    return Candidate(pattern, score * distinct if telling >= 0.4 else score * 0.2, tuple(items))


def _different(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that would read other things than a better one does."""
    kept: list[Candidate] = []
    for guess in ranked:
        ids = {item.id for item in guess.items}
        if all(len(ids & {item.id for item in better.items}) < len(ids) * 0.6 for better in kept):
            kept.append(guess)
    return kept
