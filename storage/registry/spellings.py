"""Dates and telephone numbers as people and spreadsheets write them, in the form that the registry keeps.  Pure.

What is neither is left as it is written, for the reader of records to name it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

import phonenumbers

HOME: Final = "KG"
"""The country of a number that names none (ISO 3166)."""
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.0+)?")
"""Excel's number of a day: 20000 is in 1954, 79999 in 2119."""
_EPOCH: Final = date(1899, 12, 30)
_DAY: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:\s*(?:г|ж)\.?)?")
_MONTH: Final = re.compile(r"(\d{1,2})[./](\d{4})")
_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}.*")


def said_day(text: str) -> str:
    """`01.03.2026`, `1/3/2026`, `45352` and `2026-03-01 00:00` as `2026-03-01`; `03.2026` as `2026-03`."""
    plain = text.strip()
    if _SERIAL.fullmatch(plain):
        return (_EPOCH + timedelta(days=int(float(plain)))).isoformat()
    if found := _DAY.fullmatch(plain):
        day, month, year = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    if found := _MONTH.fullmatch(plain):
        return f"{found[2]}-{int(found[1]):02}"
    if found := _ISO.fullmatch(plain):
        return found[1]
    return text


def said_number(text: str) -> str:
    """`0555 313-385`, `996555313385` and `555313385.0` as `+996555313385`; an extension behind `;ext=`."""
    plain = re.sub(r"\.0+$", "", text.strip())
    if plain.isdigit() and len(plain) == 12 and plain.startswith("996"):
        plain = f"+{plain}"
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    called = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{called};ext={number.extension}" if number.extension else called


def is_number(text: str) -> bool:
    """Whether a telephone number is international and can be dialled: what cards and business cards need."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False
