"""One page, feed or file to what it says: all of the parsing, as one pure function that a process of its own runs.

The heavier readers are imported when first needed, so that a process that reads feeds stays small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from feeds.addresses import absolute, canonical
from feeds.dates import midnight, sensible
from feeds.decode import Decoded, decode
from feeds.errors import DocumentError, NoArticle, NoItems, NotAFeed
from feeds.items import Heard, Item, Page
from feeds.syndication import looks_like_feed, read_feed

Task = Literal["feed", "listing", "article", "anything", "learn", "older", "document"]

_NOWHERE = "http://nowhere.invalid/"
_FILES = (b"%PDF-", b"PK\x03\x04", b"{\\rtf")
_STRONG_LIST = 2.6
_LONG_PROSE = 900


@dataclass(frozen=True, slots=True)
class Job:
    """What to read and as what.  `page.url` names the file for a document; `number` is a page's in its archive."""

    task: Task
    page: Page
    now: datetime
    number: int = 1


def read(job: Job) -> Any:
    """`Heard` for a feed, listing or anything; `Item` for an article; `Document` for a document; candidates for learn.

    An address for older.  Raises only `FeedError`s for what strangers can send.
    """
    return _TASKS[job.task](job)


def _feed(job: Job) -> Heard:
    text = _decoded(job)
    return _noted(read_feed(text.text, job.page.url, job.now), text)


def _listing(job: Job) -> Heard:
    from feeds.listing import read_listing

    text = _decoded(job)
    return _noted(read_listing(text.text, job.page.url, job.now, job.page.rule), text)


def _article(job: Job) -> Item:
    if job.page.body[:1024].lstrip().startswith(_FILES):
        try:
            return _from_file(job)
        except DocumentError as error:
            raise NoArticle(url=job.page.url) from error
    from feeds.article import read_article

    return read_article(_decoded(job).text, job.page.url, job.now, job.page.rule)


def _from_file(job: Job) -> Item:
    """The article that a link leads to where that is a file, as partners publish letters and releases."""
    from feeds.documents import read_document

    url = job.page.url
    document = read_document(unquote(urlsplit(url).path) or "file", job.page.body, job.now)
    return Item(
        id=url,
        title=document.title,
        url=url,
        published_at=sensible(midnight(document.date), job.now),
        summary=document.body.split("\n", 1)[0],
        body=document.body,
        language=document.language,
        related=document.related,
    )


def _learn(job: Job) -> Any:
    from feeds.listing import learn_listing

    return learn_listing(_decoded(job).text, job.page.url, job.now)


def _older(job: Job) -> str:
    from feeds.paging import older_page

    return older_page(_decoded(job).text, job.page.url, job.number)


def _document(job: Job) -> Any:
    from feeds.documents import read_document

    return read_document(job.page.url, job.page.body, job.now)


def _anything(job: Job) -> Heard:
    """What a page is, when nobody said: a feed, a list of articles, an article, or nothing to read."""
    if job.page.body.startswith(_FILES):
        item = _from_file(job)
        return Heard("article", item.title, (item,), ("file: read as a document",))
    text = _decoded(job)
    if looks_like_feed(text.text):
        return _noted(read_feed(text.text, job.page.url, job.now), text)
    if "<" not in text.text[:5000]:
        return Heard(kind="none", warnings=("not_a_page: neither a feed nor HTML",))
    if job.page.url:
        return _noted(_list_or_article(job, text.text), text)
    return _noted(_without_place(_list_or_article(_placed(job, text.text), text.text)), text)


def _list_or_article(job: Job, text: str) -> Heard:
    from feeds.html_page import HtmlPage
    from feeds.listing import learn_listing

    if job.page.rule.item_pattern:
        return _listing(job)
    page = HtmlPage(text, job.page.url)
    feeds, title, frames = page.feeds(), page.title, page.frames()
    article = _article_or_none(job)
    best = next(iter(learn_listing(text, job.page.url, job.now, most=1)), None)
    strong = best is not None and best.score >= _STRONG_LIST
    own = {canonical(job.page.url), canonical(article.url) if article else ""}
    if best and strong and len(best.items) >= 4 and not any(item.id in own for item in best.items):
        prose = _prose_beside(article, best.items)
        if prose < _LONG_PROSE:
            return Heard("listing", title, best.items, (f"learnt: {best.item_pattern}",), feeds)
    if article:
        return Heard("article", title, (article,), (), feeds)
    if best and strong:
        return Heard("listing", title, best.items, (f"learnt: {best.item_pattern}",), feeds)
    return Heard("none", title, (), ("nothing: neither a list of articles nor an article",), feeds, frames)


def _prose_beside(article: Item | None, items: tuple[Item, ...]) -> int:
    """How much of a page's text is not the titles and first words of what it lists."""
    if article is None:
        return 0
    listed = sum(len(text) for item in items for text in (item.title, item.summary) if text in article.body)
    return len(article.body) - listed


def _placed(job: Job, text: str) -> Job:
    """A file as a page: at the address it names as its own, or at one that cannot be."""
    from feeds.html_page import HtmlPage

    page = HtmlPage(text)
    own = page.canonical or absolute(page.meta("og:url")) or page.base or _NOWHERE
    return replace(job, page=replace(job.page, url=own))


def _without_place(heard: Heard) -> Heard:
    """Addresses of a file that names no site, relative as they are written."""
    items = tuple(
        replace(item, id=item.id.removeprefix(canonical(_NOWHERE)), url="/" + item.url.removeprefix(_NOWHERE))
        if item.url.startswith(_NOWHERE)
        else item
        for item in heard.items
    )
    return replace(heard, items=items)


def _article_or_none(job: Job) -> Item | None:
    try:
        return _article(job)
    except NoArticle:
        return None


def _decoded(job: Job) -> Decoded:
    return decode(job.page.body, job.page.charset)


def _noted(heard: Heard, text: Decoded) -> Heard:
    notes = [f"repaired: {text.repaired} broken byte sequences"] if text.repaired else []
    if text.encoding not in {"utf-8", "cp1251"}:
        notes.append(f"encoding: {text.encoding}")
    return replace(heard, warnings=(*heard.warnings, *notes)) if notes else heard


_TASKS: Final[dict[Task, Callable[[Job], Any]]] = {
    "feed": _feed,
    "listing": _listing,
    "article": _article,
    "anything": _anything,
    "learn": _learn,
    "older": _older,
    "document": _document,
}

__all__ = ["Job", "NoArticle", "NoItems", "NotAFeed", "Task", "read"]
