"""The moment an announcement leaves the hands of who wrote it: to its readers, to its hour, or to a second person."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.i18n import Translation
from handlers import drafts
from handlers.announce_screens import sure_screen
from handlers.announcement_progress import progress_screen, show_beginning
from handlers.approval import NOBODY_TO_APPROVE, NOBODY_TO_SEND, Approval
from handlers.dependencies import Dependencies
from handlers.dialogues import ANNOUNCEMENT, leave
from handlers.drafts import NOT_THEIRS, Draft, may_act
from handlers.notices import Notice
from handlers.screens import message_under, show
from storage.announcements import Announcement, Nobody, Progress
from storage.audiences import Audience
from storage.errors import JarchyError
from storage.staff import StaffMember
from storage.subscribers import Chat
from storage.territory_tree import territory_tree


class Dispatch:
    """Sends a draft, schedules it, or hands it to a second person."""

    def __init__(self, deps: Dependencies, approval: Approval) -> None:
        self._deps = deps
        self._desk = deps.announcements
        self._approval = approval

    async def __call__(
        self,
        query: CallbackQuery,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        state: FSMContext,
        notice: Notice,
        at: datetime | None,
        yes: CallbackData,
        *,
        sure: bool,
    ) -> None:
        """Lets the draft of this conversation go now or `at` a time; what an editor wrote goes to who may send it.

        A publisher is asked once more about what is urgent: `yes` is what the button of that question carries.  The
        rights that count are those of this moment: a draft may be older than a limit.
        """
        draft = await drafts.load(state)
        if draft.audience is None or not draft.content:
            over(tr, notice)
        elif not may_act(member, draft.audience, await territory_tree(self._deps.database)):
            notice.say(tr.gettext(NOT_THEIRS), alert=True)
        elif draft.urgent and not sure and member.may("publisher"):
            when = tr.moment(at, self._deps.clock(), ZoneInfo(chat.timezone)) if at else None
            await show(query, sure_screen(tr, await self._desk.size(draft.audience), yes, when))
        else:
            await self._let_go(query, chat, tr, member, state, notice, draft, draft.audience, at)

    async def _let_go(
        self,
        query: CallbackQuery,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        state: FSMContext,
        notice: Notice,
        draft: Draft,
        audience: Audience,
        at: datetime | None,
    ) -> None:
        now = self._deps.clock()
        approvers: tuple[Chat, ...] = ()
        if self._approval.is_needed(member):
            approvers = await self._approval.approvers(member.user_id, audience)
            if not approvers:
                nobody = NOBODY_TO_APPROVE if member.may("publisher") else NOBODY_TO_SEND
                notice.say(tr.gettext(nobody), alert=True)
                return
        composed = await self._composed(query, state, draft, audience)
        try:
            sent, progress = await self._send(query, tr, composed, approvers, now, at)
        except Nobody as error:
            notice.say(tr.gettext(error.sentence), alert=True)
            await drafts.keep(state, draft)
            return
        except JarchyError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            await leave(state, ANNOUNCEMENT)
            return
        await leave(state, ANNOUNCEMENT)
        pace, zone = self._deps.sends_per_second, ZoneInfo(chat.timezone)
        if shown := await show(query, progress_screen(sent, progress, tr, now, pace, zone)):
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
        query: CallbackQuery,
        tr: Translation,
        announcement: Announcement,
        approvers: tuple[Chat, ...],
        now: datetime,
        at: datetime | None,
    ) -> tuple[Announcement, Progress]:
        author = announcement.author_id
        if not approvers:
            begins = partial(show_beginning, query, self._desk, announcement, tr)
            return await self._desk.send(announcement.id, author, now, at, begins=begins)
        request = await self._approval.request(announcement, query.from_user.full_name, at)
        letters = self._approval.letters(request, approvers)
        return await self._desk.submit(announcement.id, author, now, at, letters)


def over(tr: Translation, notice: Notice) -> None:
    """Says that there is no draft any more."""
    notice.say(tr.gettext("This announcement has been sent or cancelled. Begin anew: /announce"), alert=True)
