"""What was announced: each can be looked at again, with all that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.announcement import begins
from bot.messages.parts import joined
from handlers.announce_callbacks import AnnouncementStep, PastWanted
from handlers.announcement_progress import goes_on_here, of_member, progress_screen, written_by
from handlers.approval import Approval, versions
from handlers.approval_screens import act_question, question
from handlers.dependencies import Dependencies
from handlers.dialogues import ANNOUNCEMENT, router_of
from handlers.keyboards import back, button, pages
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.people import person_name
from handlers.rights import IsStaff
from handlers.screens import Screen, say, show
from storage.announcement_acts import Act
from storage.announcements import Announcement, AnnouncementState
from storage.approvals import Approvals
from storage.errors import N_
from storage.staff import StaffMember
from storage.subscribers import Chat

SHOWN: Final = 10

STATE_NAMES: Final[Mapping[AnnouncementState, str]] = {
    "waiting": N_("waits for approval"),
    "scheduled": N_("will be sent"),
    "running": N_("is being sent"),
    "paused": N_("is paused"),
    "done": N_("sent"),
    "cancelled": N_("stopped"),
}


def router(deps: Dependencies, approval: Approval) -> Router:
    """Looking at what was announced."""
    past = router_of(ANNOUNCEMENT, "announced before")
    archive = Archive(deps, approval)
    past.callback_query.register(archive.show_list, PastWanted.filter(F.announcement == 0), IsStaff())
    past.callback_query.register(archive.show_one, PastWanted.filter(), IsStaff())
    return past


class Archive:
    """What was announced, as far as a staff member may act on it, and what of it waits for their yes."""

    def __init__(self, deps: Dependencies, approval: Approval) -> None:
        self._deps = deps
        self._approval = approval
        self._desk = deps.announcements

    async def show_list(
        self,
        query: CallbackQuery,
        callback_data: PastWanted,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
    ) -> None:
        """Shows a page of them."""
        page = max(callback_data.page, 0)
        found, count = await self._desk.past(member.territory, SHOWN, page * SHOWN)
        await show(query, past_screen(tr, found, chat.timezone, self._deps.clock(), page, count))

    async def show_one(
        self,
        query: CallbackQuery,
        callback_data: PastWanted,
        bot: Bot,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Shows how far one is, and asks for a yes where this staff member may give it."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is None:
            return
        if found.state == "waiting" and self._approval.may_decide(member, found.author_id):
            await self._ask(query, bot, chat, tr, found)
            return
        await self._show_progress(query, chat, tr, member, found)
        for act_id in await Approvals(self._deps.database).acts_of(found.id):
            act = await self._desk.acts.get(act_id)
            if self._approval.may_decide(member, act.asked_by):
                await self._ask_about(query, bot, chat, tr, found, act)

    async def _show_progress(
        self, query: CallbackQuery, chat: Chat, tr: Translation, member: StaffMember, found: Announcement
    ) -> None:
        """For the one who wrote it, the new message goes on showing how far it is."""
        now = self._deps.clock()
        looked = await self._desk.look(found.id)
        screen = progress_screen(*looked, tr, now, self._deps.sends_per_second, ZoneInfo(chat.timezone))
        acts = member.may("publisher") or written_by(member, found)
        shown = await say(query, screen if acts else Screen(screen.text))
        if acts:
            await goes_on_here(self._desk, found, query, shown)

    async def _ask(
        self, query: CallbackQuery, bot: Bot, chat: Chat, tr: Translation, found: Announcement
    ) -> None:
        who = await person_name(bot, found.author_id)
        request = await self._approval.request(found, who, found.scheduled_for)
        await answer_with(bot, versions(found.content), chat.id, chat.thread_id)
        await say(query, question(request, tr, chat.timezone))

    async def _ask_about(
        self, query: CallbackQuery, bot: Bot, chat: Chat, tr: Translation, found: Announcement, act: Act
    ) -> None:
        request = await self._approval.request_of(found, act.wish, await person_name(bot, act.asked_by))
        await answer_with(bot, versions(act.wish.content or found.content), chat.id, chat.thread_id)
        await say(query, act_question(act.id, act.wish, request, tr, chat.timezone))


def past_screen(
    tr: Translation,
    found: Sequence[Announcement],
    timezone: str,
    now: datetime,
    page: int = 0,
    count: int = 0,
) -> Screen:
    """A page of `count` announcements, newest first: how each begins, when it was, and what became of it."""
    way_back = back(tr, AnnouncementStep(step="begin"))
    if not found:
        return Screen(Text(tr.gettext("Nothing has been announced yet.")), (way_back,))
    zone = ZoneInfo(timezone)
    lines: list[Text | str] = [Bold(tr.gettext("Announced before"))]
    rows = []
    for number, one in enumerate(found, page * SHOWN + 1):
        at = one.started_at or one.scheduled_for or one.created_at
        state = tr.gettext(STATE_NAMES[one.state])
        lines.append(f"{number}. {begins(one, tr)} — {tr.moment(at, now, zone)}, {state}")
        rows.append(button(f"{number}. {begins(one, tr)}", PastWanted(announcement=one.id)))
    turn = pages(page, count, SHOWN, lambda to: PastWanted(page=to))
    return Screen(joined(lines), (*([each] for each in rows), turn, way_back))
