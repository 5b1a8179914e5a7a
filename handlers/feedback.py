"""What a reader says of an alert: that it is off topic, or that alerts come too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.i18n import Translation
from bot.messages.callbacks import LessOften, OffTopic
from handlers.choices import cadence_name
from handlers.dependencies import Clock
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import Deciding
from handlers.tag_desk import look_screen
from storage.cadence import Cadence
from storage.languages import Names
from storage.releases import Release, Releases
from storage.subscribers import Chat, Subscribers, Subscription

SLOWER: dict[Cadence, Cadence] = {"instant": "daily", "daily": "weekly", "weekly": "weekly"}


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
        await mail.tell_staff(
            lambda reader: look_screen(reader, release, waiting, topics, chat.timezone, now)
        )


async def slow_down(
    query: CallbackQuery,
    callback_data: LessOften,
    target: Chat,
    tr: Translation,
    subscribers: Subscribers,
    releases: Releases,
    clock: Clock,
    notice: Notice,
) -> None:
    """Makes what brought the alert come one step less often."""
    release = await releases.get(callback_data.release)
    held = await subscribers.subscriptions(target.id)
    brought = [one for one in held if release and one.what.topic in release.tags.topics] or list(held)
    if not brought:
        notice.say(tr.gettext("You have no subscriptions yet."))
        return
    slower = max((SLOWER[one.cadence] for one in brought), key=list(SLOWER).index)
    for one in brought:
        await subscribers.choose_cadence_of(one.id, slower, clock())
    often = cadence_name(tr, slower)
    notice.say(tr.gettext("{often} from now on. Change it in /settings.", often=often), alert=True)


def doubted_topics(release: Release, held: Sequence[Subscription]) -> tuple[str, ...]:
    """The topics for which a chat was told of a release: those it subscribes to, or all the release has.  Pure."""
    subscribed = {one.what.topic for one in held}
    brought = tuple(topic for topic in release.tags.topics if topic in subscribed)
    return brought or release.tags.topics
