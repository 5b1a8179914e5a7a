"""The stretch of time that a question names: «в июне 2025», «за неделю», «вчера»."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.answers.lexicon import MONTH
from bot.answers.reading import Reading

_YEARS: Final = range(2000, 2100)
_TODAY: Final = frozenset({"сегодня", "сегодняшний", "бугун", "бүгүн", "today"})
_YESTERDAY: Final = frozenset({"вчера", "вчерашний", "кечээ", "yesterday"})
_WEEK: Final = frozenset({"неделя", "недельный", "неделю", "неделе", "жума", "week", "апта"})
_MONTH: Final = frozenset({"месяц", "ай", "month"})
_YEAR: Final = frozenset({"год", "году", "жыл", "year"})
_PAST: Final = frozenset({"прошлый", "откон", "өткөн", "last", "былтыр", "предыдущий"})


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date


def period_of(reading: Reading, today: date) -> Period | None:
    """The period that the question names, or None."""
    forms = {form for word in reading.words for form in (word.text, word.folded, *word.forms)}
    months = reading.values(MONTH)
    year = next((int(word.text) for word in reading.words if _is_year(word.text)), None)
    if months:
        return _month(year, int(months[0]), today)
    if year:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if forms & _TODAY:
        return Period(today, today)
    if forms & _YESTERDAY:
        return Period(today - timedelta(days=1), today - timedelta(days=1))
    return _recent(forms, today)


def _recent(forms: set[str], today: date) -> Period | None:
    if forms & _WEEK:
        end = today - timedelta(days=7) if forms & _PAST else today
        return Period(end - timedelta(days=7), end)
    if forms & _MONTH:
        return Period(today - timedelta(days=31), today)
    if forms & _YEAR and forms & _PAST:
        return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return None


def _month(year: int | None, month: int, today: date) -> Period:
    """The month of the year, or the latest such month that has begun."""
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and int(word) in _YEARS
