"""How a bot hears of things: long polling, webhook, and what it is told of."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramConflictError
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID
from bot.sandbox.server import Sandbox


def echo() -> Dispatcher:
    """A tiny bot: greets, and answers a press by editing."""
    router = Router()

    @router.message(CommandStart())
    async def greet(message: Message) -> None:
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="yes")]]
        )
        await message.answer("Салам?", reply_markup=keyboard)

    @router.callback_query(F.data == "yes")
    async def pressed(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("Салам!")
        await query.answer("принято")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


async def texts(sandbox: Sandbox, chat: int, *wanted: str) -> list[str]:
    """The chat's texts, once those wanted are there."""
    async with asyncio.timeout(5):
        while True:
            found = [message.body for message in sandbox.model.chats[chat].standing()]
            if set(wanted) <= set(found):
                return found
            await asyncio.sleep(0.01)


async def test_a_dispatcher_works_by_long_polling(sandbox: Sandbox, bot: Bot) -> None:
    dispatcher = echo()
    running = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    sandbox.people.start(CITIZEN_ID, "topic-pser")
    await texts(sandbox, CITIZEN_ID, "Салам?")
    question = sandbox.model.chats[CITIZEN_ID].standing()[-1]
    callback = sandbox.people.press(CITIZEN_ID, CITIZEN_ID, question.id, text="Да")
    assert await texts(sandbox, CITIZEN_ID, "Салам!") == ["/start topic-pser", "Салам!"]
    async with asyncio.timeout(5):
        while callback.answer is None:
            await asyncio.sleep(0.01)
    assert callback.answer["text"] == "принято"
    await dispatcher.stop_polling()
    await running


async def test_a_restarted_bot_gets_what_it_did_not_confirm(sandbox: Sandbox, bot: Bot) -> None:
    for text in ("раз", "два", "три"):
        sandbox.people.start(CITIZEN_ID)
        sandbox.people.say(CITIZEN_ID, text)
    seen = await bot.get_updates()
    assert [update.update_id for update in await bot.get_updates()] == [update.update_id for update in seen]
    left = await bot.get_updates(offset=seen[4].update_id)
    assert [update.message.text for update in left if update.message] == ["/start", "три"]


async def test_a_poll_waits_for_something_to_happen(sandbox: Sandbox, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    assert not poll.done()
    sandbox.people.start(CITIZEN_ID)
    async with asyncio.timeout(2):
        assert len(await poll) == 1


async def test_a_second_poll_ends_the_first_with_a_conflict(sandbox: Sandbox, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    await bot.get_updates()
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first


async def test_only_allowed_kinds_are_told(sandbox: Sandbox, bot: Bot, citizen: int) -> None:
    await bot.get_updates(allowed_updates=["my_chat_member"])
    sandbox.people.say(citizen, "x")
    sandbox.people.block(citizen)
    assert [update.event_type for update in await bot.get_updates()] == ["my_chat_member"]


async def test_a_webhook_gets_updates_with_its_secret(sandbox: Sandbox, bot: Bot) -> None:
    application = web.Application()
    SimpleRequestHandler(echo(), bot, secret_token="s3cret").register(application, "/hook")
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s3cret")
    sandbox.people.start(CITIZEN_ID)
    await texts(sandbox, CITIZEN_ID, "Салам?")
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).pending_update_count == 0
    await bot.delete_webhook()
    await runner.cleanup()
    bot.session._should_reset_connector = True  # the handler's shutdown closed the session


async def test_a_webhook_with_the_wrong_secret_keeps_its_updates(sandbox: Sandbox, bot: Bot) -> None:
    application = web.Application()
    SimpleRequestHandler(echo(), bot, secret_token="s3cret").register(application, "/hook")
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="other")
    sandbox.people.start(CITIZEN_ID)
    async with asyncio.timeout(5):
        while not (info := await bot.get_webhook_info()).last_error_message:
            await asyncio.sleep(0.02)
    assert info.pending_update_count == 1
    assert "401" in info.last_error_message
    await runner.cleanup()


async def test_in_a_group_only_what_is_meant_for_the_bot_is_told(sandbox: Sandbox, bot: Bot) -> None:
    people = sandbox.people
    group = people.create_group(OFFICIAL_ID, "Айыл", [CITIZEN_ID, STAFF_ID])
    people.add_bot(OFFICIAL_ID, group.id)
    sent = await bot.send_message(group.id, "Салам")
    people.say(CITIZEN_ID, "просто разговор", group.id)
    people.say(CITIZEN_ID, "/topics", group.id)
    people.say(CITIZEN_ID, "/topics@another_bot", group.id)
    people.say(CITIZEN_ID, "ответ", group.id, reply_to=sent.message_id)
    told = [update.message for update in await bot.get_updates() if update.message]
    assert [message.text for message in told if message.text] == ["/topics", "ответ"]
    assert told[0].new_chat_members and told[0].new_chat_members[0].id == bot.id


async def test_posts_of_a_channel_reach_an_administrator_bot(sandbox: Sandbox, bot: Bot) -> None:
    channel = sandbox.people.create_group(STAFF_ID, "Новости", kind="channel")
    sandbox.people.add_bot(STAFF_ID, channel.id)
    sandbox.people.say(STAFF_ID, "Пост", channel.id)
    posts = [update.channel_post for update in await bot.get_updates() if update.channel_post]
    assert [post.text for post in posts] == ["Пост"]


async def test_edits_forwards_and_contacts_of_people_are_told(
    sandbox: Sandbox, bot: Bot, citizen: int
) -> None:
    message = sandbox.people.say(citizen, "раз")
    sandbox.people.edit(citizen, citizen, message.id, "два")
    sandbox.people.forward(citizen, citizen, message.id)
    sandbox.people.share_contact(citizen)
    first, edited, forwarded, contact = await bot.get_updates()
    assert first.message and edited.edited_message and edited.edited_message.text == "два"
    assert forwarded.message and forwarded.message.forward_origin
    assert contact.message and contact.message.contact and contact.message.contact.user_id == citizen
