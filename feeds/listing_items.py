"""The items of a list on a page: each with the box it stands in, and what is said of it there and beside it.

An item is a link, or what JSON-LD lists.  Around it, as far as no other item begins, stand its date and its first
words: in the same box, or in boxes beside it, as in tables and in lists without boxes of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from feeds.addresses import canonical, site_of
from feeds.dates import date_in_address, find_date, find_dates, read_date, sensible
from feeds.html_page import HtmlPage, Listed
from feeds.items import Item
from feeds.press import related_item
from feeds.press_lines import is_date_line
from feeds.text import one_line, visible_text

_MORE: Final = re.compile(
    r"(?i)^\W*(?:подробн\w*|читать(?:\s+(?:далее|полностью|ещ[её]))?|далее|дальше|открыть|перейти|смотреть|"
    r"толук(?:\s+\w+)?|окуу|кененирээк|улантуу|"
    r"read(?:\s+more)?|more|details|continue(?:\s+reading)?|full\s+story|печать|print|\d+)\W*$"
)
_SHORT_DATE: Final = re.compile(r"\W*(\d{1,2}[./]\d{1,2}[./]\d\d)(?!\d)\W*")
"""«1.11.26»: a date only where it stands alone or begins a line of a list."""

MOST_ITEMS: Final = 200
_MOST_LINKS: Final = 5_000
_BESIDE: Final = 12
_LONGEST_BESIDE: Final = 700
_FARTHEST_HEADING: Final = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that may lead to an item, and the form of its address that is compared."""

    address: str
    key: str
    node: LexborNode | None
    listed: Listed | None = None


@dataclass(slots=True)
class _Boxes:
    """Whose the boxes of a page are."""

    owner: dict[int, str] = field(default_factory=dict)
    """By box, the only item that it has links to; "" for several."""
    dates_lead: dict[int, bool] = field(default_factory=dict)
    """By box of several, whether the date of an item without a box of its own stands before it."""


def entries(page: HtmlPage, listed: Iterable[Listed]) -> list[Entry]:
    """Every address that the page links to, in its order, and then those that its JSON-LD lists."""
    found: list[Entry] = []
    for node in page.all("a[href], [data-href]")[:_MOST_LINKS]:
        attributes = node.attributes
        address = page.link(attributes.get("href") or attributes.get("data-href")).partition("#")[0]
        if address:
            found.append(Entry(address, canonical(address), node))
    found.extend(Entry(one.url, canonical(one.url), None, one) for one in listed)
    return found


def items_of(page: HtmlPage, links: Iterable[Entry], pattern: re.Pattern[str], now: datetime) -> list[Item]:
    """The items among the links: those whose address the pattern matches, of the page's own site.  The first 200.

    Another site's count where the pattern names that site.
    """
    by_key: defaultdict[str, list[Entry]] = defaultdict(list)
    boxes = _Boxes()
    for link in links:
        if _meant(pattern, link.address, page.url):
            by_key[link.key].append(link)
            if link.node is not None:
                _claim(link.node, link.key, boxes.owner)
    found = (_item(key, same, boxes, now) for key, same in by_key.items())
    return list(islice((item for item in found if item is not None), MOST_ITEMS))


def _meant(pattern: re.Pattern[str], address: str, url: str) -> bool:
    match = pattern.search(address)
    if match is None:
        return False
    host = address.find("/", address.find("://") + 3)
    return not url or site_of(address) == site_of(url) or match.start() < host


def _item(key: str, links: Sequence[Entry], boxes: _Boxes, now: datetime) -> Item | None:
    listed = next((link.listed for link in links if link.listed), None)
    nodes = [link.node for link in links if link.node is not None]
    drawn = _drawn(key, links[0].address, nodes, boxes, now) if nodes else None
    if listed is None or (drawn is not None and drawn.published_at):
        return drawn
    at = sensible(read_date(listed.date, now), now)
    return Item(
        id=key,
        title=drawn.title if drawn else listed.title,
        url=links[0].address,
        published_at=at or (drawn.published_at if drawn else None),
        summary=(drawn.summary if drawn else "") or listed.summary[:600],
    )


def _drawn(key: str, address: str, nodes: Sequence[LexborNode], boxes: _Boxes, now: datetime) -> Item | None:
    """An item as it is drawn on the page."""
    block = _block(nodes[0], key, boxes.owner)
    title = _title(nodes, block)
    if not title:
        return None
    around = visible_text(block)
    beside = _after(block, boxes, now)
    at = (
        _date(block, around, title, now)
        or _date_beside(block, beside, boxes, now)
        or date_in_address(address)
    )
    return Item(
        id=key,
        title=title,
        url=address,
        published_at=sensible(at, now),
        summary=_first_words(around, title) or _first_words("\n".join(beside), title),
    )


