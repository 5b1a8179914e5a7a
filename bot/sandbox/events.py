"""Who watches the sandbox live: each browser tab has a queue, and what happens is put into all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.sandbox.errors import Json

QUEUE_LIMIT = 2000
"""A tab that has not read this many events is told to load everything again instead."""


class Events:
    """Fans events out to listeners; costs next to nothing while nobody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json]] = set()

    @property
    def watched(self) -> bool:
        """Whether anybody listens, so that a view need not be drawn for nobody."""
        return bool(self._listeners)

    def listeners(self) -> list[asyncio.Queue[Json]]:
        """The queues of all who listen."""
        return list(self._listeners)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Json]]:
        """A queue of what happens from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def emit(self, event: Json) -> None:
        """Tells every listener; one that lags far behind is told to start over."""
        for queue in self._listeners:
            if queue.qsize() >= QUEUE_LIMIT:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "reload"})
            else:
                queue.put_nowait(event)
