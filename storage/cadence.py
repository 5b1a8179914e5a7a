"""When a chat wants to be told: at once, daily or weekly, at an hour of its own time zone.  Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

Cadence = Literal["instant", "daily", "weekly"]

CADENCES: Final[tuple[Cadence, ...]] = get_args(Cadence)


def next_due(cadence: Cadence, hour: int, weekday: int, timezone: str, after: datetime) -> datetime | None:
    """The first digest time strictly after a moment, in UTC; None for `instant`.

    `hour` is a whole hour of the local day, `weekday` 0 for Monday.  Where a zone skips or repeats the hour, Python's
    reading of a local time (PEP 495, fold=0) is taken.
    """
    if cadence == "instant":
        return None
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    step = 1
    if cadence == "weekly":
        step = 7
        day += timedelta(days=(weekday - day.weekday()) % 7)
    while (due := datetime.combine(day, time(hour), zone).astimezone(UTC)) <= after:
        day += timedelta(days=step)
    return due


def quiet_until(
    quiet_from: int | None, quiet_to: int | None, timezone: str, now: datetime
) -> datetime | None:
    """When the quiet hours that `now` falls into end, in UTC; None outside them.

    The hours may cross midnight (22 to 7).  Equal hours mean no quiet hours.
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    local = now.astimezone(ZoneInfo(timezone))
    quiet_length = (quiet_to - quiet_from) % 24
    into_quiet = (local.hour - quiet_from) % 24
    if into_quiet >= quiet_length:
        return None
    end = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=quiet_length - into_quiet)
    return end.astimezone(UTC)
