"""The territories as they are now, for those who choose or name one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.types import TelegramObject

from bot.i18n import Translation
from storage.database import Database
from storage.territory_tree import TerritoryTree, territory_tree


class Territories(BaseMiddleware):
    """Gives handlers `tree`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        data["tree"] = await territory_tree(self._database)
        return await handler(event, data)


def with_territories(router: Router, database: Database) -> Router:
    """The router, whose handlers may ask for `tree`."""
    for observer in (router.message, router.callback_query):
        observer.middleware(Territories(database))
    return router


def place(tr: Translation, slug: str | None, tree: TerritoryTree) -> str:
    """A territory in words; the whole country where there is none.  Pure."""
    return tree.name(slug, tr.language) if slug else tr.gettext("The whole country")
