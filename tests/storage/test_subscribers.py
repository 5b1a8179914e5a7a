"""Chats come, choose, leave, return, move and are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage.audiences import Audience
from storage.cadence import days_off_of
from storage.database import Database
from storage.languages import Names
from storage.releases import NewRelease, Releases
from storage.sources import SourceDefinition, Sources
from storage.subscribers import Subscribers, What

CHAT = 501
PSER = What(topic="pser")
WOMEN = What(topic="women_leaders")


@pytest.fixture
def subscribers(database: Database) -> Subscribers:
    return Subscribers(database, "Asia/Bishkek", "ky")


async def hear(database: Database, *identities: str, now: datetime) -> tuple[int, ...]:
    source = await Sources(database).put(
        SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed"), now
    )
    releases = [NewRelease(name, f"Заголовок {name}", "ru", content_hash=name) for name in identities]
    return await Releases(database).store(source.id, releases, now)


async def test_a_new_chat_gets_its_own_language_or_the_default(
    subscribers: Subscribers, now: datetime
) -> None:
    assert (await subscribers.greet(1, "private", "ru-RU", now)).language == "ru"
    assert (await subscribers.greet(2, "private", "de", now)).language == "ky"
    assert (await subscribers.greet(3, "private", None, now)).language_chosen is False


async def test_a_subscription_starts_after_what_is_already_there(
    subscribers: Subscribers, database: Database, now: datetime
) -> None:
    (number,) = await hear(database, "a", now=now)
    await subscribers.greet(CHAT, "private", "ru", now)
    (subscription,) = await subscribers.subscribe(CHAT, PSER, now)
    assert (subscription.starts_after, subscription.delivered_up_to) == (number, number)
    assert subscription.cadence == "daily"
    assert subscription.next_due_at is not None
    assert subscription.next_due_at > now


async def test_subscribing_twice_is_the_same_as_once(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    first = await subscribers.subscribe(CHAT, PSER, now)
    assert await subscribers.subscribe(CHAT, PSER, now) == first


async def test_toggling_ends_and_begins_a_subscription(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    assert [held.what for held in await subscribers.toggle(CHAT, PSER, now)] == [PSER]
    assert await subscribers.toggle(CHAT, PSER, now) == ()
    assert [held.what for held in await subscribers.toggle(CHAT, PSER, now)] == [PSER]


async def test_the_cadence_of_a_chat_is_that_of_all_its_subscriptions(
    subscribers: Subscribers, now: datetime
) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await subscribers.subscribe(CHAT, WOMEN, now)
    await subscribers.choose_cadence(CHAT, "instant", now)
    held = await subscribers.subscriptions(CHAT)
    assert [(one.cadence, one.next_due_at) for one in held] == [("instant", None)] * 2
    await subscribers.choose_cadence_of(held[0].id, "weekly", now)
    assert [one.cadence for one in await subscribers.subscriptions(CHAT)] == ["weekly", "instant"]


async def test_another_hour_moves_the_next_digest(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await subscribers.choose_hour(CHAT, 18, now)
    (held,) = await subscribers.subscriptions(CHAT)
    assert held.next_due_at == now.replace(hour=12)


async def test_a_change_of_territory_keeps_the_watermark(
    subscribers: Subscribers, database: Database, now: datetime
) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await hear(database, "a", "b", now=now)
    await subscribers.choose_territory(CHAT, "naryn", now)
    (held,) = await subscribers.subscriptions(CHAT)
    assert held.what == What(topic="pser", territory="naryn")
    assert held.delivered_up_to == 0
    await subscribers.choose_territory(CHAT, None, now)
    assert [one.what for one in await subscribers.subscriptions(CHAT)] == [PSER]


async def test_who_comes_back_is_told_from_now_on(
    subscribers: Subscribers, database: Database, now: datetime
) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await subscribers.lost(CHAT, "blocked", now)
    numbers = await hear(database, "a", "b", now=now)
    chat = await subscribers.greet(CHAT, "private", "ky", now + timedelta(days=3))
    assert (chat.state, chat.language) == ("active", "ru")
    (held,) = await subscribers.subscriptions(CHAT)
    assert held.delivered_up_to == max(numbers)


async def test_after_stop_nothing_is_subscribed(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await subscribers.stop(CHAT, now)
    assert await subscribers.subscriptions(CHAT) == ()
    assert await subscribers.count(Audience()) == 0


async def test_a_group_that_moves_takes_everything_along(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(-5, "group", "ru", now)
    await subscribers.subscribe(-5, PSER, now)
    await subscribers.migrate(-5, -1005, now)
    await subscribers.migrate(-5, -1005, now)
    assert await subscribers.get(-5) == await subscribers.get(-1005)
    assert [held.what for held in await subscribers.subscriptions(-1005)] == [PSER]


async def test_a_group_that_moved_before_we_heard_merges_into_the_new_one(
    subscribers: Subscribers, now: datetime
) -> None:
    await subscribers.greet(-5, "group", "ru", now)
    await subscribers.choose_language(-5, "ru")
    for what in (PSER, WOMEN):
        await subscribers.subscribe(-5, what, now)
    await subscribers.greet(-1005, "group", "ky", now)
    await subscribers.subscribe(-1005, PSER, now)
    await subscribers.migrate(-5, -1005, now)
    chat = await subscribers.get(-1005)
    assert chat is not None
    assert chat.language == "ru"
    assert {held.what for held in await subscribers.subscriptions(-1005)} == {PSER, WOMEN}
    assert await subscribers.subscriptions(-5) == ()
    assert await subscribers.count(Audience()) == 1


async def test_who_is_forgotten_leaves_nothing(subscribers: Subscribers, now: datetime) -> None:
    await subscribers.greet(CHAT, "private", "ru", now)
    await subscribers.subscribe(CHAT, PSER, now)
    await subscribers.choose_days_off(CHAT, days_off_of([5, 6], holidays=True), now)
    own = (await subscribers.own_data(CHAT))["chat"]
    assert (own["language"], own["days_off"]) == ("ru", ["saturday", "sunday", "public holidays"])
    await subscribers.forget(CHAT)
    assert await subscribers.own_data(CHAT) == {}
    assert await subscribers.get(CHAT) is None


async def test_an_audience_is_those_who_meet_every_condition(subscribers: Subscribers, now: datetime) -> None:
    for chat_id, language, topic, territory in (
        (1, "ru", PSER, None),
        (2, "ky", PSER, "naryn"),
        (3, "ky", WOMEN, "naryn"),
        (4, "ky", PSER, None),
    ):
        await subscribers.greet(chat_id, "private", language, now)
        await subscribers.subscribe(chat_id, topic, now)
        await subscribers.choose_territory(chat_id, territory, now)
    await subscribers.lost(4, "blocked", now)

    async def ids(audience: Audience) -> list[int]:
        found = await subscribers.recipients(audience)
        assert len(found) == await subscribers.count(audience)
        return [recipient.chat_id for recipient in found]

    assert await ids(Audience()) == [1, 2, 3]
    assert await ids(Audience(topic="pser")) == [1, 2]
    assert await ids(Audience(territory="naryn")) == [2, 3]
    assert await ids(Audience(topic="pser", territory="naryn", language="ky")) == [2]
    assert await ids(Audience(language="en")) == []


def test_conditions_are_read_back_from_their_key() -> None:
    for what in (PSER, What("pser", "naryn"), What(project="sa2"), What(source="dpi"), What()):
        assert What.from_key(what.key) == what
