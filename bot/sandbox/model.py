"""One Telegram in memory, with one bot: the state, who may write where, and what the bot is told of.

Both faces of the Bot API (`bot_api`, `session`) and what people do (`people`) work on this.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sandbox.errors import Json, bad_request, forbidden
from bot.sandbox.events import Events
from bot.sandbox.files import picture_size, sniffed
from bot.sandbox.keyboards import is_inline
from bot.sandbox.limits import Clock, FloodLimits
from bot.sandbox.records import (
    Callback,
    Chat,
    ChatKind,
    InlineQuery,
    Message,
    Profile,
    StoredFile,
    User,
    scope_key,
)
from bot.sandbox.updates import UpdateQueue

BOT_ID = 7_000_000_001
BOT_USERNAME = "jarchy_sandbox_bot"
TOKEN = f"{BOT_ID}:sandbox-token-that-opens-nothing-else"
_NOUNS = {"group": "group", "supergroup": "supergroup", "channel": "channel"}


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Telegram:
    """Everything that a messenger's server would know."""

    def __init__(self, clock: Clock = utc_now, limits: FloodLimits | None = None, token: str = TOKEN) -> None:
        self.clock = clock
        self.limits = limits or FloodLimits(clock)
        self.token = token
        self.bot = User(
            int(token.partition(":")[0]), "Жарчы", username=BOT_USERNAME, is_bot=True, language=""
        )
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.profile = Profile()
        self.queue = UpdateQueue()
        self.events = Events()
        self.callbacks: dict[str, Callback] = {}
        self.inline: dict[str, InlineQuery] = {}
        self.calls: dict[str, int] = {}
        self.counter = 1

    # --- looking up

    def now(self) -> int:
        """The present moment as Telegram writes it: Unix seconds."""
        return int(self.clock().timestamp())

    def number(self) -> int:
        """A number that was not given out before."""
        self.counter += 1
        return self.counter

    def user(self, user_id: int) -> User:
        """An account.  Raises 400 as Telegram does."""
        if user_id not in self.users:
            raise bad_request("user not found")
        return self.users[user_id]

    def chat(self, address: int | str | None) -> Chat:
        """A chat by id or @username, whether the bot may write there or not.

        Raises 400 for one that the bot has never met, and the 400 that names the new id of a migrated group.
        """
        if address is None or address == "":
            raise bad_request("chat_id is empty")
        chat = self._addressed(str(address))
        if chat is None or (chat.bot == "never" and not chat.is_private):
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to
            )
        return chat

    def _addressed(self, address: str) -> Chat | None:
        if address.startswith("@"):
            name = address[1:].lower()
            return next((chat for chat in self.chats.values() if chat.username.lower() == name != ""), None)
        try:
            return self.chats.get(int(address))
        except ValueError:
            return None

    def writable(self, address: int | str | None, thread: int | None = None) -> Chat:
        """A chat that the bot may write to.  Raises the 403 or 400 that says why it may not."""
        chat = self.chat(address)
        if chat.is_private:
            self._check_person(chat)
        else:
            self._check_group(chat)
        if thread is not None and thread not in chat.topics:
            raise bad_request("message thread not found")
        return chat

    def _check_person(self, chat: Chat) -> None:
        if self.users[chat.id].deactivated:
            raise forbidden("user is deactivated")
        if chat.bot == "never":
            raise forbidden("bot can't initiate conversation with a user")
        if chat.bot == "kicked":
            raise forbidden("bot was blocked by the user")

    def _check_group(self, chat: Chat) -> None:
        noun = _NOUNS[chat.kind]
        if chat.bot == "kicked":
            raise forbidden(f"bot was kicked from the {noun} chat")
        if chat.bot == "left":
            raise forbidden(f"bot is not a member of the {noun} chat")
        if chat.kind == "channel" and chat.bot != "administrator":
            raise bad_request("need administrator rights in the channel chat")
        if not chat.bot_may_write:
            raise bad_request("not enough rights to send text messages to the chat")

    # --- growing

    def add_user(self, user: User) -> User:
        """A new account, with its chat with the bot, not started yet."""
        self.users[user.id] = user
        self.chats[user.id] = Chat(user.id, "private", members={user.id: "member"})
        return user

    def add_chat(self, kind: ChatKind, title: str, creator: int, members: list[int]) -> Chat:
        """A new group or channel, in which the bot is not."""
        number = self.number()
        chat_id = -number - 4_000_000 if kind == "group" else -1_002_000_000_000 - number
        chat = Chat(chat_id, kind, title, members={**dict.fromkeys(members, "member"), creator: "creator"})
        self.chats[chat.id] = chat
        return chat

    def add_file(self, data: bytes, name: str, mime: str) -> StoredFile:
        """Keeps bytes under new ids."""
        number = self.number()
        mime = sniffed(data) or mime or "application/octet-stream"
        width, height = picture_size(data) or (0, 0)
        folder = "photos" if mime.startswith("image/") else "documents"
        extension = name.rpartition(".")[2].lower() if "." in name else "bin"
        safe = extension if extension.isalnum() and len(extension) <= 8 else "bin"
        file = StoredFile(
            f"SANDBOX-file-{number}",
            f"AgAD{number}",
            f"{folder}/file_{number}.{safe}",
            name,
            mime,
            data,
            width,
            height,
        )
        self.files[file.file_id] = file
        return file

    # --- messages

    def send(
        self,
        chat: Chat,
        content: Json,
        *,
        markup: Json | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        album: str | None = None,
        forward: Json | None = None,
        silent: bool = False,
    ) -> Message:
        """The bot writes a message.  Whoever calls has checked the chat and charged the limits."""
        message = self.store(
            chat,
            content,
            self.bot.id,
            markup=markup if is_inline(markup) else None,
            reply_to=reply_to,
            thread=thread,
            album=album,
            forward=forward,
            silent=silent,
        )
        self._show_keyboard(chat, markup)
        return message

    def _show_keyboard(self, chat: Chat, markup: Json | None) -> None:
        if not markup or is_inline(markup):
            return
        chat.keyboard = None if markup.get("remove_keyboard") else markup
        self.tell_chat(chat)

    def store(
        self,
        chat: Chat,
        content: Json,
        sender: int | None,
        *,
        markup: Json | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
        album: str | None = None,
        forward: Json | None = None,
        silent: bool = False,
        via_bot: bool = False,
    ) -> Message:
        """Puts a message of anybody into a chat and shows it to those who watch."""
        message = Message(
            chat.id, self._next_message_id(chat), self.now(), content, sender, markup, reply_to, thread, album,
            forward, via_bot, silent=silent,
        )  # fmt: skip
        chat.messages[message.id] = message
        self.tell_message(message)
        return message

    def _next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves; all other chats of a bot share one count."""
        if chat.kind in ("supergroup", "channel"):
            chat.next_id += 1
            return chat.next_id
        return self.number()

    def remove(self, message: Message) -> None:
        """Takes a message out of the chat; what it was stays known to the control endpoint."""
        message.deleted = True
        self.events.emit({"type": "deleted", "chat": message.chat_id, "message": message.id})

    def update_for(self, message: Message, *, edited: bool = False) -> None:
        """Tells the bot of a message of a person or a channel, if it can see it."""
        chat = self.chats[message.chat_id]
        if not self._bot_sees(chat, message):
            return
        kind = "channel_post" if chat.kind == "channel" else "message"
        self.queue.push(f"edited_{kind}" if edited else kind, self.message_json(message))

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        """Private chats all; channels as administrator; groups as administrator, or what is meant for it.

        Privacy mode: https://core.telegram.org/bots/features#privacy-mode
        """
        if chat.is_private:
            return chat.bot == "member"
        if chat.bot not in ("member", "administrator"):
            return False
        if chat.bot == "administrator":
            return True
        if chat.kind == "channel":
            return False
        content = message.content
        if not {"text", "caption", "photo", "document", "contact"} & content.keys():
            return True
        return self._meant_for_bot(chat, message)

    def _meant_for_bot(self, chat: Chat, message: Message) -> bool:
        text, at = message.body, f"@{self.bot.username}".lower()
        answered = chat.messages.get(message.reply_to or 0)
        if answered is not None and answered.sender == self.bot.id:
            return True
        if text.startswith("/"):
            command = text.split(maxsplit=1)[0].lower()
            return "@" not in command or command.endswith(at)
        return at in text.lower()

    # --- as the Bot API shows it

    def chat_json(self, chat: Chat) -> Json:
        """The `Chat` of the Bot API."""
        answer: Json = {"id": chat.id, "type": chat.kind}
        if chat.is_private:
            user = self.users[chat.id]
            answer |= {name: value for name, value in user.json().items() if name in _PERSON_FIELDS}
        else:
            answer["title"] = chat.title
        if chat.username:
            answer["username"] = chat.username
        if chat.topics:
            answer["is_forum"] = True
        return answer

    def message_json(self, message: Message, depth: int = 1) -> Json:
        """The `Message` of the Bot API; the message it answers is shown one level deep."""
        chat = self.chats[message.chat_id]
        answer: Json = {"message_id": message.id, "date": message.date, "chat": self.chat_json(chat)}
        if message.sender is None:
            answer["sender_chat"] = self.chat_json(chat)
        else:
            answer["from"] = self.users[message.sender].json()
        if message.thread is not None:
            answer |= {"message_thread_id": message.thread, "is_topic_message": True}
        answered = chat.here(message.reply_to) if message.reply_to and depth else None
        if answered:
            answer["reply_to_message"] = self.message_json(answered, depth - 1)
        optional = {
            "edit_date": message.edited,
            "media_group_id": message.album,
            "forward_origin": message.forward,
            "reply_markup": message.markup,
            "via_bot": self.bot.json() if message.via_bot else None,
        }
        answer |= {name: value for name, value in optional.items() if value is not None}
        return answer | message.content

    def commands_for(self, chat: Chat, user: User) -> list[Json]:
        """The command list that a person sees in a chat.

        The narrowest scope wins, and in each the person's language before none:
        https://core.telegram.org/bots/api#determining-list-of-commands
        """
        admin = chat.members.get(user.id) in ("creator", "administrator")
        scopes: list[Json] = [{"type": "chat", "chat_id": chat.id}]
        if chat.is_private:
            scopes.append({"type": "all_private_chats"})
        else:
            scopes.insert(0, {"type": "chat_member", "chat_id": chat.id, "user_id": user.id})
            if admin:
                scopes.insert(1, {"type": "chat_administrators", "chat_id": chat.id})
                scopes.append({"type": "all_chat_administrators"})
            scopes.append({"type": "all_group_chats"})
        for scope in [*scopes, {"type": "default"}]:
            for language in (user.language, ""):
                if found := self.profile.commands.get(scope_key(scope, language)):
                    return found
        return []

    # --- telling those who watch

    def tell_message(self, message: Message) -> None:
        """A message is new or changed."""
        if self.events.watched:
            self.events.emit(
                {"type": "message", "chat": message.chat_id, "message": self.message_json(message)}
            )

    def tell_chat(self, chat: Chat) -> None:
        """Something about the chat itself changed: members, keyboard, how the bot stands."""
        self.events.emit({"type": "chat", "chat": chat.id})


_PERSON_FIELDS = {"first_name", "last_name", "username"}
