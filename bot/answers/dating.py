"""Dates and places as a sentence needs them: «в июне 2022 года», «2022-жылдын июнунда», `in June 2022`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from bot.i18n import Translation
from storage.languages import Language
from storage.registry import PartialDate

_LONG_AGO: Final = date(1900, 1, 1)
_RU_OF: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
_RU_IN: Final = (
    "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре",
    "декабре",
)  # fmt: skip
_RU_PLACES: Final = (
    (re.compile(r"ая область\Z"), "ой области"),
    (re.compile(r"ий район\Z"), "ом районе"),
    (re.compile(r"\Aгород "), "городе "),
)
KYRGYZ_MONTHS_OF: Final = (
    "январы", "февралы", "марты", "апрели", "майы", "июну", "июлу", "августу", "сентябры", "октябры", "ноябры",
    "декабры",
)  # fmt: skip


def said_date(when: PartialDate, tr: Translation) -> str:
    """A date as exact as it is known: `16 декабря 2021`, `сентябрь 2021`, `2021 год`."""
    if when.month is None:
        return {"ru": f"{when.year} год", "ky": f"{when.year}-жыл", "en": str(when.year)}[tr.language]
    if tr.language == "ky":
        return _kyrgyz(when)
    if when.day is None:
        return tr.month(when.first_day())
    return tr.day(when.first_day(), _LONG_AGO).removesuffix(" г.")


def said_in(when: PartialDate, tr: Translation) -> str:
    """When something happened: `16 декабря 2021 года`, `в сентябре 2021 года`, `в 2021 году`."""
    match tr.language:
        case "ky":
            return _kyrgyz(when) + _kyrgyz_ending(when, "нда", "нде") if when.month else f"{when.year}-жылы"
        case "ru" if when.day:
            return said_until(when, tr)
        case "ru":
            return f"в {_RU_IN[when.month - 1]} {when.year} года" if when.month else f"в {when.year} году"
        case "en":
            return f"{'in' if when.day is None else 'on'} {said_date(when, tr)}"


def said_until(when: PartialDate, tr: Translation) -> str:
    """The date after «до», before «чейин», after `until`: `сентября 2021 года`, `2021-жылдын сентябрына`."""
    match tr.language:
        case "ky":
            return _kyrgyz(when) + _kyrgyz_ending(when, "на", "не") if when.month else f"{when.year}-жылга"
        case "ru":
            month = f"{_RU_OF[when.month - 1]} " if when.month else ""
            return f"{f'{when.day} ' if when.day else ''}{month}{when.year} года"
        case "en":
            return said_date(when, tr)


def said_as_of(when: PartialDate, tr: Translation) -> str:
    """The date after «по состоянию на», before «карата»: `сентябрь 2021 года`, `2021-жылдын сентябрына`."""
    if tr.language == "ky":
        return said_until(when, tr)
    said = said_date(when, tr)
    return f"{said} года" if tr.language == "ru" and when.month else said


def said_span(start: PartialDate | None, ends: Iterable[PartialDate], tr: Translation) -> str:
    """From when to when; several ends are joined by “or”."""
    last = [*ends]
    if start and len(last) == 1 and not (start.month or last[0].month):
        years = f"{start.year}–{last[0].year}"
        return {"ru": f"{years} годы", "ky": f"{years}-жылдар", "en": years}[tr.language]
    first = said_date(start, tr) if start else ""
    return " — ".join(part for part in (first, either(last, said_date, tr)) if part)


def either(
    dates: Iterable[PartialDate], said: Callable[[PartialDate, Translation], str], tr: Translation
) -> str:
    """Dates on which sources disagree, with “or” before the last."""
    *before, last = [said(one, tr) for one in dates] or [""]
    conjunction = tr.gettext("or")
    return f"{', '.join(before)} {conjunction} {last}" if before else last


def said_place_in(name: str, language: Language) -> str:
    """Where something is: «в Нарынской области», «Нарын облусунда», `in Naryn oblast`."""
    match language:
        case "ru":
            for nominative, prepositional in _RU_PLACES:
                name = nominative.sub(prepositional, name)
            return f"в {name}"
        case "ky":
            return f"{name}нда"
        case "en":
            return f"in {name}"


def _kyrgyz(when: PartialDate) -> str:
    month = KYRGYZ_MONTHS_OF[(when.month or 1) - 1]
    return f"{when.year}-жылдын {when.day}-{month}" if when.day else f"{when.year}-жылдын {month}"


def _kyrgyz_ending(when: PartialDate, back: str, front: str) -> str:
    return front if KYRGYZ_MONTHS_OF[(when.month or 1) - 1].endswith("и") else back
