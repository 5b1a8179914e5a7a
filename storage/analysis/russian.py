"""Russian dictionary forms, by pymorphy3 behind a cache, with our own table where it guesses wrong."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, cast

import pymorphy3
from pymorphy3.analyzer import Parse

from storage.analysis.normalise import fold

_NOUN_CASES: Final = r"(?:а|у|ом|е|и|ы|ов|ей|ам|ами|ах)?"
_ADJECTIVE_CASES: Final = r"(?:ый|ий|ого|ому|ым|им|ом|ая|ой|ую|ое|ые|ие|ых|их|ыми|ими)"

OVERRIDES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(rf"(?:{pattern})\Z"), lemma)
    for pattern, lemma in (
        (rf"кенеш{_NOUN_CASES}", "кенеш"),
        (rf"аймак{_NOUN_CASES}", "аймак"),
        (rf"айыл{_NOUN_CASES}", "айыл"),
        (rf"(?:аил|айил){_NOUN_CASES}", "айыл"),
        (r"окмот[уа]?", "окмот"),
        (rf"айы?льн{_ADJECTIVE_CASES}|айылн{_ADJECTIVE_CASES}|аильн{_ADJECTIVE_CASES}", "айылный"),
        (rf"аймачн{_ADJECTIVE_CASES}", "аймачный"),
        (r"курулта(?:й|я|ю|ем|е|и|ев|ям|ями|ях)", "курултай"),
        (rf"акимиат{_NOUN_CASES}", "акимиат"),
        (r"депутатк(?:а|и|е|у|ой|ам|ами|ах)|депутаток", "депутатка"),
        (r"лидерк(?:а|и|е|у|ой|ам|ами|ах)|лидерок", "лидерка"),
        (r"оша|ошу|ошем|оше|ошом", "ош"),
        (r"чуя|чую|чуем|чуе", "чуй"),
        (r"нарына|нарыну|нарыном|нарыне", "нарын"),
        (r"токмок(?:а|у|ом|е)?|токмак(?:а|у|ом|е)?", "токмок"),
        (r"кочкор(?:а|у|ом|е|ка|ки|ке|ку|кой)?", "кочкор"),
        (r"пср", "псэр"),
        (r"сел", "село"),
        (r"демилге|демилгеси|демилгелер", "демилге"),
        (r"жогорку", "жогорку"),
        (r"женсовет(?:а|у|ом|е|ы|ов|ам|ами|ах)?", "женсовет"),
    )
)

_RELATIONAL: Final = re.compile(rf"(.{{2,}}[сц]к){_ADJECTIVE_CASES}\Z")
_SHORTEST_GUESSED: Final = 4
_VOWEL: Final = re.compile("[аеёиоуыэюя]")
_LIKELY: Final = ("NOUN", "ADJF", "ADJS", "PRTF", "INFN", "VERB", None)


@lru_cache(maxsize=1)
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=200_000)
def lemma(word: str) -> str:
    """The dictionary form of a normalised Russian word, folded as `fold` has it.

    A word that the dictionary does not have gets the form its ending suggests, a noun or an adjective first; a short
    one, or one without vowels, is taken for an abbreviation and left alone.
    """
    if (ours := override(word)) is not None:
        return ours
    if len(word) <= 2 or not all(unicodedata.name(letter, "") for letter in word):
        return fold(word)  # pymorphy3 fails on letters that Unicode has no name for
    parses = cast("list[Parse]", _analyzer().parse(word))
    if not is_known(word) and (len(word) <= _SHORTEST_GUESSED or not _VOWEL.search(word)):
        return fold(word)
    if not is_known(word) and (adjective := _RELATIONAL.match(word)):
        return fold(adjective[1] + "ий")
    best = parses[0] if is_known(word) else min(parses, key=_guessed_rank)
    return fold(str(best.normal_form).replace("ё", "е"))


def override(word: str) -> str | None:
    """Our own dictionary form for the words that the dictionary mangles, else None."""
    folded = fold(word)
    return next((ours for pattern, ours in OVERRIDES if pattern.match(folded)), None)


@lru_cache(maxsize=200_000)
def is_known(word: str) -> bool:
    """Whether the Russian dictionary has this form of a word."""
    return bool(_analyzer().word_is_known(word))


@lru_cache(maxsize=50_000)
def is_common_word(word: str) -> bool:
    """Whether a word is an ordinary one in the Russian dictionary: not a name, not an abbreviation, not unknown."""
    if not is_known(word):
        return False
    parses = cast("list[Parse]", _analyzer().parse(word))
    return not any(name in parses[0].tag for name in ("Geox", "Name", "Surn", "Patr", "Orgn", "Abbr"))


def _guessed_rank(parse: Parse) -> tuple[int, float]:
    part = str(parse.tag.POS) if parse.tag.POS else None
    return (_LIKELY.index(part) if part in _LIKELY else len(_LIKELY), -float(parse.score))
