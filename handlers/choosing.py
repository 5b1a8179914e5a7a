"""What every screen of choices is made with, in one piece: whose choice it is, in which words, out of what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.i18n import Translation, translation
from handlers.rights import Deciding
from storage.database import Database
from storage.languages import Names
from storage.subscribers import Chat, Subscribers, Subscription
from storage.territory_tree import TerritoryTree, territory_tree


@dataclass(frozen=True)
class Choosing:
    """A chat whose choices are shown or changed, and what there is to choose from.

    `tr` is the language of the conversation: that of the one who chooses, where a channel is set up in private.
    """

    target: Chat
    tr: Translation
    subscribers: Subscribers
    topics: Mapping[str, Names]
    tree: TerritoryTree
    now: datetime

    @property
    def place(self) -> str:
        """The territory that the chat hears of, in words."""
        slug = self.target.territory
        known = slug is not None and slug in self.tree
        return (
            self.tree.name(slug, self.tr.language) if slug and known else self.tr.gettext("The whole country")
        )

    async def held(self) -> tuple[Subscription, ...]:
        """What the chat is subscribed to."""
        return await self.subscribers.subscriptions(self.target.id)

    async def again(self) -> Choosing:
        """The same after something was chosen."""
        return replace(self, target=await self.subscribers.get(self.target.id) or self.target)

    def in_own_language(self) -> Choosing:
        """The same in the language of the chat."""
        return replace(self, tr=translation(self.target.language))

    async def be_active(self, event: Message | CallbackQuery) -> None:
        """A chat that had stopped and subscribes again is written to again, in the forum topic it asks in."""
        await ensure_active(self.subscribers, self.target, event, self.now)


class Choices(BaseMiddleware):
    """Gives handlers `choosing`; to stand behind `Deciding`, which says whose choice it is."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        database: Database = data["database"]
        data["choosing"] = Choosing(
            data["target"],
            data["tr"],
            data["subscribers"],
            data["topics"],
            await territory_tree(database),
            data["clock"](),
        )
        return await handler(event, data)


def router_of_choices(name: str, subscribers: Subscribers) -> Router:
    """A router whose handlers get `target`, once the person may decide for it, and `choosing`."""
    router = Router(name=name)
    for observer in (router.message, router.callback_query):
        observer.middleware(Deciding(subscribers))
        observer.middleware(Choices())
    return router


async def ensure_active(
    subscribers: Subscribers, target: Chat, event: Message | CallbackQuery, now: datetime
) -> None:
    """A chat that had stopped and subscribes again is written to again; news goes to the forum topic it asks in."""
    thread_id = thread_of(event, target)
    if target.state != "active" or (thread_id and thread_id != target.thread_id):
        await subscribers.greet(target.id, target.kind, target.language, now, thread_id)


def thread_of(event: Message | CallbackQuery, target: Chat) -> int | None:
    """The forum topic of the chat in which something is asked for; None outside forums and for other chats.  Pure."""
    message = event if isinstance(event, Message) else event.message
    if not isinstance(message, Message) or not message.is_topic_message or message.chat.id != target.id:
        return None
    return message.message_thread_id
