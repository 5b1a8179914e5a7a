"""An answer that Telegram asks to hold back is sent a little later, instead of not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.delivery.limits import sending_in_bulk

logger = logging.getLogger(__name__)

TRIES: Final = 3
LONGEST_WAIT: Final = 20
"""Seconds.  Who is asked to wait for longer than that has left, or is flooding the bot."""


class Patience(BaseRequestMiddleware):
    """Waits as long as a 429 says and calls again.

    Only for what handlers say: the sender keeps its own waits, in the database.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Makes the request; raises TelegramRetryAfter where waiting did not help or would take too long."""
        if sending_in_bulk.get():
            return await make_request(bot, method)
        for _ in range(TRIES - 1):
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                if error.retry_after > LONGEST_WAIT:
                    raise
                logger.info("%s waits %d s, as Telegram asks", method.__api_method__, error.retry_after)
                await self._sleep(error.retry_after)
        return await make_request(bot, method)
