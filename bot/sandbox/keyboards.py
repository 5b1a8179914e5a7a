"""Keyboards under and beside messages, checked as Telegram checks them.

https://core.telegram.org/bots/api#inlinekeyboardmarkup and #replykeyboardmarkup.
"""

from __future__ import annotations

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.limits import BUTTONS, BUTTONS_IN_ROW, CALLBACK_DATA_BYTES, COPY_TEXT_UNITS
from bot.sandbox.markup import checked_link, units

_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def checked_markup(markup: Json | None) -> Json | None:
    """The keyboard as it will be kept.  Raises the 400 of Telegram when it is not one."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline keyboard")
        inline = [[_inline_button(button) for button in row] for row in rows if row]
        return {"inline_keyboard": inline}
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "reply keyboard")
        plain = {name: value for name, value in markup.items() if value is not None}
        return {**plain, "keyboard": [[_reply_button(button) for button in row] for row in rows if row]}
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    raise bad_request("object expected as reply markup")


def is_inline(markup: Json | None) -> bool:
    """Whether the keyboard belongs to the message itself."""
    return bool(markup) and "inline_keyboard" in (markup or {})


def _rows(rows: object, name: str) -> list[list[object]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f"can't parse {name}: expected an Array of Array of buttons")
    if sum(len(row) for row in rows) > BUTTONS or any(len(row) > BUTTONS_IN_ROW for row in rows):
        raise bad_request("reply markup is too long")
    return rows


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    kept = {name: value for name, value in button.items() if value is not None}
    if not str(kept.get("text", "")).strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    actions = [action for action in _ACTIONS if action in kept]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    _check_action(actions[0], kept)
    return kept


def _check_action(action: str, button: Json) -> None:
    value = button[action]
    if action == "callback_data" and not 1 <= len(str(value).encode()) <= CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        checked = checked_link(str(value))
        if not checked:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text":
        text = value.get("text", "") if isinstance(value, dict) else ""
        if not 1 <= units(text) <= COPY_TEXT_UNITS:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return {name: value for name, value in button.items() if value is not None}
