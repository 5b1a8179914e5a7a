"""How fast messages may leave: in all, in bulk, to one chat, to one group.

Telegram allows about 30 messages a second in all, one a second to a chat, 20 a minute to a group
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).  Times are seconds of a steady clock.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, SendMediaGroup, TelegramMethod
from aiogram.methods.base import TelegramType

_T = TypeVar("_T")

TELEGRAM_PER_SECOND: Final = 30
"""What Telegram takes in all without payment."""

CHAT_PER_SECOND: Final = 1.0
GROUP_PER_MINUTE: Final = 20
GROUP_KINDS: Final = frozenset({"group", "channel"})

BULK_SHARE: Final = 5
"""Of so many sends in a row one is bulk's, where it waits, however many replies there are."""

_KEPT_CHATS: Final = 10_000
_CATCH_UP: Final = 4
_CATCH_UP_SECONDS: Final = 0.1
"""What may follow at once after the sender was held up: keeps the pace without a burst."""

_REPLIES_AT_ONCE: Final = 10
_KEPT_FOR_REPLIES: Final = 4
"""Sends that bulk leaves free in a second in which there are replies, so that the next one need not wait."""

_NOTHING: Final = 1e-6
_WINDOW: Final = 1.001
"""A second, and what makes two sends a whole second apart fall into two of them."""

_BULK_ASKS_AGAIN: Final = 0.15
"""Seconds after which bulk that has not asked again no longer waits."""


@dataclass(slots=True, eq=False)
class Turn:
    """A send that was counted: when it was allowed, and from `begin` on, when it was called."""

    at: float

    def begin(self, now: float) -> None:
        """The call goes out only now: what came between did not make the second any longer."""
        self.at = now


class Bucket:
    """Sends that are evenly spaced but for `burst` of them, and never more than `most` within any second.

    0 a second means without limit.
    """

    def __init__(self, per_second: float, steady: Callable[[], float], burst: int, most: float) -> None:
        self._spacing = 1.0 / per_second if per_second else 0.0
        self._burst = burst
        self._steady = steady
        self._next = steady()
        self._recent: deque[Turn] = deque(maxlen=max(int(most), 1))

    def delay(self, count: int = 1) -> float:
        """Seconds until `count` sends may begin together; 0 when they may now."""
        if not self._spacing:
            return 0.0
        now = self._steady()
        wait = self._next - now
        most = self._recent.maxlen or 1
        if (over := len(self._recent) + min(count, most) - most) > 0:
            oldest = islice(self._recent, int(over))  # one that began late stands before others that did not
            wait = max(wait, max(turn.at for turn in oldest) + _WINDOW - now)
        return wait if wait > _NOTHING else 0.0

    def behind(self) -> int:
        """How many sends more than the next one may begin now, to catch up."""
        if not self._spacing:
            return self._burst
        late = int((self._steady() - self._next) / self._spacing)
        return max(0, min(late, self._burst - 1, self._room() - 1))

    def take(self, turn: Turn, count: int = 1) -> None:
        """Counts sends that begin now, whether or not their time had come: the next ones wait for it."""
        if not self._spacing:
            return
        self._next = max(self._next, turn.at - self._burst * self._spacing) + count * self._spacing
        self._recent.extend([turn] * count)

    def _room(self) -> int:
        most = self._recent.maxlen or 1
        since = self._steady() - _WINDOW
        return most - sum(turn.at > since for turn in self._recent)


