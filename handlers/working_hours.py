"""When staff may be reminded of what waits for them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

WORKING_HOURS: Final = range(9, 18)
_FRIDAY: Final = 4


def working_day(now: datetime, timezone: str) -> datetime | None:
    """When today began where staff are, within their working hours on weekdays; None outside of those.  Pure."""
    local = now.astimezone(ZoneInfo(timezone))
    if local.hour not in WORKING_HOURS or local.weekday() > _FRIDAY:
        return None
    return datetime.combine(local.date(), time(), local.tzinfo)
