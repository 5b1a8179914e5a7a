"""An announcement under way: one message that shows how far it is, and what can be done with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from bot.announcement_acts import ActStep
from bot.announcements import AnnouncementDesk, Step
from bot.i18n import Translation, translation
from bot.messages.announcement import LOCAL_ZONE, progress_keyboard, progress_text
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
from handlers.keyboards import button
from handlers.notices import Notice
from handlers.rights import ONLY_PUBLISHERS, IsStaff
from handlers.screens import NOT_MODIFIED, Screen, message_under, show
from storage.announcements import Announcement, Progress, WrongState
from storage.staff import StaffMember
from storage.subscribers import Chat, Subscribers
from storage.territory_tree import territory_tree

logger = logging.getLogger(__name__)

MANY: Final = 2_000
"""So many recipients are not written down before somebody who pressed a button wonders whether it works."""

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
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Holds what has not left yet."""
        await self._do(self._desk.pause, callback_data.announcement, query, chat, tr, member, notice)

    async def resume(
        self,
        query: CallbackQuery,
        callback_data: ResumeAnnouncement,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Goes on."""
        await self._do(self._desk.resume, callback_data.announcement, query, chat, tr, member, notice)

    async def cancel(
        self,
        query: CallbackQuery,
        callback_data: CancelAnnouncement,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Nobody else is told.  An editor takes back what they wrote while it waits to be allowed."""
        found, _ = await self._desk.look(callback_data.announcement)
        if not member.may("publisher") and not (written_by(member, found) and found.state == "waiting"):
            await only_publishers(query, tr, notice)
            return
        await self._do(self._desk.cancel, callback_data.announcement, query, chat, tr, member, notice)

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
        said = progress_text(found, progress, tr, now, self._deps.sends_per_second, zone)
        name, message = f"announcement-{number}", message_under(query)
        await message.answer_photo(
            BufferedInputFile(picture, filename=f"{name}.png"), **said.as_caption_kwargs()
        )
        await message.answer_document(BufferedInputFile(table, filename=f"{name}.csv"))

    async def _do(
        self,
        act: Act,
        number: int,
        query: CallbackQuery,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        if await of_member(self._deps, number, tr, member, notice) is None:
            return
        now = self._deps.clock()
        try:
            found = await act(number, member.user_id, now)
        except WrongState as error:  # the message says what was before
            notice.say(tr.gettext(error.sentence), alert=True)
            found = await self._desk.look(number)
        zone = ZoneInfo(chat.timezone)
        screen = progress_screen(*found, tr, now, self._deps.sends_per_second, zone)
        await goes_on_here(self._desk, found[0], query, await show(query, screen))


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


async def goes_on_here(
    desk: AnnouncementDesk, announcement: Announcement, query: CallbackQuery, said: Message | None
) -> None:
    """For the one who sent it, the message just shown goes on showing how far it is, not an older one."""
    message = said or query.message
    if isinstance(message, Message) and announcement.progress_chat_id in (None, message.chat.id):
        await desk.show_progress_in(announcement.id, message.chat.id, message.message_id)


async def show_step(
    bot: Bot, step: Step | ActStep, subscribers: Subscribers, now: datetime, sends_per_second: float
) -> bool:
    """Brings the message that shows an announcement up to date, in the language and by the clock of its chat.

    For the tick that advances announcements.  What Telegram refuses is logged: the announcement goes on without it.
    False where Telegram could not be asked just now, so that it is worth trying again.
    """
    shown = step.act if isinstance(step, ActStep) else step.announcement
    if shown.progress_chat_id is None or shown.progress_message_id is None:
        return True
    reader = await subscribers.get(shown.progress_chat_id)
    tr = translation(reader.language if reader else "ky")
    zone = ZoneInfo(reader.timezone) if reader else LOCAL_ZONE
    if isinstance(step, ActStep):
        screen = act_screen(step, tr)
    else:
        screen = progress_screen(step.announcement, step.progress, tr, now, sends_per_second, zone)
    try:
        await bot.edit_message_text(
            chat_id=shown.progress_chat_id, message_id=shown.progress_message_id, **screen.as_kwargs()
        )
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        if NOT_MODIFIED not in error.message:
            logger.warning("the progress of %s %d is not shown: %s", type(shown).__name__, shown.id, error)
    except AiogramError as error:
        logger.warning("the progress of %s %d is not shown yet: %s", type(shown).__name__, shown.id, error)
        return False
    return True


async def show_report(query: CallbackQuery, deps: Dependencies, number: int) -> None:
    """Brings the report of an announcement up to date, after something was done with it."""
    if query.bot is not None:
        step = Step("done", *await deps.announcements.look(number))
        await show_step(query.bot, step, deps.subscribers, deps.clock(), deps.sends_per_second)


async def show_beginning(
    query: CallbackQuery, desk: AnnouncementDesk, announcement: Announcement, tr: Translation
) -> None:
    """Says at once that it begins, where that takes so long that somebody would wonder."""
    size = await desk.size(announcement.audience)
    if size >= MANY:
        await show(query, beginning_screen(tr, announcement.id, size))


def beginning_screen(tr: Translation, number: int, size: int) -> Screen:
    """The recipients are written down, and then it starts."""
    said = tr.gettext("Writing down who gets it: {n}…", n=tr.number(size))
    stop = button(tr.gettext("Stop sending"), CancelAnnouncement(announcement=number))
    return Screen(Text(said), ([stop],))


def progress_screen(
    announcement: Announcement,
    progress: Progress,
    tr: Translation,
    now: datetime,
    per_second: float,
    zone: ZoneInfo = LOCAL_ZONE,
) -> Screen:
    """How far an announcement is, with what can be done; times are those of the reader."""
    keyboard = progress_keyboard(announcement, progress, tr)
    rows = InlineKeyboardMarkup.model_validate(keyboard).inline_keyboard if keyboard else []
    return Screen(progress_text(announcement, progress, tr, now, per_second, zone), tuple(rows))


def act_screen(step: ActStep, tr: Translation) -> Screen:
    """How far a correction or deletion is."""
    return Screen(act_text(step.act, step.progress, tr))
