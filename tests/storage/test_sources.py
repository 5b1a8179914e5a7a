"""Sources are added, fetched when due, and their health is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.database import Database
from storage.languages import Names
from storage.releases import NewRelease, Releases
from storage.sources import Checked, SourceDefinition, Sources, UnknownSource

FEED = SourceDefinition("partner", Names("Партнёр", "Өнөктөш"), "feed", "https://partner.example/feed")
HOUR = timedelta(hours=1)


@pytest.fixture
def sources(database: Database) -> Sources:
    return Sources(database)


async def test_filling_adds_what_is_missing_and_leaves_what_staff_changed(
    sources: Sources, now: datetime
) -> None:
    assert await sources.fill([FEED], now) == 1
    await sources.enable("partner", False)
    assert await sources.fill([FEED, replace(FEED, slug="second")], now) == 1
    assert [(source.slug, source.enabled) for source in await sources.all()] == [
        ("partner", False),
        ("second", True),
    ]


async def test_a_source_that_is_not_there_is_named(sources: Sources) -> None:
    with pytest.raises(UnknownSource, match="“nobody”"):
        await sources.get("nobody")


async def test_a_new_source_is_due_until_it_was_checked(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    assert [due.slug for due in await sources.due(now)] == ["partner"]
    await sources.record_success(source.id, Checked(now + HOUR, etag='"1"'), now)
    assert await sources.due(now) == ()
    assert [due.etag for due in await sources.due(now + HOUR)] == ['"1"']


async def test_channels_desks_and_what_is_switched_off_are_never_due(sources: Sources, now: datetime) -> None:
    for slug, kind in (("channel", "channel"), ("desk", "desk")):
        await sources.put(replace(FEED, slug=slug, kind=kind), now)
    await sources.put(replace(FEED, slug="off", enabled=False), now)
    assert await sources.due(now) == ()


async def test_failures_are_counted_and_end_with_a_success(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    for _ in range(2):
        await sources.record_failure(source.id, "feeds.timeout", "took too long", now + HOUR, now)
    broken = await sources.get("partner")
    assert (broken.failures, broken.error_code, broken.archived_at) == (2, "feeds.timeout", None)
    await sources.record_success(source.id, Checked(now + HOUR), now)
    well = await sources.get("partner")
    assert (well.failures, well.error_code, well.last_success_at, well.archived_at) == (0, None, now, now)


async def test_the_first_success_is_remembered_as_when_the_archive_was_filled(
    sources: Sources, now: datetime
) -> None:
    source = await sources.put(FEED, now)
    await sources.record_success(source.id, Checked(now), now)
    await sources.record_success(source.id, Checked(now), now + HOUR)
    assert (await sources.get("partner")).archived_at == now


async def test_a_moved_source_is_fetched_from_its_new_address(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    await sources.record_success(source.id, Checked(now, url="https://new.example/feed"), now)
    assert (await sources.get("partner")).url == "https://new.example/feed"


async def test_another_address_forgets_the_validators_of_the_old_one(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    await sources.record_success(source.id, Checked(now + HOUR, etag='"1"', content_hash="x"), now)
    moved = await sources.put(replace(FEED, url="https://new.example/feed"), now)
    assert (moved.id, moved.etag, moved.content_hash, moved.next_check_at) == (source.id, None, None, None)


async def test_a_retired_source_is_neither_shown_nor_fetched(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    await sources.retire(source.id, now, "feeds.gone", "gone for good")
    assert await sources.all() == ()
    assert await sources.due(now) == ()


async def test_activity_counts_what_was_heard_lately(
    sources: Sources, database: Database, now: datetime
) -> None:
    source = await sources.put(FEED, now)
    store = Releases(database).store
    await store(source.id, [NewRelease("a", "А", "ru", "a")], now - 40 * 24 * HOUR)
    await store(source.id, [NewRelease("b", "Б", "ru", "b")], now)
    activity = await sources.activity(since=now - 30 * 24 * HOUR)
    assert (activity["partner"].releases, activity["partner"].last_heard_at) == (1, now)


async def test_each_way_of_reading_is_kept_with_who_said_so(sources: Sources, now: datetime) -> None:
    listing = replace(FEED, kind="listing", rule={"item_pattern": r"/a/\d+"})
    await sources.fill([listing], now)
    await sources.put(replace(listing, names=Names("Другое имя")), now + HOUR, by=7)
    await sources.set_rule("partner", {"item_pattern": r"/b/\d+"}, 8, now + 2 * HOUR)
    await sources.set_rule("partner", {"item_pattern": r"/b/\d+"}, 9, now + 3 * HOUR)
    versions = await sources.rule_versions("partner")
    assert [(one.rule["item_pattern"], one.changed_by, one.changed_at) for one in versions] == [
        (r"/b/\d+", 8, now + 2 * HOUR),
        (r"/a/\d+", None, now),
    ]
    assert (await sources.get("partner")).rule == {"item_pattern": r"/b/\d+"}


async def test_a_new_rule_reads_the_page_again_though_it_did_not_change(
    sources: Sources, now: datetime
) -> None:
    source = await sources.put(FEED, now)
    await sources.record_success(source.id, Checked(now + HOUR, etag='"1"', content_hash="1"), now)
    changed = await sources.set_rule("partner", {"drop": ["aside"]}, 7, now)
    assert (changed.etag, changed.content_hash, changed.next_check_at) == (None, None, None)


async def test_the_days_on_which_a_source_published_are_counted_once_each(
    database: Database, sources: Sources, now: datetime
) -> None:
    source = await sources.put(FEED, now)
    at = [
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        datetime(2026, 11, 1, 9, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    ]
    stored = [
        NewRelease(str(number), "Т", "ru", str(number), published_at=day) for number, day in enumerate(at)
    ]
    await Releases(database).store(source.id, stored, now)
    assert await sources.days_heard(datetime(2026, 1, 1, tzinfo=UTC)) == {"partner": (date(2026, 11, 1),)}


async def test_where_a_walk_through_the_archive_got_to_is_kept(sources: Sources, now: datetime) -> None:
    source = await sources.put(FEED, now)
    assert source.backfill == {}
    await sources.note_backfill(source.id, {"next": "https://partner.example/2", "pages": 1})
    assert (await sources.get("partner")).backfill == {"next": "https://partner.example/2", "pages": 1}
