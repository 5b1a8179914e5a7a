"""What there was last week: of what is subscribed to, or of any topic, place or source before one subscribes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.digests import look_back
from bot.messages.parts import clip
from handlers.callbacks import LastWeekWanted, TopicsWanted, WeekOf, WeekOfSource, WeekPlaces, WeekSources
from handlers.choices import BUTTON_HOLDS
from handlers.choosing import Choosing, router_of_choices
from handlers.keyboards import back, button, pages
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.places import PlaceChoice, slug_of
from handlers.screens import Row, Screen, place_of, say, show
from handlers.subscribing import EVERYTHING, SOURCES_ON_A_PAGE, is_offered, topic_name
from handlers.topics import TopicChoice
from storage.database import Database
from storage.sources import Source, Sources
from storage.subscribers import Subscribers, Subscription, What

LAST_WEEK = timedelta(days=7)
COUNTRY = "*"
"""In place of a territory: the whole country, whatever the chat has chosen."""


def router(subscribers: Subscribers) -> Router:
    """The conversation about last week."""
    week = router_of_choices("last week", subscribers)
    on = week.callback_query.register
    on(show_all_topics, LastWeekWanted.filter(F.first))
    on(show_choice, LastWeekWanted.filter())
    on(show_subscribed, WeekOf.filter(F.topic == ""))
    on(show_topic, WeekOf.filter())
    on(show_places, WeekPlaces.filter())
    on(show_source, WeekOfSource.filter())
    on(show_sources, WeekSources.filter())
    return week


async def show_all_topics(
    query: CallbackQuery, bot: Bot, choosing: Choosing, database: Database, notice: Notice
) -> None:
    """Shows a newcomer who has chosen nothing yet what there was on every topic; others choose."""
    held = await choosing.held()
    if held:
        await show(query, week_screen(choosing, held, first=True))
        return
    if await _shown(query, _subscribed(choosing, held), bot, choosing, database, notice):
        await say(query, TopicChoice(choosing, first=True).screen(held))


async def show_choice(query: CallbackQuery, choosing: Choosing) -> None:
    """Of what shall last week be shown?"""
    await show(query, week_screen(choosing, await choosing.held()))


async def show_subscribed(
    query: CallbackQuery,
    callback_data: WeekOf,
    bot: Bot,
    choosing: Choosing,
    database: Database,
    notice: Notice,
) -> None:
    """Shows last week on what is subscribed to, or on every topic before anything is."""
    held = await choosing.held()
    if await _shown(query, _subscribed(choosing, held), bot, choosing, database, notice):
        await say(query, week_screen(choosing, held, first=callback_data.first))


async def show_topic(
    query: CallbackQuery,
    callback_data: WeekOf,
    bot: Bot,
    choosing: Choosing,
    database: Database,
    notice: Notice,
) -> None:
    """Shows last week on a topic, in the place that was asked for or the one the chat hears of."""
    topic, code, first = callback_data.topic, callback_data.territory, callback_data.first
    territory = slug_of(code, choosing.tree) if code not in ("", COUNTRY) else None
    if not is_offered(topic, choosing) or (territory is None and code not in ("", COUNTRY)):
        notice.say(choosing.tr.gettext("This topic is no longer offered."))
        return
    what = What(None if topic == EVERYTHING else topic, territory if code else choosing.target.territory)
    if not await _shown(query, [what], bot, choosing, database, notice):
        return
    if not code:
        await say(query, week_screen(choosing, await choosing.held(), first=first))
        return
    within = choosing.tree.parent(territory) if territory else None
    await say(query, week_places_screen(choosing, topic, within, beside=territory, first=first))


async def show_places(
    query: CallbackQuery, callback_data: WeekPlaces, choosing: Choosing, notice: Notice
) -> None:
    """In which place?"""
    if not is_offered(callback_data.topic, choosing):
        notice.say(choosing.tr.gettext("This topic is no longer offered."))
        return
    within = slug_of(callback_data.within, choosing.tree) if callback_data.within else None
    topic, page, first = callback_data.topic, callback_data.page, callback_data.first
    await show(query, week_places_screen(choosing, topic, within, page, first=first))


async def show_source(
    query: CallbackQuery,
    callback_data: WeekOfSource,
    bot: Bot,
    choosing: Choosing,
    database: Database,
    sources: Sources,
    notice: Notice,
) -> None:
    """Shows what a source published last week."""
    known = await sources.all()
    slug = next((source.slug for source in known if source.id == callback_data.source), None)
    if slug is None:
        notice.say(choosing.tr.gettext("This source is no longer there."))
        return
    if await _shown(query, [What(source=slug)], bot, choosing, database, notice):
        await say(query, week_sources_screen(choosing, known, callback_data.page, first=callback_data.first))


async def show_sources(
    query: CallbackQuery, callback_data: WeekSources, choosing: Choosing, sources: Sources
) -> None:
    """Of which source?"""
    page, first = callback_data.page, callback_data.first
    await show(query, week_sources_screen(choosing, await sources.all(), page, first=first))


def week_screen(choosing: Choosing, held: Sequence[Subscription], *, first: bool = False) -> Screen:
    """Of what last week can be shown: each topic by itself or from a place, a source, or all that is subscribed to."""
    tr, chat = choosing.tr, choosing.target.id

    def choice(slug: str, name: str) -> Row:
        places = WeekPlaces(topic=slug, first=first, chat=chat)
        return [
            button(clip(name, BUTTON_HOLDS), WeekOf(topic=slug, first=first, chat=chat)),
            button(tr.gettext("Where from") + " ▾", places),
        ]

    mine = tr.gettext("By subscriptions") if held else tr.gettext("All topics")
    topics = (choice(slug, names.in_(tr.language)) for slug, names in choosing.topics.items())
    return Screen(
        Text(tr.gettext("What shall I show of last week? You need not subscribe for that.")),
        (
            [button(mine, WeekOf(topic="", first=first, chat=chat))],
            *topics,
            choice(EVERYTHING, tr.gettext("News on any topic")),
            [button(tr.gettext("Sources") + " ▾", WeekSources(first=first, chat=chat))],
            back(tr, TopicsWanted(first=first, chat=chat)),
        ),
    )


def week_places_screen(
    choosing: Choosing,
    topic: str,
    within: str | None = None,
    page: int = 0,
    *,
    beside: str | None = None,
    first: bool = False,
) -> Screen:
    """From where last week can be shown on a topic: a page of a level of the tree, or the one with a certain place."""
    tr, chat = choosing.tr, choosing.target.id
    choice = PlaceChoice(
        tr,
        choosing.tree,
        (),
        lambda code: WeekOf(topic=topic, territory=code, first=first, chat=chat),
        lambda code, to: WeekPlaces(topic=topic, within=code, page=to, first=first, chat=chat),
    )
    rows = choice.rows(within, choice.page_of(beside) if beside else page)
    text = tr.gettext("{topic}: last week from where?", topic=topic_name(topic, choosing))
    if within is not None:
        return Screen(Text(text), (choice.whole(within), *rows, back(tr, choice.back(within))))
    country = WeekOf(topic=topic, territory=COUNTRY, first=first, chat=chat)
    return Screen(
        Text(text),
        (
            [button(tr.gettext("The whole country"), country)],
            *rows,
            back(tr, LastWeekWanted(first=first, chat=chat)),
        ),
    )


def week_sources_screen(
    choosing: Choosing, sources: Sequence[Source], page: int, *, first: bool = False
) -> Screen:
    """The sources that are read, of each of which last week can be shown."""
    tr, chat = choosing.tr, choosing.target.id
    read = [source for source in sources if source.enabled]
    start = max(0, min(page, (len(read) - 1) // SOURCES_ON_A_PAGE)) * SOURCES_ON_A_PAGE

    def choice(source: Source) -> Row:
        data = WeekOfSource(source=source.id, page=page, first=first, chat=chat)
        return [button(clip(source.names.in_(tr.language), 48), data)]

    def turned(to: int) -> WeekSources:
        return WeekSources(page=to, first=first, chat=chat)

    return Screen(
        Text(tr.gettext("Whose news of last week shall I show?")),
        (
            *(choice(source) for source in read[start : start + SOURCES_ON_A_PAGE]),
            pages(page, len(read), SOURCES_ON_A_PAGE, turned),
            back(tr, LastWeekWanted(first=first, chat=chat)),
        ),
    )


def _subscribed(choosing: Choosing, held: Sequence[Subscription]) -> list[What]:
    return [one.what for one in held] or [What(slug, choosing.target.territory) for slug in choosing.topics]


async def _shown(
    query: CallbackQuery,
    whats: Sequence[What],
    bot: Bot,
    choosing: Choosing,
    database: Database,
    notice: Notice,
) -> bool:
    """Whether there was anything to show."""
    target, now = choosing.target, choosing.now
    parts = await look_back(
        database, whats, now - LAST_WEEK, target.language, now, target.timezone, target.reads
    )
    if not parts:
        notice.say(choosing.tr.gettext("Nothing was published on this last week."), alert=True)
        return False
    await answer_with(bot, parts, *place_of(query))
    return True
