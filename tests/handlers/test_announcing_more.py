"""Buttons with links, albums, templates and what is urgent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import handlers.announcement_progress
from bot.messages.albums import messages_in
from bot.sandbox.methods import Upload
from handlers.announce_schedule import moment_of, offered
from handlers.announcement_progress import show_step
from storage.announcements import Announcements
from storage.territory_tree import territory_tree
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk
from tests.handlers.test_announcing import PNG


async def _people(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=CITIZEN_ID)


async def _send(talk: Talk) -> None:
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()


async def _finish(talk: Talk) -> None:
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)


def _link(talk: Talk) -> Any:
    return (talk.last(CITIZEN_ID).markup or {})["inline_keyboard"][0][0]


async def test_a_line_becomes_a_button_with_a_link_and_survives_a_correction(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("<b>Семинар</b> 25 ноября\nКнопка: Записаться — https://forms.example/1", who=STAFF_ID)
    await _send(talk)
    assert talk.text(CITIZEN_ID) == "<b>Семинар</b> 25 ноября"
    assert (_link(talk)["text"], _link(talk)["url"]) == ("Записаться", "https://forms.example/1")

    await _finish(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Семинар 26 ноября", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Семинар 26 ноября"
    assert _link(talk)["url"] == "https://forms.example/1"


async def test_a_button_that_cannot_be_read_is_asked_for_again(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Семинар\nКнопка: Записаться", who=STAFF_ID)
    assert "Не понял кнопку: «Кнопка: Записаться»" in talk.text(STAFF_ID)
    await talk.say("Семинар", who=STAFF_ID)
    assert "ПСЭР · 1" in talk.buttons(STAFF_ID)


async def test_an_album_comes_as_an_album_is_corrected_and_deleted_whole(talk: Talk) -> None:
    await _people(talk)
    before = len(talk.messages(CITIZEN_ID))
    await talk.say("/announce", who=STAFF_ID)
    photo = Upload("village.png", "image/png", PNG)
    talk.people.send_album(STAFF_ID, "photo", [photo] * 3, caption="Ярмарка в субботу")
    await talk.answered()
    await _send(talk)
    got = talk.messages(CITIZEN_ID)[before:]
    assert [one.content.get("caption") for one in got] == ["Ярмарка в субботу", None, None]
    assert len({one.album for one in got}) == 1
    assert messages_in((await talk.deps.announcements.recent())[0].content["ru"]) == 3

    await _finish(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Ярмарка в воскресенье", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()
    captions = [one.content.get("caption") for one in talk.messages(CITIZEN_ID)[before:]]
    assert captions == ["Ярмарка в воскресенье", None, None]

    await talk.press("Удалить у всех", who=STAFF_ID)
    await talk.press("Удалить", who=STAFF_ID)
    await talk.delivered()
    assert len(talk.messages(CITIZEN_ID)) == before


async def test_a_template_is_saved_used_and_removed(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Приём граждан в 10:00", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("В шаблоны", who=STAFF_ID)
    await talk.say("Приём", who=STAFF_ID)
    await talk.press("Отмена", who=STAFF_ID)

    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Шаблоны", who=STAFF_ID)
    await talk.press("Приём", who=STAFF_ID)
    await _send(talk)
    assert talk.text(CITIZEN_ID) == "Приём граждан в 10:00"

    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Шаблоны", who=STAFF_ID)
    await talk.press("✕", who=STAFF_ID)
    assert "пока нет" in talk.text(STAFF_ID)


async def test_a_template_of_one_oblast_is_not_another_ones(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_territory(CITIZEN_ID, "naryn", talk.clock())
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/announce")
    await talk.say("Сход в Нарыне")
    await talk.press("Нарынская область · 1")
    await talk.press("В шаблоны")
    await talk.say("Сход")
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="osh")
    await talk.say("/announce")
    await talk.press("Шаблоны")
    assert "Сход" not in talk.buttons()


async def test_what_is_urgent_is_asked_about_twice_and_comes_at_night(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_quiet_hours(CITIZEN_ID, 22, 7)
    talk.clock.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Селевая опасность", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Срочное", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Селевая опасность"
    await talk.press("Срочно отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Селевая опасность"


async def test_a_scheduled_urgent_one_is_said_to_come_at_its_hour(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Отключат воду", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Срочное", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    assert "придёт 20 ноября, 13:00, и в тихие часы тоже" in talk.text(STAFF_ID)
    assert "сразу" not in talk.text(STAFF_ID)
    await talk.press("Запланировать для 1 подписчика", who=STAFF_ID)
    assert "Отправим 20 ноября, 13:00" in talk.text(STAFF_ID)


async def test_where_nobody_would_get_it_that_is_said(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("Женщины-лидеры · 0", who=STAFF_ID)
    assert "Получателей нет" in talk.text(STAFF_ID)
    assert "Кому" in talk.buttons(STAFF_ID)
    await talk.press("Кому", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    assert "Получателей нет" not in talk.text(STAFF_ID)


async def test_a_paused_announcement_can_be_corrected(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("Русский · 3", who=STAFF_ID)
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    (claim,) = await talk.deps.deliveries.claim(talk.clock(), 1)
    await talk.deps.deliveries.record([await talk._sent(claim)], talk.clock())
    await talk.press("Пауза", who=STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["Продолжить", "Остановить", "Исправить у всех"]
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    await talk.press("Исправить у 3 подписчиков", who=STAFF_ID)
    await talk.press("Продолжить", who=STAFF_ID)
    await talk.delivered()
    for who in (OFFICIAL_ID, CITIZEN_ID):
        assert talk.text(who) == "Собрание в пятницу"
        assert not [one for one in talk.messages(who) if one.content.get("text") == "Собрание завтра"]


async def test_what_nobody_had_got_is_corrected_for_all_who_get_it(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.press("Пауза", who=STAFF_ID)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Объявление ещё никто не получил: все получат новый текст."
    await talk.press("Продолжить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание в пятницу"


async def test_it_is_said_at_once_that_a_large_announcement_begins(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To write down a hundred thousand takes seconds; who wonders whether the button works presses it again."""
    monkeypatch.setattr(handlers.announcement_progress, "MANY", 1)
    shown: list[tuple[str, list[str]]] = []
    enlist = Announcements.enlist

    async def watched(self: Announcements, *args: Any, **how: Any) -> int:
        shown.append((talk.text(STAFF_ID), talk.buttons(STAFF_ID)))
        return await enlist(self, *args, **how)

    monkeypatch.setattr(Announcements, "enlist", watched)
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await _send(talk)

    assert shown == [("Составляем список получателей: 1…", ["Остановить"])]
    assert "Отправляем" in talk.text(STAFF_ID)


