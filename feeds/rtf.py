"""The text of a Rich Text Format file: control words away, letters decoded, hidden groups skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S
)
_HIDDEN: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr headerf footerl footerr footerf "
    b"generator listtable listoverridetable themedata colorschememapping datastore latentstyles xmlnstbl rsidtbl "
    b"fldinst bkmkstart bkmkend revtbl mmathPr shppict nonshppict".split()
)
_CHARACTERS: Final = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n\n", b"page": "\n\n", b"cell": " ", b"tab": " ",
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CODE_PAGES: Final = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850", b"ansi": "cp1252"}
_FONT_CHARSETS: Final = {204: "cp1251", 0: "cp1252", 238: "cp1250", 162: "cp1254", 161: "cp1253"}
_DEEPEST = 2_000


@dataclass(slots=True)
class _Group:
    hidden: bool = False
    unicode_skip: int = 1
    encoding: str = ""


def rtf_text(data: bytes) -> str:
    """The visible text of an RTF file; damaged ones are read as far as they go."""
    default = _code_page(data)
    fonts = _font_encodings(data, default)
    groups = [_Group(encoding=default)]
    pieces: list[str] = []
    skip = 0
    first_in_group = False
    for match in _TOKEN.finditer(data):
        word, number, escaped, symbol, brace, plain = match.groups()
        group = groups[-1]
        if brace == b"{":
            if len(groups) < _DEEPEST:
                groups.append(_Group(group.hidden, group.unicode_skip, group.encoding))
            first_in_group = True
            continue
        if brace == b"}":
            if len(groups) > 1:
                groups.pop()
            continue
        if word is not None:
            if word in _HIDDEN and first_in_group:
                group.hidden = True
            skip = _control(group, word, number, pieces, fonts, skip)
        elif symbol == b"*":
            group.hidden = True
        elif not group.hidden:
            skip = _letters(group, escaped, symbol, plain, pieces, skip)
        first_in_group = False
    return "".join(pieces)


def _control(
    group: _Group, word: bytes, number: bytes | None, pieces: list[str], fonts: dict[int, str], skip: int
) -> int:
    value = int(number or 0)
    if word == b"uc":
        group.unicode_skip = max(0, value)
    elif word == b"f":
        group.encoding = fonts.get(value, group.encoding)
    elif group.hidden:
        return skip
    elif word == b"u" and number is not None:
        pieces.append(_character(value))
        return group.unicode_skip
    elif word in _CHARACTERS:
        pieces.append(_CHARACTERS[word])
    return skip


def _letters(
    group: _Group,
    escaped: bytes | None,
    symbol: bytes | None,
    plain: bytes | None,
    pieces: list[str],
    skip: int,
) -> int:
    """Adds letters, less those that stand in for a Unicode character to readers that know none."""
    if escaped is not None:
        raw = bytes([int(escaped, 16)])
    elif symbol is not None:
        raw = {b"~": b" ", b"_": b"-", b"-": b"", b"\n": b"\n", b"\r": b"\n"}.get(symbol, symbol)
    else:
        raw = plain or b""
    kept = raw[skip:]
    pieces.append(kept.decode(group.encoding, "replace"))
    return max(0, skip - len(raw))


def _character(value: int) -> str:
    code = value + 0x10000 if value < 0 else value
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _code_page(data: bytes) -> str:
    head = data[:4096]
    if match := re.search(rb"\\ansicpg(\d{3,5})", head):
        name = f"cp{int(match[1])}"
        try:
            b"".decode(name)
        except LookupError:
            return "cp1251"
        return name
    return next((name for word, name in _CODE_PAGES.items() if rb"\\" + word in head), "cp1251")


def _font_encodings(data: bytes, default: str) -> dict[int, str]:
    """The character set of each font: Word writes Cyrillic with a Cyrillic font rather than a code page."""
    table = data[: data.find(b"\\colortbl")] if b"\\colortbl" in data else data[:20_000]
    fonts = re.findall(rb"\{\\f(\d{1,5})[^{};]{0,120}?\\fcharset(\d{1,3})", table)
    return {
        int(font): _FONT_CHARSETS.get(int(charset), default) if int(charset) else default
        for font, charset in fonts
    }
