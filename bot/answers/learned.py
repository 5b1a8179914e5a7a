"""What a question probably asks, by all its words together, as learnt from labelled questions.  Pure.

The rules of `understanding` decide by what they recognise.  People ask in more ways than the lexicon has words for;
where the rules find nothing, or something that hardly fits the question as a whole, this second reading says which kind
of answer, and which fact, such questions mostly want.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from bot.answers.lexicon import CONCEPT
from bot.answers.reading import Reading
from bot.answers.vocabulary import Span
from storage.analysis import fold, word_forms
from storage.analysis.weights import Weights, read_weights, shares, unit

KINDS_FILE: Final = "kind_weights.tsv"
FACTS_FILE: Final = "fact_weights.tsv"
NO_FACT: Final = "none"
_FILLER: Final = "filler"
_STEM: Final = 6
_START, _END = "^", "$"
_NAMED: Final = ("project", "organisation", "term", "event", "place", "topic")


@cache
def shipped(file: str) -> Weights:
    """A table that was learnt; read once."""
    return read_weights(files("bot.answers").joinpath(file).read_text("utf-8"))


def likely_kinds(reading: Reading) -> dict[str, float]:
    """How probable each kind of answer is, all kinds together 1."""
    return shares(shipped(KINDS_FILE).scores(features(reading)))


def likely_facts(reading: Reading) -> dict[str, float]:
    """How probable it is that each fact is asked for, or `NO_FACT`; together 1."""
    return shares(shipped(FACTS_FILE).scores(features(reading)))


def features(reading: Reading) -> dict[str, float]:
    """What is known of a question: words with the names in it as their kinds (`u`), neighbours (`b`) and next but one
    (`s`), concepts (`c`), concepts in a row (`d`), kinds of names (`h`); as a vector of length 1.
    """
    return unit(Counter(_named(reading)))


def _named(reading: Reading) -> Iterator[str]:
    words, concepts = _words(reading), _concepts(reading)
    yield from (f"u {word}" for word in words)
    around = (_START, *words, _END)
    yield from (f"b {one} {other}" for one, other in pairwise(around))
    yield from (f"s {one} {other}" for one, other in zip(around, around[2:], strict=False))
    yield from (f"c {concept}" for concept in set(concepts))
    yield from (f"d {one} {other}" for one, other in pairwise((_START, *concepts, _END)))
    yield from (f"h {kind}" for kind in _NAMED if reading.values(kind))


def _words(reading: Reading) -> list[str]:
    """The words, a name as what kind of thing it names."""
    names = {span.first: (span.last, name) for span in reading.spans if (name := _name(span))}
    found, at = [], 0
    while at < len(reading.words):
        last, name = names.get(at, (at, ""))
        found.append(name or fold(word_forms(reading.words[at].text).primary)[:_STEM])
        at = last + 1
    return found


def _concepts(reading: Reading) -> list[str]:
    found: list[str] = []
    for span in reading.spans:
        if name := _name(span):
            found.append(name)
        else:
            found += [concept for concept in span.values(CONCEPT) if concept != _FILLER]
    return found


def _name(span: Span) -> str:
    """The kinds of things that a name in the question names; "" for words that may carry nothing."""
    if _FILLER in span.values(CONCEPT):
        return ""
    kinds = [kind for kind in _NAMED if span.values(kind)]
    return f"<{'/'.join(kinds)}>" if kinds else ""
