"""Methods that ask about chats, their members and files."""

from __future__ import annotations

from bot.sandbox.errors import Json, bad_request, forbidden
from bot.sandbox.limits import DOWNLOAD_BYTES
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.model import Telegram
from bot.sandbox.records import Chat, Standing

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_send_welcome_messages",
)  # fmt: skip


def get_chat(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    chat = _known(call)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return call.telegram.chat_json(chat) | full


def get_member(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = _known(call)
    user_id = call.integer("user_id", 0) or 0
    if user_id not in call.telegram.users:
        raise bad_request("user not found")
    return member_json(call.telegram, chat, user_id)


def get_administrators(call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators"""
    chat = _known(call)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    people = [user_id for user_id, status in chat.members.items() if status in ("creator", "administrator")]
    if chat.bot == "administrator":
        people.append(call.telegram.bot.id)
    return [member_json(call.telegram, chat, user_id) for user_id in people]


def count_members(call: Call) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = _known(call)
    present = sum(status not in ("left", "kicked") for status in chat.members.values())
    return present + (chat.bot in ("member", "administrator"))


def leave(call: Call) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = _known(call)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot = "left"
    call.telegram.store(chat, {"left_chat_member": call.telegram.bot.json()}, call.telegram.bot.id)
    call.telegram.tell_chat(chat)
    return True


def get_file(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getfile"""
    file = call.telegram.files.get(call.string("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.data) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
        "file_path": file.path,
    }


def _known(call: Call) -> Chat:
    """A chat that may be asked about: one need not be able to write there."""
    chat = call.telegram.chat(call.string("chat_id"))
    if chat.bot == "kicked" and not chat.is_private:
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def member_json(telegram: Telegram, chat: Chat, user_id: int) -> Json:
    """The `ChatMember` of the Bot API."""
    user = telegram.users[user_id].json()
    if user_id == telegram.bot.id:
        return standing_json(user, chat.bot)
    return standing_json(user, chat.members.get(user_id, "left"))


def standing_json(user: Json, status: Standing | str) -> Json:
    """A `ChatMember` with this status; `never` is how a chat stands before the first word: `left`."""
    status = "left" if status == "never" else status
    answer: Json = {"user": user, "status": status}
    match status:
        case "creator":
            answer["is_anonymous"] = False
        case "administrator":
            answer |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
        case "kicked":
            answer["until_date"] = 0
        case _:
            pass
    return answer


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_administrators,
    "getChatMemberCount": count_members,
    "leaveChat": leave,
    "getFile": get_file,
}
