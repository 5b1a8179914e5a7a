"""Kyrgyz words: a known base with any regular chain of endings, and a stem for words nobody listed.

Works on folded words (ө as о, ү as у, ң as н), because people and official sites type without those letters.
Nouns only, with the verbal nouns and participles that stand for nouns; irregular forms belong in the list of bases.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from storage.analysis.normalise import fold, normalise

_BACK: Final = "аыя"
_FRONT: Final = "еэи"
_ROUND: Final = "оуюё"
_VOWELS: Final = _BACK + _FRONT + _ROUND

_PLURAL: Final = r"[лдт][аео]р"
_POSSESSIVE: Final = r"(?:[ыиу]?м|[ыиу]?б[ыиу]з|[ыиу]?н[ыиу]з|[ыиу]н|с[ыиу]н?|[ыиу])"
_CASE: Final = (
    r"(?:[ндт][ыиу]н|[гк][аео]|н[аео]|[ндт][ыиу]|н|[дт][аео]г[ыиу](?:л[аео]р)?|н?[дт][аео]|[дтн][аео]н|[аео])"
)
_PARTICLE: Final = r"(?:б[ыиу]|ч[аео]|с[ыиу]з|м[ыиу]н|д[ыиу]р)"
_RELATIONAL: Final = r"[лдт][ыиу][кг]"

_CHAIN: Final = re.compile(
    rf"(?:{_RELATIONAL})?(?:{_PLURAL})?(?:{_POSSESSIVE})?(?:{_CASE})?(?:{_PARTICLE})?\Z"
)
_BLIND: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:л[аео]рд|т[аео]рд|д[аео]рд)[аео]г[ыиу]\Z",
        r"(?:[ндт][ыиу]н|[дтн][аео]н|нд[аео]|[дт][аео]г[ыиу]|[дт][аео]|[гк][аео]|[ндт][ыиу])\Z",
        r"(?:[ыиу]б[ыиу]з|[ыиу]н[ыиу]з|с[ыиу]н?)\Z",
        r"[лдт][аео]р(?:[ыиу]н?)?\Z",
    )
)
_SOFTENED: Final = {"п": "б", "к": "г", "ф": "в"}
_HARDENED: Final = {soft: hard for hard, soft in _SOFTENED.items()}
_SHORTEST_STEM: Final = 3


@lru_cache(maxsize=200_000)
def matches_known(base: str, word: str) -> bool:
    """Whether the word is the base with a regular chain of endings, or the base itself.

    The chain is plural, possessive, case, particle, each at most once, with vowel harmony and the alternations
    п/б and к/г («долбоор» matches «долбоорлорубузда», «китеп» matches «китебим», «айыл» does not match «айылдоо»).
    Both are folded here.  The base is in the dictionary form of Kyrgyz.
    """
    base, word = fold(normalise(base)), fold(normalise(word))
    if word == base:
        return True
    return any(
        _chained(stem, word) for stem in _stems(base) if word.startswith(stem) and len(word) > len(stem)
    )


def _stems(base: str) -> tuple[str, ...]:
    softened = _SOFTENED.get(base[-1:])
    return (base, base[:-1] + softened) if softened else (base,)


def _chained(stem: str, word: str) -> bool:
    endings = word[len(stem) :]
    if stem[-1] in "бгв" and stem[-1] != word[len(stem) - 1]:
        return False
    return _CHAIN.match(endings) is not None and _fits(stem, endings)


def _fits(stem: str, endings: str) -> bool:
    return _begins_well(stem[-1], endings) and _in_harmony(stem, endings)


def _begins_well(last: str, endings: str) -> bool:
    """After a vowel an ending begins with a consonant; after a voiceless consonant not with д, г or л (plural)."""
    if last in _VOWELS:
        return endings[0] not in _VOWELS
    if last in "пктшчсфхцщ":
        return endings[0] not in "дгл"
    return True


def _in_harmony(stem: str, endings: str) -> bool:
    vowels = [letter for letter in stem if letter in _VOWELS]
    if not vowels:
        return True
    previous = vowels[-1]
    for vowel in (letter for letter in endings if letter in _VOWELS):
        if vowel not in _AFTER[previous]:
            return False
        previous = vowel
    return True


_AFTER: Final = (
    dict.fromkeys(_BACK, "аыу")
    | dict.fromkeys(_FRONT, "еиу")
    | dict.fromkeys(_ROUND, "аоуе")
    | {"и": "еи", "ы": "аы"}
)


@lru_cache(maxsize=1)
def known_bases() -> frozenset[str]:
    """The listed dictionary forms, folded."""
    listed = files("storage.analysis").joinpath("kyrgyz_bases.txt").read_text("utf-8")
    return frozenset(
        fold(word) for line in listed.splitlines() if not line.startswith("#") for word in line.split()
    )


@lru_cache(maxsize=200_000)
def known_base(word: str) -> str | None:
    """The longest listed base that the word is a form of, folded; None for a word of no listed base."""
    word = fold(normalise(word))
    if word in known_bases():
        return word
    for length in range(len(word) - 1, 1, -1):
        for base in (word[:length], _hardened(word[:length])):
            if base in known_bases() and matches_known(base, word):
                return base
    return None


def _hardened(stem: str) -> str:
    return stem[:-1] + _HARDENED.get(stem[-1:], stem[-1:])


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """What is left of a Kyrgyz word without its endings, folded: the listed base, else a guess.

    The guess strips case, possessive and plural once each and leaves at least three letters with a vowel.  It
    puts forms of one word together; it is not the dictionary form, and it can put two words together.
    """
    if (base := known_base(word)) is not None:
        return base
    left = fold(normalise(word))
    for ending in _BLIND:
        shorter = ending.sub("", left)
        if len(shorter) >= _SHORTEST_STEM and any(letter in _VOWELS for letter in shorter):
            left = shorter
    return _hardened(left)
