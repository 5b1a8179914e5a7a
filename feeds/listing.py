"""An HTML page of links to the items it lists, and how to learn which of its links are articles.

An item is a link whose address fits the source's pattern; around it, as far as no other item begins, stand its date
and its first words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from feeds.addresses import canonical, site_of
from feeds.dates import find_date, find_dates, read_date, sensible
from feeds.errors import NoItems
from feeds.html_page import HtmlPage
from feeds.items import Heard, Item, Rule
from feeds.press import related_item
from feeds.press_lines import is_date_line
from feeds.text import one_line, visible_text

MOST_ITEMS: Final = 200
_MORE = re.compile(
    r"(?i)^\W*(?:подробн\w*|читать(?:\s+(?:далее|полностью|ещ[её]))?|далее|дальше|открыть|перейти|смотреть|"
    r"толук(?:\s+\w+)?|окуу|кененирээк|улантуу|"
    r"read(?:\s+more)?|more|details|continue(?:\s+reading)?|full\s+story|печать|print|\d+)\W*$"
)
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
    title, feeds = page.title, page.feeds()
    page.drop(rule.drop)
    items = _items(page, re.compile(rule.item_pattern), now)
    if not items:
        raise NoItems(url=url)
    return Heard(kind="listing", title=title, items=tuple(items[:MOST_ITEMS]), alternates=feeds)


def learn_listing(text: str, url: str, now: datetime, most: int = 3) -> tuple[Candidate, ...]:
    """The likeliest patterns of article addresses on a page, best first; empty where nothing looks like a list.

    Links of the page's own site are grouped by the shape of their addresses; a list of articles has several, with
    long titles of their own, dates near them, and stands outside of menus.
    """
    page = HtmlPage(text, url)
    page.drop((_FRAME,))
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for link in page.all("a[href]")[:3000]:
        address = page.link(link.attributes.get("href"))
        if address and site_of(address) == site_of(url or address) and canonical(address) != canonical(url):
            for shape in _shapes(address):
                groups[shape].add(canonical(address))
    guesses = [_judged(page, shape, now) for shape, addresses in groups.items() if len(addresses) >= 3]
    ranked = sorted(
        (guess for guess in guesses if guess.score >= 1.0), key=lambda guess: guess.score, reverse=True
    )
    return tuple(_different(ranked)[:most])


def _items(page: HtmlPage, pattern: re.Pattern[str], now: datetime) -> list[Item]:
    links: dict[str, list[LexborNode]] = {}
    addresses: dict[str, str] = {}
    owner: dict[int, str] = {}
    """By box, the only item that it has links to; "" for several."""
    for link in page.all("a[href]")[:5000]:
        address = page.link(link.attributes.get("href")).partition("#")[0]
        if address and pattern.search(address):
            key = canonical(address)
            links.setdefault(key, []).append(link)
            addresses.setdefault(key, address)
            _claim(link, key, owner)
    found = (_item(key, addresses[key], nodes, owner, now) for key, nodes in links.items())
    return [item for item in found if item is not None]


def _item(
    key: str, address: str, nodes: Sequence[LexborNode], owner: dict[int, str], now: datetime
) -> Item | None:
    block = _block(nodes[0], key, owner)
    around = visible_text(block)
    title = _title(nodes, block)
    if not title:
        return None
    return Item(
        id=key,
        title=title,
        url=address,
        published_at=sensible(_date(block, around, title, now), now),
        summary=_first_words(around, title),
    )


def _title(nodes: Iterable[LexborNode], block: LexborNode) -> str:
    """The longest words of the item's links that are not «Подробнее»; a list's number and date are taken off."""
    texts: list[str] = []
    for node in nodes:
        heading = node.css_first("h1, h2, h3, h4, h5, .title")
        texts.append(one_line(visible_text(heading if heading is not None else node)))
        texts.append(one_line(node.attributes.get("title") or ""))
    texts = [text for text in texts if len(text) >= 4 and not _MORE.match(text)]
    if not texts and (heading := block.css_first("h1, h2, h3, h4, h5, h6")) is not None:
        texts = [one_line(visible_text(heading))]
    longest = max(texts, key=lambda text: (len(text) <= 300, len(text)), default="")
    cleaned = related_item(longest).title if find_dates(longest[:40]) else longest
    return (cleaned or longest)[:400]


def _claim(link: LexborNode, key: str, owner: dict[int, str]) -> None:
    """Notes in every box around a link whose it is, up to the first one that is already shared."""
    box: LexborNode | None = link
    while box is not None:
        before = owner.get(box.mem_id)
        if before == "":
            return
        owner[box.mem_id] = key if before in (None, key) else ""
        box = box.parent


def _block(link: LexborNode, key: str, owner: dict[int, str]) -> LexborNode:
    """The largest box around a link that has no other item in it."""
    box = link
    for _ in range(8):
        parent = box.parent
        if parent is None or parent.tag in {"body", "html", "-document"} or owner.get(parent.mem_id) != key:
            break
        box = parent
    return box


def _date(block: LexborNode, around: str, title: str, now: datetime) -> datetime | None:
    stamp = block.css_first("time[datetime]")
    if stamp is not None and (at := read_date(stamp.attributes.get("datetime") or "", now)):
        return at
    for line in around.split("\n"):
        if is_date_line(line) and (found := find_date(line, now)):
            return found.at
    found = find_date(around.replace(title, " "), now)
    if found:
        return found.at
    issue = find_dates(around, now)
    return issue[0].at if issue else None


def _first_words(around: str, title: str) -> str:
    lines = (line.replace(title, "").strip(" –—-") for line in around.split("\n"))
    prose = [line for line in lines if len(line) >= 40 and not _MORE.match(line) and not is_date_line(line)]
    return " ".join(prose)[:600]


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


def _judged(page: HtmlPage, pattern: str, now: datetime) -> Candidate:
    items = _items(page, re.compile(pattern), now)
    if len(items) < 3:
        return Candidate(pattern, 0.0, tuple(items))
    words = [len(item.title.split()) for item in items]
    telling = sum(1 for count in words if count >= 4) / len(items)
    dated = sum(1 for item in items if item.published_at) / len(items)
    described = sum(1 for item in items if item.summary) / len(items)
    distinct = len({item.title for item in items}) / len(items)
    number = min(len(items), 12) / 12
    score = 2.0 * telling + 1.2 * dated + 0.5 * described + 0.8 * number + (0.3 if r"\d+" in pattern else 0.0)
    return Candidate(pattern, score * distinct if telling >= 0.4 else score * 0.2, tuple(items[:MOST_ITEMS]))


def _different(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that would read other things than a better one does."""
    kept: list[Candidate] = []
    for guess in ranked:
        ids = {item.id for item in guess.items}
        if all(len(ids & {item.id for item in better.items}) < len(ids) * 0.6 for better in kept):
            kept.append(guess)
    return kept
