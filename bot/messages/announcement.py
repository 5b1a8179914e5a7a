"""Announcements: what staff wrote as parts, and how its sending is shown to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Text

from bot.i18n import Translation
from bot.messages.callbacks import (
    CancelAnnouncement,
    CorrectAnnouncement,
    PauseAnnouncement,
    ReportAnnouncement,
    ResendAnnouncement,
    ResumeAnnouncement,
    WithdrawAnnouncement,
)
from bot.messages.parts import Keyboard, callback_button, clip, joined, keyboard, text_part
from storage.announcements import Announcement, Progress
from storage.errors import N_
from storage.parts import Part

BAR_CELLS: Final = 8
_FIRST_WORDS: Final = 36
_SOON: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_STANDS_STILL: Final = timedelta(seconds=20)
"""After so long without a delivery no speed is shown, and no end is foretold."""
LOCAL_ZONE: Final = ZoneInfo("Asia/Bishkek")


def words_of(parts: Sequence[Part]) -> str:
    """The words of a message: its text, or the caption of a file or of the first of an album that has one.  Pure."""
    params = parts[0].params if parts else {}
    captions = [each.get("caption", "") for each in params.get("media", ())]
    return str(params.get("text") or params.get("caption") or next(filter(None, captions), ""))


def progress_text(
    announcement: Announcement,
    progress: Progress,
    tr: Translation,
    now: datetime,
    per_second: float,
    zone: ZoneInfo = LOCAL_ZONE,
) -> Text:
    """The message that lives while an announcement is sent, and its report once it is done."""
    match announcement.state:
        case "done" | "cancelled":
            return _report(announcement, progress, tr)
        case "paused":
            head = tr.gettext("Paused: {done} of {total}", **_done(progress, tr))
            return _with_bar(head, progress, [_why_paused(announcement, tr), *_troubles(progress, tr)])
        case "waiting":
            return Text(tr.gettext("Waiting for a second person to approve it."))
        case "scheduled":
            when = tr.moment(announcement.scheduled_for or now, now, zone)
            return Text(tr.gettext("Will be sent {when} to {n}.", when=when, n=tr.number(progress.total)))
        case _:
            head = tr.gettext("Sending: {done} of {total}", **_done(progress, tr))
            speed = _speed(announcement, progress, now, per_second, tr)
            return _with_bar(head, progress, [*speed, *_resting(progress, now, tr), *_troubles(progress, tr)])


def notice_part(
    announcement: Announcement, progress: Progress, tr: Translation, now: datetime, zone: ZoneInfo
) -> Part:
    """A message of its own that says what an announcement came to: nobody hears that another was edited."""
    named = tr.gettext("Announcement: “{words}”", words=begins(announcement, tr))
    how = progress_text(announcement, progress, tr, now, 0, zone)
    return text_part(joined([named, how]), progress_keyboard(announcement, progress, tr))


def begins(announcement: Announcement, tr: Translation) -> str:
    """Its first words, in the reader's language where it has that; its number where it has none.  Pure."""
    parts = announcement.content.get(tr.language) or next(iter(announcement.content.values()), ())
    return clip(words_of(parts), _FIRST_WORDS) or f"№ {announcement.id}"


def progress_keyboard(announcement: Announcement, progress: Progress, tr: Translation) -> Keyboard | None:
    """What can be done with an announcement as it stands."""
    number = announcement.id
    cancel = callback_button(tr.gettext("Stop sending"), CancelAnnouncement(announcement=number))
    match announcement.state:
        case "running":
            return keyboard(
                [callback_button(tr.gettext("Pause sending"), PauseAnnouncement(announcement=number)), cancel]
            )
        case "paused":
            return keyboard(
                [callback_button(tr.gettext("Resume"), ResumeAnnouncement(announcement=number)), cancel],
                [callback_button(tr.gettext("Correct for all"), CorrectAnnouncement(announcement=number))],
            )
        case "scheduled" | "waiting":
            return keyboard([cancel])
        case "cancelled" if _reached_nobody(progress):
            return None
        case "done" | "cancelled":
            return _report_keyboard(announcement, progress, tr)
        case _:
            return None


def bar(progress: Progress) -> str:
    """`▓▓▓▓▓░░░`: full only when everybody is dealt with."""
    filled = BAR_CELLS * progress.finished // progress.total if progress.total else 0
    return "▓" * filled + "░" * (BAR_CELLS - filled)


def time_left(progress: Progress, per_second: float, resting: int = 0) -> timedelta:
    """How long the rest takes at a pace, but for those who rest; zero where there is no limit."""
    rest = progress.waiting + progress.sending - resting
    return timedelta(seconds=rest / per_second) if per_second else timedelta()


def resting(progress: Progress, now: datetime) -> tuple[int, int]:
    """How many wait for the end of their quiet hours, and how many for longer than a day.  Pure."""
    later = [(at, count) for at, count in progress.due if at - now > _SOON]
    morning = sum(count for at, count in later if at - now <= _DAY)
    return morning, sum(count for _, count in later) - morning


