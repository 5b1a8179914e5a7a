"""The sender: claims what is due, commits that it is on its way, calls Telegram, records what became of it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import Bot, methods
from aiogram.exceptions import AiogramError
from aiogram.methods import TelegramMethod
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from bot.delivery.clock import Clock, SystemClock
from bot.delivery.limits import (
    CHAT_PER_SECOND,
    GROUP_PER_MINUTE,
    TELEGRAM_PER_SECOND,
    ChatPace,
    Pace,
    Turn,
    sending_in_bulk,
)
from bot.delivery.lock import SenderLock
from bot.delivery.outcomes import delivered, is_out_of_reach, outcome, put_back
from bot.delivery.paid import Paid
from bot.messages.albums import messages_in
from storage.database import Database
from storage.deliveries import EVERYONE, Claim, Deliveries, Lane, Part, Verdict

log = logging.getLogger(__name__)

NORMAL_PACE: Final = 50
"""Messages a second up to which each is committed on its own; above it they are committed in groups."""

_LARGEST_GROUP: Final = 100
_LONGEST_IDLE: Final = 15.0
_SHORTEST_IDLE: Final = 0.01
_CHECK_LOCK_EVERY: Final = 5.0
_LONGEST_REST: Final = 60.0
_BUSY_DELAY: Final = 0.2
_NOTHING: Final = 1e-6
_AHEAD: Final = 0.05
"""How long before its time a message is claimed, so that the commit does not slow the pace."""


@dataclass(slots=True)
class SenderStatus:
    """How the sender is doing, for health and metrics."""

    sending: bool = False
    """Whether this instance holds the lock."""
    calls: int = 0
    last_success_at: datetime | None = None
    flood_until: datetime | None = None
    outcomes: dict[str, int] = field(default_factory=dict)


class Sender:
    """Empties the outbox, as one of possibly several instances of which one at a time sends.

    `per_second` is the pace in bulk (0: as fast as it goes).  `pace` may be shared with `RepliesFirst`, so that what
    handlers send counts too.  With `paid` it asks Telegram for more than the free pace, for Stars.
    """

    def __init__(
        self,
        database: Database,
        bot: Bot,
        clock: Clock | None = None,
        *,
        per_second: float = 25,
        chat_per_second: float = CHAT_PER_SECOND,
        group_per_minute: int = GROUP_PER_MINUTE,
        pace: Pace | None = None,
        paid: bool = False,
        request_timeout: int = 30,
        grace: float = 20.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.status = SenderStatus()
        self.leads = asyncio.Event()
        """Set while this instance holds the lock: it is the one of several that works unasked."""
        self._clock = clock or SystemClock()
        self._deliveries = Deliveries(database)
        self._bot = bot
        self._pace = pace or Pace(per_second, self._clock.steady)
        self._chats = ChatPace(
            self._clock.steady, chat_per_second=chat_per_second, group_per_minute=group_per_minute
        )
        self._paid = Paid(paid and per_second > TELEGRAM_PER_SECOND, self._pace)
        self._group = _group_size(per_second)
        self._most_in_flight = max(2 * self._group, 32)
        self._lock = SenderLock(database, self._clock)
        self._request_timeout = request_timeout
        self._grace = grace
        self._chance = chance
        self._wake = asyncio.Event()
        self._in_flight: dict[int, tuple[Claim, asyncio.Task[None] | None]] = {}
        self._busy_chats: set[int] = set()
        self._results: asyncio.Queue[Verdict] = asyncio.Queue()
        self._calls: dict[tuple[int, int], TelegramMethod[Any]] = {}
        self._turn = 0
        self._rest_until = 0.0
        self._failures_in_a_row = 0
        self._lock_checked = 0.0

    def poke(self) -> None:
        """There may be something to send: look now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set, then finishes what is in flight.  Waits while another instance sends."""
        watcher = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                if await self._lock.acquire(stop):
                    await self._send_safely_until(stop)
        finally:
            watcher.cancel()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _send_safely_until(self, stop: asyncio.Event) -> None:
        try:
            await self._send_until(stop)
        except (SQLAlchemyError, OSError):
            log.exception("the database could not be reached; the sender begins anew")
            await self._clock.wait(stop, 1.0)

    async def _send_until(self, stop: asyncio.Event) -> None:
        recorder = asyncio.create_task(self._keep_recording())
        self.status.sending = True
        try:
            await self._take_over()
            self.leads.set()
            while not (stop.is_set() or recorder.done()) and await self._still_ours():
                await self._step_safely(stop)
            if recorder.done():
                recorder.result()
        finally:
            self.leads.clear()
            await self._finish()
            recorder.cancel()
            self.status.sending = False
            await self._lock.release()

    async def _take_over(self) -> None:
        recovered = await self._deliveries.recover(self._clock.now())
        if recovered.again or recovered.unknown:
            log.warning(
                "interrupted deliveries: %d are sent again, %d are unknown",
                recovered.again,
                recovered.unknown,
            )
        self.status.flood_until = (await self._deliveries.waits()).get(EVERYONE)

    async def _step_safely(self, stop: asyncio.Event) -> None:
        self._wake.clear()
        if stop.is_set():
            return
        try:
            await self._step()
        except (SQLAlchemyError, OSError):
            log.exception("the outbox could not be read; trying again")
            await self._clock.wait(self._wake, 1.0)

    async def _step(self) -> None:
        """Claims what may leave next, a moment ahead of its time, or waits for a reason to look again."""
        delay = max(self._pace.delay() - _AHEAD, self._rest_until - self._clock.steady())
        together = max(self._group, self._pace.allowance()) if self._pace.per_second else self._group
        room = min(together, self._most_in_flight - len(self._in_flight))
        if delay > _NOTHING:
            await self._clock.wait(self._wake, min(delay, _LONGEST_IDLE))
        elif room <= 0:
            await self._clock.wait(self._wake, _LONGEST_IDLE)
        elif claims := await self._claim(room):
            for claim in claims:
                self._busy_chats.add(claim.chat_id)
            for claim in claims:
                await self._begin_in_turn(claim)
        else:
            await self._idle()

    async def _claim(self, room: int) -> tuple[Claim, ...]:
        self._turn += 1
        now = self._clock.now()

        def ready_at(chat_id: int) -> datetime | None:
            delay = self._chats.delay(chat_id)
            if chat_id in self._busy_chats:
                delay = max(delay, _BUSY_DELAY)
            return now + timedelta(seconds=delay) if delay > 0 else None

        return await self._deliveries.claim(
            now, room, turn=self._turn, lanes=self._open_lanes(now), ready_at=ready_at
        )

    def _open_lanes(self, now: datetime) -> Sequence[Lane]:
        """All lanes, or only replies while Telegram asks for silence."""
        until = self.status.flood_until
        return (Lane.REPLIES,) if until and until > now else tuple(Lane)

    async def _idle(self) -> None:
        """Waits until something is due, a poke, or the end of a flood wait."""
        now = self._clock.now()
        lanes = self._open_lanes(now)
        moments = [await self._deliveries.next_due(lanes)]
        if len(lanes) < len(Lane):
            moments.append(self.status.flood_until)
        waits = [(moment - now).total_seconds() for moment in moments if moment]
        seconds = min([*waits, _LONGEST_IDLE])
        await self._clock.wait(self._wake, max(seconds, _SHORTEST_IDLE))

    async def _begin_in_turn(self, claim: Claim) -> None:
        """Begins a call when the pace lets it; what Telegram would not take now goes back into the queue."""
        count = messages_in((claim.part,))
        while delay := self._pace.bulk_delay(count):
            await self._clock.wait(asyncio.Event(), delay)
        resting = self._rest_until > self._clock.steady()
        if resting or claim.lane not in self._open_lanes(self._clock.now()):
            self._in_flight[claim.id] = claim, None
            self._results.put_nowait(put_back(claim, self._clock.now()))
            return
        turn = self._pace.take_bulk(count)
        self._chats.take(claim.chat_id, claim.chat_kind, count)
        self._in_flight[claim.id] = claim, asyncio.create_task(self._deliver(claim, turn))

    async def _deliver(self, claim: Claim, turn: Turn) -> None:
        sending_in_bulk.set(True)
        self.status.calls += 1
        call = None
        try:
            call = self._paid.marked(self._call(claim), claim.lane)
            turn.begin(self._clock.steady())
            answer = await self._bot(call, request_timeout=self._request_timeout)
        except Exception as error:  # one poisonous row must not stop the others
            verdict = self._verdict(claim, call, error)
            self._learn_from(error, verdict)
        else:
            verdict = delivered(claim, answer, self._clock.now())
            self.status.last_success_at = self._clock.now()
            self._failures_in_a_row = 0
        self._results.put_nowait(verdict)

    def _verdict(self, claim: Claim, call: TelegramMethod[Any] | None, error: Exception) -> Verdict:
        if call is not None and self._paid.is_refused(call, error):
            self._group = _group_size(self._pace.per_second)
            return put_back(claim, self._clock.now())
        return outcome(claim, error, self._clock.now(), self._chance)

    def _learn_from(self, error: Exception, verdict: Verdict) -> None:
        if verdict.wait_until:
            log.warning("Telegram asks for silence until %s", verdict.wait_until)
            known = self.status.flood_until
            self.status.flood_until = max(known, verdict.wait_until) if known else verdict.wait_until
        elif is_out_of_reach(error):
            self._failures_in_a_row += 1
            rest = min(2.0 ** min(self._failures_in_a_row, 10), _LONGEST_REST) * (0.5 + self._chance() / 2)
            self._rest_until = self._clock.steady() + rest
            log.warning("Telegram is out of reach (%s); resting for %.0f s", error, rest)
        elif verdict.state in ("failed", "unknown"):
            unexpected = None if isinstance(error, AiogramError) else error
            log.warning("delivery %d: %s: %s", verdict.delivery_id, verdict.state, error, exc_info=unexpected)

    def _call(self, claim: Claim) -> TelegramMethod[Any]:
        """The Bot API call of a claim.  What is the same for every recipient is validated once."""
        key = (claim.message_id, claim.part_number)
        call = self._calls.get(key)
        if call is None:
            call = _method(claim.part, claim.chat_id)
            if "message_id" in claim.part.params:
                return call
            if len(self._calls) > _LARGEST_GROUP * 10:
                self._calls.clear()
            self._calls[key] = call
        own: dict[str, Any] = {"chat_id": claim.chat_id}
        if claim.thread_id is not None and "message_thread_id" in type(call).model_fields:
            own["message_thread_id"] = claim.thread_id
        return call.model_copy(update=own)

    async def _keep_recording(self) -> None:
        while True:
            verdicts = [await self._results.get()]
            while not self._results.empty():
                verdicts.append(self._results.get_nowait())
            await self._record(verdicts)

    async def _record(self, verdicts: Sequence[Verdict]) -> None:
        """Writes outcomes down, together or, where that fails, one by one."""
        try:
            await self._deliveries.record(verdicts, self._clock.now())
        except (SQLAlchemyError, OSError):
            log.exception("%d outcomes could not be recorded together", len(verdicts))
            for verdict in verdicts:
                await self._record_alone(verdict)
        for verdict in verdicts:
            claim, _task = self._in_flight.pop(verdict.delivery_id)
            self._busy_chats.discard(claim.chat_id)
            self.status.outcomes[verdict.state] = self.status.outcomes.get(verdict.state, 0) + 1
        self._wake.set()

    async def _record_alone(self, verdict: Verdict) -> None:
        """Tries while the database cannot be reached; an outcome that it refuses is left to the next recovery."""
        while True:
            try:
                await self._deliveries.record((verdict,), self._clock.now())
                return
            except (OperationalError, InterfaceError, OSError):
                log.exception("the outcome of delivery %d could not be recorded yet", verdict.delivery_id)
                await self._clock.wait(asyncio.Event(), 0.5)
            except SQLAlchemyError:
                log.exception("the outcome of delivery %d is refused by the database", verdict.delivery_id)
                return

    async def _finish(self) -> None:
        """Lets calls in flight end and be recorded; those that take too long are left for recovery."""
        deadline = self._clock.steady() + self._grace
        while self._in_flight and self._clock.steady() < deadline:
            self._wake.clear()
            await self._clock.wait(self._wake, 0.05)
        for _claim, task in self._in_flight.values():
            if task is not None:
                task.cancel()
        self._in_flight.clear()
        self._busy_chats.clear()

    async def _still_ours(self) -> bool:
        now = self._clock.steady()
        if now - self._lock_checked < _CHECK_LOCK_EVERY:
            return True
        self._lock_checked = now
        if await self._lock.is_held():
            return True
        log.error("the sender's lock is lost; another instance may send now")
        return False


def _group_size(per_second: float) -> int:
    if not per_second:
        return _LARGEST_GROUP
    return 1 if per_second <= NORMAL_PACE else min(int(per_second / NORMAL_PACE) + 1, _LARGEST_GROUP)


def _method(part: Part, chat_id: int) -> TelegramMethod[Any]:
    """Raises ValueError where the Bot API knows no such method or it does not take these parameters."""
    name = part.method[:1].upper() + part.method[1:]
    kind: type[TelegramMethod[Any]] | None = getattr(methods, name, None)
    if kind is None:
        raise ValueError(f"the Bot API has no method {part.method}")
    return kind.model_validate({**part.params, "chat_id": chat_id})
