"""The words and names that a question can hold, and where they stand in it.

A phrase is a name of the registry or an expression of the lexicon.  A word of a question matches a word of a phrase
when they are forms of one word, when the first is the second with Kyrgyz endings, or when it is one or two typing
errors away (five letters and more).  Of overlapping phrases the longest is taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.answers.spelling import Spellings
from storage.analysis import (
    fold,
    is_common_word,
    is_cyrillic,
    is_word,
    known_base,
    matches_known,
    other_layout,
    skeleton,
    tokens,
    word_forms,
)
from storage.languages import Language

SAME: Final = 1.0
INFLECTED: Final = 0.97
ENDED: Final = 0.95
TRANSLITERATED: Final = 0.9
OTHER_LAYOUT: Final = 0.88
MISTYPED: Final = 0.8

_SKIPPED: Final = frozenset(
    {
        "и", "на", "за", "по", "в", "во", "для", "при", "о", "об", "с", "со", "ж", "им", "имени",
        "жана", "үчүн", "учун", "боюнча", "the", "of", "for", "and", "in", "on", "at",
    }
)  # fmt: skip
_BETTER: Final = 0.02
_MUCH_BETTER: Final = 0.1
_SHORTEST_BASE: Final = 3
_SHORTEST_MISTYPED: Final = 5
_TWO_ERRORS: Final = 7
_SHORTEST_SOUND: Final = 6
_LONG_SOUND: Final = 9
_SAME_BEGINNING: Final = 4
_ENDING: Final = 2
_SAME_HEAD: Final = 2
_SHORTEST_CORE: Final = 5
_PLACE: Final = "place"
_LITTLE: Final = 4
"""Letters of a little word, and of the endings that it can take."""
_ROMAN: Final = {"ii": "2", "іі": "2"}
_NUMBER_ENDING: Final = re.compile(
    r"(?:[ндт][ыиу]н|[гк][аео]|[дтн][аео]н?|[ндт][ыиу]|(?:[ыиу]?н)?ч[ыиу](?:с[ыиу]н?)?|л[аео]р|гг?|ж|[ое]?го|"
    r"[ыо]?й|а?я|у?ю|[ыо]?м|му|[ыи]?х|о?е|и)\Z"
)
"""What is written after a number: «2нин», «1дин», «2-го», «2024-ж.»."""
_ABBREVIATION: Final = range(4, 8)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: a concept of the lexicon, or a record, place, topic or month by its slug."""

    kind: str
    value: str


_FILLER: Final = Meaning("concept", "filler")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: normalised, folded, with all its forms, and its place in the text."""

    text: str
    folded: str
    forms: frozenset[str]
    start: int
    end: int


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


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text as they are compared."""
    found: list[Word] = []
    for token in tokens(text):
        plain = _ROMAN.get(token.text, token.text)
        word = Word(plain, fold(plain), _forms(plain), token.start, token.end)
        if not (found and _ends_number(found[-1], word, text)):
            found.append(word)
    return tuple(found)


def _ends_number(before: Word, word: Word, text: str) -> bool:
    """Whether a word is only the ending of the number before it."""
    if not before.text.isdigit() or text[before.end : word.start] not in ("", "-"):
        return False
    return _NUMBER_ENDING.match(word.folded) is not None


@lru_cache(maxsize=50_000)
def _forms(word: str) -> frozenset[str]:
    return frozenset(fold(form) for form in word_forms(word).every)


