"""Where the words of a text begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from storage.analysis.normalise import normalise_word

_CAPITAL: Final = "A-ZА-ЯЁӨҮҢ"
_JOINER: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300-\u036f"
_LETTERS: Final = rf"[^\W\d_](?:[^\W\d_]|[{_JOINER}])*"

_TOKEN: Final = re.compile(
    rf"""
    (?P<dotted>(?<![\w.])[{_CAPITAL}](?:\.[ \u00a0]?[{_CAPITAL}](?!\w))+\.?)      # А.Г.У.П.   А. О.
  | (?P<dots>(?<![\w.])[^\W\d_](?:\.[^\W\d_](?!\w)){{2,}}\.?)                   # г.с.з.   и.т.д.
  | (?P<spaced>(?<![\w.])(?:[{_CAPITAL}][ ]){{3,}}[{_CAPITAL}](?!\w))           # А Г У П К Р
  | (?P<number>\d+(?![A-Za-z0-9])|\d[A-Za-z0-9]*)                               # 2025   7F06122
  | (?P<word>{_LETTERS})
    """,
    re.VERBOSE,
)
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


class Token(NamedTuple):
    """A word: its normalised text, and where it stands in the original (code points, end exclusive)."""

    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order.

    Hyphens and digits part words («женщины-депутаты» is two, «УА2» is «уа» and «2»); an abbreviation with dots or
    spaces is one («А.Г.У.П.» is «агуп»), when its letters are capital or are three and more («г.с.з.»).
    """
    for match in _TOKEN.finditer(text):
        written = match.group()
        if match.lastgroup in ("dotted", "dots", "spaced"):
            written = _NOT_LETTERS.sub("", written)
        yield Token(normalise_word(written), match.start(), match.end())
