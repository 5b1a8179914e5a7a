"""The words and names that a question can hold, and where they stand in it.

A phrase is a name of the registry or an expression of the lexicon.  Of overlapping phrases the longest is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.answers.known_words import ABBREVIATION, LITTLE, KnownWords
from bot.answers.words import Word, words_of
from storage.analysis import fold
from storage.languages import Language

_SKIPPED: Final = frozenset(
    {
        "и", "на", "за", "по", "в", "во", "для", "при", "о", "об", "с", "со", "ж", "им", "имени",
        "жана", "үчүн", "учун", "боюнча", "the", "of", "for", "and", "in", "on", "at",
    }
)  # fmt: skip
_BETTER: Final = 0.02
_MUCH_BETTER: Final = 0.1
_PLACE: Final = "place"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: a concept of the lexicon, or a record, place, topic or month by its slug."""

    kind: str
    value: str


_FILLER: Final = Meaning("concept", "filler")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words that a phrase, or several with the same words, was recognised in."""

    first: int
    last: int
    score: float
    letters: int
    meanings: frozenset[Meaning]
    languages: frozenset[Language]

    def values(self, kind: str) -> tuple[str, ...]:
        """The values of the meanings of a kind, in order."""
        return tuple(sorted(meaning.value for meaning in self.meanings if meaning.kind == kind))

    def only(self, *kinds: str) -> bool:
        """Whether nothing but these kinds is meant."""
        return all(meaning.kind in kinds for meaning in self.meanings)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase to be recognised; a `loose` one ignores little words such as «и» and «на»."""

    text: str
    meaning: Meaning
    languages: frozenset[Language] = frozenset()
    loose: bool = False


class Vocabulary:
    """The phrases that can be recognised, indexed by their words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[_Compiled]] = defaultdict(list)
        capitals: set[str] = set()
        merged: dict[tuple[tuple[str, ...], bool], tuple[set[Meaning], set[Language]]] = {}
        for phrase in phrases:
            if phrase.loose and phrase.text.isupper() and len(phrase.text) in ABBREVIATION:
                capitals.add(fold(phrase.text.lower()))
            for written in _ways(phrase):
                meanings, languages = merged.setdefault((written, phrase.loose), (set(), set()))
                meanings.add(phrase.meaning)
                languages.update(phrase.languages)
        for (written, loose), (meanings, languages) in merged.items():
            self._by_first[written[0]].append(
                _Compiled(written, loose, frozenset(meanings), frozenset(languages))
            )
        self._words = KnownWords(
            dict.fromkeys(word for written, _ in merged for word in written),
            places=self._places(),
            abbreviations=capitals & self._by_first.keys(),
            little=self._little_words(),
        )

    def _places(self) -> set[str]:
        return {
            phrase.words[0]
            for phrases in self._by_first.values()
            for phrase in phrases
            if len(phrase.words) == 1 and any(one.kind == _PLACE for one in phrase.meanings)
        }

    def _little_words(self) -> set[str]:
        return {
            word
            for word, phrases in self._by_first.items()
            if len(word) <= LITTLE
            and all(phrase.words == (word,) and phrase.meanings <= {_FILLER} for phrase in phrases)
        }

    def knows(self, word: str) -> bool:
        """Whether a word is one of the phrases' words, in any form."""
        return self._words.knows(word)

    def spans(self, words: tuple[Word, ...]) -> tuple[Span, ...]:
        """The phrases recognised in the words, none overlapping another, in order."""
        found: dict[tuple[int, int], Span] = {}
        for span in self._all_spans(words):
            known = found.get((span.first, span.last))
            found[span.first, span.last] = _joined(known, span) if known else span
        chosen: list[Span] = []
        taken: set[int] = set()
        for span in sorted(found.values(), key=lambda one: (-one.score * one.letters, one.first)):
            places = set(range(span.first, span.last + 1))
            if not places & taken:
                taken |= places
                chosen.append(span)
        return tuple(sorted(chosen, key=lambda one: one.first))

    def _all_spans(self, words: tuple[Word, ...]) -> Iterator[Span]:
        matches = [self._words.like(word.text) for word in words]
        for first in range(len(words)):
            for known, score in matches[first].items():
                for phrase in self._by_first.get(known, ()):
                    yield from _extended(phrase, words, matches, first, score)
            yield from self._joined_span(words, first)

    def _joined_span(self, words: tuple[Word, ...], first: int) -> Iterator[Span]:
        """Two words that people also write as one: «Иссык-Куль» for «Иссыккуль»."""
        if first + 1 >= len(words):
            return
        letters = len(words[first].folded) + len(words[first + 1].folded)
        for known, score in self._words.joined(words[first], words[first + 1]):
            for phrase in self._by_first.get(known, ()):
                if len(phrase.words) == 1:
                    yield Span(first, first + 1, score, letters, phrase.meanings, phrase.languages)


@dataclass(frozen=True, slots=True)
class _Compiled:
    words: tuple[str, ...]
    loose: bool
    meanings: frozenset[Meaning]
    languages: frozenset[Language]


def _ways(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    written = tuple(word.folded for word in words_of(phrase.text))
    if phrase.loose:
        written = tuple(word for word in written if word not in _SKIPPED) or written
    if not written:
        return
    yield written
    if phrase.loose and len(written) > 1 and all(word.isalpha() for word in written[:2]):
        yield (written[0] + written[1], *written[2:])


def _extended(
    phrase: _Compiled,
    words: tuple[Word, ...],
    matches: list[Mapping[str, float]],
    first: int,
    score: float,
) -> Iterator[Span]:
    scores, at = [score], first
    for wanted in phrase.words[1:]:
        at += 1
        while phrase.loose and at < len(words) and words[at].text in _SKIPPED:
            at += 1
        if at >= len(words) or wanted not in matches[at]:
            return
        scores.append(matches[at][wanted])
    letters = sum(len(word.text) for word in words[first : at + 1])
    yield Span(first, at, sum(scores) / len(scores), letters, phrase.meanings, phrase.languages)


def _joined(one: Span, other: Span) -> Span:
    """Two readings of the same words: both, unless one is surer."""
    clearly = _BETTER if one.only("concept") and other.only("concept") else _MUCH_BETTER
    if abs(one.score - other.score) > clearly:
        return max(one, other, key=lambda span: span.score)
    return Span(
        one.first,
        one.last,
        max(one.score, other.score),
        one.letters,
        one.meanings | other.meanings,
        one.languages | other.languages,
    )