async def test_what_is_not_urgent_waits_for_the_morning(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_quiet_hours(CITIZEN_ID, 22, 7)
    talk.clock.now = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await _send(talk)
    assert talk.text(CITIZEN_ID) != "Собрание завтра"
    talk.clock.pass_(hours=7)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание завтра"


async def test_the_report_is_a_picture_and_a_table_without_names(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await _send(talk)
    await _finish(talk)
    await talk.press("Отчёт", who=STAFF_ID)
    picture, table = talk.messages(STAFF_ID)[-2:]
    assert picture.content["photo"][-1]["width"] == 1080
    assert picture.content["caption"] == "Доставлено 1 подписчику"
    held = talk.telegram.files[table.content["document"]["file_id"]].data.decode("utf-8-sig")
    assert held.splitlines()[0] == "Итог;Время (UTC+6);Причина"
    assert held.splitlines()[1] == "Доставлено;2026-11-20 10:00:00;"
    assert str(CITIZEN_ID) not in held


async def test_the_language_of_a_text_is_seen_and_can_be_said_otherwise(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Айылдык кеңештин жыйыны ишемби күнү өтөт.", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    assert "Языки: Кыргызча" in talk.text(STAFF_ID)
    await talk.press("Язык текста: Кыргызча", who=STAFF_ID)
    assert "Языки: Русский" in talk.text(STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    assert list((await talk.deps.announcements.recent())[0].content) == ["ru"]


async def test_a_changed_text_takes_the_place_of_the_old_one_in_whatever_language(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    await talk.say("Айылдык кеңештин жыйыны ишемби күнү өтөт.", who=STAFF_ID)
    assert "Кому: ПСЭР\nЯзыки: Кыргызча" in talk.text(STAFF_ID), (
        "the audience stays, and the old text is gone"
    )


async def test_of_several_versions_one_is_changed(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("+ Кыргызча", who=STAFF_ID)
    await talk.say("Чогулуш эртең", who=STAFF_ID)
    await talk.press("Изменить", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Какой текст изменить?"
    await talk.press("Кыргызча", who=STAFF_ID)
    await talk.say("Чогулуш бүрсүгүнү", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    content = (await talk.deps.announcements.recent())[0].content
    assert {code: parts[0].params["text"] for code, parts in content.items()} == {
        "ru": "Собрание завтра",
        "ky": "Чогулуш бүрсүгүнү",
    }


async def test_after_a_test_send_the_buttons_stand_under_it(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить мне", who=STAFF_ID)
    assert talk.messages(STAFF_ID)[-2].content["text"] == "Собрание завтра"
    assert "Отправить 1 подписчику" in talk.buttons(STAFF_ID)
    assert "В чат сотрудников" not in talk.buttons(STAFF_ID)


async def test_a_test_goes_to_the_staff_chat_where_there_is_one(talk: Talk) -> None:
    await _people(talk)
    group = talk.people.create_group(STAFF_ID, "Кызматкерлер", kind="supergroup")
    talk.people.add_bot(STAFF_ID, group.id)
    await talk.answered()
    object.__setattr__(talk.deps, "staff_chat_id", group.id)
    talk.dispatcher["staff_chat_id"] = group.id
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("В чат сотрудников", who=STAFF_ID)
    assert talk.text(group.id) == "Собрание завтра"
    assert talk.text(CITIZEN_ID) != "Собрание завтра"

    talk.people.remove_bot(STAFF_ID, group.id)
    await talk.answered()
    await talk.press("В чат сотрудников", who=STAFF_ID)
    assert "не удалось" in talk.notices()[-1]["text"]


async def test_an_announcement_for_a_district(talk: Talk) -> None:
    await _people(talk)
    tree = await territory_tree(talk.deps.database)
    district = next(each for each in tree.under("naryn") if "район" in each.names.ru)
    await talk.deps.subscribers.choose_territory(OFFICIAL_ID, district.slug, talk.clock())
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание в районе", who=STAFF_ID)
    await talk.press("По области ▾", who=STAFF_ID)
    assert "Нарынская область · 1" in talk.buttons(STAFF_ID)
    await talk.press_beside("Нарынская область · 1", who=STAFF_ID)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.press_beside("Нарынская область · 1", who=STAFF_ID)
    await talk.press(f"{district.names.ru} · 1", who=STAFF_ID)
    assert f"Кому: {district.names.ru}" in talk.text(STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(OFFICIAL_ID) == "Собрание в районе"


async def _drafted(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)


@pytest.mark.parametrize("hour", range(24))
async def test_only_hours_of_the_day_that_are_to_come_are_offered(talk: Talk, hour: int) -> None:
    zone = ZoneInfo("Asia/Bishkek")
    now = datetime(2026, 11, 20, hour, 30, tzinfo=zone)
    times = [at.astimezone(zone) for at in offered(now, zone)]
    assert len(times) == len(set(times)) >= 2
    assert all(at > now and 8 <= at.hour <= 20 and at.minute == 0 for at in times)


async def test_a_time_that_has_passed_since_is_not_taken_and_others_are_offered(talk: Talk) -> None:
    await _drafted(talk)
    talk.clock.pass_(hours=5)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    assert "Это время уже прошло" in talk.notices()[-1]["text"]
    assert "20 ноября, 13:00" not in talk.buttons(STAFF_ID)
    assert "20 ноября, 16:00" in talk.buttons(STAFF_ID)


async def test_a_time_can_be_written_and_is_asked_about(talk: Talk) -> None:
    await _drafted(talk)
    await talk.say("позавчера", who=STAFF_ID)
    assert "Не понял время" in talk.text(STAFF_ID)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.say("25.11 18:30", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Отправим 25 ноября, 18:30. Всё верно?"
    await talk.press("Отправить 25 ноября, 18:30", who=STAFF_ID)
    assert "Отправим 25 ноября, 18:30, получателей: 1" in talk.text(STAFF_ID)
    (planned,) = await talk.deps.announcements.recent()
    assert planned.scheduled_for == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


async def test_times_are_those_of_the_reader_everywhere(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_timezone(STAFF_ID, "Europe/Moscow", talk.clock())
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.say("18:00", who=STAFF_ID)
    await talk.press("Отправить 20 ноября, 18:00", who=STAFF_ID)
    assert "Отправим 20 ноября, 18:00, получателей: 1" in talk.text(STAFF_ID)
    await _finish(talk)
    assert "18:00" in talk.text(STAFF_ID), "the tick shows it too"
    talk.clock.pass_(hours=11)
    await _finish(talk)
    await talk.delivered()
    await _finish(talk)
    await talk.press("Отчёт", who=STAFF_ID)
    held = talk.telegram.files[talk.last(STAFF_ID).content["document"]["file_id"]].data.decode("utf-8-sig")
    assert held.splitlines()[1].startswith("Доставлено;2026-11-20 18:00:00;")


async def test_an_hour_is_the_one_on_the_button_however_late_it_is_pressed(talk: Talk) -> None:
    await _drafted(talk)
    talk.clock.pass_(minutes=50)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    (planned,) = await talk.deps.announcements.recent()
    assert planned.scheduled_for == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


async def test_an_hour_that_has_passed_is_not_taken(talk: Talk) -> None:
    await _drafted(talk)
    talk.clock.pass_(hours=9)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    assert "уже прошло" in talk.notices()[-1]["text"]
    assert await talk.deps.announcements.recent() == ()


async def test_what_is_stopped_before_its_hour_reached_nobody(talk: Talk) -> None:
    await _drafted(talk)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.press("Остановить", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Остановлено до отправки. Никто ничего не получил."
    assert talk.buttons(STAFF_ID) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("25.11 18:00", datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("5/1 9.05", datetime(2027, 1, 5, 3, 5, tzinfo=UTC)),
        ("25.11.2026, в 18:00", datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("9:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("23:00", datetime(2026, 11, 20, 17, tzinfo=UTC)),
        ("завтра 9:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("эртең саат 09:00", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("32.11 18:00", None),
        ("29.02.2027 18:00", None),
        ("25:00", None),
        ("18", None),
        ("вчера 9:00", None),
    ],
)
def test_times_are_read_as_people_write_them(written: str, meant: datetime | None) -> None:
    now = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    assert moment_of(written, now, ZoneInfo("Asia/Bishkek")) == meant
