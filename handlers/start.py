"""/start: the first minute.  Language, topics, how often, and a result at once; a deep link skips to the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text, as_list

from bot.i18n import translation
from handlers.cadence import cadence_screen
from handlers.callbacks import (
    CadenceChosen,
    CadenceWanted,
    DigestWanted,
    LanguageChosen,
    PauseChosen,
    SettingWanted,
)
from handlers.choices import LANGUAGE_NAMES, schedules, what_name
from handlers.choosing import Choosing, router_of_choices
from handlers.commands import publish_chat_commands, publish_staff_commands, spoken_in
from handlers.dialogues import begin_anew
from handlers.keyboards import button
from handlers.news import news_list
from handlers.notices import Notice
from handlers.places import code_of, slug_of
from handlers.rights import IsStaff
from handlers.screens import Screen, show
from handlers.settings_screens import pause_end
from handlers.topics import TopicChoice
from storage.cadence import CADENCES
from storage.database import Database
from storage.errors import N_
from storage.labels import Labels, labels
from storage.languages import LANGUAGES, Language
from storage.registry import Registry
from storage.releases import Release, ReleaseFilter, Releases
from storage.staff import StaffMember
from storage.subscribers import Chat, Subscribers, Subscription, What
from storage.territory_tree import TerritoryTree

_PLACE_IN_LINK = 32
"""Characters that are left in a link of 64 beside the topic; a longer slug goes by its fingerprint."""
_FINGERPRINT = "_"

_BOTH: tuple[Language, ...] = ("ky", "ru")

SHOWN_AT_ONCE = 3
"""How many of last week's releases a newcomer sees."""


@dataclass(frozen=True)
class Recent:
    """What a newcomer is shown at once."""

    releases: tuple[Release, ...]
    of_the_week: bool


INTRODUCTION = N_(
    "Jarchy tells you what is new in local self-government and answers questions about projects and contacts."
)
WHICH_LANGUAGE = N_("Which language shall we speak?")


def router(subscribers: Subscribers) -> Router:
    """The conversation with a newcomer."""
    start = router_of_choices("start", subscribers)
    start.message.register(greet_staff, CommandStart(), IsStaff(), F.chat.type == "private")
    start.message.register(follow_link, CommandStart(deep_link=True))
    start.message.register(greet, CommandStart())
    start.callback_query.register(choose_language, LanguageChosen.filter(F.first))
    start.callback_query.register(ask_how_often, CadenceWanted.filter(F.first))
    start.callback_query.register(finish, CadenceChosen.filter(F.first))
    return start


async def greet_staff(message: Message, bot: Bot, member: StaffMember, chat: Chat) -> None:
    """Sets a staff member's menu: before they first wrote there was no chat to set it for."""
    await publish_staff_commands(bot, member.user_id, spoken_in(chat))
    raise SkipHandler


async def greet(message: Message, choosing: Choosing, state: FSMContext) -> None:
    """Asks a newcomer for a language; somebody known chooses topics at once."""
    await begin_anew(state)
    await choosing.be_active()
    if not choosing.target.language_chosen:
        await show(message, language_screen(choosing.target))
        return
    await show(message, TopicChoice(choosing, first=True).screen(await choosing.held()))


async def follow_link(
    message: Message,
    command: CommandObject,
    choosing: Choosing,
    releases: Releases,
    registry: Registry,
    database: Database,
    state: FSMContext,
) -> None:
    """Subscribes to what a poster's or a website's link names; a link that names nothing is a plain start."""
    projects, target = (await registry.snapshot()).projects, choosing.target
    what = linked(command.args or "", choosing.topics, projects, choosing.tree, target.territory)
    if what is None:
        await greet(message, choosing, state)
        return
    await begin_anew(state)
    await choosing.be_active()
    held = await choosing.subscribe(what)
    ending = Ending(choosing, await labels(database))
    await show(message, ending.screen(held, await recent(releases, held, choosing.now)))


async def choose_language(
    query: CallbackQuery,
    callback_data: LanguageChosen,
    choosing: Choosing,
    bot: Bot,
    member: StaffMember | None,
) -> None:
    """Speaks the chosen language from here on, and asks for topics."""
    if callback_data.language in LANGUAGES:
        await choosing.subscribers.choose_language(choosing.target.id, callback_data.language)
    now = (await choosing.again()).in_own_language()
    await publish_chat_commands(bot, now.target, staff=member is not None)
    await show(query, TopicChoice(now, first=True).screen(await now.held()))


async def ask_how_often(query: CallbackQuery, choosing: Choosing, notice: Notice) -> None:
    """Goes on to how often, once something is chosen."""
    if not await choosing.held():
        notice.say(choosing.tr.gettext("Choose at least one topic."))
        return
    await show(query, cadence_screen(choosing.tr, choosing.target, first=True))


async def finish(
    query: CallbackQuery,
    callback_data: CadenceChosen,
    choosing: Choosing,
    releases: Releases,
    database: Database,
) -> None:
    """Says what was chosen, shows last week's releases at once, and gives an example of a question."""
    if callback_data.cadence in CADENCES:
        await choosing.choose_cadence(callback_data.cadence)
    choosing = await choosing.again()
    held = await choosing.held()
    ending = Ending(choosing, await labels(database))
    await show(query, ending.screen(held, await recent(releases, held, choosing.now)))


