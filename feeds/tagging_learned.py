"""How likely a release is of a topic by all its words together, as learnt from labelled releases.  Pure.

Rules say what surely makes a topic; people say it in more ways than rules foresee.  The second reading is a logistic
regression over the words of a release, how they begin, neighbouring pairs of them, its title by itself, whether it
names a place, and the groups of phrases that the rules name (who: residents, women; what: a council, money of the
municipality) and which of these stand near each other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Final

from feeds.tagging_phrases import Span
from feeds.tagging_text import Reading, Word
from storage.analysis import fold, word_forms
from storage.analysis.weights import Weights, probability, read_weights, unit
from storage.search_query import SMALL_WORDS

WEIGHTS_FILE: Final = "topic_weights.tsv"
_STEM, _BEGINNING = 6, 4
"""Letters of a word that count, and those that it may share with words of its family."""
_NUMBER: Final = "#"
_SHOWN, _TELLING = 4, 3
_WORDS: Final = "ub"
"""The kinds of features that are words of the text."""
_PERHAPS, _LIKELY = 0.4, 0.7
_ENOUGH_KNOWN: Final = 25
_SPEAKS, _ENOUGH = 0.6, 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely the topic is, and the features that speak for it and against it most."""

    likely: float
    known: int
    """How many features of the text the table knows: few say little against what a rule found."""
    for_it: tuple[str, ...]
    against_it: tuple[str, ...] = ()

    def weight(self, by_rules: float, threshold: float, doubt: float) -> float:
        """What it adds to the score that the rules give: enough by itself, something, or nothing.

        Where the rules would do and all words together do not speak for the topic as well, what is left is a doubt.
        """
        if self.likely >= _LIKELY:
            return _ENOUGH
        if by_rules < threshold:
            return _SPEAKS if self.likely >= _PERHAPS else 0.0
        return doubt - by_rules if self.known >= _ENOUGH_KNOWN else 0.0


@cache
def shipped_weights() -> Weights:
    """What was learnt for the shipped topics; read once."""
    return read_weights(files("storage.registry").joinpath(WEIGHTS_FILE).read_text("utf-8"))


def groups_in(
    phrases: Mapping[str, frozenset[str]], found: Mapping[str, list[Span]], reading: Reading
) -> dict[str, frozenset[int]]:
    """Per group of phrases of which something was found, the sentences where it stands."""
    here = {
        name: frozenset(
            reading.words[span.first].sentence for phrase in group & found.keys() for span in found[phrase]
        )
        for name, group in phrases.items()
    }
    return {name: sentences for name, sentences in here.items() if sentences}


def features(reading: Reading, groups: Mapping[str, frozenset[int]], names_a_place: bool) -> dict[str, float]:
    """What is known of a text, as a vector of length 1: words (`u`), neighbours (`b`), beginnings of words (`h`), words
    of the title (`t`), groups (`g`), groups near each other (`p`), and whether it names a place of the country (`w`).
    """
    counted = Counter(_named(reading, groups))
    counted["w here" if names_a_place else "w somewhere"] = 1
    return unit({name: 1 + math.log(number) for name, number in counted.items()})


def _named(reading: Reading, groups: Mapping[str, frozenset[int]]) -> Iterator[str]:
    stems = [(_stem(word), word) for word in reading.words]
    for at, (stem, _) in enumerate(stems):
        yield f"u {stem}"
        yield f"h {stem[:_BEGINNING]}"
        if reading.in_title(at):
            yield f"t {stem}"
    for (stem, word), (following, after) in pairwise(stems):
        if word.sentence == after.sentence:
            yield f"b {stem} {following}"
    yield from (f"g {name}" for name in groups)
    for one, other in combinations(sorted(groups), 2):
        if any(abs(here - there) <= 1 for here in groups[one] for there in groups[other]):
            yield f"p {one} {other}"


def _stem(word: Word) -> str:
    if word.text.isdigit():
        return _NUMBER
    return fold(word_forms(word.text).primary)[:_STEM]


def judge(of_text: Mapping[str, float], weights: Weights) -> dict[str, Judgement]:
    """Per topic of the table, how likely it is for a text with these features."""
    known = len(of_text.keys() & weights.of.keys())
    return {
        topic: Judgement(probability(score), known, *_words(topic, of_text, weights))
        for topic, score in weights.scores(of_text).items()
    }


def _words(
    topic: str, of_text: Mapping[str, float], weights: Weights
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that speak for a topic, and those against it, the loudest first; small ones, which mean nothing to a
    reader, are left out.
    """
    said = [one for one in weights.speaking(topic, of_text) if one[1][0] in _WORDS and _tells(one[1])]
    for_it = tuple(name for part, name in said if part > 0)
    against = tuple(name for part, name in reversed(said) if part < 0)
    return for_it[:_SHOWN], against[:_SHOWN]


def _tells(feature: str) -> bool:
    return any(len(word) >= _TELLING and word not in SMALL_WORDS for word in feature.split()[1:])


def as_written(feature: str, reading: Reading) -> str:
    """The words of the text that a feature is made of."""
    wanted = feature.split()[1:]
    stems = [_stem(word) for word in reading.words]
    for at in range(len(stems)):
        if stems[at : at + len(wanted)] == wanted:
            return reading.written(at, at + len(wanted) - 1)
    return ""
