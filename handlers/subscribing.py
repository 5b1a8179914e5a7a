"""Subscriptions beyond the topics: a topic in one oblast, a source, and what there would have been last week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardButton
from aiogram.utils.formatting import Text

from bot.digests import preview
from bot.i18n import Translation
from bot.messages.parts import clip
from handlers.callbacks import (
    ComboToggled,
    LastWeekWanted,
    SourceFollowed,
    SourcesFollowed,
    TopicsWanted,
    TopicWanted,
)
from handlers.dependencies import Clock
from handlers.keyboards import back, button, chosen, pages
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.rights import Deciding
from handlers.screens import Row, Screen, in_columns, say, show, shown_message
from handlers.topics import TopicChoice, ensure_active
from storage.database import Database
from storage.languages import Names
from storage.sources import Source, Sources
from storage.subscribers import Chat, Subscribers, Subscription, What

SOURCES_ON_A_PAGE = 8
LAST_WEEK = timedelta(days=7)


def router(subscribers: Subscribers) -> Router:
    """The conversation about topics in an oblast, and sources."""
    subscribing = Router(name="subscribing")
    subscribing.callback_query.middleware(Deciding(subscribers))
    on = subscribing.callback_query.register
    on(show_topic_list, TopicWanted.filter(F.topic == ""))
    on(show_topic, TopicWanted.filter())
    on(toggle_combination, ComboToggled.filter())
    on(show_sources, SourcesFollowed.filter())
    on(toggle_source, SourceFollowed.filter())
    on(show_last_week, LastWeekWanted.filter())
    return subscribing


async def show_topic_list(
    query: CallbackQuery, target: Chat, tr: Translation, subscribers: Subscribers, topics: Mapping[str, Names]
) -> None:
    """Which topic is wanted in one oblast only?"""
    held = await subscribers.subscriptions(target.id)
    await show(query, topic_list_screen(tr, target, held, topics))


async def show_topic(
    query: CallbackQuery,
    callback_data: TopicWanted,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    notice: Notice,
) -> None:
    """In which oblasts?"""
    if callback_data.topic not in topics:
        notice.say(tr.gettext("This topic is no longer offered."))
        return
    held = await subscribers.subscriptions(target.id)
    await show(query, topic_screen(tr, target, held, callback_data.topic, topics, territories))


async def toggle_combination(
    query: CallbackQuery,
    callback_data: ComboToggled,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Subscribes to a topic in an oblast, or ends that."""
    topic, territory = callback_data.topic, callback_data.territory
    if topic not in topics or territory not in territories:
        notice.say(tr.gettext("This topic is no longer offered."))
        return
    await ensure_active(subscribers, target, query, clock())
    held = await subscribers.toggle(target.id, What(topic, territory), clock())
    await show(query, topic_screen(tr, target, held, topic, topics, territories))


async def show_sources(
    query: CallbackQuery,
    callback_data: SourcesFollowed,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    sources: Sources,
) -> None:
    """Whose news, whatever it is about?"""
    held = await subscribers.subscriptions(target.id)
    await show(query, sources_followed_screen(tr, target, held, await sources.all(), callback_data.page))


async def toggle_source(
    query: CallbackQuery,
    callback_data: SourceFollowed,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    sources: Sources,
    clock: Clock,
    notice: Notice,
) -> None:
    """Follows a source, or no longer."""
    known = await sources.all()
    slug = next((source.slug for source in known if source.id == callback_data.source), None)
    if slug is None:
        notice.say(tr.gettext("This source is no longer there."))
        return
    await ensure_active(subscribers, target, query, clock())
    held = await subscribers.toggle(target.id, What(source=slug), clock())
    await show(query, sources_followed_screen(tr, target, held, known, callback_data.page))


async def show_last_week(
    query: CallbackQuery,
    callback_data: LastWeekWanted,
    bot: Bot,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    database: Database,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows last week's digest of what is chosen, or of every topic before anything is; then the choice again."""
    held = await subscribers.subscriptions(target.id)
    whats = [one.what for one in held] or [What(topic, target.territory) for topic in topics]
    now = clock()
    parts = await preview(database, whats, now - LAST_WEEK, target.language, now, target.timezone)
    if not parts:
        notice.say(tr.gettext("Nothing was published on this last week."), alert=True)
        return
    here = shown_message(query)
    await answer_with(bot, parts, here.chat.id, here.message_thread_id if here.is_topic_message else None)
    choice = TopicChoice(tr, target, topics, territories, callback_data.first)
    await say(query, choice.screen(held))


def topic_list_screen(
    tr: Translation, target: Chat, held: Sequence[Subscription], topics: Mapping[str, Names]
) -> Screen:
    """The topics, with the number of oblasts chosen for each."""

    def choice(slug: str, names: Names) -> Row:
        count = sum(one.what.topic == slug and one.what.territory is not None for one in held)
        name = names.in_(tr.language) + (f" · {count}" if count else "")
        return [button(f"{name} ▾", TopicWanted(topic=slug, chat=target.id))]

    rows = (*(choice(slug, names) for slug, names in topics.items()), back(tr, TopicsWanted(chat=target.id)))
    return Screen(Text(tr.gettext("Which topic do you want from certain oblasts only?")), rows)


def topic_screen(
    tr: Translation,
    target: Chat,
    held: Sequence[Subscription],
    topic: str,
    topics: Mapping[str, Names],
    territories: Mapping[str, Names],
) -> Screen:
    """A topic, and the oblasts to hear of it from."""
    whats = {one.what for one in held}

    def choice(slug: str, names: Names) -> InlineKeyboardButton:
        data = ComboToggled(topic=topic, territory=slug, chat=target.id)
        return button(chosen(names.in_(tr.language), What(topic, slug) in whats), data)

    name = topics[topic].in_(tr.language)
    places = (choice(slug, names) for slug, names in territories.items())
    rows = (*in_columns(places, 2), back(tr, TopicWanted(chat=target.id)))
    return Screen(Text(tr.gettext("{topic}: from which oblasts?", topic=name)), rows)


def sources_followed_screen(
    tr: Translation, target: Chat, held: Sequence[Subscription], sources: Sequence[Source], page: int
) -> Screen:
    """The sources that are read, those that are followed marked."""
    followed = {one.what.source for one in held}
    read = [source for source in sources if source.enabled or source.slug in followed]
    first = max(0, min(page, (len(read) - 1) // SOURCES_ON_A_PAGE)) * SOURCES_ON_A_PAGE

    def choice(source: Source) -> Row:
        data = SourceFollowed(source=source.id, page=page, chat=target.id)
        return [button(chosen(clip(source.names.in_(tr.language), 48), source.slug in followed), data)]

    turn = pages(page, len(read), SOURCES_ON_A_PAGE, lambda to: SourcesFollowed(page=to, chat=target.id))
    shown = (choice(source) for source in read[first : first + SOURCES_ON_A_PAGE])
    text = tr.gettext(
        "Everything that a source publishes, whatever it is about. Whose news shall I tell you?"
    )
    return Screen(Text(text), (*shown, turn, back(tr, TopicsWanted(chat=target.id))))