def _title(nodes: Iterable[LexborNode], block: LexborNode) -> str:
    """The longest words of the item's links that are not «Подробнее»; a list's number and date are taken off."""
    texts = [text for node in nodes for text in _said(node) if len(text) >= 4 and not _MORE.match(text)]
    if not texts and (heading := block.css_first("h1, h2, h3, h4, h5, h6")) is not None:
        texts = [one_line(visible_text(heading))]
    longest = max(texts, key=lambda text: (len(text) <= 300, len(text)), default="")
    if match := _SHORT_DATE.match(longest):
        longest = longest[match.end() :] or longest
    cleaned = related_item(longest).title if find_dates(longest[:40]) else longest
    return (cleaned or longest)[:400]


def _said(link: LexborNode) -> Iterator[str]:
    """What a link says of itself: a heading in it, its words, its tip; a picture's words where it has no others.

    Of a whole card that is one link, the first line that is a sentence rather than a label or a date.
    """
    heading = link.css_first("h1, h2, h3, h4, h5, .title" + ("" if link.tag == "a" else ", b, strong, a"))
    shown = one_line(visible_text(heading)) if heading is not None else ""
    if not shown and link.css_first("div, p, h6, li, td, section, figure") is not None:
        lines = [one_line(line) for line in visible_text(link).split("\n")]
        lines = [line for line in lines if not (is_date_line(line) or _SHORT_DATE.fullmatch(line))]
        shown = next((line for line in lines if len(line.split()) >= 4), max(lines, key=len, default=""))
    shown = shown or one_line(visible_text(link))
    yield shown
    yield one_line(link.attributes.get("title") or "")
    if not shown and (picture := link.css_first("img[alt]")) is not None:
        yield one_line(picture.attributes.get("alt") or "")


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
    lines = around.split("\n")
    for line in lines:
        if at := _date_of_line(line, now):
            return at
    if found := find_date(around.replace(title, " "), now):
        return found.at
    issue = find_dates(around, now)
    return issue[0].at if issue else None


def _date_of_line(line: str, now: datetime) -> datetime | None:
    """The date of a line that is one."""
    if is_date_line(line) and (found := find_date(line, now)):
        return found.at
    match = _SHORT_DATE.match(line)
    return read_date(match[1], now) if match else None


def _after(block: LexborNode, boxes: _Boxes, now: datetime) -> list[str]:
    """The lines beside an item that belong to no other: what follows it, up to the date of the next one."""
    if block.parent is None or boxes.owner.get(block.parent.mem_id) != "":
        return []
    lines = _lines_of(_unowned(block.next, boxes.owner, forwards=True))
    if not _dates_lead(block, boxes, now):
        return lines
    end = next((at for at, line in enumerate(lines) if _date_of_line(line, now)), len(lines))
    return lines[:end]


def _date_beside(block: LexborNode, beside: Sequence[str], boxes: _Boxes, now: datetime) -> datetime | None:
    """The date of an item that has none in its box: of what follows it, or of the heading over it."""
    if block.parent is None or boxes.owner.get(block.parent.mem_id) != "":
        return None
    if not _dates_lead(block, boxes, now):
        return next((at for line in beside if (at := _date_of_line(line, now))), None)
    node = block.prev
    for _ in range(_FARTHEST_HEADING):
        if node is None:
            break
        if boxes.owner.get(node.mem_id) is None:
            for line in reversed(_lines_of([node])):
                if at := _date_of_line(line, now):
                    return at
        node = node.prev
    return None


def _dates_lead(block: LexborNode, boxes: _Boxes, now: datetime) -> bool:
    """Whether a date stands over the first item of the box that a block is in: so it does over the others."""
    parent = block.parent
    assert parent is not None
    if parent.mem_id not in boxes.dates_lead:
        first = parent.first_child
        while first is not None and boxes.owner.get(first.mem_id) is None:
            first = first.next
        before = _unowned(first.prev, boxes.owner, forwards=False) if first is not None else []
        lines = _lines_of(reversed(before))
        boxes.dates_lead[parent.mem_id] = any(_date_of_line(line, now) for line in lines[-2:])
    return boxes.dates_lead[parent.mem_id]


def _unowned(node: LexborNode | None, owner: dict[int, str], *, forwards: bool) -> list[LexborNode]:
    found: list[LexborNode] = []
    while node is not None and owner.get(node.mem_id) is None and len(found) < _BESIDE:
        found.append(node)
        node = node.next if forwards else node.prev
    return found


def _lines_of(nodes: Iterable[LexborNode]) -> list[str]:
    """The lines of boxes that are small enough to belong to an item."""
    lines: list[str] = []
    for node in nodes:
        text = visible_text(node) if node.tag not in {"ul", "ol", "nav", "footer", "aside"} else ""
        if len(text) <= _LONGEST_BESIDE:
            lines += filter(None, text.split("\n"))
    return lines


def _first_words(around: str, title: str) -> str:
    lines = (line.replace(title, "").strip(" –—-") for line in around.split("\n"))
    prose = [line for line in lines if len(line) >= 40 and not _MORE.match(line) and not is_date_line(line)]
    return " ".join(prose)[:600]
