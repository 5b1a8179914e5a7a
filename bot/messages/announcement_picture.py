"""The report of an announcement as a picture: what became of its recipients, at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.drawing import AMBER, GREEN, GREY, LIGHT, PALE, RED, Sheet, written
from bot.i18n import Translation
from bot.messages.announcement import LOCAL_ZONE, words_of
from bot.messages.parts import clip
from storage.announcements import Announcement, Progress

Count = tuple[str, int, str]
"""What became of them, of how many, and its colour."""

_HEIGHT: Final = 1080
_FIRST_WORDS: Final = 40


def report_picture(
    announcement: Announcement,
    progress: Progress,
    tr: Translation,
    now: datetime,
    zone: ZoneInfo = LOCAL_ZONE,
) -> bytes:
    """A PNG: how many got it, a bar of all recipients, and what its colours mean."""
    counts = outcomes(progress, tr)
    total = sum(count for _, count, _ in counts)
    sheet = Sheet(_HEIGHT)
    begun = announcement.started_at or announcement.created_at
    sheet.line(tr.moment(begun, now, zone), 40, colour=PALE)
    if words := first_words(announcement, tr):
        sheet.line(words, 50, "Medium")
    sheet.gap(24)
    sheet.line(
        tr.gettext("{n} of {total} got it", n=tr.number(progress.sent), total=tr.number(total)), 76, "Bold"
    )
    sheet.gap(20)
    sheet.bar([(count, colour) for _, count, colour in counts])
    for label, count, colour in counts:
        if count:
            sheet.row(colour, label, tr.number(count), share(count, total))
    return sheet.png()


def outcomes(progress: Progress, tr: Translation) -> Sequence[Count]:
    """What became of all recipients, in the order of the bar.  Pure."""
    return (
        (tr.gettext("Delivered"), progress.sent, GREEN),
        (tr.gettext("Blocked the bot"), progress.blocked, GREY),
        (tr.gettext("Unknown whether it arrived"), progress.unknown, AMBER),
        (tr.gettext("Not delivered"), progress.failed, RED),
        (tr.gettext("Not sent"), progress.cancelled + progress.waiting + progress.sending, LIGHT),
    )


def share(count: int, total: int) -> str:
    """A part of the whole: `98 %`; what is more than nothing is never 0 %, less than all never 100 %.  Pure."""
    percent = 100 * count / total if total else 0.0
    if 0 < percent < 1:
        return "< 1 %"
    if 99 < percent < 100:
        return "> 99 %"
    return f"{percent:.0f} %"


def first_words(announcement: Announcement, tr: Translation) -> str:
    """How the announcement begins, in the reader's language where it has that.  Pure."""
    parts = announcement.content.get(tr.language) or next(iter(announcement.content.values()), ())
    return clip(written(words_of(parts)), _FIRST_WORDS)
