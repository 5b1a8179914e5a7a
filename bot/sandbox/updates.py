"""The queue of updates a bot has not confirmed yet, and the two ways in which it can be emptied.

https://core.telegram.org/bots/api#getting-updates: `getUpdates` confirms everything below its `offset`; a webhook
confirms an update by answering it with a 2xx.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.errors import Json, conflict

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that a bot gets only if it names them in `allowed_updates`."""


@dataclass
class Webhook:
    """Where updates are posted to, and how that went."""

    url: str
    secret: str = ""
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int = 40


@dataclass
class UpdateQueue:
    """Updates in order; `changed` wakes whoever waits for one."""

    next_id: int = 100_000_001
    pending: deque[Json] = field(default_factory=deque)
    allowed: list[str] = field(default_factory=list)
    webhook: Webhook | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: int = 0

    def push(self, kind: str, payload: Json) -> None:
        """Adds an update, unless the bot asked not to get this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return
        self.pending.append({"update_id": self.next_id, kind: payload})
        self.next_id += 1
        self.changed.set()

    def allow(self, kinds: list[str] | None) -> None:
        """Keeps which kinds the bot wants; None leaves what was said before."""
        if kinds is not None:
            self.allowed = [str(kind) for kind in kinds]

    def confirm(self, offset: int) -> None:
        """Forgets updates below `offset`; a negative one keeps only that many of the last."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
            return
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()

    def drop(self) -> None:
        """Forgets all of them."""
        self.pending.clear()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """What `getUpdates` answers: at once if there is something, else when there is or time is up.

        Raises 409 while a webhook is set, and for a poll that a newer one has taken over.
        """
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.confirm(offset)
        self._poll += 1
        mine = self._poll
        self.changed.set()
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.pending:
            remaining = deadline - asyncio.get_running_loop().time()
            if remaining <= 0:
                break
            await self._wait(remaining)
            if mine != self._poll:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
        return [update for update, _ in zip(self.pending, range(limit), strict=False)]

    def release(self) -> None:
        """Ends the poll that waits, if one does: the server stops."""
        self._poll += 1
        self.changed.set()

    async def _wait(self, seconds: float) -> None:
        self.changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self.changed.wait()
        except TimeoutError:
            return

    def info(self) -> Json:
        """What `getWebhookInfo` answers."""
        hook = self.webhook
        answer: Json = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if hook:
            answer["max_connections"] = hook.max_connections
            if hook.last_error_date:
                answer["last_error_date"] = hook.last_error_date
                answer["last_error_message"] = hook.last_error_message
        if self.allowed:
            answer["allowed_updates"] = self.allowed
        return answer
