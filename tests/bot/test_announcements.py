"""Announcements from draft to report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from aiogram.exceptions import (
    RestartingTelegram,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from sqlalchemy import select, update

import storage.announcements
import storage.recipients
from bot.announcement_acts import ActStep
from bot.announcements import LATE_AFTER, TOO_MANY_FAILURES, AnnouncementDesk, Step
from bot.delivery.outcomes import delivered, outcome
from bot.i18n import translation
from bot.messages.announcement import LOCAL_ZONE, progress_keyboard, progress_text
from bot.messages.announcement_changes import TooLongForCaption, act_text
from bot.messages.announcement_table import outcomes_table
from bot.messages.parts import Keyboard
from storage.announcement_acts import Standing, StillSending, Wish
from storage.announcements import Announcements, Nobody, WrongState, open_row
from storage.audiences import Audience
from storage.cadence import days_off_of
from storage.database import Database
from storage.deliveries import Lane, Part
from storage.languages import Language
from storage.models import AuditRow, DeliveryRow
from storage.recipients import write_next_recipients
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


TRIED_AGAIN = pytest.mark.parametrize(
    "error",
    [
        TelegramRetryAfter(method=CALL, message="Too Many Requests", retry_after=3_600),
        RestartingTelegram(method=CALL, message="Bad Gateway"),
        refused_connection(CALL),
    ],
    ids=["429", "5xx", "no connection"],
)
"""What becomes of a call that would be made again by itself."""


async def fails_on_its_way(post: Post, error: Exception, act: Callable[[], Awaitable[object]]) -> None:
    """A call is made, staff act, and only then the call fails."""
    (claim,) = await post.deliveries.claim(post.clock.now(), 1)
    await act()
    await post.deliveries.record([outcome(claim, error, post.clock.now(), lambda: 0.5)], post.clock.now())


@TRIED_AGAIN
async def test_a_retry_that_comes_back_during_a_pause_is_held(
    post: Post, desk: AnnouncementDesk, error: Exception
) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now)

    await fails_on_its_way(post, error, lambda: desk.pause(number, STAFF, now))

    assert set(await post.states()) == {"held"}
    await desk.resume(number, STAFF, now)
    await post.run(per_second=0)
    assert len(post.telegram.texts) == 30


@TRIED_AGAIN
async def test_a_call_that_fails_after_the_announcement_was_stopped_is_not_made_again(
    post: Post, desk: AnnouncementDesk, error: Exception
) -> None:
    now = post.clock.now()
    number = await composed(desk, now)
    await desk.send(number, STAFF, now)

    await fails_on_its_way(post, error, lambda: desk.cancel(number, STAFF, now))

    assert set(await post.states()) == {"cancelled"}
    post.clock.pass_time(7_200)
    await post.run(per_second=0)
    assert post.telegram.texts == {}


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


async def letters(post: Post) -> dict[int, str]:
    """What waits in the outbox for staff, by chat: the text and its buttons."""
    parts = {row.id: row.parts for row in await post.town.messages() if row.kind == "notice"}
    return {
        row.chat_id: "\n".join(
            [
                parts[row.message_id][0]["params"]["text"],
                *labels(parts[row.message_id][0]["params"].get("reply_markup")),
            ]
        )
        for row in await post.town.deliveries()
        if row.message_id in parts and row.state == "pending"
    }


@pytest.mark.parametrize("reason", ["late", "failures"])
async def test_author_and_approver_are_written_to_when_it_pauses_by_itself(
    post: Post, desk: AnnouncementDesk, reason: str
) -> None:
    now = post.clock.now()
    await post.town.settle(STAFF, now, language="ru")
    await post.town.settle(STAFF + 1, now, language="ky")
    number = await composed(desk, now, ru="Сход в субботу")
    desk.two_people = True
    await desk.submit(number, STAFF, now, now + timedelta(hours=1))
    await desk.allow(number, STAFF + 1, now)
    if reason == "failures":
        await desk.advance(now + timedelta(hours=1))
        claims = await post.deliveries.claim(now + timedelta(hours=1), TOO_MANY_FAILURES)
        wrong = TelegramBadRequest(method=CALL, message="Bad Request: wrong file identifier")
        failed = [outcome(claim, wrong, now, lambda: 0.5) for claim in claims]
        await post.deliveries.record(failed, now)
    await desk.advance(now + timedelta(hours=1) + 2 * LATE_AFTER)

    told = await letters(post)
    assert set(told) == {STAFF, STAFF + 1}
    assert "«Сход в субботу»" in told[STAFF]
    assert "Продолжить\nОстановить" in told[STAFF]
    assert "Улантуу\nТоктотуу" in told[STAFF + 1]
    why = {"late": "Назначенное время прошло", "failures": "Слишком много сообщений не дошло"}
    assert why[reason] in told[STAFF]
    assert {row.lane for row in await post.town.deliveries() if row.state == "pending"} == {Lane.REPLIES}


async def test_where_nobody_can_be_written_to_it_does_not_pause(
    post: Post, desk: AnnouncementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question stands in the transaction that pauses it: killed between the two, nobody would ever be asked."""
    now = post.clock.now()
    await post.town.settle(STAFF, now)
    number = await composed(desk, now)
    await desk.send(number, STAFF, now, at=now + timedelta(hours=1))

    async def broken(*_: object) -> int:
        raise OSError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(storage.announcements, "post", broken)
        with pytest.raises(OSError, match="disk"):
            await desk.advance(now + 3 * LATE_AFTER)
    assert (await desk.look(number))[0].state == "scheduled"
    await desk.advance(now + 3 * LATE_AFTER)
    assert set(await letters(post)) == {STAFF}


