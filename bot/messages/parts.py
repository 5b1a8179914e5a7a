"""Bricks of a message: text with its entities, keyboards, and splitting between blocks within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiogram.filters.callback_data import CallbackData
from aiogram.types import MessageEntity
from aiogram.utils.formatting import Text, sizeof

from storage.parts import Part

TEXT_LIMIT = 4096
"""UTF-16 code units of a text after its entities are parsed (https://core.telegram.org/bots/api#sendmessage)."""
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
URL_LIMIT = 2048

Button = dict[str, Any]
Keyboard = dict[str, Any]


def text_part(
    content: Text, keyboard: Keyboard | None = None, *, preview: bool = False, **params: Any
) -> Part:
    """A `sendMessage` with its formatting as entities; a link's preview is shown only where asked for."""
    text, entities = content.render()
    call: dict[str, Any] = {"text": text, **params}
    if entities:
        call["entities"] = [entity.model_dump(mode="json", exclude_none=True) for entity in entities]
    if keyboard:
        call["reply_markup"] = keyboard
    call["link_preview_options"] = {"prefer_small_media": True} if preview else {"is_disabled": True}
    return Part("sendMessage", call)


def callback_button(text: str, data: CallbackData) -> Button:
    """A button that tells the bot something; raises ValueError where the data is over 64 bytes."""
    return {"text": text, "callback_data": data.pack()}


def url_button(text: str, url: str) -> Button:
    """A button that opens an address."""
    return {"text": text, "url": url}


def keyboard(*rows: Sequence[Button | None]) -> Keyboard | None:
    """Buttons under a message; absent buttons and empty rows are left out, and None stands for no buttons at all."""
    filled = [present for row in rows if (present := [button for button in row if button])]
    return {"inline_keyboard": filled} if filled else None


def web_address(url: str | None) -> str | None:
    """The address if Telegram would take it for a link: http or https, a host, and not too long."""
    if not url or len(url) > URL_LIMIT or any(character.isspace() for character in url):
        return None
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    return url if split.scheme in ("http", "https") and split.hostname else None


def clip(text: str, limit: int) -> str:
    """The text in one line of at most `limit` UTF-16 units, cut between words with an ellipsis."""
    line = " ".join(text.split())
    if sizeof(line) <= limit:
        return line
    kept: list[str] = []
    room = limit - 1
    for word in line.split(" "):
        room -= sizeof(word) + bool(kept)
        if room < 0:
            break
        kept.append(word)
    return (" ".join(kept) or _fitting(line, limit - 1)).rstrip(" ,;:–—-.") + "…"


def joined(blocks: Iterable[Text | str], separator: str = "\n") -> Text:
    """The blocks one after another."""
    nodes: list[Text | str] = []
    for block in blocks:
        if nodes:
            nodes.append(separator)
        nodes.append(block)
    return Text(*nodes)


def packed(blocks: Iterable[Text], *, separator: str = "\n\n", limit: int = TEXT_LIMIT) -> Iterator[Text]:
    """Puts blocks together into as few texts as the limits allow, never cutting a block.

    Limits: a block that is larger than a whole message is given as it is; clip what goes into blocks.
    """
    held: list[Text] = []
    size = entities = 0
    for block in blocks:
        text, marks = block.render()
        extra = sizeof(text) + (sizeof(separator) if held else 0)
        if held and (size + extra > limit or entities + len(marks) > ENTITY_LIMIT):
            yield joined(held, separator)
            held, size, entities, extra = [], 0, 0, sizeof(text)
        held.append(block)
        size += extra
        entities += len(marks)
    if held:
        yield joined(held, separator)


def pieces(content: Text, limit: int = TEXT_LIMIT) -> Iterator[Text]:
    """A text in as few pieces as the limit allows, cut at the ends of lines, else between words; entities stay on the
    words they are on.
    """
    text, entities = content.render()
    if fits(content, limit):
        yield content
        return
    start = 0
    while start < len(text):
        end = _cut(text, start, limit)
        yield Text.from_entities(
            text[start:end].rstrip(), _within(entities, sizeof(text[:start]), sizeof(text[:end]))
        )
        start = end


def _cut(text: str, start: int, limit: int) -> int:
    """Where the piece that begins at `start` ends: before the limit, after a line or a word if there is one."""
    end = start + len(_fitting(text[start : start + limit], limit))
    if end >= len(text):
        return len(text)
    breaks = (text.rfind(mark, start, end) for mark in ("\n", " "))
    return next((at + 1 for at in breaks if at > start), end)


def _within(entities: Sequence[MessageEntity], start: int, end: int) -> list[MessageEntity]:
    """The parts of entities between two places, both in UTF-16 units, counted from the first."""
    kept = []
    for entity in entities:
        first, last = max(entity.offset, start), min(entity.offset + entity.length, end)
        if first < last:
            kept.append(entity.model_copy(update={"offset": first - start, "length": last - first}))
    return kept


def fits(content: Text, limit: int = TEXT_LIMIT) -> bool:
    """Whether Telegram would take it as one message."""
    text, entities = content.render()
    return 0 < sizeof(text) <= limit and bool(text.strip()) and len(entities) <= ENTITY_LIMIT


def _fitting(word: str, limit: int) -> str:
    while sizeof(word) > limit:
        word = word[:-1]
    return word
