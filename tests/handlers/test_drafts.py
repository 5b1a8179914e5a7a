"""What staff have written is not lost by looking elsewhere, and nothing else is taken for it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.i18n import translation
from handlers.dialogues import ANNOUNCEMENT, DIALOGUES, called, waiting
from handlers.keyboards import close
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

TEXT = "Собрание завтра в клубе, приходите все жители села"
QUESTION = "кто финансирует Успешный аймак 2"


async def _drafted(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("Все · 3", who=STAFF_ID)


async def _data(talk: Talk) -> dict[str, Any]:
    _, data = await talk.deps.conversations.load(f"{STAFF_ID}:{STAFF_ID}")
    return data


@pytest.mark.parametrize("asks", ["+ Кыргызча", "В шаблоны", "Запланировать"])
async def test_after_going_back_a_question_is_answered_and_not_taken_for_what_was_asked(
    talk: Talk, asks: str
) -> None:
    await _drafted(talk)
    await talk.press(asks, who=STAFF_ID)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.say(QUESTION, who=STAFF_ID)
    assert "финансирует" in talk.text(STAFF_ID)
    assert "USAID" in talk.text(STAFF_ID)
    assert list((await _data(talk))["draft"]) == ["ru"]


@pytest.mark.parametrize("to", ["Шаблоны", "Прошлые объявления"])
async def test_who_looks_elsewhere_before_writing_comes_back_to_be_asked_again(talk: Talk, to: str) -> None:
    await _drafted(talk)
    await talk.say("/cancel", who=STAFF_ID)
    await talk.say("/announce", who=STAFF_ID)
    await talk.press(to, who=STAFF_ID)
    await talk.say(QUESTION, who=STAFF_ID)
    assert "USAID" in talk.text(STAFF_ID)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Кому?"


async def test_an_hour_that_has_passed_leaves_the_schedule_waiting_for_another(talk: Talk) -> None:
    await _drafted(talk)
    await talk.press("Запланировать", who=STAFF_ID)
    talk.clock.pass_(hours=9)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.say("25.11 18:30", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Отправим 25 ноября, 18:30. Всё верно?"


@pytest.mark.parametrize(
    ("command", "button"), [("/settings", "Закрыть"), ("/search", "Отмена"), ("/publish", "Отмена")]
)
async def test_closing_something_else_keeps_the_draft(talk: Talk, command: str, button: str) -> None:
    await _drafted(talk)
    await talk.say(command, who=STAFF_ID)
    await talk.press(button, who=STAFF_ID)
    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Продолжить черновик", who=STAFF_ID)
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_closing_something_else_does_not_end_what_is_asked_for(talk: Talk) -> None:
    await _drafted(talk)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("/settings", who=STAFF_ID)
    await talk.press("Закрыть", who=STAFF_ID)
    await talk.say("Собрание перенесено на пятницу", who=STAFF_ID)
    assert talk.messages(STAFF_ID)[-2].content["text"] == "Собрание перенесено на пятницу"


@pytest.mark.parametrize("command", ["/start", "/start topic-pser", "/announce"])
async def test_a_draft_outlives_a_new_beginning_and_can_be_gone_on_with(talk: Talk, command: str) -> None:
    await _drafted(talk)
    await talk.say(command, who=STAFF_ID)
    await talk.say("/announce", who=STAFF_ID)
    assert talk.text(STAFF_ID) == f"У вас есть неотправленный черновик.\n{TEXT}\nКому: Все"
    await talk.press("Продолжить черновик", who=STAFF_ID)
    assert talk.messages(STAFF_ID)[-2].content["text"] == TEXT
    assert "Отправить 3 подписчикам" in talk.buttons(STAFF_ID)


async def test_a_draft_without_an_audience_goes_on_with_the_question_for_whom(talk: Talk) -> None:
    await _drafted(talk)
    await talk.press("Отмена", who=STAFF_ID)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Продолжить черновик", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Кому?"


async def test_who_begins_anew_drops_the_draft(talk: Talk) -> None:
    await _drafted(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Начать заново", who=STAFF_ID)
    assert "Пришлите объявление" in talk.text(STAFF_ID)
    assert await _data(talk) == {}


async def test_the_way_back_from_changing_a_text_leads_to_the_draft(talk: Talk) -> None:
    await _drafted(talk)
    await talk.press("Изменить", who=STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["‹ Назад"]
    await talk.press("‹ Назад", who=STAFF_ID)
    assert "Отправить 3 подписчикам" in talk.buttons(STAFF_ID)


async def test_where_nobody_belongs_to_the_audience_any_more_the_draft_stays(talk: Talk) -> None:
    await _drafted(talk)
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.deps.subscribers.stop(who, talk.clock())
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    assert "Получателей нет" in talk.notices()[-1]["text"]
    assert "draft" in await _data(talk)


async def test_cancel_leaves_what_is_asked_for_first_and_then_what_was_written(talk: Talk) -> None:
    await _drafted(talk)
    await talk.say("/search", who=STAFF_ID)
    await talk.say("/cancel", who=STAFF_ID)
    assert "draft" in await _data(talk)
    await talk.say("/cancel", who=STAFF_ID)
    assert (talk.text(STAFF_ID), await _data(talk)) == ("Отменено.", {})
    await talk.say("/cancel", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Отменять нечего."


def test_every_dialogue_is_left_by_a_button_of_its_own() -> None:
    (button,) = close(translation("ru"), ANNOUNCEMENT)
    assert button.callback_data == "close:announce"
    assert [called(each.name) for each in DIALOGUES] == list(DIALOGUES)
    assert waiting("Scheduling:moment") is ANNOUNCEMENT
    assert waiting(None) is None
