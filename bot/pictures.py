"""Pictures that are drawn when they are sent first.

The outbox keeps what is on a picture, not the file.  Between the sender and Telegram that text becomes a file the first
time, and the id that Telegram gave the file from then on (https://core.telegram.org/bots/api#sending-files): a hundred
thousand people get a picture that went over the wire once.  After a restart it goes once more.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, Final, cast

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, SendPhoto, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BufferedInputFile, Message

from bot.messages.week_picture import PREFIX, drawn

_MOST_REMEMBERED: Final = 200


class DrawnWhenSent(BaseRequestMiddleware):
    """Puts a file in the place of what is to be on a picture; everything else passes."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, str] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        text = method.photo if isinstance(method, SendPhoto) else None
        if not isinstance(text, str) or not text.startswith(PREFIX):
            return await make_request(bot, method)
        if text not in self._files:
            async with self._drawing:
                if text not in self._files:
                    return await self._send_first(make_request, bot, method, text)
        return await make_request(bot, method.model_copy(update={"photo": self._files[text]}))

    async def _send_first(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
        text: str,
    ) -> Response[TelegramType]:
        file = BufferedInputFile(await asyncio.to_thread(drawn, text), filename="week.png")
        answer: Any = await make_request(bot, method.model_copy(update={"photo": file}))  # the message itself
        if isinstance(answer, Message) and answer.photo:
            self._files[text] = answer.photo[-1].file_id
            while len(self._files) > _MOST_REMEMBERED:
                self._files.popitem(last=False)
        return cast(Response[TelegramType], answer)
