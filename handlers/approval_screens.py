"""What the second person is asked, and what the first one is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.announce_callbacks import ActApproved, ApprovalGiven, PastWanted
from handlers.audiences import audience_name
from handlers.choices import LANGUAGE_NAMES
from handlers.keyboards import button
from handlers.people import ROLE_NAMES
from handlers.screens import Row, Screen
from storage.announcement_acts import ActKind, Wish
from storage.announcements import Announcement, Content
from storage.errors import N_
from storage.languages import Names
from storage.staff import Role
from storage.territory_tree import TerritoryTree

ASKED: Final[Mapping[ActKind, str]] = {
    "correct": N_("{name} wants to correct the announcement. This is the new text."),
    "withdraw": N_(
        "{name} wants to delete this announcement for everyone who got it. This cannot be undone."
    ),
    "resend": N_("{name} wants to send this announcement again to those whom it may not have reached."),
}
ALLOWED: Final[Mapping[ActKind, str]] = {
    "correct": N_("{name} allowed your correction."),
    "withdraw": N_("{name} allowed you to delete the announcement."),
    "resend": N_("{name} allowed you to send the announcement again."),
}
DECLINED: Final[Mapping[ActKind, str]] = {
    "correct": N_("{name} declined your correction. The text stays as it was."),
    "withdraw": N_("{name} does not want the announcement to be deleted. It stays."),
    "resend": N_("{name} does not want the announcement to be sent again."),
}


@dataclass(frozen=True)
class Request:
    """What somebody is asked to allow: an announcement, or a wish about one that was sent.

    `who` wants it; `role` is its author's; `count` chats are concerned; `at` is the time that was chosen for it, if one
    was.  `since` it has been waiting, where that is for long.
    """

    announcement: Announcement
    who: str
    role: Role | None
    count: int
    topics: Mapping[str, Names]
    tree: TerritoryTree
    now: datetime
    at: datetime | None = None
    since: datetime | None = None


def question(request: Request, tr: Translation, timezone: str) -> Screen:
    """May this announcement be sent?"""
    announcement = request.announcement
    author = f"{request.who}, {tr.gettext(ROLE_NAMES[request.role])}" if request.role else request.who
    lines: list[Text | str] = [
        Bold(tr.gettext("This announcement needs your approval.")),
        *_waits(request, tr, timezone),
        tr.gettext("Written by: {who}", who=author),
        *_whom(request, announcement.content, tr),
        tr.gettext("When: {when}", when=_when(request, tr, timezone)),
    ]
    if announcement.urgent:
        lines.append(tr.gettext("Urgent: it will not wait for the end of quiet hours."))
    yes = ApprovalGiven(announcement=announcement.id, yes=True)
    no = ApprovalGiven(announcement=announcement.id, yes=False)
    return Screen(joined(lines), (_yes_or_no(yes, no, tr),))


def late_question(announcement: Announcement, tr: Translation, timezone: str, now: datetime) -> Screen:
    """May it be sent though its time has passed?"""
    when = tr.moment(announcement.scheduled_for or now, now, ZoneInfo(timezone))
    said = tr.gettext("It was to be sent {when}, and that time has passed. Send it now?", when=when)
    yes = ApprovalGiven(announcement=announcement.id, yes=True, sure=True)
    no = ApprovalGiven(announcement=announcement.id, yes=False)
    send, leave = tr.gettext("Send now"), tr.gettext("Decline")
    return Screen(Text(said), ([button(send, yes, style="primary"), button(leave, no)],))


def act_question(act_id: int, wish: Wish, request: Request, tr: Translation, timezone: str) -> Screen:
    """May this be done with an announcement that was sent?"""
    lines: list[Text | str] = [
        Bold(tr.gettext(ASKED[wish.kind], name=request.who)),
        *_waits(request, tr, timezone),
        *_whom(request, wish.content or request.announcement.content, tr),
    ]
    yes, no = ActApproved(act=act_id, yes=True), ActApproved(act=act_id, yes=False)
    return Screen(joined(lines), (_yes_or_no(yes, no, tr),))


def decision(tr: Translation, name: str, yes: bool) -> Screen:
    """What became of an announcement."""
    said = N_("{name} allowed your announcement.") if yes else N_("{name} declined your announcement.")
    return Screen(Text(tr.gettext(said, name=name)))


def act_decision(tr: Translation, name: str, kind: ActKind, yes: bool) -> Screen:
    """What became of a wish."""
    return Screen(Text(tr.gettext((ALLOWED if yes else DECLINED)[kind], name=name)))


def allowed_screen(tr: Translation, number: int) -> Screen:
    """After a yes to an announcement, with a way to see how it goes."""
    said = tr.gettext("You allowed this announcement.")
    return Screen(Text(said), ([button(tr.gettext("How it goes"), PastWanted(announcement=number))],))


def declined_screen(tr: Translation) -> Screen:
    """After a no to an announcement."""
    return Screen(Text(tr.gettext("You declined this announcement. Nobody gets it.")))


def act_allowed_screen(tr: Translation) -> Screen:
    """After a yes to a change."""
    return Screen(Text(tr.gettext("You allowed this.")))


def act_declined_screen(tr: Translation) -> Screen:
    """After a no to a change."""
    return Screen(Text(tr.gettext("You declined this. Everything stays as it is.")))


def _whom(request: Request, content: Content, tr: Translation) -> Iterable[str]:
    """Who is spoken to, how many that is, and in which languages."""
    audience = audience_name(tr, request.announcement.audience, request.topics, request.tree)
    yield tr.gettext("For: {audience}", audience=audience)
    yield tr.ngettext("For {n} subscriber", "For {n} subscribers", request.count)
    languages = ", ".join(LANGUAGE_NAMES[language] for language in content)
    yield tr.gettext("Languages: {languages}", languages=languages)


def _when(request: Request, tr: Translation, timezone: str) -> str:
    if request.at is None:
        return tr.gettext("at once, when you allow it")
    when = tr.moment(request.at, request.now, ZoneInfo(timezone))
    if request.at <= request.now:
        return tr.gettext("at once, when you allow it: its time, {when}, has passed", when=when)
    return when


def _waits(request: Request, tr: Translation, timezone: str) -> Iterable[str]:
    if request.since is not None:
        since = tr.moment(request.since, request.now, ZoneInfo(timezone))
        yield tr.gettext("It has been waiting since {when}.", when=since)


def _yes_or_no(yes: CallbackData, no: CallbackData, tr: Translation) -> Row:
    return [button(tr.gettext("Allow"), yes, style="primary"), button(tr.gettext("Decline"), no)]
