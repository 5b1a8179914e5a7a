"""What staff wrote to the bot, as parts to be sent on to others as it looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiogram.types import Message, MessageEntity, MessageOriginChannel

from bot.messages.link_buttons import with_buttons
from storage.announcements import AnnouncementError
from storage.errors import N_
from storage.parts import Part

_FILE_METHODS: Final = {
    "photo": "sendPhoto",
    "animation": "sendAnimation",
    "document": "sendDocument",
    "video": "sendVideo",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "video_note": "sendVideoNote",
    "sticker": "sendSticker",
}
"""An animation comes with a document of the same file, and is asked for first."""
_WORDLESS: Final = ("video_note", "sticker")
_VENUE: Final = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
_CONTACT: Final = ("phone_number", "first_name", "last_name", "vcard")


class CannotAnnounce(AnnouncementError):
    """A message of a kind that cannot be sent on to many."""

    code = "announcements.unsupported"
    sentence = N_(
        "This cannot be sent to many. Send a text, a photo, a video, a file, a voice or video message, a sticker, "
        "a place or a contact."
    )


class PollOfNoChannel(CannotAnnounce):
    """Sent anew to each, a poll is another poll in each chat: the votes never come together."""

    code = "announcements.poll"
    sentence = N_(
        "Sent to many, this would be a poll of its own in each chat, and nobody would see the result. "
        "Publish the poll in a channel and forward it to me from there: then the votes come together."
    )


def parts_of(message: Message) -> tuple[Part, ...]:
    """What a staff member wrote, to be sent on as it looks: text with its formatting, a file with its caption, a place…

    Files go by Telegram's file id, which holds for this bot only.  A poll of a channel is forwarded, so that all vote
    in the same one: it has to stay in the chat with the bot until it is sent.  The last lines may ask for buttons
    (`with_buttons`).  Raises CannotAnnounce for anything else, BadButton or TooManyButtons for a button that cannot be
    made.
    """
    return (with_buttons(_part_of(message)),)


def _part_of(message: Message) -> Part:
    part = _text(message) or _file(message) or _place(message) or _contact(message) or _poll(message)
    if part is None:
        raise CannotAnnounce
    return part


def _text(message: Message) -> Part | None:
    if not message.text:
        return None
    content: dict[str, Any] = {"text": message.text}
    if message.entities:
        content["entities"] = _entities(message.entities)
    if preview := message.link_preview_options:
        content["link_preview_options"] = preview.model_dump(mode="json", exclude_none=True)
    return Part("sendMessage", content)


def _file(message: Message) -> Part | None:
    for kind, method in _FILE_METHODS.items():
        if file_id := _file_id(message, kind):
            return Part(method, {kind: file_id, **({} if kind in _WORDLESS else _caption(message))})
    return None


def _caption(message: Message) -> dict[str, Any]:
    """The words with a file, and how the file is shown beside them."""
    said: dict[str, Any] = {}
    if message.caption:
        said["caption"] = message.caption
    if message.caption_entities:
        said["caption_entities"] = _entities(message.caption_entities)
    if message.show_caption_above_media:
        said["show_caption_above_media"] = True
    if message.has_media_spoiler:
        said["has_spoiler"] = True
    return said


def _place(message: Message) -> Part | None:
    if message.location is None:
        return None
    at = {"latitude": message.location.latitude, "longitude": message.location.longitude}
    if venue := message.venue:
        named = {"title": venue.title, "address": venue.address}
        return Part("sendVenue", {**at, **named, **_given(venue, _VENUE)})
    return Part("sendLocation", {**at, **_given(message.location, ("horizontal_accuracy",))})


def _contact(message: Message) -> Part | None:
    return Part("sendContact", _given(message.contact, _CONTACT)) if message.contact else None


def _poll(message: Message) -> Part | None:
    if message.poll is None:
        return None
    if not isinstance(message.forward_origin, MessageOriginChannel):
        raise PollOfNoChannel
    here = {"from_chat_id": message.chat.id, "message_id": message.message_id}
    return Part("forwardMessage", here)


def _given(of: Any, names: Sequence[str]) -> dict[str, Any]:
    """Those of the fields that have a value."""
    return {name: value for name in names if (value := getattr(of, name)) is not None}


def _file_id(message: Message, kind: str) -> str | None:
    file = getattr(message, kind)
    if not file:
        return None
    return str(file[-1].file_id if isinstance(file, list) else file.file_id)


def _entities(entities: Sequence[MessageEntity]) -> list[dict[str, Any]]:
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities]
