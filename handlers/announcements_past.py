"""The latest announcements: each can be looked at again, with all that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.announcement import words_of
from bot.messages.parts import clip, joined
from handlers.announce_callbacks import PastWanted
from handlers.announce_schedule import named
from handlers.announcement_progress import of_member, progress_screen
from handlers.dependencies import Dependencies
from handlers.drafts import may_act
from handlers.keyboards import button, close
from handlers.notices import Notice
from handlers.rights import IsStaff
from handlers.screens import Screen, message_under, say, show
from storage.announcements import Announcement, AnnouncementState
from storage.errors import N_
from storage.staff import StaffMember
from storage.subscribers import Chat

SHOWN: Final = 10
_LOOKED_AT: Final = 60
_WORDS: Final = 36

STATE_NAMES: Final[Mapping[AnnouncementState, str]] = {
    "waiting": N_("waits for approval"),
    "scheduled": N_("will be sent"),
    "running": N_("is being sent"),
    "paused": N_("is paused"),
    "done": N_("sent"),
    "cancelled": N_("stopped"),
}


def router(deps: Dependencies) -> Router:
    """Looking at what was announced."""
    past = Router(name="announced before")
    archive = Archive(deps)
    past.callback_query.register(
        archive.show_list, PastWanted.filter(F.announcement == 0), IsStaff("publisher")
    )
    past.callback_query.register(archive.show_one, PastWanted.filter(), IsStaff("publisher"))
    return past


class Archive:
    """What was announced, as far as a staff member may act on it."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._desk = deps.announcements

    async def show_list(self, query: CallbackQuery, chat: Chat, tr: Translation, member: StaffMember) -> None:
        """Shows the latest."""
        recent = await self._desk.recent(_LOOKED_AT)
        theirs = [one for one in recent if one.state in STATE_NAMES and may_act(member, one.audience)]
        await show(query, past_screen(tr, theirs[:SHOWN], chat.timezone, self._deps.clock()))

    async def show_one(
        self,
        query: CallbackQuery,
        callback_data: PastWanted,
        tr: Translation,
        member: StaffMember,
        notice: Notice,
    ) -> None:
        """Shows how far one is.  For the one who sent it, the new message goes on showing that."""
        found = await of_member(self._desk, callback_data.announcement, tr, member, notice)
        if found is None:
            return
        now = self._deps.clock()
        looked = await self._desk.look(found.id)
        screen = progress_screen(*looked, tr, now, self._deps.sends_per_second)
        shown = await say(query, screen)
        here = message_under(query).chat.id
        if shown is not None and found.progress_chat_id in (None, here):
            await self._desk.show_progress_in(found.id, here, shown.message_id)


def past_screen(tr: Translation, found: Sequence[Announcement], timezone: str, now: datetime) -> Screen:
    """The latest announcements, newest first: how each begins, when it was, and what became of it."""
    if not found:
        return Screen(Text(tr.gettext("Nothing has been announced yet.")), (close(tr),))
    lines: list[Text | str] = [Bold(tr.gettext("Announced before"))]
    rows = []
    for number, one in enumerate(found, 1):
        at = one.started_at or one.scheduled_for or one.created_at
        state = tr.gettext(STATE_NAMES[one.state])
        lines.append(f"{number}. {_begins(one, tr)} — {named(tr, at, timezone, now)}, {state}")
        rows.append(button(f"{number}. {_begins(one, tr)}", PastWanted(announcement=one.id)))
    return Screen(joined(lines), (*([each] for each in rows), close(tr)))


def _begins(announcement: Announcement, tr: Translation) -> str:
    parts = announcement.content.get(tr.language) or next(iter(announcement.content.values()), ())
    return clip(words_of(parts), _WORDS) or f"№ {announcement.id}"
