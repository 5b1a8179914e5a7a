"""Times in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import Translation


def named(tr: Translation, at: datetime, timezone: str, now: datetime) -> str:
    """A time where the reader is: `20 ноября, 18:00`."""
    zone = ZoneInfo(timezone)
    local = at.astimezone(zone)
    return f"{tr.day(local.date(), now.astimezone(zone).date())}, {tr.clock(local)}"
