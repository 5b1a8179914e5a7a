"""Methods about the bot itself: who it is, its command lists, menu button, name and descriptions."""

from __future__ import annotations

import re

from bot.sandbox.errors import Json, bad_request
from bot.sandbox.limits import COMMAND_DESCRIPTION, COMMANDS, DESCRIPTION, NAME, SHORT_DESCRIPTION
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.records import Profile, scope_key

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    return call.telegram.bot.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_commands(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    commands = call.object("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON array")
    if len(commands) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = [_command(command) for command in commands]
    call.telegram.profile.commands[_scope(call)] = kept
    call.telegram.events.emit({"type": "commands"})
    return True


def _command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if _COMMAND.fullmatch(name) is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def get_commands(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return call.telegram.profile.commands.get(_scope(call), [])


def delete_commands(call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    call.telegram.profile.commands.pop(_scope(call), None)
    call.telegram.events.emit({"type": "commands"})
    return True


def _scope(call: Call) -> str:
    scope = call.object("scope")
    if scope and scope.get("chat_id") is not None:
        scope = {**scope, "chat_id": call.telegram.chat(str(scope["chat_id"])).id}
    return scope_key(scope, call.string("language_code"))


def set_menu_button(call: Call) -> bool:
    """https://core.telegram.org/bots/api#setchatmenubutton"""
    button = call.object("menu_button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("MenuButton type is unsupported")
    if call.string("chat_id"):
        call.telegram.chat(call.string("chat_id")).menu_button = button
    else:
        call.telegram.profile.menu_button = button
    call.telegram.events.emit({"type": "commands"})
    return True


def get_menu_button(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmenubutton"""
    own = call.telegram.chat(call.string("chat_id")).menu_button if call.string("chat_id") else None
    return own or call.telegram.profile.menu_button


def _texts(profile: Profile, field: str) -> dict[str, str]:
    match field:
        case "name":
            return profile.names
        case "description":
            return profile.descriptions
        case _:
            return profile.short_descriptions


def setter(field: str, limit: int, too_long: str) -> Method:
    """`setMyName` and its kin: an empty text takes the one of that language away."""

    def set_text(call: Call) -> bool:
        text = call.string(field)
        if len(text) > limit:
            raise bad_request(too_long)
        texts, language = _texts(call.telegram.profile, field), call.string("language_code")
        if text:
            texts[language] = text
        else:
            texts.pop(language, None)
        call.telegram.events.emit({"type": "commands"})
        return True

    return set_text


def getter(field: str) -> Method:
    """`getMyName` and its kin."""

    def get_text(call: Call) -> Json:
        texts = _texts(call.telegram.profile, field)
        default = texts.get("", call.telegram.bot.first_name if field == "name" else "")
        return {field: texts.get(call.string("language_code"), default)}

    return get_text


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
    "setMyName": setter("name", NAME, "BOT_TITLE_INVALID"),
    "getMyName": getter("name"),
    "setMyDescription": setter("description", DESCRIPTION, "BOT_DESCRIPTION_TOO_LONG"),
    "getMyDescription": getter("description"),
    "setMyShortDescription": setter("short_description", SHORT_DESCRIPTION, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    "getMyShortDescription": getter("short_description"),
}
