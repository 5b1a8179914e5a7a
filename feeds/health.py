"""How well a source is doing, and when it is asked again.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from feeds.errors import FeedError
from storage.sources import Source

LONGEST_WAIT: Final = timedelta(days=1)
BROKEN_AFTER: Final = 3
"""Failures in a row after which staff are told: one is weather."""

YEAR: Final = timedelta(days=365)
_FEWEST_DAYS: Final = 5
_SHORTEST_SILENCE: Final = 7

News = Literal["broken", "well"]


@dataclass(frozen=True, slots=True)
class Silence:
    """A source has said nothing for `days`, and never in the last year for longer than `longest` days before."""

    days: int
    longest: int


def unusual_silence(heard: Sequence[date], today: date) -> Silence | None:
    """Whether a source has been silent for longer than it ever was; `heard` are the days of its last year, in order.

    None where it is not, for less than a week, and for a source that has been heard on fewer than five days: of such
    nobody knows what is usual.
    """
    if len(heard) < _FEWEST_DAYS:
        return None
    longest = max((later - earlier).days for earlier, later in pairwise(heard))
    days = (today - heard[-1]).days
    return Silence(days, longest) if days > longest and days >= _SHORTEST_SILENCE else None


def next_after_success(source: Source, now: datetime, fresh_for: timedelta | None, chance: float) -> datetime:
    """When an answer is asked for again: the source's interval, or as long as the publisher calls it fresh.

    At most a day.  `chance` in 0…1 spreads the sources over a tenth of the time.
    """
    wait = max(timedelta(minutes=source.interval_minutes), fresh_for or timedelta())
    return now + min(wait, LONGEST_WAIT) * (0.95 + 0.1 * chance)


def next_after_failure(
    source: Source, now: datetime, retry_after: timedelta | None, chance: float
) -> datetime:
    """Back-off: twice as long after each failure, up to a day, and never sooner than asked."""
    doubled = timedelta(minutes=source.interval_minutes * (1 << min(source.failures, 12)))
    wait = min(doubled, LONGEST_WAIT) * (0.9 + 0.2 * chance)
    return now + max(wait, retry_after or timedelta())


def news(source: Source, failed: bool) -> News | None:
    """What staff should hear of a source after it was tried; `source` is as it was before.

    Once when it breaks and once when it is back, not each time.
    """
    if failed and source.failures + 1 >= BROKEN_AFTER and source.staff_told != "broken":
        return "broken"
    if not failed and source.staff_told == "broken":
        return "well"
    return None


def in_words(code: str | None, text: str | None, translate: Callable[..., str]) -> str:
    """What is wrong with a source, in the language of `translate` (a `gettext` that fills placeholders).

    `code` and `text` are as stored: the text is the English sentence, filled.
    """
    kind = next((kind for kind in _errors(FeedError) if kind.code == code), None)
    if kind is None or not text:
        return text or ""
    match = _as_pattern(kind.sentence).fullmatch(text)
    return translate(kind.sentence, **match.groupdict()) if match else text


def _errors(kind: type[FeedError]) -> Iterator[type[FeedError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _errors(inner)


def _as_pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    pattern = "".join(f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile(pattern, re.S)
