"""Days off, weeks without news, and releases that came in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.digests import plan_due, preview, tell_now
from storage.cadence import Cadence, days_off_of
from storage.database import Database
from storage.languages import Reads
from storage.planning_values import NOTHING_AGAIN_AFTER
from storage.subscribers import What
from tests.bot.delivery.town import PSER, WOMEN, Town, founded

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = 7 * DAY
WEEKEND = days_off_of([5, 6])
"""`now` is Friday, ten in the morning in Bishkek; digests come at nine."""


@pytest.fixture
async def town(database: Database, now: datetime) -> Town:
    return await founded(database, now)


def text_of(message: object) -> str:
    return "\n\n".join(part["params"]["text"] for part in message.parts)  # type: ignore[attr-defined]


async def texts(town: Town) -> list[str]:
    return [text_of(message) for message in await town.messages()]


async def test_what_falls_on_days_off_comes_with_the_next_digest(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.subscribers.choose_days_off(1, WEEKEND, now)
    releases = [await town.publish(now + days * DAY, "pser") for days in (0, 1, 2)]

    for days in (1, 2):
        assert (await plan_due(town.database, now + days * DAY)).chats == 0
    await plan_due(town.database, now + 3 * DAY)

    assert await town.told() == {1: releases}
    (text,) = await texts(town)
    assert "С опозданием" not in text


async def test_alerts_of_a_day_off_come_together_at_the_hour_of_the_next_day(
    town: Town, now: datetime
) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.choose_days_off(1, WEEKEND, now)
    saturday, monday = now + DAY, now + 3 * DAY - HOUR
    releases = [await town.publish(saturday, "pser") for _ in range(5)]

    assert (await plan_due(town.database, saturday)).deliveries == 0
    assert (await plan_due(town.database, saturday + HOUR)).chats == 0, "it is not looked at again"
    assert (await plan_due(town.database, monday - HOUR)).deliveries == 0
    assert (await plan_due(town.database, monday)).deliveries == 1

    assert await town.told() == {1: releases}
    later = await town.publish(monday, "pser")
    await plan_due(town.database, monday)
    assert (await town.told())[1] == [*releases, later]


async def test_a_digest_missed_before_days_off_waits_for_their_end(town: Town, now: datetime) -> None:
    await town.settle(1, now - DAY, PSER, cadence="daily")
    await town.subscribers.choose_days_off(1, WEEKEND, now - DAY)
    release = await town.publish(now - DAY, "pser")

    assert (await plan_due(town.database, now + DAY)).deliveries == 0
    await plan_due(town.database, now + 3 * DAY)

    assert await town.told() == {1: [release]}


@pytest.mark.parametrize("cadence", ["daily", "weekly"])
async def test_what_a_pause_held_back_comes_at_the_usual_time_after_it_and_is_not_late(
    town: Town, now: datetime, cadence: Cadence
) -> None:
    await town.settle(1, now, PSER, cadence=cadence)
    at_two_in_the_night = now + 8 * DAY - 8 * HOUR  # of a Saturday
    await town.subscribers.pause(1, at_two_in_the_night)
    release = await town.publish(now, "pser")
    due = at_two_in_the_night + 7 * HOUR if cadence == "daily" else now + 10 * DAY - HOUR

    for moment in (at_two_in_the_night, due - HOUR):
        assert (await plan_due(town.database, moment)).chats == 0
    await plan_due(town.database, due)

    assert await town.told() == {1: [release]}
    (text,) = await texts(town)
    assert "С опозданием" not in text


async def test_a_digest_due_at_the_minute_a_pause_ends_comes_then(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.subscribers.pause(1, now + 2 * DAY - HOUR)
    await town.publish(now, "pser")

    assert (await plan_due(town.database, now + 2 * DAY - HOUR)).deliveries == 1


async def test_what_is_chosen_in_a_pause_begins_after_it(town: Town, now: datetime) -> None:
    await town.settle(1, now, cadence="daily")
    await town.subscribers.pause(1, now + 5 * DAY)
    await town.subscribers.subscribe(1, PSER, now)
    await town.subscribers.choose_hour(1, 12, now)
    await town.publish(now, "pser")

    assert (await plan_due(town.database, now + 5 * DAY)).chats == 0
    await plan_due(town.database, now + 5 * DAY + 2 * HOUR)

    (text,) = await texts(town)
    assert "С опозданием" not in text


async def test_a_pause_that_is_ended_early_lets_the_next_digest_come(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.subscribers.pause(1, now + 30 * DAY)
    await town.publish(now, "pser")
    await town.subscribers.resume(1, now + 3 * DAY)

    assert (await plan_due(town.database, now + 3 * DAY)).chats == 0
    assert (await plan_due(town.database, now + 4 * DAY - HOUR)).deliveries == 1
    (text,) = await texts(town)
    assert "С опозданием" not in text


async def test_quiet_hours_that_end_on_a_day_off_go_on(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.choose_quiet_hours(1, 22, 7)
    await town.subscribers.choose_days_off(1, WEEKEND, now)
    friday_evening = now + 13 * HOUR
    await town.publish(friday_evening, "pser")

    await plan_due(town.database, friday_evening)

    (delivery,) = await town.deliveries()
    assert delivery.not_before == now + 3 * DAY - HOUR


async def test_a_weekly_digest_moves_off_its_day_off(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="weekly")
    await town.subscribers.choose_days_off(1, days_off_of([0]), now)
    release = await town.publish(now, "pser")

    assert (await plan_due(town.database, now + 3 * DAY)).chats == 0
    await plan_due(town.database, now + 4 * DAY)

    assert await town.told() == {1: [release]}


async def test_who_asks_on_a_day_off_is_told(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.subscribers.choose_days_off(1, WEEKEND, now)
    await town.publish(now, "pser")

    assert await tell_now(town.database, 1, now + DAY) == 1
    assert (await town.deliveries())[0].not_before == now + DAY


async def test_a_week_without_news_is_said_once_a_month(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, What("women_leaders", "naryn"), cadence="weekly")
    said = []
    for week in range(12):
        monday = now + 3 * DAY + week * WEEK
        said.append((await plan_due(town.database, monday)).messages)

    assert said == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    (first, *_) = await texts(town)
    assert "нового не было: ПСЭР; Женщины-лидеры, naryn." in first
    assert "/topics" in first
    assert "Раз в неделю: понедельник, 09:00 · /settings" in first
    assert await town.told() == {}


async def test_a_week_without_news_after_news_is_said_and_news_again_too(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="weekly")
    await town.publish(now, "pser")
    monday = now + 3 * DAY
    await plan_due(town.database, monday)
    await plan_due(town.database, monday + WEEK)
    await town.publish(monday + WEEK, "pser")
    await plan_due(town.database, monday + 2 * WEEK)

    news, nothing, again = await texts(town)
    assert "Выпуск 1" in news
    assert "нового не было" in nothing
    assert "Выпуск 2" in again


async def test_days_without_news_are_not_said(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.settle(2, now, PSER)
    for days in range(1, 10):
        await plan_due(town.database, now + days * DAY)

    assert await texts(town) == []


async def test_no_news_is_not_claimed_of_what_was_told_at_once(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER)
    await town.subscribers.subscribe(1, WOMEN, now, "weekly")
    await town.publish(now, "pser", "women_leaders")
    await plan_due(town.database, now)
    await plan_due(town.database, now + 3 * DAY)

    assert len(await texts(town)) == 1, "the alert; nothing is said of the week"


async def test_those_who_got_nothing_alike_share_a_message(town: Town, now: datetime) -> None:
    for chat_id in (1, 2, 3):
        await town.settle(chat_id, now, PSER, cadence="weekly", language="ky" if chat_id == 3 else "ru")

    report = await plan_due(town.database, now + 3 * DAY)

    assert (report.messages, report.deliveries) == (2, 3)
    assert "жаңылык болгон жок: СЭӨП" in (await texts(town))[1]
    again = await plan_due(town.database, now + 3 * DAY + NOTHING_AGAIN_AFTER)
    assert again.deliveries == 3


async def in_both(town: Town, now: datetime, first: str = "ru", later: str = "ky") -> tuple[int, int]:
    original = await town.publish(now, "pser", language=first)
    return original, await town.publish(now, "pser", language=later, translation_of=original)


@pytest.mark.parametrize(
    ("reads", "told"),
    [("ky-ru", [2]), ("ru-ky", [1]), ("ky", [2]), ("ru", [1]), ("en", [1]), ("all", [1, 2])],
)
async def test_of_two_languages_the_one_preferred_is_told(
    town: Town, now: datetime, reads: Reads, told: Sequence[int]
) -> None:
    await town.settle(1, now, PSER, cadence="daily")
    await town.subscribers.choose_reads(1, reads)
    both = await in_both(town, now)

    await plan_due(town.database, now + DAY)

    assert await town.told() == {1: [both[number - 1] for number in told]}


async def test_the_other_language_is_told_where_the_one_preferred_is_missing(
    town: Town, now: datetime
) -> None:
    await town.settle(1, now, PSER, cadence="daily", language="ky")
    release = await town.publish(now, "pser", language="ru")

    await plan_due(town.database, now + DAY)

    assert await town.told() == {1: [release]}


async def test_without_a_choice_it_is_the_language_of_the_chat(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily", language="ky")
    await town.settle(2, now, PSER, cadence="daily", language="ru")
    russian, kyrgyz = await in_both(town, now)

    await plan_due(town.database, now + DAY)

    assert await town.told() == {1: [kyrgyz], 2: [russian]}


async def test_a_translation_that_comes_after_the_release_was_told_is_not_told(
    town: Town, now: datetime
) -> None:
    await town.settle(1, now, PSER, language="ky")
    original = await town.publish(now, "pser", language="ru")
    await plan_due(town.database, now)
    await town.publish(now + DAY, "pser", language="ky", translation_of=original)
    await plan_due(town.database, now + DAY)

    assert await town.told() == {1: [original]}


async def test_a_translation_of_what_was_archived_silently_is_told(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, language="ky")
    original = await town.publish(now, "pser", language="ru", silent=True)
    translation = await town.publish(now, "pser", language="ky", translation_of=original)
    await plan_due(town.database, now)

    assert await town.told() == {1: [translation]}


async def test_a_translation_on_another_topic_leaves_the_original_to_be_told(
    town: Town, now: datetime
) -> None:
    """What is preferred must have been asked for too: the tagger may have missed its topic."""
    await town.settle(1, now, PSER, cadence="daily", language="ky")
    original = await town.publish(now, "pser", language="ru")
    await town.publish(now, language="ky", translation_of=original)

    await plan_due(town.database, now + DAY)

    assert await town.told() == {1: [original]}


async def test_asked_for_now_one_of_two_languages_is_told(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily", language="ky")
    _, kyrgyz = await in_both(town, now)

    assert await tell_now(town.database, 1, now) == 1
    assert await town.told() == {1: [kyrgyz]}


async def test_a_preview_shows_one_of_two_languages(town: Town, now: datetime) -> None:
    await in_both(town, now - HOUR)

    (part,) = await preview(town.database, [PSER], now - DAY, "ky", now, reads="ky-ru")

    assert "Выпуск 2" in part.params["text"]
    assert "Выпуск 1" not in part.params["text"]


async def test_the_other_language_is_one_press_away(town: Town, now: datetime) -> None:
    await town.settle(1, now, PSER, cadence="daily", language="ky")
    await town.settle(2, now, PSER, language="ru")
    await in_both(town, now)

    await plan_due(town.database, now)
    await plan_due(town.database, now + DAY)

    alert, digest = await town.messages()
    (buttons, *_) = alert.parts[0]["params"]["reply_markup"]["inline_keyboard"]
    assert [(button["text"], button["url"]) for button in buttons] == [
        ("Читать", "https://herald.example/1"),
        ("Кыргызча", "https://herald.example/2"),
    ]
    links = [each["url"] for each in digest.parts[0]["params"]["entities"] if each["type"] == "text_link"]
    assert links == ["https://herald.example/2", "https://herald.example/1"]
    assert "· по-русски" in text_of(digest)
