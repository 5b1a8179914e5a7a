"""What every screen of choices is made with, in one piece: whose choice it is, in which words, out of what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.i18n import Translation, translation
from handlers.rights import Deciding, refuse
from storage.cadence import Cadence
from storage.database import Database
from storage.errors import N_
from storage.languages import Names
from storage.subscribers import Chat, Subscribers, Subscription, What
from storage.territory_tree import TerritoryTree, territory_tree

TOO_OLD = N_(
    "This message is too old: I no longer see where in the group it stands. Please send /topics there."
)


@dataclass(frozen=True)
class Choosing:
    """A chat whose choices are shown or changed, and what there is to choose from.

    `tr` is the language of the conversation: that of the one who chooses, where a channel is set up in private.
    `thread_id` is the topic of a forum in which one chooses: each has subscriptions of its own.
    """

    target: Chat
    tr: Translation
    subscribers: Subscribers
    topics: Mapping[str, Names]
    tree: TerritoryTree
    now: datetime
    thread_id: int | None = None

    @property
    def place(self) -> str:
        """The territory that the chat hears of, in words."""
        slug = self.target.territory
        known = slug is not None and slug in self.tree
        return (
            self.tree.name(slug, self.tr.language) if slug and known else self.tr.gettext("The whole country")
        )

    async def held(self) -> tuple[Subscription, ...]:
        """What is told here: in the chat, or in the topic of a forum."""
        return await self.subscribers.subscriptions_in(self.target.id, self.thread_id)

    async def held_elsewhere(self) -> tuple[Subscription, ...]:
        """What is told in other topics of the forum."""
        held = await self.subscribers.subscriptions(self.target.id)
        return tuple(one for one in held if one.thread_id != self.thread_id)

    async def subscribe(self, what: What) -> tuple[Subscription, ...]:
        """Subscribes here; returns what is told here then."""
        return await self.subscribers.subscribe(self.target.id, what, self.now, thread_id=self.thread_id)

    async def choose_cadence(self, cadence: Cadence) -> None:
        """How often everything is told here."""
        await self.subscribers.choose_cadence(self.target.id, cadence, self.now, self.thread_id)

    async def toggle(self, what: What) -> tuple[Subscription, ...]:
        """Subscribes here, or ends that; returns what is told here then."""
        return await self.subscribers.toggle(self.target.id, what, self.now, self.thread_id)

    async def again(self) -> Choosing:
        """The same after something was chosen."""
        return replace(self, target=await self.subscribers.get(self.target.id) or self.target)

    def in_own_language(self) -> Choosing:
        """The same in the language of the chat."""
        return replace(self, tr=translation(self.target.language))

    async def be_active(self) -> None:
        """A chat that had stopped and subscribes again is written to again."""
        await ensure_active(self.subscribers, self.target, self.now)


class Choices(BaseMiddleware):
    """Gives handlers `choosing`; to stand behind `Deciding`, which says whose choice it is.

    A button so old that Telegram no longer says where in a forum it stands is not taken for one of another topic.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        database: Database = data["database"]
        choosing = data["choosing"] = Choosing(
            data["target"],
            data["tr"],
            data["subscribers"],
            data["topics"],
            await territory_tree(database),
            data["clock"](),
            thread_of(event, data["target"]),
        )
        if is_out_of_sight(event) and await choosing.held_elsewhere():
            return await refuse(event, choosing.tr.gettext(TOO_OLD), data.get("notice"))
        return await handler(event, data)


def router_of_choices(name: str, subscribers: Subscribers) -> Router:
    """A router whose handlers get `target`, once the person may decide for it, and `choosing`."""
    router = Router(name=name)
    for observer in (router.message, router.callback_query):
        observer.middleware(Deciding(subscribers))
        observer.middleware(Choices())
    return router


async def ensure_active(subscribers: Subscribers, target: Chat, now: datetime) -> None:
    """A chat that had stopped and subscribes again is written to again."""
    if target.state != "active":
        await subscribers.greet(target.id, target.kind, target.language, now)


def is_out_of_sight(event: Message | CallbackQuery) -> bool:
    """Whether it is a button on a message that Telegram no longer shows to bots.  Pure."""
    return isinstance(event, CallbackQuery) and not isinstance(event.message, Message)


def of_thread(held: Iterable[Subscription], thread_id: int | None) -> tuple[Subscription, ...]:
    """Those that are told in one topic of a forum, or, for None, in the chat itself.  Pure."""
    return tuple(one for one in held if one.thread_id == thread_id)


def thread_of(event: Message | CallbackQuery, target: Chat) -> int | None:
    """The forum topic of the chat in which something is asked for; None outside forums and for other chats.  Pure."""
    message = event if isinstance(event, Message) else event.message
    if not isinstance(message, Message) or not message.is_topic_message or message.chat.id != target.id:
        return None
    return message.message_thread_id
