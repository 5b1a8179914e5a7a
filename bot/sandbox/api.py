"""A call of the Bot API from beginning to end, whichever way it came: ordered faults, the method, the answer."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import ApiError, too_many_requests
from bot.sandbox.faults import HTML_BODY, Fault, Faults
from bot.sandbox.methods import METHODS, Call, Upload
from bot.sandbox.model import Telegram

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: str
    content_type: str = JSON


class ConnectionCut(Exception):
    """The connection breaks here, by order."""


class Api:
    """The methods over one Telegram, with faults in front of them."""

    def __init__(self, telegram: Telegram, faults: Faults) -> None:
        self.telegram = telegram
        self.faults = faults

    async def call(
        self,
        name: str,
        parameters: Mapping[str, Any],  # as they came: strings or JSON values
        files: Mapping[str, Upload],
    ) -> Reply:
        """Answers a call as Telegram would.  Raises `ConnectionCut` where a cut was ordered."""
        method = METHODS.get(name.lower())
        if method is None:
            return _refusal(ApiError(404, "Not Found"))
        self.telegram.calls[name] = self.telegram.calls.get(name, 0) + 1
        fault = self.faults.meet(name, _chat_id(parameters))
        if fault is not None and (spoiled := await _before(fault)) is not None:
            return spoiled
        try:
            result = method(Call(self.telegram, name, parameters, files))
            if inspect.isawaitable(result):
                result = await result
        except ApiError as error:
            return _refusal(error)
        if fault is not None and fault.kind == "cut_after":
            raise ConnectionCut
        return Reply(200, json.dumps({"ok": True, "result": result}, ensure_ascii=False))


async def _before(fault: Fault) -> Reply | None:
    """What a fault does instead of the call; None when it lets it through."""
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    match fault.kind:
        case "flood":
            return _refusal(too_many_requests(fault.retry_after))
        case "server_error":
            return _refusal(ApiError(fault.status, "Internal Server Error"))
        case "html":
            return Reply(fault.status, HTML_BODY, "text/html")
        case "cut_before":
            raise ConnectionCut
        case _:
            return None


def _refusal(error: ApiError) -> Reply:
    return Reply(error.status, error.body())


def _chat_id(parameters: Mapping[str, Any]) -> int | None:
    try:
        return int(parameters["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None
