"""RSS, Atom, RDF and JSON Feed text to items.  The only file that knows feedparser.

feedparser's sanitising and link resolution are most of its cost and are switched off: only plain text is
kept, and the few addresses that are kept are made absolute here.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html.entities import html5
from itertools import islice
from typing import Any, Final

import feedparser

from feeds.addresses import absolute
from feeds.dates import EARLIEST, read_date, sensible
from feeds.errors import NotAFeed
from feeds.items import Enclosure, Heard, Item
from feeds.text import one_line, plain, plain_line

MOST_ITEMS: Final = 2_000
_BODY_CHARACTERS = 60_000
_LEAD_CHARACTERS = 2_000
_FEED = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)[\s>/]", re.I)
_HTML = re.compile(r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S)
_LONE_AMPERSAND = re.compile(
    r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,30};)?"
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def looks_like_feed(text: str) -> bool:
    """Whether parsing as a feed is worth its cost: a web page costs seconds and gives nothing."""
    head = text[:8000].lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return '"https://jsonfeed.org/version/' in text[:8000].replace("\\/", "/") or '"items"' in text
    return not _HTML.match(head) and bool(_FEED.search(head))


def read_feed(text: str, url: str, now: datetime) -> Heard:
    """The items of a feed, newest first as the feed has them, at most 2,000.

    A feed with mistakes is read as far as it goes, with a warning; raises `NotAFeed` for text that is none.
    """
    if not looks_like_feed(text):
        raise NotAFeed(url=url)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text, url, now)
    parsed = _parse(text, url)
    feed = parsed.feed
    base = url or absolute(str(feed.get("link") or ""))
    found = [_item(dict(entry), base, now) for entry in islice(parsed.entries, MOST_ITEMS)]
    language = one_line(str(feed.get("language") or ""))[:8]
    return Heard(
        kind="feed",
        title=plain_line(str(feed.get("title") or "")),
        items=tuple(_identified(found, language)),
        warnings=tuple(_complaints(parsed)),
    )


def _parse(text: str, url: str) -> Any:
    """feedparser's own result; the text goes in as clean UTF-8, so that it never guesses an encoding."""
    clean = _mended(_DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)).encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return feedparser.parse(
                io.BytesIO(clean), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
            )
        except (
            Exception
        ) as error:  # a third party's parser over a stranger's bytes: any failure is of this feed
            raise NotAFeed(url=url) from error


def _mended(text: str) -> str:
    """The commonest mistakes put right, so that the fast and strict parser takes the feed.

    HTML's entities become their characters and a lone `&` becomes `&amp;`; the same text is read either way.  Feeds
    that declare entities of their own are left alone.
    """
    if "<!ENTITY" in text:
        return text
    return _LONE_AMPERSAND.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    named = match[1] and html5.get(match[1])
    return named if named and named not in "<>&\"'" else "&amp;" + (match[1] or "")


def _complaints(parsed: Any) -> Iterable[str]:
    if parsed.bozo and parsed.get("bozo_exception") is not None:
        yield f"malformed: {one_line(str(parsed.bozo_exception))[:200]}"
    if len(parsed.entries) > MOST_ITEMS:
        yield f"long: {len(parsed.entries)} items, the first {MOST_ITEMS} are read"


def _item(entry: Mapping[str, Any], base: str, now: datetime) -> Item:
    summary = plain(_text(entry, "summary"))
    body = plain(_longest_content(entry)) or summary
    url = _link(entry, base)
    return Item(
        id=one_line(str(entry.get("id") or ""))[:1000],
        title=plain_line(_text(entry, "title")) or _first_words(body),
        url=url,
        published_at=_when(entry, ("published", "issued", "created", "date", "updated"), now),
        updated_at=_when(entry, ("updated", "modified"), now),
        summary=summary[:_LEAD_CHARACTERS],
        body=body[:_BODY_CHARACTERS],
        language=_language(entry),
        image=_image(entry, base),
        enclosures=tuple(_enclosures(entry, base)),
    )


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _longest_content(entry: Mapping[str, Any]) -> str:
    values = [str(content.get("value") or "") for content in entry.get("content") or ()]
    return max(values, key=len, default="")


def _link(entry: Mapping[str, Any], base: str) -> str:
    links = [link for link in entry.get("links") or () if link.get("rel", "alternate") == "alternate"]
    candidates = [entry.get("link"), *(link.get("href") for link in links)]
    if (guid := entry.get("id")) and entry.get("guidislink"):
        candidates.append(guid)
    return next((found for address in candidates if address and (found := absolute(str(address), base))), "")


