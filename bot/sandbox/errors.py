"""How the sandbox refuses: as Telegram does to a bot, and in our own words to whoever runs it."""

from __future__ import annotations

import json
from typing import Any

from storage.errors import N_, JarchyError

Json = dict[str, Any]
"""An object of the Bot API as it travels: its shape is Telegram's, so its values are of any JSON type."""


class SandboxError(JarchyError):
    """Anything that the sandbox refuses to a person or a test that drives it."""

    code = "sandbox"
    sentence = N_("The sandbox cannot do that.")


class NotLoopback(SandboxError):
    """The page was to be served to other machines."""

    code = "sandbox.not_loopback"
    sentence = N_(
        "The sandbox is for this machine alone, and {host} would show it to others. "
        "Set HTTP_HOST=127.0.0.1 in .env, or give BOT_TOKEN to run on Telegram."
    )


class CannotListen(SandboxError):
    """The address is taken or not allowed."""

    code = "sandbox.cannot_listen"
    sentence = N_("The sandbox cannot listen on {host}:{port} ({reason}). Set another HTTP_PORT in .env.")


class Impossible(SandboxError):
    """A person tried what no messenger offers: to press a button that is not there, to write where they are not."""

    code = "sandbox.impossible"
    sentence = N_("That cannot be done: {reason}.")


class ApiError(Exception):
    """A refusal of the Bot API.

    `description` is worded as Telegram words it, because bots tell refusals apart by it.
    See https://core.telegram.org/bots/api#making-requests and #responseparameters.
    """

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        self.status = status
        self.description = description
        self.parameters = parameters
        super().__init__(f"{status} {description}")

    def body(self) -> str:
        """The JSON that a bot receives."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return json.dumps(answer, ensure_ascii=False)


def bad_request(description: str, **parameters: int) -> ApiError:
    """400: the request itself is wrong."""
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    """403: the bot may not do this to that chat."""
    return ApiError(403, f"Forbidden: {description}")


def too_many_requests(retry_after: int) -> ApiError:
    """429: not before `retry_after` seconds have passed."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def conflict(description: str) -> ApiError:
    """409: two ways of receiving updates at once."""
    return ApiError(409, f"Conflict: {description}")
