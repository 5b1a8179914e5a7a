"""What becomes of chats: whatever happens, no row is there twice, nothing is told twice, and nothing is lost that was
published while somebody was there to be told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.digests import plan_due
from storage.audiences import Audience
from storage.chat_states import leave_thread
from storage.database import Database
from storage.models import ChatRow, SubscriptionRow
from storage.questions import Questions
from storage.subscribers import ChatKind
from tests.bot.delivery.town import PSER, WOMEN, Town, founded

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GROUP, SUPERGROUP = -5, -1005

Leaving = Callable[[Town, int, datetime], Awaitable[None]]


@pytest.fixture
async def town(database: Database, now: datetime) -> Town:
    return await founded(database, now)


async def rows(town: Town) -> tuple[int, int]:
    """How many chats there are, and subscriptions that have not ended."""
    async with town.database.read() as session:
        chats = await session.scalar(select(func.count()).select_from(ChatRow))
        active = select(func.count()).select_from(SubscriptionRow).where(SubscriptionRow.ended_at.is_(None))
        return chats or 0, await session.scalar(active) or 0


async def blocks(town: Town, chat: int, now: datetime) -> None:
    await town.subscribers.lost(chat, "blocked", now)


async def throws_out(town: Town, chat: int, now: datetime) -> None:
    await town.subscribers.lost(chat, "gone", now)


@pytest.mark.parametrize(
    ("kind", "leaves"),
    [("private", blocks), ("private", throws_out), ("group", throws_out), ("channel", throws_out)],
)
async def test_who_leaves_and_comes_back_again_and_again_is_told_what_was_published_while_there(
    town: Town, now: datetime, kind: ChatKind, leaves: Leaving
) -> None:
    chat = 7 if kind == "private" else -1007
    await town.settle(chat, now, PSER, WOMEN, kind=kind)
    there = []
    for day in range(3):
        there.append(await town.publish(now + day * DAY, "pser"))
        await plan_due(town.database, now + day * DAY)
        await leaves(town, chat, now + day * DAY)
        await leaves(town, chat, now + day * DAY)
        await town.publish(now + day * DAY, "pser", "women_leaders")
        assert (await plan_due(town.database, now + day * DAY)).deliveries == 0
        for _ in range(2):
            await town.subscribers.greet(chat, kind, "ky", now + day * DAY)

    await plan_due(town.database, now + 4 * DAY)

    assert await town.told() == {chat: there}
    assert await rows(town) == (1, 2)


async def test_who_blocks_is_not_sent_what_was_waiting_even_after_coming_back(
    town: Town, now: datetime
) -> None:
    await town.settle(7, now, PSER)
    await town.publish(now, "pser")
    await plan_due(town.database, now)
    await blocks(town, 7, now)
    await town.subscribers.greet(7, "private", "ru", now)
    await plan_due(town.database, now + DAY)

    assert [row.state for row in await town.deliveries()] == ["blocked"]


async def test_who_stopped_subscribes_anew(town: Town, now: datetime) -> None:
    await town.settle(7, now, PSER)
    await town.subscribers.stop(7, now)
    await town.publish(now, "pser")
    await town.subscribers.greet(7, "private", "ru", now)
    assert await rows(town) == (1, 0)
    await town.subscribers.subscribe(7, PSER, now)
    release = await town.publish(now, "pser")
    await plan_due(town.database, now + DAY)

    assert await town.told() == {7: [release]}
    assert await rows(town) == (1, 1)


async def test_who_was_forgotten_is_a_stranger(town: Town, now: datetime) -> None:
    await town.settle(7, now, PSER)
    await town.subscribers.choose_days_off(7, 3, now)
    await town.publish(now, "pser")
    await plan_due(town.database, now + DAY)
    await town.subscribers.forget(7)
    assert await rows(town) == (0, 0)
    chat = await town.subscribers.greet(7, "private", "ru", now)
    assert (chat.days_off, chat.language_chosen) == (0, False)
    await plan_due(town.database, now + DAY)
    assert await town.told() == {}


@pytest.mark.parametrize("known", [False, True], ids=["unheard of", "heard of before"])
async def test_a_group_that_moves_is_told_all_and_nothing_twice(
    town: Town, now: datetime, known: bool
) -> None:
    """Telegram tells of the move in both chats, and may tell of the new one before that."""
    await town.settle(GROUP, now, PSER, WOMEN, kind="group")
    told = await town.publish(now, "pser")
    await plan_due(town.database, now)
    waiting = await town.publish(now, "pser")
    if known:
        await town.settle(SUPERGROUP, now, PSER, kind="group")
    for _ in range(2):
        await town.subscribers.migrate(GROUP, SUPERGROUP, now)
    later = await town.publish(now, "pser", "women_leaders")
    await plan_due(town.database, now + DAY)
    await plan_due(town.database, now + 2 * DAY)

    assert await town.told() == {SUPERGROUP: [told, waiting, later]}
    assert (await rows(town))[1] == 2
    assert (await town.subscribers.counts_by_state()).get("active") == 1


async def test_choices_move_with_a_group(town: Town, now: datetime) -> None:
    await town.settle(GROUP, now, PSER, kind="group", cadence="weekly")
    await town.subscribers.choose_days_off(GROUP, 96, now)
    await town.subscribers.choose_reads(GROUP, "ky")
    await town.subscribers.choose_picture(GROUP, True)
    await town.subscribers.greet(SUPERGROUP, "group", "ky", now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)

    chat = await town.subscribers.get(SUPERGROUP)
    assert chat is not None
    assert (chat.days_off, chat.reads, chat.picture, chat.cadence) == (96, "ky", True, "weekly")


async def test_what_still_comes_from_a_groups_old_id_is_the_supergroups(town: Town, now: datetime) -> None:
    await town.settle(GROUP, now, PSER, kind="group", cadence="weekly")
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)
    late = await town.subscribers.greet(GROUP, "group", "ky", now + DAY)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now + DAY)

    assert (late.id, late.cadence, late.language) == (SUPERGROUP, "weekly", "ru")
    assert await rows(town) == (1, 1)


async def test_a_group_that_was_met_after_its_supergroup_changes_nothing_there(
    town: Town, now: datetime
) -> None:
    await town.settle(SUPERGROUP, now, PSER, kind="group", cadence="weekly")
    await town.settle(GROUP, now + HOUR, WOMEN, kind="group", cadence="daily", language="ky")
    await town.subscribers.migrate(GROUP, SUPERGROUP, now + HOUR)

    chat = await town.subscribers.get(SUPERGROUP)
    assert chat is not None
    assert (chat.cadence, chat.language) == ("weekly", "ru")
    held = await town.subscribers.subscriptions(SUPERGROUP)
    assert {(one.what, one.cadence) for one in held} == {(PSER, "weekly"), (WOMEN, "daily")}


async def test_what_is_chosen_after_a_move_is_not_undone_by_hearing_of_it_again(
    town: Town, now: datetime
) -> None:
    await town.settle(GROUP, now, PSER, kind="group")
    await town.subscribers.greet(SUPERGROUP, "group", "ru", now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)
    await town.subscribers.choose_hour(SUPERGROUP, 18, now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)

    chat = await town.subscribers.get(SUPERGROUP)
    assert chat is not None
    assert chat.digest_hour == 18


async def test_a_group_that_stopped_is_not_written_to_after_a_move(town: Town, now: datetime) -> None:
    await town.settle(GROUP, now, PSER, kind="group")
    await town.subscribers.stop(GROUP, now)
    await town.subscribers.greet(SUPERGROUP, "group", "ru", now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)

    assert await town.subscribers.counts_by_state() == {"stopped": 1, "migrated": 1}


async def test_a_group_that_seemed_gone_is_written_to_where_it_moved(town: Town, now: datetime) -> None:
    await town.settle(GROUP, now, PSER, kind="group")
    await throws_out(town, GROUP, now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)

    assert await town.subscribers.counts_by_state() == {"active": 1}


@pytest.mark.parametrize("known", [False, True], ids=["unheard of", "heard of before"])
async def test_open_questions_and_the_forum_topic_move_with_a_group(
    town: Town, now: datetime, known: bool
) -> None:
    await town.settle(GROUP, now, PSER, kind="group", thread_id=11)
    if known:
        await town.subscribers.greet(SUPERGROUP, "group", "ru", now)
    questions = Questions(town.database)
    await questions.ask(GROUP, "ru", "Где взять форму заявки?", now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)

    chat = await town.subscribers.get(SUPERGROUP)
    assert chat is not None
    assert chat.thread_id == 11
    assert [one.what for one in await town.subscribers.subscriptions_in(SUPERGROUP, 11)] == [PSER]
    assert [one.chat_id for one in await questions.open()] == [SUPERGROUP]


async def test_a_supergroup_is_not_told_again_what_an_ended_subscription_told_the_group(
    town: Town, now: datetime
) -> None:
    """Of its two subscriptions the daily one still looks at what the other has told."""
    await town.settle(GROUP, now, PSER, kind="group", cadence="instant")
    await town.subscribers.subscribe(GROUP, WOMEN, now, "daily")
    await town.subscribers.greet(SUPERGROUP, "group", "ru", now)
    both = await town.publish(now, "pser", "women_leaders")
    await plan_due(town.database, now)
    await town.subscribers.unsubscribe(GROUP, PSER, now)
    await town.subscribers.migrate(GROUP, SUPERGROUP, now)
    await plan_due(town.database, now + DAY)

    assert await town.told() == {SUPERGROUP: [both]}


async def test_each_topic_of_a_forum_is_told_what_it_follows(town: Town, now: datetime) -> None:
    await town.settle(SUPERGROUP, now, PSER, kind="group", thread_id=11)
    await town.subscribers.subscribe(SUPERGROUP, PSER, now, thread_id=22)
    await town.subscribers.subscribe(SUPERGROUP, WOMEN, now, "daily", thread_id=22)
    await town.subscribers.subscribe(SUPERGROUP, WOMEN, now)
    both, women = await town.publish(now, "pser", "women_leaders"), await town.publish(now, "women_leaders")
    await plan_due(town.database, now)
    await plan_due(town.database, now + DAY)

    assert await town.told_in_places() == {
        (SUPERGROUP, 11): [both],
        (SUPERGROUP, 22): [both, women],
        (SUPERGROUP, None): [both, women],
    }


async def test_a_weekly_picture_comes_to_each_topic_of_a_forum(town: Town, now: datetime) -> None:
    await town.settle(SUPERGROUP, now, PSER, kind="group", cadence="weekly", thread_id=11)
    await town.subscribers.subscribe(SUPERGROUP, PSER, now, thread_id=22)
    await town.subscribers.choose_picture(SUPERGROUP, True)
    await town.publish(now, "pser")
    await plan_due(town.database, now + 7 * DAY)

    assert sorted(row.thread_id or 0 for row in await town.deliveries()) == [11, 11, 22, 22]


async def test_announcements_stay_in_a_forum_topic_as_long_as_something_is_told_there(
    town: Town, now: datetime
) -> None:
    await town.settle(SUPERGROUP, now, PSER, kind="group", thread_id=11)

    async def announced_in() -> int | None:
        (recipient,) = await town.subscribers.recipients(Audience())
        return recipient.thread_id

    await town.subscribers.subscribe(SUPERGROUP, WOMEN, now)
    assert await announced_in() == 11
    await town.subscribers.unsubscribe(SUPERGROUP, PSER, now, thread_id=11)
    assert await announced_in() is None


async def test_a_forum_topic_that_is_gone_leaves_its_subscriptions_to_the_group(
    town: Town, now: datetime
) -> None:
    """What was told there is not told again; what was not told there is."""
    await town.settle(SUPERGROUP, now, PSER, WOMEN, kind="group", thread_id=11)
    await town.subscribers.subscribe(SUPERGROUP, PSER, now, "weekly")
    told = await town.publish(now, "pser")
    await plan_due(town.database, now)
    later = await town.publish(now, "pser", "women_leaders")
    async with town.database.write() as session:
        await leave_thread(session, SUPERGROUP, 11, now)
    await plan_due(town.database, now + 7 * DAY)

    assert await town.told_in_places() == {(SUPERGROUP, None): [told, later]}
    held = await town.subscribers.subscriptions(SUPERGROUP)
    assert {(one.what, one.cadence, one.thread_id) for one in held} == {
        (PSER, "weekly", None),
        (WOMEN, "instant", None),
    }


async def test_a_channel_that_is_set_up_again_keeps_its_one_subscription(town: Town, now: datetime) -> None:
    await town.settle(SUPERGROUP, now, PSER, kind="channel")
    await throws_out(town, SUPERGROUP, now)
    await town.subscribers.greet(SUPERGROUP, "channel", "ru", now)
    await town.subscribers.subscribe(SUPERGROUP, PSER, now)
    release = await town.publish(now, "pser")
    await plan_due(town.database, now)

    assert await town.told() == {SUPERGROUP: [release]}
    assert await rows(town) == (1, 1)
