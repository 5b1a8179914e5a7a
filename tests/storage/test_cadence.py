"""When digests are owed and when the quiet hours end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.cadence import (
    comes_at,
    days_off_of,
    end_of_pause,
    free_from,
    is_off,
    is_possible,
    next_due,
    off_until,
    quiet_until,
)
from storage.holidays import is_holiday

ZONE = "Asia/Bishkek"  # UTC+6 all year


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (utc(2026, 11, 20, 2, 59), utc(2026, 11, 20, 3)),
        (utc(2026, 11, 20, 3), utc(2026, 11, 21, 3)),
        (utc(2026, 11, 20, 19), utc(2026, 11, 21, 3)),  # 01:00 of the 21st in Bishkek
        (utc(2026, 12, 31, 4), utc(2027, 1, 1, 3)),
    ],
)
def test_a_daily_digest_is_owed_at_the_next_local_hour(after: datetime, due: datetime) -> None:
    assert next_due("daily", 9, 0, ZONE, after) == due


@pytest.mark.parametrize(
    ("weekday", "due"),
    [(4, utc(2026, 11, 27, 3)), (5, utc(2026, 11, 21, 3)), (0, utc(2026, 11, 23, 3))],
)
def test_a_weekly_digest_is_owed_on_its_weekday(weekday: int, due: datetime) -> None:
    friday_at_ten = utc(2026, 11, 20, 4)
    assert next_due("weekly", 9, weekday, ZONE, friday_at_ten) == due


def test_what_is_told_at_once_has_no_slot() -> None:
    assert next_due("instant", 9, 0, ZONE, utc(2026, 11, 20)) is None


@given(
    after=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    zone=st.sampled_from([ZONE, "Europe/Berlin", "America/New_York", "UTC"]),
    cadence=st.sampled_from(["daily", "weekly"]),
)
def test_the_next_slot_is_later_and_within_its_period(
    after: datetime, hour: int, weekday: int, zone: str, cadence: str
) -> None:
    due = next_due(cadence, hour, weekday, zone, after)  # type: ignore[arg-type]
    assert due is not None
    longest = timedelta(days=1 if cadence == "daily" else 7, hours=1)  # a change of clocks adds an hour
    assert timedelta(0) < due - after <= longest


@pytest.mark.parametrize(
    ("local_hour", "ends_in"), [(22, 9), (23, 8), (0, 7), (6, 1), (7, None), (12, None), (21, None)]
)
def test_quiet_hours_may_cross_midnight(local_hour: int, ends_in: int | None) -> None:
    now = datetime(2026, 11, 20, local_hour, tzinfo=UTC)
    assert quiet_until(22, 7, "UTC", now) == (now + timedelta(hours=ends_in) if ends_in else None)


def test_equal_or_missing_hours_are_no_quiet_hours() -> None:
    assert quiet_until(7, 7, "UTC", utc(2026, 11, 20, 7)) is None
    assert quiet_until(None, None, "UTC", utc(2026, 11, 20, 7)) is None


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAYS_OFF = st.builds(days_off_of, st.sets(st.integers(0, 6), max_size=6), st.booleans())
ZONES = st.sampled_from([ZONE, "Europe/Berlin", "America/New_York", "UTC"])


@given(MOMENTS, st.integers(0, 23), st.integers(0, 6), ZONES, st.sampled_from(["daily", "weekly"]), DAYS_OFF)
@example(utc(2026, 1, 1, 0), 19, 3, "America/New_York", "daily", days_off_of(set(), False))
def test_no_slot_is_on_a_day_off_and_none_is_skipped_that_could_be(
    after: datetime, hour: int, weekday: int, zone: str, cadence: str, days_off: int
) -> None:
    due = next_due(cadence, hour, weekday, zone, after, days_off)  # type: ignore[arg-type]
    assert due is not None
    assert due > after
    day = due.astimezone(ZoneInfo(zone)).date()
    assert not is_off(day, days_off)
    before = [day - timedelta(days=back) for back in range(1, (due - after).days + 1)]
    between = [one for one in before if datetime.combine(one, time(hour), ZoneInfo(zone)) > after]
    wanted = [one for one in between if cadence == "daily" or one.weekday() == weekday]
    assert all(is_off(one, days_off) for one in wanted)


@given(
    now=MOMENTS,
    quiet_from=st.integers(0, 23),
    quiet_to=st.integers(0, 23),
    hour=st.integers(0, 23),
    zone=ZONES,
    days_off=DAYS_OFF,
    pause=st.none() | st.timedeltas(-timedelta(days=3), timedelta(days=30)),
)
def test_who_is_free_is_neither_in_a_pause_nor_in_quiet_hours_nor_on_a_day_off(
    now: datetime,
    quiet_from: int,
    quiet_to: int,
    hour: int,
    zone: str,
    days_off: int,
    pause: timedelta | None,
) -> None:
    paused_until = now + pause if pause is not None else None
    free = free_from(quiet_from, quiet_to, days_off, hour, zone, now, paused_until) or now
    assert free >= now
    assert paused_until is None or free >= paused_until
    assert off_until(days_off, hour, zone, free) is None
    assert quiet_until(quiet_from, quiet_to, zone, free) is None
    assert free_from(quiet_from, quiet_to, days_off, hour, zone, free, paused_until) is None


def test_a_pause_ends_at_the_hour_of_digests() -> None:
    at_two_in_the_night = utc(2026, 11, 20, 20)
    assert end_of_pause(14, 9, ZONE, at_two_in_the_night) == utc(2026, 12, 5, 3)
    assert end_of_pause(14, 9, ZONE, utc(2026, 11, 20, 4)) == utc(2026, 12, 4, 3)


def test_quiet_hours_that_only_end_on_days_off_do_not_silence_for_ever() -> None:
    only_monday = days_off_of(range(1, 7))
    tuesday = utc(2026, 11, 24, 12)
    assert free_from(22, 7, only_monday, 23, ZONE, tuesday) == utc(2026, 11, 30, 15), "at nine in the evening"


def test_a_weekly_digest_of_a_day_off_comes_the_day_after_and_not_twice() -> None:
    monday_off = days_off_of([0])
    sunday = utc(2026, 11, 22, 12)
    tuesday = next_due("weekly", 9, 0, ZONE, sunday, monday_off)
    assert tuesday == utc(2026, 11, 24, 3)
    assert next_due("weekly", 9, 0, ZONE, utc(2026, 11, 23, 12), monday_off) == tuesday
    assert next_due("weekly", 9, 0, ZONE, utc(2026, 11, 24, 3), monday_off) == utc(2026, 12, 1, 3)


def test_one_day_of_the_week_is_left() -> None:
    assert is_possible(days_off_of(range(6), holidays=True))
    assert not is_possible(127)
    assert not is_possible(255)
    with pytest.raises(ValueError, match="must be left"):
        days_off_of(range(7))


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2026, 3, 21), True),
        (date(2030, 8, 31), True),
        (date(2026, 5, 27), True),
        (date(2027, 5, 27), False),
        (date(2026, 11, 20), False),
    ],
)
def test_public_holidays_are_known(day: date, free: bool) -> None:
    assert is_holiday(day) is free
    assert is_off(day, days_off_of([], holidays=True)) is free


def test_the_holidays_that_follow_the_moon_are_known_for_years_to_come() -> None:
    for year in range(2026, 2036):
        days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
        assert sum(is_holiday(day) for day in days) >= 20, year


@pytest.mark.parametrize(
    ("hour", "quiet", "comes"),
    [
        (9, (None, None), (0, 9)),
        (9, (22, 7), (0, 9)),
        (21, (21, 7), (1, 7)),
        (23, (22, 7), (1, 7)),
        (6, (22, 7), (0, 7)),
        (7, (22, 7), (0, 7)),
        (13, (13, 15), (0, 15)),
        (9, (8, 8), (0, 9)),
    ],
)
def test_a_digest_due_in_quiet_hours_comes_after_them(
    hour: int, quiet: tuple[int | None, int | None], comes: tuple[int, int]
) -> None:
    assert comes_at(hour, *quiet) == comes