class Pace:
    """Who may send next: replies first, yet one send of every `BULK_SHARE` is bulk's where it waits.

    Bulk keeps to `per_second` (and catches up, by a few, when it was held up), both together to what Telegram takes
    (`in_all`), in every second; 0 means without limit.  A reply waits
    for no longer than those that came before it and the sends that bulk is owed meanwhile: with `k` replies before
    it, that is `(k + 1) * BULK_SHARE / (BULK_SHARE - 1) + 1` sends.
    """

    def __init__(
        self, per_second: float, steady: Callable[[], float], in_all: float = TELEGRAM_PER_SECOND
    ) -> None:
        self._steady = steady
        self._in_all = in_all
        self.slow_down(per_second)
        self._waiting: deque[object] = deque()
        self._replies_in_a_row = 0
        self._bulk_asked = -_BULK_ASKS_AGAIN
        self._replied = -1.0

    def slow_down(self, per_second: float) -> None:
        """Another pace for bulk from now on, as if nothing had been sent."""
        self.per_second = per_second
        most = max(self._in_all, per_second) if per_second else 0.0
        burst = max(_CATCH_UP, int(per_second * _CATCH_UP_SECONDS))
        self._bulk = Bucket(per_second, self._steady, burst, most)
        self._all = Bucket(most, self._steady, max(_REPLIES_AT_ONCE, burst), most)
        self._spacing = 1.0 / most if most else 0.0

    def delay(self, count: int = 1) -> float:
        """Seconds until `count` messages in bulk may leave, replies that wait aside; asks for nothing."""
        return max(self._all.delay(count + self._kept_free()), self._bulk.delay(count))

    def allowance(self) -> int:
        """How many messages in bulk may leave together now: one, or a few where sending has fallen behind."""
        return 1 + min(self._bulk.behind(), self._all.behind())

    def bulk_delay(self, count: int = 1) -> float:
        """Seconds after which bulk shall ask again for its next `count` messages; 0 when they may leave now."""
        self._bulk_asked = self._steady()
        if delay := self.delay(count):
            return delay
        return self._spacing if self._waiting and not self._is_bulks_turn() else 0.0

    def take_bulk(self, count: int = 1) -> Turn:
        """Counts messages in bulk that leave now, or as soon as their turn begins."""
        turn = Turn(self._steady())
        self._bulk.take(turn, count)
        self._all.take(turn, count)
        self._replies_in_a_row = 0
        return turn

    @contextmanager
    def in_line(self) -> Iterator[object]:
        """A place in the line of replies, for `reply_delay`."""
        place = object()
        self._waiting.append(place)
        try:
            yield place
        finally:
            self._waiting.remove(place)

    def reply_delay(self, place: object, count: int = 1) -> float:
        """Seconds after which a reply of `count` messages shall ask again; 0 when it may leave now."""
        before = self._waiting.index(place)
        if before:
            return self._all.delay() + before * self._spacing
        if delay := self._all.delay(count):
            return delay
        return self._spacing if self._is_bulks_turn() else 0.0

    def take_reply(self, count: int = 1) -> None:
        """Counts a reply that leaves now: an album is as many messages as it has files."""
        self._replied = self._steady()
        self._all.take(Turn(self._replied), count)
        self._replies_in_a_row += count

    def _kept_free(self) -> int:
        quiet = self._steady() - self._replied >= 1.0
        if quiet or not self._spacing or self._replies_in_a_row >= BULK_SHARE - 1:
            return 0
        return min(_KEPT_FOR_REPLIES, int(1.0 / self._spacing) // BULK_SHARE)

    def _is_bulks_turn(self) -> bool:
        waits = self._steady() - self._bulk_asked < _BULK_ASKS_AGAIN
        return waits and self._replies_in_a_row >= BULK_SHARE - 1 and not self._bulk.delay()


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

    def take(self, chat_id: int, kind: str, count: int = 1) -> None:
        """Counts what begins now: an album is as many messages as it has files, and the chat rests as long."""
        now = self._steady()
        rest = (count - 1) / self._chat_per_second if self._chat_per_second else 0.0
        _remember(self._last, chat_id, now + rest)
        if kind in GROUP_KINDS:
            recent = self._in_groups.get(chat_id) or deque(maxlen=self._group_per_minute)
            recent.extend([now] * count)
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
    """Counts what handlers send against the pace: replies go first, bulk sending makes room for them."""

    def __init__(self, pace: Pace, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._pace = pace
        self._sleep = sleep

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Passes the request on unchanged, when its turn has come."""
        name: Any = method.__api_method__
        if not sending_in_bulk.get() and name.startswith(_SENDING) and name != "sendChatAction":
            count = len(method.media) if isinstance(method, SendMediaGroup) else 1
            with self._pace.in_line() as place:
                while delay := self._pace.reply_delay(place, count):
                    await self._sleep(delay)
                self._pace.take_reply(count)
        return await make_request(bot, method)
