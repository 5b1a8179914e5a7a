"""An announcement under way: one message that shows how far it is, and what can be done with it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from bot.announcements import AnnouncementDesk, Step
from bot.i18n import Translation, translation
from bot.messages.announcement import (
    CannotAnnounce,
    outcomes_csv,
    parts_of,
    progress_keyboard,
    progress_text,
)
from bot.messages.callbacks import (
    CancelAnnouncement,
    CorrectAnnouncement,
    PauseAnnouncement,
    ReportAnnouncement,
    ResendAnnouncement,
    ResumeAnnouncement,
    WithdrawAnnouncement,
)
from handlers.callbacks import Closed, WithdrawSure
from handlers.dependencies import Clock
from handlers.drafts import may_act
from handlers.keyboards import button, close
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import NOT_MODIFIED, Screen, say, show
from storage.announcements import Announcement, Progress
from storage.staff import StaffMember
from storage.subscribers import Chat, Subscribers

logger = logging.getLogger(__name__)


class Correcting(StatesGroup):
    """A staff member is writing what is to stand in place of what was sent."""

    content = State()


def router() -> Router:
    """The buttons under an announcement that is sent."""
    progress = Router(name="announcement progress")
    publisher = IsStaff("publisher")
    on = progress.callback_query.register
    on(pause, PauseAnnouncement.filter(), publisher)
    on(resume, ResumeAnnouncement.filter(), publisher)
    on(cancel, CancelAnnouncement.filter(), publisher)
    on(resend, ResendAnnouncement.filter(), publisher)
    on(report, ReportAnnouncement.filter(), publisher)
    on(ask_correction, CorrectAnnouncement.filter(), publisher)
    on(ask_to_withdraw, WithdrawAnnouncement.filter(), publisher)
    on(withdraw, WithdrawSure.filter(), publisher)
    progress.message.register(correct, Correcting.content, ~F.text.startswith("/"), publisher)
    return progress


async def show_step(
    bot: Bot, step: Step, subscribers: Subscribers, now: datetime, sends_per_second: float
) -> None:
    """Brings the message that shows an announcement up to date, in the language of the chat it stands in.

    For the tick that advances announcements.  What Telegram refuses is logged: the announcement goes on without it.
    """
    announcement = step.announcement
    if announcement.progress_chat_id is None or announcement.progress_message_id is None:
        return
    reader = await subscribers.get(announcement.progress_chat_id)
    tr = translation(reader.language if reader else "ky")
    screen = progress_screen(announcement, step.progress, tr, now, sends_per_second)
    try:
        await bot.edit_message_text(
            chat_id=announcement.progress_chat_id,
            message_id=announcement.progress_message_id,
            **screen.as_kwargs(),
        )
    except TelegramAPIError as error:
        if NOT_MODIFIED not in error.message:
            logger.warning("the progress of announcement %d is not shown: %s", announcement.id, error)


async def pause(
    query: CallbackQuery,
    callback_data: PauseAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    clock: Clock,
    sends_per_second: float,
    notice: Notice,
) -> None:
    """Holds what has not left yet."""
    if await _allowed(callback_data.announcement, tr, member, announcements, notice):
        found = await announcements.pause(callback_data.announcement, member.user_id, clock())
        await show(query, progress_screen(*found, tr, clock(), sends_per_second))


async def resume(
    query: CallbackQuery,
    callback_data: ResumeAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    clock: Clock,
    sends_per_second: float,
    notice: Notice,
) -> None:
    """Goes on."""
    if await _allowed(callback_data.announcement, tr, member, announcements, notice):
        found = await announcements.resume(callback_data.announcement, member.user_id, clock())
        await show(query, progress_screen(*found, tr, clock(), sends_per_second))


async def cancel(
    query: CallbackQuery,
    callback_data: CancelAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    clock: Clock,
    sends_per_second: float,
    notice: Notice,
) -> None:
    """Nobody else is told."""
    if await _allowed(callback_data.announcement, tr, member, announcements, notice):
        found = await announcements.cancel(callback_data.announcement, member.user_id, clock())
        await show(query, progress_screen(*found, tr, clock(), sends_per_second))


async def resend(
    query: CallbackQuery,
    callback_data: ResendAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    clock: Clock,
    sends_per_second: float,
    notice: Notice,
) -> None:
    """Sends again to those whom it did not reach, or of whom that is not known."""
    if not await _allowed(callback_data.announcement, tr, member, announcements, notice):
        return
    outcome: Literal["unknown", "failed"] = "failed" if callback_data.outcome == "failed" else "unknown"
    count = await announcements.resend(callback_data.announcement, member.user_id, clock(), outcome)
    notice.say(tr.ngettext("Sending again to {n}", "Sending again to {n}", count))
    found = await announcements.look(callback_data.announcement)
    await show(query, progress_screen(*found, tr, clock(), sends_per_second))


async def report(
    query: CallbackQuery,
    callback_data: ReportAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    notice: Notice,
) -> None:
    """Sends the outcomes as a table, without names."""
    if not await _allowed(callback_data.announcement, tr, member, announcements, notice):
        return
    table = outcomes_csv(await announcements.outcomes(callback_data.announcement))
    file = BufferedInputFile(table, filename=f"announcement-{callback_data.announcement}.csv")
    if isinstance(query.message, Message):
        await query.message.answer_document(file)


async def ask_correction(
    query: CallbackQuery,
    callback_data: CorrectAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    state: FSMContext,
    notice: Notice,
) -> None:
    """Asks for the text that is to stand in place of what was sent."""
    if not await _allowed(callback_data.announcement, tr, member, announcements, notice):
        return
    await state.set_state(Correcting.content)
    await state.update_data(correcting=callback_data.announcement)
    text = tr.gettext("Send the corrected text. It will replace the old one for everyone who got it.")
    await say(query, Screen(Text(text), (close(tr),)))


async def correct(
    message: Message,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    state: FSMContext,
    clock: Clock,
) -> None:
    """Puts the new text in place of the old one, for everyone."""
    announcement_id = int((await state.get_data()).get("correcting", 0))
    try:
        content = {chat.language: parts_of(message)}
        count = await announcements.correct(announcement_id, member.user_id, clock(), content)
    except CannotAnnounce as error:
        await show(message, Screen(Text(tr.gettext(error.sentence)), (close(tr),)))
        return
    await state.clear()
    await show(
        message,
        Screen(
            Text(tr.ngettext("Correcting it for {n} subscriber", "Correcting it for {n} subscribers", count))
        ),
    )


async def ask_to_withdraw(
    query: CallbackQuery,
    callback_data: WithdrawAnnouncement,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    notice: Notice,
) -> None:
    """Asks before deleting: it cannot be taken back."""
    if await _allowed(callback_data.announcement, tr, member, announcements, notice):
        sure = WithdrawSure(announcement=callback_data.announcement)
        text = tr.gettext("Delete this announcement for everyone who got it? This cannot be undone.")
        buttons = [button(tr.gettext("Delete"), sure, style="danger"), button(tr.gettext("Cancel"), Closed())]
        await say(query, Screen(Text(text), (buttons,)))


async def withdraw(
    query: CallbackQuery,
    callback_data: WithdrawSure,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    clock: Clock,
    notice: Notice,
) -> None:
    """Deletes it for everyone."""
    if await _allowed(callback_data.announcement, tr, member, announcements, notice):
        count = await announcements.withdraw(callback_data.announcement, member.user_id, clock())
        await show(
            query,
            Screen(
                Text(tr.ngettext("Deleting it for {n} subscriber", "Deleting it for {n} subscribers", count))
            ),
        )


def progress_screen(
    announcement: Announcement, progress: Progress, tr: Translation, now: datetime, per_second: float
) -> Screen:
    """How far an announcement is, with what can be done."""
    keyboard = progress_keyboard(announcement, progress, tr)
    rows = InlineKeyboardMarkup.model_validate(keyboard).inline_keyboard if keyboard else []
    return Screen(progress_text(announcement, progress, tr, now, per_second), tuple(rows))


async def _allowed(
    announcement_id: int,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    notice: Notice,
) -> bool:
    """Whether this staff member may act on it; says so where not.  Raises UnknownAnnouncement."""
    announcement, _ = await announcements.look(announcement_id)
    if may_act(member, announcement.audience):
        return True
    notice.say(tr.gettext("This announcement is for another territory."), alert=True)
    return False
