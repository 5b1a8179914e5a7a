"""A message of several sentences → the sentences: people greet, say who they are, ask, and thank.  Pure."""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(r"(?<=[.!?…;])[\s]+|(?<=[!?…])(?=[^\W\d_])|\n+")
_HALF: Final = re.compile(r"(?:\A|[\s(])[^\W\d_]{1,3}\.\Z")
_LONG_HALF: Final = re.compile(
    r"(?:\A|[\s(])(?:долл|руб|фр|янв|февр|апр|сент|окт|нояб|ноябр|дек|просп|акад|проф|инст|орг|муниц|респ)\.\Z",
    re.IGNORECASE,
)
_INITIAL: Final = re.compile(r"(?:\A|[\s(.])[^\W\d_]\.\Z")
_NUMBERED: Final = re.compile(r"(?:\A|\s)\d{1,4}\.\Z")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with its closing mark.

    «г. Ош», «им. Абдрахманова» and «в 2024 г. или» stay whole: a full stop after up to three small letters or a
    number ends a sentence only where the line ends.
    """
    found: list[str] = []
    begun = ""
    for piece in _END.split(text):
        begun = f"{begun} {piece}".strip()
        if not _is_half(begun):
            found.append(begun)
            begun = ""
    return tuple(sentence for sentence in (*found, begun) if any(map(str.isalnum, sentence)))


def _is_half(text: str) -> bool:
    abbreviation = _HALF.search(text)
    if abbreviation and (abbreviation.group().islower() or _INITIAL.search(text)):
        return True
    return _NUMBERED.search(text) is not None or _LONG_HALF.search(text) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence ends with a question mark."""
    return "?" in sentence[-4:]
