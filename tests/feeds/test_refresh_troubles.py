"""A source that fails, moves, ends or lies: what went wrong is remembered in words, and stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feeds.errors import Gone, NoItems, NotAFeed, ServerFailed
from feeds.tagging import Tags
from tests.feeds.house import HOUR, House, house, prose, tagger

__all__ = ["house"]


async def test_a_listing_that_lost_its_links_is_broken_and_not_empty(house: House, now: datetime) -> None:
    await house.add(kind="listing", path="/list")
    house.partner.says("/list", "<html><h1>Новый сайт</h1><a href=/b/1>О нас</a></html>")
    assert isinstance((await house.refresh(now)).error, NoItems)


async def test_an_article_that_fails_for_now_waits_and_one_that_is_gone_does_not(
    house: House, now: datetime
) -> None:
    await house.add(kind="listing", path="/list")
    house.listing(1)
    await house.refresh(now)
    house.listing(1, 2, 3)
    house.partner.says("/a/2.html", status=502)
    house.partner.says("/a/3.html", status=404)
    assert len((await house.refresh(now + HOUR)).filed.new) == 1
    house.listing(1, 2, 3)
    (late,) = (await house.refresh(now + 2 * HOUR)).filed.new
    release = await house.releases.get(late)
    assert release is not None and release.title.endswith("2") and release.body


async def test_one_error_page_under_many_addresses_is_no_text(house: House, now: datetime) -> None:
    await house.add(kind="listing", path="/list")
    house.listing(1)
    await house.refresh(now)
    house.listing(1, 2, 3)
    sorry = "<html><h1>Сайт партнёра сегодня</h1>" + f"<p>{prose(50)}</p></html>"
    house.partner.says("/a/2.html", sorry)
    house.partner.says("/a/3.html", sorry)
    filed = (await house.refresh(now + HOUR)).filed
    assert {release.body for release in await house.releases.many((*filed.new, *filed.copies))} == {""}


async def test_an_unchanged_answer_is_not_parsed_again(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1)
    assert not (await house.refresh(now)).unchanged
    assert (await house.refresh(now + HOUR)).unchanged
    house.partner.says("/feed", status=304)
    assert (await house.refresh(now + 2 * HOUR)).unchanged
    source = await house.sources.get("partner")
    assert source.last_success_at == now + 2 * HOUR
    assert source.content_hash is not None


async def test_a_source_that_moved_for_good_is_asked_at_its_new_address(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1, path="/new")
    house.partner.says("/feed", status=301, Location="/new")
    await house.refresh(now)
    assert (await house.sources.get("partner")).url == f"{house.partner.url}/new"


async def test_a_source_that_says_it_is_gone_is_retired(house: House, now: datetime) -> None:
    await house.add()
    house.partner.says("/feed", status=410)
    refreshed = await house.refresh(now)
    assert isinstance(refreshed.error, Gone)
    assert refreshed.news == "broken"
    assert await house.sources.all() == ()


async def test_failures_are_remembered_in_words_and_asked_later_and_later(
    house: House, now: datetime
) -> None:
    await house.add()
    house.partner.says("/feed", status=500)
    waits, told = [], []
    for step in range(7):
        at = now + step * timedelta(days=2)
        refreshed = await house.refresh(at)
        source = await house.sources.get("partner")
        assert isinstance(refreshed.error, ServerFailed) and source.next_check_at is not None
        waits.append(source.next_check_at - at)
        told.append(refreshed.news)
        if refreshed.news:
            await house.sources.note_staff_told(source.id, refreshed.news)
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR]
    assert told == [None, None, "broken", None, None, None, None]
    assert source.error_code == "feeds.server_failed" and "500" in (source.error_text or "")
    house.feed(1)
    back = await house.refresh(now + timedelta(days=20))
    assert back.news == "well"
    assert (await house.sources.get("partner")).error_code is None


async def test_asked_to_come_later_it_comes_later(house: House, now: datetime) -> None:
    await house.add()
    house.partner.says("/feed", status=429, Retry_After="36000")
    await house.refresh(now)
    assert (await house.sources.get("partner")).next_check_at == now + timedelta(hours=10)


async def test_freshness_is_honoured_and_capped(house: House, now: datetime) -> None:
    await house.add()
    house.partner.says(
        "/feed", "<rss><channel><title>T</title></channel></rss>", Cache_Control="max-age=7200"
    )
    await house.refresh(now)
    assert (await house.sources.get("partner")).next_check_at == now + 2 * HOUR


async def test_a_page_where_a_feed_was_is_an_error_of_that_source_alone(house: House, now: datetime) -> None:
    await house.add("one", path="/one")
    await house.add("two", path="/two")
    house.partner.says("/one", "<!DOCTYPE html><html><p>parked</p></html>")
    house.feed(1, path="/two")
    by_slug = {refreshed.source.slug: refreshed for refreshed in await house.refresher.refresh_due(now)}
    assert isinstance(by_slug["one"].error, NotAFeed)
    assert by_slug["two"].error is None and len(by_slug["two"].filed.hushed) == 1
    assert await house.refresher.refresh_due(now) == ()


async def test_a_mistake_of_ours_in_one_source_does_not_stop_the_others(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await house.add("one", path="/one")
    await house.add("two", path="/two")
    house.feed(1, path="/one")
    house.feed(2, path="/two")

    def failing(title: str, text: str) -> Tags:
        if title == "Новость 1":
            raise ZeroDivisionError
        return tagger(title, text)

    monkeypatch.setattr(house.filing, "_tagger", failing)
    by_slug = {refreshed.source.slug: refreshed for refreshed in await house.refresher.refresh_due(now)}
    assert by_slug["one"].error is not None and by_slug["two"].error is None
    assert "ZeroDivisionError" in caplog.text
