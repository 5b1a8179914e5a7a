"""Subscriptions beyond the topics: a topic in one place, a source."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.messages.parts import clip
from handlers.callbacks import (
    ComboToggled,
    SourceFollowed,
    SourcesFollowed,
    TopicsWanted,
    TopicWanted,
)
from handlers.choosing import Choosing, router_of_choices
from handlers.keyboards import back, button, chosen, pages
from handlers.notices import Notice
from handlers.places import PlaceChoice, slug_of
from handlers.screens import Row, Screen, show
from handlers.topics import is_of_place
from storage.sources import Source, Sources
from storage.subscribers import Subscribers, Subscription, What

SOURCES_ON_A_PAGE = 8
EVERYTHING = "*"
"""In place of a topic: all that is published, whatever it is about."""


def router(subscribers: Subscribers) -> Router:
    """The conversation about topics in a place, and sources."""
    subscribing = router_of_choices("subscribing", subscribers)
    on = subscribing.callback_query.register
    on(show_topic_list, TopicWanted.filter(F.topic == ""))
    on(show_topic, TopicWanted.filter())
    on(toggle_combination, ComboToggled.filter())
    on(show_sources, SourcesFollowed.filter())
    on(toggle_source, SourceFollowed.filter())
    return subscribing


async def show_topic_list(query: CallbackQuery, choosing: Choosing) -> None:
    """Which topic is wanted in one place only?"""
    await show(query, topic_list_screen(choosing, await choosing.held()))


async def show_topic(
    query: CallbackQuery, callback_data: TopicWanted, choosing: Choosing, notice: Notice
) -> None:
    """In which places?"""
    if not is_offered(callback_data.topic, choosing):
        notice.say(choosing.tr.gettext("This topic is no longer offered."))
        return
    within = slug_of(callback_data.within, choosing.tree) if callback_data.within else None
    screen = topic_screen(choosing, await choosing.held(), callback_data.topic, within, callback_data.page)
    await show(query, screen)


async def toggle_combination(
    query: CallbackQuery, callback_data: ComboToggled, choosing: Choosing, notice: Notice
) -> None:
    """Subscribes to a topic in a place, or ends that; then shows the level of the tree where that place is again."""
    topic, territory = callback_data.topic, slug_of(callback_data.territory, choosing.tree)
    if not is_offered(topic, choosing) or territory is None:
        notice.say(choosing.tr.gettext("This topic is no longer offered."))
        return
    await choosing.be_active()
    held = await choosing.toggle(_what(topic, territory))
    await show(query, topic_screen(choosing, held, topic, choosing.tree.parent(territory), beside=territory))


async def show_sources(
    query: CallbackQuery, callback_data: SourcesFollowed, choosing: Choosing, sources: Sources
) -> None:
    """Whose news, whatever it is about?"""
    held = await choosing.held()
    await show(query, sources_followed_screen(choosing, held, await sources.all(), callback_data.page))


async def toggle_source(
    query: CallbackQuery,
    callback_data: SourceFollowed,
    choosing: Choosing,
    sources: Sources,
    notice: Notice,
) -> None:
    """Follows a source, or no longer."""
    known = await sources.all()
    slug = next((source.slug for source in known if source.id == callback_data.source), None)
    if slug is None:
        notice.say(choosing.tr.gettext("This source is no longer there."))
        return
    await choosing.be_active()
    held = await choosing.toggle(What(source=slug))
    await show(query, sources_followed_screen(choosing, held, known, callback_data.page))


def topic_list_screen(choosing: Choosing, held: Sequence[Subscription]) -> Screen:
    """The topics, with the number of places chosen for each."""
    tr, chat = choosing.tr, choosing.target.id

    def choice(slug: str, name: str) -> Row:
        count = len(_places(held, slug))
        text = name + (f" · {count}" if count else "")
        return [button(f"{text} ▾", TopicWanted(topic=slug, chat=chat))]

    topics = (choice(slug, names.in_(tr.language)) for slug, names in choosing.topics.items())
    everything = choice(EVERYTHING, tr.gettext("News on any topic"))
    return Screen(
        Text(tr.gettext("What do you want from certain oblasts or districts only?")),
        (*topics, everything, back(tr, TopicsWanted(chat=chat))),
    )


def topic_screen(
    choosing: Choosing,
    held: Sequence[Subscription],
    topic: str,
    within: str | None = None,
    page: int = 0,
    *,
    beside: str | None = None,
) -> Screen:
    """A topic, and the places to hear of it from: a page of a level of the tree, or the one with a certain place."""
    tr, chat = choosing.tr, choosing.target.id
    name = topic_name(topic, choosing)
    choice = PlaceChoice(
        tr,
        choosing.tree,
        _places(held, topic),
        lambda code: ComboToggled(topic=topic, territory=code, chat=chat),
        lambda code, to: TopicWanted(topic=topic, within=code, page=to, chat=chat),
    )
    rows = choice.rows(within, choice.page_of(beside) if beside else page)
    if within is None:
        text = tr.gettext("{topic}: from which places?", topic=name)
        return Screen(Text(text), (*rows, back(tr, TopicWanted(chat=chat))))
    place = choosing.tree.name(within, tr.language)
    text = tr.gettext("{topic}, {place}: from all of it, or from a part?", topic=name, place=place)
    return Screen(Text(text), (choice.whole(within), *rows, back(tr, choice.back(within))))


def sources_followed_screen(
    choosing: Choosing, held: Sequence[Subscription], sources: Sequence[Source], page: int
) -> Screen:
    """The sources that are read, those that are followed marked."""
    tr, chat = choosing.tr, choosing.target.id
    followed = {one.what.source for one in held}
    read = [source for source in sources if source.enabled or source.slug in followed]
    first = max(0, min(page, (len(read) - 1) // SOURCES_ON_A_PAGE)) * SOURCES_ON_A_PAGE

    def choice(source: Source) -> Row:
        data = SourceFollowed(source=source.id, page=page, chat=chat)
        return [button(chosen(clip(source.names.in_(tr.language), 48), source.slug in followed), data)]

    turn = pages(page, len(read), SOURCES_ON_A_PAGE, lambda to: SourcesFollowed(page=to, chat=chat))
    shown = (choice(source) for source in read[first : first + SOURCES_ON_A_PAGE])
    text = tr.gettext(
        "Everything that a source publishes, whatever it is about. Whose news shall I tell you?"
    )
    return Screen(Text(text), (*shown, turn, back(tr, TopicsWanted(chat=chat))))


def topic_name(topic: str, choosing: Choosing) -> str:
    """A topic, or everything whatever it is about, in words.  Pure."""
    if topic in choosing.topics:
        return choosing.topics[topic].in_(choosing.tr.language)
    return choosing.tr.gettext("News on any topic")


def is_offered(topic: str, choosing: Choosing) -> bool:
    """Whether one can choose it now.  Pure."""
    return topic == EVERYTHING or topic in choosing.topics


def _what(topic: str, territory: str) -> What:
    return What(None if topic == EVERYTHING else topic, territory)


def _places(held: Sequence[Subscription], topic: str) -> list[str]:
    """Where a topic is heard of from, as far as that is not the whole country."""
    return [
        one.what.territory
        for one in held
        if one.what.territory and is_of_place(one.what) and one.what == _what(topic, one.what.territory)
    ]
