"""Methods that change or remove what was sent, and that answer a press or an inline query."""

from __future__ import annotations

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.keyboards import checked_markup, is_inline
from bot.sandbox.limits import CALLBACK_ANSWER_UNITS, CAPTION_UNITS, INLINE_OFFSET, INLINE_RESULTS, TEXT_UNITS
from bot.sandbox.markup import formatted, units
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.methods.media import MEDIA, media_content
from bot.sandbox.records import Chat, Message

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_text(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext"""
    message = _own(call)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    text, entities = call.text("text", TEXT_UNITS, "message is too long")
    if not text:
        raise bad_request("message text is empty")
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    if preview := call.object("link_preview_options"):
        content["link_preview_options"] = preview
    return _changed(call, message, content)


def edit_caption(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    message = _own(call)
    if not set(MEDIA) & message.content.keys():
        raise bad_request("there is no caption in the message to edit")
    text, entities = call.text("caption", CAPTION_UNITS, "message caption is too long")
    kept = {name: value for name, value in message.content.items() if "caption" not in name}
    if text:
        kept["caption"] = text
    if entities:
        kept["caption_entities"] = entities
    if text and call.flag("show_caption_above_media"):
        kept["show_caption_above_media"] = True
    return _changed(call, message, kept)


def edit_markup(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    message = _own(call)
    return _changed(call, message, message.content)


def edit_media(call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia"""
    message = _own(call)
    item = call.object("media")
    if not isinstance(item, dict) or item.get("type") not in MEDIA:
        raise bad_request("can't parse InputMedia: unsupported type")
    kind = str(item["type"])
    content = media_content(kind, call.file_of(str(item.get("media", "")), kind, photo=kind == "photo"))
    text, entities = formatted(
        item.get("caption") or "", item.get("parse_mode"), item.get("caption_entities")
    )
    if units(text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    content |= {"caption": text} if text else {}
    content |= {"caption_entities": entities} if entities else {}
    return _changed(call, message, content)


def _own(call: Call) -> Message:
    """The message to edit: one of the bot's that stands."""
    if call.string("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.chat()
    message = chat.here(call.integer("message_id", 0) or 0)
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender != call.telegram.bot.id or message.forward:
        raise bad_request("message can't be edited")
    return message


def _changed(call: Call, message: Message, content: Json) -> Json:
    markup = checked_markup(call.object("reply_markup"))
    if markup is not None and not is_inline(markup):
        raise bad_request("inline keyboard expected")
    if not markup or not markup["inline_keyboard"]:
        markup = None
    if content == message.content and markup == message.markup:
        raise bad_request(_SAME)
    call.telegram.limits.charge(message.chat_id)
    if content != message.content:
        message.edited = call.telegram.now()
    message.content, message.markup = content, markup
    call.telegram.tell_message(message)
    return call.telegram.message_json(message)


def delete_message(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    chat = call.chat()
    message = chat.here(call.integer("message_id", 0) or 0)
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(call, chat, message):
        raise bad_request("message can't be deleted")
    call.telegram.remove(message)
    return True


def delete_messages(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemessages.  Those that are not there are passed over."""
    chat = call.chat()
    ids = call.object("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        message = chat.here(int(message_id))
        if message and _may_delete(call, chat, message):
            call.telegram.remove(message)
    return True


def _may_delete(call: Call, chat: Chat, message: Message) -> bool:
    """Own ones always, in groups others' as administrator; none older than 48 hours."""
    if call.telegram.now() - message.date > 48 * 3600:
        return False
    return message.sender == call.telegram.bot.id or chat.is_private or chat.bot == "administrator"


def pin(call: Call) -> bool:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    chat = call.chat()
    message_id = call.integer("message_id", 0) or 0
    if chat.here(message_id) is None:
        raise bad_request("message to pin not found")
    chat.pinned = message_id
    call.telegram.tell_chat(chat)
    return True


def unpin(call: Call) -> bool:
    """https://core.telegram.org/bots/api#unpinchatmessage"""
    chat = call.chat()
    chat.pinned = None
    call.telegram.tell_chat(chat)
    return True


def answer_callback(call: Call) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery"""
    waiting = call.telegram.callbacks.get(call.string("callback_query_id"))
    if waiting is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.string("text")
    if units(text) > CALLBACK_ANSWER_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    waiting.answer = {"text": text, "alert": call.flag("show_alert"), "url": call.string("url")}
    call.telegram.events.emit(
        {"type": "answer", "person": waiting.user_id, "chat": waiting.chat_id, "message": waiting.message_id}
        | {"callback": waiting.id, **waiting.answer}
    )
    return True


def answer_inline(call: Call) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery"""
    waiting = call.telegram.inline.get(call.string("inline_query_id"))
    if waiting is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = call.object("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results JSON array")
    if len(results) > INLINE_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(result.get("id", "")) for result in results]
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    following = call.string("next_offset")
    if len(following.encode()) > INLINE_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    waiting.next_offset = following
    waiting.results = [_inline_result(result) for result in results]
    waiting.button = call.object("button")
    call.telegram.events.emit(
        {"type": "inline", "person": waiting.user_id, "query": waiting.id, "results": waiting.results}
        | {"button": waiting.button}
    )
    return True


def _inline_result(result: Json) -> Json:
    """An article with what it would send, checked as a message is."""
    content = result.get("input_message_content") or {}
    text, entities = formatted(
        content.get("message_text") or "", content.get("parse_mode"), content.get("entities")
    )
    if result.get("type") == "article" and not text:
        raise bad_request("MESSAGE_EMPTY" if content else 'can\'t find field "input_message_content"')
    if result.get("type") == "article" and not str(result.get("title") or "").strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    markup = checked_markup(result.get("reply_markup"))
    sent: Json = {"text": text} | ({"entities": entities} if entities else {})
    return {name: result.get(name) for name in ("id", "type", "title", "description")} | {
        "content": sent,
        "markup": markup,
    }


METHODS: dict[str, Method] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "answerCallbackQuery": answer_callback,
    "answerInlineQuery": answer_inline,
}
