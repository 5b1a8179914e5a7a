"""The stretch of time that a question names: «в июне 2025», «за последние три дня», «вчера», «2023–2024».  Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.answers.lexicon import MONTH
from bot.answers.reading import Reading
from storage.analysis import fold

_YEARS: Final = range(2000, 2100)
_TODAY: Final = frozenset({"сегодня", "сегодняшний", "бугун", "бугунку", "today"})
_YESTERDAY: Final = frozenset({"вчера", "вчерашний", "кечээ", "кечээки", "кечээги", "yesterday"})
_DAY: Final = frozenset({"день", "дней", "дня", "сутки", "кун", "day"})
_WEEK: Final = frozenset({"неделя", "недельный", "неделю", "неделе", "жума", "week", "апта"})
_MONTH: Final = frozenset({"месяц", "ай", "month"})
_QUARTER: Final = frozenset({"квартал", "чейрек", "quarter"})
_YEAR: Final = frozenset({"год", "году", "жыл", "year"})
_PAST: Final = frozenset({"прошлый", "откон", "last", "былтыр", "предыдущий", "былтыркы"})
_THIS: Final = frozenset({"этот", "текущий", "ушул", "быйылкы", "this", "current"})
_THIS_YEAR: Final = frozenset({"быйыл", "быйылкы"})
_NUMBERS: Final = {
    "один": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "десять": 10,
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "бир": 1, "эки": 2, "уч": 3, "торт": 4, "беш": 5, "алты": 6,
    "жети": 7, "он": 10, "биринчи": 1, "экинчи": 2, "учунчу": 3, "тортунчу": 4, "two": 2, "three": 3, "four": 4,
    "five": 5, "seven": 7, "ten": 10, "first": 1, "second": 2, "third": 3, "fourth": 4,
}  # fmt: skip
_SPAN_OF_YEARS: Final = re.compile(r"\b(20\d\d)\s*(?:-|–|—|по|до|to)\s*(20\d\d)\b")
_LONGEST: Final = 400
"""Days that «за последние N дней» reaches back at most."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date


def period_of(reading: Reading, today: date) -> Period | None:
    """The period that the question names, or None."""
    forms = {fold(form) for word in reading.words for form in (word.text, word.folded, *word.forms)}
    year = next((int(word.text) for word in reading.words if _is_year(word.text)), None)
    if months := reading.values(MONTH):
        return _month(year, int(months[0]), today)
    if forms & _QUARTER:
        return _quarter(year or today.year, _number(forms), today)
    if span := _SPAN_OF_YEARS.search(reading.text):
        first, last = sorted(map(int, span.groups()))
        return Period(date(first, 1, 1), date(last, 12, 31))
    if year:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if forms & _TODAY:
        return Period(today, today)
    if forms & _YESTERDAY:
        return Period(today - timedelta(days=1), today - timedelta(days=1))
    return _recent(forms, today)


def _recent(forms: set[str], today: date) -> Period | None:
    many = min(_number(forms) or 1, _LONGEST)
    if forms & _WEEK:
        end = today - timedelta(days=7) if forms & _PAST and many == 1 else today
        return Period(end - timedelta(days=7 * min(many, _LONGEST // 7)), end)
    if forms & _MONTH:
        return _months_back(forms, many, today)
    if forms & _YEAR and forms & _PAST:
        return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    if forms & _THIS_YEAR or (forms & _YEAR and forms & _THIS):
        return Period(date(today.year, 1, 1), today)
    if forms & _DAY and _number(forms):
        return Period(today - timedelta(days=many), today)
    return None


def _months_back(forms: set[str], many: int, today: date) -> Period:
    """«За прошлый месяц» is that month of the calendar; «за два месяца» the days before today."""
    first = today.replace(day=1)
    if forms & _THIS:
        return Period(first, today)
    if forms & _PAST and many == 1:
        last = first - timedelta(days=1)
        return Period(last.replace(day=1), last)
    return Period(today - timedelta(days=31 * min(many, _LONGEST // 31)), today)


def _number(forms: set[str]) -> int | None:
    said = (int(form) for form in forms if form.isdigit() and len(form) <= len(str(_LONGEST)))
    return next(said, None) or next((_NUMBERS[form] for form in sorted(forms) if form in _NUMBERS), None)


def _quarter(year: int, which: int | None, today: date) -> Period:
    number = which if which and which <= 4 else (today.month + 2) // 3
    first = date(year, 3 * number - 2, 1)
    return Period(first, date(year, 3 * number, calendar.monthrange(year, 3 * number)[1]))


def _month(year: int | None, month: int, today: date) -> Period:
    """The month of the year, or the latest such month that has begun."""
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and int(word) in _YEARS
