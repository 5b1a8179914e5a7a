"""Bytes to text, once, before any parser sees them.

Pages lie about their encoding, and feed parsers give up on UTF-8 at the first stray byte, which turns Kyrgyz
letters into signs.  So the bytes themselves are believed first: a byte-order mark, then UTF-8 if it is valid
or nearly so; only then what the page declares; then Cyrillic by the frequency of letters; Western European
last.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = (
    re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""", re.I),
    re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I),
)
_HEAD_BYTES = 4096
_NOT_CHARSETS = frozenset({"undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"})
"""Codecs of Python that are no encodings of pages."""
_WESTERN = frozenset({"iso8859-1", "cp1252", "ascii", "iso8859-15"})
_HIGH_RUN = re.compile(rb"[\x80-\xff]{2,}")
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FREQUENCIES = (
    "о110 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 "
    "я20 ы19 ь17 г17 з16 б16 ч14 й12 х10 ж9 ш7 ю6 ц5 щ4 э3"
)
"""Letters of Russian in a thousand, the rare ones left out; Kyrgyz ones that the old encodings have are near enough."""
_COMMON = {pair[0]: int(pair[1:]) / 10 for pair in _FREQUENCIES.split()}
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """`repaired` counts byte sequences that made no sense and were replaced by U+FFFD."""

    text: str
    encoding: str
    repaired: int = 0


def decode(body: bytes, declared: str = "") -> Decoded:
    """Text of a page or feed; never raises.

    `declared` is the charset of the Content-Type header, if any.  Control characters that XML forbids are
    removed.
    """
    found = (
        _by_mark(body)
        or _utf16_without_mark(body)
        or _utf8(body)
        or _as_declared(body, declared)
        or _guess(body)
    )
    return Decoded(_CONTROL.sub("", found.text), found.encoding, found.repaired)


def _by_mark(body: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    return None


def _utf16_without_mark(body: bytes) -> Decoded | None:
    head = body[:400]
    halves = (("utf-16-be", head[0::2]), ("utf-16-le", head[1::2]))
    encoding = next((name for name, half in halves if _is_upper_half(half)), "")
    if not encoding:
        return None
    try:
        return Decoded(body.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _is_upper_half(half: bytes) -> bool:
    """Whether these can be the upper bytes of UTF-16 text in Latin and Cyrillic."""
    return len(half) >= 4 and 0 in half and half.count(0) + half.count(4) >= len(half) * 0.8


def _utf8(body: bytes) -> Decoded | None:
    """Valid UTF-8, or UTF-8 with at most two bad sequences or 2 % of them among its longer characters."""
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    good = len(_UTF8_PAIR.findall(body))
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if good > bad and (bad <= 2 or bad <= good * 0.02):
        return Decoded(text, "utf-8", bad)
    return None


def _as_declared(body: bytes, header: str) -> Decoded | None:
    """The first declaration that fits the bytes.

    A Western declaration is what web servers say when nobody told them anything: it counts only where the
    text is not Cyrillic.
    """
    cyrillic = _looks_cyrillic(body)
    for name in _declarations(body, header):
        if name == "utf-8" or (cyrillic and name in _WESTERN):
            continue
        try:
            text = body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if (
            cyrillic
            and name in {"cp1251", "koi8-r", "koi8-u"}
            and _score(text) * 1.3 < _score(_cyrillic(body).text)
        ):
            continue
        return Decoded(text, name)
    return None


def _declarations(body: bytes, header: str) -> Iterator[str]:
    head = body[:_HEAD_BYTES]
    names = [header, *(match[1].decode("ascii") for pattern in _DECLARED if (match := pattern.search(head)))]
    for name in names:
        try:
            info = codecs.lookup(name.strip().strip("\"'"))
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding and info.name not in _NOT_CHARSETS:
            yield info.name


def _guess(body: bytes) -> Decoded:
    if _looks_cyrillic(body):
        return _cyrillic(body)
    text = body.decode("cp1252", "replace")
    return Decoded(text, "cp1252", text.count("\ufffd"))


def _looks_cyrillic(body: bytes) -> bool:
    """Cyrillic words are runs of high bytes; accents of Western languages stand alone among ASCII letters."""
    high = len(_HIGH.findall(body))
    return high > 0 and sum(map(len, _HIGH_RUN.findall(body))) >= high * 0.6


def _cyrillic(body: bytes) -> Decoded:
    best = max(("cp1251", "koi8-r", "cp866"), key=lambda name: _score(body[:_SAMPLE].decode(name, "replace")))
    text = body.decode(best, "replace")
    return Decoded(text, best, text.count("\ufffd"))


def _score(text: str) -> float:
    """How much like Russian or Kyrgyz the text reads:

    common letters, small ones after the first of a word.
    """
    total = 0.0
    previous = ""
    began_small = False
    for letter in text[:_SAMPLE]:
        if not previous.isalpha():
            began_small = letter.islower()
        if letter > "\x7f":
            total += _COMMON.get(letter.lower(), 0 if letter.isalpha() else -2)
            total -= 4 if began_small and letter.isupper() else 0
        previous = letter
    return total
