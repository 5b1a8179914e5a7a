"""/queue: releases of whose topics somebody is unsure, and those told as one with others; staff decide with one tap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Italic, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from bot.messages.release import source_and_date, title
from feeds.addresses import canonical, with_scheme
from handlers.callbacks import LinkedWanted, ReleaseLooked, Relinked, Retag, RetagDone, Unlinked
from handlers.dependencies import Clock
from handlers.keyboards import button, chosen
from handlers.notices import Notice
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import Screen, in_columns, show
from storage.languages import Names
from storage.releases import Release, Releases
from storage.staff import Staff
from storage.subscribers import Chat
from storage.tag_corrections import Waiting

LEAD_LIMIT = 500
WORDS_SHOWN = 4
PAIRS_ON_A_PAGE = 8
PAIR_LIMIT = 90
WORDS_LIMIT = 160


def router() -> Router:
    """The queue, and the buttons under each release of it."""
    tagging = Router(name="tag desk")
    everywhere = IsStaff(everywhere=True)
    tagging.message.register(show_queue, Command("queue"), everywhere)
    tagging.message.register(refuse_limited, Command("queue"), IsStaff())
    pressed = (
        (Retag, retag),
        (RetagDone, settle),
        (ReleaseLooked, look_at),
        (LinkedWanted, show_linked),
        (Unlinked, unlink),
        (Relinked, relink),
    )
    for wanted, handler in pressed:
        tagging.callback_query.register(handler, wanted.filter(), everywhere)
        tagging.callback_query.register(refuse_limited, wanted.filter(), IsStaff())
    return tagging


async def show_queue(
    message: Message,
    command: CommandObject,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    clock: Clock,
) -> None:
    """Shows the newest release that waits for a decision, or the one whose address follows the command."""
    if not command.args:
        await show(message, await _next(chat, tr, releases, topics, clock()))
        return
    release = await releases.at(canonical(with_scheme(command.args)))
    if release is None:
        await show(message, Screen(Text(tr.gettext("I have no release with this address."))))
        return
    await show(message, await _looked(release, chat, tr, releases, topics, clock()))


async def look_at(
    query: CallbackQuery,
    callback_data: ReleaseLooked,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Shows one release."""
    release = await releases.get(callback_data.release)
    if release is None:
        notice.say(tr.gettext("This button is out of date."))
        return
    await show(query, await _looked(release, chat, tr, releases, topics, clock()))


async def show_linked(
    query: CallbackQuery, callback_data: LinkedWanted, tr: Translation, releases: Releases
) -> None:
    """Shows what is told as one in two languages, the newest first."""
    page = max(callback_data.page, 0)
    pairs = await releases.latest_linked(PAIRS_ON_A_PAGE + 1, page * PAIRS_ON_A_PAGE)
    await show(query, linked_screen(tr, pairs, page))


async def unlink(
    query: CallbackQuery,
    callback_data: Unlinked,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes a release apart from those it was told as one with; who was not told one of them is told."""
    release = await releases.get(callback_data.release)
    act = await releases.unlink(release.id, query.from_user.id, clock()) if release else None
    if release is None or act is None:
        notice.say(tr.gettext("Somebody has decided this already."))
        return
    notice.say(
        tr.gettext("Noted: different news. Whoever was not told one of them will be told it."), alert=True
    )
    await show(query, await _looked(release, chat, tr, releases, topics, clock(), undo=act))


async def relink(
    query: CallbackQuery,
    callback_data: Relinked,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Takes that back: they are told as one again."""
    number = await releases.relink(callback_data.act, query.from_user.id, clock())
    release = await releases.get(number) if number is not None else None
    if release is None:
        notice.say(tr.gettext("Somebody has decided this already."))
        return
    notice.say(tr.gettext("Told as one again."))
    await show(query, await _looked(release, chat, tr, releases, topics, clock()))


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
    await show(query, await _looked(changed, chat, tr, releases, topics, clock()))


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
    linked = await releases.told_as_one_with(release.id)
    return look_screen(tr, release, newest[0], topics, chat.timezone, now, count, linked=linked)


async def _looked(
    release: Release,
    chat: Chat,
    tr: Translation,
    releases: Releases,
    topics: Mapping[str, Names],
    now: datetime,
    undo: int | None = None,
) -> Screen:
    waiting, linked = await releases.look(release.id), await releases.told_as_one_with(release.id)
    return look_screen(tr, release, waiting, topics, chat.timezone, now, linked=linked, undo=undo)


def empty_screen(tr: Translation) -> Screen:
    """Nothing waits."""
    text = tr.gettext("No release waits for a decision on its topics.")
    return Screen(Text(text), ([button(tr.gettext("In two languages"), LinkedWanted())],))


def linked_screen(tr: Translation, pairs: Sequence[tuple[Release, Release]], page: int) -> Screen:
    """What is told as one in two languages, a button for each; one more pair than fits says that there are others."""
    if not pairs:
        return Screen(Text(tr.gettext("No releases are told as one in two languages.")))
    lines: list[Text | str] = [
        tr.gettext("Releases that are told as one in two languages. Press one to look at it.")
    ]
    shown = list(enumerate(pairs[:PAIRS_ON_A_PAGE], page * PAIRS_ON_A_PAGE + 1))
    lines += [
        Text(f"{number}. ", *(clip(first.title, PAIR_LIMIT), " ⇄ ", clip(later.title, PAIR_LIMIT)))
        for number, (later, first) in shown
    ]
    numbers = (button(str(number), ReleaseLooked(release=later.id)) for number, (later, _) in shown)
    before = [button("‹", LinkedWanted(page=page - 1))] if page else []
    after = [button("›", LinkedWanted(page=page + 1))] if len(pairs) > PAIRS_ON_A_PAGE else []
    return Screen(joined(lines, "\n"), (*in_columns(numbers, 4), [*before, *after]))


def look_screen(
    tr: Translation,
    release: Release,
    waiting: Waiting,
    topics: Mapping[str, Names],
    timezone: str,
    now: datetime,
    count: int = 0,
    *,
    linked: Sequence[Release] = (),
    undo: int | None = None,
) -> Screen:
    """A release, what is asked about its topics, the words that speak for each, and a button per topic.

    With those it is told as one with, it can be taken apart from them; `undo` is the act by which it just was.
    """
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
    if linked:
        lines.append(Bold(tr.gettext("In another language it is told as one with:")))
        lines += [
            Text(title(one), " · ", source_and_date(one, tr, now, ZoneInfo(timezone))) for one in linked
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
    apart = [button(tr.gettext("These are different news"), Unlinked(release=release.id))] if linked else []
    again = [button(tr.gettext("The same after all"), Relinked(act=undo))] if undo is not None else []
    pairs = [button(tr.gettext("In two languages"), LinkedWanted())]
    return Screen(joined(lines, "\n"), (*rows, [right], apart, again, pairs))


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
