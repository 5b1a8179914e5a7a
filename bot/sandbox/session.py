"""An aiogram session that calls the sandbox without HTTP: for tests that should take milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from bot.sandbox.api import Api, ConnectionCut
from bot.sandbox.methods import Upload


class SandboxSession(BaseSession):
    """Give it to `Bot(token=…, session=…)`: everything else about the bot stays as it is."""

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._sandbox = api

    async def close(self) -> None:
        """Nothing to close."""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Calls the method.  Raises what aiogram raises over HTTP, a cut connection and a timeout included."""
        inputs: dict[str, InputFile] = {}
        parameters = {
            name: prepared
            for name, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=inputs))
        }
        files = {key: await _upload(key, value, bot) for key, value in inputs.items()}
        try:
            async with asyncio.timeout(self.timeout if timeout is None else timeout):
                reply = await self._sandbox.call(method.__api_method__, parameters, files)
        except ConnectionCut as error:
            raise TelegramNetworkError(method=method, message="ServerDisconnectedError") from error
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        response = self.check_response(bot=bot, method=method, status_code=reply.status, content=reply.body)
        return cast(TelegramType, response.result)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,  # as aiogram declares it
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of a file, for `Bot.download`."""
        for file in self._sandbox.telegram.files.values():
            if url.endswith(file.path):
                for begin in range(0, len(file.data), chunk_size):
                    yield file.data[begin : begin + chunk_size]


async def _upload(key: str, value: InputFile, bot: Bot) -> Upload:
    chunks = [chunk async for chunk in value.read(bot)]
    return Upload(value.filename or key, "application/octet-stream", b"".join(chunks))
