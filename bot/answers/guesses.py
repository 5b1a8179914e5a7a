"""Names that are near to what was typed, when no word of it could be recognised for sure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from bot.answers.vocabulary import words_of
from storage.registry import RegistrySnapshot

CERTAIN: Final = 78.0
POSSIBLE: Final = 66.0
_SHORTEST: Final = 5


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
