"""What a search says in words besides the words to look for: a month or a year, a place, a body whose word is wanted.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from feeds.addresses import site_of
from feeds.rules import tagging_rules
from feeds.tagging import Rules
from feeds.tagging_text import read
from storage.languages import Names
from storage.registry import RegistrySnapshot
from storage.releases import ReleaseFilter, Speaker
from storage.search import Period, masked, read_period
from storage.sources import Source

_EVERYTHING: Final = ReleaseFilter()
_BEFORE_PLACE: Final = re.compile(
    r"(?:\b(?:в|во|по|из|на|in|from|of|город\w*|г\.?|шаар\w*)\s+)+$", re.IGNORECASE
)
_AFTER_PLACE: Final = re.compile(
    r"^[\s-]*(?:област\w*|обл\b\.?|облус\w*|район\w*|шаар\w*|oblast|region|province|district|city)\b",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\b(?:от|by|from)\s+$", re.IGNORECASE)
_ABLATIVE: Final = re.compile(r"(?:[дт][аеоө]н)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a search is narrowed to, as people call it."""

    period: Period | None = None
    place: Names | None = None
    body: Names | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it is understood: the words that remain, the filter, and what the filter is called."""

    words: str
    which: ReleaseFilter = _EVERYTHING
    narrowed: Narrowed = Narrowed()


def read_search(
    words: str, snapshot: RegistrySnapshot, sources: Iterable[Source], today: date, zone: ZoneInfo
) -> Asked:
    """«вода в Нарынской области», «форум от ИПР», «ИПРден», «бюджет за июнь 2025».

    Months begin at midnight of the zone, in which it is `today`.  What is in quotation marks stays as it is.
    """
    rules = _rules(snapshot)
    rest, period = read_period(words, today)
    body, rest = _body(rest, rules)
    place, rest = _place(rest, rules)
    organisation = snapshot.organisations.get(body or "")
    which = ReleaseFilter(
        territory=place,
        speaker=_speaker(body, snapshot, sources) if body else None,
        since=_midnight(period.since, zone) if period else None,
        until=_midnight(period.until, zone) if period else None,
    )
    narrowed = Narrowed(
        period,
        next((one.names for one in rules.territories if one.slug == place), None),
        (organisation.short or organisation.names) if organisation else None,
    )
    return Asked(rest, which, narrowed)


def _body(words: str, rules: Rules) -> tuple[str | None, str]:
    hidden = masked(words)
    for alias, written in rules.names.find(read(hidden, "")):
        start = hidden.find(written)
        before = words[:start]
        if alias.kind == "organisation" and (_FROM.search(before) or _ABLATIVE.search(written)):
            return alias.slug, _without(_FROM.sub("", before), words[start + len(written) :])
    return None, words


def _place(words: str, rules: Rules) -> tuple[str | None, str]:
    hidden = masked(words)
    _, named = rules.places.find(read(hidden, ""))
    for slug, written in named:
        start = hidden.find(written)
        before = _BEFORE_PLACE.sub("", words[:start])
        return slug, _without(before, _AFTER_PLACE.sub("", words[start + len(written) :]))
    return None, words


def _without(before: str, after: str) -> str:
    return " ".join(f"{before} {after}".split())


def _speaker(body: str, snapshot: RegistrySnapshot, sources: Iterable[Source]) -> Speaker:
    site = site_of(snapshot.organisations[body].site or "")
    own = (one.slug for one in sources if one.organisation == body or (site and site_of(one.url) == site))
    return Speaker(body, tuple(sorted(own)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@lru_cache(maxsize=2)
def _rules(snapshot: RegistrySnapshot) -> Rules:
    return tagging_rules(snapshot)