def _reached_nobody(progress: Progress) -> bool:
    return progress.finished == progress.cancelled and not progress.sending


def _report(announcement: Announcement, progress: Progress, tr: Translation) -> Text:
    delivered = tr.ngettext("Delivered to {n} subscriber", "Delivered to {n} subscribers", progress.sent)
    if announcement.state == "cancelled" and _reached_nobody(progress):
        return Text(tr.gettext("Stopped before anything was sent."))
    head = (
        delivered if announcement.state == "done" else tr.gettext("Stopped. {delivered}", delivered=delivered)
    )
    lines: list[Text | str] = [Bold(head), *_troubles(progress, tr)]
    if announcement.withdrawn_at:
        lines += _deleted(progress, tr)
    if progress.cancelled:
        lines.append(tr.gettext("Not sent to: {n}", n=tr.number(progress.cancelled)))
    return joined(lines)


def _deleted(progress: Progress, tr: Translation) -> list[str]:
    """How far it is deleted for everyone, and with how many it stays."""
    if progress.deleting:
        return [tr.gettext("Being deleted for everyone, still to go: {n}", n=tr.number(progress.deleting))]
    if not progress.kept:
        return [tr.gettext("Deleted for everyone who got it.")]
    deleted = tr.ngettext("Deleted for {n} subscriber", "Deleted for {n} subscribers", progress.deleted)
    kept = tr.gettext(
        "It could not be deleted for: {n}. The text can be replaced there.", n=tr.number(progress.kept)
    )
    return [deleted, kept] if progress.deleted else [kept]


def _report_keyboard(announcement: Announcement, progress: Progress, tr: Translation) -> Keyboard | None:
    number = announcement.id
    report = [callback_button(tr.gettext("Report"), ReportAnnouncement(announcement=number))]
    correct = CorrectAnnouncement(announcement=number)
    withdraw = callback_button(tr.gettext("Delete for all"), WithdrawAnnouncement(announcement=number))
    if announcement.withdrawn_at:
        left = [callback_button(tr.gettext("Correct where it stayed"), correct), withdraw]
        return keyboard(left if progress.kept and not progress.deleting else [], report)
    unknown = ResendAnnouncement(announcement=number, outcome="unknown")
    failed = ResendAnnouncement(announcement=number, outcome="failed")
    return keyboard(
        [callback_button(tr.gettext("Send to the unknown"), unknown) if progress.unknown else None],
        [callback_button(tr.gettext("Send to the failed"), failed) if progress.failed else None],
        [callback_button(tr.gettext("Correct for all"), correct), withdraw] if progress.sent else [],
        report,
    )


def _with_bar(head: str, progress: Progress, lines: Iterable[str]) -> Text:
    return joined([Bold(head), bar(progress), *(line for line in lines if line)])


def _done(progress: Progress, tr: Translation) -> Mapping[str, str]:
    return {"done": tr.number(progress.finished), "total": tr.number(progress.total)}


def _troubles(progress: Progress, tr: Translation) -> list[str]:
    counted = (
        (N_("Blocked the bot: {n}"), progress.blocked),
        (N_("Failed: {n}"), progress.failed),
        (N_("Unknown whether it arrived: {n}"), progress.unknown),
    )
    return [tr.gettext(sentence, n=tr.number(count)) for sentence, count in counted if count]


def _why_paused(announcement: Announcement, tr: Translation) -> str:
    match announcement.paused_because:
        case "late":
            return tr.gettext("The time it was planned for has passed. Send it now?")
        case "failures":
            return tr.gettext("Too many messages did not arrive, so sending has stopped by itself.")
        case _:
            return ""


def _speed(
    announcement: Announcement, progress: Progress, now: datetime, per_second: float, tr: Translation
) -> list[str]:
    """How fast it goes, as measured, and how long that takes still; neither is said while nothing leaves."""
    lately = progress.lately if progress.lately and now - progress.lately.until < _STANDS_STILL else None
    if lately is None and now - (announcement.started_at or now) >= _STANDS_STILL:
        return []
    left = time_left(progress, lately.per_second if lately else per_second, sum(resting(progress, now)))
    said = [_left(left, tr)]
    if lately:
        said.append(tr.gettext("Speed: {n} a second", n=tr.decimal(lately.per_second)))
    return said


def _resting(progress: Progress, now: datetime, tr: Translation) -> list[str]:
    morning, longer = resting(progress, now)
    counted = (
        (N_("Wait for the morning: {n}"), morning),
        (N_("Wait for the end of days off or of a pause: {n}"), longer),
    )
    return [tr.gettext(sentence, n=tr.number(count)) for sentence, count in counted if count]


def _left(left: timedelta, tr: Translation) -> str:
    seconds = round(left.total_seconds())
    if seconds < 1:
        return ""
    if seconds < 90:
        return tr.gettext("About {n} s left", n=seconds)
    return tr.gettext("About {n} min left", n=tr.number(round(seconds / 60)))
