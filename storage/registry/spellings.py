"""Dates, telephone numbers and addresses as people and spreadsheets write them, and as the registry keeps them.  Pure.

What is neither is left as it is written, for the reader of records to name it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

import phonenumbers

from storage.search_query import SMALL_WORDS

HOME: Final = "KG"
"""The country of a number that names none (ISO 3166)."""
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.0+)?")
"""Excel's number of a day: 20000 is in 1954, 79999 in 2119."""
_EPOCH: Final = date(1899, 12, 30)
_DAY: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:\s*(?:г|ж)\.?)?")
_MONTH: Final = re.compile(r"(\d{1,2})[./](\d{4})")
_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
_HOST: Final = re.compile(r"(?:[^\W_][\w-]*\.)+[\w-]{2,}")
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
    if not _is_whole(number):
        return text
    called = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{called};ext={number.extension}" if number.extension else called


def is_number(text: str) -> bool:
    """Whether a telephone number is international and can be dialled: what cards and business cards need."""
    try:
        return _is_whole(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return False


def is_email(text: str) -> bool:
    """Whether it is one e-mail address and nothing else, as it is written without quoting (RFC 5322, 3.4.1)."""
    return _EMAIL.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is the address of a page that a tap may open: http or https, and a host with a dot."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _HOST.fullmatch(host) is not None and " " not in text


def is_name(text: str) -> bool:
    """Whether people can mean one thing by it: two letters at least, and no word that stands in every sentence."""
    return sum(letter.isalnum() for letter in text) > 1 and text.strip().lower() not in SMALL_WORDS


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """Whether it has as many digits as numbers of its country have; not the last ones alone, as dialled in a town."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE
