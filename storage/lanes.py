"""Which waiting deliveries go next: faster lanes first, slower ones not starved, one at a time to a chat.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

from storage.parts import Lane


class Waiting(Protocol):
    """What is known of a waiting delivery."""

    chat_id: int


_W = TypeVar("_W", bound=Waiting)

RESERVED_SHARE: Final = 16
"""Of so many sends in a row, one goes to each slower lane that waits, however much the faster ones have."""


def choose(
    waiting: Mapping[Lane, Sequence[_W]],
    limit: int,
    turn: int,
    ready_at: Callable[[int], datetime | None],
) -> tuple[list[_W], dict[int, datetime]]:
    """Which waiting rows go now, and the chats that are not ready with the moment when they are."""
    chosen: list[_W] = []
    put_off: dict[int, datetime] = {}
    taken_chats: set[int] = set()
    queue = {lane: list(reversed(rows)) for lane, rows in waiting.items()}

    def take(lane: Lane, most: int) -> None:
        rows = queue.get(lane, [])
        while rows and most > 0 and len(chosen) < limit:
            row = rows.pop()
            if row.chat_id in taken_chats or row.chat_id in put_off:
                continue
            if moment := ready_at(row.chat_id):
                put_off[row.chat_id] = moment
                continue
            taken_chats.add(row.chat_id)
            chosen.append(row)
            most -= 1

    for lane in sorted(queue, reverse=True)[:-1]:
        take(lane, _reserved(lane, limit, turn))
    for lane in sorted(queue):
        take(lane, limit)
    return chosen, put_off


def _reserved(lane: Lane, limit: int, turn: int) -> int:
    """How many of `limit` sends a slower lane may take before the faster ones: one of each `RESERVED_SHARE`."""
    first = turn * limit + int(lane)
    return (first + limit) // RESERVED_SHARE - first // RESERVED_SHARE
