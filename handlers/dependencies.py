"""What the conversations need of the rest of the house, handed in by the roof."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.announcements import AnnouncementDesk
from bot.listening import Listening
from storage.conversations import Conversations
from storage.database import Database
from storage.deliveries import Deliveries
from storage.languages import Names
from storage.questions import Questions
from storage.registry import Registry
from storage.releases import Releases
from storage.sources import Sources
from storage.staff import Staff
from storage.subscribers import Subscribers

Clock = Callable[[], datetime]
"""Tells the time, in aware UTC."""


@dataclass(frozen=True)
class Dependencies:
    """Each field is handed to the handlers that name it.

    `territories` are the names by slug, in the order in which they are offered.
    `poke` wakes the sender; `refresh_now` fetches the sources that are due, or the one that is named.
    `clock` tells the time, in aware UTC.  Without `staff_chat_id` each staff member is told what waits for them.
    """

    database: Database
    subscribers: Subscribers
    releases: Releases
    deliveries: Deliveries
    registry: Registry
    questions: Questions
    staff: Staff
    sources: Sources
    announcements: AnnouncementDesk
    hearing: Listening
    conversations: Conversations
    territories: Mapping[str, Names]
    clock: Clock
    poke: Callable[[], None]
    refresh_now: Callable[[str | None], Awaitable[None]]
    sends_per_second: float
    staff_chat_id: int | None = None

    def workflow_data(self) -> dict[str, Any]:
        """The fields by name, as aiogram hands them to handlers."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
