"""An announcement under way: one message that shows how far it is, and what can be done with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from bot.announcement_acts import ActStep
from bot.announcements import Step
from bot.i18n import Translation, translation
from bot.messages.announcement import progress_keyboard, progress_text
from bot.messages.announcement_changes import act_text
from bot.messages.announcement_picture import report_picture
from bot.messages.announcement_table import outcomes_table
from bot.messages.callbacks import (
    CancelAnnouncement,
    PauseAnnouncement,
    ReportAnnouncement,
    ResumeAnnouncement,
)
from handlers.dependencies import Dependencies
from handlers.drafts import NOT_THEIRS, may_act
from handlers.notices import Notice
from handlers.rights import ONLY_PUBLISHERS, IsStaff
from handlers.screens import NOT_MODIFIED, Screen, show
from storage.announcements import Announcement, Progress
from storage.staff import StaffMember
from storage.subscribers import Chat, Subscribers
from storage.territory_tree import territory_tree

logger = logging.getLogger(__name__)

Act = Callable[[int, int, datetime], Awaitable[tuple[Announcement, Progress]]]
"""What is done with an announcement, by whom and when, and how it stands then."""


def router(deps: Dependencies) -> Router:
    """The buttons under an announcement that is sent."""
    progress = Router(name="announcement progress")
    publisher = IsStaff("publisher")
    under = UnderWay(deps)
    on = progress.callback_query.register
    on(under.pause, PauseAnnouncement.filter(), publisher)
    on(under.resume, ResumeAnnouncement.filter(), publisher)
    on(under.cancel, CancelAnnouncement.filter(), IsStaff())
    on(under.report, ReportAnnouncement.filter(), IsStaff())
    on(only_publishers, PauseAnnouncement.filter(), IsStaff())
    on(only_publishers, ResumeAnnouncement.filter(), IsStaff())
    return progress


class UnderWay:
    """What can be done with an announcement while it is sent, and its report."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._desk = deps.announcements

    async def pause(
        self,
        query: CallbackQuery,
        callback_data: PauseAnnouncement,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Holds what has not left yet."""
        await self._do(self._desk.pause, callback_data.announcement, query, tr, member, notice)

    async def resume(
        self,
        query: CallbackQuery,
        callback_data: ResumeAnnouncement,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Goes on."""
        await self._do(self._desk.resume, callback_data.announcement, query, tr, member, notice)

    async def cancel(
        self,
        query: CallbackQuery,
        callback_data: CancelAnnouncement,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Nobody else is told.  An editor takes back what they wrote while it waits to be allowed."""
        found, _ = await self._desk.look(callback_data.announcement)
        if not member.may("publisher") and not (written_by(member, found) and found.state == "waiting"):
            await only_publishers(query, tr, notice)
            return
        await self._do(self._desk.cancel, callback_data.announcement, query, tr, member, notice)

    async def report(
        self,
        query: CallbackQuery,
        callback_data: ReportAnnouncement,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Sends what became of the recipients: a picture with its words under it, and a table without names."""
        number = callback_data.announcement
        if await of_member(self._deps, number, tr, member, notice) is None:
            return
        found, progress = await self._desk.look(number)
        if not member.may("publisher") and not written_by(member, found):
            await only_publishers(query, tr, notice)
            return
        now, zone = self._deps.clock(), ZoneInfo(chat.timezone)
        table = outcomes_table(await self._desk.outcomes(number), tr, zone, now)
        picture = await asyncio.to_thread(report_picture, found, progress, tr, now, zone)
        if isinstance(query.message, Message):
            name = f"announcement-{number}"
            said = progress_text(found, progress, tr, now, self._deps.sends_per_second, zone)
            file = BufferedInputFile(picture, filename=f"{name}.png")
            await query.message.answer_photo(file, **said.as_caption_kwargs())
            await query.message.answer_document(BufferedInputFile(table, filename=f"{name}.csv"))

    async def _do(
        self,
        act: Act,
        number: int,
        query: CallbackQuery,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        if await of_member(self._deps, number, tr, member, notice) is not None:
            now = self._deps.clock()
            found = await act(number, member.user_id, now)
            await show(query, progress_screen(*found, tr, now, self._deps.sends_per_second))


async def only_publishers(_query: CallbackQuery, tr: Translation, notice: Notice) -> None:
    """Editors are told whose decision it is."""
    notice.say(tr.gettext(ONLY_PUBLISHERS), alert=True)


def written_by(member: StaffMember, announcement: Announcement) -> bool:
    """Whether an announcement is this staff member's own.  Pure."""
    return announcement.author_id == member.user_id


async def of_member(
    deps: Dependencies, number: int, tr: Translation, member: StaffMember, notice: Notice
) -> Announcement | None:
    """The announcement, where this staff member may act on it; says so where not.  Raises UnknownAnnouncement."""
    announcement, _ = await deps.announcements.look(number)
    if may_act(member, announcement.audience, await territory_tree(deps.database)):
        return announcement
    notice.say(tr.gettext(NOT_THEIRS), alert=True)
    return None


async def show_step(
    bot: Bot, step: Step | ActStep, subscribers: Subscribers, now: datetime, sends_per_second: float
) -> None:
    """Brings the message that shows an announcement up to date, in the language of the chat it stands in.

    For the tick that advances announcements.  What Telegram refuses is logged: the announcement goes on without it.
    """
    shown = step.act if isinstance(step, ActStep) else step.announcement
    if shown.progress_chat_id is None or shown.progress_message_id is None:
        return
    reader = await subscribers.get(shown.progress_chat_id)
    tr = translation(reader.language if reader else "ky")
    if isinstance(step, ActStep):
        screen = act_screen(step, tr)
    else:
        screen = progress_screen(step.announcement, step.progress, tr, now, sends_per_second)
    try:
        await bot.edit_message_text(
            chat_id=shown.progress_chat_id, message_id=shown.progress_message_id, **screen.as_kwargs()
        )
    except TelegramAPIError as error:
        if NOT_MODIFIED not in error.message:
            logger.warning("the progress of %s %d is not shown: %s", type(shown).__name__, shown.id, error)


async def show_report(query: CallbackQuery, deps: Dependencies, number: int) -> None:
    """Brings the report of an announcement up to date, after something was done with it."""
    if query.bot is not None:
        step = Step("done", *await deps.announcements.look(number))
        await show_step(query.bot, step, deps.subscribers, deps.clock(), deps.sends_per_second)


def progress_screen(
    announcement: Announcement, progress: Progress, tr: Translation, now: datetime, per_second: float
) -> Screen:
    """How far an announcement is, with what can be done."""
    keyboard = progress_keyboard(announcement, progress, tr)
    rows = InlineKeyboardMarkup.model_validate(keyboard).inline_keyboard if keyboard else []
    return Screen(progress_text(announcement, progress, tr, now, per_second), tuple(rows))


def act_screen(step: ActStep, tr: Translation) -> Screen:
    """How far a correction or deletion is."""
    return Screen(act_text(step.act, step.progress, tr))
