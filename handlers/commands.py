"""What Telegram itself shows of the bot, in each language: menus of commands, for staff too, and what the bot is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)

from bot.i18n import Translation, translation
from storage.errors import N_
from storage.languages import LANGUAGES, Language
from storage.subscribers import Chat

logger = logging.getLogger(__name__)

EVERYBODY = {
    "topics": N_("Choose topics"),
    "digest": N_("What is new"),
    "projects": N_("Projects by oblast and donor"),
    "contacts": N_("Contacts of projects and organisations"),
    "search": N_("Search the news"),
    "settings": N_("How often, when, language"),
    "stop": N_("Stop the news"),
    "privacy": N_("What is kept about you"),
    "help": N_("What I can do"),
}

STAFF = {
    "announce": N_("Announce to subscribers"),
    "publish": N_("Publish a release"),
    "links": N_("Links and QR for posters"),
    "desk": N_("Questions from people"),
    "queue": N_("Releases with doubtful topics"),
    "topic": N_("What makes a release belong to a topic"),
    "unanswered": N_("What found no answer"),
    "registry": N_("The registry as a file"),
    "sources": N_("Sources and their health"),
    "staff": N_("Staff"),
    "audit": N_("Who did what"),
}

DESCRIPTION = N_(
    "Jarchy tells what partners of local self-government in Kyrgyzstan publish: on the topics, from the oblasts and as"
    " often as you choose.\n\nIt answers questions about projects, organisations, contacts and words, and names its"
    " source.\n\nNo name and no phone number is kept: /privacy"
)
"""What an empty chat with the bot shows (https://core.telegram.org/bots/api#setmydescription)."""
ABOUT = N_("News of local self-government in Kyrgyzstan, and answers about projects and contacts.")
"""What stands on the bot's page and under links to it (https://core.telegram.org/bots/api#setmyshortdescription)."""

IN_GROUPS = ("topics", "digest", "settings", "projects", "contacts", "search", "stop", "help")


def spoken_in(chat: Chat | None) -> Language | None:
    """The language that was chosen in a chat; None where none was."""
    return chat.language if chat and chat.language_chosen else None


def menu(tr: Translation, names: Iterable[str]) -> list[BotCommand]:
    """The menu of these commands in one language."""
    described = {**EVERYBODY, **STAFF}
    return [BotCommand(command=name, description=tr.gettext(described[name])) for name in names]


async def publish_commands(
    bot: Bot, staff_ids: Iterable[int], chosen: Mapping[int, Language] = MappingProxyType({})
) -> None:
    """Sets the menus for everybody, for groups and for each staff member; what is not set in a language is Kyrgyz.

    `chosen` are the languages that staff members chose.  One who never wrote to the bot has no chat to set a menu for
    yet, and is passed over.
    """
    for language in (None, *LANGUAGES):
        await _publish(bot, language)
    for user_id in staff_ids:
        await publish_staff_commands(bot, user_id, chosen.get(user_id))


async def publish_description(bot: Bot) -> None:
    """Sets what Telegram says of the bot, where it does not say so yet."""
    for language in (None, *LANGUAGES):
        tr = translation(language or "ky")
        described, about = tr.gettext(DESCRIPTION), tr.gettext(ABOUT)
        if (await bot.get_my_description(language_code=language)).description != described:
            await bot.set_my_description(described, language_code=language)
        if (await bot.get_my_short_description(language_code=language)).short_description != about:
            await bot.set_my_short_description(about, language_code=language)


async def publish_staff_commands(bot: Bot, user_id: int, chosen: Language | None = None) -> None:
    """Sets the menu of one staff member, in their private chat: in the language that they chose, else in each."""
    await _publish_in_chat(
        bot, user_id, (*EVERYBODY, *STAFF), {code: chosen or code or "ky" for code in (None, *LANGUAGES)}
    )


async def publish_chat_commands(bot: Bot, chat: Chat, *, staff: bool) -> None:
    """Sets the menu of a chat in the language that was chosen there, whatever Telegram itself is set to.

    A channel has no menu.
    """
    if chat.kind == "channel":
        return
    if chat.kind == "private" and staff:
        await publish_staff_commands(bot, chat.id, chat.language)
        return
    names = EVERYBODY if chat.kind == "private" else IN_GROUPS
    await _publish_in_chat(bot, chat.id, names, {None: chat.language})


async def withdraw_staff_commands(bot: Bot, user_id: int, chosen: Language | None = None) -> None:
    """Gives somebody who left the staff everybody's menu again, in the language that they chose."""
    scope = BotCommandScopeChat(chat_id=user_id)
    try:
        for language in (None, *LANGUAGES):
            await bot.delete_my_commands(scope=scope, language_code=language)
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        logger.info("the menu of %d stays: %s", user_id, error.message)
        return
    if chosen:
        await _publish_in_chat(bot, user_id, EVERYBODY, {None: chosen})


async def _publish_in_chat(
    bot: Bot, chat_id: int, names: Iterable[str], spoken: Mapping[Language | None, Language]
) -> None:
    """Sets the menu of one chat; `spoken` is the language of the menu by that of the person's Telegram."""
    scope = BotCommandScopeChat(chat_id=chat_id)
    try:
        for code, language in spoken.items():
            commands = menu(translation(language), names)
            await bot.set_my_commands(commands, scope=scope, language_code=code)
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        logger.info("no menu in chat %d yet: %s", chat_id, error.message)


async def _publish(bot: Bot, language: Language | None) -> None:
    tr = translation(language or "ky")
    await bot.set_my_commands(menu(tr, EVERYBODY), scope=BotCommandScopeDefault(), language_code=language)
    await bot.set_my_commands(
        menu(tr, IN_GROUPS), scope=BotCommandScopeAllGroupChats(), language_code=language
    )
