"""Blocked, unblocked, invited, thrown out, moved: what happens to the bot's place in a chat."""

from __future__ import annotations

import logging

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import IS_MEMBER, IS_NOT_MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated, Message
from aiogram.utils.formatting import Text

from bot.i18n import translation
from handlers import channels
from handlers.acquaintance import chat_kind
from handlers.callbacks import SettingWanted, TopicsWanted
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.mail import Mail
from handlers.screens import Screen
from storage.sources import Sources
from storage.staff import Staff
from storage.subscribers import Chat, Subscribers

logger = logging.getLogger(__name__)


def router() -> Router:
    """Everything Telegram tells of the bot's own membership."""
    membership = Router(name="membership")
    private = F.chat.type == "private"
    joined, left = ChatMemberUpdatedFilter(IS_NOT_MEMBER >> IS_MEMBER), ChatMemberUpdatedFilter(IS_NOT_MEMBER)
    membership.my_chat_member.register(unblocked, private, joined)
    membership.my_chat_member.register(blocked, private, left)
    membership.my_chat_member.register(welcomed, joined)
    membership.my_chat_member.register(thrown_out, left)
    membership.message.register(migrated, F.migrate_to_chat_id)
    membership.message.register(migrated_here, F.migrate_from_chat_id)
    return membership


async def blocked(event: ChatMemberUpdated, subscribers: Subscribers, clock: Clock) -> None:
    """A person blocked the bot: nothing more is sent, their choices stay."""
    await subscribers.lost(event.chat.id, "blocked", clock())


async def unblocked(event: ChatMemberUpdated, subscribers: Subscribers, clock: Clock) -> None:
    """A person is back: news comes again from now on."""
    await subscribers.greet(event.chat.id, "private", event.from_user.language_code, clock())


async def thrown_out(
    event: ChatMemberUpdated,
    subscribers: Subscribers,
    sources: Sources,
    staff: Staff,
    mail: Mail,
    clock: Clock,
) -> None:
    """The bot left a group or channel, or was made to."""
    await subscribers.lost(event.chat.id, "gone", clock())
    if chat_kind(event.chat) == "channel":
        await channels.left(event.chat, sources, staff, mail, clock)


async def welcomed(
    event: ChatMemberUpdated, bot: Bot, subscribers: Subscribers, sources: Sources, mail: Mail, clock: Clock
) -> None:
    """The bot joined a group, which it greets, or a channel, which the one who added it sets up in private.

    A group that had asked for silence was not left meanwhile: it has moved, and is left in peace.
    """
    known = await subscribers.get(event.chat.id)
    if known is not None and known.state == "stopped":
        return
    kind = chat_kind(event.chat)
    chat = await subscribers.greet(event.chat.id, kind, event.from_user.language_code, clock())
    if kind == "channel":
        await _offer_setup(event, bot, chat, subscribers)
        await channels.ask_staff(event.chat, sources, mail)
    else:
        await bot.send_message(chat.id, **group_screen(chat).as_kwargs())


async def migrated(message: Message, subscribers: Subscribers, clock: Clock) -> None:
    """A group became a supergroup, told in the old one."""
    assert message.migrate_to_chat_id is not None
    await subscribers.migrate(message.chat.id, message.migrate_to_chat_id, clock())


async def migrated_here(message: Message, subscribers: Subscribers, clock: Clock) -> None:
    """A group became a supergroup, told in the new one."""
    assert message.migrate_from_chat_id is not None
    await subscribers.migrate(message.migrate_from_chat_id, message.chat.id, clock())


def group_screen(chat: Chat) -> Screen:
    """The greeting in a group."""
    tr = translation(chat.language)
    text = tr.gettext(
        "Jarchy is here. An administrator chooses what to tell this group about; anybody can ask with /search,"
        " /projects and /contacts, or by answering my message."
    )
    return Screen(
        Text(text),
        (
            [
                button(tr.gettext("Choose topics"), TopicsWanted(first=True, chat=chat.id)),
                button(tr.gettext("Settings"), SettingWanted(setting="menu", chat=chat.id)),
            ],
        ),
    )


def channel_screen(channel: Chat, title: str, reader: Chat | None) -> Screen:
    """Setting up a channel, in the private chat of the one who added the bot to it."""
    tr = translation(reader.language if reader else channel.language)
    return Screen(
        Text(
            tr.gettext("I am in the channel “{title}” now. What shall I tell its readers about?", title=title)
        ),
        (
            [
                button(tr.gettext("Choose topics"), TopicsWanted(first=True, chat=channel.id)),
                button(tr.gettext("Settings"), SettingWanted(setting="menu", chat=channel.id)),
            ],
        ),
    )


async def _offer_setup(event: ChatMemberUpdated, bot: Bot, channel: Chat, subscribers: Subscribers) -> None:
    reader = await subscribers.get(event.from_user.id)
    screen = channel_screen(channel, event.chat.title or "", reader)
    try:
        await bot.send_message(event.from_user.id, **screen.as_kwargs())
    except TelegramAPIError as error:
        logger.info("the one who added the bot to a channel cannot be written to: %s", error)
