"""/topics: what a chat is told about, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

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
from handlers.choosing import Choosing, router_of_choices
from handlers.keyboards import back, button, chosen
from handlers.notices import Notice
from handlers.places import PlaceChoice, slug_of
from handlers.screens import Row, Screen, show
from storage.subscribers import Subscribers, Subscription, What


def router(subscribers: Subscribers) -> Router:
    """The conversation about topics and territories."""
    topics = router_of_choices("topics", subscribers)
    topics.message.register(show_topics, Command("topics"))
    topics.callback_query.register(show_topics, TopicsWanted.filter())
    topics.callback_query.register(subscribe_to_all, TopicToggled.filter(F.topic == ""))
    topics.callback_query.register(toggle, TopicToggled.filter())
    topics.callback_query.register(show_territories, TerritoriesWanted.filter())
    topics.callback_query.register(choose_territory, TerritoryChosen.filter())
    return topics


async def show_topics(
    event: Message | CallbackQuery, choosing: Choosing, callback_data: TopicsWanted | None = None
) -> None:
    """Shows the topics, those that are chosen marked."""
    choice = TopicChoice(choosing, bool(callback_data and callback_data.first))
    await show(event, choice.screen(await choosing.held()))


async def toggle(
    query: CallbackQuery, callback_data: TopicToggled, choosing: Choosing, notice: Notice
) -> None:
    """Subscribes the chat to a topic, or ends that subscription if it has one."""
    if callback_data.topic not in choosing.topics:
        notice.say(choosing.tr.gettext("This topic is no longer offered."))
        return
    await choosing.be_active()
    held = await choosing.toggle(What(callback_data.topic, choosing.target.territory))
    await show(query, TopicChoice(choosing, callback_data.first).screen(held))


async def subscribe_to_all(query: CallbackQuery, callback_data: TopicToggled, choosing: Choosing) -> None:
    """Subscribes to every topic; in the first minute goes straight on to how often."""
    await choosing.be_active()
    held: Sequence[Subscription] = ()
    for slug in choosing.topics:
        held = await choosing.subscribe(What(slug, choosing.target.territory))
    if callback_data.first:
        await show(query, cadence_screen(choosing.tr, choosing.target, first=True))
        return
    await show(query, TopicChoice(choosing).screen(held))


async def show_territories(
    query: CallbackQuery, callback_data: TerritoriesWanted, choosing: Choosing
) -> None:
    """Shows the oblasts, or what lies in one of them."""
    within = slug_of(callback_data.within, choosing.tree) if callback_data.within else None
    await show(query, territories_screen(choosing, within, callback_data.page, callback_data.first))


async def choose_territory(
    query: CallbackQuery, callback_data: TerritoryChosen, choosing: Choosing, notice: Notice
) -> None:
    """Narrows the chat's topics to a territory, or widens them to the country."""
    territory = slug_of(callback_data.territory, choosing.tree) if callback_data.territory else None
    if callback_data.territory and territory is None:
        notice.say(choosing.tr.gettext("This place is no longer in the list."))
        return
    await choosing.subscribers.choose_territory(choosing.target.id, territory, choosing.now)
    choosing = await choosing.again()
    await show(query, TopicChoice(choosing, callback_data.first).screen(await choosing.held()))


@dataclass(frozen=True)
class TopicChoice:
    """The screen on which topics are chosen.  `first` while a newcomer is being led."""

    choosing: Choosing
    first: bool = False

    def screen(self, held: Sequence[Subscription]) -> Screen:
        """The topics with those that are held marked, the territory, and the way on."""
        topics = self.choosing.topics
        slugs = {one.what.topic for one in held if one.what == self._plain(one.what.topic)}
        others = [slug for slug in topics if slug not in slugs]
        return Screen(
            Text(self.choosing.tr.gettext("What shall I tell you about? You can choose several.")),
            (
                *([self._topic(slug, slug in slugs)] for slug in topics),
                [self._all()] if len(others) > 1 else [],
                [self._place()],
                *self._more(held),
                self._way_on(bool(held)),
            ),
        )

    @property
    def _chat(self) -> int:
        return self.choosing.target.id

    def _topic(self, slug: str, held: bool) -> InlineKeyboardButton:
        text = chosen(self.choosing.topics[slug].in_(self.choosing.tr.language), held)
        return button(text, TopicToggled(topic=slug, first=self.first, chat=self._chat))

    def _all(self) -> InlineKeyboardButton:
        text = self.choosing.tr.gettext("All topics")
        return button(text, TopicToggled(topic="", first=self.first, chat=self._chat))

    def _place(self) -> InlineKeyboardButton:
        return button(f"{self.choosing.place} ▾", TerritoriesWanted(first=self.first, chat=self._chat))

    def _more(self, held: Sequence[Subscription]) -> tuple[Row, ...]:
        """What else can be chosen, for those who know their way, and a look at last week for everybody."""
        tr, chat = self.choosing.tr, self._chat
        last_week = [
            button(tr.gettext("What there was last week"), LastWeekWanted(first=self.first, chat=chat))
        ]
        if self.first:
            return (last_week,)
        combined = sum(is_of_place(one.what) and one.what != self._plain(one.what.topic) for one in held)
        followed = sum(one.what.source is not None for one in held)
        in_places = tr.gettext("By oblast, district") + (f" · {combined}" if combined else "")
        sources = tr.gettext("Sources") + (f" · {followed}" if followed else "")
        others = [button(in_places, TopicWanted(chat=chat)), button(sources, SourcesFollowed(chat=chat))]
        return others, last_week

    def _plain(self, topic: str | None) -> What | None:
        return What(topic, self.choosing.target.territory) if topic else None

    def _way_on(self, any_held: bool) -> Row:
        done = self.choosing.tr.gettext("Done")
        if not self.first:
            return [button(done, SettingWanted(setting="menu", chat=self._chat))]
        if not any_held:
            return []
        return [button(done, CadenceWanted(first=True, chat=self._chat), style="primary")]


def is_of_place(what: What) -> bool:
    """Whether a subscription is to a topic or a territory, or to both.  Pure."""
    return what.project is None and what.source is None


def territories_screen(choosing: Choosing, within: str | None, page: int, first: bool) -> Screen:
    """The oblasts and the two cities, or what lies in one of them, the chosen territory marked."""
    tr, target = choosing.tr, choosing.target
    choice = PlaceChoice(
        tr,
        choosing.tree,
        [target.territory] if target.territory else [],
        lambda code: TerritoryChosen(territory=code, first=first, chat=target.id),
        lambda code, to: TerritoriesWanted(within=code, page=to, first=first, chat=target.id),
    )
    if within is not None:
        place = choosing.tree.name(within, tr.language)
        text = tr.gettext("{place}: all of it, or a part?", place=place)
        return Screen(
            Text(text), (choice.whole(within), *choice.rows(within, page), back(tr, choice.back(within)))
        )
    country = chosen(tr.gettext("The whole country"), target.territory is None)
    return Screen(
        Text(tr.gettext("Where from shall I tell you the news? An oblast, a district, or a city.")),
        (
            [button(country, TerritoryChosen(territory="", first=first, chat=target.id))],
            *choice.rows(None, page),
            back(tr, TopicsWanted(first=first, chat=target.id)),
        ),
    )
