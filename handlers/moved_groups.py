"""A group that has become a supergroup is answered where it is now, whatever id it asked under."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramMigrateToChat
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.delivery.limits import sending_in_bulk


class MovedGroups(BaseRequestMiddleware):
    """Calls again with the new id that Telegram names.

    Only for what handlers say: the sender moves its own deliveries.  A message of the old group is not looked for in
    the new one, where its number is another message's.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Makes the request; raises TelegramMigrateToChat where it is about a message of the old group."""
        try:
            return await make_request(bot, method)
        except TelegramMigrateToChat as error:
            if sending_in_bulk.get() or not _is_about_a_chat(method):
                raise
            return await make_request(bot, method.model_copy(update={"chat_id": error.migrate_to_chat_id}))


def _is_about_a_chat(method: TelegramMethod[Any]) -> bool:
    fields = type(method).model_fields
    return "chat_id" in fields and "message_id" not in fields
