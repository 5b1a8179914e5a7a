"""One source, once: fetch → decode → parse → decide → tag → store.  Nothing is sent from here."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from feeds.errors import FeedError, FetchError, Gone, NoArticle, NotFound, Refused, TooLarge
from feeds.fetch import Fetched, NotModified, Request, Web
from feeds.filing import BURST, NOTHING_FILED, Filed, Filing
from feeds.health import News, news, next_after_failure, next_after_success
from feeds.items import Heard, Item, Page, Rule
from feeds.reading import Job
from feeds.worker import Reader
from storage.sources import Checked, Source, Sources

ARTICLES_AT_ONCE: Final = 10
"""Articles of one listing that are opened in one refresh; the others wait for the next, which comes soon."""
ARTICLES_OF_AN_ARCHIVE: Final = 25
_SOON: Final = timedelta(minutes=5)
_FOR_GOOD = (Gone, NotFound, Refused, TooLarge, NoArticle)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.  `news` is what staff should hear of the source's health, once."""

    source: Source
    filed: Filed = NOTHING_FILED
    unchanged: bool = False
    error: FeedError | None = None
    warnings: tuple[str, ...] = ()
    news: News | None = None


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Items to file, and whether others were left for the next time."""

    items: tuple[Item, ...]
    warnings: tuple[str, ...]
    unfinished: bool = False


class Refresher:
    """Refreshes sources with what it is given: the web, the reading process, and where things are kept."""

    def __init__(
        self,
        *,
        web: Web,
        reader: Reader,
        sources: Sources,
        filing: Filing,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._web = web
        self._reader = reader
        self._sources = sources
        self._filing = filing
        self._chance = chance

    async def refresh_due(self, now: datetime, at_once: int = 8) -> tuple[Refreshed, ...]:
        """Refreshes every source whose time has come, several at once.  One that fails does not stop the others."""
        due = await self._sources.due(now)
        done: list[Refreshed | None] = [None] * len(due)
        waiting = iter(enumerate(due))

        async def one_after_another() -> None:
            for at, source in waiting:
                done[at] = await self._unharmed(source, now)

        await asyncio.gather(*(one_after_another() for _ in range(min(at_once, len(due)))))
        return tuple(refreshed for refreshed in done if refreshed is not None)

    async def refresh(self, source: Source, now: datetime) -> Refreshed:
        """Fetches a source if it changed, and files what is new.  The first time fills the archive in silence.

        What goes wrong is recorded with the source, which is asked again later and later; a source that says that
        it is gone is retired.
        """
        try:
            answer = await self._web.fetch(_request(source), now)
            if isinstance(answer, NotModified) or answer.body_hash == source.content_hash:
                return await self._nothing_new(source, answer, now)
            gathered = await self._gather(source, answer, now)
            filed = await self._file(source, gathered, now)
        except Gone as error:
            await self._sources.retire(source.id, now, error.code, str(error))
            return Refreshed(source, error=error, news="broken")
        except FeedError as error:
            return await self._failed(source, error, now)
        await self._succeeded(source, answer, now, unfinished=gathered.unfinished)
        return Refreshed(source, filed, warnings=gathered.warnings, news=news(source, failed=False))

    async def _unharmed(self, source: Source, now: datetime) -> Refreshed:
        try:
            return await self.refresh(source, now)
        except Exception:  # the outermost loop: a mistake of ours in one source must not stop the others
            _log.exception("refreshing %s failed", source.slug)
            return await self._failed(source, FeedError(), now)

    async def _gather(self, source: Source, answer: Fetched, now: datetime) -> _Gathered:
        if source.kind == "listing":
            return await self._gather_listing(source, answer, now)
        heard: Heard = await self._reader.read(Job("feed", _page(source, answer), now))
        return _Gathered(heard.items, heard.warnings)

    async def _gather_listing(self, source: Source, answer: Fetched, now: datetime) -> _Gathered:
        heard: Heard = await self._reader.read(Job("listing", _page(source, answer), now))
        if not Rule.from_mapping(source.rule).with_articles:
            return _Gathered(heard.items, heard.warnings)
        known = await self._filing.known(source, heard.items)
        new = [item for item in heard.items if item.id not in known]
        first = source.archived_at is None
        opened = new[: ARTICLES_OF_AN_ARCHIVE if first else ARTICLES_AT_ONCE]
        items, missed = await self.with_articles(source, opened, now)
        rest = new[len(opened) :]
        if first or len(new) > BURST:
            items, rest = (*items, *rest), []
        return _Gathered(items, heard.warnings, unfinished=bool(rest or missed))

    async def with_articles(
        self, source: Source, items: Sequence[Item], now: datetime
    ) -> tuple[tuple[Item, ...], int]:
        """Items of a listing with the texts of their pages, opened one after another; and how many did not open now."""
        whole = [await self._with_article(source, item, now) for item in items]
        opened = [item for item in whole if item is not None]
        return tuple(_without_repeated_bodies(opened)), len(whole) - len(opened)

    async def _with_article(self, source: Source, item: Item, now: datetime) -> Item | None:
        """An item of a listing with the text of its page.

        As the list has it where the page has no text for good; None where it may have one later.
        """
        try:
            answer = await self._web.fetch(Request(item.url), now)
            assert isinstance(answer, Fetched)
            article: Item = await self._reader.read(Job("article", _page(source, answer), now))
        except _FOR_GOOD:
            return item
        except FeedError as error:
            _log.info("%s: %s", item.url, error)
            return None
        return replace(
            article,
            id=item.id,
            url=item.url,
            title=_better_title(article.title, item.title),
            published_at=article.published_at or item.published_at,
            summary=item.summary or article.summary,
        )

    async def _file(self, source: Source, gathered: _Gathered, now: datetime) -> Filed:
        return await self._filing.file(source, gathered.items, now, silent=source.archived_at is None)

    async def _nothing_new(self, source: Source, answer: Fetched | NotModified, now: datetime) -> Refreshed:
        await self._succeeded(source, answer, now, unfinished=False)
        return Refreshed(source, unchanged=True, news=news(source, failed=False))

    async def _succeeded(
        self, source: Source, answer: Fetched | NotModified, now: datetime, *, unfinished: bool
    ) -> None:
        """Validators and the hash of the body are kept only where everything was read, or the rest would be lost."""
        moved = answer.permanent_url if answer.permanent_url != source.url else None
        body_hash = answer.body_hash if isinstance(answer, Fetched) else source.content_hash
        due = next_after_success(source, now, answer.fresh_for, self._chance())
        checked = Checked(
            next_check_at=min(due, now + _SOON) if unfinished else due,
            etag=None if unfinished else answer.etag or None,
            last_modified=None if unfinished else answer.last_modified or None,
            content_hash=None if unfinished else body_hash,
            url=moved,
        )
        await self._sources.record_success(source.id, checked, now)

    async def _failed(self, source: Source, error: FeedError, now: datetime) -> Refreshed:
        wait = error.retry_after if isinstance(error, FetchError) else None
        due = next_after_failure(source, now, wait, self._chance())
        await self._sources.record_failure(source.id, error.code, str(error), due, now)
        return Refreshed(source, error=error, news=news(source, failed=True))


def _request(source: Source) -> Request:
    return Request(source.url, etag=source.etag or "", last_modified=source.last_modified or "")


def _page(source: Source, answer: Fetched) -> Page:
    return Page(
        answer.body, answer.final_url, answer.charset, answer.content_type, Rule.from_mapping(source.rule)
    )


def _better_title(of_page: str, of_list: str) -> str:
    """The page's title, unless it is the site's and only the list names the article."""
    return of_list if len(of_page.split()) <= 2 < len(of_list.split()) else of_page or of_list


def _without_repeated_bodies(items: Sequence[Item]) -> list[Item]:
    """Pages that all say the same are one error page shown under many addresses: their text is not an article."""
    times = Counter(item.body for item in items if item.body)
    return [_without_text(item) if times[item.body] > 1 else item for item in items]


def _without_text(item: Item) -> Item:
    return replace(item, body="", summary="" if item.summary in item.body else item.summary, related=())
