"""When an answer says that it is worth asking again:

Cache-Control, Expires, Retry-After (RFC 9110, RFC 9111).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = timedelta(days=1)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.I)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the publisher says that the answer stays good, at most a day; None where it does not say.

    `max-age` wins over `Expires`; `no-cache` and `no-store` mean: say nothing.
    """
    control = headers.get("Cache-Control", "")
    if re.search(r"no-(?:cache|store)", control, re.I):
        return None
    if match := _MAX_AGE.search(control):
        return _bounded(timedelta(seconds=min(int(match[1]), 10**9)))
    expires = _http_date(headers.get("Expires", ""))
    return _bounded(expires - now) if expires else None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long we are asked to stay away: seconds or a date, at most a day."""
    value = headers.get("Retry-After", "").strip()
    if value.isdigit():
        return _bounded(timedelta(seconds=min(int(value), 10**9)))
    at = _http_date(value)
    return _bounded(at - now) if at else None


def _bounded(wait: timedelta) -> timedelta | None:
    return min(wait, LONGEST) if wait > timedelta() else None


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
