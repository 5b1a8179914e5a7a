"""Every pressed button is answered, whatever its handler does: until then the button shows that it is working."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, TelegramObject

logger = logging.getLogger(__name__)

NOTICE_LIMIT = 200
"""Characters of the text of answerCallbackQuery (https://core.telegram.org/bots/api#answercallbackquery)."""


@dataclass
class Notice:
    """What is shown over the chat when a button has been handled: nothing, a line, or a window to be closed.

    Instead of that the bot's own link can be opened, in private, for the one who pressed
    (https://core.telegram.org/bots/api#answercallbackquery).
    """

    text: str | None = None
    alert: bool = False
    url: str | None = None

    def say(self, text: str, *, alert: bool = False) -> None:
        """Shows a line, or a window."""
        self.text = text[:NOTICE_LIMIT]
        self.alert = alert

    def open(self, link: str) -> None:
        """Opens a link to the bot."""
        self.url = link


class Notices(BaseMiddleware):
    """Gives handlers of buttons `notice`, and answers the button with it afterwards."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        assert isinstance(event, CallbackQuery)
        notice = data["notice"] = Notice()
        try:
            return await handler(event, data)
        finally:
            await _answer(event, notice)


async def _answer(query: CallbackQuery, notice: Notice) -> None:
    try:
        await query.answer(notice.text, show_alert=notice.alert, url=notice.url)
    except TelegramBadRequest as error:
        logger.info("a button was answered too late: %s", error.message)
