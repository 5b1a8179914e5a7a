"""Names that are near to what was typed, when no word of it could be recognised for sure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from bot.answers.vocabulary import words_of
from storage.registry import RegistrySnapshot

CERTAIN: Final = 78.0
POSSIBLE: Final = 60.0
_SHORTEST: Final = 5


def near(text: str, snapshot: RegistrySnapshot, cutoff: float) -> list[tuple[str, str]]:
    """The records whose name is at least this near (0 to 100), as (kind, slug), nearest first.

    Names of up to five letters are not compared: one letter makes another abbreviation of them.
    """
    wanted = _plain(text)
    if len(wanted) < _SHORTEST:
        return []
    names = _names(snapshot)
    best: dict[tuple[str, str], float] = {}
    for scorer, malus in ((fuzz.ratio, 0.0), (fuzz.token_sort_ratio, 2.0)):
        found = process.extract(wanted, names.keys(), scorer=scorer, score_cutoff=cutoff + malus, limit=8)
        for name, score, _ in found:
            for record in names[name]:
                best[record] = max(best.get(record, 0.0), score - malus)
    return sorted(best, key=lambda record: -best[record])


@lru_cache(maxsize=2)
def _names(snapshot: RegistrySnapshot) -> dict[str, list[tuple[str, str]]]:
    names: dict[str, list[tuple[str, str]]] = {}
    for alias in snapshot.aliases:
        if len(plain := _plain(alias.text)) > _SHORTEST:
            names.setdefault(plain, []).append((alias.kind, alias.slug))
    return names


def _plain(text: str) -> str:
    return " ".join(word.folded for word in words_of(text))
