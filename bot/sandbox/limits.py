"""What Telegram allows: sizes of things, and how many messages in what time.

Sizes: https://core.telegram.org/bots/api and https://limits.tginfo.me.  Pace: https://core.telegram.org/bots/faq
("My bot is hitting limits").  Telegram does not publish its formula for the pace; these are buckets with the
published rates, and bursts of the size that senders report to pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.sandbox.errors import too_many_requests

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC."""

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ENTITIES = 100
BUTTONS = 100
BUTTONS_IN_ROW = 8
CALLBACK_DATA_BYTES = 64
COPY_TEXT_UNITS = 256
START_PARAMETER = 64
CALLBACK_ANSWER_UNITS = 200
COMMANDS = 100
COMMAND_DESCRIPTION = 256
DESCRIPTION = 512
SHORT_DESCRIPTION = 120
NAME = 64
ALBUM = range(2, 11)
PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPDATES_AT_ONCE = 100
INLINE_RESULTS = 50
INLINE_OFFSET = 64


@dataclass(frozen=True)
class Pace:
    """How fast a bot may send, in messages a second, and how many may come at once."""

    chat_rate: float = 1.0
    chat_burst: int = 8
    group_rate: float = 20 / 60
    group_burst: int = 20
    total_rate: float = 30.0
    total_burst: int = 30


class Bucket:
    """A token bucket that, once overdrawn, stays shut for the whole seconds it announced."""

    __slots__ = ("at", "burst", "rate", "shut_until", "tokens")

    def __init__(self, rate: float, burst: int, at: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self.at = at
        self.shut_until = 0.0

    def wait(self, cost: int, at: float) -> float:
        """Seconds until `cost` messages may pass; 0 when they may now.  Takes nothing."""
        self.tokens = min(self.burst, self.tokens + (at - self.at) * self.rate)
        self.at = at
        if at < self.shut_until:
            return self.shut_until - at
        missing = min(cost, self.burst) - self.tokens
        return missing / self.rate if missing > 1e-9 else 0.0

    def take(self, cost: int) -> None:
        """Spends; an album larger than what is left may leave a debt."""
        self.tokens -= cost

    def shut(self, seconds: float) -> None:
        """Refuses everything for a while: Telegram keeps to what it announced, and asking again changes nothing."""
        if self.at >= self.shut_until:
            self.shut_until = self.at + seconds


class FloodLimits:
    """The pace of one bot, in all, per chat and per group.  Can be switched off for measuring."""

    def __init__(self, clock: Clock, pace: Pace | None = None, *, enabled: bool = True) -> None:
        self._clock = clock
        self.pace = pace or Pace()
        self.enabled = enabled
        self.refused = 0
        self._chats: dict[int, Bucket] = {}
        self._total: Bucket | None = None

    def configure(self, *, enabled: bool | None = None, **pace: float) -> None:
        """Switches the limits or changes the pace; what was counted so far is forgotten."""
        if enabled is not None:
            self.enabled = enabled
        self.pace = replace(self.pace, **pace)  # type: ignore[arg-type]  # rates are floats, bursts ints
        self._chats.clear()
        self._total = None

    def charge(self, chat_id: int, cost: int = 1) -> None:
        """Counts messages sent to a chat.

        Raises the 429 of Telegram when there are too many; nothing is counted then.
        """
        if not self.enabled:
            return
        at = self._clock().timestamp()
        buckets = (self._chat(chat_id, at), self._all(at))
        waits = [bucket.wait(cost, at) for bucket in buckets]
        if longest := max(waits):
            self.refused += 1
            seconds = max(1, math.ceil(longest - 1e-6))
            buckets[waits.index(longest)].shut(seconds)
            raise too_many_requests(seconds)
        for bucket in buckets:
            bucket.take(cost)

    def _chat(self, chat_id: int, at: float) -> Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            pace = self.pace
            rate, burst = (
                (pace.group_rate, pace.group_burst) if chat_id < 0 else (pace.chat_rate, pace.chat_burst)
            )
            bucket = self._chats[chat_id] = Bucket(rate, int(burst), at)
        return bucket

    def _all(self, at: float) -> Bucket:
        if self._total is None:
            self._total = Bucket(self.pace.total_rate, int(self.pace.total_burst), at)
        return self._total
