"""Administrators try the rules of a topic before they are in force."""

from __future__ import annotations

import pytest

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
    shown = talk.text(STAFF_ID)
    assert "Достаточно любого из этого:\n— Сокращение: «псэр»" in shown
    assert "Сразу после названа территория" in shown
    assert "development" not in shown.partition("«")[0]


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
    assert "правила темы изменены" in talk.text(STAFF_ID)
    assert "прежние правила темы возвращены" in talk.text(STAFF_ID)


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


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("•••", "В присланном нет слов. Пришлите их по одной фразе в строке."),
        ("a = 1\nb = = 2", "строка 2 записана не так, как в topics.toml"),
        ("topic = 1", "Не могу прочитать эти правила: они записаны не так, как в topics.toml."),
        (
            '[[rule]]\nname = "quota for women"\nwords = []',
            "Тема «ПСЭР», правило «Квота для женщин»: нет слов",
        ),
    ],
)
async def test_what_is_wrong_with_rules_is_said_in_the_words_of_people(
    talk: Talk, sent: str, said: str
) -> None:
    await _staff(talk)
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say(sent, who=STAFF_ID)
    assert said in talk.text(STAFF_ID)
    for of_developers in ("words of staff", "pser", "object", "Expected", "TypeError"):
        assert of_developers not in talk.text(STAFF_ID)


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


async def _make_topic(talk: Talk) -> None:
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("+ Новая тема", who=STAFF_ID)
    await talk.say("Дороги\nЖолдор", who=STAFF_ID)
    assert "Новая тема: Дороги" in talk.text(STAFF_ID)
    await talk.say("ремонт дороги\nжол оңдоо", who=STAFF_ID)
    await talk.press("Сохранить", who=STAFF_ID)


async def test_a_new_topic_is_there_for_everybody_at_once(talk: Talk) -> None:
    await _staff(talk)
    await talk.publish("В Нарыне начат ремонт дороги", "pser")
    await _make_topic(talk)
    assert "уже можно выбрать: /topics" in talk.text(STAFF_ID)
    await talk.press("Отметить и их", who=STAFF_ID)
    assert "Отмечено: 1, снято: 0." in talk.text(STAFF_ID)
    await talk.say("/topics", who=CITIZEN_ID)
    await talk.press("Дороги", who=CITIZEN_ID)
    assert "✓ Дороги" in talk.buttons(CITIZEN_ID)
    await talk.say("что нового по теме Дороги", who=CITIZEN_ID)
    assert "В Нарыне начат ремонт дороги" in talk.text(CITIZEN_ID)
    await talk.say("/links", who=STAFF_ID)
    assert "QR · Дороги" in talk.buttons(STAFF_ID)
    await talk.deps.hearing.tagger.renew()
    assert "dorogi" in talk.deps.hearing.tagger("Закончен ремонт дороги", "").topics


async def test_the_link_of_a_new_topic_works_at_once(talk: Talk) -> None:
    await _staff(talk)
    await _make_topic(talk)
    await talk.start("topic-dorogi", who=CITIZEN_ID)
    held = await talk.deps.subscribers.subscriptions(CITIZEN_ID)
    assert [one.what.topic for one in held] == ["dorogi"]


async def test_a_new_topic_that_is_put_back_is_no_longer_offered(talk: Talk) -> None:
    await _staff(talk)
    await _make_topic(talk)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.press("Дороги", who=STAFF_ID)
    await talk.press("Вернуть прежние", who=STAFF_ID)
    assert "Тема больше не предлагается" in talk.text(STAFF_ID)
    await talk.say("/topics", who=CITIZEN_ID)
    assert "Дороги" not in talk.buttons(CITIZEN_ID)


async def test_a_name_for_a_new_topic_is_asked_again_until_it_is_in_both_languages(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("+ Новая тема", who=STAFF_ID)
    await talk.say("Дороги", who=STAFF_ID)
    assert "Это не две короткие строки" in talk.text(STAFF_ID)
    assert "Двумя строками" in talk.text(STAFF_ID)
    await talk.say("ПСЭР\nСЭӨП", who=STAFF_ID)
    await talk.say("программа", who=STAFF_ID)
    assert "Тема «ПСЭР» уже есть" in talk.text(STAFF_ID)


async def test_staff_read_how_right_a_topic_is_and_what_to_do(talk: Talk) -> None:
    await _staff(talk)
    for number in range(9):
        await talk.publish(f"Верный релиз {number}", "pser", days_ago=2)
    wrong = await talk.publish("Лишний релиз", "pser", days_ago=2)
    missed = await talk.publish("Пропущенный релиз", "local_initiatives", days_ago=2)
    await talk.deps.releases.set_topics(wrong, [], STAFF_ID, talk.clock())
    await talk.deps.releases.set_topics(missed, ["local_initiatives", "pser"], STAFF_ID, talk.clock())
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Насколько точно", who=STAFF_ID)
    said = talk.text(STAFF_ID)
    assert "найдено 10, снято 1, добавлено 1 · по теме 90 %, найдено из нужного 90 %" in said
    assert "Попадает лишнее: по теме 90 %, а нужно 97 %" in said
    assert "Что-то пропускается" not in said
    assert "только о 2 релизах" in said
    assert "Сняли сотрудники\n— Лишний релиз" in said
    assert "Добавили сотрудники\n— Пропущенный релиз" in said
    await talk.press("‹ Назад", who=STAFF_ID)
    assert "Достаточно любого из этого" in talk.text(STAFF_ID)


async def test_words_that_stand_nowhere_change_nothing_and_that_is_said(talk: Talk) -> None:
    await _staff(talk)
    await talk.publish("Новости ПСЭР", "pser")
    await talk.say("/topic", who=STAFF_ID)
    await talk.press("ПСЭР", who=STAFF_ID)
    await talk.press("Насколько точно", who=STAFF_ID)
    assert "пока не решали ни об одном релизе" in talk.text(STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("абракадабра", who=STAFF_ID)
    assert "Среди них ничего не изменится." in talk.text(STAFF_ID)
