"""Announcements from draft to report."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from sqlalchemy import select

from bot.announcement_acts import ActStep
from bot.announcements import LATE_AFTER, TOO_MANY_FAILURES, AnnouncementDesk
from bot.delivery.outcomes import outcome
from bot.i18n import translation
from bot.messages.announcement import LOCAL_ZONE, progress_keyboard, progress_text
from bot.messages.announcement_changes import TooLongForCaption, act_text
from bot.messages.announcement_table import outcomes_table
from storage.announcement_acts import StillSending, Wish
from storage.announcements import Announcements, Nobody, WrongState
from storage.audiences import Audience
from storage.cadence import days_off_of
from storage.database import Database
from storage.deliveries import Lane, Part
from storage.languages import Language
from storage.models import AuditRow
from tests.bot.delivery.telegram import FakeClock
from tests.bot.delivery.test_sender import CALL, Post, cut_connection, refused_connection
from tests.bot.delivery.town import PSER, founded

STAFF = 900
EVERYONE = Audience()


def content(**texts: str) -> dict[Language, tuple[Part, ...]]:
    return {language: (Part("sendMessage", {"text": text}),) for language, text in texts.items()}  # type: ignore[misc]


@pytest.fixture
async def post(database: Database, now: datetime) -> Post:
    town = await founded(database, now)
    await town.people(range(1, 31), now, languages=("ru", "ky"))
    return Post(town, FakeClock(now))


@pytest.fixture
def desk(post: Post) -> AnnouncementDesk:
    return AnnouncementDesk(post.town.database)


async def composed(desk: AnnouncementDesk, now: datetime, **texts: str) -> int:
    texts = texts or {"ru": "Сход в субботу", "ky": "Жыйын ишемби күнү"}
    return (await desk.compose(STAFF, content(**texts), EVERYONE, now)).id


async def test_everybody_gets_it_once_in_their_language(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())

    announcement, progress = await desk.send(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    (step,) = await desk.advance(post.clock.now())

    assert (announcement.state, progress.total, announcement.recipients) == ("running", 30, 30)
    assert post.telegram.texts[1] == ["Сход в субботу"]
    assert post.telegram.texts[2] == ["Жыйын ишемби күнү"]
    assert all(len(texts) == 1 for texts in post.telegram.texts.values())
    assert (step.what, step.progress.sent) == ("done", 30)
    assert await desk.advance(post.clock.now()) == ()


async def test_a_language_without_a_version_gets_another(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now(), ru="Только по-русски")
    await desk.send(number, STAFF, post.clock.now())

    await post.run(per_second=0)

    assert post.telegram.texts == {chat_id: ["Только по-русски"] for chat_id in range(1, 31)}


async def test_only_the_audience_gets_it(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    await post.town.subscribers.subscribe(3, PSER, now)
    draft = await desk.compose(STAFF, content(ru="О ПСЭР"), Audience(topic="pser"), now)
    assert await desk.size(Audience(topic="pser")) == 1

    await desk.send(draft.id, STAFF, now)
    await post.run()

    assert post.telegram.texts == {3: ["О ПСЭР"]}


async def test_an_empty_audience_is_refused(post: Post, desk: AnnouncementDesk) -> None:
    draft = await desk.compose(STAFF, content(ru="Кому?"), Audience(topic="nothing"), post.clock.now())

    with pytest.raises(Nobody):
        await desk.send(draft.id, STAFF, post.clock.now())


async def test_a_trial_reaches_staff_only(post: Post) -> None:
    async def reach() -> frozenset[int] | None:
        return frozenset({4})

    desk = AnnouncementDesk(post.town.database, reach=reach)
    number = await composed(desk, post.clock.now())
    assert await desk.size(EVERYONE) == 1

    await desk.send(number, STAFF, post.clock.now())
    await post.run()

    assert list(post.telegram.texts) == [4]


async def test_the_audience_is_frozen_when_it_is_approved(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now, at=now + timedelta(hours=2))
    await post.town.people([31], now)
    await post.town.subscribers.lost(2, "blocked", now)
    assert await desk.advance(now) == ()
    assert await post.deliveries.next_due() is None

    post.clock.pass_time(7_200)
    (started,) = await desk.advance(post.clock.now())
    await post.run(per_second=0)

    assert started.what == "started"
    assert sorted(post.telegram.texts) == [1, *range(3, 31)]


async def test_a_pause_holds_the_rest_and_resuming_sends_it(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    await post.deliveries.claim(post.clock.now(), 10)
    await desk.pause(number, STAFF, post.clock.now())

    await post.run(per_second=0)
    assert post.telegram.texts == {}
    announcement, progress = await desk.look(number)
    assert (announcement.state, progress.waiting, progress.unknown) == ("paused", 20, 10)

    await desk.resume(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    assert len(post.telegram.texts) == 20


async def test_a_retry_that_comes_back_during_a_pause_is_held(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    (claim,) = await post.deliveries.claim(post.clock.now(), 1)
    await desk.pause(number, STAFF, post.clock.now())
    verdict = outcome(claim, refused_connection(CALL), post.clock.now(), lambda: 0.5)
    await post.deliveries.record([verdict], post.clock.now())

    await desk.advance(post.clock.now())

    assert set(await post.states()) == {"held"}


async def test_a_cancelled_announcement_reaches_nobody_else(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    announcement, progress = await desk.cancel(number, STAFF, post.clock.now())

    await post.run()

    assert (announcement.state, progress.cancelled) == ("cancelled", 30)
    assert post.telegram.texts == {}
    with pytest.raises(WrongState):
        await desk.resume(number, STAFF, post.clock.now())


async def test_it_cannot_be_sent_twice(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())

    with pytest.raises(WrongState):
        await desk.send(number, STAFF, post.clock.now())


async def test_a_start_that_was_missed_asks_first(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now, at=now + timedelta(hours=1))

    (step,) = await desk.advance(now + timedelta(hours=1) + 2 * LATE_AFTER)

    assert (step.what, step.announcement.paused_because) == ("paused", "late")
    assert "прошло" in progress_text(step.announcement, step.progress, translation("ru"), now, 25).as_html()
    await desk.resume(number, STAFF, now)
    await post.run(per_second=0)
    assert len(post.telegram.texts) == 30


async def test_too_many_failures_pause_it_until_staff_go_on(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    wrong = TelegramBadRequest(method=CALL, message="Bad Request: wrong file identifier")
    post.telegram.answer = lambda method: wrong if len(post.telegram.accepted) >= 5 else None
    claims = await post.deliveries.claim(post.clock.now(), TOO_MANY_FAILURES)
    failed = [outcome(claim, wrong, post.clock.now(), lambda: 0.5) for claim in claims]
    await post.deliveries.record(failed, post.clock.now())

    (step,) = await desk.advance(post.clock.now())
    assert (step.what, step.announcement.paused_because) == ("paused", "failures")

    await desk.resume(number, STAFF, post.clock.now())
    (step,) = await desk.advance(post.clock.now())
    assert step.what == "progress"


async def test_what_is_unknown_waits_for_staff_and_can_be_sent_again(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())

    def lost(method: object) -> TelegramNetworkError | None:
        return cut_connection(CALL) if method.chat_id in (3, 4) else None  # type: ignore[attr-defined]

    post.telegram.lost = lost
    await post.run(per_second=0)
    post.telegram.lost = lambda _method: None
    (done,) = await desk.advance(post.clock.now())
    assert (done.progress.sent, done.progress.unknown) == (28, 2)

    await desk.acts.do(number, STAFF, post.clock.now(), Wish("resend", outcome="unknown"))
    assert (await desk.look(number))[1].waiting == 2
    await post.run()

    (done,) = await desk.advance(post.clock.now())
    assert (done.what, done.progress.sent, done.progress.unknown) == ("done", 30, 0)
    assert {chat for chat, texts in post.telegram.texts.items() if len(texts) == 2} == {3, 4}


async def test_a_correction_edits_what_everybody_got(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    await desk.advance(post.clock.now())
    sent = {row.chat_id: row.telegram_message_ids[0] for row in await post.town.deliveries()}
    post.telegram.accepted.clear()

    new = content(ru="Сход в воскресенье", ky="Жыйын жекшембиде")
    assert await desk.acts.correct(number, STAFF, post.clock.now(), new) == 30
    await post.run(per_second=0)

    edited = {call.chat_id: call for call in post.telegram.accepted}  # type: ignore[attr-defined]
    assert {call.__api_method__ for call in edited.values()} == {"editMessageText"}
    assert {chat: call.message_id for chat, call in edited.items()} == sent  # type: ignore[attr-defined]
    assert edited[1].text == "Сход в воскресенье"  # type: ignore[attr-defined]
    assert edited[2].text == "Жыйын жекшембиде"  # type: ignore[attr-defined]
    (step,) = await desk.advance(post.clock.now())
    assert isinstance(step, ActStep)
    assert (step.act.state, step.progress.sent) == ("done", 30)
    assert "30" in act_text(step.act, step.progress, translation("ru")).as_html()


async def test_a_correction_in_one_language_leaves_the_other_alone(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    await desk.advance(post.clock.now())
    post.telegram.accepted.clear()

    assert await desk.acts.correct(number, STAFF, post.clock.now(), content(ky="Жыйын жекшембиде")) == 15
    await post.run(per_second=0)

    assert {call.chat_id % 2 for call in post.telegram.accepted} == {0}  # type: ignore[attr-defined]


async def test_who_gets_it_after_a_correction_gets_the_corrected_text(
    post: Post, desk: AnnouncementDesk
) -> None:
    now = post.clock.now()
    number = await composed(desk, now, ru="Сход в субботу")
    await desk.send(number, STAFF, now)
    wrong = TelegramBadRequest(method=CALL, message="Bad Request: something passing")
    post.telegram.answer = lambda method: wrong if method.chat_id in (3, 4) else None  # type: ignore[attr-defined]
    await post.run(per_second=0)
    post.telegram.answer = lambda _method: None
    await desk.advance(now)
    post.telegram.accepted.clear()

    await desk.acts.correct(number, STAFF, now, content(ru="Сход в воскресенье"))
    await desk.acts.do(number, STAFF, now, Wish("resend", outcome="failed"))
    await post.run(per_second=0)
    await desk.acts.correct(number, STAFF, now, content(ru="Сход в понедельник"))
    await post.run(per_second=0)

    calls = [(call.__api_method__, call.text) for call in post.telegram.accepted if call.chat_id == 3]  # type: ignore[attr-defined]
    assert calls == [("sendMessage", "Сход в воскресенье"), ("editMessageText", "Сход в понедельник")]
    _, progress = await desk.look(number)
    assert (progress.sent, progress.total) == (30, 30)


async def test_a_correction_waits_until_nothing_is_on_its_way(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    await post.deliveries.claim(post.clock.now(), 1)
    await desk.cancel(number, STAFF, post.clock.now())

    with pytest.raises(StillSending):
        await desk.acts.correct(number, STAFF, post.clock.now(), content(ru="Сход в воскресенье"))


async def test_words_that_do_not_fit_under_a_photo_are_refused_before_anybody_sees_them(
    post: Post, desk: AnnouncementDesk
) -> None:
    now = post.clock.now()
    photo = {"ru": (Part("sendPhoto", {"photo": "file-1", "caption": "Ярмарка"}),)}
    draft = await desk.compose(STAFF, photo, EVERYONE, now)  # type: ignore[arg-type]
    await desk.send(draft.id, STAFF, now)
    await post.run(per_second=0)

    with pytest.raises(TooLongForCaption):
        await desk.acts.correct(draft.id, STAFF, now, content(ru="Ярмарка " * 200))


async def test_it_can_be_deleted_for_everybody(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await desk.send(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    await desk.advance(post.clock.now())
    post.telegram.accepted.clear()

    assert await desk.acts.withdraw(number, STAFF, post.clock.now()) == 30
    await post.run(per_second=0)

    assert {call.__api_method__ for call in post.telegram.accepted} == {"deleteMessage"}
    assert len(post.telegram.accepted) == 30
    with pytest.raises(WrongState):
        await desk.acts.correct(number, STAFF, post.clock.now(), content(ru="Поздно"))
    withdrawn, progress = await desk.look(number)
    keys = progress_keyboard(withdrawn, progress, translation("ru"))
    assert keys and [button["text"] for row in keys["inline_keyboard"] for button in row] == ["Отчёт"]


async def test_what_is_deleted_is_not_sent_to_those_who_had_not_got_it_yet(
    post: Post, desk: AnnouncementDesk
) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now)
    await desk.pause(number, STAFF, now)

    await desk.acts.withdraw(number, STAFF, now)
    await desk.resume(number, STAFF, now)
    await post.run(per_second=0)

    assert post.telegram.texts == {}


async def test_quiet_hours_delay_it_unless_it_is_urgent(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    await post.town.subscribers.choose_quiet_hours(1, 9, 12)
    calm = await composed(desk, now)
    urgent = await desk.compose(STAFF, content(ru="Паводок"), EVERYONE, now, urgent=True)

    await desk.send(calm, STAFF, now)
    await desk.send(urgent.id, STAFF, now)

    waits = {row.lane: row.not_before - now for row in await post.town.deliveries() if row.chat_id == 1}
    assert waits == {Lane.ANNOUNCEMENTS: timedelta(hours=2), Lane.ALERTS: timedelta()}


async def test_a_day_off_delays_it_unless_it_is_urgent(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    friday = days_off_of([now.weekday()])
    await post.town.subscribers.choose_days_off(1, friday, now)
    calm = await composed(desk, now)
    urgent = await desk.compose(STAFF, content(ru="Паводок"), EVERYONE, now, urgent=True)

    await desk.send(calm, STAFF, now)
    await desk.send(urgent.id, STAFF, now)

    waits = {row.lane: row.not_before - now for row in await post.town.deliveries() if row.chat_id == 1}
    assert waits == {Lane.ANNOUNCEMENTS: timedelta(hours=23), Lane.ALERTS: timedelta()}


async def test_an_interrupted_approval_goes_on(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await Announcements(post.town.database).approve(number, STAFF, post.clock.now())

    (step,) = await desk.advance(post.clock.now())
    await post.run(per_second=0)

    assert step.what == "started"
    assert len(post.telegram.texts) == 30


async def test_every_act_of_staff_is_in_the_audit(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now)
    await desk.pause(number, STAFF, now)
    await desk.resume(number, STAFF, now)
    await desk.cancel(number, STAFF, now)

    async with post.town.database.read() as session:
        acts = list(await session.scalars(select(AuditRow.action).order_by(AuditRow.id)))
    assert acts == [f"announcement.{act}" for act in ("draft", "approve", "pause", "resume", "cancel")]


@pytest.mark.parametrize("language", ["ru", "ky", "en"])
async def test_progress_and_report_are_shown(post: Post, desk: AnnouncementDesk, language: Language) -> None:
    now, tr = post.clock.now(), translation(language)
    number = await composed(desk, now)
    await desk.send(number, STAFF, now)
    await post.deliveries.claim(now, 3)

    running, progress = await desk.look(number)
    text, _ = progress_text(running, progress, tr, now, 0.5).render()
    keys = progress_keyboard(running, progress, tr)
    assert "0" in text and "30" in text and "░░░░░░░░" in text and "60" in text
    assert keys and len(keys["inline_keyboard"][0]) == 2

    cancelled, progress = await desk.cancel(number, STAFF, now)
    text, _ = progress_text(cancelled, progress, tr, now, 0.5).render()
    assert "27" in text
    table = outcomes_table(await desk.outcomes(number), tr, LOCAL_ZONE, now).decode("utf-8-sig")
    assert table.count(tr.gettext("Not sent") + (";" if language != "en" else ",")) == 27
