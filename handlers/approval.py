"""A second person's yes or no: to what an editor prepared, and to everything where the operator wants two people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot.announcements import Step, TimeHasPassed
from bot.i18n import Translation, translation
from handlers.announce_callbacks import ActApproved, ApprovalGiven
from handlers.announcement_progress import of_member, show_beginning, show_report, show_step
from handlers.approval_screens import (
    Request,
    act_allowed_screen,
    act_decision,
    act_declined_screen,
    act_question,
    allowed_screen,
    decision,
    declined_screen,
    late_question,
    question,
)
from handlers.concerned import concerned
from handlers.dependencies import Dependencies
from handlers.drafts import may_act
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.outgoing import as_part
from handlers.rights import IsStaff
from handlers.screens import Screen, show, take_buttons_away
from storage.announcement_acts import Wish
from storage.announcements import Announcement, Content
from storage.audiences import Audience
from storage.deliveries import Letter
from storage.errors import N_, JarchyError
from storage.labels import labels
from storage.parts import Part
from storage.staff import StaffMember
from storage.subscribers import Chat
from storage.territory_tree import territory_tree

NOBODY_TO_APPROVE = N_(
    "A second publisher or administrator must approve it, and there is none who has written to the bot. "
    "An administrator can add one: /staff"
)
NOBODY_TO_SEND = N_(
    "A publisher or administrator must send it, and there is none for this audience who has written to the bot. "
    "An administrator can add one: /staff"
)


class Approval:
    """Finds the people who may say yes to an announcement, and asks them."""

    def __init__(self, deps: Dependencies, mail: Mail) -> None:
        self._deps = deps
        self._mail = mail

    def is_needed(self, member: StaffMember) -> bool:
        """Whether somebody else has to allow what a staff member announces."""
        return self._deps.announcements.two_people or not member.may("publisher")

    def may_decide(self, member: StaffMember, asked_by: int) -> bool:
        """Whether a staff member may allow what somebody asked for; of the territory is to be asked besides."""
        if not member.may("publisher"):
            return False
        return member.user_id != asked_by or not self._deps.announcements.two_people

    async def approvers(self, author_id: int, audience: Audience) -> tuple[Chat, ...]:
        """Those who may approve what `author_id` says to an audience, and can be asked."""
        tree = await territory_tree(self._deps.database)
        chats = [
            await self._deps.subscribers.get(member.user_id)
            for member in await self._deps.staff.all()
            if member.user_id != author_id and member.may("publisher") and may_act(member, audience, tree)
        ]
        return tuple(chat for chat in chats if chat is not None and chat.state == "active")

    async def request(
        self, announcement: Announcement, who: str, at: datetime | None, since: datetime | None = None
    ) -> Request:
        """What is asked of an announcement that `who` wrote, to leave `at` a time; `since` it has been waiting."""
        size = await self._deps.announcements.size(announcement.audience)
        return await self._request(announcement, who, size, at, since)

    async def request_of(
        self, announcement: Announcement, wish: Wish, who: str, since: datetime | None = None
    ) -> Request:
        """What is asked of a wish about an announcement that was sent."""
        count = await concerned(self._deps.announcements, announcement.id, wish)
        return await self._request(announcement, who, count, None, since)

    async def _request(
        self,
        announcement: Announcement,
        who: str,
        count: int,
        at: datetime | None,
        since: datetime | None,
    ) -> Request:
        author = await self._deps.staff.member(announcement.author_id)
        return Request(
            announcement=announcement,
            who=who,
            role=author.role if author else None,
            count=count,
            topics=(await labels(self._deps.database)).topic,
            tree=await territory_tree(self._deps.database),
            now=self._deps.clock(),
            at=at,
            since=since,
        )

    def letters(self, request: Request, approvers: Sequence[Chat]) -> tuple[Letter, ...]:
        """Every version as its readers will get it, and the question, for each who may say yes."""
        content = request.announcement.content
        return _letters(approvers, content, lambda tr, zone: question(request, tr, zone))

    def act_letters(
        self, request: Request, wish: Wish, approvers: Sequence[Chat]
    ) -> Callable[[int], Sequence[Letter]]:
        """What is to be said or was said, and the question, for each who may say yes; of the act's number."""
        content = wish.content or request.announcement.content
        return lambda act_id: _letters(
            approvers, content, lambda tr, zone: act_question(act_id, wish, request, tr, zone)
        )

    async def tell(self, user_id: int, screen: Callable[[Translation], Screen]) -> None:
        """Brings the one who asked what became of it."""
        if asker := await self._deps.subscribers.get(user_id):
            await self._mail.bring([asker], screen)


