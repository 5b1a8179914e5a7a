"""What staff send by itself to be published: files and posts handed on."""

from __future__ import annotations

from bot.sandbox.methods import Upload
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk
from tests.handlers.test_staff import PRESS_RELEASE

TITLE = "Айылный аймак Примерный обновил программу социально-экономического развития"
FILE = Upload("Релиз.TXT", "text/plain", PRESS_RELEASE.encode())


async def test_a_file_from_a_publisher_needs_no_command(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    talk.people.send_file(STAFF_ID, "document", FILE)
    await talk.answered()
    assert TITLE in talk.text(STAFF_ID)
    await talk.press("Опубликовать", who=STAFF_ID)
    assert [release.title for release in await talk.deps.releases.latest()] == [TITLE]


async def test_a_post_of_a_channel_handed_on_needs_no_command(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    channel = talk.people.create_group(STAFF_ID, "Мисал жаңылыктары", kind="channel")
    post = talk.people.say(STAFF_ID, PRESS_RELEASE, channel.id)
    talk.people.forward(STAFF_ID, channel.id, post.id)
    await talk.answered()
    assert TITLE in talk.text(STAFF_ID)
    assert "Опубликовать" in talk.buttons(STAFF_ID)


async def test_what_a_subscriber_sends_is_not_published(talk: Talk) -> None:
    await talk.start()
    talk.people.send_file(OFFICIAL_ID, "document", FILE)
    await talk.answered()
    assert "только текст" in talk.text()


async def test_an_editor_is_told_who_may(talk: Talk) -> None:
    await talk.start(who=CITIZEN_ID)
    await talk.deps.staff.appoint(CITIZEN_ID, "editor", STAFF_ID, talk.clock())
    talk.people.send_file(CITIZEN_ID, "document", FILE)
    await talk.answered()
    assert "Опубликовать" not in talk.buttons(CITIZEN_ID)
    assert "администратор" in talk.text(CITIZEN_ID)


async def test_a_file_of_another_kind_is_answered_with_what_can_be_sent(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    await talk.press("Русский", who=STAFF_ID)
    talk.people.send_file(STAFF_ID, "document", Upload("Релиз.zip", "application/zip", b"PK\x03\x04"))
    await talk.answered()
    assert "Файлы такого вида я не читаю." in talk.text(STAFF_ID)
    assert "Релиз присылайте как .docx" in talk.text(STAFF_ID)
    assert "Реестр присылайте как .xlsx" in talk.text(STAFF_ID)


async def test_a_word_is_no_release_and_is_not_called_a_file(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    await talk.press("Русский", who=STAFF_ID)
    await talk.say("/publish", who=STAFF_ID)
    await talk.say("Привет", who=STAFF_ID)
    assert "Для релиза здесь слишком мало текста" in talk.text(STAFF_ID)
