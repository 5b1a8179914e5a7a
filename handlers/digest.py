"""/digest: what is new now, and the rest of a digest behind its button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.digests import preview, show_more, tell_now
from bot.i18n import Translation
from bot.messages.callbacks import ShowMore
from handlers.callbacks import DigestWanted, TopicsWanted
from handlers.choosing import thread_of
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.screens import Screen, say, take_buttons_away
from storage.database import Database
from storage.subscribers import Chat, Subscribers

LOOKED_BACK = timedelta(days=7)


def router() -> Router:
    """What is new, on demand."""
    digest = Router(name="digest")
    digest.message.register(show_new, Command("digest"))
    digest.callback_query.register(show_new, DigestWanted.filter())
    digest.callback_query.register(show_rest, ShowMore.filter())
    return digest


async def show_new(
    event: Message | CallbackQuery,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    subscribers: Subscribers,
    database: Database,
    clock: Clock,
    poke: Callable[[], None],
) -> None:
    """Tells what the chat has not been told yet; where that is nothing, shows the last week again."""
    held = await subscribers.subscriptions(chat.id)
    if not held:
        await say(event, nothing_chosen(tr))
        return
    now = clock()
    if chat.state == "active" and await tell_now(database, chat.id, now):
        poke()
        return
    whats = [subscription.what for subscription in held]
    parts = await preview(database, whats, now - LOOKED_BACK, chat.language, now, chat.timezone, chat.reads)
    text = tr.gettext("There was nothing on your topics this week.")
    if parts:
        text = tr.gettext("There is nothing you have not seen. This is the last week again:")
    await say(event, Screen(Text(text)))
    await answer_with(bot, parts, chat.id, thread_of(event, chat))


async def show_rest(
    query: CallbackQuery,
    callback_data: ShowMore,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    database: Database,
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows the next page of a digest under it."""
    wanted = callback_data.message, max(callback_data.after, 0)
    parts = await show_more(database, *wanted, chat.language, clock(), chat.timezone)
    await take_buttons_away(query)
    if not parts:
        notice.say(tr.gettext("That was all."))
    await answer_with(bot, parts, chat.id, thread_of(query, chat))


def nothing_chosen(tr: Translation) -> Screen:
    """There is nothing to tell without a subscription."""
    return Screen(
        Text(tr.gettext("You have no subscriptions yet. Choose what to hear about.")),
        ([button(tr.gettext("Choose topics"), TopicsWanted())],),
    )
