"""Every way in which a site of Kyrgyzstan writes a date.

Times without a zone are those of Asia/Bishkek.  Nothing here reads the clock: `now` is a parameter where
"yesterday" or a date without a year must be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

BISHKEK: Final = ZoneInfo("Asia/Bishkek")
EARLIEST: Final = datetime(1991, 1, 1, tzinfo=UTC)
"""Dates before this are mistakes of software: seconds read as a year, an empty field."""

_MONTH_STEMS = {
    1: "январ[ья]?|янв|january|jan|үчтүн айы",
    2: "феврал[ья]?|февр?|february|feb|бирдин айы",
    3: "марта?|мар|march|mar|жалган куран",
    4: "апрел[ья]?|апр|april|apr|чын куран",
    5: "мая|май|may|бугу",
    6: "июн[ья]?|june|jun|кулжа",
    7: "июл[ья]?|july|jul|теке",
    8: "августа?|авг|august|aug|баш оона",
    9: "сентябр[ья]?|сент?|september|sept|sep|аяк оона",
    10: "октябр[ья]?|окт|october|oct|тогуздун айы",
    11: "ноябр[ья]?|нояб?|november|nov|жетинин айы",
    12: "декабр[ья]?|дек|december|dec|бештин айы",
}
_KYRGYZ_ENDING = r"(?:[иыуү]н?(?:д[аеоө]|[иыуү]н)?|д[аеоө]|т[аеоө]|д[аеоө]н|нын|нин|дын|дин)?"
_MONTH = (
    "(?P<month>"
    + "|".join(f"(?P<m{number}>{stems})" for number, stems in _MONTH_STEMS.items())
    + ")"
    + _KYRGYZ_ENDING
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_CLOCK = (
    r"(?:\s*(?:г\.?|года|ж\.?|жыл[а-яөүң]*)?[\s,|/—–-]{0,4}(?:в|at|саат)?\s{0,2}"
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:]))?"
)
_FLAGS = re.IGNORECASE | re.UNICODE
_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        # 2024-08-26, 2024-08-26 10:00, 2024-08-26T10:00:00.5+06:00
        rf"(?<![\d-]){_YEAR}[-/.](?P<monthno>0[1-9]|1[0-2])[-/.]{_DAY}(?!\d)"
        r"(?:(?:T|\s{1,3})(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
        r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
        # 16.12.2021 17:42
        rf"(?<![\d.]){_DAY}[./-](?P<monthno>0?[1-9]|1[0-2])[./-]{_YEAR}(?!\d){_CLOCK}",
        # 19 декабря 2019 года, 08 Сентября 2023 г., 8 СЕНТЯБРЯ, 2023, 31. May 2021, 20-Апрель, 2024-жыл
        rf"(?<![\d№]){_DAY}(?:st|nd|rd|th)?[\s.\-–«»\"]{{0,4}}(?:of\s)?{_MONTH}[\s,.\-–»\"]{{1,4}}{_YEAR}(?!\d){_CLOCK}",
        # 2024-жылдын 20-апрели, 2024-ж. 20-апрель
        rf"(?<!\d){_YEAR}[\s-]{{0,2}}ж(?:\.|ыл[а-яөүң]*)[\s,]{{1,3}}{_DAY}[\s.\-–]{{1,3}}{_MONTH}(?!\w){_CLOCK}",
        # May 31, 2021
        rf"(?<!\w){_MONTH}\.?\s{{1,2}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,2}}{_YEAR}(?!\d){_CLOCK}",
    )
)
_NO_YEAR = re.compile(
    rf"(?<![\d№.]){_DAY}[\s.\-–]{{1,3}}{_MONTH}(?!\w)(?![\s,.\-–]{{1,4}}\d{{4}}){_CLOCK}", _FLAGS
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?P<today>сегодня|бүгүн|бугун|today)|(?P<yesterday>вчера|кечээ|yesterday))(?!\w)" + _CLOCK,
    _FLAGS,
)
_AGO = re.compile(
    r"(?<!\w)(?P<count>\d{1,3})\s(?:(?P<minutes>мин\w*|мүнөт|minutes?)|(?P<hours>час\w*|саат|hours?)|(?P<days>дн\w+|день|күн|days?))"
    r"\s(?:назад|мурун|мурда|ago)",
    _FLAGS,
)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_RFC822 = re.compile(r"\d{1,2}\s[A-Za-z]{3,9}\.?\s\d{2,4}\s\d{1,2}:\d\d")
_SHORT_YEAR = re.compile(r"(?P<day>\d{1,2})[./](?P<monthno>\d{1,2})[./](?P<year>\d\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/-]|$)")
_ISSUE_BEFORE = re.compile(r"(?:№\s*\d+\s*)?\(\s*\d{1,4}\s*\)\s*/?\s*$|№\s*\d+\s*/?\s*$")
_ZONES = {"MSK": 3, "KGT": 6, "ALMT": 5, "UZT": 5, "MSD": 4}


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text:

    when, whether it named a time of day, where it stands, and whether it dates a journal's issue.
    """

    at: datetime
    has_time: bool
    start: int
    end: int
    of_issue: bool = False

    @property
    def day(self) -> date:
        """The day in Bishkek."""
        return self.at.astimezone(BISHKEK).date()


