"""What can be done with an announcement after it was sent: correct it, delete it, send it again to some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.announcement_changes import NothingToCorrect, corrected, has_words
from bot.messages.callbacks import CorrectAnnouncement, ResendAnnouncement, WithdrawAnnouncement
from bot.messages.parts import joined
from bot.messages.written import parts_of
from handlers.announce_callbacks import CorrectionOf, CorrectionSure, WithdrawSure
from handlers.announcement_progress import (
    act_screen,
    of_member,
    only_publishers,
    progress_screen,
    show_report,
)
from handlers.approval import NOBODY_TO_APPROVE, Approval
from handlers.callbacks import Closed
from handlers.choices import LANGUAGE_NAMES
from handlers.concerned import reached
from handlers.dependencies import Dependencies
from handlers.dialogues import CORRECTION, router_of
from handlers.keyboards import button, close
from handlers.notices import Notice
from handlers.outgoing import answer_with
from handlers.rights import IsStaff
from handlers.screens import Screen, message_under, say, show
from storage.announcement_acts import DELETABLE_FOR, SentText, Standing, Wish
from storage.announcements import (
    Announcement,
    AnnouncementError,
    Content,
    content_as_json,
    content_from_json,
)
from storage.languages import LANGUAGES, Language
from storage.staff import StaffMember
from storage.subscribers import Chat


class Correcting(StatesGroup):
    """A staff member is writing what is to stand in place of what was sent."""

    content = State()


def router(deps: Dependencies, approval: Approval) -> Router:
    """The buttons under the report of an announcement."""
    changes = router_of(CORRECTION, "announcement changes")
    publisher = IsStaff("publisher")
    after = AfterSending(deps, approval)
    on = changes.callback_query.register
    on(after.resend, ResendAnnouncement.filter(), publisher)
    on(after.ask_correction, CorrectAnnouncement.filter(), publisher)
    on(after.ask_text, CorrectionOf.filter(), publisher)
    on(after.correct, CorrectionSure.filter(), publisher)
    on(after.ask_to_withdraw, WithdrawAnnouncement.filter(), publisher)
    on(after.withdraw, WithdrawSure.filter(), publisher)
    for wanted in (ResendAnnouncement, CorrectAnnouncement, WithdrawAnnouncement):
        on(only_publishers, wanted.filter(), IsStaff())
    changes.message.register(leave_files, RestOfAlbum(), publisher)
    changes.message.register(after.take_text, Correcting.content, ~F.text.startswith("/"), publisher)
    return changes


class RestOfAlbum(Filter):
    """Passes the further files of an album whose words were taken for a correction."""

    async def __call__(self, message: Message, state: FSMContext) -> bool:
        kept = (await state.get_data()).get("correcting") or {}
        return message.media_group_id is not None and kept.get("album") == message.media_group_id


async def leave_files(_message: Message) -> None:
    """Of an album that was sent for a correction only the words count, as was said under the preview."""


class AfterSending:
    """Acts on what was sent, or asks a second person where two are needed."""

    def __init__(self, deps: Dependencies, approval: Approval) -> None:
        self._deps = deps
        self._desk = deps.announcements
        self._approval = approval

    async def resend(
        self,
        query: CallbackQuery,
        callback_data: ResendAnnouncement,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Sends again to those whom it did not reach, or of whom that is not known."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is not None:
            wish = Wish("resend", outcome="failed" if callback_data.outcome == "failed" else "unknown")
            await self._wish(query, chat, tr, notice, found, wish)

    async def ask_correction(
        self,
        query: CallbackQuery,
        callback_data: CorrectAnnouncement,
        tr: Translation,
        member: StaffMember,
        state: FSMContext,
        notice: Notice,
    ) -> None:
        """Asks for the text that is to stand in place of what was sent; of several versions, for which."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is None:
            return
        if not any(map(has_words, found.content.values())):
            notice.say(tr.gettext(NothingToCorrect.sentence), alert=True)
            return
        await state.update_data(correcting={"announcement": found.id, "content": {}})
        if len(found.content) == 1:
            (language,) = found.content
            await self._ask_text(query, tr, state, found.id, language)
        else:
            await say(query, versions_screen(tr, found))

    async def ask_text(
        self,
        query: CallbackQuery,
        callback_data: CorrectionOf,
        tr: Translation,
        member: StaffMember,
        state: FSMContext,
        notice: Notice,
    ) -> None:
        """Asks for the corrected text of one version."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        language = next((code for code in LANGUAGES if code == callback_data.language), None)
        if found is not None and language and language in found.content:
            await self._ask_text(query, tr, state, found.id, language)

    async def take_text(
        self, message: Message, bot: Bot, chat: Chat, tr: Translation, state: FSMContext
    ) -> None:
        """Takes the corrected text, and shows what people will see instead of the old one."""
        kept = (await state.get_data()).get("correcting") or {}
        texts = await self._desk.acts.texts(int(kept.get("announcement", 0)))
        try:
            new = parts_of(message)
            of = [text for text in texts if text.language == kept.get("language")]
            seen = [corrected(text.parts, new) for text in of]
        except AnnouncementError as error:
            said = tr.gettext(error.sentence, **error.params)
            await show(message, Screen(Text(said), (close(tr, CORRECTION),)))
            return
        if not seen:
            await state.set_state(None)
            return
        content = {**content_from_json(kept["content"]), of[0].language: new}
        album = message.media_group_id
        await state.update_data(correcting={**kept, "content": content_as_json(content), "album": album})
        await state.set_state(None)
        await answer_with(bot, seen[-1], chat.id, chat.thread_id)
        await show(message, ready_screen(tr, int(kept["announcement"]), texts, content))

    async def correct(
        self,
        query: CallbackQuery,
        callback_data: CorrectionSure,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        state: FSMContext,
        notice: Notice,
    ) -> None:
        """Puts the new text in place of the old one, for everyone who got it."""
        kept = (await state.get_data()).get("correcting") or {}
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is None:
            return
        if kept.get("announcement") != found.id or not kept.get("content"):
            notice.say(tr.gettext("This correction has been sent or cancelled."), alert=True)
            return
        wish = Wish("correct", content_from_json(kept["content"]))
        if await self._wish(query, chat, tr, notice, found, wish):
            await state.update_data(correcting=None)

    async def ask_to_withdraw(
        self,
        query: CallbackQuery,
        callback_data: WithdrawAnnouncement,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Asks before deleting: it cannot be taken back.  Where Telegram no longer lets it, offers another text."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is not None:
            standing = await self._desk.acts.standing(found.id, self._deps.clock())
            await say(query, withdraw_screen(tr, found.id, standing))

    async def withdraw(
        self,
        query: CallbackQuery,
        callback_data: WithdrawSure,
        chat: Chat,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Deletes it for everyone."""
        found = await of_member(self._deps, callback_data.announcement, tr, member, notice)
        if found is not None:
            await self._wish(query, chat, tr, notice, found, Wish("withdraw"))

    async def _ask_text(
        self, query: CallbackQuery, tr: Translation, state: FSMContext, number: int, language: Language
    ) -> None:
        kept = (await state.get_data()).get("correcting") or {"content": {}}
        await state.set_state(Correcting.content)
        await state.update_data(correcting={**kept, "announcement": number, "language": language})
        text = tr.gettext("Send the corrected text. It will replace the old one for everyone who got it.")
        await say(query, Screen(Text(text), (close(tr, CORRECTION),)))

    async def _wish(
        self,
        query: CallbackQuery,
        chat: Chat,
        tr: Translation,
        notice: Notice,
        announcement: Announcement,
        wish: Wish,
    ) -> bool:
        """Does it, or asks a second person; False where neither can be, which is said."""
        by, now = query.from_user.id, self._deps.clock()
        if self._desk.two_people:
            return await self._propose(query, tr, notice, announcement, wish)
        try:
            act = await self._desk.acts.do(announcement.id, by, now, wish)
        except AnnouncementError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            return False
        if act is None:
            found = await self._desk.look(announcement.id)
            pace, zone = self._deps.sends_per_second, ZoneInfo(chat.timezone)
            await show(query, progress_screen(*found, tr, now, pace, zone))
        else:
            await self._show(query, act.id, act_screen(await self._desk.acts.look(act.id), tr))
            await show_report(query, self._deps, announcement.id)
        return True

    async def _propose(
        self, query: CallbackQuery, tr: Translation, notice: Notice, announcement: Announcement, wish: Wish
    ) -> bool:
        by, now = query.from_user.id, self._deps.clock()
        approvers = await self._approval.approvers(by, announcement.audience)
        if not approvers:
            notice.say(tr.gettext(NOBODY_TO_APPROVE), alert=True)
            return False
        request = await self._approval.request_of(announcement, wish, query.from_user.full_name)
        letters = self._approval.act_letters(request, wish, approvers)
        try:
            act = await self._desk.acts.propose(announcement.id, by, now, wish, letters)
        except AnnouncementError as error:
            notice.say(tr.gettext(error.sentence, **error.params), alert=True)
            return False
        waiting = Screen(Text(tr.gettext("Waiting for a second person to allow it.")))
        if wish.kind == "resend":
            await say(query, waiting)
        else:
            await self._show(query, act.id, waiting)
        return True

    async def _show(self, query: CallbackQuery, act_id: int, screen: Screen) -> None:
        """Shows a screen, and remembers where: its progress goes on there."""
        message = message_under(query)
        await self._desk.acts.show_progress_in(act_id, message.chat.id, message.message_id)
        if new := await show(query, screen):
            await self._desk.acts.show_progress_in(act_id, new.chat.id, new.message_id)


