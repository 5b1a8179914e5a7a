"""Buttons on messages so old that Telegram hides them from bots are answered with new messages."""

from __future__ import annotations

from handlers.announcement_progress import show_step
from tests.handlers.talk import CITIZEN_ID, STAFF_ID, Talk


async def _people(talk: Talk) -> None:
    for who in (CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def test_the_picture_of_a_link_comes(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/links", who=STAFF_ID)
    await talk.press_out_of_sight("QR · ПСЭР", who=STAFF_ID)
    assert talk.last(STAFF_ID).content["document"]["file_name"] == "pser.png"


async def test_a_contact_is_saved(talk: Talk) -> None:
    await _people(talk)
    await talk.say("контакты УУМУ", who=CITIZEN_ID)
    await talk.press_out_of_sight("Сохранить контакт", who=CITIZEN_ID)
    assert talk.last(CITIZEN_ID).content.keys() & {"contact", "document"}


async def test_last_week_is_shown(talk: Talk) -> None:
    await talk.publish("Айылные аймаки пишут программы", "pser", days_ago=2)
    await _people(talk)
    await talk.press_out_of_sight("Что было за неделю", who=CITIZEN_ID)
    assert "Айылные аймаки" in str(talk.messages(CITIZEN_ID)[-2].content["text"])


async def test_a_person_is_asked_for(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/staff", who=STAFF_ID)
    await talk.press_out_of_sight("+ Добавить", who=STAFF_ID)
    assert "/cancel" in talk.text(STAFF_ID)


async def test_an_announcement_is_sent_and_its_progress_goes_on_in_the_new_message(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press(next(text for text in talk.buttons(STAFF_ID) if text.startswith("Все · ")), who=STAFF_ID)
    hidden = talk.last(STAFF_ID)
    await talk.press_out_of_sight("Отправить 2 подписчикам", who=STAFF_ID)
    await talk.delivered()
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)
    assert talk.text(CITIZEN_ID) == "Собрание завтра"
    shown = [one for one in talk.messages(STAFF_ID) if "Доставлено" in str(one.content.get("text"))]
    assert len(shown) == 1
    assert shown[0].id != hidden.id

    await talk.press_out_of_sight("Отчёт", who=STAFF_ID)
    assert talk.last(STAFF_ID).content["document"]["file_name"].endswith(".csv")