def versions(content: Content) -> tuple[Part, ...]:
    """Every version, one after another.  Pure."""
    return tuple(part for parts in content.values() for part in parts)


def _letters(
    chats: Iterable[Chat], content: Content, screen: Callable[[Translation, str], Screen]
) -> tuple[Letter, ...]:
    def letter(chat: Chat) -> Letter:
        asked = as_part(screen(translation(chat.language), chat.timezone))
        return Letter("notice", chat.language, (*versions(content), asked), (chat.id,))

    return tuple(map(letter, chats))


def router(deps: Dependencies, approval: Approval) -> Router:
    """The buttons under what waits for approval."""
    second = SecondPerson(deps, approval)
    decisions = Router(name="approval")
    decisions.callback_query.register(second.decide, ApprovalGiven.filter(), IsStaff("publisher"))
    decisions.callback_query.register(second.decide_act, ActApproved.filter(), IsStaff("publisher"))
    return decisions


class SecondPerson:
    """The one who says yes or no.  A decision taken before stays."""

    def __init__(self, deps: Dependencies, approval: Approval) -> None:
        self._deps = deps
        self._desk = deps.announcements
        self._approval = approval

    async def decide(
        self,
        query: CallbackQuery,
        callback_data: ApprovalGiven,
        bot: Bot,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Sends the announcement, or stops it, and tells its author.  Asks again where its time has passed."""
        number, yes, now = callback_data.announcement, callback_data.yes, self._deps.clock()
        found = await of_member(self._deps, number, tr, member, notice)
        if found is None:
            return
        begins = partial(show_beginning, query, self._desk, found, tr)
        allow = partial(self._desk.allow, sure=callback_data.sure, begins=begins)
        try:
            decided, progress = await (allow if yes else self._desk.decline)(number, member.user_id, now)
        except TimeHasPassed:
            await show(query, late_question(found, tr, chat.timezone, now))
            return
        except JarchyError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            if (await self._desk.look(number))[0].state != "waiting":
                await take_buttons_away(query)
            return
        pace = self._deps.sends_per_second
        await show(query, allowed_screen(tr, number) if yes else declined_screen(tr))
        await show_step(bot, Step("started", decided, progress), self._deps.subscribers, now, pace)
        name = query.from_user.full_name
        await self._approval.tell(decided.author_id, lambda reader: decision(reader, name, yes))

    async def decide_act(
        self,
        query: CallbackQuery,
        callback_data: ActApproved,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Corrects, deletes or sends again, or leaves it, and tells the one who wanted it."""
        yes, now, acts = callback_data.yes, self._deps.clock(), self._desk.acts
        waiting = await acts.get(callback_data.act)
        if await of_member(self._deps, waiting.announcement_id, tr, member, notice) is None:
            return
        decide = acts.allow if yes else acts.decline
        try:
            decided = await decide(waiting.id, member.user_id, now)
        except JarchyError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            if (await acts.get(waiting.id)).state != "waiting":
                await take_buttons_away(query)
            return
        await show(query, act_allowed_screen(tr) if yes else act_declined_screen(tr))
        if yes:
            await show_report(query, self._deps, decided.announcement_id)
        name, kind = query.from_user.full_name, decided.wish.kind
        await self._approval.tell(decided.asked_by, lambda reader: act_decision(reader, name, kind, yes))
