"""Parts of messages sent as an answer at once, and screens put into the outbox for people who are not here now."""

from __future__ import annotations

from collections.abc import Iterable

import aiogram.methods
from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.messages.parts import text_part
from handlers.screens import Screen
from storage.parts import Part


def as_part(screen: Screen) -> Part:
    """A screen as a message for the outbox."""
    keyboard = screen.keyboard
    return text_part(screen.text, keyboard.model_dump(mode="json", exclude_none=True) if keyboard else None)


def method(part: Part, chat_id: int, thread_id: int | None = None) -> TelegramMethod[Message]:
    """The Bot API call of a part, to a chat; raises AttributeError for a method that Telegram does not have."""
    kind: type[TelegramMethod[Message]] = getattr(aiogram.methods, part.method[0].upper() + part.method[1:])
    thread = {"message_thread_id": thread_id} if thread_id else {}
    return kind(**part.params, chat_id=chat_id, **thread)


async def answer_with(bot: Bot, parts: Iterable[Part], chat_id: int, thread_id: int | None = None) -> None:
    """Sends parts to the one who asked."""
    for part in parts:
        await bot(method(part, chat_id, thread_id))
