"""Staff announce, look at it first, and see how it goes."""

from __future__ import annotations

import pytest

from bot.sandbox.faults import Fault, Kind
from bot.sandbox.methods import Upload
from bot.sandbox.records import Message
from handlers.announcement_progress import show_step
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk, buttons


async def _people(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=CITIZEN_ID)


async def _advance(talk: Talk) -> None:
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)


async def test_an_announcement_reaches_its_audience_and_nobody_else(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("<b>Семинар</b> о ПСЭР 25 ноября", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    await _advance(talk)

    assert talk.text(CITIZEN_ID) == "<b>Семинар</b> о ПСЭР 25 ноября"
    assert "Семинар" not in talk.text(OFFICIAL_ID)
    assert "Доставлено" in talk.text(STAFF_ID)


async def test_the_preview_is_what_people_get(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    photo = Upload("village.png", "image/png", PNG)
    talk.people.send_file(STAFF_ID, "photo", photo, caption="Ярмарка в субботу")
    await talk.answered()
    everyone = next(label for label in talk.buttons(STAFF_ID) if label.startswith("Все · "))
    await talk.press(everyone, who=STAFF_ID)
    preview = talk.messages(STAFF_ID)[-2]
    assert preview.content["caption"] == "Ярмарка в субботу"
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    await talk.delivered()

    received = talk.last(CITIZEN_ID)
    assert received.content["photo"][-1]["file_id"] == preview.content["photo"][-1]["file_id"]
    assert received.content["caption"] == "Ярмарка в субботу"


async def test_pressing_send_twice_sends_once(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    ready = talk.last(STAFF_ID)
    talk.people.press(STAFF_ID, STAFF_ID, ready.id, text="Отправить 1 подписчику")
    talk.people.press(STAFF_ID, STAFF_ID, ready.id, text="Отправить 1 подписчику")
    await talk.answered()
    await talk.delivered()

    got = [one for one in talk.messages(CITIZEN_ID) if one.content.get("text") == "Собрание завтра"]
    assert len(got) == 1


async def test_a_draft_can_be_left_and_then_nothing_is_sent(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    ready = talk.last(STAFF_ID)
    await talk.say("/cancel", who=STAFF_ID)
    talk.people.press(STAFF_ID, STAFF_ID, ready.id, text="Отправить 1 подписчику")
    await talk.answered()
    assert "отправлено или отменено" in talk.notices()[-1]["text"]
    assert await talk.deps.announcements.recent() == ()


async def test_readers_get_the_version_in_their_language(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_language(CITIZEN_ID, "ky")
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    everyone = next(label for label in talk.buttons(STAFF_ID) if label.startswith("Все · "))
    await talk.press(everyone, who=STAFF_ID)
    await talk.press("+ Кыргызча", who=STAFF_ID)
    await talk.say("Чогулуш эртең", who=STAFF_ID)
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Чогулуш эртең"
    assert talk.text(OFFICIAL_ID) == "Собрание завтра"


async def test_a_running_announcement_is_paused_resumed_and_stopped(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.press("Пауза", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Собрание завтра"
    await talk.press("Продолжить", who=STAFF_ID)
    await talk.press("Остановить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Собрание завтра"


async def test_an_announcement_waits_for_its_hour(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await _advance(talk)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Собрание завтра"
    talk.clock.pass_(hours=3, minutes=1)
    await _advance(talk)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание завтра"


async def test_staff_are_written_to_when_its_hour_was_missed_and_go_on_from_there(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    before = len(talk.messages(STAFF_ID))
    talk.clock.pass_(hours=10)
    await _advance(talk)
    await talk.delivered()
    assert len(talk.messages(STAFF_ID)) == before + 1
    assert talk.text(STAFF_ID).startswith("Объявление: «Собрание завтра»\nПауза: 0 из 1")
    assert "Назначенное время прошло. Отправить сейчас?" in talk.text(STAFF_ID)

    asked = talk.last(STAFF_ID)
    await talk.press("Продолжить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание завтра"
    await _advance(talk)
    assert "Доставлено 1 подписчику" in asked.content["text"], "it goes on showing how far it is"


async def test_what_was_sent_is_corrected_and_deleted_for_everyone(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()
    await _advance(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание в пятницу"

    await talk.press("Удалить у всех", who=STAFF_ID)
    await talk.press("Удалить", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Собрание в пятницу"


async def test_after_two_days_another_text_is_offered_instead_of_deleting(talk: Talk) -> None:
    await _sent_to_everybody(talk)
    await _advance(talk)
    talk.clock.pass_(days=3)
    await talk.press("Удалить у всех", who=STAFF_ID)
    assert "48 часов" in talk.text(STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["Исправить у всех", "Отмена"]
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание отменяется", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание отменяется"


async def test_it_is_said_where_it_will_stay(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_quiet_hours(CITIZEN_ID, 9, 20)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("Русский · 3", who=STAFF_ID)
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    await talk.delivered()
    talk.clock.pass_(hours=11)
    await talk.delivered()
    await _advance(talk)
    talk.clock.pass_(hours=40)
    await talk.press("Удалить у всех", who=STAFF_ID)
    assert "Останется у получателей: 2." in talk.text(STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["Удалить", "Отмена"]


async def test_staff_of_one_oblast_speak_to_its_people_only(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_territory(OFFICIAL_ID, "naryn", talk.clock())
    await talk.deps.staff.appoint(CITIZEN_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/announce", who=CITIZEN_ID)
    await talk.say("Собрание в Нарыне", who=CITIZEN_ID)
    assert not any(label.startswith("Все") for label in talk.buttons(CITIZEN_ID))
    await talk.press("Нарынская область · 1", who=CITIZEN_ID)
    await talk.press("Отправить 1 подписчику", who=CITIZEN_ID)
    await talk.delivered()
    assert talk.text(OFFICIAL_ID) == "Собрание в Нарыне"
    assert talk.text(STAFF_ID) != "Собрание в Нарыне"


async def test_what_was_announced_before_can_be_looked_at_and_acted_on(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Прошлые объявления", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Объявлений ещё не было."
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()

    await talk.say("/announce", who=STAFF_ID)
    await talk.press("Прошлые объявления", who=STAFF_ID)
    assert "1. Собрание завтра — 20 ноября, 10:00, отправляется" in talk.text(STAFF_ID)
    await talk.press("1. Собрание завтра", who=STAFF_ID)
    await _advance(talk)
    assert "Доставлено 1 подписчику" in talk.text(STAFF_ID), "the new message goes on showing it"
    assert "Исправить у всех" in talk.buttons(STAFF_ID)


async def test_staff_of_one_oblast_do_not_see_what_others_announced(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/announce")
    await talk.press("Прошлые объявления")
    assert talk.text() == "Объявлений ещё не было."


async def _sent_to_everybody(talk: Talk) -> Message:
    """An announcement on its way, and the message that shows how far it is."""
    await _people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    progress = talk.last(STAFF_ID)
    assert "Отправляем" in progress.content["text"]
    await talk.delivered()
    return progress


async def test_what_a_kill_left_unshown_is_shown_at_the_next_tick(talk: Talk) -> None:
    progress = await _sent_to_everybody(talk)
    desk = talk.deps.announcements
    await desk.advance(talk.clock())  # the process is gone before it shows that it is done

    (step,) = await desk.advance(talk.clock())
    assert await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)
    assert "Доставлено 1 подписчику" in progress.content["text"]
    await desk.shown(step)
    assert await desk.advance(talk.clock()) == ()


@pytest.mark.parametrize("kind", ["server_error", "html", "cut_before"])
async def test_what_telegram_could_not_show_just_now_is_shown_later(talk: Talk, kind: Kind) -> None:
    progress = await _sent_to_everybody(talk)
    talk.faults.order(Fault(kind, method="editMessageText"))
    (step,) = await talk.deps.announcements.advance(talk.clock())
    assert not await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)

    await _advance(talk)
    assert "Доставлено 1 подписчику" in progress.content["text"]


async def test_a_button_that_comes_too_late_shows_how_it_is(talk: Talk) -> None:
    progress = await _sent_to_everybody(talk)
    await talk.deps.announcements.advance(talk.clock())
    await talk.press("Пауза", who=STAFF_ID)
    assert "уже нельзя" in talk.notices()[-1]["text"]
    assert "Доставлено 1 подписчику" in progress.content["text"]
    assert "Исправить у всех" in buttons(progress)


async def test_what_a_correction_came_to_is_shown_after_a_kill(talk: Talk) -> None:
    await _sent_to_everybody(talk)
    await _advance(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    await talk.press("Исправить у 1 подписчика", who=STAFF_ID)
    await talk.delivered()
    await talk.deps.announcements.advance(talk.clock())  # the process is gone before it shows that it is done

    await _advance(talk)
    assert any(one.content["text"] == "Исправлено у 1 подписчика" for one in talk.messages(STAFF_ID))


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
