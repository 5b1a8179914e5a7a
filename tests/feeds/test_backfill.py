"""Walking back through an archive over real HTTP: everything once, in silence, and on from where it stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from feeds.backfill import Backfiller, Step
from feeds.errors import ServerFailed
from feeds.fetch import Web
from feeds.filing import Filing
from feeds.refresh import Refresher
from feeds.worker import Reader
from storage.database import Database
from storage.languages import Names
from storage.releases import ReleaseFilter, Releases
from storage.sources import Source, SourceDefinition, Sources
from tests.feeds.conftest import Partner
from tests.feeds.house import prose, tagger

PER_PAGE = 3


@dataclass
class Archive:
    """A site with pages of news, and what walks it."""

    partner: Partner
    sources: Sources
    releases: Releases
    refresher: Refresher
    backfiller: Backfiller

    async def source(self) -> Source:
        return await self.sources.get("partner")

    async def walk(self, pages: int, *, restart: bool = False) -> list[Step]:
        return [step async for step in self.backfiller.walk(await self.source(), pages, restart=restart)]

    def has_pages(self, count: int, *, last_for_ever: bool = False) -> None:
        for number in range(1, count + 1):
            self._page(
                f"/list?page={number}" if number > 1 else "/list", number, number < count or last_for_ever
            )
        if last_for_ever:
            self._page(f"/list?page={count + 1}", count, True)

    def _page(self, path: str, number: int, more: bool) -> None:
        first = (number - 1) * PER_PAGE + 1
        links = "".join(
            f"<li><a href=/a/{n}.html>Заголовок новости номер {n}</a></li>"
            for n in range(first, first + PER_PAGE)
        )
        shown = int(path.partition("page=")[2] or 1)
        pager = (
            f"<div class=pagination><a href='/list?page={shown + 1}'>{shown + 1}</a></div>" if more else ""
        )
        self.partner.says(path, f"<html><ul>{links}</ul>{pager}</html>")
        for n in range(first, first + PER_PAGE):
            body = "".join(f"<p>{line}</p>" for line in prose(n).split("\n"))
            self.partner.says(f"/a/{n}.html", f"<html><h1>Заголовок новости номер {n}</h1>{body}</html>")


@pytest.fixture
async def archive(
    sqlite_database: Database, partner: Partner, out: Web, reader: Reader, now: datetime
) -> AsyncIterator[Archive]:
    sources, releases = Sources(sqlite_database), Releases(sqlite_database)
    filing = Filing(releases, tagger)
    refresher = Refresher(web=out, reader=reader, sources=sources, filing=filing)
    backfiller = Backfiller(
        web=out, reader=reader, sources=sources, filing=filing, refresher=refresher, clock=lambda: now
    )
    rule = {"item_pattern": r"/a/\d+\.html"}
    definition = SourceDefinition("partner", Names("partner"), "listing", f"{partner.url}/list", rule=rule)
    await sources.put(definition, datetime(2026, 11, 1, tzinfo=UTC))
    yield Archive(partner, sources, releases, refresher, backfiller)


async def test_an_archive_is_walked_to_its_end_in_silence(archive: Archive) -> None:
    archive.has_pages(3)
    steps = await archive.walk(10)
    assert [(step.number, step.items, step.filed) for step in steps] == [(1, 3, 3), (2, 3, 3), (3, 3, 3)]
    assert steps[-1].place.done
    stored = await archive.releases.latest(limit=50)
    assert len(stored) == 9
    assert all(release.silent and len(release.body) > 200 for release in stored)


async def test_it_goes_on_from_where_it_stopped(archive: Archive) -> None:
    archive.has_pages(4)
    await archive.walk(2)
    archive.partner.asked.clear()
    assert [step.number for step in await archive.walk(1)] == [3]
    assert archive.partner.paths()[0] == "/list?page=3"
    await archive.walk(5)
    assert await archive.walk(5) == []
    assert await archive.releases.count() == 12


async def test_a_page_that_cannot_be_had_is_tried_again_by_the_next_walk(archive: Archive) -> None:
    archive.has_pages(3)
    whole = archive.partner.answers["/list?page=2"]
    archive.partner.says("/list?page=2", "", status=502)
    with pytest.raises(ServerFailed):
        await archive.walk(5)
    archive.partner.answers["/list?page=2"] = whole
    assert [step.number for step in await archive.walk(5)] == [2, 3]


async def test_a_second_walk_adds_nothing_and_opens_no_article_again(archive: Archive) -> None:
    archive.has_pages(2)
    await archive.walk(5)
    archive.partner.asked.clear()
    assert [step.filed for step in await archive.walk(5, restart=True)] == [0, 0]
    assert archive.partner.paths() == ["/list", "/list?page=2"]
    assert await archive.releases.count(ReleaseFilter(with_copies=True)) == 6


async def test_a_site_that_shows_its_last_page_for_ever_has_an_end(archive: Archive) -> None:
    archive.has_pages(2, last_for_ever=True)
    steps = await archive.walk(10)
    assert [(step.number, step.filed) for step in steps] == [(1, 3), (2, 3), (3, 0)]
    assert steps[-1].place.done


async def test_an_archive_that_ends_with_an_error_page_has_ended(archive: Archive) -> None:
    archive.has_pages(2, last_for_ever=True)
    archive.partner.says("/list?page=3", "<html>нет такой страницы</html>", status=404)
    assert (await archive.walk(10))[-1].place.done


async def test_news_on_the_newest_page_is_left_to_the_refresh_that_tells_it(
    archive: Archive, now: datetime
) -> None:
    archive.has_pages(1)
    await archive.refresher.refresh(await archive.source(), now)
    archive.has_pages(2)
    archive._page("/list", 5, True)
    assert [step.filed for step in await archive.walk(2)] == [0, 3]
    refreshed = await archive.refresher.refresh(await archive.source(), now)
    assert len(refreshed.filed.new) == 3


async def test_an_article_that_does_not_open_now_is_opened_by_another_walk(archive: Archive) -> None:
    archive.has_pages(2)
    whole = archive.partner.answers["/a/5.html"]
    archive.partner.says("/a/5.html", "", status=503)
    assert [(step.filed, step.missed) for step in await archive.walk(5)] == [(3, 0), (2, 1)]
    archive.partner.answers["/a/5.html"] = whole
    assert [step.filed for step in await archive.walk(5, restart=True)] == [0, 1]
