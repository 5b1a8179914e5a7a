"""Words as terms: the one form that is indexed, and the other forms that may stand for the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from storage.analysis import kyrgyz, russian
from storage.analysis.normalise import fold, is_cyrillic
from storage.analysis.tokens import tokens

_KYRGYZ_LETTERS: Final = frozenset("өүң")
_ENGLISH_ENDINGS: Final = (
    (re.compile(r"(?<=[a-z]{2})ies\Z"), "y"),
    (re.compile(r"(?<=ss|sh|ch)es\Z"), ""),
    (re.compile(r"(?<=xe)s\Z"), ""),
    (re.compile(r"(?<=[a-z]{2}[^su])s\Z"), ""),
)
_SURE_BASE: Final = 4
_IRREGULAR: Final = {"women": "woman", "men": "man", "people": "person", "children": "child"}


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text: how it is indexed, where it stands, and every form it can be found by.

    `text` is the primary form, the same for every inflection of a word.  `start` and `end` are offsets in the
    original text in code points.  `forms` holds the word as written (normalised), folded, and its dictionary forms.
    """

    text: str
    start: int
    end: int
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordForms:
    """What is known of a word without its place: its primary form, a second reading or "", and all its forms."""

    primary: str
    second: str
    every: frozenset[str]


@lru_cache(maxsize=200_000)
def word_forms(word: str) -> WordForms:
    """The forms of one normalised word.

    A Russian word has its lemma first; a word with Kyrgyz letters its stem; an unknown Cyrillic word is read both
    ways, since Kyrgyz typed in Russian letters cannot be told apart with certainty.
    """
    primary, second = _readings(word)
    every = frozenset({word, fold(word), primary, second} - {""})
    return WordForms(primary, second if second != primary else "", every)


def _readings(word: str) -> tuple[str, str]:
    if not is_cyrillic(word):
        return _english(word), ""
    if (ours := russian.override(word)) is not None:
        return ours, ""
    base = kyrgyz.known_base(word)
    if _KYRGYZ_LETTERS & set(word):
        return base or kyrgyz.stem(word), ""
    if russian.is_known(word):
        return russian.lemma(word), base if base and len(base) >= _SURE_BASE else ""
    return (base, russian.lemma(word)) if base else (russian.lemma(word), kyrgyz.stem(word))


def _english(word: str) -> str:
    if not word.isalpha():
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, replacement in _ENGLISH_ENDINGS:
        if ending.search(word):
            return ending.sub(replacement, word)
    return word


def analyse(text: str) -> tuple[Term, ...]:
    """The words of a text in order, each with its forms and its place."""
    found = []
    for token in tokens(text):
        forms = word_forms(token.text)
        found.append(Term(forms.primary, token.start, token.end, forms.every))
    return tuple(found)


def terms(text: str) -> list[str]:
    """The primary forms of a text's words, in order: one a word, so that phrases can be matched."""
    return [word_forms(token.text).primary for token in tokens(text)]


def second_terms(text: str) -> list[str]:
    """The second readings of those words that have one, each once, in order of appearance."""
    readings = (word_forms(token.text).second for token in tokens(text))
    return list(dict.fromkeys(reading for reading in readings if reading))
