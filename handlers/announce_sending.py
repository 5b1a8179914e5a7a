"""The moment an announcement leaves the hands of who wrote it: to its readers, to its hour, or to a second person."""

from __future__ import annotations

from datetime import datetime

from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.i18n import Translation
from handlers import drafts
from handlers.announce_screens import sure_screen
from handlers.announcement_progress import progress_screen
from handlers.approval import NOBODY_TO_APPROVE, Approval
from handlers.dependencies import Dependencies
from handlers.drafts import Draft
from handlers.notices import Notice
from handlers.screens import message_under, show
from storage.announcements import Announcement, Progress
from storage.audiences import Audience
from storage.errors import JarchyError
from storage.subscribers import Chat


class Dispatch:
    """Sends a draft, schedules it, or hands it to a second person."""

    def __init__(self, deps: Dependencies, approval: Approval) -> None:
        self._deps = deps
        self._desk = deps.announcements
        self._approval = approval

    async def __call__(
        self,
        query: CallbackQuery,
        tr: Translation,
        state: FSMContext,
        notice: Notice,
        at: datetime | None,
        yes: CallbackData,
        *,
        sure: bool,
    ) -> None:
        """Lets the draft of this conversation go now or `at` a time; an urgent one is asked about once more.

        `yes` is what the button of that question carries.
        """
        draft = await drafts.load(state)
        if draft.audience is None or not draft.content:
            over(tr, notice)
        elif draft.urgent and not sure:
            await show(query, sure_screen(tr, await self._desk.size(draft.audience), yes))
        else:
            await self._let_go(query, tr, state, notice, draft, draft.audience, at)

    async def _let_go(
        self,
        query: CallbackQuery,
        tr: Translation,
        state: FSMContext,
        notice: Notice,
        draft: Draft,
        audience: Audience,
        at: datetime | None,
    ) -> None:
        author, now = query.from_user.id, self._deps.clock()
        approvers = await self._approval.approvers(author, audience)
        if self._desk.two_people and not approvers:
            notice.say(tr.gettext(NOBODY_TO_APPROVE), alert=True)
            return
        composed = await self._composed(query, state, draft, audience)
        try:
            sent, progress = await self._send(composed, author, approvers, now, at)
        except JarchyError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            await state.clear()
            return
        await state.clear()
        screen = progress_screen(sent, progress, tr, now, self._deps.sends_per_second)
        if shown := await show(query, screen):
            await self._desk.show_progress_in(sent.id, shown.chat.id, shown.message_id)

    async def _composed(
        self, query: CallbackQuery, state: FSMContext, draft: Draft, audience: Audience
    ) -> Announcement:
        """The draft as an announcement.  Its number is kept in the conversation: killed here, it is not sent twice."""
        if known := (await state.get_data()).get("composed"):
            return (await self._desk.look(known))[0]
        author, now = query.from_user.id, self._deps.clock()
        composed = await self._desk.compose(author, draft.content, audience, now, urgent=draft.urgent)
        message = message_under(query)
        await self._desk.show_progress_in(composed.id, message.chat.id, message.message_id)
        await state.update_data(composed=composed.id)
        return composed

    async def _send(
        self,
        announcement: Announcement,
        author: int,
        approvers: tuple[Chat, ...],
        now: datetime,
        at: datetime | None,
    ) -> tuple[Announcement, Progress]:
        if not approvers:
            return await self._desk.send(announcement.id, author, now, at)
        letters = await self._approval.letters(announcement, approvers)
        return await self._desk.submit(announcement.id, author, now, at, letters)


def over(tr: Translation, notice: Notice) -> None:
    """Says that there is no draft any more."""
    notice.say(tr.gettext("This announcement has been sent or cancelled. Begin anew: /announce"), alert=True)
