"""Formatted text as Telegram takes it: HTML and entities in, plain text and clean entities out.

https://core.telegram.org/bots/api#formatting-options.  Refusals are worded as Telegram words them.  MarkdownV2 and
Markdown are not understood: nothing of ours writes them.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.limits import ENTITIES

_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_TAGS = {*_SIMPLE, "a", "span", "tg-emoji", "tg-time"}
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_LITERAL = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_AUTOMATIC = (
    (
        "url",
        re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?()\]]|\bt\.me/[A-Za-z0-9_/+?=-]+", re.IGNORECASE),
    ),
    ("email", re.compile(r"\b[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#&])#(?=\w*[^\W\d])\w+")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d ()-]{8,16}\d\b")),
)
_HOST = re.compile(r"(?i)https?://(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?(?:[/?#]\S*)?$")
_OPAQUE = {"code", "pre", "text_link", "text_mention"}


def units(text: str) -> int:
    """The length of a text as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """A part of a text, measured in UTF-16 code units."""
    raw = text.encode("utf-16-le", "surrogatepass")[offset * 2 : (offset + length) * 2]
    return raw.decode("utf-16-le", errors="replace")


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int


@dataclass
class _Reader:
    """Reads HTML from left to right, the way Telegram does: no recovery, every tag closed in order."""

    source: str
    position: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)

    def read(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                if self.source.startswith("</", self.position):
                    self._end_tag()
                else:
                    self._start_tag()
            elif character == "&":
                self._character_reference()
            else:
                self._add(character)
                self.position += 1
        if self.opened:
            raise _unparsed(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        return "".join(self.text), self.entities

    def _add(self, piece: str) -> None:
        self.text.append(piece)
        self.length += units(piece)

    def _at(self, position: int) -> str:
        return f"at byte offset {len(self.source[:position].encode())}"

    def _character_reference(self) -> None:
        match = _ENTITY.match(self.source, self.position)
        decoded = _decoded(match) if match else None
        if match is None or decoded is None:
            self._add("&")
            self.position += 1
            return
        self._add(decoded)
        self.position = match.end()

    def _name(self, stops: str) -> str:
        begin = self.position
        while self.position < len(self.source):
            character = self.source[self.position]
            if character.isspace() or character in stops:
                break
            self.position += 1
        return self.source[begin : self.position]

    def _skip_space(self) -> None:
        while self.position < len(self.source) and self.source[self.position].isspace():
            self.position += 1

    def _start_tag(self) -> None:
        begin = self.position
        self.position += 1
        tag = self._name(">").lower()
        if self.position >= len(self.source):
            raise _unparsed(f"Unclosed start tag {self._at(begin)}")
        if tag not in _TAGS:
            raise _unparsed(f'Unsupported start tag "{tag}" {self._at(begin)}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsed(f'Tag "span" must have class "tg-spoiler" {self._at(begin)}')
        self.opened.append(_Open(tag, attributes, self.length))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self.position >= len(self.source):
                raise _unparsed(f'Unclosed start tag "{tag}" {self._at(begin)}')
            if self.source[self.position] == ">":
                self.position += 1
                return attributes
            name = self._name("=>")
            if not name:
                raise _unparsed(f'Empty attribute name in the tag "{tag}" {self._at(begin)}')
            self._skip_space()
            attributes[name.lower()] = self._value(tag, begin)

    def _value(self, tag: str, begin: int) -> str:
        if not self.source.startswith("=", self.position):
            return ""
        self.position += 1
        self._skip_space()
        quote = self.source[self.position : self.position + 1]
        if quote not in ("'", '"') or not quote:
            return self._name(">")
        end = self.source.find(quote, self.position + 1)
        if end < 0:
            raise _unparsed(f'Unclosed start tag "{tag}" {self._at(begin)}')
        value = self.source[self.position + 1 : end]
        self.position = end + 1
        return html.unescape(value)

    def _end_tag(self) -> None:
        begin = self.position
        if not self.opened:
            raise _unparsed(f"Unexpected end tag {self._at(begin)}")
        self.position += 2
        name = self._name(">").lower()
        self._skip_space()
        if not self.source.startswith(">", self.position):
            raise _unparsed(f"Unclosed end tag {self._at(begin)}")
        self.position += 1
        closed = self.opened.pop()
        if name and name != closed.tag:
            raise _unparsed(
                f'Unmatched end tag {self._at(begin)}, expected "</{closed.tag}>", found "</{name}>"'
            )
        self._close(closed)

    def _close(self, closed: _Open) -> None:
        length = self.length - closed.offset
        if length == 0:
            return
        inside = cut("".join(self.text), closed.offset, length) if closed.tag == "a" else ""
        entity = _entity(closed, inside)
        if entity is None:
            return
        entity |= {"offset": closed.offset, "length": length}
        if entity["type"] == "pre":
            self._take_language(entity)
        self.entities.append(entity)

    def _take_language(self, entity: Json) -> None:
        """`<pre><code class="language-x">` is one entity with a language."""
        last = self.entities[-1] if self.entities else None
        if (
            last
            and last["type"] == "code"
            and (last["offset"], last["length"]) == (entity["offset"], entity["length"])
        ):
            self.entities.pop()
            if language := last.get("language"):
                entity["language"] = language


def _unparsed(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def _decoded(match: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _LITERAL[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _entity(closed: _Open, inside: str) -> Json | None:
    attributes = closed.attributes
    match closed.tag:
        case "a":
            return _link(attributes.get("href") or inside)
        case "span":
            return {"type": "spoiler"}
        case "blockquote":
            return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
        case "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
        case "tg-time":
            unix = attributes.get("unix", "")
            named = {"date_time_format": attributes["format"]} if attributes.get("format") else {}
            return {"type": "date_time", "unix_time": int(unix), **named} if unix.isdigit() else None
        case "code":
            language = attributes.get("class", "")
            named = {"language": language[9:]} if language.startswith("language-") else {}
            return {"type": "code", **named}
        case tag:
            return {"type": _SIMPLE[tag]}


def _link(address: str) -> Json | None:
    if mention := re.fullmatch(r"tg://user/?\?id=(\d+)", address):
        return {"type": "text_mention", "user": {"id": int(mention[1]), "is_bot": False, "first_name": ""}}
    address = checked_link(address)
    return {"type": "text_link", "url": address} if address else None


def checked_link(address: str) -> str:
    """The address as Telegram stores it, or an empty string for one that it drops."""
    address = address.strip()
    if re.match(r"(?i)(https?|tg|ton|mailto|tel):", address) is None:
        address = f"http://{address}"
    if re.match(r"(?i)(tg|ton|mailto|tel):\S+$", address):
        return address
    host = _HOST.match(address)
    well_formed = host and ("." in host[1] or host[1].lower() in ("localhost", "[::1]"))
    return (address if "/" in address[8:] or "?" in address else f"{address}/") if well_formed else ""


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Text and entities of `parse_mode=HTML`.

    Raises the 400 of Telegram, with a byte offset into the UTF-8 source, for what does not parse.
    """
    return _Reader(source).read()


def formatted(text: str, parse_mode: str | None, entities: list[Json] | None) -> tuple[str, list[Json]]:
    """What Telegram makes of a text: parsed, checked, trimmed, with links and commands found.

    Raises a 400 for markup that does not parse and entities that do not fit the text.
    """
    if not text.isascii():
        _check_encoding(text)
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, given = parse_html(text)
    else:
        given = [_checked(entity, text) for entity in entities or []]
    text, given = _trimmed(text, [entity for entity in given if entity["length"] > 0])
    found = sorted(
        [*given, *_automatic(text, given)], key=lambda entity: (entity["offset"], -entity["length"])
    )
    return text, found[:ENTITIES]


def _check_encoding(text: str) -> None:
    """A half of a surrogate pair, as a text cut at the wrong place has, is no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _checked(entity: Json, text: str) -> Json:
    entity = {name: value for name, value in entity.items() if value is not None}
    try:
        offset, length = int(entity["offset"]), int(entity["length"])
        kind = str(entity["type"])
    except (KeyError, TypeError, ValueError):
        raise bad_request("can't parse entities: can't parse MessageEntity") from None
    _check_bounds(text, offset, length)
    if kind == "text_link":
        entity["url"] = checked_link(str(entity.get("url", "")))
        if not entity["url"]:
            return {**entity, "length": 0}
    return {**entity, "offset": offset, "length": length}


def _check_bounds(text: str, offset: int, length: int) -> None:
    total = units(text)
    if offset < 0 or length < 0:
        raise bad_request("can't parse entities: entity offset or length is negative")
    if offset + length > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {total}"
        )
    if total == len(text):
        return
    raw = text.encode("utf-16-le")
    if _inside_pair(raw, offset):
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {offset}")
    if _inside_pair(raw, offset + length):
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol "
            f"at byte offset {offset + length}"
        )


def _inside_pair(raw: bytes, offset: int) -> bool:
    unit = raw[offset * 2 : offset * 2 + 2]
    return len(unit) == 2 and 0xDC <= unit[1] < 0xE0


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    trimmed = text.strip()
    lead = units(text[: len(text) - len(text.lstrip())])
    end = units(trimmed)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - lead, 0)
        finish = min(entity["offset"] + entity["length"] - lead, end)
        if finish > begin:
            kept.append({**entity, "offset": begin, "length": finish - begin})
    return trimmed, kept


def _automatic(text: str, given: list[Json]) -> list[Json]:
    """Links, addresses, commands and the like, where nothing was given that hides them."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in given
        if entity["type"] in _OPAQUE
    ]
    found: list[Json] = []
    wide = units(text) != len(text)
    for kind, pattern in _AUTOMATIC:
        for match in pattern.finditer(text):
            begin = units(text[: match.start()]) if wide else match.start()
            length = units(match[0])
            if all(begin >= end or begin + length <= start for start, end in taken):
                taken.append((begin, begin + length))
                found.append({"type": kind, "offset": begin, "length": length})
    return found
