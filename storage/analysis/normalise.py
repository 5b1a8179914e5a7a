"""Text in one spelling: composed letters, lower case, plain dashes and quotes, nothing invisible.

`normalise` and `fold` are meant for comparing; what people see is always cut from the original text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\ufe0e\ufe0f\ufeff"
)
_DASHES: Final = "‐‑‒–—―−﹘﹣－"
_QUOTES: Final = "«»„“”‟‹›″＂"
_APOSTROPHES: Final = "‘’‚‛′`´ʼ＇"

_PUNCTUATION: Final = str.maketrans(
    {
        **dict.fromkeys(_INVISIBLE),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys(_APOSTROPHES, "'"),
        "ё": "е",
        "№": " № ",
    }
)
_FOLDED: Final = str.maketrans("өүңқғһіұəӊ", "оункгхиуен")
_LOOKALIKE_LATIN: Final = str.maketrans("abcehikmoptxyu", "авсеникмортхуи")
_LOOKALIKE_CYRILLIC: Final = str.maketrans("авсенікмортху", "abcehikmoptxy")
_SPACES: Final = re.compile(r"\s+")
_CYRILLIC: Final = re.compile(r"[Ѐ-ԯ]")
_LATIN: Final = re.compile(r"[a-z]")
_ONLY_LATIN: Final = re.compile(r"[dfgjlnqrsvwz]")
_INFLECTED_LATIN: Final = re.compile(r"([a-z]{2,})[Ѐ-ԯ]{1,6}\Z")


def normalise(text: str) -> str:
    """The text for comparing: NFC, lower case, ё as е, one kind of dash and quote, single spaces, nothing invisible.

    The length can change: take offsets from `analyse`, never from the result of this.
    """
    composed = unicodedata.normalize("NFC", text).lower().translate(_PUNCTUATION)
    return _SPACES.sub(" ", composed).strip()


def fold(text: str) -> str:
    """Kyrgyz letters as people without a Kyrgyz keyboard type them: ө as о, ү as у, ң as н."""
    return text.translate(_FOLDED)


@lru_cache(maxsize=200_000)
def normalise_word(word: str) -> str:
    """One word as `normalise` has it, in one alphabet.

    Latin letters among Cyrillic ones are taken for those they look like, and the other way round in a word that is
    Latin otherwise; a Cyrillic ending on a Latin abbreviation («USAIDдин») is left off.
    """
    plain = normalise(word)
    if not (_LATIN.search(plain) and _CYRILLIC.search(plain)):
        return plain
    if (inflected := _INFLECTED_LATIN.match(plain)) and _ONLY_LATIN.search(inflected[1]):
        return inflected[1]
    latin = plain.translate(_LOOKALIKE_CYRILLIC)
    return plain.translate(_LOOKALIKE_LATIN) if _CYRILLIC.search(latin) else latin


def is_cyrillic(word: str) -> bool:
    """Whether any letter of the word is Cyrillic."""
    return _CYRILLIC.search(word) is not None
