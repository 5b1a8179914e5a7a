"""What a reader says of an alert: that it is off topic, or that alerts come too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.digest_plan import matches
from bot.i18n import Translation
from bot.messages.callbacks import LessOften, OffTopic
from bot.messages.parts import clip
from handlers.choices import cadence_name, what_name
from handlers.choosing import is_out_of_sight, of_thread, thread_of
from handlers.dependencies import Clock
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.tag_desk import look_screen
from storage.cadence import CADENCES, Cadence
from storage.database import Database
from storage.labels import Labels, labels
from storage.languages import Names
from storage.releases import Release, Releases
from storage.subscribers import Chat, Subscribers, Subscription

SLOWER: Final[dict[Cadence, Cadence]] = {"instant": "daily", "daily": "weekly"}
SAID_LIMIT: Final = 130
"""Characters of what is named over the chat, where 200 fit."""

TOLD_AT = frozenset({1, 5, 20, 100, 500, 2_000})
"""How many readers there are when staff are told of a release that is off topic."""
REMEMBERED = 50
"""Releases that one reader called off topic which are remembered, so that each counts once."""


def router(subscribers: Subscribers) -> Router:
    """The buttons under an alert."""
    feedback = Router(name="feedback")
    feedback.callback_query.register(doubt, OffTopic.filter())
    slowing = Router(name="less often")
    slowing.callback_query.middleware(Deciding(subscribers))
    slowing.callback_query.register(slow_down, LessOften.filter())
    feedback.include_router(slowing)
    return feedback


async def doubt(
    query: CallbackQuery,
    callback_data: OffTopic,
    chat: Chat,
    tr: Translation,
    state: FSMContext,
    subscribers: Subscribers,
    releases: Releases,
    mail: Mail,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Notes that a release does not fit what brought it, a reader once, and shows it to staff.

    Staff are shown it by the first reader, and again as there are many more: not by each of a thousand.
    """
    notice.say(tr.gettext("Thank you. Staff will look at it."))
    release = await releases.get(callback_data.release)
    said: list[int] = (await state.get_data()).get("off_topic") or []
    if release is None or release.id in said:
        return
    await state.update_data(off_topic=[*said, release.id][-REMEMBERED:])
    held = await subscribers.subscriptions(chat.id)
    doubted = doubted_topics(release, held)
    for topic in doubted:
        await releases.doubt(release.id, topic, clock())
    waiting, now = await releases.look(release.id), clock()
    if doubted and max(waiting.doubted.values(), default=0) in TOLD_AT:
        linked = await releases.told_as_one_with(release.id)
        await mail.tell_staff(
            lambda reader: look_screen(reader, release, waiting, topics, chat.timezone, now, linked=linked)
        )


async def slow_down(
    query: CallbackQuery,
    callback_data: LessOften,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    releases: Releases,
    database: Database,
    clock: Clock,
    notice: Notice,
) -> None:
    """Makes each subscription that the alert is for come one step less often, and no other."""
    release = await releases.get(callback_data.release)
    held = await subscribers.subscriptions(target.id)
    there = held if is_out_of_sight(query) else of_thread(held, thread_of(query, target))
    brought = [one for one in there if release and matches(one.what, release)]
    slower = [replace(one, cadence=SLOWER[one.cadence]) for one in brought if one.cadence in SLOWER]
    for one in slower:
        await subscribers.choose_cadence_of(one.id, one.cadence, clock())
    notice.say(_said(tr, brought, slower, await labels(database)), alert=True)


def _said(
    tr: Translation, brought: Sequence[Subscription], slower: Sequence[Subscription], names: Labels
) -> str:
    """How often what was made slower comes from now on; or why nothing was."""
    if not brought:
        return tr.gettext("You are not subscribed to this any more.")
    if not slower:
        return tr.gettext("This comes once a week already. In /settings you can pause it or unsubscribe.")
    often = "; ".join(
        f"{cadence_name(tr, cadence)} — {', '.join(what_name(tr, one.what, names) for one in those)}"
        for cadence in CADENCES
        if (those := [one for one in slower if one.cadence == cadence])
    )
    return tr.gettext("{often} from now on. Change it in /settings.", often=clip(often, SAID_LIMIT))


def doubted_topics(release: Release, held: Sequence[Subscription]) -> tuple[str, ...]:
    """The topics for which a chat was told of a release: those it subscribes to, or all the release has.  Pure."""
    subscribed = {one.what.topic for one in held}
    brought = tuple(topic for topic in release.tags.topics if topic in subscribed)
    return brought or release.tags.topics
