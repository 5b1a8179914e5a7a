"""Which of the words known a word of a question can be, and how surely.

A word matches one that is known when they are forms of one word, when the first is the second with Kyrgyz endings, or
when it is one or two typing errors away (five letters and more).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.answers.spelling import Spellings
from bot.answers.words import Word, forms_of
from storage.analysis import (
    fold,
    is_common_word,
    is_cyrillic,
    is_word,
    known_base,
    matches_known,
    other_layout,
    skeleton,
)

SAME: Final = 1.0
INFLECTED: Final = 0.97
ENDED: Final = 0.95
TRANSLITERATED: Final = 0.9
OTHER_LAYOUT: Final = 0.88
MISTYPED: Final = 0.8

_SHORTEST_BASE: Final = 3
_SHORTEST_MISTYPED: Final = 5
_TWO_ERRORS: Final = 7
_SHORTEST_SOUND: Final = 6
_LONG_SOUND: Final = 9
_SAME_BEGINNING: Final = 4
_ENDING: Final = 2
_SAME_HEAD: Final = 2
_SHORTEST_CORE: Final = 5
LITTLE: Final = 4
"""Letters of a little word, and of the endings that it can take."""
ABBREVIATION: Final = range(4, 8)
"""Letters of an abbreviation that a slip in it can be told by."""


class KnownWords:
    """The words of all phrases, folded, with the ways in which people write them."""

    def __init__(
        self,
        words: Iterable[str],
        *,
        places: Iterable[str],
        abbreviations: Iterable[str],
        little: Iterable[str],
    ) -> None:
        self._by_form: dict[str, set[str]] = defaultdict(set)
        for word in words:
            for form in {word, *forms_of(word)}:
                self._by_form[form].add(word)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for word in filter(is_cyrillic, self._by_form):
            self._by_sound[skeleton(word)] |= self._by_form[word]
        self._sounds = [sound for sound in self._by_sound if len(sound) >= _SHORTEST_SOUND]
        long = [word for word in self._by_form if len(word) >= _SHORTEST_MISTYPED and word.isalpha()]
        self._spellings = Spellings(long)
        self._cores: dict[str, list[str]] = defaultdict(list)
        for word in long:
            if len(word) - _ENDING >= _SHORTEST_CORE:
                self._cores[word[:-_ENDING]].append(word)
            self._cores[word].append(word)
        self._core_spellings = Spellings(self._cores)
        self._places = sorted(places)
        self._abbreviations = sorted(abbreviations)
        self._little = frozenset(little)
        self.like = lru_cache(maxsize=20_000)(self._like)

    def knows(self, word: str) -> bool:
        """Whether a word is known, in any form."""
        return any(form in self._by_form for form in forms_of(word)) or bool(self._ended(fold(word)))

    def joined(self, one: Word, other: Word) -> Iterator[tuple[str, float]]:
        """The words known that two words are together, as people also write them: «Иссык-Куль» for «Иссыккуль»."""
        joined = one.folded + other.folded
        if len(joined) < _SHORTEST_MISTYPED:
            return
        if known := self._by_form.get(joined):
            yield from ((each, ENDED) for each in known)
        elif len(joined) >= _TWO_ERRORS and not any(self.like(word.text) for word in (one, other)):
            near = process.extract(
                joined, self._places, scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=2
            )
            yield from ((each, MISTYPED) for each, _, _ in near if abs(len(each) - len(joined)) <= 1)

    def _like(self, word: str) -> Mapping[str, float]:
        """The words known that this word can be, each with how surely."""
        folded = fold(word)
        found: dict[str, float] = {}
        for form in forms_of(word):
            for known in self._by_form.get(form, ()):
                found[known] = max(found.get(known, 0.0), SAME if known == folded else INFLECTED)
        for known in self._ended(folded):
            found.setdefault(known, ENDED)
        if not found and not is_word(word):
            found.update(self._in_other_layout(word))
        if not found and not is_cyrillic(word) and not is_word(word):
            found.update(self._transliterated(word))
        if not found:
            found.update(dict.fromkeys(self._mistyped(word), MISTYPED))
        return found

    def _in_other_layout(self, word: str) -> Iterator[tuple[str, float]]:
        """One word typed in the other layout among words that were not: «проекты ГЫФШВ» for USAID."""
        meant = fold(other_layout(word))
        if len(meant) >= _SHORTEST_BASE and meant.isalnum():
            yield from ((known, OTHER_LAYOUT) for known in self._by_form.get(meant, ()))

    def _transliterated(self, word: str) -> Iterator[tuple[str, float]]:
        """Cyrillic words that sound like this Latin one; in longer ones an ending may differ."""
        sound = skeleton(word)
        if len(sound) < _SHORTEST_BASE:
            return
        if exact := self._by_sound.get(sound):
            yield from ((known, TRANSLITERATED) for known in exact)
        elif len(sound) >= _SHORTEST_SOUND:
            allowed = 2 if len(sound) >= _LONG_SOUND else 1
            near = process.extract(
                sound, self._sounds, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=8
            )
            for known, _, _ in near:
                if known[:_SAME_BEGINNING] == sound[:_SAME_BEGINNING]:
                    yield from ((each, MISTYPED) for each in self._by_sound[known])

    def _ended(self, word: str) -> tuple[str, ...]:
        bases = (word[:length] for length in range(_SHORTEST_BASE, len(word)))
        ended = {
            base
            for base in bases
            if base in self._by_form and matches_known(base, word) and not self._too_much_ending(base, word)
        }
        return tuple(known for base in ended for known in self._by_form[base] if known == base)

    def _too_much_ending(self, base: str, word: str) -> bool:
        """«жаналыктарды» is a slip in «жаңылыктарды», not «жана» with four endings."""
        return base in self._little and len(word) - len(base) > LITTLE

    def _mistyped(self, word: str) -> Iterator[str]:
        folded = fold(word)
        if not folded.isalpha():
            return
        if is_word(word):
            if is_cyrillic(word) and not is_common_word(word) and known_base(word) is None:
                yield from self._near_places(folded)  # a rare name in the dictionary: «Наран» for «Нарын»
            return
        if len(folded) >= ABBREVIATION.start:
            yield from self._mistyped_abbreviation(folded)
        if len(folded) < _SHORTEST_MISTYPED:
            return
        best: dict[str, int] = {}
        for form in {folded, *forms_of(word)}:
            if len(form) < _SHORTEST_MISTYPED:
                continue
            allowed = 2 if len(form) >= _TWO_ERRORS else 1
            for known, distance in self._spellings.near(form, allowed).items():
                best[known] = min(best.get(known, 9), distance)
        if not best:
            best = dict.fromkeys(self._near_cores(folded) or self._near_places(folded), 1)
        for form in {form for known in best for form in forms_of(known)}:
            yield from self._by_form.get(form, ())

    def _near_places(self, word: str) -> list[str]:
        """Places whose name is a slip away from the word without its case: «Наране» for «Нарын»."""
        cores = {word[:-1], word[:-2]} - {word[: _SHORTEST_MISTYPED - 2]}
        near = (
            process.extract(core, self._places, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=4)
            for core in cores
            if len(core) >= _SHORTEST_MISTYPED - 1
        )
        return [known for found in near for known, _, _ in found if known[0] == word[0] and len(known) > 4]

    def _near_cores(self, word: str) -> list[str]:
        """Words whose beginning is one error away from the beginning of this one: a slip in an inflected form."""
        core = word[:-_ENDING]
        if len(core) < _SHORTEST_CORE:
            return []
        return [word for known in self._core_spellings.near(core, limit=4) for word in self._cores[known]]

    def _mistyped_abbreviation(self, word: str) -> Iterator[str]:
        """The one abbreviation a slip away, or one a slip away with Kyrgyz endings after it."""
        for length in range(len(word), ABBREVIATION.start - 1, -1):
            base = word[:length]
            if length < len(word) and (len(word) - length < _ENDING or not matches_known(base, word)):
                continue  # «уулум» is “my son”, not УУМУ with a slip and a letter behind it
            near = process.extract(
                base, self._abbreviations, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=2
            )
            head = _SAME_HEAD if length < len(word) else 0
            if len(near) == 1 and near[0][0][:head] == base[:head]:
                yield near[0][0]
                return