def find_dates(text: str, now: datetime | None = None) -> list[Found]:
    """All dates of a text in the order they stand; those without a year and relative ones only where `now` is
    given.

    A date after the number of a journal's issue, «2 (148) 31 Января 2024» or «№6 (164) / 2025-07-14», is
    marked `of_issue`: it dates the issue on the cover or a neighbour in a list, not the text it stands
    beside.
    """
    found = [hit for pattern in _PATTERNS for match in pattern.finditer(text) if (hit := _absolute(match))]
    if now is not None:
        found += [hit for match in _NO_YEAR.finditer(text) if (hit := _this_year(match, now))]
        found += [hit for match in _RELATIVE.finditer(text) if (hit := _near(match, now))]
        found += [_ago(match, now) for match in _AGO.finditer(text)]
    return [_marked(hit, text) for hit in _without_overlaps(found)]


def find_date(text: str, now: datetime | None = None) -> Found | None:
    """The first date of a text that is not the date of a journal's issue."""
    return next((hit for hit in find_dates(text, now) if not hit.of_issue), None)


def read_date(value: str, now: datetime | None = None) -> datetime | None:
    """The time that a whole field means (of a feed, a meta tag, an attribute), or None.

    Knows besides what `find_dates` does: RFC 822 and 5322, seconds and milliseconds since 1970, `12.03.20`.
    """
    value = " ".join(value.split())[:200]
    if not value:
        return None
    for reader in (_epoch, _rfc822, _short_year):
        if (at := reader(value)) is not None:
            return at if at >= EARLIEST else None
    hits = find_dates(value, now)
    return hits[0].at if hits else None


def date_in_address(address: str) -> datetime | None:
    """The day that an address is filed under, `/2026/11/03/…`: midnight in Bishkek; None where it names none."""
    match = _IN_ADDRESS.search(address)
    return read_date("-".join(match.groups())) if match else None


def sensible(at: datetime | None, now: datetime) -> datetime | None:
    """A time of publication that can be true: none before 1991, none after now."""
    if at is None or at < EARLIEST:
        return None
    return min(at, now)


def midnight(day: date | None) -> datetime | None:
    """The time at which a day begins in Bishkek."""
    return datetime.combine(day, time(), BISHKEK).astimezone(UTC) if day else None


def local_day(at: datetime | None) -> date | None:
    """The day in Bishkek of an aware time."""
    return at.astimezone(BISHKEK).date() if at else None


def _absolute(match: re.Match[str]) -> Found | None:
    groups = match.groupdict()
    return _built(match, int(groups["year"]), _month(groups), int(groups["day"]))


def _built(match: re.Match[str], year: int, month: int, day: int) -> Found | None:
    groups = match.groupdict()
    has_time = groups.get("hour") is not None
    clock = (
        time(int(groups["hour"]), int(groups["minute"]), int(groups.get("second") or 0))
        if has_time
        else time()
    )
    try:
        at = datetime.combine(date(year, month, day), clock, _zone(groups.get("zone"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Found(at, has_time, match.start(), match.end()) if at >= EARLIEST else None


def _month(groups: dict[str, str | None]) -> int:
    if number := groups.get("monthno"):
        return int(number)
    return next(number for number in _MONTH_STEMS if groups.get(f"m{number}"))


def _zone(text: str | None) -> timezone | ZoneInfo:
    if not text:
        return BISHKEK
    if text.upper() == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _this_year(match: re.Match[str], now: datetime) -> Found | None:
    """A date without a year is the last such day that is not in the future (a day of grace for clocks)."""
    today = now.astimezone(BISHKEK).date()
    for year in (today.year, today.year - 1):
        hit = _built(match, year, _month(match.groupdict()), int(match["day"]))
        if hit and hit.day <= today + timedelta(days=1):
            return hit
    return None


def _near(match: re.Match[str], now: datetime) -> Found | None:
    day = now.astimezone(BISHKEK).date() - timedelta(days=1 if match["yesterday"] else 0)
    return _built(match, day.year, day.month, day.day)


def _ago(match: re.Match[str], now: datetime) -> Found:
    unit = next(name for name in ("minutes", "hours", "days") if match[name])
    return Found(now - timedelta(**{unit: int(match["count"])}), unit != "days", match.start(), match.end())


def _without_overlaps(found: list[Found]) -> Iterator[Found]:
    end = -1
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= end:
            yield hit
            end = hit.end


def _marked(hit: Found, text: str) -> Found:
    if _ISSUE_BEFORE.search(text[max(0, hit.start - 24) : hit.start]):
        return Found(hit.at, hit.has_time, hit.start, hit.end, of_issue=True)
    return hit


def _epoch(value: str) -> datetime | None:
    if not _EPOCH.fullmatch(value):
        return None
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


def _rfc822(value: str) -> datetime | None:
    if not _RFC822.search(value):
        return None
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        hours = _ZONES.get(value.rsplit(" ", 1)[-1].upper())
        at = at.replace(
            tzinfo=timezone(timedelta(hours=hours)) if hours is not None else _unnamed_zone(value)
        )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return None


def _unnamed_zone(value: str) -> timezone | ZoneInfo:
    """`-0000` is UTC of a machine that does not say where it is (RFC 5322, 3.3); no zone at all is Bishkek."""
    return UTC if value.endswith("-0000") else BISHKEK


def _short_year(value: str) -> datetime | None:
    match = _SHORT_YEAR.fullmatch(value)
    if not match:
        return None
    try:
        at = datetime(2000 + int(match["year"]), int(match["monthno"]), int(match["day"]), tzinfo=BISHKEK)
    except ValueError:
        return None
    return at.astimezone(UTC)
