"""The report of an announcement as a table: what became of each recipient, when and why, without saying who it was."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import StringIO
from typing import Final
from zoneinfo import ZoneInfo

from bot.i18n import Translation
from storage.errors import N_

Outcome = tuple[str, str | None, datetime | None]
"""The state of a delivery, its error and the time it was decided at."""

STATES: Final[Mapping[str, str]] = {
    "sent": N_("Delivered"),
    "blocked": N_("Blocked the bot"),
    "unknown": N_("Unknown whether it arrived"),
    "failed": N_("Not delivered"),
    "cancelled": N_("Not sent"),
}
_WAITS: Final = N_("Not sent yet")

REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("blocked by the user", N_("The person has blocked the bot")),
    ("user is deactivated", N_("The person has closed their account")),
    ("kicked", N_("The bot was removed from the chat")),
    ("not a member", N_("The bot was removed from the chat")),
    ("initiate conversation", N_("The person has not begun to speak with the bot")),
    ("chat not found", N_("The chat is no longer there")),
    ("peer_id_invalid", N_("The chat is no longer there")),
    ("chat was de", N_("The chat is no longer there")),
    ("rights", N_("The bot may not write in the chat")),
    ("chat_write_forbidden", N_("The bot may not write in the chat")),
    ("file identifier", N_("Telegram no longer has the file")),
    ("too large", N_("The file is too large")),
    ("inactive", N_("The chat no longer gets anything")),
    ("migrated", N_("The group has become a supergroup")),
    ("interrupted", N_("The bot was stopped while it was sending")),
    ("flood", N_("Telegram asked the bot to wait")),
    ("too many requests", N_("Telegram asked the bot to wait")),
    ("networkerror", N_("The answer of Telegram was lost")),
    ("decodeerror", N_("The answer of Telegram was lost")),
    ("timeout", N_("The answer of Telegram was lost")),
    ("servererror", N_("Telegram did not work")),
)
"""What the words in an error mean to people; the first that fits counts."""

_SAYS: Final = " says - "


def outcomes_table(outcomes: Iterable[Outcome], tr: Translation, zone: ZoneInfo, now: datetime) -> bytes:
    """The table as spreadsheets open it: UTF-8 with a BOM, and the separator usual where the language is read."""
    table = StringIO()
    writer = csv.writer(table, delimiter="," if tr.language == "en" else ";")
    when = tr.gettext("Time ({zone})", zone=utc_offset(now.astimezone(zone)))
    writer.writerow([tr.gettext("Outcome"), when, tr.gettext("Reason")])
    for state, error, finished_at in outcomes:
        moment = f"{finished_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if finished_at else ""
        writer.writerow([tr.gettext(STATES.get(state, _WAITS)), moment, reason(error, tr) if error else ""])
    return table.getvalue().encode("utf-8-sig")


def reason(error: str, tr: Translation) -> str:
    """Why something did not arrive; what is not known is told in Telegram's words.  Pure."""
    said = error.lower()
    if known := next((words for mark, words in REASONS if mark in said), None):
        return tr.gettext(known)
    return tr.gettext("Telegram refused the message: {what}", what=error.partition(_SAYS)[2] or error)


def utc_offset(moment: datetime) -> str:
    """How a local time differs from UTC: `UTC+6`, `UTC+5:30`.  Pure."""
    offset = moment.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