class Vocabulary:
    """The phrases that can be recognised, indexed by their words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[_Compiled]] = defaultdict(list)
        self._by_form: dict[str, set[str]] = defaultdict(set)
        capitals: set[str] = set()
        merged: dict[tuple[tuple[str, ...], bool], tuple[set[Meaning], set[Language]]] = {}
        for phrase in phrases:
            if phrase.loose and phrase.text.isupper() and len(phrase.text) in _ABBREVIATION:
                capitals.add(fold(phrase.text.lower()))
            for written in _ways(phrase):
                meanings, languages = merged.setdefault((written, phrase.loose), (set(), set()))
                meanings.add(phrase.meaning)
                languages.update(phrase.languages)
        for (written, loose), (meanings, languages) in merged.items():
            self._by_first[written[0]].append(
                _Compiled(written, loose, frozenset(meanings), frozenset(languages))
            )
            for word in written:
                self._by_form[word].add(word)
        for word in list(self._by_form):
            for form in _forms(word):
                self._by_form[form].add(word)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for word in [word for word in self._by_form if is_cyrillic(word)]:
            self._by_sound[skeleton(word)] |= self._by_form[word]
        self._sounds = [sound for sound in self._by_sound if len(sound) >= _SHORTEST_SOUND]
        long = [word for word in self._by_form if len(word) >= _SHORTEST_MISTYPED and word.isalpha()]
        self._spellings = Spellings(long)
        self._cores: dict[str, list[str]] = defaultdict(list)
        for word in long:
            if len(word) - _ENDING >= _SHORTEST_CORE:
                self._cores[word[:-_ENDING]].append(word)
            if len(word) >= _SHORTEST_CORE:
                self._cores[word].append(word)
        self._core_spellings = Spellings(self._cores)
        self._places = sorted(
            {
                phrase.words[0]
                for phrases in self._by_first.values()
                for phrase in phrases
                if len(phrase.words) == 1 and any(one.kind == _PLACE for one in phrase.meanings)
            }
        )
        self._abbreviations = sorted(word for word in capitals if word in self._by_first)
        self._little = {
            word
            for word, phrases in self._by_first.items()
            if len(word) <= _LITTLE
            and all(phrase.words == (word,) and phrase.meanings <= {_FILLER} for phrase in phrases)
        }
        self._matches = lru_cache(maxsize=20_000)(self._match_word)

    def knows(self, word: str) -> bool:
        """Whether a word is one of the phrases' words, in any form."""
        return any(form in self._by_form for form in _forms(word)) or bool(self._ended(fold(word)))

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
        matches = [self._matches(word.text) for word in words]
        for first in range(len(words)):
            for known, score in matches[first].items():
                for phrase in self._by_first.get(known, ()):
                    yield from _extended(phrase, words, matches, first, score)
            yield from self._joined_span(words, first)

    def _joined_span(self, words: tuple[Word, ...], first: int) -> Iterator[Span]:
        """Two words that people also write as one: «Иссык-Куль» for «Иссыккуль»."""
        if first + 1 >= len(words):
            return
        joined = words[first].folded + words[first + 1].folded
        if len(joined) < _SHORTEST_MISTYPED:
            return
        for known, score in self._joined_words(joined, words[first], words[first + 1]):
            for phrase in self._by_first.get(known, ()):
                if len(phrase.words) == 1:
                    yield Span(first, first + 1, score, len(joined), phrase.meanings, phrase.languages)

    def _joined_words(self, joined: str, one: Word, other: Word) -> Iterator[tuple[str, float]]:
        if known := self._by_form.get(joined):
            yield from ((each, ENDED) for each in known)
        elif len(joined) >= _TWO_ERRORS and not any(self._matches(word.text) for word in (one, other)):
            near = process.extract(
                joined, self._places, scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=2
            )
            yield from ((each, MISTYPED) for each, _, _ in near if abs(len(each) - len(joined)) <= 1)

    def _match_word(self, word: str) -> Mapping[str, float]:
        """The words of phrases that this word can be, each with how surely."""
        folded = fold(word)
        found: dict[str, float] = {}
        for form in _forms(word):
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
        return base in self._little and len(word) - len(base) > _LITTLE

    def _mistyped(self, word: str) -> Iterator[str]:
        folded = fold(word)
        if not folded.isalpha():
            return
        if is_word(word):
            if is_cyrillic(word) and not is_common_word(word) and known_base(word) is None:
                yield from self._near_places(folded)  # a rare name in the dictionary: «Наран» for «Нарын»
            return
        if len(folded) >= _ABBREVIATION.start:
            yield from self._mistyped_abbreviation(folded)
        if len(folded) < _SHORTEST_MISTYPED:
            return
        best: dict[str, int] = {}
        for form in {folded, *_forms(word)}:
            if len(form) < _SHORTEST_MISTYPED:
                continue
            allowed = 2 if len(form) >= _TWO_ERRORS else 1
            for known, distance in self._spellings.near(form, allowed).items():
                best[known] = min(best.get(known, 9), distance)
        if not best:
            best = dict.fromkeys(self._near_cores(folded) or self._near_places(folded), 1)
        for form in {form for known in best for form in _forms(known)}:
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
        for length in range(len(word), _ABBREVIATION.start - 1, -1):
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
