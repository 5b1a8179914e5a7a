"""Changing one's mind."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storage.models import ConversationRow, StaffRow
from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk


async def _known(talk: Talk, who: int = OFFICIAL_ID) -> None:
    await talk.start(who=who)
    await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=who)
    await talk.press("Женщины-лидеры", who=who)
    await talk.say("/settings", who=who)


async def test_the_hour_weekday_and_language_are_kept(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Час")
    await talk.press("18:00")
    await talk.press("День недели")
    await talk.press("пятница")
    await talk.press("🌐 Русский")
    await talk.press("Кыргызча")

    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert (chat.digest_hour, chat.weekly_day, chat.language) == (18, 4, "ky")


async def test_one_subscription_can_come_at_another_pace_than_the_others(talk: Talk) -> None:
    await _known(talk)
    await talk.press("По отдельности")
    await talk.press("ПСЭР · Раз в день")
    await talk.press("Сразу")

    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert {one.what: one.cadence for one in held} == {
        What("pser"): "instant",
        What("women_leaders"): "daily",
    }
    assert "ПСЭР · Сразу" in talk.buttons()


async def test_one_subscription_can_be_ended(talk: Talk) -> None:
    await _known(talk)
    await talk.press("По отдельности")
    await talk.press("ПСЭР · Раз в день")
    await talk.press("Отписаться")
    held = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    assert [one.what for one in held] == [What("women_leaders")]


async def test_any_hours_can_be_quiet(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Тихие часы")
    await talk.press("Другие часы ▾")
    await talk.press("20:00")
    assert "20:00" not in talk.buttons(), "silence has an end"
    await talk.press("‹ Назад")
    await talk.press("19:00")
    await talk.press("06:00")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert (chat.quiet_from, chat.quiet_to) == (19, 6)
    assert "19:00–06:00" in talk.text()
    await talk.press("Тихие часы")
    assert "✓ 19:00–06:00 ▾" in talk.buttons()


async def test_quiet_hours_are_set_and_lifted(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Тихие часы")
    await talk.press("22:00–07:00")
    assert "22:00–07:00" in talk.text()
    await talk.press("Тихие часы")
    await talk.press("Без тихих часов")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert (chat.quiet_from, chat.quiet_to) == (None, None)


async def test_a_pause_ends_by_itself_or_by_a_button(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Пауза")
    await talk.press("14 дней")
    assert "Пауза до 4 декабря" in talk.text()
    await talk.press("Пауза")
    await talk.press("Снять паузу")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.paused_until is None


async def test_a_pause_begun_at_night_does_not_end_at_night(talk: Talk) -> None:
    talk.clock.pass_(hours=16)
    await _known(talk)
    await talk.press("Пауза")
    await talk.press("14 дней")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.paused_until == datetime(2026, 12, 5, 3, 0, tzinfo=UTC), "nine in the morning"


async def test_pressing_the_same_button_twice_changes_nothing_and_is_answered(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Как часто")
    menu = talk.last()
    await talk.press("✓ Раз в день")
    talk.people.telegram.chats[OFFICIAL_ID].messages[menu.id] = menu
    before = len(talk.messages())
    await talk.press("Закрыть")
    assert len(talk.messages()) == before
    assert all(answer is not None for answer in talk.notices())


async def test_a_button_that_carries_nonsense_changes_nothing(talk: Talk) -> None:
    await _known(talk)
    menu = talk.last()
    assert menu.markup is not None
    menu.markup["inline_keyboard"].append([{"text": "bad", "callback_data": f"hour:77:{OFFICIAL_ID}"}])
    await talk.press("bad")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.digest_hour == 9


async def test_stopping_ends_everything_and_choosing_again_begins_anew(talk: Talk) -> None:
    await _known(talk)
    await talk.say("/stop")
    await talk.press("Остановить")
    assert await talk.deps.subscribers.subscriptions(OFFICIAL_ID) == ()
    await talk.press("Выбрать темы")
    await talk.press("ПСЭР")
    chat = await talk.deps.subscribers.get(OFFICIAL_ID)
    assert chat is not None
    assert chat.state == "active"
    assert len(await talk.deps.subscribers.subscriptions(OFFICIAL_ID)) == 1


async def test_an_hour_within_quiet_hours_is_said_where_either_is_chosen(talk: Talk) -> None:
    await _known(talk)
    await talk.press("Час")
    await talk.press("21:00")
    assert "раз в день в 21:00" in talk.text()
    await talk.press("Тихие часы")
    await talk.press("21:00–07:00")
    assert "попадает на тихие часы" in talk.notices()[-1]["text"]
    assert "раз в день в 07:00" in talk.text()
    await talk.press("Тихие часы")
    await talk.press("22:00–08:00")
    assert "тихие часы" not in talk.notices()[-1]["text"]
    await talk.press("Час")
    await talk.press("06:00")
    assert "когда они кончатся, в 08:00" in talk.notices()[-1]["text"]
    assert "Выбранный час, 06:00, попадает на тихие часы" in talk.text()


async def test_settings_say_how_often_what_is_held_comes(talk: Talk) -> None:
    await _known(talk)
    pser, women = await talk.deps.subscribers.subscriptions(OFFICIAL_ID)
    await talk.deps.subscribers.choose_cadence_of(women.id, "weekly", talk.clock())
    await talk.say("/settings")
    assert "раз в день в 09:00; раз в неделю, по понедельникам, в 09:00" in talk.text()
    await talk.press("Как часто")
    assert not [text for text in talk.buttons() if text.startswith("✓")]
    await talk.deps.subscribers.choose_cadence_of(pser.id, "weekly", talk.clock())
    await talk.say("/settings")
    assert "Новости: раз в неделю, по понедельникам, в 09:00." in talk.text()
    await talk.press("Как часто")
    assert "✓ Раз в неделю" in talk.buttons()


async def test_forgetting_leaves_no_row_behind(talk: Talk) -> None:
    await _known(talk)
    await talk.say("что такое ПСЭР")
    await talk.say("/forget")
    await talk.press("Удалить")
    assert await talk.deps.conversations.load(f"{OFFICIAL_ID}:{OFFICIAL_ID}") == (None, {})
    assert await talk.deps.subscribers.get(OFFICIAL_ID) is None
    assert await talk.deps.subscribers.own_data(OFFICIAL_ID) == {}


@pytest.mark.parametrize("command", ["/settings", "/help"])
async def test_what_is_kept_and_its_erasing_are_found_from_settings_and_help(
    talk: Talk, command: str
) -> None:
    await talk.start()
    await talk.press("Русский")
    await talk.say(command)
    await talk.press("Мои данные")
    assert "/mydata" in talk.text() and "/forget" in talk.text()
    assert talk.buttons() == ["Удалить", "‹ Назад"]
    await talk.press("Удалить")
    assert talk.buttons() == ["Удалить", "Отмена"]
    await talk.press("Удалить")
    assert await talk.deps.subscribers.get(OFFICIAL_ID) is None


async def test_forgetting_takes_dialogues_in_groups_and_the_role_along(talk: Talk) -> None:
    await _known(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    group = talk.people.create_group(OFFICIAL_ID, "Айыл өкмөтү", [CITIZEN_ID], "supergroup").id
    talk.people.add_bot(OFFICIAL_ID, group)
    await talk.answered()
    thread = talk.people.open_topic(OFFICIAL_ID, group, "Талкуу")
    await talk.say("/search вода", chat=group, reply_to=thread)
    await talk.say("/search дорога", who=CITIZEN_ID, chat=group)
    await talk.say("/mydata")
    kept = json.loads(talk.telegram.files[talk.last().content["document"]["file_id"]].data)
    assert kept["staff"]["role"] == "publisher"
    assert [act["action"] for act in kept["acts"]] == ["staff.appoint"]
    assert "вода" in str(kept["dialogues"])
    assert "дорога" not in str(kept["dialogues"])

    await talk.say("/forget")
    assert "Роль сотрудника тоже будет снята" in talk.text()
    await talk.press("Удалить")
    assert talk.text() == "Всё о вас удалено. Чтобы начать заново, отправьте /start."
    async with talk.deps.database.read() as session:
        keys = (await session.scalars(select(ConversationRow.key))).all()
        roles = (await session.scalars(select(StaffRow.user_id))).all()
    assert keys == [f"{group}:{CITIZEN_ID}"]
    assert roles == []


async def test_an_administrator_by_the_operators_word_is_told_to_stay_one(talk: Talk) -> None:
    await _known(talk, STAFF_ID)
    await talk.say("/forget", who=STAFF_ID)
    await talk.press("Удалить", who=STAFF_ID)
    assert "Администратором вы остаётесь" in talk.text(STAFF_ID)
    assert await talk.deps.staff.member(STAFF_ID) is not None


async def test_a_groups_own_data_is_not_what_its_members_said(talk: Talk) -> None:
    group = talk.people.create_group(OFFICIAL_ID, "Айыл өкмөтү", [CITIZEN_ID], "supergroup").id
    talk.people.add_bot(OFFICIAL_ID, group)
    await talk.answered()
    await talk.say("/search дорога", who=CITIZEN_ID, chat=group)
    await talk.say("/mydata", chat=group)
    data = talk.telegram.files[talk.last(group).content["document"]["file_id"]].data.decode()
    assert "дорога" not in data
    await talk.say("/forget", chat=group)
    await talk.press("Удалить", chat=group)
    assert await talk.deps.conversations.load(f"{group}:{CITIZEN_ID}") == (None, {})


async def test_ones_own_data_comes_as_a_file(talk: Talk) -> None:
    await _known(talk)
    await talk.say("что такое ПСЭР")
    await talk.say("/mydata")
    document = talk.last().content["document"]
    data = talk.telegram.files[document["file_id"]].data
    assert '"topic": "pser"' in data.decode()
    assert "что такое ПСЭР" in data.decode()


async def test_digest_tells_what_is_new_once_and_then_shows_the_week_again(talk: Talk) -> None:
    await _known(talk)
    await talk.publish("Айылные аймаки пишут программы развития", "pser")
    await talk.say("/digest")
    await talk.delivered()
    assert "Айылные аймаки пишут программы развития" in talk.text()

    before = len(talk.messages())
    await talk.say("/digest")
    assert "Вот ещё раз прошедшая неделя" in talk.messages()[before].content["text"]


async def test_digest_without_a_subscription_says_how_to_get_one(talk: Talk) -> None:
    await talk.start()
    await talk.say("/digest")
    assert talk.buttons() == ["Выбрать темы"]
