"""Releases are numbered in the order they are seen, found by what they are about, and changed without being lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.languages import Names
from storage.models import ReleaseVersionRow
from storage.releases import NewRelease, ReleaseFilter, Releases, ReleaseTags
from storage.sources import SourceDefinition, Sources


@pytest.fixture
def releases(database: Database) -> Releases:
    return Releases(database)


@pytest.fixture
async def source(database: Database, now: datetime) -> int:
    return await add_source(database, "partner", now)


async def add_source(database: Database, slug: str, now: datetime) -> int:
    definition = SourceDefinition(slug, Names(f"Партнёр {slug}"), "feed", f"https://{slug}.example/feed")
    return (await Sources(database).put(definition, now)).id


def a_release(identity: str, **changes: object) -> NewRelease:
    return replace(NewRelease(identity, f"О местном деле {identity}", "ru", content_hash=identity), **changes)  # type: ignore[arg-type]


async def test_numbers_grow_in_the_order_of_storing(releases: Releases, source: int, now: datetime) -> None:
    first = await releases.store(source, [a_release("a"), a_release("b")], now)
    second = await releases.store(source, [a_release("c")], now)
    assert list(first + second) == sorted(first + second)
    assert await releases.head() == second[0]


async def test_storing_the_same_identity_again_stores_nothing(
    releases: Releases, source: int, now: datetime
) -> None:
    first = await releases.store(source, [a_release("a")], now)
    assert await releases.store(source, [a_release("a"), a_release("a")], now) == first * 2
    assert await releases.count() == 1


async def test_two_sources_may_use_the_same_identity(
    releases: Releases, database: Database, source: int, now: datetime
) -> None:
    other = await add_source(database, "other", now)
    await releases.store(source, [a_release("1")], now)
    await releases.store(other, [a_release("1")], now)
    assert await releases.count() == 2


async def test_whoever_sees_a_number_sees_every_smaller_one(
    releases: Releases, source: int, now: datetime
) -> None:
    async def store(part: int) -> None:
        for n in range(5):
            await releases.store(source, [a_release(f"{part}-{n}")], now)

    async def watch() -> None:
        while (head := await releases.head()) < 20:
            seen = await releases.many(range(1, head + 1))
            assert len(seen) == head
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(watch(), *(store(part) for part in range(4))), 30)


async def test_releases_are_found_by_what_they_are_about(
    releases: Releases, source: int, now: datetime
) -> None:
    await releases.store(
        source,
        [
            a_release("a", tags=ReleaseTags(("pser",), ("naryn",), ("sa2",), ("dpi",))),
            a_release("b", tags=ReleaseTags(("women_leaders", "pser"), ("osh",))),
            a_release("c", language="ky"),
        ],
        now,
    )

    async def found(**which: object) -> set[str]:
        chosen = ReleaseFilter(**which)  # type: ignore[arg-type]
        latest = await releases.latest(chosen)
        assert len(latest) == await releases.count(chosen)
        return {release.title[-1] for release in latest}

    assert await found(topics=("pser",)) == {"a", "b"}
    assert await found(topics=("women_leaders", "local_initiatives")) == {"b"}
    assert await found(topics=("pser",), territory="naryn") == {"a"}
    assert await found(project="sa2") == {"a"}
    assert await found(organisation="dpi") == {"a"}
    assert await found(language="ky") == {"c"}
    assert await found(source="partner") == {"a", "b", "c"}
    assert await found(source="nobody") == set()


async def test_the_newest_come_first_and_undated_ones_by_when_they_were_seen(
    releases: Releases, source: int, now: datetime
) -> None:
    day = timedelta(days=1)
    await releases.store(
        source, [a_release("old", published_at=now - 9 * day), a_release("undated")], now - day
    )
    await releases.store(source, [a_release("new", published_at=now)], now)
    titles = [release.title.split()[-1] for release in await releases.latest()]
    assert titles == ["new", "undated", "old"]
    assert [r.title.split()[-1] for r in await releases.latest(ReleaseFilter(since=now - 2 * day))] == [
        "new",
        "undated",
    ]
    assert [r.title.split()[-1] for r in await releases.latest(limit=1, offset=1)] == ["undated"]


async def test_copies_are_counted_and_left_out(
    releases: Releases, database: Database, source: int, now: datetime
) -> None:
    other = await add_source(database, "other", now)
    (original,) = await releases.store(source, [a_release("a")], now)
    await releases.store(other, [a_release("b", duplicate_of=original)], now)
    (shown,) = await releases.latest()
    assert (shown.id, shown.copies) == (original, 1)
    assert await releases.count(ReleaseFilter(with_copies=True)) == 2


async def test_copies_are_recognised_by_the_shingles_they_share(
    releases: Releases, source: int, now: datetime
) -> None:
    (first, second) = await releases.store(
        source,
        [a_release("a", shingles=frozenset({1, 2, -3})), a_release("b", shingles=frozenset({3, 2**62}))],
        now,
    )
    (third,) = await releases.store(source, [a_release("c", shingles=frozenset({1, 2, 3, 4}))], now)
    assert await releases.nearest({1, 2, 3, 2**62}, at_least=2) == (third, first, second)
    assert await releases.nearest({1, 2, 3, 2**62}, at_least=2, most=1) == (third,)
    assert await releases.nearest({-3}, at_least=2) == ()


async def test_a_changed_release_keeps_its_number_and_is_tagged_anew(
    releases: Releases, source: int, now: datetime
) -> None:
    (number,) = await releases.store(
        source, [a_release("a", tags=ReleaseTags(("pser",)), published_at=now)], now
    )
    changed = a_release("a", title="Другой заголовок", tags=ReleaseTags(("women_leaders",)))
    await releases.change(number, changed, now + timedelta(hours=1))
    release = await releases.get(number)
    assert release is not None
    assert (release.title, release.tags.topics) == ("Другой заголовок", ("women_leaders",))
    assert release.published_at == now


async def test_known_releases_are_found_by_identity_and_by_address(
    releases: Releases, source: int, now: datetime
) -> None:
    await releases.store(
        source, [a_release("a"), a_release("b", canonical_url="https://partner.example/b")], now
    )
    known = await releases.known(source, ["a", "x"], ["https://partner.example/b"])
    assert {one.identity for one in known} == {"a", "b"}
    assert await releases.known(source + 1, ["a"]) == ()


async def test_staff_correct_the_topics_of_a_release(releases: Releases, source: int, now: datetime) -> None:
    (number,) = await releases.store(source, [a_release("a", tags=ReleaseTags(("pser",)))], now)
    await releases.set_topics(number, ("women_leaders",), staff_id=7, now=now)
    release = await releases.get(number)
    assert release is not None
    assert release.tags.topics == ("women_leaders",)


async def test_more_identities_than_a_statement_takes_are_looked_up(
    releases: Releases, source: int, now: datetime
) -> None:
    await releases.store(source, [a_release("a")], now)
    known = await releases.known(source, [f"no-{n}" for n in range(1500)] + ["a"])
    assert [one.identity for one in known] == ["a"]


async def test_a_doubtful_release_is_linked_once_with_what_was_linked_to_it(
    releases: Releases, source: int, now: datetime
) -> None:
    (original,) = await releases.store(source, [a_release("a")], now)
    doubt = {"perhaps_copy": {"of": original, "share": 0.4}}
    (doubtful,) = await releases.store(source, [a_release("b", extra=doubt)], now)
    (third,) = await releases.store(source, [a_release("c", duplicate_of=doubtful)], now)
    assert await releases.settle_copy(doubtful, same=True) == original
    assert await releases.settle_copy(doubtful, same=False) is None
    linked = {release.id: release.duplicate_of for release in await releases.many((doubtful, third))}
    assert linked == {doubtful: original, third: original}


async def test_a_release_that_staff_find_different_is_doubted_no_more(
    releases: Releases, source: int, now: datetime
) -> None:
    (original,) = await releases.store(source, [a_release("a")], now)
    doubt = {"perhaps_copy": {"of": original, "share": 0.4}}
    (doubtful,) = await releases.store(source, [a_release("b", extra=doubt)], now)
    await releases.change(doubtful, a_release("b", content_hash="b2"), now)
    assert (await releases.many((doubtful,)))[0].perhaps_copy_of == original
    assert await releases.settle_copy(doubtful, same=False) == original
    (release,) = await releases.many((doubtful,))
    assert (release.perhaps_copy_of, release.duplicate_of) == (None, None)


async def test_a_doubt_is_handed_out_once_and_settled_whenever(
    releases: Releases, source: int, now: datetime
) -> None:
    (original,) = await releases.store(source, [a_release("a")], now)
    doubt = {"perhaps_copy": {"of": original, "share": 0.4}}
    first, second, _ = await releases.store(
        source,
        [
            a_release("b", extra=doubt),
            a_release("c", extra=doubt),
            a_release("silent", extra=doubt, silent=True),
        ],
        now,
    )
    assert [release.id for release in await releases.take_doubts(1)] == [first]
    (asked,) = await releases.take_doubts(5)
    assert (asked.id, asked.perhaps_copy_of) == (second, original)
    assert await releases.take_doubts(5) == ()
    assert await releases.settle_copy(first, same=True) == original


async def test_what_is_noted_of_a_release_is_read_by_its_name(
    releases: Releases, source: int, now: datetime
) -> None:
    (number,) = await releases.store(source, [a_release("a", extra={"parts": [{"number": 1}]})], now)
    assert await releases.noted(number, "parts") == [{"number": 1}]
    assert await releases.noted(number, "related") is None
    assert await releases.noted(number + 1, "parts") is None


async def test_a_change_of_what_goes_with_a_release_is_no_new_version(
    releases: Releases, database: Database, source: int, now: datetime
) -> None:
    (number,) = await releases.store(source, [a_release("a")], now)
    await releases.change(number, a_release("a", image_url="https://a.example/1.jpg"), now)
    changed = await releases.get(number)
    assert changed is not None and changed.image_url == "https://a.example/1.jpg"
    async with database.read() as session:
        assert (await session.scalars(select(ReleaseVersionRow))).all() == []
