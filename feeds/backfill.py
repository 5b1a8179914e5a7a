"""Walking back through a source's archive, page by page: politely, in silence, and on from where it stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from feeds.errors import FetchError, Gone, NoItems, NotAFeed, NotFound
from feeds.fetch import Fetched, Request, Web
from feeds.filing import Filing
from feeds.items import Heard, Item, Page, Rule
from feeds.reading import Job, Task
from feeds.refresh import Refresher
from feeds.worker import Reader
from storage.sources import Source, Sources

_END: Final = (NotFound, Gone, NoItems, NotAFeed)
"""What an archive answers after its last page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands: the next page and its number, 1 being the newest.  Kept with the source after each page.

    `seen` names the items of the page before: a site that shows its last page for ever is at its end.
    """

    next: str
    number: int = 1
    filed: int = 0
    seen: str = ""
    done: bool = False

    @classmethod
    def of(cls, source: Source) -> Place:
        """Where the last walk got to, or the beginning; a source that has moved begins anew."""
        kept: Mapping[str, Any] = source.backfill
        if kept.get("of") != source.url:
            return cls(source.url)
        return cls(**{name: value for name, value in kept.items() if name != "of"})

    def kept_for(self, source: Source) -> dict[str, Any]:
        """The form that `of` reads."""
        return {"of": source.url, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Step:
    """What one page gave: items on it, how many of them are new releases, and how many could not be opened."""

    url: str
    number: int
    items: int
    filed: int
    missed: int
    place: Place
    """Where the walk stands after it."""


class Backfiller:
    """Walks with what hearing has."""

    def __init__(
        self,
        *,
        web: Web,
        reader: Reader,
        sources: Sources,
        filing: Filing,
        refresher: Refresher,
        clock: Callable[[], datetime],
    ) -> None:
        self._web = web
        self._reader = reader
        self._sources = sources
        self._filing = filing
        self._refresher = refresher
        self._clock = clock

    async def walk(self, source: Source, pages: int, *, restart: bool = False) -> AsyncIterator[Step]:
        """Reads up to `pages` more pages, one after another, and yields what each gave once it is stored.

        Nothing is told to anybody.  Raises a `FeedError` where a page cannot be had now: the next walk begins with it.
        """
        place = Place(source.url) if restart else Place.of(source)
        for _ in range(pages):
            if place.done:
                return
            step = await self._page(source, place)
            place = step.place
            await self._sources.note_backfill(source.id, place.kept_for(source))
            yield step

    async def _page(self, source: Source, place: Place) -> Step:
        now = self._clock()
        try:
            page, heard = await self._read(source, place, now)
        except _END:
            if place.number == 1:
                raise
            return _ended(place)
        seen = _fingerprint(heard.items)
        if seen == place.seen:
            return _ended(place)
        items, missed = await self._whole(source, heard.items if _is_old(source, place) else (), now)
        filed = await self._filing.file(source, items, now, silent=True)
        new = len(filed.new) + len(filed.hushed) + len(filed.copies)
        older: str = await self._reader.read(Job("older", page, now, number=place.number))
        after = replace(
            place, next=older, number=place.number + 1, filed=place.filed + new, seen=seen, done=not older
        )
        return Step(place.next, place.number, len(heard.items), new, missed, after)

    async def _read(self, source: Source, place: Place, now: datetime) -> tuple[Page, Heard]:
        answer = await self._web.fetch(Request(place.next), now)
        if not isinstance(answer, Fetched):
            raise FetchError
        rule = Rule.from_mapping(source.rule)
        page = Page(answer.body, answer.final_url, answer.charset, answer.content_type, rule)
        task: Task = "listing" if source.kind == "listing" else "feed"
        return page, await self._reader.read(Job(task, page, now))

    async def _whole(
        self, source: Source, items: tuple[Item, ...], now: datetime
    ) -> tuple[tuple[Item, ...], int]:
        """The items that are not there yet, with the texts of their pages, and how many did not open now."""
        known = await self._filing.known(source, items)
        new = [item for item in items if item.id not in known]
        if source.kind != "listing" or not Rule.from_mapping(source.rule).with_articles:
            return tuple(new), 0
        return await self._refresher.with_articles(source, new, now)


def _is_old(source: Source, place: Place) -> bool:
    """Whether a page is of the archive: what the newest page has is for the refresh, which tells it."""
    return place.number > 1 or source.archived_at is None


def _ended(place: Place) -> Step:
    return Step(place.next, place.number, 0, 0, 0, replace(place, next="", done=True))


def _fingerprint(items: tuple[Item, ...]) -> str:
    return "\n".join(sorted(item.id for item in items))[:4000]
