"""One page, feed or file to what it says: all of the parsing, as one pure function that a process of its own runs.

The heavier readers are imported when first needed, so that a process that reads feeds stays small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from feeds.addresses import canonical
from feeds.decode import Decoded, decode
from feeds.errors import NoArticle, NoItems, NotAFeed
from feeds.items import Heard, Item, Page
from feeds.syndication import looks_like_feed, read_feed

Task = Literal["feed", "listing", "article", "anything", "learn", "document"]

_STRONG_LIST = 2.6
_LONG_PROSE = 900


@dataclass(frozen=True, slots=True)
class Job:
    """What to read and as what.  `page.url` names the file for a document."""

    task: Task
    page: Page
    now: datetime


def read(job: Job) -> Any:
    """`Heard` for a feed, listing or anything; `Item` for an article; `Document` for a document; candidates for learn.

    Raises only `FeedError`s for what strangers can send.
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
    from feeds.article import read_article

    return read_article(_decoded(job).text, job.page.url, job.now, job.page.rule)


def _learn(job: Job) -> Any:
    from feeds.listing import learn_listing

    return learn_listing(_decoded(job).text, job.page.url, job.now)


def _document(job: Job) -> Any:
    from feeds.documents import read_document

    return read_document(job.page.url, job.page.body, job.now)


def _anything(job: Job) -> Heard:
    """What a page is, when nobody said: a feed, a list of articles, an article, or nothing to read."""
    text = _decoded(job)
    if looks_like_feed(text.text):
        return _noted(read_feed(text.text, job.page.url, job.now), text)
    if job.page.rule.item_pattern:
        return _listing(job)
    if "<" not in text.text[:5000]:
        return Heard(kind="none", warnings=("not_a_page: neither a feed nor HTML",))
    return _noted(_list_or_article(job, text.text), text)


def _list_or_article(job: Job, text: str) -> Heard:
    from feeds.html_page import HtmlPage
    from feeds.listing import learn_listing

    page = HtmlPage(text, job.page.url)
    feeds, title = page.feeds(), page.title
    article = _article_or_none(job)
    guesses = learn_listing(text, job.page.url, job.now, most=1)
    best = guesses[0] if guesses else None
    prose = len(article.body) if article else 0
    own = {canonical(job.page.url), canonical(article.url) if article else ""}
    beside = best is not None and any(item.id in own for item in best.items)
    if best and best.score >= _STRONG_LIST and len(best.items) >= 4 and prose < _LONG_PROSE and not beside:
        learnt = f"learnt: {best.item_pattern}"
        return Heard("listing", title, best.items, (learnt,), feeds)
    if article:
        return Heard("article", title, (article,), (), feeds)
    if best and best.score >= _STRONG_LIST:
        return Heard("listing", title, best.items, (f"learnt: {best.item_pattern}",), feeds)
    return Heard("none", title, (), ("nothing: neither a list of articles nor an article",), feeds)


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
    "document": _document,
}

__all__ = ["Job", "NoArticle", "NoItems", "NotAFeed", "Task", "read"]
