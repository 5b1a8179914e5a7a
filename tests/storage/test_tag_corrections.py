"""What people say of a release's topics is kept, counted, and told to whom it concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.digests import plan_due
from storage.database import Database
from storage.deliveries import Deliveries
from storage.languages import Names
from storage.releases import NewRelease, Releases, ReleaseTags
from storage.sources import SourceDefinition, Sources
from storage.subscribers import Subscribers, What


@pytest.fixture
def releases(database: Database) -> Releases:
    return Releases(database)


@pytest.fixture
async def source(database: Database, now: datetime) -> int:
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    return (await Sources(database).put(definition, now)).id


def a_release(identity: str, topics: tuple[str, ...] = (), **more: Any) -> NewRelease:
    return NewRelease(
        identity=identity,
        title=f"Заголовок {identity}",
        language="ru",
        content_hash=identity,
        tags=ReleaseTags(topics, territories=more.pop("territories", ())),
        **more,
    )


UNSURE = {"uncertain": ["pser"], "why": [{"tag": "pser", "words": ["план развития"]}]}


async def test_what_the_tagger_is_unsure_of_waits_for_staff_with_the_words_that_speak_for_it(
    releases: Releases, source: int, now: datetime
) -> None:
    await releases.store(source, [a_release("sure", ("pser",)), a_release("unsure", extra=UNSURE)], now)
    count, (waiting,) = await releases.waiting()
    assert count == 1
    assert waiting.uncertain == ("pser",)
    assert waiting.why == {"pser": ("план развития",)}


async def test_archived_releases_do_not_wait(releases: Releases, source: int, now: datetime) -> None:
    await releases.store(source, [a_release("old", extra=UNSURE, silent=True)], now)
    assert await releases.waiting() == (0, ())


async def test_a_decision_takes_a_release_off_the_queue_and_a_new_doubt_puts_it_back(
    releases: Releases, source: int, now: datetime
) -> None:
    (number,) = await releases.store(source, [a_release("a", ("pser",))], now)
    await releases.doubt(number, "pser", now)
    await releases.doubt(number, "pser", now)
    _, (waiting,) = await releases.waiting()
    assert waiting.doubted == {"pser": 2}
    await releases.settle_topics(number, 7, now)
    assert (await releases.waiting())[0] == 0
    await releases.doubt(number, "pser", now)
    assert (await releases.waiting())[0] == 1


async def test_what_staff_decided_stands_when_a_release_changes(
    releases: Releases, source: int, now: datetime
) -> None:
    (number,) = await releases.store(source, [a_release("a", ("pser",))], now)
    await releases.set_topics(number, ("women_leaders",), 7, now)
    await releases.change(number, a_release("a", ("pser", "local_initiatives")), now)
    release = await releases.get(number)
    assert release is not None
    assert set(release.tags.topics) == {"women_leaders", "local_initiatives"}


async def test_corrections_are_counted_by_month(releases: Releases, source: int, now: datetime) -> None:
    numbers = await releases.store(source, [a_release(f"{n}", ("pser",)) for n in range(10)], now)
    missed = await releases.store(source, [a_release("missed"), a_release("nothing", extra=UNSURE)], now)
    await releases.set_topics(numbers[0], (), 7, now)
    await releases.settle_topics(numbers[1], 7, now)
    await releases.set_topics(missed[0], ("pser",), 7, now)
    await releases.set_topics(missed[1], ("pser",), 7, now)
    await releases.set_topics(missed[1], (), 7, now)
    await releases.doubt(numbers[2], "pser", now)
    (tally,) = await releases.tallies(now - timedelta(days=1))
    assert (tally.topic, tally.month) == ("pser", "2026-11")
    assert (tally.given, tally.removed, tally.added, tally.confirmed, tally.doubted) == (10, 1, 1, 1, 1)
    assert tally.precision == pytest.approx(9 / 10)
    assert tally.recall == pytest.approx(9 / 10)


async def subscriber(database: Database, chat: int, what: What, now: datetime) -> None:
    subscribers = Subscribers(database, language="ru")
    await subscribers.greet(chat, "private", "ru", now)
    await subscribers.subscribe(chat, what, now, "instant")


async def told(database: Database, now: datetime) -> list[int]:
    await plan_due(database, now)
    return [claim.chat_id for claim in await Deliveries(database).claim(now, 100)]


async def test_a_release_that_staff_give_a_topic_is_told_once_to_whom_it_concerns(
    database: Database, releases: Releases, source: int, now: datetime
) -> None:
    for chat, what in (
        (1, What("pser")),
        (2, What("pser", "naryn")),
        (3, What("pser", "osh")),
        (4, What("women_leaders")),
    ):
        await subscriber(database, chat, what, now)
    unsure = a_release("unsure", extra=UNSURE, territories=("naryn",), published_at=now)
    (number,) = await releases.store(source, [unsure], now)
    later = await releases.store(source, [a_release("later", ("pser",))], now)
    assert await told(database, now) == [1]
    await releases.set_topics(number, ("pser",), 7, now)
    assert sorted(await told(database, now)) == [1, 2]
    assert await told(database, now) == []
    await releases.set_topics(number, (), 7, now)
    await releases.set_topics(number, ("pser",), 7, now)
    await releases.set_topics(later[0], ("pser", "women_leaders"), 7, now)
    assert await told(database, now) == [4]


@pytest.mark.parametrize(
    "more", [{"silent": True}, {"published": timedelta(days=8)}], ids=["archived silently", "old"]
)
async def test_what_is_not_news_is_not_told_when_it_gets_a_topic(
    database: Database, releases: Releases, source: int, now: datetime, more: dict[str, Any]
) -> None:
    await subscriber(database, 1, What("pser"), now)
    more = dict(more)
    age = more.pop("published", timedelta(0))
    (number,) = await releases.store(source, [a_release("a", published_at=now - age, **more)], now)
    assert await told(database, now) == []
    await releases.set_topics(number, ("pser",), 7, now)
    assert await told(database, now) == []


async def test_who_subscribed_after_a_release_is_not_told_of_it(
    database: Database, releases: Releases, source: int, now: datetime
) -> None:
    (number,) = await releases.store(source, [a_release("a", published_at=now)], now)
    await subscriber(database, 1, What("pser"), now)
    await releases.set_topics(number, ("pser",), 7, now)
    assert await told(database, now) == []
