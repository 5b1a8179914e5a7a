"""From one page of an archive to the one with older items.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from feeds.addresses import absolute, site_of
from feeds.html_page import HtmlPage
from feeds.syndication import looks_like_feed
from feeds.text import one_line, visible_text

_WORDS: Final = re.compile(
    r"(?i)^\W*(?:(?:следующ|предыдущ)\w*(?:\s+(?:страниц\w*|запис\w*|новост\w*))?|далее|дальше|вперед|вперёд|раньше|"
    r"старые\s+(?:запис|новост)\w*|более\s+ранние\w*(?:\s+\w+)?|"
    r"кийинки(?:\s+\w+)?|андан\s+ары|эскилери|мурунку\s+жаңылыктар|"
    r"next(?:\s+page)?|older(?:\s+(?:posts|entries|news|articles))?)\W*$"
)
_BACKWARDS: Final = re.compile(r"(?i)^\W*предыдущ\w*(?:\s+страниц\w*)?\W*$")
_ARROWS: Final = ("→", "›", ">", "»", ">>", "⟩", "▶", "&gt;")
_IN_ADDRESS: Final = re.compile(
    r"(?i)(?:[?&](?:page|paged|p|pg|pn|pagen_\d+|start|limitstart|offset|from|page_id|cpage)=\d+|/page[-/]?\d+|/p\d+(?:/|$))"
)
_FEED_LINK: Final = re.compile(r"<(?:\w+:)?link\b[^>]*>", re.I)
_ATTRIBUTE: Final = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)


def older_page(text: str, url: str, number: int) -> str:
    """The address of the page after this one, the `number`th of an archive that begins with 1; "" at its end.

    A list may name it by `rel=next`, a word, a number or an arrow; a feed by RFC 5005 or by being WordPress's, which
    answers `paged`.  Only addresses of the same site count.  Limits: pages that load more by script name nothing.
    """
    if looks_like_feed(text):
        return _older_in_feed(text, url, number)
    page = HtmlPage(text, url)
    for links in (_named(page), _worded(page), _numbered(page, number + 1), _pointed(page)):
        for link in links:
            address = page.link(link.attributes.get("href")).partition("#")[0]
            if address and address != url.partition("#")[0] and site_of(address) == site_of(url):
                return address
    return ""


def _named(page: HtmlPage) -> Iterator[LexborNode]:
    yield from page.all("link[rel~=next][href], a[rel~=next][href]")


def _worded(page: HtmlPage) -> Iterator[LexborNode]:
    """Links that say so in words; «Предыдущая страница» leads to newer items, «Предыдущие записи» to older ones."""
    for link in page.all("a[href]"):
        said = _said(link)
        in_pager = _is_in_pager(link) or bool(_IN_ADDRESS.search(link.attributes.get("href") or ""))
        if in_pager and _WORDS.match(said) and not _BACKWARDS.match(said):
            yield link


def _numbered(page: HtmlPage, wanted: int) -> Iterator[LexborNode]:
    for link in page.all("a[href]"):
        is_wanted = _said(link) == str(wanted) and not _is_in_calendar(link)
        if is_wanted and (_IN_ADDRESS.search(link.attributes.get("href") or "") or _is_in_pager(link)):
            yield link


def _pointed(page: HtmlPage) -> Iterator[LexborNode]:
    """Arrows: single ones first, since a double one may lead to the last page."""
    links = [link for link in page.all("a[href]") if _is_in_pager(link)]
    for arrow in _ARROWS:
        yield from (link for link in links if _said(link) == arrow)


def _said(link: LexborNode) -> str:
    """The words of a link, of its title or label where it shows none."""
    attributes = link.attributes
    shown = one_line(visible_text(link))
    return shown or one_line(attributes.get("aria-label") or attributes.get("title") or "")


def _is_in_pager(link: LexborNode) -> bool:
    """Whether a link stands in a box of pages: one named so, or with several numbers beside it."""
    box = link.parent
    for _ in range(4):
        if box is None or box.tag in {"body", "html"}:
            return False
        named = f"{box.attributes.get('class') or ''} {box.attributes.get('id') or ''}".lower()
        if re.search(r"pag(?:in|er|es)|nav-?links|posts-navigation|navigation", named):
            return True
        numbers = sum(1 for other in box.css("a[href]") if _said(other).isdigit())
        if numbers >= 2 and not _is_in_calendar(link):
            return True
        box = box.parent
    return False


def _is_in_calendar(link: LexborNode) -> bool:
    box = link.parent
    for _ in range(6):
        if box is None:
            return False
        named = f"{box.attributes.get('class') or ''} {box.attributes.get('id') or ''}".lower()
        if "calendar" in named or (box.tag == "table" and len(box.css("td")) >= 28):
            return True
        box = box.parent
    return False


def _older_in_feed(text: str, url: str, number: int) -> str:
    for tag in _FEED_LINK.findall(text[:20_000]):
        found = {name.lower(): one or two for name, one, two in _ATTRIBUTE.findall(tag)}
        if found.get("rel", "").lower() in {"next", "prev-archive"}:
            address = absolute(found.get("href", "").replace("&amp;", "&"), url)
            return address if site_of(address) == site_of(url) and address != url else ""
    return _paged(url, number + 1) if "wordpress.org/?v=" in text[:20_000] else ""


def _paged(url: str, number: int) -> str:
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*asked, ("paged", str(number))])))
