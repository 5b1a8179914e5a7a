"""Editors prepare what publishers send."""

from __future__ import annotations

import pytest

from handlers.announcement_progress import show_step
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

TEXT = "Собрание завтра"


async def _people(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    await talk.deps.staff.appoint(OFFICIAL_ID, "editor", STAFF_ID, talk.clock())


async def _written(talk: Talk) -> None:
    await talk.say("/announce")
    await talk.say(TEXT)
    await talk.press("ПСЭР · 1")


async def _handed_over(talk: Talk) -> None:
    await _people(talk)
    await _written(talk)
    await talk.press("Передать издателю")
    await talk.delivered()


@pytest.mark.parametrize("two_people", [False, True])
async def test_what_an_editor_wrote_leaves_on_the_yes_of_one_publisher(talk: Talk, two_people: bool) -> None:
    talk.deps.announcements.two_people = two_people
    await _handed_over(talk)
    assert "Ждём" in talk.text()
    assert talk.text(CITIZEN_ID) != TEXT
    assert talk.messages(STAFF_ID)[-2].content["text"] == TEXT

    await talk.press("Разрешить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    assert "объявление разрешено" in talk.text()


async def test_an_editor_writes_as_publishers_do_and_cannot_send(talk: Talk) -> None:
    await _people(talk)
    await _written(talk)
    await talk.press("+ Кыргызча")
    await talk.say("Жыйын эртең")
    await talk.press("Отправить мне")
    assert [one.content["text"] for one in talk.messages()[-3:-1]] == [TEXT, "Жыйын эртең"]
    assert not any(label.startswith("Отправить 1") for label in talk.buttons())
    await talk.press("В шаблоны")
    await talk.say("Собрание")
    await talk.say("/announce")
    await talk.press("Начать заново")
    await talk.press("Шаблоны")
    assert "Собрание" in talk.buttons()
    assert "✕" not in talk.buttons()


async def test_an_editor_is_told_that_what_they_wrote_was_declined(talk: Talk) -> None:
    await _handed_over(talk)
    await talk.press("Отклонить", who=STAFF_ID)
    await talk.delivered()
    assert "отклонено" in talk.text()
    assert talk.text(CITIZEN_ID) != TEXT


async def test_an_editor_chooses_an_hour_and_a_publisher_sees_it(talk: Talk) -> None:
    await _people(talk)
    await _written(talk)
    await talk.press("Запланировать")
    await talk.press("20 ноября, 13:00")
    await talk.delivered()
    assert "Когда: 20 ноября, 13:00" in talk.text(STAFF_ID)
    await talk.press("Разрешить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    talk.clock.pass_(hours=3, minutes=1)
    await talk.deps.announcements.advance(talk.clock())
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_what_is_urgent_is_said_to_the_publisher(talk: Talk) -> None:
    await _people(talk)
    await _written(talk)
    await talk.press("Срочное")
    await talk.press("Передать издателю")
    await talk.delivered()
    assert "Срочное" in talk.text(STAFF_ID)


async def test_only_who_may_speak_to_the_audience_is_asked(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock(), "naryn")
    await _written(talk)
    await talk.press("Передать издателю")
    await talk.delivered()
    assert "ждёт вашего решения" in talk.text(STAFF_ID)
    assert "ждёт вашего решения" not in talk.text(CITIZEN_ID)


async def test_where_nobody_can_be_asked_the_draft_stays_and_it_is_said_why(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.lost(STAFF_ID, "blocked", talk.clock())
    await _written(talk)
    await talk.press("Передать издателю")
    assert "должен издатель или администратор" in talk.notices()[-1]["text"]
    assert "Передать издателю" in talk.buttons()


async def test_a_publisher_who_is_an_editor_meanwhile_hands_over_instead_of_sending(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await _written(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "editor", STAFF_ID, talk.clock())
    await talk.press("Отправить 1 подписчику")
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    assert "ждёт вашего решения" in talk.text(STAFF_ID)


async def test_an_editor_takes_back_what_waits_and_leaves_what_is_sent_to_publishers(talk: Talk) -> None:
    await _handed_over(talk)
    await talk.press("Остановить")
    assert "Остановлено" in talk.text()

    await _written(talk)
    await talk.press("Передать издателю")
    await talk.delivered()
    await talk.press("Разрешить", who=STAFF_ID)
    await talk.press("Остановить")
    assert "издатели и администраторы" in talk.notices()[-1]["text"]
    await talk.press("Пауза")
    assert "издатели и администраторы" in talk.notices()[-1]["text"]
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)
    await talk.press("Удалить у всех")
    assert "издатели и администраторы" in talk.notices()[-1]["text"]
    await talk.press("Отчёт")
    assert talk.last().content["document"]["file_name"].endswith(".csv")


async def test_an_editor_looks_at_what_others_announced_and_cannot_act_on_it(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.say("/announce")
    await talk.press("Прошлые объявления")
    await talk.press(f"1. {TEXT}")
    assert "Отправляем" in talk.text()
    assert talk.buttons() == []
