"""The words of a question, as they are compared with those of names and expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from storage.analysis import fold, tokens, word_forms

_ROMAN: Final = {"ii": "2", "іі": "2"}
_NUMBER_ENDING: Final = re.compile(
    r"(?:[ндт][ыиу]н|[гк][аео]|[дтн][аео]н?|[ндт][ыиу]|(?:[ыиу]?н)?ч[ыиу](?:с[ыиу]н?)?|л[аео]р|гг?|ж|[ое]?го|"
    r"[ыо]?й|а?я|у?ю|[ыо]?м|му|[ыи]?х|о?е|и)\Z"
)
"""What is written after a number: «2нин», «1дин», «2-го», «2024-ж.»."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: normalised, folded, with all its forms, and its place in the text."""

    text: str
    folded: str
    forms: frozenset[str]
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text as they are compared."""
    found: list[Word] = []
    for token in tokens(text):
        plain = _ROMAN.get(token.text, token.text)
        word = Word(plain, fold(plain), forms_of(plain), token.start, token.end)
        if not (found and _ends_number(found[-1], word, text)):
            found.append(word)
    return tuple(found)


def _ends_number(before: Word, word: Word, text: str) -> bool:
    """Whether a word is only the ending of the number before it."""
    if not before.text.isdigit() or text[before.end : word.start] not in ("", "-"):
        return False
    return _NUMBER_ENDING.match(word.folded) is not None


@lru_cache(maxsize=50_000)
def forms_of(word: str) -> frozenset[str]:
    """All that the word can be a form of, folded."""
    return frozenset(fold(form) for form in word_forms(word).every)
