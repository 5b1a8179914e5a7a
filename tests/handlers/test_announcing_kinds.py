"""Whatever staff send is announced as it looks, or they hear why it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.methods import Upload
from handlers.announcement_progress import show_step
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk
from tests.handlers.test_announcing import PNG

PHOTO = Upload("village.png", "image/png", PNG)
PLACE = {"latitude": 42.87, "longitude": 74.59}
POLL = {
    "id": "1",
    "question": "Нужна ли вода?",
    "options": [{"text": "да", "voter_count": 0, "persistent_id": "1"}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


async def _people(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.say("/announce", who=STAFF_ID)


async def _write(talk: Talk, content: dict[str, Any], **how: Any) -> None:
    talk.people._write(STAFF_ID, talk.telegram.chats[STAFF_ID], content, None, **how)
    await talk.answered()


async def _send(talk: Talk) -> None:
    await talk.press("Все · 3", who=STAFF_ID)
    await talk.press("Отправить 3 подписчикам", who=STAFF_ID)
    await talk.delivered()
    for step in await talk.deps.announcements.advance(talk.clock()):
        await show_step(talk.bot, step, talk.deps.subscribers, talk.clock(), 25)


def _file(talk: Talk, kind: str) -> dict[str, Any]:
    stored = talk.telegram.add_file(PNG, "file.png", "image/png")
    base = {"file_id": stored.file_id, "file_unique_id": stored.unique_id}
    if kind == "sticker":
        shape = {"type": "regular", "is_animated": False, "is_video": False}
        return {"sticker": {**base, **shape, "width": 512, "height": 512}}
    return {"video_note": {**base, "length": 360, "duration": 5}}


@pytest.mark.parametrize("kind", ["sticker", "video_note", "location", "venue", "contact"])
async def test_any_message_reaches_people_as_it_was_sent(talk: Talk, kind: str) -> None:
    await _people(talk)
    contents: dict[str, dict[str, Any]] = {
        "location": {"location": PLACE},
        "venue": {"location": PLACE, "venue": {"location": PLACE, "title": "Клуб", "address": "Ленина, 1"}},
        "contact": {"contact": {"phone_number": "+996700000000", "first_name": "Айгуль"}},
    }
    content = contents.get(kind) or _file(talk, kind)
    await _write(talk, content)
    await _send(talk)
    got = talk.last(CITIZEN_ID).content[kind]
    sent = content[kind]
    assert got.get("file_id", got) == sent.get("file_id", sent)

    await talk.press("Исправить у всех", who=STAFF_ID)
    assert "нет слов" in talk.notices()[-1]["text"]


async def test_a_poll_of_a_channel_is_one_poll_for_all(talk: Talk) -> None:
    await _people(talk)
    channel = talk.people.create_group(OFFICIAL_ID, "Айыл", kind="channel")
    origin = {
        "type": "channel",
        "date": 0,
        "chat": talk.telegram.chat_json(talk.telegram.chats[channel.id]),
        "message_id": 1,
    }
    await _write(talk, {"poll": POLL}, forward=origin)
    await _send(talk)
    got = talk.last(CITIZEN_ID)
    assert got.content["poll"]["question"] == "Нужна ли вода?"
    assert got.forward
    assert got.forward["chat"]["title"] == "Айыл"


async def test_a_poll_that_would_be_another_in_each_chat_is_refused_with_the_reason(talk: Talk) -> None:
    await _people(talk)
    await _write(talk, {"poll": POLL})
    assert "отдельный опрос" in talk.text(STAFF_ID)
    assert "Опубликуйте опрос в канале" in talk.text(STAFF_ID)
    await talk.say("Собрание завтра", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Кому?"


async def test_what_cannot_be_sent_is_refused_and_it_is_said_what_can(talk: Talk) -> None:
    await _people(talk)
    await _write(talk, {"dice": {"emoji": "🎲", "value": 6}})
    assert "Это нельзя отправить многим." in talk.text(STAFF_ID)


async def test_how_a_photo_is_shown_is_kept(talk: Talk) -> None:
    await _people(talk)
    stored = talk.telegram.add_file(PNG, "file.png", "image/png")
    photo = {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "width": 1, "height": 1}
    shown = {"caption": "Мост", "show_caption_above_media": True, "has_media_spoiler": True}
    await _write(talk, {"photo": [photo], **shown})
    await _send(talk)
    assert shown.items() <= talk.last(CITIZEN_ID).content.items()

    await talk.press("Исправить у всех", who=STAFF_ID)
    await talk.say("Мост открыт", who=STAFF_ID)
    await talk.press("Исправить у 3 подписчиков", who=STAFF_ID)
    await talk.delivered()
    assert (shown | {"caption": "Мост открыт"}).items() <= talk.last(CITIZEN_ID).content.items()


@pytest.mark.parametrize("asks", ["+ Кыргызча", "Изменить"])
async def test_an_album_in_place_of_a_text_is_shown_whole(talk: Talk, asks: str) -> None:
    await _people(talk)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await talk.press("Все · 3", who=STAFF_ID)
    await talk.press(asks, who=STAFF_ID)
    talk.people.send_album(STAFF_ID, "photo", [PHOTO] * 3, caption="Жыйын эртең")
    await talk.answered()
    assert talk.buttons(STAFF_ID) == ["Показать"]
    before = len(talk.messages(STAFF_ID))
    await talk.press("Показать", who=STAFF_ID)
    shown = talk.messages(STAFF_ID)[before - 1 : -1]
    assert sum("photo" in one.content for one in shown) == 3
    assert "Так это увидят" in talk.text(STAFF_ID)


async def test_an_album_sent_as_a_correction_changes_the_words_and_it_is_said(talk: Talk) -> None:
    await _people(talk)
    talk.people.send_album(STAFF_ID, "photo", [PHOTO] * 3, caption="Ярмарка в субботу")
    await talk.answered()
    await _send(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    talk.people.send_album(STAFF_ID, "photo", [PHOTO] * 2, caption="Ярмарка в воскресенье")
    await talk.answered()
    assert "Исправятся только слова" in talk.text(STAFF_ID)
    assert "Исправить у 3 подписчиков" in talk.buttons(STAFF_ID), "nothing was said to the other file"
    await talk.press("Исправить у 3 подписчиков", who=STAFF_ID)
    await talk.delivered()
    captions = [one.content.get("caption") for one in talk.messages(CITIZEN_ID)[-3:]]
    assert captions == ["Ярмарка в воскресенье", None, None]


async def test_a_correction_without_words_is_asked_for_again(talk: Talk) -> None:
    await _people(talk)
    await talk.say("Собрание завтра", who=STAFF_ID)
    await _send(talk)
    await talk.press("Исправить у всех", who=STAFF_ID)
    await _write(talk, {"location": PLACE})
    assert "Исправляются слова" in talk.text(STAFF_ID)
    await talk.say("Собрание в пятницу", who=STAFF_ID)
    assert "Исправить у 3 подписчиков" in talk.buttons(STAFF_ID)
