"""One person cannot keep the bot busy: so many updates at once, then one at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.types import TelegramObject

from handlers.dependencies import Clock


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a person's allowance, and since when."""

    tokens: float
    at: datetime


class Throttle(BaseMiddleware):
    """A token bucket a person: `burst` updates at once, `per_second` in the long run; the rest is not handled.

    Remembers at most `people` of them, those who wrote last.
    """

    def __init__(
        self,
        clock: Clock,
        burst: int = 20,
        per_second: float = 2,
        people: int = 10_000,
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._per_second = per_second
        self._people = people
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        context: EventContext = data[EVENT_CONTEXT_KEY]
        if context.user_id is not None and not self.admits(context.user_id):
            return None
        return await handler(event, data)

    def admits(self, user_id: int) -> bool:
        """Whether this person may be heard now; takes one token where they may."""
        now = self._clock()
        bucket = self._buckets.pop(user_id, Bucket(self._burst, now))
        earned = max(0.0, (now - bucket.at).total_seconds()) * self._per_second
        tokens = min(float(self._burst), bucket.tokens + earned)
        admitted = tokens >= 1
        self._buckets[user_id] = Bucket(tokens - 1 if admitted else tokens, now)
        while len(self._buckets) > self._people:
            self._buckets.popitem(last=False)
        return admitted
