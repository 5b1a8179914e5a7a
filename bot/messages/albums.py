"""Albums: photos, videos and documents that are sent as one.  Pure.

An album reaches the bot as one message a file; 2 to 10 are sent together
(https://core.telegram.org/bots/api#sendmediagroup).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from storage.parts import Part

METHOD: Final = "sendMediaGroup"
MOST: Final = 10
_SHOWN: Final = ("caption", "caption_entities", "show_caption_above_media", "has_spoiler")
_KINDS: Final = {"sendPhoto": "photo", "sendVideo": "video", "sendDocument": "document", "sendAudio": "audio"}


def album_of(items: Mapping[int, Part]) -> Part | None:
    """One message out of the files of an album, in the order of the messages they came in.

    A single file is itself.  None for what cannot stand in an album.
    """
    parts = [items[number] for number in sorted(items)][:MOST]
    if not parts or any(part.method not in _KINDS for part in parts):
        return None
    if len(parts) == 1:
        return parts[0]
    return Part(METHOD, {"media": [_media(part) for part in parts]})


def messages_in(parts: Sequence[Part]) -> int:
    """How many messages a chat gets."""
    return sum(len(part.params["media"]) if part.method == METHOD else 1 for part in parts)


def captioned(part: Part) -> int:
    """Which file of an album carries its words: the first with a caption, or the first."""
    media: Sequence[Mapping[str, Any]] = part.params["media"]
    return next((place for place, each in enumerate(media) if each.get("caption")), 0)


def _media(part: Part) -> dict[str, Any]:
    kind = _KINDS[part.method]
    shown = {name: part.params[name] for name in _SHOWN if name in part.params}
    return {"type": kind, "media": part.params[kind], **shown}
