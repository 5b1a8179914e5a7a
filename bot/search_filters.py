"""What a search says besides the words to look for: a month or a year, a place, whose word is wanted.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from feeds.addresses import site_of
from feeds.rules import tagging_rules
from feeds.tagging import Rules
from feeds.tagging_text import read
from storage.analysis import Token, matches_known, tokens, word_forms
from storage.languages import Names
from storage.registry import Organisation, RegistrySnapshot
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
_FROM_QUOTED: Final = re.compile(r"\b(?:от|by|from)[\s«“„\"]+$", re.IGNORECASE)
_CLOSING: Final = '»”“"'
_ABLATIVE: Final = re.compile(r"(?:[днт][аеоө]н)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a search is narrowed to, as people call it."""

    period: Period | None = None
    place: Names | None = None
    speaker: Names | None = None
    """A body, or a source."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it is understood: the words that remain, the filter, and what the filter is called."""

    words: str
    which: ReleaseFilter = _EVERYTHING
    narrowed: Narrowed = Narrowed()


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Whose word is wanted: the words that say it, and the words that remain."""

    written: str
    rest: str
    speaker: Speaker
    names: Names


def read_search(
    words: str, snapshot: RegistrySnapshot, sources: Sequence[Source], today: date, zone: ZoneInfo
) -> Asked:
    """«вода в Нарынской области», «форум от ИПР», «ИПРден», «от Айыл журналы», «бюджет за июнь 2025».

    Months begin at midnight of the zone, in which it is `today`.  What is in quotation marks stays as it is.
    """
    rules = _rules(snapshot)
    rest, period = read_period(words, today)
    spoken = _spoken(rest, rules, snapshot, sources)
    place, rest = _place(spoken.rest if spoken else rest, rules)
    which = ReleaseFilter(
        territory=place,
        speaker=spoken.speaker if spoken else None,
        since=_midnight(period.since, zone) if period else None,
        until=_midnight(period.until, zone) if period else None,
    )
    named = next((one.names for one in rules.territories if one.slug == place), None)
    return Asked(rest, which, Narrowed(period, named, spoken.names if spoken else None))


def _spoken(
    words: str, rules: Rules, snapshot: RegistrySnapshot, sources: Sequence[Source]
) -> _Spoken | None:
    """The body or the source that is named as who speaks, the longer name of the two."""
    named = [*_body(words, rules, snapshot, sources), *_sources(words, sources)]
    return max(named, key=lambda one: len(one.written), default=None)


def _body(
    words: str, rules: Rules, snapshot: RegistrySnapshot, sources: Sequence[Source]
) -> Iterator[_Spoken]:
    hidden = masked(words)
    for alias, written in rules.names.find(read(hidden, "")):
        start = hidden.find(written)
        before = words[:start]
        if alias.kind == "organisation" and (_FROM.search(before) or _ABLATIVE.search(written)):
            body = snapshot.organisations[alias.slug]
            rest = _without(_FROM.sub("", before), words[start + len(written) :])
            yield _Spoken(written, rest, _speaker(body, sources), body.short or body.names)
            return


def _sources(words: str, sources: Sequence[Source]) -> Iterator[_Spoken]:
    """The source whose name follows «от», in quotation marks or not, or stands in the Kyrgyz ablative.

    Several with one name are one to who reads them.
    """
    typed = tuple(tokens(words))
    for source in sources:
        for name in source.names.as_mapping().values():
            called = [token.text for token in tokens(name)]
            for said in _runs(typed, called):
                rest = _rest_of(words, said, called)
                if rest is not None:
                    alike = tuple(sorted(one.slug for one in sources if one.names == source.names))
                    written = words[said[0].start : said[-1].end]
                    yield _Spoken(written, rest, Speaker(None, alike), source.names)


def _rest_of(words: str, said: Sequence[Token], called: Sequence[str]) -> str | None:
    """The words without a name that says who speaks; None where it is said otherwise."""
    start, end, hidden = said[0].start, said[-1].end, masked(words)
    before = _FROM_QUOTED.search(words[:start])
    if before is not None and hidden[before.start()] == words[before.start()]:
        return _without(words[: before.start()], words[end:].lstrip(_CLOSING))
    inflected = said[-1].text != called[-1] and _ABLATIVE.search(said[-1].text)
    if inflected and hidden[start:end] == words[start:end]:
        return _without(words[:start], words[end:])
    return None


def _runs(typed: Sequence[Token], called: Sequence[str]) -> Iterator[Sequence[Token]]:
    """Where a name stands among the words, in any inflection."""
    for at in range(len(typed) - len(called) + 1 if called else 0):
        said = typed[at : at + len(called)]
        if all(_is_form(one.text, name) for one, name in zip(said, called, strict=True)):
            yield said


def _is_form(typed: str, name: str) -> bool:
    return not word_forms(typed).every.isdisjoint(word_forms(name).every) or matches_known(name, typed)


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


def _speaker(body: Organisation, sources: Iterable[Source]) -> Speaker:
    site = site_of(body.site or "")
    own = (
        one.slug for one in sources if one.organisation == body.slug or (site and site_of(one.url) == site)
    )
    return Speaker(body.slug, tuple(sorted(own)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@lru_cache(maxsize=2)
def _rules(snapshot: RegistrySnapshot) -> Rules:
    return tagging_rules(snapshot)
