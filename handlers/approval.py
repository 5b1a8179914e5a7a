"""A second person's yes or no to an announcement, where the operator wants two people for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiogram import Bot, Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Bold, Text

from bot.announcements import AnnouncementDesk, Step
from bot.i18n import Translation
from bot.messages.parts import joined
from handlers.announcement_progress import progress_screen, show_step
from handlers.callbacks import ApprovalGiven
from handlers.dependencies import Clock, Dependencies
from handlers.drafts import may_act
from handlers.keyboards import button
from handlers.mail import Mail
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, show, take_buttons_away
from storage.announcements import Announcement
from storage.audiences import Audience
from storage.errors import N_, JarchyError
from storage.staff import StaffMember
from storage.subscribers import Chat, Subscribers

NOBODY_TO_APPROVE = N_(
    "A second publisher or administrator must approve it, and there is none who has written to the bot. "
    "An administrator can add one: /staff"
)


class Approval:
    """Finds the people who may say yes to an announcement, and asks them."""

    def __init__(self, deps: Dependencies, mail: Mail) -> None:
        self._deps = deps
        self._mail = mail

    async def approvers(self, author_id: int, audience: Audience) -> tuple[Chat, ...]:
        """Those who may approve what `author_id` says to an audience; nobody where one person is enough."""
        if not self._deps.announcements.two_people:
            return ()
        chats = [
            await self._deps.subscribers.get(member.user_id)
            for member in await self._deps.staff.all()
            if member.user_id != author_id and member.may("publisher") and may_act(member, audience)
        ]
        return tuple(chat for chat in chats if chat is not None and chat.state == "active")

    async def ask(self, announcement: Announcement, approvers: Sequence[Chat]) -> None:
        """Brings them every version as its readers will get it, and the question."""
        size = await self._deps.announcements.size(announcement.audience)
        versions = [part for parts in announcement.content.values() for part in parts]
        await self._mail.bring(approvers, _question(announcement, size), versions)

    async def tell_author(self, announcement: Announcement, screen: Callable[[Translation], Screen]) -> None:
        """Brings the author what became of it."""
        if author := await self._deps.subscribers.get(announcement.author_id):
            await self._mail.bring([author], screen)


def router() -> Router:
    """The buttons under an announcement that waits for approval."""
    approval = Router(name="approval")
    approval.callback_query.register(decide, ApprovalGiven.filter(), IsStaff("publisher"))
    return approval


async def decide(
    query: CallbackQuery,
    callback_data: ApprovalGiven,
    bot: Bot,
    tr: Translation,
    member: StaffMember,
    announcements: AnnouncementDesk,
    approval: Approval,
    subscribers: Subscribers,
    clock: Clock,
    sends_per_second: float,
    notice: Notice,
) -> None:
    """Sends the announcement, or stops it, and tells its author.  A decision taken before stays."""
    waiting, _ = await announcements.look(callback_data.announcement)
    if not may_act(member, waiting.audience):
        notice.say(tr.gettext("This announcement is for another territory."), alert=True)
        return
    act = announcements.allow if callback_data.yes else announcements.decline
    try:
        decided, progress = await act(waiting.id, member.user_id, clock())
    except JarchyError as error:
        notice.say(tr.gettext(error.sentence, **error.params), alert=True)
        if (await announcements.look(waiting.id))[0].state != "waiting":
            await take_buttons_away(query)
        return
    if callback_data.yes:
        await show(query, progress_screen(decided, progress, tr, clock(), sends_per_second))
    else:
        await show(query, Screen(Text(tr.gettext("You declined this announcement. Nobody gets it."))))
    await show_step(bot, Step("started", decided, progress), subscribers, clock(), sends_per_second)
    name = query.from_user.full_name
    await approval.tell_author(decided, lambda reader: _decision(reader, name, callback_data.yes))


def _question(announcement: Announcement, size: int) -> Callable[[Translation], Screen]:
    def screen(tr: Translation) -> Screen:
        to = tr.ngettext("For {n} subscriber", "For {n} subscribers", size)
        lines: list[Text | str] = [Bold(tr.gettext("This announcement needs your approval.")), to]
        if announcement.urgent:
            lines.append(tr.gettext("Urgent: it will not wait for the end of quiet hours."))
        yes = ApprovalGiven(announcement=announcement.id, yes=True)
        no = ApprovalGiven(announcement=announcement.id, yes=False)
        allow = button(tr.gettext("Allow"), yes, style="primary")
        return Screen(joined(lines), ([allow, button(tr.gettext("Decline"), no)],))

    return screen


def _decision(tr: Translation, name: str, yes: bool) -> Screen:
    said = N_("{name} allowed your announcement.") if yes else N_("{name} declined your announcement.")
    return Screen(Text(tr.gettext(said, name=name)))