def withdraw_screen(tr: Translation, number: int, standing: Standing) -> Screen:
    """Shall it be deleted?  Says where that can no longer be, and what can be instead."""
    hours = round(DELETABLE_FOR / timedelta(hours=1))
    if 0 < standing.total == standing.too_old:
        said = tr.gettext(
            "Telegram lets a bot delete what it sent for {hours} hours only, and this was sent earlier. "
            "Its text can be replaced instead.",
            hours=hours,
        )
        instead = button(tr.gettext("Correct for all"), CorrectAnnouncement(announcement=number))
        return Screen(Text(said), ([instead, button(tr.gettext("Cancel"), Closed())],))
    lines = [tr.gettext("Delete this announcement for everyone who got it? This cannot be undone.")]
    if standing.too_old:
        lines.append(
            tr.gettext(
                "For {n} it will stay: they got it more than {hours} hours ago, and Telegram no longer lets it be "
                "deleted there. The text can be replaced for them afterwards.",
                n=tr.number(standing.too_old),
                hours=hours,
            )
        )
    sure = button(tr.gettext("Delete"), WithdrawSure(announcement=number), style="danger")
    return Screen(joined(lines), ([sure, button(tr.gettext("Cancel"), Closed())],))


def versions_screen(tr: Translation, announcement: Announcement) -> Screen:
    """Which version shall be corrected?"""
    rows = (
        [button(LANGUAGE_NAMES[code], CorrectionOf(announcement=announcement.id, language=code))]
        for code, parts in announcement.content.items()
        if has_words(parts)
    )
    return Screen(Text(tr.gettext("Which version shall be corrected?")), (*rows, close(tr, CORRECTION)))


def ready_screen(tr: Translation, number: int, texts: Sequence[SentText], content: Content) -> Screen:
    """How many see the correction, and the button that makes it."""
    count = reached(texts, content)
    left: Mapping[Language, SentText] = {
        text.language: text for text in texts if text.language not in content
    }
    lines: list[Text | str] = [Bold(tr.gettext("This is how people will see it."))]
    lines += [
        tr.gettext("The text in this language stays as it is: {language}", language=LANGUAGE_NAMES[code])
        for code in left
    ]
    if any(parts[0].method != "sendMessage" for parts in content.values()):
        lines.append(
            tr.gettext(
                "Only the words are corrected. The files that you have sent are not added and do not take the place of"
                " others."
            )
        )
    sure = tr.ngettext("Correct for {n} subscriber", "Correct for {n} subscribers", count)
    others = (
        [button("+ " + LANGUAGE_NAMES[code], CorrectionOf(announcement=number, language=code))]
        for code, text in left.items()
        if has_words(text.parts)
    )
    yes = button(sure, CorrectionSure(announcement=number), style="primary")
    return Screen(joined(lines), ([yes], *others, close(tr, CORRECTION)))
