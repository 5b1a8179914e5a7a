"""One source, refreshed: what is new is stored once, what went wrong is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feeds.filing import LOUD_OF_A_BURST, LOUD_OF_A_TOPIC, item_of
from feeds.items import Document
from feeds.refresh import ARTICLES_AT_ONCE
from storage.languages import Names
from storage.releases import ReleaseFilter
from storage.sources import DESK, SourceDefinition
from tests.feeds.house import HOUR, House, house, prose

__all__ = ["house"]


async def test_the_first_refresh_fills_the_archive_in_silence(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1, 2, 3)
    filed = (await house.refresh(now)).filed
    assert (filed.new, len(filed.hushed)) == ((), 3)
    assert all(release.silent for release in await house.releases.latest())


async def test_what_is_new_after_that_is_told_once_and_never_again(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1)
    await house.refresh(now)
    house.feed(1, 2, text2="ПСЭР " + prose(2))
    filed = (await house.refresh(now + HOUR)).filed
    (release,) = await house.releases.many(filed.new)
    assert (release.title, release.silent, release.tags.topics) == ("Новость 2", False, ("pser",))
    assert release.url == f"{house.partner.url}/feed/2"
    house.feed(2, 1, date="21.11.2026", text2="ПСЭР " + prose(2))
    again = (await house.refresh(now + 2 * HOUR)).filed
    assert (again.new, again.hushed, again.changed, again.copies) == ((), (), (), ())


async def test_items_that_vanish_and_return_are_not_new(house: House, now: datetime) -> None:
    await house.add()
    for step, numbers in enumerate([(1, 2), (2,), (1, 2), (3, 1)]):
        house.feed(*numbers)
        refreshed = await house.refresh(now + step * HOUR)
    assert len(refreshed.filed.new) == 1
    assert await house.releases.count() == 3


async def test_a_feed_that_changes_its_guids_repeats_nothing(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1, 2)
    await house.refresh(now)
    old = await house.releases.count(ReleaseFilter(with_copies=True))
    items = "".join(
        f"<item><guid>changed-{n}</guid><title>Новость {n}</title><link>/feed/{n}</link>"
        f"<description>{prose(n)}</description></item>"
        for n in (1, 2)
    )
    house.partner.says("/feed", f"<rss version='2.0'><channel>{items}</channel></rss>")
    filed = (await house.refresh(now + HOUR)).filed
    assert filed.new == filed.hushed == ()
    assert await house.releases.count(ReleaseFilter(with_copies=True)) == old


async def test_items_that_all_link_to_the_front_page_are_still_different(house: House, now: datetime) -> None:
    await house.add()
    for step in range(3):
        item = f"<item><guid>{step}</guid><title>Новость {step}</title><link>/</link><description>{prose(step + 1)}"
        house.partner.says(
            "/feed", f"<rss version='2.0'><channel>{item}</description></item></channel></rss>"
        )
        refreshed = await house.refresh(now + step * HOUR)
    assert len(refreshed.filed.new) == 1
    assert await house.releases.count() == 3


async def test_an_item_that_says_nothing_is_shown_and_not_stored(house: House, now: datetime) -> None:
    await house.add()
    house.partner.says(
        "/feed", "<rss version='2.0'><channel><item></item><item><title>Слово</title></item></channel></rss>"
    )
    assert len((await house.refresh(now)).filed.hushed) == 1


async def test_a_changed_item_is_updated_in_place_and_stays_as_silent_as_it_was(
    house: House, now: datetime
) -> None:
    await house.add()
    house.feed(1)
    await house.refresh(now)
    house.feed(1, text1="ПСЭР добавлено " + prose(1))
    refreshed = await house.refresh(now + HOUR)
    (changed,) = refreshed.filed.changed
    release = await house.releases.get(changed)
    assert release is not None and release.body.startswith("ПСЭР добавлено")
    assert (release.silent, release.tags.topics) == (True, ("pser",))
    assert refreshed.filed.new == ()


async def test_a_burst_is_archived_but_for_its_newest(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1)
    await house.refresh(now)
    house.feed(*range(1, 202))
    filed = (await house.refresh(now + HOUR)).filed
    assert (len(filed.new), len(filed.hushed)) == (LOUD_OF_A_BURST, 200 - LOUD_OF_A_BURST)
    loud = await house.releases.many(filed.new)
    assert {release.and_more[""] for release in loud} == {200 - LOUD_OF_A_BURST}


async def test_who_follows_a_topic_hears_of_it_though_a_burst_is_of_something_else(
    house: House, now: datetime
) -> None:
    await house.add()
    house.feed(1)
    await house.refresh(now)
    about = {f"text{n}": f"ПСЭР {prose(n)}" for n in (60, 61, 62, 63)}
    house.feed(*range(2, 64), **about)
    filed = (await house.refresh(now + HOUR)).filed
    loud = await house.releases.many(filed.new)
    pser = [release for release in loud if "pser" in release.tags.topics]
    assert len(pser) >= LOUD_OF_A_TOPIC
    assert {release.and_more.get("topic:pser", 0) for release in pser} == {4 - len(pser)}


async def test_an_old_item_that_turns_up_is_archived(house: House, now: datetime) -> None:
    await house.add()
    house.feed(1)
    await house.refresh(now)
    house.feed(2, date="01.02.2024")
    filed = (await house.refresh(now + HOUR)).filed
    assert (filed.new, len(filed.hushed)) == ((), 1)


async def test_the_same_release_at_two_partners_is_told_once(house: House, now: datetime) -> None:
    await house.add("one", path="/one")
    await house.add("two", path="/two")
    for slug in ("one", "two"):
        house.feed(100 if slug == "one" else 200, path=f"/{slug}")
        await house.refresh(now, slug)
    house.feed(1, path="/one")
    house.feed(2, path="/two", text2="Наш заголовок. " + prose(1))
    first, second = await house.refresher.refresh_due(now + 2 * HOUR)
    told = (*first.filed.new, *second.filed.new)
    copies = (*first.filed.copies, *second.filed.copies)
    assert (len(told), len(copies)) == (1, 1)
    copy = await house.releases.get(copies[0])
    assert copy is not None and copy.duplicate_of == told[0]


async def test_a_text_that_is_partly_another_s_is_told_and_left_to_staff(house: House, now: datetime) -> None:
    await house.add("one", path="/one")
    await house.add("two", path="/two")
    for slug in ("one", "two"):
        house.feed(100 if slug == "one" else 200, path=f"/{slug}")
        await house.refresh(now, slug)
    words = [f"слово{n}" for n in range(200)]
    house.feed(1, path="/one", text1=" ".join(words[:100]))
    (original,) = (await house.refresh(now + HOUR, "one")).filed.new
    house.feed(2, path="/two", text2=" ".join(words[58:158]))
    filed = (await house.refresh(now + 2 * HOUR, "two")).filed
    (release,) = await house.releases.many(filed.new)
    assert (release.perhaps_copy_of, release.duplicate_of) == (original, None)


async def test_a_listing_gives_whole_articles_a_few_at_a_time(house: House, now: datetime) -> None:
    await house.add(kind="listing", path="/list")
    house.listing(1, 2)
    first = await house.refresh(now)
    assert len(first.filed.hushed) == 2
    house.listing(*range(1, 3 + ARTICLES_AT_ONCE + 3))
    second = await house.refresh(now + HOUR)
    assert len(second.filed.new) == ARTICLES_AT_ONCE
    source = await house.sources.get("partner")
    assert source.next_check_at is not None and source.next_check_at < now + HOUR + timedelta(minutes=10)
    third = await house.refresh(now + 2 * HOUR)
    assert len(third.filed.new) == 3
    (release, *_) = await house.releases.many(second.filed.new)
    assert release.body == prose(int(release.title.rsplit(" ", 1)[1]))
    assert release.published_at == datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert sum(path.startswith("/a/") for path in house.partner.paths()) == 2 + ARTICLES_AT_ONCE + 3


async def test_a_document_of_staff_is_told_however_old_and_only_once(house: House, now: datetime) -> None:
    await house.sources.put(SourceDefinition(DESK, Names("Редакция"), "desk", ""), now)
    desk = await house.sources.get(DESK)
    document = Document(
        title="Старый релиз", date=datetime(2019, 12, 19).date(), body="ПСЭР " + prose(3), language="ru"
    )
    filed = await house.filing.file(desk, [item_of(document, "file:1", now)], now, hush=False)
    (release,) = await house.releases.many(filed.new)
    assert (release.silent, release.url, release.published_at) == (
        False,
        None,
        datetime(2019, 12, 19, 3, tzinfo=UTC),
    )
    again = await house.filing.file(desk, [item_of(replace(document), "file:1", now)], now, hush=False)
    renamed = await house.filing.file(desk, [item_of(replace(document), "file:2", now)], now, hush=False)
    assert again.new == renamed.new == ()
    assert len(renamed.copies) == 1
