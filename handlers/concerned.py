"""How many people something that is done with an announcement would concern."""

from __future__ import annotations

from collections.abc import Sequence

from bot.announcements import AnnouncementDesk
from storage.announcement_acts import SentText, Wish
from storage.announcements import Content


async def concerned(desk: AnnouncementDesk, announcement_id: int, wish: Wish) -> int:
    """How many would get an announcement again, or have got what is to be corrected or deleted."""
    if wish.kind == "resend":
        _, progress = await desk.look(announcement_id)
        return progress.failed if wish.outcome == "failed" else progress.unknown
    return reached(await desk.acts.texts(announcement_id), wish.content)


def reached(texts: Sequence[SentText], content: Content | None) -> int:
    """How many got a version that is in `content`, or are to get it; all where it is None.  Pure."""
    return sum(text.sent + text.waiting for text in texts if content is None or text.language in content)
