"""Whether a source is silent for longer than it ever was."""

from __future__ import annotations

from datetime import date, timedelta

from feeds.health import Silence, unusual_silence

START = date(2026, 1, 1)


def heard(*days: int) -> list[date]:
    return [START + timedelta(days=day) for day in days]


def test_longer_than_ever_is_unusual() -> None:
    days = heard(0, 2, 4, 12, 14)
    assert unusual_silence(days, START + timedelta(days=22)) is None
    assert unusual_silence(days, START + timedelta(days=23)) == Silence(9, 8)


def test_a_week_is_the_least_that_is_called_silence() -> None:
    daily = heard(*range(30))
    assert unusual_silence(daily, START + timedelta(days=35)) is None
    assert unusual_silence(daily, START + timedelta(days=36)) == Silence(7, 1)


def test_of_a_source_that_hardly_spoke_nobody_knows_what_is_usual() -> None:
    assert unusual_silence(heard(0, 1, 2, 3), START + timedelta(days=300)) is None
    assert unusual_silence((), START) is None
