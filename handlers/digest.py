"""/digest: what is new now, and the rest of a digest behind its button."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.formatting import Text

from bot.digests import look_back, show_more, tell_now
from bot.i18n import Translation
from bot.messages.callbacks import ShowMore
from handlers.callbacks import DigestWanted, TopicsWanted
from handlers.choosing import of_thread, thread_of
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.rights import may_decide
from handlers.screens import Screen, say, take_buttons_away
from storage.database import Database
from storage.subscribers import Chat, Subscribers

LOOKED_BACK = timedelta(days=7)
LINKED: Final = re.compile(r"more-(\d{1,18})-(\d{1,6})")
"""The argument of the link to the rest of a digest: its message, and from where on."""


def router() -> Router:
    """What is new, on demand.  Asked before other links of /start."""
    digest = Router(name="digest")
    digest.message.register(show_new, Command("digest"))
    links_to_rest = CommandStart(deep_link=True, magic=F.args.func(LINKED.fullmatch))
    digest.message.register(follow_link, links_to_rest, F.chat.type == "private")
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
    """Tells what the chat has not been told yet; where that is nothing, shows the last week again.

    Whoever may not decide for a group is shown the last week only: what they have read the others have not.  So is
    everybody in a topic of a forum where nothing is told: what is told in the others is still told there.
    """
    held, thread_id, now = await subscribers.subscriptions(chat.id), thread_of(event, chat), clock()
    if not held:
        await say(event, nothing_chosen(tr))
        return
    here = of_thread(held, thread_id)
    decides = bool(here) and await may_decide(bot, event, chat.id)
    if decides and chat.state == "active" and await tell_now(database, chat.id, now, thread_id):
        poke()
        return
    whats = list(dict.fromkeys(one.what for one in here or held))
    parts = await look_back(database, whats, now - LOOKED_BACK, chat.language, now, chat.timezone, chat.reads)
    await say(event, Screen(Text(_said_of_the_week(tr, bool(parts), decides=decides))))
    await answer_with(bot, parts, chat.id, thread_id)


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
    """Shows the next page of a digest under it; what stands in a group or a channel, in private to who asks."""
    message_id, after = callback_data.message, max(callback_data.after, 0)
    if chat.kind != "private":
        notice.open(await create_start_link(bot, f"more-{message_id}-{after}"))
        return
    parts = await show_more(database, message_id, after, chat.language, clock(), chat.timezone)
    await take_buttons_away(query)
    if not parts:
        notice.say(tr.gettext("That was all."))
    await answer_with(bot, parts, chat.id, thread_of(query, chat))


async def follow_link(
    message: Message,
    command: CommandObject,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    database: Database,
    clock: Clock,
) -> None:
    """Shows the next page of a digest that stands in a group or a channel."""
    linked = LINKED.fullmatch(command.args or "")
    assert linked is not None
    message_id, after = map(int, linked.groups())
    parts = await show_more(database, message_id, after, chat.language, clock(), chat.timezone)
    if not parts:
        await say(message, Screen(Text(tr.gettext("That was all."))))
    await answer_with(bot, parts, chat.id, thread_of(message, chat))


def _said_of_the_week(tr: Translation, any_news: bool, *, decides: bool) -> str:
    if not any_news:
        return tr.gettext("There was nothing on your topics this week.")
    if not decides:
        return tr.gettext("This is the last week on the topics of this group:")
    return tr.gettext("There is nothing you have not seen. This is the last week again:")


def nothing_chosen(tr: Translation) -> Screen:
    """There is nothing to tell without a subscription."""
    return Screen(
        Text(tr.gettext("You have no subscriptions yet. Choose what to hear about.")),
        ([button(tr.gettext("Choose topics"), TopicsWanted())],),
    )
