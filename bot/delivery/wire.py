"""The way of bulk messages over the wire: a call goes out as the JSON it is stored as, and of the answer only what
the outbox keeps is read."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile, MessageId
from aiohttp import ClientError, ClientTimeout

from bot.delivery.limits import sending_in_bulk

_AS_JSON: Final = {"Content-Type": "application/json"}
_OK: Final = 200
_OLD_NAME: Final = "disable_web_page_preview"
"""What `link_preview_options` says too; aiogram sends both."""


class WireSession(AiohttpSession):
    """aiogram's session, quicker for the sender's calls: a form of every field and a model of every answer cost more
    than all the rest of sending.

    Within `sending_in_bulk` a successful answer is a `MessageId`, a list of them, or True; everything else, errors
    above all, is aiogram's.  The bot's defaults apply to what a call leaves open itself, not to what is nested in it.
    """

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Makes a call.  Raises what aiogram raises."""
        body = self._body(bot, method) if sending_in_bulk.get() else None
        if body is None:
            return await super().make_request(bot, method, timeout)
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        limit = ClientTimeout(total=self.timeout if timeout is None else timeout)
        try:
            async with session.post(url, data=body, headers=_AS_JSON, timeout=limit) as response:
                content = await response.text()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        except ClientError as error:
            raise TelegramNetworkError(method=method, message=f"{type(error).__name__}: {error}") from error
        if response.status == _OK and (answer := _answer(content)) is not None:
            return cast(TelegramType, answer)
        return cast(TelegramType, self.check_response(bot, method, response.status, content).result)

    def _body(self, bot: Bot, method: TelegramMethod[Any]) -> bytes | None:
        """The call as JSON, or None where it carries a file, which takes a form."""
        values = method.__dict__.items()
        if any(isinstance(value, InputFile) for _, value in values):
            return None
        left_open = {
            name: self.prepare_value(bot.default[value.name], bot=bot, files={}, _dumps_json=False)
            for name, value in values
            if isinstance(value, Default) and name != _OLD_NAME
        }
        said = method.model_dump(mode="json", exclude_unset=True, exclude_none=True, warnings=False)
        chosen = {name: value for name, value in left_open.items() if value is not None and name not in said}
        return json.dumps({**said, **chosen}, ensure_ascii=False).encode()


def _answer(content: str) -> Any:
    """What a success says, as far as the outbox keeps it; None where it is no success or says something else."""
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    match answer:
        case {"ok": True, "result": True}:
            return True
        case {"ok": True, "result": {"message_id": int(id_)}}:
            return MessageId(message_id=id_)
        case {"ok": True, "result": [{"message_id": int()}, *_] as messages}:
            return [MessageId(message_id=each["message_id"]) for each in messages]
        case _:
            return None
