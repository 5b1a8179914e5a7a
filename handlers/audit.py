"""/audit: who did what, and the way back from what can be taken back.  For administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.parts import clip, joined
from handlers.audit_details import Wording, details
from handlers.callbacks import Relinked, RulesAct
from handlers.dependencies import Clock
from handlers.keyboards import button
from handlers.people import no_right, person_name
from handlers.registry_file import RegistryAct
from handlers.rights import IsStaff
from handlers.screens import Screen, in_columns, show
from storage.database import Database
from storage.errors import N_
from storage.labels import labels
from storage.registry.history import ACTION as REGISTRY_CHANGED
from storage.staff import AuditEntry, Staff
from storage.subscribers import Chat
from storage.territory_tree import territory_tree
from storage.translation_links import RELINKED, UNLINKED

ACTS_SHOWN: Final = 20
_LINE: Final = 190

ACTS: Final[Mapping[str, str]] = {
    "staff.appoint": N_("gave a role"),
    "staff.dismiss": N_("took a role away"),
    "staff.invite": N_("invited to the staff"),
    "staff.uninvite": N_("took an invitation to the staff back"),
    "question.answer": N_("answered a question"),
    "question.correct": N_("corrected an answer"),
    "question.close": N_("closed a question"),
    "source.add": N_("added a source"),
    "release.same": N_("said that two releases are the same"),
    "release.different": N_("said that two releases are different"),
    "source.rule": N_("changed how a source is read"),
    "source.on": N_("switched a source on"),
    "source.off": N_("switched a source off"),
    UNLINKED: N_("said that releases in two languages are different"),
    RELINKED: N_("said that releases in two languages are the same after all"),
    "release.topics": N_("corrected topics"),
    "release.settled": N_("confirmed topics"),
    "topic.rules": N_("changed the rules of a topic"),
    "topic.mark": N_("marked stored releases by the rules of a topic"),
    "topic.revert": N_("put back the rules of a topic"),
    "registry.change": N_("changed the registry"),
    "release.publish": N_("published a release"),
    "announcement.draft": N_("wrote an announcement"),
    "announcement.submit": N_("asked for approval of an announcement"),
    "announcement.propose": N_("asked for approval to change an announcement"),
    "announcement.approve": N_("sent an announcement"),
    "announcement.decline": N_("declined an announcement"),
    "announcement.refuse": N_("declined to change an announcement"),
    "template.save": N_("saved a template"),
    "template.drop": N_("removed a template"),
    "announcement.pause": N_("paused an announcement"),
    "announcement.resume": N_("resumed an announcement"),
    "announcement.cancel": N_("stopped an announcement"),
    "announcement.resend": N_("sent an announcement again"),
    "announcement.correct": N_("corrected an announcement"),
    "announcement.withdraw": N_("deleted an announcement"),
}


class AuditPage(CallbackData, prefix="audit"):
    """A page of who did what."""

    page: int = 0


@dataclass(frozen=True)
class Line:
    """An act, with the way back where there is one; what was changed together is one line."""

    act: AuditEntry
    together: int = 1
    back: CallbackData | None = None


def router() -> Router:
    """The conversation about who did what."""
    audit = Router(name="audit")
    administrator = IsStaff("administrator")
    audit.message.register(show_audit, Command("audit"), administrator)
    audit.message.register(no_right, Command("audit"), IsStaff())
    audit.callback_query.register(show_page, AuditPage.filter(), administrator)
    return audit


async def show_audit(
    message: Message, bot: Bot, chat: Chat, tr: Translation, staff: Staff, database: Database, clock: Clock
) -> None:
    """Shows the latest acts."""
    await _show(message, bot, staff, await _wording(tr, chat, database, clock()), 0)


async def show_page(
    query: CallbackQuery,
    callback_data: AuditPage,
    bot: Bot,
    chat: Chat,
    tr: Translation,
    staff: Staff,
    database: Database,
    clock: Clock,
) -> None:
    """Shows earlier or later acts."""
    words = await _wording(tr, chat, database, clock())
    await _show(query, bot, staff, words, max(callback_data.page, 0))


async def _wording(tr: Translation, chat: Chat, database: Database, now: datetime) -> Wording:
    return Wording(tr, (await labels(database)).topic, await territory_tree(database), chat.timezone, now)


async def _show(event: Message | CallbackQuery, bot: Bot, staff: Staff, words: Wording, page: int) -> None:
    acts = await staff.recent_acts(ACTS_SHOWN + 1, page * ACTS_SHOWN)
    people = {act.actor_id for act in acts if act.actor_id} | {id_ for act in acts if (id_ := _person(act))}
    names = {person: await person_name(bot, person) for person in people}
    await show(event, audit_screen(acts, names, words, page))


def audit_screen(
    acts: Sequence[AuditEntry], names: Mapping[int, str], words: Wording, page: int = 0
) -> Screen:
    """The latest acts, newest first: those that can be taken back are numbered, with a button each."""
    tr = words.tr
    if not acts:
        return Screen(Text(tr.gettext("Nothing has been done yet.")))
    lines: list[Text | str] = [Bold(tr.gettext("Who did what"))]
    ways: list[InlineKeyboardButton] = []
    for line in folded(acts[:ACTS_SHOWN], newest=page == 0):
        said = _said(line, names, words)
        if line.back is not None:
            said = f"{len(ways) + 1}. {said}"
            ways.append(button(tr.gettext("Take back {number}", number=len(ways) + 1), line.back))
        lines.append(clip(said, _LINE))
    turn = []
    if page:
        turn.append(button("‹ " + tr.gettext("Later"), AuditPage(page=page - 1)))
    if len(acts) > ACTS_SHOWN:
        turn.append(button(tr.gettext("Earlier") + " ›", AuditPage(page=page + 1)))
    return Screen(joined(lines), (*in_columns(ways, 3), turn))


def folded(acts: Sequence[AuditEntry], *, newest: bool = True) -> tuple[Line, ...]:
    """One line for what was changed together, and the way back beside what can be taken back.  Pure.

    Of a topic's rules, and of a release that was taken apart from others, that is the latest change; of the rules it is
    seen among the `newest` acts only.
    """
    lines: dict[object, Line] = {}
    topics: set[str] = set()
    releases: set[str] = set()
    for act in acts:
        match act.action:
            case action if action == REGISTRY_CHANGED:
                batch = act.details.get("batch") or act.id
                held = lines.get(batch)
                back = RegistryAct(act="revert", change=batch)
                lines[batch] = Line(held.act if held else act, held.together + 1 if held else 1, back)
            case "topic.rules" if newest and not act.details.get("reverted") and act.subject not in topics:
                topics.add(act.subject)
                lines[-act.id] = Line(act, back=RulesAct(act="back", topic=_what(act)))
            case action if action in (UNLINKED, RELINKED) and act.subject not in releases:
                releases.add(act.subject)
                lines[-act.id] = Line(act, back=Relinked(act=act.id) if action == UNLINKED else None)
            case _:
                lines[f"act {act.id} {len(lines)}"] = Line(act)
    return tuple(lines.values())


def _said(line: Line, names: Mapping[int, str], words: Wording) -> str:
    act, tr = line.act, words.tr
    when = tr.moment(act.happened_at, words.now, ZoneInfo(words.timezone))
    who = names.get(act.actor_id, str(act.actor_id)) if act.actor_id else tr.gettext("the server")
    done = tr.gettext(ACTS[act.action]) if act.action in ACTS else act.action
    what = names.get(_person(act) or 0) or _what(act)
    if line.together > 1:
        what = tr.ngettext("{n} record", "{n} records", line.together)
    about = [] if act.subject.startswith("role ") else [f"№ {what}" if what.isdecimal() else what]
    return " · ".join(filter(None, (when, who, done, *about, details(act, words))))


def _person(act: AuditEntry) -> int | None:
    """The person whom an act is about."""
    kind, _, id_ = act.subject.partition(" ")
    return int(id_) if kind == "user" and id_.isdecimal() else None


def _what(act: AuditEntry) -> str:
    return act.subject.partition(" ")[2] or act.subject