def _when(entry: Mapping[str, Any], names: Iterable[str], now: datetime) -> datetime | None:
    for name in names:
        at = read_date(_text(entry, name), now) or _parsed_by_feedparser(entry, name)
        if (at := sensible(at, now)) is not None:
            return at
    return None


def _parsed_by_feedparser(entry: Mapping[str, Any], name: str) -> datetime | None:
    """The rarer forms that feedparser knows and ours does not (W3C week dates, Greek, Hungarian…)."""
    value = entry.get(f"{name}_parsed")
    if value is None:
        return None
    try:
        year, month, day, hour, minute, second = value[:6]
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError):
        return None
    return at if at >= EARLIEST else None


def _language(entry: Mapping[str, Any]) -> str:
    detail = entry.get("title_detail") or {}
    return one_line(str(detail.get("language") or ""))[:8]


def _enclosures(entry: Mapping[str, Any], base: str) -> Iterable[Enclosure]:
    media = [*_attached(entry), *(entry.get("media_content") or ())]
    seen: set[str] = set()
    for link in media:
        address = absolute(str(link.get("href") or link.get("url") or ""), base)
        if address and address not in seen:
            seen.add(address)
            yield Enclosure(address, one_line(str(link.get("type") or ""))[:100])


def _image(entry: Mapping[str, Any], base: str) -> str:
    pictures = [*(entry.get("media_thumbnail") or ())]
    pictures += [link for link in entry.get("media_content") or () if _is_picture(link)]
    pictures += [link for link in _attached(entry) if _is_picture(link)]
    addresses = (absolute(str(link.get("href") or link.get("url") or ""), base) for link in pictures)
    return next(filter(None, addresses), "")


def _attached(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [link for link in entry.get("links") or () if link.get("rel") == "enclosure"]


def _is_picture(link: Mapping[str, Any]) -> bool:
    return str(link.get("type") or "").startswith("image/") or link.get("medium") == "image"


def _first_words(body: str) -> str:
    line = body.split("\n", 1)[0]
    return line if len(line) <= 120 else line[:120].rsplit(" ", 1)[0] + "…"


def _identified(items: list[Item], language: str) -> Iterable[Item]:
    """Each item with the identity that tells it from its neighbours.

    The guid, if no other item of the feed has it; else guid and link; else the link; else what it says.  The
    same thing twice in one feed is one item.  An item that says nothing is kept, for whoever looks at the feed.
    """
    guids = Counter(item.id for item in items if item.id)
    seen: set[str] = set()
    for place, item in enumerate(items):
        identity = _identity(item, guids) or f"empty:{place}"
        if identity not in seen:
            seen.add(identity)
            yield replace(item, id=identity, language=item.language or language)


def _identity(item: Item, guids: Counter[str]) -> str:
    if item.id and guids[item.id] == 1:
        return item.id
    if item.id and item.url:
        return f"{item.id} {item.url}"
    if item.url:
        return item.url
    said = f"{item.title}\n{item.body}".strip()
    return content_identity(said) if said else ""


def content_identity(said: str) -> str:
    """An identity for what has none of its own: the hash of what it says."""
    return "text:" + hashlib.sha256(said.encode()).hexdigest()[:32]


def _read_json(text: str, url: str, now: datetime) -> Heard:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise NotAFeed(url=url) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise NotAFeed(url=url)
    entries = [entry for entry in data["items"][:MOST_ITEMS] if isinstance(entry, dict)]
    items = [_json_item(entry, url, now) for entry in entries]
    return Heard(
        kind="feed",
        title=plain_line(_text(data, "title")),
        items=tuple(_identified(items, _text(data, "language")[:8])),
    )


def _json_item(entry: dict[str, Any], base: str, now: datetime) -> Item:
    body = plain(_text(entry, "content_html")) or _text(entry, "content_text")
    files = [file for file in entry.get("attachments") or () if isinstance(file, dict)]
    links = [
        Enclosure(found, _text(file, "mime_type"))
        for file in files
        if (found := absolute(_text(file, "url"), base))
    ]
    return Item(
        id=one_line(str(entry.get("id") or ""))[:1000],
        title=plain_line(_text(entry, "title")) or _first_words(body),
        url=absolute(_text(entry, "url") or _text(entry, "external_url"), base),
        published_at=_when(entry, ("date_published", "date_modified"), now),
        updated_at=_when(entry, ("date_modified",), now),
        summary=(plain(_text(entry, "summary")) or body)[:_LEAD_CHARACTERS],
        body=body[:_BODY_CHARACTERS],
        language=_text(entry, "language")[:8],
        image=absolute(_text(entry, "image"), base),
        enclosures=tuple(links),
    )
