"""Who is being spoken with: the chat's row, its language, and whether the person is staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiogram.types
from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.types import TelegramObject, Update

from bot.i18n import translation
from handlers.dependencies import Clock
from storage.languages import as_language
from storage.staff import Staff
from storage.subscribers import Chat, ChatKind, Subscribers


class Acquaintance(BaseMiddleware):
    """Gives handlers `chat`, `tr` (its translation) and `member` (the staff member, or None).

    A chat is met the first time it is heard from, and met again when it had been lost.  Changes of membership are
    left to their own conversation: being thrown out is not a greeting, and neither is moving to another id.
    """

    def __init__(self, subscribers: Subscribers, staff: Staff, clock: Clock) -> None:
        self._subscribers = subscribers
        self._staff = staff
        self._clock = clock

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        context: EventContext = data[EVENT_CONTEXT_KEY]
        user = context.user
        data["member"] = await self._staff.member(user.id) if user else None
        data["tr"] = translation(as_language(user.language_code if user else None))
        if context.chat is not None and _is_heard(event):
            chat = await self._meet(context.chat, user)
            data["chat"], data["tr"] = chat, translation(chat.language)
        return await handler(event, data)

    async def _meet(self, met: aiogram.types.Chat, user: aiogram.types.User | None) -> Chat:
        chat = await self._subscribers.get(met.id)
        if chat is None or chat.state in ("blocked", "gone"):
            language = user.language_code if user else None
            chat = await self._subscribers.greet(met.id, chat_kind(met), language, self._clock())
        return chat


def chat_kind(chat: aiogram.types.Chat) -> ChatKind:
    """What Telegram's types of chat are to us."""
    match chat.type:
        case "private":
            return "private"
        case "channel":
            return "channel"
        case _:
            return "group"


def _is_heard(event: TelegramObject) -> bool:
    if not isinstance(event, Update):
        return False
    message = event.message
    moves = message is not None and (message.migrate_to_chat_id or message.migrate_from_chat_id)
    return not moves and (message is not None or event.callback_query is not None)
