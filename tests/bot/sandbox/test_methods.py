"""The Bot API over HTTP, asked by a real aiogram bot: what is accepted, and the words of what is refused."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiohttp import ClientSession

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.conftest import FrozenClock


def png(width: int = 4, height: int = 3) -> bytes:
    """A picture made here, so that no file need be kept."""
    rows = b"".join(b"\0" + b"\x30\x80\xc0" * width for _ in range(height))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def inline(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=list(rows))


def button(text: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data)


async def test_a_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, "jarchy_sandbox_bot")


async def test_a_wrong_token_is_unauthorized(sandbox: Sandbox, bot: Bot) -> None:
    async with Bot("1:wrong", session=bot.session) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()


async def test_an_unknown_method_is_not_found(sandbox: Sandbox) -> None:
    async with (
        ClientSession() as client,
        client.post(f"{sandbox.api_url}/bot{sandbox.token}/sendNothing") as response,
    ):
        assert response.status == 404
        assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize("form", ["query", "json", "urlencoded"])
async def test_every_way_of_sending_parameters_is_understood(
    sandbox: Sandbox, citizen: int, form: str
) -> None:
    parameters = {"chat_id": str(citizen), "text": "<b>салам</b>", "parse_mode": "HTML"}
    how = {"query": {"params": parameters}, "json": {"json": parameters}, "urlencoded": {"data": parameters}}[
        form
    ]
    async with (
        ClientSession() as client,
        client.post(f"{sandbox.api_url}/bot{sandbox.token}/SENDmessage", **how) as response,
    ):
        result = (await response.json())["result"]
    assert result["text"] == "салам"
    assert result["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


async def test_a_text_with_a_keyboard_comes_back_as_it_stands_in_the_chat(bot: Bot, citizen: int) -> None:
    keyboard = inline(
        [button("Да", "yes"), InlineKeyboardButton(text="Сайт", url="https://a.example/")],
        [InlineKeyboardButton(text="Телефон", copy_text=CopyTextButton(text="+996000"))],
    )
    sent = await bot.send_message(
        citizen, "Салам", reply_markup=keyboard, entities=[MessageEntity(type="bold", offset=0, length=5)]
    )
    assert sent.text == "Салам"
    assert sent.from_user and sent.from_user.is_bot
    assert sent.reply_markup and sent.reply_markup.model_dump() == keyboard.model_dump()


LONG = "ж" * 4096

REFUSALS: list[tuple[Callable[[Bot], Awaitable[object]], str]] = [
    (lambda bot: bot.send_message(CITIZEN_ID, LONG + "x"), "Bad Request: message is too long"),
    (lambda bot: bot.send_message(CITIZEN_ID, "😀" * 2049), "Bad Request: message is too long"),
    (lambda bot: bot.send_message(CITIZEN_ID, "  "), "Bad Request: message text is empty"),
    (lambda bot: bot.send_message(404, "x"), "Bad Request: chat not found"),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "x", message_thread_id=3),
        "Bad Request: message thread not found",
    ),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "x", reply_to_message_id=9999),
        "Bad Request: message to be replied not found",
    ),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "<b>x", parse_mode="HTML"),
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "x", reply_markup=inline([button("x", "ж" * 33)])),
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "x", reply_markup=inline([InlineKeyboardButton(text="x")])),
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        lambda bot: bot.send_message(
            CITIZEN_ID, "x", reply_markup=inline([InlineKeyboardButton(text="x", url="нет")])
        ),
        "Bad Request: inline keyboard button URL 'нет' is invalid: Wrong HTTP URL",
    ),
    (
        lambda bot: bot.send_message(CITIZEN_ID, "x", reply_markup=inline(*[[button("x", "d")]] * 101)),
        "Bad Request: reply markup is too long",
    ),
    (
        lambda bot: bot.send_photo(CITIZEN_ID, BufferedInputFile(b"text", "a.png")),
        "Bad Request: IMAGE_PROCESS_FAILED",
    ),
    (
        lambda bot: bot.send_photo(CITIZEN_ID, BufferedInputFile(png(), "a.png"), caption="ж" * 1025),
        "Bad Request: message caption is too long",
    ),
    (
        lambda bot: bot.send_document(CITIZEN_ID, "no-such-file"),
        "Bad Request: wrong file identifier/HTTP URL specified",
    ),
    (lambda bot: bot.delete_message(CITIZEN_ID, 9999), "Bad Request: message to delete not found"),
    (
        lambda bot: bot.edit_message_text("x", chat_id=CITIZEN_ID, message_id=9999),
        "Bad Request: message to edit not found",
    ),
    (
        lambda bot: bot.answer_callback_query("5"),
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    ),
    (
        lambda bot: bot.set_my_commands([BotCommand(command="Нет", description="x")]),
        "Bad Request: BOT_COMMAND_INVALID",
    ),
    (lambda bot: bot.get_file("none"), "Bad Request: invalid file_id"),
]


@pytest.mark.parametrize(("ask", "words"), REFUSALS)
async def test_what_telegram_refuses_is_refused_in_its_words(
    quick_bot: Bot, citizen: int, ask: Callable[[Bot], Awaitable[object]], words: str
) -> None:
    with pytest.raises(TelegramBadRequest) as caught:
        await ask(quick_bot)
    assert caught.value.message == words


async def test_what_is_just_within_the_limits_passes(quick_bot: Bot, citizen: int) -> None:
    assert (await quick_bot.send_message(citizen, f"<b>{LONG}</b>", parse_mode="HTML")).text == LONG
    await quick_bot.send_message(citizen, "x", reply_markup=inline(*[[button("x", "ж" * 32)]] * 100))


async def test_who_never_started_the_bot_cannot_be_written_to(bot: Bot) -> None:
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(OFFICIAL_ID, "x")


async def test_a_block_is_told_by_my_chat_member_and_by_a_403(
    bot: Bot, sandbox: Sandbox, citizen: int
) -> None:
    sandbox.people.block(citizen)
    update = (await bot.get_updates())[0]
    assert update.my_chat_member and update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(citizen, "x")
    sandbox.people.unblock(citizen)
    await bot.send_message(citizen, "x")


async def test_a_deleted_account_is_told_by_its_403(bot: Bot, sandbox: Sandbox, citizen: int) -> None:
    sandbox.people.close_account(citizen)
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(citizen, "x")


async def test_a_group_that_became_a_supergroup_names_its_new_id(bot: Bot, sandbox: Sandbox) -> None:
    group = sandbox.people.create_group(STAFF_ID, "Айыл", kind="group")
    sandbox.people.add_bot(STAFF_ID, group.id)
    new = sandbox.people.migrate(STAFF_ID, group.id)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(group.id, "x")
    assert caught.value.migrate_to_chat_id == new.id
    await bot.send_message(new.id, "x")
    told = [update.message for update in await bot.get_updates() if update.message]
    assert [message.migrate_to_chat_id for message in told if message.migrate_to_chat_id] == [new.id]


async def test_a_bot_thrown_out_of_a_group_gets_a_403(bot: Bot, sandbox: Sandbox) -> None:
    group = sandbox.people.create_group(STAFF_ID, "Айыл")
    sandbox.people.add_bot(STAFF_ID, group.id)
    sandbox.people.remove_bot(STAFF_ID, group.id)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_too_many_messages_get_a_429_with_retry_after(
    bot: Bot, citizen: int, clock: FrozenClock
) -> None:
    with pytest.raises(TelegramRetryAfter) as caught:
        for _ in range(10):
            await bot.send_message(citizen, "x")
    clock.advance(caught.value.retry_after + 0.01)
    await bot.send_message(citizen, "x")


async def test_a_document_is_received_as_it_was_sent(bot: Bot, citizen: int) -> None:
    sent = await bot.send_document(citizen, BufferedInputFile("Отчёт".encode(), "отчёт.txt"), caption="Отчёт")
    assert sent.document and sent.document.file_name == "отчёт.txt"
    again = await bot.send_document(citizen, sent.document.file_id)
    assert again.document and again.document.file_unique_id == sent.document.file_unique_id
    received = await bot.download(sent.document)
    assert received and received.read().decode() == "Отчёт"


async def test_an_album_is_one_group(bot: Bot, citizen: int) -> None:
    media = [
        InputMediaPhoto(media=BufferedInputFile(png(), f"{n}.png"), caption="три" if n == 0 else None)
        for n in range(3)
    ]
    sent = await bot.send_media_group(citizen, media)
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["три", None, None]
    assert sent[0].photo and (sent[0].photo[0].width, sent[0].photo[0].height) == (4, 3)


async def test_an_edit_changes_the_message_and_the_same_edit_is_refused(bot: Bot, citizen: int) -> None:
    sent = await bot.send_message(citizen, "раз", reply_markup=inline([button("x", "d")]))
    edited = await bot.edit_message_text("два", chat_id=citizen, message_id=sent.message_id)
    assert not isinstance(edited, bool) and (edited.text, edited.reply_markup) == ("два", None)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("два", chat_id=citizen, message_id=sent.message_id)


async def test_copies_have_no_origin_and_forwards_have(bot: Bot, citizen: int) -> None:
    sent = await bot.send_message(citizen, "раз")
    copied = await bot.copy_message(citizen, citizen, sent.message_id)
    forwarded = await bot.forward_message(citizen, citizen, sent.message_id)
    assert copied.message_id > sent.message_id
    assert forwarded.forward_origin and forwarded.forward_origin.type == "user"


async def test_a_contact_carries_its_vcard(bot: Bot, citizen: int) -> None:
    sent = await bot.send_contact(citizen, "+996000000000", "Айбек", vcard="BEGIN:VCARD\nEND:VCARD")
    assert sent.contact and sent.contact.vcard == "BEGIN:VCARD\nEND:VCARD"


async def test_commands_are_kept_by_scope_and_language(bot: Bot, sandbox: Sandbox, citizen: int) -> None:
    await bot.set_my_commands([BotCommand(command="help", description="Help")])
    await bot.set_my_commands(
        [BotCommand(command="help", description="Жардам")],
        BotCommandScopeAllPrivateChats(),
        language_code="ky",
    )
    chat, user = sandbox.model.chats[citizen], sandbox.model.users[citizen]
    assert sandbox.model.commands_for(chat, user)[0]["description"] == "Жардам"
    user.language = "ru"
    assert sandbox.model.commands_for(chat, user)[0]["description"] == "Help"
    kept = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "ky")
    assert [(one.command, one.description) for one in kept] == [("help", "Жардам")]


async def test_a_reply_keyboard_stays_until_it_is_removed(bot: Bot, sandbox: Sandbox, citizen: int) -> None:
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Меню")]])
    await bot.send_message(citizen, "x", reply_markup=keyboard)
    assert sandbox.model.chats[citizen].keyboard == {"keyboard": [[{"text": "Меню"}]]}
    await bot.send_message(citizen, "x", reply_markup=ReplyKeyboardRemove())
    assert sandbox.model.chats[citizen].keyboard is None


async def test_members_and_administrators_are_known(bot: Bot, sandbox: Sandbox) -> None:
    group = sandbox.people.create_group(STAFF_ID, "Айыл", [CITIZEN_ID])
    sandbox.people.add_bot(STAFF_ID, group.id, admin=True)
    assert (await bot.get_chat_member(group.id, CITIZEN_ID)).status == "member"
    assert {one.user.id for one in await bot.get_chat_administrators(group.id)} == {STAFF_ID, bot.id}
    assert (await bot.get_chat(group.id)).title == "Айыл"
    await bot.leave_chat(group.id)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")
