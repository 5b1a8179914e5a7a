"""/queue: releases of whose topics somebody is unsure; staff see why, and decide with one tap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Italic, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from bot.messages.release import source_and_date, title
from handlers.callbacks import Retag, RetagDone
from handlers.dependencies import Clock
from handlers.keyboards import button, chosen
from handlers.notices import Notice
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Screen, show
from storage.languages import Names
from storage.releases import Release, Releases
from storage.staff import Staff
from storage.subscribers import Chat
from storage.tag_corrections import Waiting

LEAD_LIMIT = 500
WORDS_SHOWN = 4
WORDS_LIMIT = 160


def router() -> Router:
    """The queue, and the buttons under each release of it."""
    tagging = Router(name="tag desk")
    everywhere = IsStaff(everywhere=True)
    tagging.message.register(show_queue, Command("queue"), everywhere)
    tagging.callback_query.register(retag, Retag.filter(), everywhere)
    tagging.callback_query.register(settle, RetagDone.filter(), everywhere)
    tagging.message.register(refuse_limited, Command("queue"), IsStaff())
    for pressed in (Retag, RetagDone):
        tagging.callback_query.register(refuse_limited, pressed.filter(), IsStaff())
    return tagging


async def show_queue(
    message: Message,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Shows the newest release that waits for a decision."""
    await show(message, await _next(chat, tr, releases, topics, clock()))


async def retag(
    query: CallbackQuery,
    callback_data: Retag,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    staff: Staff,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Puts a topic on a release or takes it off; subscribers are told of one that is fresh."""
    release = await releases.get(callback_data.release)
    if release is None or callback_data.topic not in topics:
        notice.say(tr.gettext("This button is out of date."))
        return
    slugs = set(release.tags.topics) ^ {callback_data.topic}
    await releases.set_topics(release.id, slugs, query.from_user.id, clock())
    details = {"topics": sorted(slugs)}
    await staff.audit(query.from_user.id, "release.topics", f"release {release.id}", clock(), details)
    changed = await releases.get(release.id) or release
    waiting = await releases.look(release.id)
    await show(query, look_screen(tr, changed, waiting, topics, chat.timezone, clock()))


async def settle(
    query: CallbackQuery,
    callback_data: RetagDone,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    staff: Staff,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Says that the topics are right as they are, and shows what waits next."""
    if await releases.get(callback_data.release) is None:
        notice.say(tr.gettext("This button is out of date."))
        return
    await releases.settle_topics(callback_data.release, query.from_user.id, clock())
    await staff.audit(query.from_user.id, "release.settled", f"release {callback_data.release}", clock())
    await show(query, await _next(chat, tr, releases, topics, clock()))


async def _next(
    chat: Chat, tr: Translation, releases: Releases, topics: Mapping[str, Names], now: datetime
) -> Screen:
    count, newest = await releases.waiting()
    release = await releases.get(newest[0].release_id) if newest else None
    if release is None:
        return empty_screen(tr)
    return look_screen(tr, release, newest[0], topics, chat.timezone, now, count)


def empty_screen(tr: Translation) -> Screen:
    """Nothing waits."""
    return Screen(Text(tr.gettext("No release waits for a decision on its topics.")))


def look_screen(
    tr: Translation,
    release: Release,
    waiting: Waiting,
    topics: Mapping[str, Names],
    timezone: str,
    now: datetime,
    count: int = 0,
) -> Screen:
    """A release, what is asked about its topics, the words that speak for each, and a button per topic."""
    lines: list[Text | str] = []
    if count:
        waits = tr.ngettext("{n} release waits for a decision.", "{n} releases wait for a decision.", count)
        lines.append(Italic(waits))
    lines += [_asked(tr, waiting), title(release), source_and_date(release, tr, now, ZoneInfo(timezone))]
    if lead := clip(release.lead or release.body, LEAD_LIMIT):
        lines.append(lead)
    lines += [
        tr.gettext("{topic}, because of: {words}", topic=names.in_(tr.language), words=_words(words))
        for slug, names in topics.items()
        if (words := waiting.why.get(slug))
    ]
    lines.append(tr.gettext("Press a topic to put it on or take it off."))
    rows = [
        [
            button(
                chosen(names.in_(tr.language), slug in release.tags.topics),
                Retag(release=release.id, topic=slug),
            )
        ]
        for slug, names in topics.items()
    ]
    right = button(tr.gettext("All right as it is"), RetagDone(release=release.id))
    return Screen(joined(lines, "\n"), (*rows, [right]))


def _asked(tr: Translation, waiting: Waiting) -> Text:
    readers = max(waiting.doubted.values(), default=0)
    if readers:
        off_topic = tr.ngettext("{n} reader finds this off topic", "{n} readers find this off topic", readers)
        return Bold(off_topic)
    if waiting.uncertain:
        return Bold(tr.gettext("I am not sure what this is about"))
    return Bold(tr.gettext("What is this about?"))


def _words(words: tuple[str, ...]) -> str:
    return clip("; ".join(f"“{one}”" for one in words[:WORDS_SHOWN]), WORDS_LIMIT)
