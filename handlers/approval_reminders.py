"""Brings up again what waits for a second person's yes: once a day, in working hours, until somebody decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aiogram import Bot

from handlers.approval import Approval
from handlers.dependencies import Dependencies
from handlers.mail import Mail
from handlers.people import person_name
from handlers.working_hours import working_day
from storage.approvals import Approvals, Waiting
from storage.deliveries import Letter

WAITS_LONG: Final = timedelta(hours=4)


async def remind(deps: Dependencies, bot: Bot, timezone: str) -> int:
    """Asks again all who may decide on what has waited for long; returns how many things those are.

    Safe to ask often: each is brought up once a day, in the working hours of `timezone`, on weekdays.
    """
    now = deps.clock()
    today = working_day(now, timezone)
    if today is None:
        return 0
    approvals, asking = Approvals(deps.database), Asking(deps, bot)
    reminded = 0
    for waiting in await approvals.overdue(now - WAITS_LONG, today):
        letters = await asking.letters(waiting)
        if letters and await approvals.remind(waiting, today, now, letters):
            reminded += 1
    if reminded:
        deps.poke()
    return reminded


class Asking:
    """Writes the question again, to everybody who may answer it now."""

    def __init__(self, deps: Dependencies, bot: Bot) -> None:
        self._desk = deps.announcements
        self._approval = Approval(deps, Mail(deps))
        self._bot = bot

    async def letters(self, waiting: Waiting) -> Sequence[Letter]:
        """One for each who may decide; nothing where nobody may."""
        if waiting.kind == "act":
            return await self._of_act(waiting)
        found, _ = await self._desk.look(waiting.id)
        who = await person_name(self._bot, found.author_id)
        request = await self._approval.request(found, who, found.scheduled_for, waiting.since)
        approvers = await self._approval.approvers(found.author_id, found.audience)
        return self._approval.letters(request, approvers)

    async def _of_act(self, waiting: Waiting) -> Sequence[Letter]:
        act = await self._desk.acts.get(waiting.id)
        found, _ = await self._desk.look(act.announcement_id)
        who = await person_name(self._bot, act.asked_by)
        request = await self._approval.request_of(found, act.wish, who, waiting.since)
        approvers = await self._approval.approvers(act.asked_by, found.audience)
        return self._approval.act_letters(request, act.wish, approvers)(act.id)
