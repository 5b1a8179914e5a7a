"""Who is told what, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.digest_plan import ALERTS_AT_ONCE
from bot.digests import plan_due, preview, show_more, tell_now
from storage.database import Database
from storage.models import DigestRunRow, ReleaseRow
from storage.parts import Lane
from storage.releases import Releases
from tests.bot.delivery.town import PSER, WOMEN, Town, founded

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def town(database: Database, now: datetime) -> Town:
    return await founded(database, now)


def text_of(message: object) -> str:
    return "\n\n".join(part["params"]["text"] for part in message.parts)  # type: ignore[attr-defined]


async def test_an_instant_subscriber_is_told_at_once_and_once(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    release = await town.publish(now, "pser")

    first = await plan_due(town.database, now)
    second = await plan_due(town.database, now + HOUR)

    assert (first.deliveries, second.deliveries) == (1, 0)
    assert await town.told() == {1: [release]}
    (message,) = await town.messages()
    assert message.kind == "alert"
    assert "Выпуск 1 о делах посёлка" in text_of(message)
    assert "Подписка: ПСЭР" in text_of(message)


async def test_other_topics_silent_releases_and_copies_are_not_told(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.publish(now, "women_leaders")
    await town.publish(now)
    original = await town.publish(now, "pser")
    await town.publish(now, "pser", silent=True)
    await town.publish(now, "pser", duplicate_of=original)

    await plan_due(town.database, now)

    assert await town.told() == {1: [original]}


async def test_a_daily_digest_comes_at_its_hour_and_holds_what_came_since(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, WOMEN, cadence="daily")
    releases = [
        await town.publish(now, *topics)
        for topics in (["pser"], ["women_leaders"], ["women_leaders", "pser"])
    ]

    assert (await plan_due(town.database, now + HOUR)).deliveries == 0
    assert (await plan_due(town.database, now + 23 * HOUR)).deliveries == 1

    assert await town.told() == {1: releases}
    (message,) = await town.messages()
    said = text_of(message)
    assert said.count("Выпуск 3") == 1
    assert said.index("Женщины-лидеры") < said.index("Выпуск 2") < said.index("ПСЭР") < said.index("Выпуск 1")
    assert "Раз в день в 09:00 · /settings" in said


async def test_a_weekly_digest_comes_on_its_weekday(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="weekly")
    release = await town.publish(now, "pser")

    assert (await plan_due(town.database, now + 2 * DAY)).deliveries == 0
    assert (await plan_due(town.database, now + 3 * DAY)).deliveries == 1
    assert await town.told() == {1: [release]}
    assert "понедельник" in text_of((await town.messages())[0])


async def test_an_empty_digest_is_not_sent(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")

    report = await plan_due(town.database, now + DAY)

    assert (report.chats, report.messages, report.deliveries) == (1, 0, 0)
    assert (await plan_due(town.database, now + DAY)).chats == 0


async def test_chats_owed_the_same_share_one_message(town: Town, now: datetime) -> None:
    for chat_id in range(1, 6):
        await town.settle(chat_id, now, PSER, language="ky" if chat_id == 5 else "ru")
    await town.publish(now, "pser")

    report = await plan_due(town.database, now, batch=10)

    assert (report.messages, report.deliveries) == (2, 5)


async def test_two_cadences_of_one_chat_never_tell_the_same_twice(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="instant")
    await town.subscribers.subscribe(1, WOMEN, now, "daily")
    both = await town.publish(now, "pser", "women_leaders")
    only_daily = await town.publish(now, "women_leaders")

    await plan_due(town.database, now)
    assert await town.told() == {1: [both]}
    await plan_due(town.database, now + DAY)
    assert await town.told() == {1: [both, only_daily]}


async def test_many_releases_at_one_moment_come_as_one_digest(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    for _ in range(ALERTS_AT_ONCE + 1):
        await town.publish(now, "pser")

    assert (await plan_due(town.database, now)).deliveries == 1
    (delivery,) = await town.deliveries()
    assert delivery.lane == Lane.ALERTS


async def test_a_back_dated_release_is_told_too(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    release = await town.publish(now, "pser", published_at=now - 90 * DAY)

    await plan_due(town.database, now)

    assert await town.told() == {1: [release]}


async def test_a_paused_chat_is_told_after_the_pause(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.pause(1, now + DAY)
    release = await town.publish(now, "pser")

    assert (await plan_due(town.database, now)).chats == 0
    await plan_due(town.database, now + DAY)
    assert await town.told() == {1: [release]}


async def test_a_chat_that_is_gone_is_not_planned_for(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.lost(1, "blocked", now)
    await town.publish(now, "pser")

    assert (await plan_due(town.database, now)).chats == 0


async def test_a_digest_says_when_it_comes_where_its_hour_is_within_quiet_hours(
    town: Town, now: datetime
) -> None:
    await town.settle(1, now, PSER, cadence="weekly")
    await town.subscribers.choose_hour(1, 21, now)
    await town.subscribers.choose_quiet_hours(1, 21, 7)
    await town.publish(now, "pser")
    await plan_due(town.database, now + 3 * DAY + 11 * HOUR)

    (message,), (delivery,) = await town.messages(), await town.deliveries()
    assert "вторник, 07:00 · /settings" in text_of(message)
    assert delivery.not_before.hour == 1  # 07:00 in Bishkek


async def test_an_alert_in_quiet_hours_waits_for_their_end(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.choose_quiet_hours(1, 9, 12)
    await town.publish(now, "pser")

    await plan_due(town.database, now)

    (delivery,) = await town.deliveries()
    assert delivery.not_before == now + 2 * HOUR


async def test_a_trial_writes_to_staff_only(town: Town, now: datetime) -> None:
    for chat_id in (1, 2):
        await town.settle(chat_id, now, PSER)
    release = await town.publish(now, "pser")

    await plan_due(town.database, now, only={2})

    assert await town.told() == {2: [release]}


@pytest.mark.parametrize(("late_by", "says_so"), [(5 * HOUR, False), (7 * HOUR, True)])
async def test_a_digest_that_was_missed_is_made_up_and_says_so_past_its_bound(
    town: Town, now: datetime, late_by: timedelta, says_so: bool
) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    release = await town.publish(now, "pser")
    due = now + 23 * HOUR

    await plan_due(town.database, due + late_by)

    assert await town.told() == {1: [release]}
    assert ("С опозданием" in text_of((await town.messages())[0])) is says_so
    async with town.database.read() as session:
        run = (await session.scalars(select(DigestRunRow))).one()
        assert (run.owed_at, run.chats, run.late) == (due, 1, says_so)


async def test_everybody_is_planned_over_several_batches(town: Town, now: datetime) -> None:
    for chat_id in range(1, 8):
        await town.settle(chat_id, now, PSER)
    release = await town.publish(now, "pser")

    report = await plan_due(town.database, now, batch=3)

    assert report.chats == 7
    assert await town.told() == {chat_id: [release] for chat_id in range(1, 8)}


async def test_one_release_without_a_title_does_not_stop_the_rest(
    town: Town, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.settle(2, now, PSER)
    await town.publish(now, "pser", title="  ")
    await town.publish(now, "pser")

    await plan_due(town.database, now + DAY)

    said = [text_of(message) for message in await town.messages()]
    assert len(said) == 2
    assert all("Выпуск 2" in text for text in said)
    assert "left out" in caplog.text


async def test_asked_for_now_it_tells_and_does_not_repeat_in_the_evening(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, WOMEN, cadence="daily")
    release = await town.publish(now, "pser")

    assert await tell_now(town.database, 1, now) == 1
    assert await tell_now(town.database, 1, now) == 0
    assert (await plan_due(town.database, now + DAY)).deliveries == 0
    assert await town.told() == {1: [release]}
    (delivery,) = await town.deliveries()
    assert delivery.lane == Lane.REPLIES


async def test_the_long_tail_of_a_digest_is_shown_page_by_page(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    for _ in range(20):
        await town.publish(now, "pser")
    await plan_due(town.database, now + DAY)
    (message,) = await town.messages()
    (button,) = message.parts[-1]["params"]["reply_markup"]["inline_keyboard"][0]
    assert (button["text"], button["callback_data"]) == ("Показать ещё 12", f"more:{message.id}:8")

    second = await show_more(town.database, message.id, 8, "ru", now + DAY)
    third = await show_more(town.database, message.id, 18, "ru", now + DAY)

    texts = [text_of(message)] + ["\n".join(part.params["text"] for part in page) for page in (second, third)]
    shown = [number for text in texts for number in range(1, 21) if f"Выпуск {number} о" in text]
    assert sorted(shown) == list(range(1, 21))
    assert "reply_markup" not in third[-1].params
    assert await show_more(town.database, message.id, 20, "ru", now + DAY) == ()


async def test_the_rest_of_a_digest_is_there_whatever_changed_since(town: Town, now: datetime) -> None:
    """A date is corrected, a topic is taken off, the reader stops: the pages stay as they were told."""
    await town.settle(1, now, PSER)
    numbers = [await town.publish(now - DAY + number * HOUR, "pser") for number in range(10)]
    await plan_due(town.database, now)
    (message,) = await town.messages()
    async with town.database.write() as session:
        oldest = await session.get_one(ReleaseRow, numbers[0])
        oldest.published_at = now + HOUR
    await Releases(town.database).set_topics(numbers[1], [], 7, now)
    await town.subscribers.stop(1, now)

    (part,) = await show_more(town.database, message.id, 8, "ru", now)

    text = part.params["text"]
    assert [number for number in range(1, 11) if f"Выпуск {number} о" in text] == [1, 2]
    assert text.startswith("ПСЭР")


async def test_a_preview_reads_the_archive_and_writes_nothing(town: Town, now: datetime) -> None:
    await town.publish(now - DAY, "pser", silent=True)
    await town.publish(now - 9 * DAY, "pser", silent=True)
    await town.publish(now - DAY, "women_leaders", silent=True)

    (part,) = await preview(town.database, [PSER], now - 7 * DAY, "ru", now)

    assert "Выпуск 1" in part.params["text"]
    assert "Выпуск 2" not in part.params["text"]
    assert "Выпуск 3" not in part.params["text"]
    assert await preview(town.database, [PSER], now - HOUR, "ru", now) == ()
    assert await town.messages() == []


async def test_a_burst_is_told_in_one_message_with_a_line_for_the_rest(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    burst = {"and_more": {"": 40, "topic:pser": 12}}
    told = {await town.publish(now, "pser", extra=burst) for _ in range(2)}

    await plan_due(town.database, now)

    (message,) = await town.messages()
    assert set((await town.told())[1]) == told
    assert text_of(message).count("ещё 12 публикаций") == 1


async def test_a_single_release_of_a_burst_says_so_in_its_alert(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.publish(now, "pser", extra={"and_more": {"": 40, "topic:pser": 1}})

    await plan_due(town.database, now)

    (message,) = await town.messages()
    assert message.kind == "alert"
    assert "ещё 1 публикация" in text_of(message)
