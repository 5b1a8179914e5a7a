"""Who is forgotten stays in the counts of reports, and is sent nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.announcements import AnnouncementDesk
from storage.announcement_acts import Wish
from storage.audiences import Audience
from storage.database import Database
from storage.deliveries import Part
from storage.models import DeliveryRow
from tests.bot.delivery.telegram import FakeClock
from tests.bot.delivery.test_sender import Post
from tests.bot.delivery.town import PSER, founded

STAFF = 900


@pytest.fixture
async def post(database: Database, now: datetime) -> Post:
    town = await founded(database, now)
    await town.people(range(1, 6), now, languages=("ru",))
    return Post(town, FakeClock(now))


@pytest.fixture
def desk(post: Post) -> AnnouncementDesk:
    return AnnouncementDesk(post.town.database)


async def _sent(post: Post, desk: AnnouncementDesk) -> int:
    text = {"ru": (Part("sendMessage", {"text": "Сход в субботу"}),)}
    announcement = await desk.compose(STAFF, text, Audience(), post.clock.now())  # type: ignore[arg-type]
    await desk.send(announcement.id, STAFF, post.clock.now())
    return announcement.id


async def _set_state(post: Post, chat_id: int, state: str) -> None:
    async with post.town.database.write() as session:
        await session.execute(update(DeliveryRow).where(DeliveryRow.chat_id == chat_id).values(state=state))


async def test_a_report_goes_on_counting_who_was_forgotten(post: Post, desk: AnnouncementDesk) -> None:
    number = await _sent(post, desk)
    await post.run(per_second=0)
    await post.town.subscribers.forget(3)

    announcement, progress = await desk.look(number)
    assert (announcement.recipients, progress.sent, progress.total) == (5, 5, 5)
    rows = await post.town.deliveries()
    assert sorted(row.chat_id or 0 for row in rows) == [0, 1, 2, 4, 5]
    assert [row.telegram_message_ids for row in rows if row.chat_id is None] == [[]]


async def test_two_who_were_forgotten_are_told_apart_in_one_report(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await _sent(post, desk)
    await post.run(per_second=0)
    for person in (3, 4):
        await post.town.subscribers.forget(person)

    _, progress = await desk.look(number)
    assert progress.sent == 5


async def test_who_is_forgotten_is_not_sent_what_waited(post: Post, desk: AnnouncementDesk) -> None:
    number = await _sent(post, desk)
    await post.town.subscribers.forget(3)
    await post.run(per_second=0)
    (step,) = await desk.advance(post.clock.now())

    assert 3 not in post.telegram.texts
    assert (step.announcement.state, step.progress.sent, step.progress.cancelled) == ("done", 4, 1)
    assert number == step.announcement.id


async def test_who_is_forgotten_while_a_message_is_on_its_way_is_sent_nothing_after(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await _sent(post, desk)
    await _set_state(post, 3, "sending")
    await post.town.subscribers.forget(3)
    async with post.town.database.write() as session:
        lost = update(DeliveryRow).where(DeliveryRow.chat_id.is_(None))
        await session.execute(lost.values(state="pending"))
    await post.run(per_second=0, looks=200)
    await post.deliveries.prune(post.clock.now() - timedelta(days=1))

    _, progress = await desk.look(number)
    assert (progress.sent, progress.waiting, progress.cancelled) == (4, 0, 1)


async def test_sending_again_and_correcting_pass_over_who_was_forgotten(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await _sent(post, desk)
    await _set_state(post, 3, "failed")
    await post.run(per_second=0)
    await desk.advance(post.clock.now())
    for person in (3, 4):
        await post.town.subscribers.forget(person)

    await desk.acts.do(number, STAFF, post.clock.now(), Wish("resend", outcome="failed"))
    assert (await desk.look(number))[1].waiting == 0
    corrected = {"ru": (Part("sendMessage", {"text": "Сход в воскресенье"}),)}
    reached = await desk.acts.correct(number, STAFF, post.clock.now(), corrected)  # type: ignore[arg-type]
    assert reached == 3
    await post.run(per_second=0)
    _, progress = await desk.look(number)
    assert (progress.sent, progress.failed) == (4, 1)


async def test_who_was_forgotten_and_comes_back_is_told_as_a_stranger(post: Post) -> None:
    now = post.clock.now()
    await post.town.settle(1, now, PSER)
    await post.town.publish(now, "pser")
    await post.town.subscribers.forget(1)
    await post.town.settle(1, now, PSER)
    assert (await post.town.subscribers.own_data(1))["messages"] == []
