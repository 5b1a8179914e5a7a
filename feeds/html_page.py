"""A parsed page and what it says of itself: canonical address, meta tags, JSON-LD, feeds it announces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.addresses import absolute, site_of, without_language
from feeds.text import one_line

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_REFRESH = re.compile(r"(?i)^\s*\d*(?:\.\d+)?\s*[;,]?\s*(?:url\s*=)?")
_LISTED_TYPES = ("Article", "NewsArticle", "BlogPosting", "Report", "PressRelease", "ListItem")
_LANGUAGES = (
    "кыргызча",
    "кырг",
    "кг",
    "kg",
    "kgz",
    "ky",
    "русский",
    "рус",
    "ру",
    "ru",
    "rus",
    "english",
    "eng",
    "en",
)
_ARTICLE_TYPES = ("Article", "NewsArticle", "BlogPosting", "Report", "PressRelease", "WebPage")
_MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """An article that JSON-LD lists."""

    url: str
    title: str
    date: str = ""
    summary: str = ""


class HtmlPage:
    """A tree like the one a browser builds, with its address."""

    def __init__(self, text: str, url: str = "") -> None:
        self.tree = LexborHTMLParser(text)
        self.url = url
        base = self.first("base[href]")
        self.base = absolute(base.attributes.get("href") or "", url) or url if base else url

    def all(self, selector: str) -> list[LexborNode]:
        """Nodes of a CSS selector; a selector that is not valid finds nothing."""
        try:
            return self.tree.css(selector)
        except (SelectolaxError, ValueError):
            return []

    def first(self, selector: str) -> LexborNode | None:
        """The first node of a CSS selector."""
        return next(iter(self.all(selector)), None)

    def drop(self, selectors: Iterable[str]) -> None:
        """Removes what the selectors find."""
        for selector in selectors:
            for node in self.all(selector):
                node.decompose()

    def link(self, address: str | None) -> str:
        """An address on the page made absolute, "" if it is not one of the web."""
        return absolute(address or "", self.base)

    def meta(self, *names: str) -> str:
        """The content of the first meta tag with one of these names, properties or itemprops."""
        found: dict[str, str] = {}
        for node in self.all("meta[content]"):
            attributes = node.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            found.setdefault(name.lower(), one_line(attributes.get("content") or ""))
        return next((value for name in names if (value := found.get(name, ""))), "")

    @property
    def title(self) -> str:
        """The text of <title>."""
        node = self.first("title")
        return one_line(node.text()) if node else ""

    @property
    def language(self) -> str:
        """The language that <html lang> names, "" if none."""
        node = self.first("html[lang]")
        return (node.attributes.get("lang") or "")[:8].lower() if node else ""

    @property
    def canonical(self) -> str:
        """The address that the page calls its own."""
        node = self.first("link[rel=canonical]")
        return self.link(node.attributes.get("href")) if node else ""

    def feeds(self) -> tuple[str, ...]:
        """Addresses of the feeds that the page announces."""
        links = (
            self.link(node.attributes.get("href"))
            for node in self.all("link[rel~=alternate][href]")
            if (node.attributes.get("type") or "").lower() in _FEED_TYPES
        )
        return tuple(dict.fromkeys(filter(None, links)))

    def frames(self) -> tuple[str, ...]:
        """Pages of the same site that this one is made of, or that it hands its reader on to."""
        inner = [node.attributes.get("src") for node in self.all("frame[src], iframe[src]")]
        inner += [
            _REFRESH.sub("", node.attributes.get("content") or "").strip(" '\"")
            for node in self.all("meta[http-equiv][content]")
            if (node.attributes.get("http-equiv") or "").lower() == "refresh"
        ]
        links = (self.link(address) for address in inner if address)
        return tuple(dict.fromkeys(link for link in links if link and site_of(link) == site_of(self.url)))

    def listed(self) -> tuple[Listed, ...]:
        """The articles that JSON-LD lists (https://schema.org/ItemList), for pages that a script draws."""
        found = (
            self._listed(thing)
            for node in self.all('script[type="application/ld+json"]')
            for thing in islice(_everything(_json(node.text())), _MOST_LISTED)
        )
        return tuple(one for one in found if one is not None)

    def _listed(self, thing: dict[str, Any]) -> Listed | None:
        kinds = thing.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        address, title = thing.get("url"), thing.get("headline") or thing.get("name")
        if not (isinstance(address, str) and isinstance(title, str) and title.strip()):
            return None
        if not any(kind in _LISTED_TYPES for kind in kinds) or not (url := self.link(address)):
            return None
        date, summary = thing.get("datePublished"), thing.get("description")
        return Listed(
            url.partition("#")[0],
            one_line(title)[:400],
            date if isinstance(date, str) else "",
            one_line(summary) if isinstance(summary, str) else "",
        )

    def editions(self, own: str) -> tuple[str, ...]:
        """Addresses of the same page in other languages, as it names them; `own` is its address.

        A link says so itself (`hreflang`), or is named for a language and differs in nothing but the language.
        """
        said = self.all("link[rel~=alternate][hreflang][href], a[hreflang][href]")
        named = [node for node in self.all("a[href]")[:400] if one_line(node.text()).casefold() in _LANGUAGES]
        links = [self.link(node.attributes.get("href")) for node in said]
        switched = (self.link(node.attributes.get("href")) for node in named)
        links += [link for link in switched if without_language(link) == without_language(own)]
        return tuple(dict.fromkeys(link for link in links if link and link != own))[:10]

    def described(self) -> dict[str, Any]:
        """What JSON-LD says of the article on the page (https://schema.org/Article), {} if nothing."""
        for node in self.all('script[type="application/ld+json"]'):
            for thing in _things(_json(node.text())):
                kinds = thing.get("@type")
                if any(kind in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    return thing
        return {}


def _json(text: str) -> Any:
    try:
        return json.loads(text[:200_000])
    except (ValueError, RecursionError):
        return None


def _things(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for one in data[:50]:
            yield from _things(one) if not isinstance(one, list) else ()
    elif isinstance(data, dict):
        yield data
        graph = data.get("@graph")
        if isinstance(graph, list):
            yield from (one for one in graph[:50] if isinstance(one, dict))


def _everything(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in a piece of JSON-LD, however deep."""
    waiting = [data]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            yield thing
            waiting.extend(reversed(list(thing.values())))
        elif isinstance(thing, list):
            waiting.extend(reversed(thing))
