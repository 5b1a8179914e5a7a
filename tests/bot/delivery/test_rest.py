"""Nobody is woken: whether a chat rests is asked when a message leaves, whatever was planned."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.announcements import AnnouncementDesk
from bot.delivery.outcomes import delivered
from storage.announcement_acts import Wish
from storage.audiences import Audience
from storage.cadence import days_off_of
from storage.database import Database
from storage.deliveries import Lane
from storage.models import ChatRow
from storage.verdicts import Verdict
from tests.bot.delivery.telegram import FakeClock
from tests.bot.delivery.test_sender import Post, said
from tests.bot.delivery.town import founded

HOUR = timedelta(hours=1)
STAFF = 900
EVENING = 21.9
"""When the clock begins; quiet hours are from ten to seven."""


@pytest.fixture
async def post(database: Database, now: datetime) -> Post:
    """A town in the evening, whose first ten people want to sleep."""
    town = await founded(database, now)
    await town.people(range(1, 31), now)
    for chat_id in range(1, 11):
        await town.subscribers.choose_quiet_hours(chat_id, 22, 7)
    return Post(town, FakeClock(now + (EVENING - 10) * HOUR))


async def leaves(post: Post) -> list[tuple[str, int]]:
    """Everything that may leave now leaves: the calls and their chats."""
    calls: list[tuple[str, int]] = []
    now = post.clock.now()
    for _ in range(200):
        due = await post.deliveries.next_due()
        if due is None or due > now:
            return calls
        if claims := await post.deliveries.claim(now, 7):
            await post.deliveries.record([delivered(claim, True, now) for claim in claims], now)
        calls += [(claim.part.method, claim.chat_id) for claim in claims]
    raise AssertionError("there is no end to what may leave")


async def chats(post: Post) -> list[int]:
    return sorted(chat_id for _, chat_id in await leaves(post))


@pytest.mark.parametrize("lane", [Lane.ALERTS, Lane.DIGESTS, Lane.ANNOUNCEMENTS])
async def test_what_an_outage_held_up_until_the_night_waits_for_the_morning(post: Post, lane: Lane) -> None:
    await post.put("Вечерняя новость", to=range(1, 31), lane=lane)
    post.clock.pass_time(4 * 3_600)

    assert await chats(post) == list(range(11, 31))
    assert await post.deliveries.next_due() == post.clock.now() + 5.1 * HOUR
    post.clock.pass_time(5.1 * 3_600)
    assert await chats(post) == list(range(1, 11))


@pytest.mark.parametrize("lane", [Lane.REPLIES, Lane.URGENT])
async def test_answers_and_what_is_urgent_come_at_night(post: Post, lane: Lane) -> None:
    await post.put("Сель", to=range(1, 31), lane=lane)
    post.clock.pass_time(4 * 3_600)
    assert await chats(post) == list(range(1, 31))


async def test_what_has_begun_is_not_torn_in_two_by_the_night(post: Post) -> None:
    await post.put("один", "два", to=[1])
    (claim,) = await post.deliveries.claim(post.clock.now(), 1)
    await post.deliveries.record([delivered(claim, True, post.clock.now())], post.clock.now())
    post.clock.pass_time(3_600)
    assert await chats(post) == [1]


async def test_who_is_awake_does_not_wait_behind_those_who_sleep(post: Post) -> None:
    await post.town.people(range(1_000, 2_200), post.clock.now())
    async with post.town.database.write() as session:
        await session.execute(update(ChatRow).where(ChatRow.id >= 1_000).values(quiet_from=22, quiet_to=7))
    await post.put("Новость", to=[*range(1_000, 2_200), 30])
    await post.put("Новость", to=[29])
    post.clock.pass_time(3_600)

    claimed = [await post.deliveries.claim(post.clock.now(), 1) for _ in range(6)]
    assert [claim.chat_id for claims in claimed for claim in claims] == [30, 29]


async def test_what_waits_is_put_off_for_a_day_off(post: Post) -> None:
    saturday = days_off_of([(post.clock.now().weekday() + 1) % 7])
    await post.town.subscribers.choose_days_off(30, saturday, post.clock.now())
    await post.put("Новость", to=[30])
    post.clock.pass_time(4 * 3_600)
    assert await chats(post) == []
    assert await post.deliveries.next_due() == post.clock.now() + 31.1 * HOUR, "at nine on the day after"


@pytest.mark.parametrize("lane", [Lane.ALERTS, Lane.ANNOUNCEMENTS])
async def test_in_a_pause_only_answers_and_what_is_urgent_come(post: Post, lane: Lane) -> None:
    now = post.clock.now()
    await post.put("До паузы", to=[20], lane=lane)
    await post.town.subscribers.pause(20, now + 11.1 * HOUR)
    await post.put("Ответ", to=[20], lane=Lane.REPLIES)
    await post.put("Сель", to=[20], lane=Lane.URGENT)

    assert await chats(post) == [20, 20]
    post.clock.pass_time(11 * 3_600)
    assert await chats(post) == []
    post.clock.pass_time(0.1 * 3_600)
    assert await chats(post) == [20]


async def test_what_a_pause_held_back_comes_when_it_is_ended_early_but_not_at_night(post: Post) -> None:
    now = post.clock.now()
    await post.put("До паузы", to=[1, 20])
    for chat_id in (1, 20):
        await post.town.subscribers.pause(chat_id, now + 100 * HOUR)
    assert await chats(post) == []

    post.clock.pass_time(4 * 3_600)
    for chat_id in (1, 20):
        await post.town.subscribers.resume(chat_id, post.clock.now())

    assert await chats(post) == [20]
    post.clock.pass_time(5.1 * 3_600)
    assert await chats(post) == [1]


async def test_an_announcement_waits_for_the_end_of_a_pause(post: Post) -> None:
    now = post.clock.now()
    await post.town.subscribers.pause(20, now + 48 * HOUR)
    desk = AnnouncementDesk(post.town.database)
    draft = await desk.compose(STAFF, {"ru": said("Собрание")}, Audience(), now)
    await desk.send(draft.id, STAFF, now)

    assert 20 not in await chats(post)
    post.clock.pass_time(49 * 3_600)
    assert await chats(post) == [20]


async def test_sending_again_at_night_wakes_nobody(post: Post) -> None:
    now = post.clock.now()
    desk = AnnouncementDesk(post.town.database)
    draft = await desk.compose(STAFF, {"ru": said("Собрание")}, Audience(), now)
    await desk.send(draft.id, STAFF, now)
    claims = await post.deliveries.claim(now, 30)
    failed = {1, 2, 29}
    await post.deliveries.record(
        [
            delivered(claim, True, now) if claim.chat_id not in failed else _failed(claim.id)
            for claim in claims
        ],
        now,
    )
    await desk.advance(now)
    post.clock.pass_time(4 * 3_600)

    await desk.acts.do(draft.id, STAFF, post.clock.now(), Wish("resend", outcome="failed"))

    assert sorted(
        row.not_before - post.clock.now() for row in await post.town.deliveries() if row.state == "pending"
    ) == [timedelta(), 5.1 * HOUR, 5.1 * HOUR]
    assert await chats(post) == [29]


async def test_a_correction_and_a_deletion_do_not_wait_for_the_morning(post: Post) -> None:
    """They make no sound, and who reads at night reads what is right."""
    now = post.clock.now()
    desk = AnnouncementDesk(post.town.database)
    draft = await desk.compose(STAFF, {"ru": said("Собрание")}, Audience(), now)
    await desk.send(draft.id, STAFF, now)
    assert len(await leaves(post)) == 30
    await desk.advance(now)
    post.clock.pass_time(4 * 3_600)

    await desk.acts.correct(draft.id, STAFF, post.clock.now(), {"ru": said("Собрание в десять")})
    assert [method for method, _ in await leaves(post)] == ["editMessageText"] * 30
    await desk.acts.withdraw(draft.id, STAFF, post.clock.now())
    assert [method for method, _ in await leaves(post)] == ["deleteMessage"] * 30


def _failed(delivery_id: int) -> Verdict:
    return Verdict(delivery_id, "failed", error="a try")
