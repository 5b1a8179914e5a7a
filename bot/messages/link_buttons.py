"""Buttons with links that staff write as the last lines of an announcement: «Кнопка: Записаться — https://…».  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aiogram.utils.formatting import sizeof

from bot.messages.parts import keyboard, url_button, web_address
from storage.announcements import AnnouncementError
from storage.errors import N_
from storage.parts import Part

MOST_BUTTONS: Final = 8
LABEL_LIMIT: Final = 64
"""UTF-16 units: longer labels do not fit a phone's width."""

_LINE: Final = re.compile(r"^\s*(?:кнопка|баскыч|button)\s*:\s*(?P<rest>.*)$", re.IGNORECASE)
_REST: Final = re.compile(r"^(?P<label>[^\s—–|-].*?)\s*(?:[—–|]|-(?=\s)|\s)\s*(?P<url>\S+)$")
_FIELDS: Final = (("text", "entities"), ("caption", "caption_entities"))


class BadButton(AnnouncementError):
    """A line that asks for a button and does not say which."""

    code = "announcements.bad_button"
    sentence = N_(
        "I cannot read this button: “{line}”. Write it as the last line, such as "
        "“Button: Sign up — https://example.org”."
    )


class TooManyButtons(AnnouncementError):
    """More buttons than a reader looks at."""

    code = "announcements.too_many_buttons"
    sentence = N_("At most {most} buttons fit under an announcement.")


class NoButtonsUnderAlbums(AnnouncementError):
    """Telegram shows no buttons under several files."""

    code = "announcements.album_buttons"
    sentence = N_("An album cannot have buttons. Send one photo or file, or the album without the button.")


def with_buttons(part: Part) -> Part:
    """The message with its last lines of the form `Button: text — address` as buttons under it.

    Formatting that ends in those lines ends before them.  Raises BadButton where such a line has no label or no web
    address, TooManyButtons.  A message that would be left without words is not one: it raises BadButton too, unless it
    carries a file.
    """
    words, marks = next((pair for pair in _FIELDS if pair[0] in part.params), _FIELDS[0])
    text = str(part.params.get(words, ""))
    lines = text.split("\n")
    buttons: list[dict[str, Any]] = []
    while lines and (not lines[-1].strip() or _LINE.match(lines[-1])):
        line = lines.pop()
        if found := _LINE.match(line):
            buttons.insert(0, _button(found["rest"], line))
    if not buttons:
        return part
    if len(buttons) > MOST_BUTTONS:
        raise TooManyButtons(most=MOST_BUTTONS)
    kept = "\n".join(lines).rstrip()
    if not kept and words == "text":
        raise BadButton(line=text.strip().splitlines()[0])
    params = _cut(dict(part.params), words, marks, kept)
    return replace(part, params={**params, "reply_markup": keyboard(*([each] for each in buttons))})


def _button(rest: str, line: str) -> dict[str, Any]:
    found = _REST.match(rest.strip())
    address = found and web_address(found["url"])
    if not found or not address or sizeof(found["label"]) > LABEL_LIMIT:
        raise BadButton(line=line.strip()[:100])
    return url_button(found["label"], address)


def _cut(params: dict[str, Any], words: str, marks: str, kept: str) -> dict[str, Any]:
    """The message with its text cut to what is kept, and its formatting along with it."""
    end = sizeof(kept)
    entities: list[Mapping[str, Any]] = params.pop(marks, [])
    inside = [
        {**entity, "length": min(entity["length"], end - entity["offset"])}
        for entity in entities
        if entity["offset"] < end
    ]
    params.pop(words, None)
    return params | ({words: kept} if kept else {}) | ({marks: inside} if inside else {})
