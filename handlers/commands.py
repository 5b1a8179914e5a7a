"""The menu of commands, in each language: everybody's, a group's, and what staff see besides."""

from __future__ import annotations

import logging
from collections.abc import Iterable

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

IN_GROUPS = ("topics", "digest", "settings", "projects", "contacts", "search", "stop", "help")


def menu(tr: Translation, names: Iterable[str]) -> list[BotCommand]:
    """The menu of these commands in one language."""
    described = {**EVERYBODY, **STAFF}
    return [BotCommand(command=name, description=tr.gettext(described[name])) for name in names]


async def publish_commands(bot: Bot, staff_ids: Iterable[int]) -> None:
    """Sets the menus for everybody, for groups and for each staff member; what is not set in a language is Kyrgyz.

    A staff member who never wrote to the bot has no chat to set a menu for yet, and is passed over.
    """
    for language in (None, *LANGUAGES):
        await _publish(bot, language)
    for user_id in staff_ids:
        await publish_staff_commands(bot, user_id)


async def publish_staff_commands(bot: Bot, user_id: int) -> None:
    """Sets the menu of one staff member, in their private chat."""
    scope = BotCommandScopeChat(chat_id=user_id)
    try:
        for language in (None, *LANGUAGES):
            tr = translation(language or "ky")
            await bot.set_my_commands(menu(tr, (*EVERYBODY, *STAFF)), scope=scope, language_code=language)
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        logger.info("no menu for staff member %d yet: %s", user_id, error.message)


async def withdraw_staff_commands(bot: Bot, user_id: int) -> None:
    """Gives somebody who left the staff everybody's menu again."""
    scope = BotCommandScopeChat(chat_id=user_id)
    try:
        for language in (None, *LANGUAGES):
            await bot.delete_my_commands(scope=scope, language_code=language)
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        logger.info("the menu of %d stays: %s", user_id, error.message)


async def _publish(bot: Bot, language: Language | None) -> None:
    tr = translation(language or "ky")
    await bot.set_my_commands(menu(tr, EVERYBODY), scope=BotCommandScopeDefault(), language_code=language)
    await bot.set_my_commands(
        menu(tr, IN_GROUPS), scope=BotCommandScopeAllGroupChats(), language_code=language
    )