async def test_the_author_is_told_when_it_is_done(post: Post, desk: AnnouncementDesk) -> None:
    await post.town.settle(STAFF, post.clock.now())
    await announced(post, desk, ru="Сход в субботу")
    told = await letters(post)
    assert told[STAFF].startswith("Объявление: «Сход в субботу»\nДоставлено 31 подписчику")
    assert "Отчёт" in told[STAFF]


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


async def announced(post: Post, desk: AnnouncementDesk, **texts: str) -> int:
    """An announcement that everybody has got."""
    number = await composed(desk, post.clock.now(), **texts)
    await desk.send(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    await desk.advance(post.clock.now())
    post.telegram.accepted.clear()
    return number


async def edited(post: Post) -> dict[int, str]:
    """The text that was put last into each chat."""
    await post.run(per_second=0)
    return {call.chat_id: call.text for call in post.telegram.accepted}  # type: ignore[attr-defined]


@pytest.mark.parametrize("when", ["before the next", "after the next", "interrupted"])
async def test_a_correction_that_is_late_does_not_come_over_a_newer_one(
    post: Post, desk: AnnouncementDesk, when: str
) -> None:
    number = await announced(post, desk, ru="Собрание")
    now = post.clock.now()
    await desk.acts.correct(number, STAFF, now, content(ru="Первая правка"))
    claims = await post.deliveries.claim(now, 3)
    error = RestartingTelegram(method=CALL, message="Bad Gateway")
    late = [outcome(claim, error, now, lambda: 0.5) for claim in claims]
    if when == "before the next":
        await post.deliveries.record(late, now)
    await desk.acts.correct(number, STAFF, now, content(ru="Вторая правка, верная"))
    if when == "after the next":
        await post.deliveries.record(late, now)

    assert await edited(post) == dict.fromkeys(range(1, 31), "Вторая правка, верная")
    assert len(post.telegram.accepted) == 30
    first, second = await desk.advance(post.clock.now())
    assert isinstance(first, ActStep)
    assert isinstance(second, ActStep)
    assert (first.act.state, first.progress.cancelled) == ("done", 30)
    assert (second.act.state, second.progress.sent) == ("done", 30)


async def test_a_correction_in_one_language_does_not_stop_that_of_the_other(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await announced(post, desk)
    now = post.clock.now()
    await desk.acts.correct(number, STAFF, now, content(ru="Сход в воскресенье"))
    await desk.acts.correct(number, STAFF, now, content(ky="Жыйын жекшембиде"))
    assert set((await edited(post)).values()) == {"Сход в воскресенье", "Жыйын жекшембиде"}


async def test_what_is_deleted_is_not_corrected_any_more(post: Post, desk: AnnouncementDesk) -> None:
    number = await announced(post, desk)
    now = post.clock.now()
    await desk.acts.correct(number, STAFF, now, content(ru="Сход в воскресенье"))
    await desk.acts.withdraw(number, STAFF, now)
    await post.run(per_second=0)
    assert {call.__api_method__ for call in post.telegram.accepted} == {"deleteMessage"}


async def test_a_correction_keeps_the_buttons_that_the_one_before_brought(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await announced(post, desk, ru="Собрание")
    now = post.clock.now()
    link = {"inline_keyboard": [[{"text": "Записаться", "url": "https://forms.example/1"}]]}
    with_button = Part("sendMessage", {"text": "Собрание в 10", "reply_markup": link})
    await desk.acts.correct(number, STAFF, now, {"ru": (with_button,)})
    await edited(post)
    for hour in (11, 12):
        await desk.acts.correct(number, STAFF, now, content(ru=f"Собрание в {hour}"))
        assert set((await edited(post)).values()) == {f"Собрание в {hour}"}
        last = post.telegram.accepted[-1].reply_markup  # type: ignore[attr-defined]
        assert last.inline_keyboard[0][0].url == "https://forms.example/1"


async def test_corrections_do_not_multiply_what_is_kept(post: Post, desk: AnnouncementDesk) -> None:
    number = await announced(post, desk, ru="Собрание")
    for hour in range(10, 15):
        await desk.acts.correct(number, STAFF, post.clock.now(), content(ru=f"Собрание в {hour}"))
        await edited(post)
    assert len(await desk.acts.texts(number)) == 6, "what people got, and one text for each correction"


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


def labels(keys: Keyboard | None) -> list[str]:
    return [button["text"] for row in (keys or {}).get("inline_keyboard", []) for button in row]


async def report(desk: AnnouncementDesk, number: int, now: datetime) -> tuple[str, list[str]]:
    """What the report says, and its buttons."""
    tr = translation("ru")
    found, progress = await desk.look(number)
    text, _ = progress_text(found, progress, tr, now, 25).render()
    return text, labels(progress_keyboard(found, progress, tr))


async def test_the_report_says_deleted_only_of_what_was_deleted_and_the_rest_can_be_corrected(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await announced(post, desk, ru="Собрание")
    now = post.clock.now()
    await desk.acts.withdraw(number, STAFF, now)
    text, keys = await report(desk, number, now)
    assert "Удаляем у всех, осталось: 30" in text
    assert keys == ["Отчёт"]
    with pytest.raises(StillSending):
        await desk.acts.correct(number, STAFF, now, content(ru="Отменяется"))

    refused = TelegramBadRequest(method=CALL, message="Bad Request: message can't be deleted")
    post.telegram.answer = lambda method: refused if method.chat_id in (3, 4) else None  # type: ignore[attr-defined]
    await post.run(per_second=0)
    await desk.advance(now)

    text, keys = await report(desk, number, now)
    assert "Удалено у 28 подписчиков" in text
    assert "Удалить не получилось: 2" in text
    assert "Удалено у всех" not in text
    assert keys == ["Исправить, где осталось", "Удалить у всех", "Отчёт"]
    with pytest.raises(WrongState):
        await desk.acts.do(number, STAFF, now, Wish("resend", outcome="failed"))

    post.telegram.accepted.clear()
    post.telegram.answer = lambda _method: None
    assert await desk.acts.correct(number, STAFF, now, content(ru="Отменяется")) == 2
    assert await edited(post) == {3: "Отменяется", 4: "Отменяется"}

    assert await desk.acts.withdraw(number, STAFF, now) == 2
    await post.run(per_second=0)
    text, keys = await report(desk, number, now)
    assert "Удалено у всех, кто его получил" in text
    assert keys == ["Отчёт"]


async def test_who_had_it_deleted_and_is_erased_is_counted_and_hides_nobody_from_a_correction(
    post: Post, desk: AnnouncementDesk
) -> None:
    number = await announced(post, desk, ru="Собрание")
    now = post.clock.now()
    refused = TelegramBadRequest(method=CALL, message="Bad Request: message can't be deleted")
    post.telegram.answer = lambda method: refused if method.chat_id == 3 else None  # type: ignore[attr-defined]
    await desk.acts.withdraw(number, STAFF, now)
    await post.run(per_second=0)
    await post.town.subscribers.forget(4)

    assert "Удалено у 29 подписчиков" in (await report(desk, number, now))[0]
    post.telegram.answer = lambda _method: None
    assert await desk.acts.correct(number, STAFF, now, content(ru="Отменяется")) == 1


async def test_the_report_is_shown_anew_when_a_deletion_is_over(post: Post, desk: AnnouncementDesk) -> None:
    number = await announced(post, desk, ru="Собрание")
    await desk.show_progress_in(number, STAFF, 1)
    await desk.acts.withdraw(number, STAFF, post.clock.now())
    await post.run(per_second=0)
    act, shown = await desk.advance(post.clock.now())
    assert isinstance(act, ActStep)
    assert isinstance(shown, Step)
    assert (shown.announcement.id, shown.progress.deleted) == (number, 30)


async def test_it_is_known_where_it_is_too_old_to_be_deleted(post: Post, desk: AnnouncementDesk) -> None:
    """What was sent later, for quiet hours, can be deleted for longer; in channels it always can."""
    now = post.clock.now()
    await post.town.settle(-5, now, kind="channel")
    number = await announced(post, desk)
    async with post.town.database.write() as session:
        late = update(DeliveryRow).where(DeliveryRow.chat_id == 1)
        await session.execute(late.values(finished_at=now + timedelta(hours=10)))
    assert await desk.acts.standing(number, now + timedelta(hours=47)) == Standing(31, 0)
    assert await desk.acts.standing(number, now + timedelta(hours=50)) == Standing(31, 29)
    assert await desk.acts.standing(number, now + timedelta(hours=60)) == Standing(31, 30)


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
    assert waits == {Lane.ANNOUNCEMENTS: timedelta(hours=2), Lane.URGENT: timedelta()}


async def test_an_urgent_one_goes_before_the_alerts_that_wait(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    for number in range(3):
        await post.put(f"Новость {number}", to=range(1, 31))
    urgent = await desk.compose(STAFF, content(ru="Сель"), EVERYONE, now, urgent=True)
    await desk.send(urgent.id, STAFF, now)

    await post.run()

    order = [call.text for call in post.telegram.accepted]  # type: ignore[attr-defined]
    assert order[:33].count("Сель") == 30, "one send of sixteen is the slower lane's"


async def test_a_day_off_delays_it_unless_it_is_urgent(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    friday = days_off_of([now.weekday()])
    await post.town.subscribers.choose_days_off(1, friday, now)
    calm = await composed(desk, now)
    urgent = await desk.compose(STAFF, content(ru="Паводок"), EVERYONE, now, urgent=True)

    await desk.send(calm, STAFF, now)
    await desk.send(urgent.id, STAFF, now)

    waits = {row.lane: row.not_before - now for row in await post.town.deliveries() if row.chat_id == 1}
    assert waits == {Lane.ANNOUNCEMENTS: timedelta(hours=23), Lane.URGENT: timedelta()}


async def test_an_interrupted_approval_goes_on(post: Post, desk: AnnouncementDesk) -> None:
    number = await composed(desk, post.clock.now())
    await Announcements(post.town.database).approve(number, STAFF, post.clock.now())

    (step,) = await desk.advance(post.clock.now())
    await post.run(per_second=0)

    assert step.what == "started"
    assert len(post.telegram.texts) == 30


async def test_it_cannot_be_paused_before_all_who_get_it_are_written_down(
    post: Post, desk: AnnouncementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is not written down yet would never get it: resuming goes on with those who are."""
    monkeypatch.setattr(storage.recipients, "_BATCH", 10)
    now = post.clock.now()
    number = await composed(desk, now)
    announcements = Announcements(post.town.database)
    await announcements.approve(number, STAFF, now)
    async with post.town.database.write() as session:
        await write_next_recipients(session, await open_row(session, number), None, None, now)
    assert (await desk.look(number))[1].total == 10

    with pytest.raises(WrongState):
        await announcements.pause(number, STAFF, now)
    with pytest.raises(WrongState):
        await announcements.start(number, now)

    await desk.advance(now)
    await post.run(per_second=0)
    assert len(post.telegram.texts) == 30


async def test_several_programs_write_down_who_gets_it_and_everybody_gets_it_once(
    post: Post, desk: AnnouncementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that leads looks for what an interruption left, and may find what another is just doing."""
    monkeypatch.setattr(storage.recipients, "_BATCH", 3)
    now = post.clock.now()
    number = await composed(desk, now)
    other = AnnouncementDesk(post.town.database)

    sent, *_ = await asyncio.gather(desk.send(number, STAFF, now), *(other.advance(now) for _ in range(5)))

    assert (sent[0].state, sent[0].recipients) == ("running", 30)
    await post.run(per_second=0)
    assert {chat_id: len(texts) for chat_id, texts in post.telegram.texts.items()} == dict.fromkeys(
        range(1, 31), 1
    )


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


async def sent_at_pace(post: Post, seconds: float) -> None:
    """What is due leaves, one message after so many seconds each."""
    while claims := await post.deliveries.claim(post.clock.now(), 1):
        post.clock.pass_time(seconds)
        now = post.clock.now()
        await post.deliveries.record([delivered(claim, True, now) for claim in claims], now)


async def test_the_measured_speed_is_shown_and_what_it_means_for_the_rest(
    post: Post, desk: AnnouncementDesk
) -> None:
    """Not the speed that was set: the machine, Telegram and those who ask meanwhile decide."""
    number = await composed(desk, post.clock.now(), ru="Собрание")
    await desk.send(number, STAFF, post.clock.now())
    claims = await post.deliveries.claim(post.clock.now(), 20)
    for claim in claims:
        post.clock.pass_time(0.5)
        await post.deliveries.record([delivered(claim, True, post.clock.now())], post.clock.now())

    text, _ = await report(desk, number, post.clock.now())
    assert "Отправляем: 20 из 30" in text
    assert "Скорость: 2,1 в секунду" in text
    assert "Осталось около 5 с" in text
    assert "Скорость" not in (await report(desk, number, post.clock.now() + timedelta(minutes=1)))[0]


async def test_who_waits_for_the_morning_is_counted_apart(post: Post, desk: AnnouncementDesk) -> None:
    now = post.clock.now()
    for chat_id in range(1, 11):
        await post.town.subscribers.choose_quiet_hours(chat_id, 9, 20)
    for chat_id in (11, 12):
        await post.town.subscribers.pause(chat_id, now + timedelta(days=9))
    number = await composed(desk, now, ru="Собрание")
    await desk.send(number, STAFF, now)
    await sent_at_pace(post, 0.5)

    for later in (timedelta(), timedelta(hours=2)):
        text, _ = await report(desk, number, post.clock.now() + later)
        assert text.startswith("Отправляем: 18 из 30")
        assert "Ждут утра: 10" in text
        assert "Ждут конца выходных или паузы: 2" in text
        assert "Осталось" not in text


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
