"""Where two people are needed, nothing leaves on the word of one."""

from __future__ import annotations

import pytest

import handlers.announce_sending
import storage.announcements
import storage.approvals
from bot.announcements import AnnouncementDesk
from handlers.announcement_progress import show_step
from handlers.approval import Approval
from handlers.approval_reminders import remind
from handlers.mail import Mail
from storage.announcements import OwnApproval
from storage.audiences import Audience
from storage.deliveries import Letter, Verdict
from storage.parts import Part
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

TEXT = "Собрание завтра"
TEXT_PARTS = (Part("sendMessage", {"text": TEXT}),)


async def _two_people(talk: Talk, *, second: bool = True) -> None:
    talk.deps.announcements.two_people = True
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    if second:
        await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())


async def _submit(talk: Talk) -> None:
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()


async def test_nothing_leaves_before_a_second_person_says_yes(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    assert "Ждём" in talk.text(STAFF_ID)
    assert talk.text(CITIZEN_ID) != TEXT

    assert talk.messages(OFFICIAL_ID)[-2].content["text"] == TEXT
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    assert "объявление разрешено" in talk.text(STAFF_ID)
    await talk.press("Как идёт отправка", who=OFFICIAL_ID)
    await _advance(talk)
    assert "Отправляем" in talk.text(OFFICIAL_ID)
    assert any("Доставлено 1" in one.content["text"] for one in talk.messages(STAFF_ID)), "stays the author's"
    assert [act.action for act in (await talk.deps.staff.recent_acts())[:3]] == [
        "announcement.approve",
        "announcement.submit",
        "announcement.draft",
    ]


async def test_what_is_declined_reaches_nobody_and_its_author_is_told(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Отклонить", who=OFFICIAL_ID)
    await talk.delivered()
    assert "отклонено" in talk.text(STAFF_ID)
    assert talk.text(CITIZEN_ID) != TEXT
    assert (await talk.deps.announcements.recent())[0].state == "cancelled"


async def test_the_author_cannot_be_the_second_person(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    waiting = (await talk.deps.announcements.recent())[0]
    with pytest.raises(OwnApproval):
        await talk.deps.announcements.allow(waiting.id, STAFF_ID, talk.clock())
    with pytest.raises(OwnApproval):
        await _draft_sent_past_approval(talk.deps.announcements, talk)


async def test_without_a_second_person_the_draft_stays_and_it_is_said_why(talk: Talk) -> None:
    await _two_people(talk, second=False)
    await _submit(talk)
    assert "второй издатель" in talk.notices()[-1]["text"]
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    assert "Ждём" in talk.text(STAFF_ID)


async def test_an_author_takes_back_what_waits_and_a_late_yes_does_nothing(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Остановить", who=STAFF_ID)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert "уже нельзя" in talk.notices()[-1]["text"]
    assert talk.text(CITIZEN_ID) != TEXT


async def test_what_was_scheduled_waits_for_its_hour_after_the_yes(talk: Talk) -> None:
    await _two_people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.delivered()
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    talk.clock.pass_(hours=3, minutes=1)
    await talk.deps.announcements.advance(talk.clock())
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def _waiting_for_one(talk: Talk) -> None:
    """An announcement for one in the afternoon that waits for the second person."""
    await _two_people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.delivered()


async def test_what_is_allowed_long_after_its_time_is_asked_about_again(talk: Talk) -> None:
    await _waiting_for_one(talk)
    talk.clock.pass_(days=2)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    asked = "Объявление надо было отправить 20 ноября, 13:00, это время прошло. Отправить сейчас?"
    assert (talk.text(OFFICIAL_ID), talk.buttons(OFFICIAL_ID)) == (asked, ["Отправить сейчас", "Отклонить"])

    await talk.press("Отправить сейчас", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_what_came_too_late_can_be_declined(talk: Talk) -> None:
    await _waiting_for_one(talk)
    talk.clock.pass_(days=2)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.press("Отклонить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    assert "отклонено" in talk.text(STAFF_ID)


async def test_what_is_allowed_a_little_late_is_sent(talk: Talk) -> None:
    await _waiting_for_one(talk)
    talk.clock.pass_(hours=3, minutes=30)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_both_are_told_when_it_is_done(talk: Talk) -> None:
    await _sent(talk)
    for who in (STAFF_ID, OFFICIAL_ID):
        assert talk.text(who) == f"Объявление: «{TEXT}»\nДоставлено 1 подписчику"
        assert "Отчёт" in talk.buttons(who)


async def test_a_publisher_of_another_oblast_is_not_asked(talk: Talk) -> None:
    await _two_people(talk, second=False)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await _submit(talk)
    assert "второй издатель" in talk.notices()[-1]["text"]


async def _draft_sent_past_approval(desk: AnnouncementDesk, talk: Talk) -> None:
    parts = (await desk.recent())[0].content
    draft = await desk.compose(STAFF_ID, parts, Audience(), talk.clock())
    await desk.send(draft.id, OFFICIAL_ID, talk.clock())


async def _sent(talk: Talk) -> int:
    """An announcement that two people have sent to one subscriber."""
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    await _advance(talk)
    await talk.delivered()
    return (await talk.deps.announcements.recent())[0].id


async def _advance(talk: Talk) -> None:
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)


async def _ask_to_correct(talk: Talk) -> None:
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()


async def _ask_to_delete(talk: Talk) -> None:
    await talk.press("Удалить у всех", who=STAFF_ID)
    await talk.press("Удалить", who=STAFF_ID)
    await talk.delivered()


async def test_a_correction_needs_a_second_person_too(talk: Talk) -> None:
    await _sent(talk)
    await _ask_to_correct(talk)
    assert talk.text(CITIZEN_ID) == TEXT
    assert talk.text(STAFF_ID) == "Ждём, пока это разрешит второй сотрудник."
    assert "просит исправить объявление" in talk.text(OFFICIAL_ID)
    assert "Для 1 подписчика" in talk.text(OFFICIAL_ID)

    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    await _advance(talk)

    assert talk.text(CITIZEN_ID) == "Собрание в пятницу"
    assert "исправление разрешено" in talk.text(STAFF_ID)
    assert any("Исправлено у 1 подписчика" in one.content["text"] for one in talk.messages(STAFF_ID))
    acts = [(act.action, act.actor_id) for act in (await talk.deps.staff.recent_acts())[:2]]
    assert acts == [("announcement.correct", OFFICIAL_ID), ("announcement.propose", STAFF_ID)]


async def test_deleting_for_everyone_needs_a_second_person_too(talk: Talk) -> None:
    await _sent(talk)
    await _ask_to_delete(talk)
    assert talk.text(CITIZEN_ID) == TEXT
    assert talk.messages(OFFICIAL_ID)[-1].content["text"].count("удалить это объявление") == 1

    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()

    assert talk.text(CITIZEN_ID) != TEXT
    assert (await talk.deps.announcements.recent())[0].withdrawn_at is not None


async def test_sending_again_needs_a_second_person_too(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    (claim,) = [one for one in await talk.deps.deliveries.claim(talk.clock(), 9) if one.announcement]
    await talk.deps.deliveries.record([Verdict(claim.id, "failed", error="a try")], talk.clock())
    await _advance(talk)
    await talk.press("Повторить неудачные", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    assert "просит повторить" in talk.text(OFFICIAL_ID)

    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()

    assert talk.text(CITIZEN_ID) == TEXT


async def test_a_wish_that_is_declined_changes_nothing_and_cannot_be_allowed_afterwards(talk: Talk) -> None:
    await _sent(talk)
    await _ask_to_delete(talk)
    question = talk.last(OFFICIAL_ID)
    talk.people.press(OFFICIAL_ID, OFFICIAL_ID, question.id, text="Отклонить")
    talk.people.press(OFFICIAL_ID, OFFICIAL_ID, question.id, text="Разрешить")
    await talk.answered()
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    assert "удаление отклонено" in talk.text(STAFF_ID)
    assert "уже нельзя" in talk.notices()[-1]["text"]


async def test_nobody_allows_a_wish_of_their_own_or_does_it_alone(talk: Talk) -> None:
    number = await _sent(talk)
    await _ask_to_delete(talk)
    acts = talk.deps.announcements.acts
    with pytest.raises(OwnApproval):
        await acts.allow(1, STAFF_ID, talk.clock())
    with pytest.raises(OwnApproval):
        await acts.withdraw(number, STAFF_ID, talk.clock())
    assert (await acts.get(1)).state == "waiting"


async def test_without_a_second_person_a_wish_is_not_kept_and_it_is_said_why(talk: Talk) -> None:
    await _sent(talk)
    await talk.deps.staff.dismiss(OFFICIAL_ID, STAFF_ID, talk.clock())
    await _ask_to_delete(talk)
    assert "второй издатель" in talk.notices()[-1]["text"]
    assert talk.text(CITIZEN_ID) == TEXT


async def test_whoever_is_killed_after_asking_has_asked(talk: Talk) -> None:
    """The question is written in the transaction in which the announcement begins to wait."""
    await _two_people(talk)
    desk = talk.deps.announcements
    draft = await desk.compose(STAFF_ID, {"ru": TEXT_PARTS}, Audience(topic="pser"), talk.clock())
    second = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert second
    approval = Approval(talk.deps, Mail(talk.deps))
    letters = approval.letters(await approval.request(draft, "Сайкал", None), [second])

    await desk.submit(draft.id, STAFF_ID, talk.clock(), None, letters)
    # nothing else of what a handler does is done: the process is gone

    await talk.delivered()
    assert "ждёт вашего решения" in talk.text(OFFICIAL_ID)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_where_the_question_cannot_be_written_nothing_waits(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _two_people(talk)
    desk = talk.deps.announcements
    draft = await desk.compose(STAFF_ID, {"ru": TEXT_PARTS}, Audience(topic="pser"), talk.clock())
    letter = Letter("notice", "ru", TEXT_PARTS, (OFFICIAL_ID,))

    async def broken(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(storage.announcements, "post", broken)
    with pytest.raises(OSError, match="disk"):
        await desk.submit(draft.id, STAFF_ID, talk.clock(), None, [letter])
    assert (await desk.recent())[0].state == "draft"


async def test_whoever_is_killed_between_sending_and_forgetting_the_draft_sends_it_once(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _two_people(talk)
    talk.deps.announcements.two_people = False
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    ready = talk.last(STAFF_ID)
    with monkeypatch.context() as killed:
        killed.setattr(handlers.announce_sending, "leave", _killed)
        talk.expected_failures = 1
        await talk.press("Отправить 1 подписчику", who=STAFF_ID)

    talk.people.press(STAFF_ID, STAFF_ID, ready.id, text="Отправить 1 подписчику")
    await talk.answered()
    await talk.delivered()

    got = [one for one in talk.messages(CITIZEN_ID) if one.content.get("text") == TEXT]
    assert (len(got), len(await talk.deps.announcements.recent())) == (1, 1)


async def _killed(*_: object) -> None:
    raise RuntimeError("the process is gone")


async def test_the_question_says_who_wrote_it_for_whom_when_and_in_which_languages(talk: Talk) -> None:
    await _two_people(talk)
    await talk.deps.subscribers.choose_timezone(OFFICIAL_ID, "Europe/Moscow", talk.clock())
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("+ Кыргызча", who=STAFF_ID)
    await talk.say("Жыйын эртең", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.delivered()
    name = talk.telegram.users[STAFF_ID]
    assert talk.text(OFFICIAL_ID).splitlines() == [
        "Это объявление ждёт вашего решения.",
        f"Автор: {name.first_name} {name.last_name}, администратор",
        "Кому: ПСЭР",
        "Для 1 подписчика",
        "Языки: Русский, Кыргызча",
        "Когда: 20 ноября, 10:00",
    ]


async def test_an_audience_is_named_by_its_territory_too(talk: Talk) -> None:
    await _two_people(talk)
    await talk.deps.subscribers.choose_territory(CITIZEN_ID, "naryn", talk.clock())
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("По области ▾", who=STAFF_ID)
    await talk.press("Нарынская область · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    assert "Кому: Нарынская область" in talk.text(OFFICIAL_ID)
    assert "Когда: сразу, как только вы разрешите" in talk.text(OFFICIAL_ID)


async def test_who_became_a_publisher_later_decides_from_the_list_of_announcements(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock())
    await _look_at_the_latest(talk, CITIZEN_ID)
    assert talk.messages(CITIZEN_ID)[-2].content["text"] == TEXT
    assert "Автор: " in talk.text(CITIZEN_ID)
    await talk.press("Разрешить", who=CITIZEN_ID)
    await talk.press("Отклонить", who=OFFICIAL_ID)
    assert "уже нельзя" in talk.notices()[-1]["text"]
    await talk.delivered()
    assert [one.content["text"] for one in talk.messages(CITIZEN_ID)].count(TEXT) == 2


async def test_its_author_sees_in_the_list_that_it_waits_and_cannot_allow_it(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await _look_at_the_latest(talk, STAFF_ID)
    assert "Ждём" in talk.text(STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["Остановить"]


async def test_a_time_that_has_passed_while_it_waited_is_said(talk: Talk) -> None:
    await _two_people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    talk.clock.pass_(days=1)
    await _look_at_the_latest(talk, OFFICIAL_ID)
    assert "намеченное время, 20 ноября, 13:00, прошло" in talk.text(OFFICIAL_ID)


async def test_a_wish_is_decided_from_the_list_of_announcements_too(talk: Talk) -> None:
    await _sent(talk)
    await _ask_to_correct(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock())
    await _look_at_the_latest(talk, STAFF_ID)
    assert "просит исправить" not in talk.text(STAFF_ID)
    await _look_at_the_latest(talk, CITIZEN_ID)
    assert talk.messages(CITIZEN_ID)[-2].content["text"] == "Собрание в пятницу"
    assert "просит исправить объявление" in talk.text(CITIZEN_ID)
    assert "Кому: ПСЭР" in talk.text(CITIZEN_ID)
    await talk.press("Разрешить", who=CITIZEN_ID)
    await talk.delivered()
    assert any(one.content.get("text") == "Собрание в пятницу" for one in talk.messages(CITIZEN_ID)[:-4])


async def _look_at_the_latest(talk: Talk, who: int) -> None:
    await talk.say("/announce", who=who)
    await talk.press("Прошлые объявления", who=who)
    await talk.press(f"1. {TEXT}", who=who)


BISHKEK = "Asia/Bishkek"


async def test_what_waits_long_is_brought_up_once_a_day_in_working_hours(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 0, "it has just been asked"
    talk.clock.pass_(hours=5)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 1
    await talk.delivered()
    assert "Ждёт с 20 ноября, 10:00." in talk.text(OFFICIAL_ID)
    assert "Ждёт с" not in talk.text(STAFF_ID), "not its author"
    assert await remind(talk.deps, talk.bot, BISHKEK) == 0, "once a day"
    talk.clock.pass_(days=1)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 0, "a Saturday"
    talk.clock.pass_(days=2)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 1
    await talk.delivered()
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    talk.clock.pass_(days=1)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 0, "it no longer waits"


async def test_a_wish_that_waits_long_is_brought_up_too_also_to_who_became_a_publisher_later(
    talk: Talk,
) -> None:
    await _sent(talk)
    await _ask_to_delete(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock())
    talk.clock.pass_(hours=5)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 1
    await talk.delivered()
    for who in (OFFICIAL_ID, CITIZEN_ID):
        assert "просит удалить это объявление" in talk.text(who)
        assert "Ждёт с" in talk.text(who)


async def test_a_reminder_is_noted_and_sent_in_one_transaction(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _two_people(talk)
    await _submit(talk)
    talk.clock.pass_(hours=5)

    async def broken(*_: object) -> int:
        raise OSError("the disk is full")

    with monkeypatch.context() as failing:
        failing.setattr(storage.approvals, "post", broken)
        with pytest.raises(OSError, match="disk"):
            await remind(talk.deps, talk.bot, BISHKEK)
    assert await remind(talk.deps, talk.bot, BISHKEK) == 1
