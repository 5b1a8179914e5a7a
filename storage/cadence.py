"""When a chat wants to be told: at once, daily or weekly, at an hour of its own time zone; and when not.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from storage.holidays import is_holiday

Cadence = Literal["instant", "daily", "weekly"]

CADENCES: Final[tuple[Cadence, ...]] = get_args(Cadence)

HOLIDAYS: Final = 1 << 7
"""In days off: public holidays."""

_EVERY_WEEKDAY: Final = HOLIDAYS - 1
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


def days_off_of(weekdays: Iterable[int], holidays: bool = False) -> int:
    """Days off as they are kept: a bit for each weekday (0 is Monday), and one for public holidays.

    Raises ValueError where no day of the week would be left.
    """
    days = sum(1 << day for day in set(weekdays)) | (HOLIDAYS if holidays else 0)
    if not is_possible(days):
        raise ValueError("at least one day of the week must be left")
    return days


def is_possible(days_off: int) -> bool:
    """Whether these days off leave a day of the week."""
    return 0 <= days_off < 2 * HOLIDAYS and days_off & _EVERY_WEEKDAY != _EVERY_WEEKDAY


def is_off(day: date, days_off: int) -> bool:
    """Whether a day is one of the days off."""
    if not days_off:
        return False
    return bool(days_off >> day.weekday() & 1) or bool(days_off & HOLIDAYS and is_holiday(day))


def next_due(
    cadence: Cadence, hour: int, weekday: int, timezone: str, after: datetime, days_off: int = 0
) -> datetime | None:
    """The first digest time strictly after a moment, in UTC; None for `instant`.

    `hour` is a whole hour of the local day, `weekday` 0 for Monday.  What would fall on a day off comes on the next day
    that is none.  Where a zone skips or repeats the hour, Python's reading of a local time (PEP 495, fold=0) is taken.
    """
    if cadence == "instant":
        return None
    zone = ZoneInfo(timezone)
    day, step = after.astimezone(zone).date(), _DAY
    if cadence == "weekly":
        step = _WEEK
        day += timedelta(days=(weekday - day.weekday()) % 7)
        if days_off:
            day -= _WEEK  # the one before may have been put off until now
    while (due := _at(_first_free(day, days_off), hour, zone)) <= after:
        day += step
    return due


def free_from(
    quiet_from: int | None,
    quiet_to: int | None,
    days_off: int,
    hour: int,
    timezone: str,
    now: datetime,
    paused_until: datetime | None = None,
) -> datetime | None:
    """When somebody may be written to again, in UTC: not in a pause, in quiet hours or on a day off; None for now.

    After days off that is at `hour`, or at the end of the quiet hours it falls into; where those end on a day off again
    (a digest at eleven in the evening before one), it is the last waking hour before them.  Whoever asks at that time
    is told None.
    """
    quiet = quiet_from, quiet_to
    if paused_until is not None and paused_until > now:
        return free_from(*quiet, days_off, hour, timezone, paused_until) or paused_until
    free_day = off_until(days_off, hour, timezone, now)
    awake = quiet_until(*quiet, timezone, free_day or now)
    if awake is None or off_until(days_off, hour, timezone, awake) is None:
        return awake or free_day
    day = free_day or off_until(days_off, hour, timezone, awake)
    assert day is not None
    later = quiet_until(*quiet, timezone, day)
    if later is None or off_until(days_off, hour, timezone, later) is None:
        return later or day
    return _last_waking_hour(*quiet, timezone, day)


def off_until(days_off: int, hour: int, timezone: str, now: datetime) -> datetime | None:
    """When the days off that `now` falls into are over, in UTC: at `hour` of the day after; None on another day."""
    if not days_off:
        return None
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    free = _first_free(today, days_off)
    return _at(free, hour, zone) if free > today else None


def end_of_pause(days: int, hour: int, timezone: str, now: datetime) -> datetime:
    """When a pause of some days is over, in UTC: at `hour` of the local day, not at the minute in which it began."""
    zone = ZoneInfo(timezone)
    return _at(now.astimezone(zone).date() + days * _DAY, hour, zone)


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


def _last_waking_hour(
    quiet_from: int | None, quiet_to: int | None, timezone: str, moment: datetime
) -> datetime:
    """The full hour before a moment in quiet hours at which they have not begun."""
    while quiet_until(quiet_from, quiet_to, timezone, moment):
        moment -= timedelta(hours=1)
    return moment


def comes_at(hour: int, quiet_from: int | None, quiet_to: int | None) -> tuple[int, int]:
    """How many days later, and when, a digest comes that is due at an hour: after the quiet hours it falls into."""
    if quiet_from is None or quiet_to is None or (hour - quiet_from) % 24 >= (quiet_to - quiet_from) % 24:
        return 0, hour
    return int(quiet_to <= hour), quiet_to


def _first_free(day: date, days_off: int) -> date:
    while is_off(day, days_off):
        day += _DAY
    return day


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
