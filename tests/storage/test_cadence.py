"""When digests are owed and when the quiet hours end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cadence import next_due, quiet_until

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
