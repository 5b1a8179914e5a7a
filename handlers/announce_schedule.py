"""When an announcement leaves: an hour from a list, or a day and an hour that staff write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from bot.messages.parts import joined
from handlers import drafts
from handlers.announce_callbacks import AnnouncementStep, ScheduleChosen
from handlers.announce_sending import Dispatch
from handlers.dependencies import Clock
from handlers.dialogues import ANNOUNCEMENT, router_of
from handlers.keyboards import back, button
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, in_columns, show
from storage.staff import StaffMember
from storage.subscribers import Chat

HOURS: Final = (1, 3, 6, 12, 24, 48)
"""After how many hours an announcement is offered to be sent."""
DAYTIME: Final = range(8, 21)
MORNING: Final = 9
"""The hours that are offered, and the one that stands for those of the night before it."""

FARTHEST: Final = timedelta(days=366)
_DAYS: Final = {"сегодня": 0, "бүгүн": 0, "бугун": 0, "завтра": 1, "эртең": 1, "эртен": 1}
_WRITTEN: Final = re.compile(
    r"^(?:(?:(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}))?|(?P<word>[^\W\d]+))[\s,]+(?:в\s+|саат\s+)?)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})$",
    re.IGNORECASE,
)


class Scheduling(StatesGroup):
    """A staff member may write a time."""

    moment = State()


def router() -> Router:
    """Choosing the time of an announcement."""
    schedule = router_of(ANNOUNCEMENT, "announcement schedule")
    staff = IsStaff()
    wanted = AnnouncementStep.filter(F.step == "schedule")
    schedule.callback_query.register(show_schedule, wanted, staff)
    schedule.callback_query.register(send_later, ScheduleChosen.filter(), staff)
    schedule.message.register(take_time, Scheduling.moment, F.text, ~F.text.startswith("/"), staff)
    return schedule


async def show_schedule(
    query: CallbackQuery, chat: Chat, tr: Translation, state: FSMContext, clock: Clock
) -> None:
    """Shows when it can be sent."""
    await state.set_state(Scheduling.moment)
    await show(query, schedule_screen(tr, chat.timezone, clock()))


async def take_time(message: Message, chat: Chat, tr: Translation, state: FSMContext, clock: Clock) -> None:
    """Takes a day and an hour, and shows how they were understood."""
    if not (await drafts.load(state)).content:
        await state.set_state(None)
        return
    now = clock()
    at = moment_of(message.text or "", now, ZoneInfo(chat.timezone))
    if at is None or not now < at <= now + FARTHEST:
        await show(message, not_understood_screen(tr))
        return
    await state.set_state(None)
    await show(message, sure_of_time_screen(tr, at, chat.timezone, now))


async def send_later(
    query: CallbackQuery,
    callback_data: ScheduleChosen,
    chat: Chat,
    tr: Translation,
    member: StaffMember,
    state: FSMContext,
    dispatch: Dispatch,
    clock: Clock,
    notice: Notice,
) -> None:
    """Freezes text and audience; it leaves at the chosen time."""
    at = datetime.fromtimestamp(callback_data.at, UTC)
    if at <= clock():
        await state.set_state(Scheduling.moment)
        notice.say(tr.gettext("This time has passed. Please choose another."), alert=True)
        await show(query, schedule_screen(tr, chat.timezone, clock()))
        return
    yes = ScheduleChosen(at=callback_data.at, sure=True)
    await dispatch(query, chat, tr, member, state, notice, at, yes, sure=callback_data.sure)


def moment_of(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The time that a text such as `25.11 18:00`, `завтра 9:00` or `18:30` means; None where it is none.  Pure.

    An hour alone is its next occurrence, a day without a year the next one of that date.
    """
    found = _WRITTEN.match(text.strip().lower())
    if found is None:
        return None
    local = now.astimezone(zone)
    try:
        at = local.replace(hour=int(found["hour"]), minute=int(found["minute"]), second=0, microsecond=0)
        if found["word"]:
            days = _DAYS.get(found["word"])
            return None if days is None else (at + timedelta(days=days)).astimezone(UTC)
        if found["day"] is None:
            return (at if at > local else at + timedelta(days=1)).astimezone(UTC)
        year = int(found["year"] or local.year)
        at = at.replace(year=year, month=int(found["month"]), day=int(found["day"]))
        if found["year"] is None and at <= local:
            at = at.replace(year=year + 1)
    except ValueError:
        return None
    return at.astimezone(UTC)


def schedule_screen(tr: Translation, timezone: str, now: datetime) -> Screen:
    """When to send, in the staff member's own time."""

    def choice(at: datetime) -> InlineKeyboardButton:
        return button(tr.moment(at, now, ZoneInfo(timezone)), ScheduleChosen(at=int(at.timestamp())))

    lines = (
        tr.gettext("When shall it be sent?"),
        tr.gettext("You can also write a day and an hour, such as 25.11 18:00."),
    )
    rows = (
        *in_columns(map(choice, offered(now, ZoneInfo(timezone))), 2),
        back(tr, AnnouncementStep(step="preview")),
    )
    return Screen(joined(lines), rows)


def sure_of_time_screen(tr: Translation, at: datetime, timezone: str, now: datetime) -> Screen:
    """Is this the time that was meant?"""
    when = tr.moment(at, now, ZoneInfo(timezone))
    yes = button(
        tr.gettext("Send {when}", when=when), ScheduleChosen(at=int(at.timestamp())), style="primary"
    )
    asked = tr.gettext("It will be sent {when}. Is that right?", when=when)
    return Screen(Text(asked), ([yes], back(tr, AnnouncementStep(step="schedule"))))


def not_understood_screen(tr: Translation) -> Screen:
    """How a time is written."""
    said = tr.gettext("I cannot read this time, or it has passed. Write it as 25.11 18:00 or 18:00.")
    return Screen(Text(said), (back(tr, AnnouncementStep(step="schedule")),))


def offered(now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The times that are offered: full hours by day; in place of one at night the morning after it.  Pure."""
    hours = (hour_after(now, hours).astimezone(zone) for hours in HOURS)
    return tuple(sorted({_by_day(at).astimezone(UTC) for at in hours}))


def _by_day(at: datetime) -> datetime:
    if at.hour in DAYTIME:
        return at
    next_day = timedelta(days=at.hour >= DAYTIME.stop)
    return (at + next_day).replace(hour=MORNING, minute=0)


def hour_after(now: datetime, hours: int) -> datetime:
    """The full hour that comes at least `hours` after now.  Pure."""
    at = now + timedelta(hours=max(hours, 0))
    full = at.replace(minute=0, second=0, microsecond=0)
    return full if full == at else full + timedelta(hours=1)
