"""The languages people read: gettext catalogues, plural forms and dates.

Message ids are English sentences.  Each room has a catalogue of its own, `locales/{language}/{room}.po`; those of one
language are read and merged when it is first spoken, so that no build step can be forgotten.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from storage.languages import Language

LOCALES = Path(__file__).parent / "locales"

_KYRGYZ_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip

_RUSSIAN_WEEKDAYS = (
    "по понедельникам", "по вторникам", "по средам", "по четвергам", "по пятницам", "по субботам", "по воскресеньям",
)  # fmt: skip


@dataclass(frozen=True)
class Translation:
    """Says English message ids in one language."""

    language: Language
    catalogue: _gettext.NullTranslations

    def gettext(self, message: str, /, **values: Any) -> str:
        """The sentence in this language, its `{placeholders}` filled in."""
        translated = self.catalogue.gettext(message)
        return translated.format_map(values) if values else translated

    def ngettext(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The sentence in the plural form that `n` wants; `{n}` is filled in as well."""
        return self.catalogue.ngettext(one, many, n).format_map({"n": self.number(n), **values})

    def number(self, n: int) -> str:
        """A whole number with its thousands set apart: `1 240`."""
        return f"{n:,}".replace(",", "\N{NO-BREAK SPACE}")

    def decimal(self, value: float) -> str:
        """A number, below ten with one place after the point: `25`, `2,5`."""
        return format_decimal(value, "#,##0.#" if value < 9.95 else "#,##0", locale=self.language)

    def day(self, day: date, today: date) -> str:
        """A day as it is said: `20 ноября`, `20-ноябрь`, `20 November`; with its year when it is not this one."""
        this_year = day.year == today.year
        match self.language:
            case "ky":
                spoken = f"{day.day}-{_KYRGYZ_MONTHS[day.month - 1]}"
                return spoken if this_year else f"{day.year}-жыл, {spoken}"
            case "ru":
                return format_date(day, "d MMMM" if this_year else "d MMMM y 'г'.", locale="ru")
            case "en":
                return format_date(day, "d MMMM" if this_year else "d MMMM y", locale="en")

    def month(self, day: date) -> str:
        """A month with its year: `июнь 2025`, `2025-жылдын июну`, `June 2025`."""
        match self.language:
            case "ky":
                return f"{day.year}-жыл, {_KYRGYZ_MONTHS[day.month - 1]}"
            case "ru" | "en":
                return format_date(day, "LLLL y", locale=self.language)

    def weekday(self, weekday: int) -> str:
        """The name of a weekday, 0 being Monday."""
        return format_date(date(2024, 1, 1 + weekday), "EEEE", locale=self.language)

    def every(self, weekday: int) -> str:
        """On which day of each week, inside a sentence: `по понедельникам`, `дүйшөмбү күнү`, `on Mondays`."""
        match self.language:
            case "ky":
                return f"{self.weekday(weekday)} күнү"
            case "ru":
                return _RUSSIAN_WEEKDAYS[weekday]
            case "en":
                return f"on {self.weekday(weekday)}s"

    def clock(self, moment: datetime | time) -> str:
        """A time of day: `09:00`."""
        return format_time(moment, "HH:mm", locale=self.language, tzinfo=getattr(moment, "tzinfo", None))

    def moment(self, at: datetime, now: datetime, zone: ZoneInfo) -> str:
        """A day and a time of day, where the reader is: `20 ноября, 13:00`."""
        local = at.astimezone(zone)
        return f"{self.day(local.date(), now.astimezone(zone).date())}, {self.clock(local)}"


@cache
def translation(language: Language) -> Translation:
    """The translation for a language; English needs no catalogue."""
    return Translation(language, _merged(catalogue_files(language)))


def catalogue_files(language: Language) -> list[Path]:
    """The rooms' catalogues of a language."""
    return sorted((LOCALES / language).glob("*.po"))


def read_catalogue(path: Path) -> Catalog:
    """One room's catalogue; raises babel's PoFileError where it is malformed."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def _merged(files: Iterable[Path]) -> _gettext.NullTranslations:
    merged = _gettext.NullTranslations()
    for path in files:
        buffer = BytesIO()
        write_mo(buffer, read_catalogue(path))
        buffer.seek(0)
        room = _gettext.GNUTranslations(buffer)
        room.add_fallback(merged)
        merged = room
    return merged
