"""What a call to Telegram, however it ended, makes of a delivery.  Pure.

Telegram has no idempotency key.  So a call whose answer was lost is *unknown*: it is neither counted as sent nor simply
repeated.  Only what certainly did not arrive is tried again without limit of caution.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from aiogram.exceptions import (
    AiogramError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Message, MessageId
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from storage.deliveries import Claim, Verdict

MAX_ATTEMPTS: Final = 20
"""Tries of a call that Telegram refused for the moment; with the waits below that is some three hours."""

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=10)
RESEND_AFTER: Final = timedelta(seconds=5)
DEFAULT_FLOOD_WAIT: Final = 5

_CHAT_IS_GONE: Final = (
    "chat not found",
    "user is deactivated",
    "bot was kicked",
    "peer_id_invalid",
    "group chat was deactivated",
    "chat was deleted",
    "bot is not a member",
)
_THREAD_IS_GONE: Final = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_ALREADY_SO: Final = ("message is not modified", "message to delete not found", "message to edit not found")


def delivered(claim: Claim, answer: Any, now: datetime) -> Verdict:
    """The call succeeded: the delivery is done, or goes on with its next part."""
    ids = (*claim.telegram_message_ids, *_message_ids(answer))
    if claim.is_last_part:
        return replace(_as_it_was(claim, "sent"), telegram_message_ids=ids, next_part=claim.part_number + 1)
    return replace(
        _as_it_was(claim, "pending"),
        telegram_message_ids=ids,
        next_part=claim.part_number + 1,
        attempts=0,
        not_before=now,
    )


def outcome(claim: Claim, error: BaseException, now: datetime, chance: Callable[[], float]) -> Verdict:
    """What a failed call makes of its delivery; `chance` gives a number in [0, 1) for the jitter of waits."""
    match error:
        case TelegramRetryAfter():
            return _flood(claim, error.retry_after, now)
        case TelegramMigrateToChat():
            return replace(_again(claim, now, "migrated"), migrated=(claim.chat_id, error.migrate_to_chat_id))
        case TelegramForbiddenError():
            return _lost(claim, _forbidden_state(error), error)
        case TelegramEntityTooLarge():
            return _failed(claim, error)
        case RestartingTelegram():
            return _later(claim, now, error, chance)
        case TelegramNetworkError():
            down = is_out_of_reach(error)
            return _again(claim, now + FIRST_WAIT, _text(error)) if down else unknown(claim, now, error)
        case TelegramUnauthorizedError() | TelegramNotFound():
            return _again(claim, now + FIRST_WAIT, _text(error))
        case TelegramBadRequest():
            return _refused(claim, now, error)
        case TelegramAPIError() if "too many requests" in error.message.lower():
            return _flood(claim, DEFAULT_FLOOD_WAIT, now)
        case AiogramError() | asyncio.CancelledError() | OSError() | TimeoutError():
            return unknown(claim, now, error)
        case _:
            return _failed(claim, error)


def unknown(claim: Claim, now: datetime, error: BaseException | str) -> Verdict:
    """Nobody knows whether it arrived.  Announcements wait for staff; all else is sent again, once in its life."""
    text = _text(error)
    if claim.announcement or claim.resends:
        return replace(_as_it_was(claim, "unknown"), error=text)
    return replace(_as_it_was(claim, "pending"), resends=1, not_before=now + RESEND_AFTER, error=text)


def put_back(claim: Claim, now: datetime) -> Verdict:
    """It was claimed, but certainly not sent: back into the queue as if it had not been claimed."""
    return replace(_as_it_was(claim, "pending"), attempts=claim.attempts - 1, not_before=now)


def is_out_of_reach(error: BaseException) -> bool:
    """Whether Telegram could not be spoken to at all: no connection, or a token that it does not take.

    It says nothing about the message, which certainly did not arrive, and costs it no attempt; the sender rests.
    """
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        return True
    return isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)


def _as_it_was(claim: Claim, state: Literal["sent", "pending", "blocked", "failed", "unknown"]) -> Verdict:
    return Verdict(
        claim.id,
        state,
        next_part=claim.part_number,
        telegram_message_ids=claim.telegram_message_ids,
        attempts=claim.attempts,
        resends=claim.resends,
    )


def _again(claim: Claim, not_before: datetime, error: str) -> Verdict:
    """Back into the queue as if the call had not been made."""
    return replace(
        _as_it_was(claim, "pending"), attempts=claim.attempts - 1, not_before=not_before, error=error
    )


def _flood(claim: Claim, retry_after: float, now: datetime) -> Verdict:
    until = now + timedelta(seconds=retry_after)
    return replace(_again(claim, until, "flood"), wait_until=until)


def _later(claim: Claim, now: datetime, error: TelegramAPIError, chance: Callable[[], float]) -> Verdict:
    """Telegram did not take it for now: tried again after a doubling wait, of which half is left to chance."""
    if claim.attempts >= MAX_ATTEMPTS:
        return _failed(claim, error)
    wait = min(FIRST_WAIT * 2 ** min(claim.attempts - 1, 16), LONGEST_WAIT)
    verdict = _again(claim, now + wait * (0.5 + chance() / 2), _text(error))
    return replace(verdict, attempts=claim.attempts)


def _refused(claim: Claim, now: datetime, error: TelegramBadRequest) -> Verdict:
    message = error.message.lower()
    if any(words in message for words in _CHAT_IS_GONE):
        return _lost(claim, "gone", error)
    if any(words in message for words in _THREAD_IS_GONE) and claim.thread_id is not None:
        return replace(_again(claim, now, _text(error)), closed_thread=(claim.chat_id, claim.thread_id))
    if any(words in message for words in _ALREADY_SO):
        return delivered(claim, True, now)
    return _failed(claim, error)


def _lost(claim: Claim, state: Literal["blocked", "gone"], error: BaseException) -> Verdict:
    return replace(_as_it_was(claim, "blocked"), error=_text(error), lost_chat=(claim.chat_id, state))


def _failed(claim: Claim, error: BaseException) -> Verdict:
    return replace(_as_it_was(claim, "failed"), error=_text(error))


def _forbidden_state(error: TelegramForbiddenError) -> Literal["blocked", "gone"]:
    message = error.message.lower()
    return "gone" if any(words in message for words in (*_CHAT_IS_GONE, "kicked")) else "blocked"


def _message_ids(answer: Any) -> tuple[int, ...]:
    match answer:
        case Message() | MessageId():
            return (answer.message_id,)
        case list():
            return tuple(each.message_id for each in answer if isinstance(each, Message | MessageId))
        case _:
            return ()


def _text(error: BaseException | str) -> str:
    """The error in at most 500 characters; it names no person beyond what Telegram itself says."""
    return (error if isinstance(error, str) else f"{type(error).__name__}: {error}")[:500]
