"""How fast messages may leave: in all, to one chat, to one group.

Telegram allows about 30 messages a second in all, one a second to a chat, 20 a minute to a group
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).  Times are seconds of a steady clock.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

_T = TypeVar("_T")

CHAT_PER_SECOND: Final = 1.0
GROUP_PER_MINUTE: Final = 20
GROUP_KINDS: Final = frozenset({"group", "channel"})

_KEPT_CHATS: Final = 10_000
_CATCH_UP: Final = 4
"""Sends that may follow each other at once after the sender was held up: keeps the pace without a burst."""


class Pace:
    """The total pace: evenly spaced, never more than `per_second` within any second; 0 means without limit."""

    def __init__(self, per_second: float, steady: Callable[[], float]) -> None:
        self.per_second = per_second
        self._steady = steady
        self._next = steady()
        self._recent: deque[float] = deque(maxlen=max(int(per_second), 1))

    def delay(self) -> float:
        """Seconds until the next send may begin; 0 when it may now."""
        if not self.per_second:
            return 0.0
        now = self._steady()
        wait = max(self._next - now, 0.0)
        if len(self._recent) == self._recent.maxlen:
            wait = max(wait, self._recent[0] + 1.0 - now)
        return wait

    def allowance(self) -> int:
        """How many sends may begin together now: one, or a few where the sender has fallen behind its pace."""
        if not self.per_second:
            return _CATCH_UP
        behind = (self._steady() - self._next) * self.per_second
        return max(1, min(int(behind) + 1, _CATCH_UP, self._room_in_this_second()))

    def _room_in_this_second(self) -> int:
        most = self._recent.maxlen or 1
        since = self._steady() - 1.0
        return most - sum(moment > since for moment in self._recent)

    def take(self) -> None:
        """Counts a send that begins now, whether or not its time had come: the next ones wait for it."""
        if not self.per_second:
            return
        now = self._steady()
        spacing = 1.0 / self.per_second
        self._next = max(self._next, now - _CATCH_UP * spacing) + spacing
        self._recent.append(now)


class ChatPace:
    """The pace to each chat: a second apart, and no more than 20 a minute to a group or channel."""

    def __init__(
        self,
        steady: Callable[[], float],
        *,
        chat_per_second: float = CHAT_PER_SECOND,
        group_per_minute: int = GROUP_PER_MINUTE,
    ) -> None:
        self._steady = steady
        self._chat_per_second = chat_per_second
        self._group_per_minute = group_per_minute
        self._last: OrderedDict[int, float] = OrderedDict()
        self._in_groups: OrderedDict[int, deque[float]] = OrderedDict()

    def delay(self, chat_id: int) -> float:
        """Seconds until this chat may be written to again; 0 when it may be now."""
        last = self._last.get(chat_id)
        if last is None or not self._chat_per_second:
            return 0.0
        now = self._steady()
        wait = last + 1.0 / self._chat_per_second - now
        recent = self._in_groups.get(chat_id)
        if recent and len(recent) == recent.maxlen:
            wait = max(wait, recent[0] + 60.0 - now)
        return max(wait, 0.0)

    def take(self, chat_id: int, kind: str) -> None:
        """Counts a send to a chat that begins now."""
        now = self._steady()
        _remember(self._last, chat_id, now)
        if kind in GROUP_KINDS:
            recent = self._in_groups.get(chat_id) or deque(maxlen=self._group_per_minute)
            recent.append(now)
            _remember(self._in_groups, chat_id, recent)


def _remember(kept: OrderedDict[int, _T], chat_id: int, value: _T) -> None:
    """Keeps what is newest: a chat that is forgotten has not been written to for thousands of others."""
    kept[chat_id] = value
    kept.move_to_end(chat_id)
    while len(kept) > _KEPT_CHATS:
        kept.popitem(last=False)


sending_in_bulk: ContextVar[bool] = ContextVar("sending_in_bulk", default=False)
"""True within the sender's own calls, which it has counted already."""

_SENDING = ("send", "copy", "forward", "edit")


class RepliesFirst(BaseRequestMiddleware):
    """Counts what handlers send against the total pace: replies leave at once, bulk sending makes room for them."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Passes the request on unchanged."""
        name: Any = method.__api_method__
        if not sending_in_bulk.get() and name.startswith(_SENDING) and name != "sendChatAction":
            self._pace.take()
        return await make_request(bot, method)
