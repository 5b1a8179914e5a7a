"""Releases that resemble each other: staff say whether they are the same."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.i18n import Translation
from bot.messages.callbacks import SameRelease
from handlers.dependencies import Clock
from handlers.notices import Notice
from handlers.rights import IsStaff, refuse_limited
from handlers.screens import take_buttons_away
from storage.releases import Releases
from storage.staff import Staff


def router() -> Router:
    """The two buttons under a doubtful pair."""
    doubts = Router(name="doubts")
    doubts.callback_query.register(decide, SameRelease.filter(), IsStaff(everywhere=True))
    doubts.callback_query.register(refuse_limited, SameRelease.filter(), IsStaff())
    return doubts


async def decide(
    query: CallbackQuery,
    callback_data: SameRelease,
    tr: Translation,
    releases: Releases,
    staff: Staff,
    clock: Clock,
    notice: Notice,
) -> None:
    """Links the copy to its original, or forgets the doubt: the first answer counts."""
    other = await releases.settle_copy(callback_data.release, same=callback_data.same)
    await take_buttons_away(query)
    if other is None:
        notice.say(tr.gettext("Somebody has decided this already."))
        return
    action = "release.same" if callback_data.same else "release.different"
    subject = f"release {callback_data.release}"
    await staff.audit(query.from_user.id, action, subject, clock(), {"of": other})
    notice.say(
        tr.gettext("Noted: the same. It is not told again.")
        if callback_data.same
        else tr.gettext("Noted: different.")
    )
