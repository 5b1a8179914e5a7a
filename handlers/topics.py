"""/topics: what a chat is told about, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.cadence import cadence_screen
from handlers.callbacks import (
    CadenceWanted,
    LastWeekWanted,
    SettingWanted,
    SourcesFollowed,
    TerritoriesWanted,
    TerritoryChosen,
    TopicsWanted,
    TopicToggled,
    TopicWanted,
)
from handlers.choices import place_name
from handlers.dependencies import Clock
from handlers.keyboards import back, button, chosen
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.screens import Row, Screen, in_columns, show
from storage.languages import Names
from storage.subscribers import Chat, Subscribers, Subscription, What


def router(subscribers: Subscribers) -> Router:
    """The conversation about topics and oblasts."""
    topics = Router(name="topics")
    topics.message.middleware(Deciding(subscribers))
    topics.callback_query.middleware(Deciding(subscribers))
    topics.message.register(show_topics, Command("topics"))
    topics.callback_query.register(show_topics, TopicsWanted.filter())
    topics.callback_query.register(subscribe_to_all, TopicToggled.filter(F.topic == ""))
    topics.callback_query.register(toggle, TopicToggled.filter())
    topics.callback_query.register(show_territories, TerritoriesWanted.filter())
    topics.callback_query.register(choose_territory, TerritoryChosen.filter())
    return topics


async def show_topics(
    event: Message | CallbackQuery,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    callback_data: TopicsWanted | None = None,
) -> None:
    """Shows the topics, those that are chosen marked."""
    held = await subscribers.subscriptions(target.id)
    choice = TopicChoice(tr, target, topics, territories, bool(callback_data and callback_data.first))
    await show(event, choice.screen(held))


async def toggle(
    query: CallbackQuery,
    callback_data: TopicToggled,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Subscribes the chat to a topic, or ends that subscription if it has one."""
    if callback_data.topic not in topics:
        notice.say(tr.gettext("This topic is no longer offered."))
        return
    await ensure_active(subscribers, target, query, clock())
    held = await subscribers.toggle(target.id, What(callback_data.topic, target.territory), clock())
    choice = TopicChoice(tr, target, topics, territories, callback_data.first)
    await show(query, choice.screen(held))


async def subscribe_to_all(
    query: CallbackQuery,
    callback_data: TopicToggled,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Subscribes to every topic; in the first minute goes straight on to how often."""
    await ensure_active(subscribers, target, query, clock())
    held: Sequence[Subscription] = ()
    for slug in topics:
        held = await subscribers.subscribe(target.id, What(slug, target.territory), clock())
    if callback_data.first:
        await show(query, cadence_screen(tr, target, first=True))
        return
    await show(query, TopicChoice(tr, target, topics, territories).screen(held))


async def show_territories(
    query: CallbackQuery,
    callback_data: TerritoriesWanted,
    target: Chat,
    tr: Translation,
    territories: Mapping[str, Names],
) -> None:
    """Shows the oblasts."""
    await show(query, territories_screen(tr, target, territories, callback_data.first))


async def choose_territory(
    query: CallbackQuery,
    callback_data: TerritoryChosen,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Narrows the chat's topics to an oblast, or widens them to the country."""
    territory = callback_data.territory if callback_data.territory in territories else None
    await subscribers.choose_territory(target.id, territory, clock())
    target = await subscribers.get(target.id) or target
    held = await subscribers.subscriptions(target.id)
    await show(query, TopicChoice(tr, target, topics, territories, callback_data.first).screen(held))


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


class TopicChoice:
    """The screen on which topics are chosen.  `first` while a newcomer is being led."""

    def __init__(
        self,
        tr: Translation,
        target: Chat,
        topics: Mapping[str, Names],
        territories: Mapping[str, Names],
        first: bool = False,
    ) -> None:
        self._tr = tr
        self._target = target
        self._topics = topics
        self._territories = territories
        self._first = first
        self._chat = target.id

    def screen(self, held: Sequence[Subscription]) -> Screen:
        """The topics with those that are held marked, the oblast, and the way on."""
        slugs = {one.what.topic for one in held if one.what == self._plain(one.what.topic)}
        every = [slug for slug in self._topics if slug not in slugs]
        return Screen(
            Text(self._tr.gettext("What shall I tell you about? You can choose several.")),
            (
                *([self._topic(slug, slug in slugs)] for slug in self._topics),
                [self._all()] if len(every) > 1 else [],
                [self._place()],
                *self._more(held),
                self._way_on(bool(held)),
            ),
        )

    def _topic(self, slug: str, held: bool) -> InlineKeyboardButton:
        text = chosen(self._topics[slug].in_(self._tr.language), held)
        return button(text, TopicToggled(topic=slug, first=self._first, chat=self._chat))

    def _all(self) -> InlineKeyboardButton:
        return button(
            self._tr.gettext("All topics"), TopicToggled(topic="", first=self._first, chat=self._chat)
        )

    def _place(self) -> InlineKeyboardButton:
        place = place_name(self._tr, self._target.territory, self._territories)
        return button(f"{place} ▾", TerritoriesWanted(first=self._first, chat=self._chat))

    def _more(self, held: Sequence[Subscription]) -> tuple[Row, ...]:
        """What else can be chosen, for those who know their way, and a look at last week for everybody."""
        tr, chat = self._tr, self._chat
        last_week = [
            button(tr.gettext("What there was last week"), LastWeekWanted(first=self._first, chat=chat))
        ]
        if self._first:
            return (last_week,)
        combined = sum(one.what.topic is not None and one.what != self._plain(one.what.topic) for one in held)
        followed = sum(one.what.source is not None for one in held)
        in_oblasts = tr.gettext("Topic in an oblast") + (f" · {combined}" if combined else "")
        sources = tr.gettext("Sources") + (f" · {followed}" if followed else "")
        others = [button(in_oblasts, TopicWanted(chat=chat)), button(sources, SourcesFollowed(chat=chat))]
        return others, last_week

    def _plain(self, topic: str | None) -> What:
        return What(topic, self._target.territory)

    def _way_on(self, any_held: bool) -> Row:
        done = self._tr.gettext("Done")
        if not self._first:
            return [button(done, SettingWanted(setting="menu", chat=self._chat))]
        if not any_held:
            return []
        return [button(done, CadenceWanted(first=True, chat=self._chat), style="primary")]


def territories_screen(
    tr: Translation, target: Chat, territories: Mapping[str, Names], first: bool
) -> Screen:
    """The oblasts and the two cities, the chosen one marked."""
    chat = target.id

    def choice(slug: str | None, name: str) -> InlineKeyboardButton:
        marked = chosen(name, slug == target.territory)
        return button(marked, TerritoryChosen(territory=slug or "", first=first, chat=chat))

    places = (choice(slug, names.in_(tr.language)) for slug, names in territories.items())
    return Screen(
        Text(tr.gettext("Which oblast shall I tell you about?")),
        (
            [choice(None, tr.gettext("The whole country"))],
            *in_columns(places, 2),
            back(tr, TopicsWanted(first=first, chat=chat)),
        ),
    )
