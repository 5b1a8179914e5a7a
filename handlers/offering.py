"""What there is to choose from, as it is now: a topic that staff have just made is there at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

from handlers.announce_screens import AudienceScene
from handlers.dependencies import Dependencies
from storage.registry.offered import OfferedTopics
from storage.territory_tree import territory_tree


class Offering(BaseMiddleware):
    """Gives handlers `topics`, the names by slug in the order in which they are offered, and `scene`, which counts
    the people behind them.  What one update is answered with does not change while it is being answered.
    """

    def __init__(self, deps: Dependencies) -> None:
        self._offered = OfferedTopics(deps.database)
        self._deps = deps

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        topics = await self._offered.names()
        data["topics"] = topics
        data["scene"] = AudienceScene(
            self._deps.announcements,
            topics,
            partial(territory_tree, self._deps.database),
            self._deps.staff_chat_id,
        )
        return await handler(event, data)
