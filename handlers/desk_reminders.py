"""Brings up again what waits on the question desk: once a day, in working hours, until somebody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from handlers.dependencies import Dependencies
from handlers.desk import question_screen
from handlers.mail import Mail
from handlers.screens import Screen
from handlers.working_hours import working_day
from storage.questions import Question

WAITS_LONG = timedelta(hours=24)


async def remind(deps: Dependencies, timezone: str) -> int:
    """Tells staff of the questions that have waited for a day; returns how many.

    Safe to ask often: a question is brought up once a day, in the working hours of `timezone`, on weekdays.
    """
    now = deps.clock()
    today = working_day(now, timezone)
    if today is None:
        return 0
    waiting = await deps.questions.take_reminders(now - WAITS_LONG, today, now)
    if waiting:
        await Mail(deps).tell_staff(lambda tr: reminder_screen(tr, waiting, timezone, now))
    return len(waiting)


def reminder_screen(tr: Translation, waiting: Sequence[Question], timezone: str, now: datetime) -> Screen:
    """How many questions have waited for more than a day, and the oldest to answer at once."""
    head = tr.ngettext(
        "{n} question has been waiting for more than a day.",
        "{n} questions have been waiting for more than a day.",
        len(waiting),
    )
    oldest = question_screen(tr, waiting[0], timezone, now)
    return Screen(Text(Bold(head), "\n\n", oldest.text, "\n\n", "/desk"), oldest.rows)
