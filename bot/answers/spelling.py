"""Words a slip of the finger away, found without comparing with every word there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_END: Final = 2
_SURE_BEGINNING: Final = 3


class Spellings:
    """Known words by how they begin and end.

    One slip (a letter more, less or other, or two neighbours swapped) leaves the first two or the last two letters
    of a word of five letters and more as they are, so only words that share either are compared.  Two slips are
    forgiven only where the first three letters are right.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._beginning: dict[str, list[str]] = defaultdict(list)
        self._ending: dict[str, list[str]] = defaultdict(list)
        self._sure: dict[str, list[str]] = defaultdict(list)
        for word in dict.fromkeys(words):
            self._beginning[word[:_END]].append(word)
            self._ending[word[-_END:]].append(word)
            self._sure[word[:_SURE_BEGINNING]].append(word)

    def near(self, word: str, slips: int = 1, limit: int = 8) -> dict[str, int]:
        """The words at most so many slips (one or two) away, the nearest first, each with how many."""
        ended = [one for one in self._ending.get(word[-_END:], ()) if one[:_END] != word[:_END]]
        found = _near(word, [*self._beginning.get(word[:_END], ()), *ended], 1, limit)
        if slips > 1:
            found = {**_near(word, self._sure.get(word[:_SURE_BEGINNING], ()), slips, limit), **found}
        return found


def _near(word: str, among: Sequence[str], slips: int, limit: int) -> dict[str, int]:
    near = process.extract(word, among, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=limit)
    return {known: int(distance) for known, distance, _ in near}
