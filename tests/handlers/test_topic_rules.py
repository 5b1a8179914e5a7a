"""Administrators try the rules of a topic before they are in force."""

from __future__ import annotations

from storage.topic_rules import TopicRules
from tests.handlers.talk import CITIZEN_ID, STAFF_ID, Talk


async def _staff(talk: Talk) -> None:
    for who in (STAFF_ID, CITIZEN_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _names_of_rules(talk: Talk) -> list[str]:
    topics = await TopicRules(talk.deps.database).topics()
    return [rule.name for topic in topics for rule in topic.rules]


async def test_rules_are_shown_in_words(talk: Talk) -> None:
    await _staff(talk)
    await talk.publish("Новости ПСЭР", "pser", days_ago=2)
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    assert "1 релиз за последние 30 дней" in talk.text(STAFF_ID)
    assert "abbreviation (100 %): (псэр" in talk.text(STAFF_ID)


async def test_only_administrators_change_rules(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/topic", who=CITIZEN_ID)
    assert "Правила какой темы" not in talk.text(CITIZEN_ID)


async def test_words_are_tried_saved_and_put_back(talk: Talk) -> None:
    await _staff(talk)
    await talk.publish("Принят план водоснабжения", "local_initiatives")
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("план водоснабжения", who=STAFF_ID)
    assert "Найдёт ещё 1\n— Принят план водоснабжения" in talk.text(STAFF_ID)
    assert "words of staff" not in await _names_of_rules(talk)
    await talk.press("Сохранить", who=STAFF_ID)
    assert "Сохранено" in talk.text(STAFF_ID)
    assert "words of staff" in await _names_of_rules(talk)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Вернуть прежние", who=STAFF_ID)
    assert "words of staff" not in await _names_of_rules(talk)
    await talk.say("/audit", who=STAFF_ID)
    assert "изменил правила темы" in talk.text(STAFF_ID)
    assert "вернул прежние правила темы" in talk.text(STAFF_ID)


async def test_a_mistake_in_rules_is_named_and_can_be_mended_or_left(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("[[rule", who=STAFF_ID)
    assert "Не могу прочитать эти правила" in talk.text(STAFF_ID)
    await talk.say('[[rule]]\nname = "вода"\nwords = [["план водоснабжения"]]', who=STAFF_ID)
    assert "Проверено на" in talk.text(STAFF_ID)
    await talk.press("Отмена", who=STAFF_ID)
    assert "вода" not in await _names_of_rules(talk)


async def test_a_save_that_comes_late_changes_nothing(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("план водоснабжения", who=STAFF_ID)
    old = talk.last(STAFF_ID)
    save = next(
        button["callback_data"]
        for row in (old.markup or {})["inline_keyboard"]
        for button in row
        if button["text"] == "Сохранить"
    )
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.press_data(save, old, who=STAFF_ID)
    assert "words of staff" not in await _names_of_rules(talk)