def linked(
    argument: str,
    topics: Collection[str],
    projects: Collection[str],
    tree: TerritoryTree,
    territory: str | None,
) -> What | None:
    """What a deep link subscribes to: `topic-pser`, `topic-pser-in-naryn`, `project-uumu`; None for anything else.

    A topic without an oblast is told of from `territory`, which the chat has chosen.  Pure.
    """
    kind, _, slug = argument.partition("-")
    topic, _, place = slug.partition("-in-")
    match kind:
        case "topic" if topic in topics and (there := slug_of(_code_in_link(place), tree)):
            return What(topic=topic, territory=there)
        case "topic" if slug in topics:
            return What(topic=slug, territory=territory)
        case "project" if slug in projects:
            return What(project=slug)
        case _:
            return None


def link_to(what: What) -> str:
    """The argument of the deep link to a topic, in one oblast or the country: what `linked` reads.  Pure."""
    if not what.territory:
        return f"topic-{what.topic}"
    place = what.territory
    if len(place) > _PLACE_IN_LINK:
        place = _FINGERPRINT + code_of(place).removeprefix("~")
    return f"topic-{what.topic}-in-{place}"


def _code_in_link(place: str) -> str:
    """A territory in a link as its code in buttons: links allow no tilde."""
    return "~" + place.removeprefix(_FINGERPRINT) if place.startswith(_FINGERPRINT) else place


async def recent(releases: Releases, held: tuple[Subscription, ...], now: datetime) -> Recent:
    """Last week's releases on what is subscribed to, or the last ones before that."""
    if of_the_week := await newest(releases, held, now - timedelta(days=7)):
        return Recent(of_the_week, of_the_week=True)
    return Recent(await newest(releases, held, None), of_the_week=False)


async def newest(
    releases: Releases, held: tuple[Subscription, ...], since: datetime | None
) -> tuple[Release, ...]:
    """The newest releases that the subscriptions are about, since a moment or ever."""
    found: dict[int, Release] = {}
    for what in (subscription.what for subscription in held):
        which = ReleaseFilter(
            topics=(what.topic,) if what.topic else (),
            territory=what.territory,
            project=what.project,
            source=what.source,
            since=since,
        )
        found.update({release.id: release for release in await releases.latest(which, SHOWN_AT_ONCE)})
    in_order = sorted(found.values(), key=lambda release: (release.dated, release.id), reverse=True)
    return tuple(in_order[:SHOWN_AT_ONCE])


def language_screen(target: Chat) -> Screen:
    """The first screen: who speaks, said in both languages, for it is not known yet which one is read."""
    texts = [translation(language) for language in _BOTH]
    return Screen(
        as_list(*(f"{tr.gettext(INTRODUCTION)} {tr.gettext(WHICH_LANGUAGE)}" for tr in texts), sep="\n\n"),
        ([_language_button(language, target, first=True) for language in _BOTH],),
    )


class Ending:
    """The last screen of the first minute."""

    def __init__(self, choosing: Choosing, names: Labels) -> None:
        self._choosing = choosing
        self._tr = choosing.tr
        self._target = choosing.target
        self._names = names

    def screen(self, held: tuple[Subscription, ...], shown: Recent) -> Screen:
        """What was chosen, what there was of late, and what can be asked."""
        tr = self._tr
        languages = () if self._target.language_chosen else _BOTH
        return Screen(
            as_list(self._chosen(held), self._recent(shown), self._example(), sep="\n\n"),
            (
                [
                    button(tr.gettext("What is new"), DigestWanted()),
                    button(tr.gettext("Settings"), SettingWanted(setting="menu", chat=self._target.id)),
                ],
                [button(tr.gettext("End the pause"), PauseChosen(days=0, chat=self._target.id))]
                if self._is_paused
                else [],
                [_language_button(language, self._target, first=False) for language in languages],
            ),
        )

    def _chosen(self, held: tuple[Subscription, ...]) -> Text:
        tr = self._tr
        usual, place = self._target.territory, self._choosing.place
        whats = (what_name(tr, _without(one.what, usual), self._names) for one in held)
        return Text(
            Bold(tr.gettext("Done: {topics}.", topics=", ".join(whats))),
            "\n",
            tr.gettext("{place}, {schedule}.", place=place, schedule=schedules(tr, self._target, held)),
            *self._pause(),
        )

    @property
    def _is_paused(self) -> bool:
        until = self._target.paused_until
        return until is not None and until > self._choosing.now

    def _pause(self) -> tuple[str, ...]:
        if not self._is_paused:
            return ()
        day = pause_end(self._tr, self._target, self._choosing.now)
        said = self._tr.gettext("There is a pause until {day} now: the news comes after it.", day=day)
        return "\n", said

    def _recent(self, shown: Recent) -> Text:
        tr = self._tr
        if not shown.releases:
            return Text(tr.gettext("Nothing was published on this yet. I will tell you when something is."))
        heading = tr.gettext("Nothing was published on this last week. This is the latest before that:")
        if shown.of_the_week:
            heading = tr.gettext("This is what there was last week:")
        return as_list(
            heading, news_list(tr, shown.releases, self._target.timezone, self._choosing.now), sep="\n"
        )

    def _example(self) -> Text:
        return Text(
            self._tr.gettext(
                "You can ask in plain words: “who funds Successful Aimak 2”, “contacts of the PSI project”."
            )
        )


def _without(what: What, usual: str | None) -> What:
    """A subscription without the territory that the chat hears of anyway."""
    return replace(what, territory=None) if what.topic and what.territory == usual else what


def _language_button(language: Language, target: Chat, *, first: bool) -> InlineKeyboardButton:
    data = LanguageChosen(language=language, first=first, chat=target.id)
    return button(LANGUAGE_NAMES[language], data)
