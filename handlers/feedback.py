"""What a reader says of an alert: that it is off topic, or that alerts come too often; and what staff make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.callbacks import LessOften, OffTopic
from bot.messages.parts import joined
from bot.messages.release import title
from handlers.callbacks import Retag
from handlers.choices import cadence_name
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import Deciding, IsStaff
from handlers.screens import Screen, show
from storage.cadence import Cadence
from storage.languages import Names
from storage.releases import Release, Releases
from storage.staff import Staff
from storage.subscribers import Chat, Subscribers, Subscription

SLOWER: dict[Cadence, Cadence] = {"instant": "daily", "daily": "weekly", "weekly": "weekly"}


def router(subscribers: Subscribers) -> Router:
    """The buttons under an alert, and those under what staff are told of it."""
    feedback = Router(name="feedback")
    feedback.callback_query.register(doubt, OffTopic.filter())
    feedback.callback_query.register(retag, Retag.filter(), IsStaff())
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
    subscribers: Subscribers,
    releases: Releases,
    mail: Mail,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """Notes that a release does not fit what brought it, and shows it to staff."""
    notice.say(tr.gettext("Thank you. Staff will look at it."))
    release = await releases.get(callback_data.release)
    if release is None:
        return
    held = await subscribers.subscriptions(chat.id)
    doubted = doubted_topics(release, held)
    for topic in doubted:
        await releases.doubt(release.id, topic, clock())
    if doubted:
        await mail.tell_staff(lambda reader: doubted_screen(reader, release, topics))


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


async def retag(
    query: CallbackQuery,
    callback_data: Retag,
    tr: Translation,
    releases: Releases,
    staff: Staff,
    topics: Mapping[str, Names],
    clock: Clock,
    notice: Notice,
) -> None:
    """A staff member puts a topic on a release or takes it off."""
    release = await releases.get(callback_data.release)
    if release is None or callback_data.topic not in topics:
        notice.say(tr.gettext("This button is out of date."))
        return
    slugs = set(release.tags.topics) ^ {callback_data.topic}
    await releases.set_topics(release.id, slugs, query.from_user.id, clock())
    details = {"topics": sorted(slugs)}
    await staff.audit(query.from_user.id, "release.topics", f"release {release.id}", clock(), details)
    changed = await releases.get(release.id) or release
    await show(query, doubted_screen(tr, changed, topics))


def doubted_topics(release: Release, held: Sequence[Subscription]) -> tuple[str, ...]:
    """The topics for which a chat was told of a release: those it subscribes to, or all the release has.  Pure."""
    subscribed = {one.what.topic for one in held}
    brought = tuple(topic for topic in release.tags.topics if topic in subscribed)
    return brought or release.tags.topics


def doubted_screen(tr: Translation, release: Release, topics: Mapping[str, Names]) -> Screen:
    """A release that a reader found off topic, with its topics to correct."""
    lines: list[Text | str] = [
        Bold(tr.gettext("A reader finds this off topic")),
        title(release),
        tr.gettext("Press a topic to put it on or take it off."),
    ]
    return Screen(
        joined(lines),
        tuple(
            [
                button(
                    ("✓ " if slug in release.tags.topics else "") + names.in_(tr.language),
                    Retag(release=release.id, topic=slug),
                )
            ]
            for slug, names in topics.items()
        ),
    )
