"""What a person is told when something fails: calmly, in their language, and with a way on."""

from __future__ import annotations

import logging

import aiogram.types
from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import ErrorEvent, Update
from aiogram.utils.formatting import Text

from bot.i18n import Translation, translation
from handlers.dependencies import Clock
from handlers.screens import Screen
from storage.errors import JarchyError
from storage.subscribers import Subscribers

logger = logging.getLogger(__name__)


def router() -> Router:
    """The last net under every conversation."""
    errors = Router(name="errors")
    errors.errors.register(calm)
    return errors


async def calm(
    event: ErrorEvent,
    bot: Bot,
    subscribers: Subscribers,
    clock: Clock,
    tr: Translation | None = None,
    event_chat: aiogram.types.Chat | None = None,
) -> bool:
    """Logs what failed, without what the person wrote, and tells the person; a closed or moved chat is noted."""
    error = event.exception
    if isinstance(error, TelegramForbiddenError) and event_chat is not None:
        await subscribers.lost(event_chat.id, "blocked", clock())
        return True
    if isinstance(error, TelegramMigrateToChat) and event_chat is not None:
        await subscribers.migrate(event_chat.id, error.migrate_to_chat_id, clock())
        return True
    if not isinstance(error, JarchyError):
        logger.error(
            "update %d (%s) failed", event.update.update_id, event_type(event.update), exc_info=error
        )
    if event_chat is not None and event_chat.type != "channel":
        await _tell(bot, event_chat.id, sentence(error, tr or translation("ru")))
    return True


def sentence(error: Exception, tr: Translation) -> str:
    """What a person is told of an error: its own sentence where it is an expected one."""
    if isinstance(error, JarchyError):
        return tr.gettext(error.sentence, **error.params)
    return tr.gettext(
        "I could not do that just now. Please try again in a minute; if it goes on, send /help."
    )


def event_type(update: Update) -> str:
    """What kind of update it is, for logs."""
    return next((name for name in update.model_fields_set if name != "update_id"), "unknown")


async def _tell(bot: Bot, chat_id: int, text: str) -> None:
    try:
        await bot.send_message(chat_id, **Screen(Text(text)).as_kwargs())
    except TelegramAPIError as error:
        logger.warning("a person could not be told of a failure: %s", error)
