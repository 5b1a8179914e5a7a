"""Paid broadcasts: up to 1000 messages a second, for Telegram Stars.

Telegram takes 0.1 Stars for each message over the free 30 a second, from the balance of a bot that has 100,000 Stars
and 100,000 users a month (https://core.telegram.org/bots/faq#how-can-i-message-all-of-my-bot-39s-subscribers-at-once).
"""

from __future__ import annotations

import logging
from typing import Any, Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod

from bot.delivery.limits import TELEGRAM_PER_SECOND, Pace
from storage.parts import Lane

log = logging.getLogger(__name__)

PAID_PER_SECOND: Final = 1000
"""What Telegram takes in all against payment."""

_FLAG: Final = "allow_paid_broadcast"
_ABOUT_PAYING: Final = ("paid", "payment", "stars", "balance")


class Paid:
    """Marks bulk calls as paid for.  Once Telegram refuses that, it is free sending at the free pace from then on.

    Limits: how Telegram words the refusal is not documented; a 400 that speaks of paying is taken for one.
    """

    def __init__(self, wanted: bool, pace: Pace) -> None:
        self.active = wanted
        self._pace = pace

    def marked(self, call: TelegramMethod[Any], lane: Lane) -> TelegramMethod[Any]:
        """The call as it goes out: in bulk with the mark, where its method has one."""
        if not self.active or lane == Lane.REPLIES or _FLAG not in type(call).model_fields:
            return call
        return call.model_copy(update={_FLAG: True})

    def is_refused(self, call: TelegramMethod[Any], error: Exception) -> bool:
        """Whether Telegram does not take payment: then the call certainly was not made and is free the next time."""
        if not isinstance(error, TelegramBadRequest) or not getattr(call, _FLAG, False):
            return False
        if not any(word in error.message.lower() for word in _ABOUT_PAYING):
            return False
        if self.active:
            log.error("Telegram refuses paid broadcasts (%s); sending at the free pace", error.message)
            self.active = False
            self._pace.slow_down(TELEGRAM_PER_SECOND)
        return True
