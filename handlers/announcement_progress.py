"""An announcement under way: one message that shows how far it is, and what can be done with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup

from bot.announcement_acts import ActStep
from bot.announcements import AnnouncementDesk, Step
from bot.i18n import Translation, translation
from bot.messages.announcement import outcomes_csv, progress_keyboard, progress_text
from bot.messages.announcement_changes import act_text
from bot.messages.announcement_picture import report_picture
from bot.messages.callbacks import (
    CancelAnnouncement,
    PauseAnnouncement,
    ReportAnnouncement,
    ResumeAnnouncement,
)
from handlers.dependencies import Dependencies
from handlers.drafts import may_act
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import NOT_MODIFIED, Screen, message_under, show
from storage.announcements import Announcement, Progress
from storage.staff import StaffMember
from storage.subscribers import Subscribers

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
    on(under.cancel, CancelAnnouncement.filter(), publisher)
    on(under.report, ReportAnnouncement.filter(), publisher)
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
        """Nobody else is told."""
        await self._do(self._desk.cancel, callback_data.announcement, query, tr, member, notice)

    async def report(
        self,
        query: CallbackQuery,
        callback_data: ReportAnnouncement,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Sends what became of the recipients: a picture, and a table without names."""
        number = callback_data.announcement
        if await of_member(self._desk, number, tr, member, notice) is None:
            return
        found, progress = await self._desk.look(number)
        table = outcomes_csv(await self._desk.outcomes(number))
        picture = await asyncio.to_thread(report_picture, found, progress, tr, self._deps.clock())
        name, message = f"announcement-{number}", message_under(query)
        await message.answer_photo(BufferedInputFile(picture, filename=f"{name}.png"))
        await message.answer_document(BufferedInputFile(table, filename=f"{name}.csv"))

    async def _do(
        self,
        act: Act,
        number: int,
        query: CallbackQuery,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        if await of_member(self._desk, number, tr, member, notice) is not None:
            now = self._deps.clock()
            found = await act(number, member.user_id, now)
            await show(query, progress_screen(*found, tr, now, self._deps.sends_per_second))


async def of_member(
    desk: AnnouncementDesk, number: int, tr: Translation, member: StaffMember, notice: Notice
) -> Announcement | None:
    """The announcement, where this staff member may act on it; says so where not.  Raises UnknownAnnouncement."""
    announcement, _ = await desk.look(number)
    if may_act(member, announcement.audience):
        return announcement
    notice.say(tr.gettext("This announcement is for another territory."), alert=True)
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
