"""A word that no release has: what the person may have meant, among the words that releases do have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import func, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import other_layout, split_joined, to_cyrillic, word_forms
from storage.analysis.normalise import fold, is_cyrillic, normalise

_SHORTEST: Final = 4
_LONG: Final = 8


@dataclass(frozen=True, slots=True)
class Repair:
    """What was typed, and the indexed words that are searched instead."""

    typed: str
    used: tuple[str, ...]


class Vocabulary:
    """The words of the index by length, with the number of releases that have each."""

    def __init__(self, counted: Iterable[tuple[str, int]] = ()) -> None:
        self._size = -1
        self._fill(counted)

    def __contains__(self, word: str) -> bool:
        return any(
            form in self._counts for form in (lambda forms: (forms.primary, forms.second))(word_forms(word))
        )

    async def refresh(self, session: AsyncSession) -> None:
        """Reads the words again when their number has changed."""
        words = table("search_words")
        size = await session.scalar(select(func.count()).select_from(words)) or 0
        if size != self._size:
            rows = await session.execute(text("SELECT word, documents FROM search_words WHERE documents > 0"))
            self._fill((word, documents) for word, documents in rows)
            self._size = size

    def nearest(self, word: str) -> str | None:
        """The indexed word with the fewest slips of a finger from this one, of several the commonest.

        One slip up to seven letters, two beyond; shorter words than four letters are not guessed at.
        """
        allowed = 2 if len(word) >= _LONG else 1
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        found: list[tuple[int, int, str]] = []
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            candidates = self._by_length.get(length, [])
            near = process.extract(
                word, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=50
            )
            found.extend((int(slips), -self._counts[candidate], candidate) for candidate, slips, _ in near)
        return min(found)[2] if found else None

    def _fill(self, counted: Iterable[tuple[str, int]]) -> None:
        self._counts = dict(counted)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._counts:
            self._by_length[len(word)].append(word)


def repair(typed: str, vocabulary: Vocabulary) -> Repair | None:
    """The indexed words to search instead of one that is not indexed: another layout, another alphabet, two words
    written as one, and last the nearest spelling.  None where nothing is near enough.
    """
    word = fold(normalise(typed))
    readings = [other_layout(word)] if not any(map(str.isdigit, word)) else []
    if not is_cyrillic(word):
        readings.append(to_cyrillic(word))
    for reading in readings:
        if (plain := normalise(reading)) in vocabulary:
            return Repair(typed, (plain,))
    if (parts := split_joined(word, lambda part: part in vocabulary)) is not None:
        return Repair(typed, parts)
    for reading in (word, *readings[1:]):
        forms = word_forms(normalise(reading))
        for form in dict.fromkeys((forms.primary, normalise(reading), forms.second)):
            if form and (near := vocabulary.nearest(form)) is not None:
                return Repair(typed, (near,))
    return None
