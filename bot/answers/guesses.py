"""Names that are near to what was typed, when no word of it could be recognised for sure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from bot.answers.lexicon import CONCEPT, MONTH
from bot.answers.reading import Reading
from bot.answers.words import words_of
from storage.registry import RegistrySnapshot

CERTAIN: Final = 78.0
POSSIBLE: Final = 66.0
_SHORTEST: Final = 5
_SHORTEST_RESIDUAL: Final = 4
_PAIR: Final = 84.0
"""How near two words side by side must be: two of many are like some name sooner than a whole question is."""


def near(text: str, snapshot: RegistrySnapshot, cutoff: float) -> dict[tuple[str, str], float]:
    """The records whose name is at least this near (0 to 100), as (kind, slug), nearest first, each with how near.

    Names of up to five letters are not compared: one letter makes another abbreviation of them.
    """
    wanted = _plain(text)
    if len(wanted) < _SHORTEST:
        return {}
    best: dict[tuple[str, str], float] = {}
    for malus, names, compared in (
        (0.0, _names(snapshot), wanted),
        (2.0, _sorted_names(snapshot), _sorted(wanted)),
    ):
        found = process.extract(
            compared, names.like(compared, cutoff), scorer=fuzz.ratio, score_cutoff=cutoff + malus, limit=8
        )
        for name, score, _ in found:
            for record in names.records[name]:
                best[record] = max(best.get(record, 0.0), score - malus)
    return dict(sorted(best.items(), key=lambda record: -record[1]))


def near_words(reading: Reading, snapshot: RegistrySnapshot, cutoff: float) -> dict[tuple[str, str], float]:
    """The records near to a question, without and with the words that ask, or to two words in it.

    The scale is that of :func:`near`.
    """
    residual = _without_asking(reading)
    found = near(residual, snapshot, cutoff)
    if not found and len(residual) < _SHORTEST_RESIDUAL:
        return {}  # «проекты GIZ» is near to nothing of ours
    whole = " ".join(word.text for word in reading.words)
    return found or near(whole, snapshot, cutoff) or _near_pair(reading, snapshot, cutoff)


def _near_pair(reading: Reading, snapshot: RegistrySnapshot, cutoff: float) -> dict[tuple[str, str], float]:
    """Names near to words side by side of which none was recognised: «усппешный амак» in a long question."""
    taken = {at for span in reading.spans for at in range(span.first, span.last + 1)}
    unknown = [at not in taken for at in range(len(reading.words))]
    best: dict[tuple[str, str], float] = {}
    for at in range(len(unknown) - 1):
        if unknown[at] and unknown[at + 1]:
            pair = " ".join(word.text for word in reading.words[at : at + 2])
            for record, score in near(pair, snapshot, max(cutoff, _PAIR)).items():
                best[record] = max(best.get(record, 0.0), score)
    return dict(sorted(best.items(), key=lambda record: -record[1]))


def _without_asking(reading: Reading) -> str:
    asking = {
        at for span in reading.spans if span.only(CONCEPT, MONTH) for at in range(span.first, span.last + 1)
    }
    return " ".join(word.text for at, word in enumerate(reading.words) if at not in asking)


class _Names:
    """Names by their length: texts of very different lengths cannot be near."""

    def __init__(self, records: Mapping[str, list[tuple[str, str]]]) -> None:
        self.records = records
        self._ordered = sorted(records, key=len)
        self._lengths = [len(name) for name in self._ordered]

    def like(self, text: str, cutoff: float) -> list[str]:
        """The names whose length lets the ratio, twice the shared letters in all letters, reach the cut-off."""
        share = cutoff / (200 - cutoff)
        first = bisect_left(self._lengths, len(text) * share)
        return self._ordered[first : bisect_right(self._lengths, len(text) / share)]


@lru_cache(maxsize=2)
def _names(snapshot: RegistrySnapshot) -> _Names:
    names: dict[str, list[tuple[str, str]]] = {}
    for alias in snapshot.aliases:
        if len(plain := _plain(alias.text)) > _SHORTEST:
            names.setdefault(plain, []).append((alias.kind, alias.slug))
    return _Names(names)


@lru_cache(maxsize=2)
def _sorted_names(snapshot: RegistrySnapshot) -> _Names:
    names: dict[str, list[tuple[str, str]]] = {}
    for name, records in _names(snapshot).records.items():
        names.setdefault(_sorted(name), []).extend(records)
    return _Names(names)


def _sorted(text: str) -> str:
    return " ".join(sorted(text.split()))


def _plain(text: str) -> str:
    return " ".join(word.folded for word in words_of(text))
