"""Phrases of rules, found in a reading.  Pure.

How a phrase is written (in topics.toml, territories.toml and by staff): words parted by spaces stand side by
side.

- `кенеш` matches every inflection, Russian or Kyrgyz or English;
- `демилге*` matches words that begin so (ө, ү, ң as о, у, н);
- `=манас` matches just this form;
- `женщина|аял` matches either; `..` stands for up to three words between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from feeds.tagging_text import Reading, Word
from storage.analysis import fold, matches_known, normalise, word_forms

_GAP: Final = ".."
_GAP_WORDS: Final = 3
_BASE_HEAD: Final = 2


class Span(NamedTuple):
    """Where a phrase stands: the numbers of its first and last word."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Spot:
    """One place of a phrase:

    the numbers of the word patterns of which any may stand there; none for a gap.
    """

    patterns: frozenset[int]


class Phrasebook:
    """Phrases of many rules, compiled together, so that each word of a text is looked at once.

    Not safe to share between threads while it learns words (its cache is a plain dictionary of bounded size).
    """

    _CACHE_WORDS: Final = 100_000

    def __init__(self, phrases: Iterable[str]) -> None:
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._surface: dict[str, set[int]] = defaultdict(set)
        self._prefixes: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._bases: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._known: dict[str, frozenset[int]] = {}
        self._by_first: dict[int, list[tuple[str, tuple[_Spot, ...]]]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            self._add(phrase)

    def find(self, reading: Reading) -> dict[str, list[Span]]:
        """Every phrase that stands in the reading, and where; a phrase does not cross the end of a sentence."""
        seen = [self._patterns_of(word) for word in reading.words]
        found: dict[str, list[Span]] = defaultdict(list)
        for first, patterns in enumerate(seen):
            tried = set()
            for pattern in patterns:
                for phrase, spots in self._by_first.get(pattern, ()):
                    if phrase in tried:
                        continue
                    tried.add(phrase)
                    if (last := _matched(spots, seen, reading.words, first)) is not None:
                        found[phrase].append(Span(first, last))
        return dict(found)

    def _add(self, phrase: str) -> None:
        spots = tuple(self._spot(word) for word in phrase.split())
        for pattern in spots[0].patterns:
            self._by_first[pattern].append((phrase, spots))

    def _spot(self, written: str) -> _Spot:
        if written == _GAP:
            return _Spot(frozenset())
        return _Spot(frozenset(self._pattern(word) for word in written.split("|")))

    def _pattern(self, word: str) -> int:
        if word in self._numbers:
            return self._numbers[word]
        number = self._numbers[word] = len(self._numbers)
        plain = normalise(word.strip("*="))
        folded = fold(plain)
        if word.endswith("*"):
            self._prefixes[folded[:_BASE_HEAD]].add((folded, number))
        elif word.startswith("="):
            self._surface[folded].add(number)
        else:
            for form in {plain, folded, *(fold(form) for form in word_forms(plain).every)}:
                self._exact[form].add(number)
            self._bases[folded[:_BASE_HEAD]].add((folded, number))
        return number

    def _patterns_of(self, word: Word) -> frozenset[int]:
        known = self._known.get(word.text)
        if known is None:
            if len(self._known) > self._CACHE_WORDS:
                self._known.clear()
            known = self._known[word.text] = frozenset(self._look_up(word))
        return known

    def _look_up(self, word: Word) -> Iterator[int]:
        yield from self._surface.get(word.folded, ())
        for form in word_forms(word.text).every:
            yield from self._exact.get(fold(form), ())
        head = word.folded[:_BASE_HEAD]
        yield from (
            number for prefix, number in self._prefixes.get(head, ()) if word.folded.startswith(prefix)
        )
        yield from (
            number
            for base, number in self._bases.get(head, ())
            if word.folded.startswith(base[:-1]) and matches_known(base, word.folded)
        )


def _matched(
    spots: Sequence[_Spot], seen: Sequence[frozenset[int]], words: Sequence[Word], first: int
) -> int | None:
    """The last word of a phrase whose first stands at `first`, None where the others do not follow."""
    at, gap, last = first + 1, 0, first
    sentence = words[first].sentence
    for spot in spots[1:]:
        if not spot.patterns:
            gap = _GAP_WORDS
            continue
        end = min(at + gap + 1, len(seen))
        while at < end and seen[at].isdisjoint(spot.patterns):
            at += 1
        if at >= end or words[at].sentence != sentence:
            return None
        last, at, gap = at, at + 1, 0
    return last


def outermost(spans: Iterable[Span]) -> list[Span]:
    """The spans that do not lie inside a longer one, in order."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.first, -span.last)):
        if not kept or span.last > kept[-1].last:
            kept.append(span)
    return kept
