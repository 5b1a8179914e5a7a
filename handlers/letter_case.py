"""Commands in any letter case: a telephone begins a message with a capital, and `/Help` is `/help`."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject, Update

_COMMAND: Final = re.compile(r"/[A-Za-z0-9_]+")


class LetterCase(BaseMiddleware):
    """Writes the command that a message begins with in small letters; what follows it stays as it is."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if isinstance(event, Update) and event.message is not None:
            event = event.model_copy(update={"message": in_small_letters(event.message)})
        return await handler(event, data)


def in_small_letters(message: Message) -> Message:
    """The message with its command in small letters; the same where it has none.  Pure."""
    text = message.text or ""
    command = _COMMAND.match(text)
    if command is None or command.group().islower():
        return message
    return message.model_copy(update={"text": command.group().lower() + text[command.end() :]})
