"""Public holidays of Kyrgyzstan, from the shipped data file."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday.  Limits: those that follow the moon are known for the years in the file."""
    fixed, movable = _holidays()
    return f"{day:%m-%d}" in fixed or day in movable


@cache
def _holidays() -> tuple[frozenset[str], frozenset[date]]:
    data = tomllib.loads(files("storage.registry").joinpath("holidays.toml").read_text("utf-8"))
    movable = (date.fromisoformat(f"{year}-{day}") for year, days in data["movable"].items() for day in days)
    return frozenset(data["fixed"]), frozenset(movable)
