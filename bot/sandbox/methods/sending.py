"""Methods that put a new message into a chat."""

from __future__ import annotations

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.keyboards import checked_markup
from bot.sandbox.limits import ALBUM, CAPTION_UNITS, TEXT_UNITS
from bot.sandbox.markup import formatted, units
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.methods.media import MEDIA, WORDLESS, media_content
from bot.sandbox.model import Telegram
from bot.sandbox.records import Chat, Message

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip

_HIDDEN = ("photo", "video", "animation")
"""Files that can be covered until they are pressed."""


def send_message(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    chat = call.chat()
    text, entities = call.text("text", TEXT_UNITS, "message is too long")
    if not text:
        raise bad_request("message text is empty")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if preview := call.object("link_preview_options"):
        content["link_preview_options"] = preview
    return _sent(call, chat, content)


def send_media(kind: str) -> Method:
    """`sendPhoto`, `sendSticker` and their kin: https://core.telegram.org/bots/api#sendphoto"""

    def send(call: Call) -> Json:
        chat = call.chat()
        caption = {} if kind in WORDLESS else _caption(call)
        if kind in _HIDDEN and call.flag("has_spoiler"):
            caption["has_media_spoiler"] = True
        file = call.file(kind, photo=kind == "photo")
        return _sent(call, chat, media_content(kind, file) | caption)

    return send


def _caption(call: Call) -> Json:
    text, entities = call.text("caption", CAPTION_UNITS, "message caption is too long")
    caption: Json = {"caption": text} if text else {}
    if entities:
        caption["caption_entities"] = entities
    if text and call.flag("show_caption_above_media"):
        caption["show_caption_above_media"] = True
    return caption


def send_media_group(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup"""
    chat = call.chat()
    items = call.object("media")
    if not isinstance(items, list) or len(items) not in ALBUM:
        raise bad_request("group send failed" if isinstance(items, list) else "can't parse media JSON object")
    contents = [_album_item(call, item) for item in items]
    _check_album(contents)
    reply_to = _reply_to(call, chat)
    call.telegram.limits.charge(chat.id, len(contents))
    album = str(call.telegram.number())
    thread = call.integer("message_thread_id")
    sent = [
        call.telegram.send(chat, content, reply_to=reply_to, thread=thread, album=album)
        for content in contents
    ]
    return [call.telegram.message_json(message) for message in sent]


def _album_item(call: Call, item: object) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ("photo", "video", "document", "audio"):
        raise bad_request("can't parse InputMedia: unsupported type")
    kind = str(item["type"])
    content = media_content(kind, call.file_of(str(item.get("media", "")), kind, photo=kind == "photo"))
    text, entities = formatted(
        item.get("caption") or "", item.get("parse_mode"), item.get("caption_entities")
    )
    if units(text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    if text and item.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    if kind in _HIDDEN and item.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def _check_album(contents: list[Json]) -> None:
    for alone in ("document", "audio"):
        if any(alone in content for content in contents) and not all(
            alone in content for content in contents
        ):
            raise bad_request(f"{alone} can't be mixed with other media types")


def send_contact(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendcontact"""
    chat = call.chat()
    contact = {
        name: call.string(name)
        for name in ("phone_number", "first_name", "last_name", "vcard")
        if call.string(name)
    }
    if not contact.get("phone_number"):
        raise bad_request("phone number is empty")
    if not contact.get("first_name"):
        raise bad_request("first name is empty")
    if len(contact.get("vcard", "").encode()) > 2048:
        raise bad_request("VCARD_TOO_LONG")
    return _sent(call, chat, {"contact": contact})


def send_venue(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendvenue"""
    chat = call.chat()
    location = _location(call)
    venue = {"location": location, "title": call.string("title"), "address": call.string("address")}
    return _sent(call, chat, {"venue": venue, "location": location})


def send_location(call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendlocation"""
    chat = call.chat()
    return _sent(call, chat, {"location": _location(call)})


def _location(call: Call) -> Json:
    location = {name: float(call.string(name) or "nan") for name in ("latitude", "longitude")}
    if any(value != value for value in location.values()):
        raise bad_request("Bad location")
    return location


def send_chat_action(call: Call) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    chat = call.chat()
    if call.string("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.telegram.events.emit({"type": "typing", "chat": chat.id, "action": call.string("action")})
    return True


def copy_message(call: Call) -> Json:
    """https://core.telegram.org/bots/api#copymessage"""
    chat = call.chat()
    source = _source(call, call.integer("message_id"), "copy")
    content = dict(source.content)
    if call.parameters.get("caption") is not None and "text" not in content:
        content = {
            name: value for name, value in content.items() if not name.startswith("caption")
        } | _caption(call)
    message = _post(call, chat, content)
    return {"message_id": message.id}


def copy_messages(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#copymessages.  Messages that are not there are passed over."""
    chat = call.chat()
    contents = [dict(source.content) for source in _sources(call)]
    return [{"message_id": message.id} for message in _send_all(call, chat, contents, None)]


def forward_message(call: Call) -> Json:
    """https://core.telegram.org/bots/api#forwardmessage"""
    chat = call.chat()
    source = _source(call, call.integer("message_id"), "forward")
    origin = forward_origin(call.telegram, source)
    call.telegram.limits.charge(chat.id)
    message = call.telegram.send(
        chat, dict(source.content), forward=origin, thread=call.integer("message_thread_id")
    )
    return call.telegram.message_json(message)


def forward_messages(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#forwardmessages"""
    chat = call.chat()
    sources = _sources(call)
    origins = [forward_origin(call.telegram, source) for source in sources]
    sent = _send_all(call, chat, [dict(source.content) for source in sources], origins)
    return [{"message_id": message.id} for message in sent]


def _send_all(call: Call, chat: Chat, contents: list[Json], origins: list[Json] | None) -> list[Message]:
    call.telegram.limits.charge(chat.id, len(contents))
    thread = call.integer("message_thread_id")
    return [
        call.telegram.send(chat, content, thread=thread, forward=origins[place] if origins else None)
        for place, content in enumerate(contents)
    ]


def forward_origin(telegram: Telegram, message: Message) -> Json:
    """Where a forwarded message came from, the first source if it was forwarded before."""
    if message.forward:
        return message.forward
    chat = telegram.chats[message.chat_id]
    if chat.kind == "channel" or message.sender is None:
        return {
            "type": "channel", "date": message.date, "chat": telegram.chat_json(chat), "message_id": message.id,
        }  # fmt: skip
    return {"type": "user", "date": message.date, "sender_user": telegram.users[message.sender].json()}


def _source(call: Call, message_id: int | None, verb: str) -> Message:
    chat = call.telegram.chat(call.string("from_chat_id"))
    message = chat.here(message_id or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _sources(call: Call) -> list[Message]:
    ids = call.object("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message identifiers are not specified")
    chat = call.telegram.chat(call.string("from_chat_id"))
    found = [message for message_id in ids if (message := chat.here(int(message_id)))]
    if not found:
        raise bad_request("there are no messages to forward")
    return found


def _reply_to(call: Call, chat: Chat) -> int | None:
    reply = call.object("reply_parameters") or {}
    message_id = reply.get("message_id") or call.integer("reply_to_message_id")
    if message_id is None:
        return None
    if chat.here(int(message_id)) is None:
        if reply.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return int(message_id)


def _post(call: Call, chat: Chat, content: Json) -> Message:
    markup = checked_markup(call.object("reply_markup"))
    reply_to = _reply_to(call, chat)
    call.telegram.limits.charge(chat.id)
    return call.telegram.send(
        chat,
        content,
        markup=markup,
        reply_to=reply_to,
        thread=call.integer("message_thread_id"),
        silent=call.flag("disable_notification"),
    )


def _sent(call: Call, chat: Chat, content: Json) -> Json:
    return call.telegram.message_json(_post(call, chat, content))


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendContact": send_contact,
    "sendVenue": send_venue,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    **{f"send{kind.title().replace('_', '')}": send_media(kind) for kind in (*MEDIA, *WORDLESS)},
}
