"""What the sandbox's Telegram consists of: people, chats, messages and files, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.errors import Json

ChatKind = Literal["private", "group", "supergroup", "channel"]
Standing = Literal["never", "member", "administrator", "left", "kicked"]
"""How the bot stands in a chat.  In a private one: `never` started, `member`, or `kicked`, which is blocked."""


@dataclass
class User:
    """An account.  `listed` ones are people whom the page lets one be; others only receive."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = "ru"
    is_bot: bool = False
    deactivated: bool = False
    listed: bool = False
    role: str = ""
    phone: str = ""

    def json(self) -> Json:
        """The `User` of the Bot API."""
        answer: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            answer["last_name"] = self.last_name
        if self.username:
            answer["username"] = self.username
        if self.language and not self.is_bot:
            answer["language_code"] = self.language
        return answer

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Message:
    """A message as the chat keeps it.  `content` holds the fields of the Bot API: text and entities, photo, …"""

    chat_id: int
    id: int
    date: int
    content: Json
    sender: int | None = None
    markup: Json | None = None
    reply_to: int | None = None
    thread: int | None = None
    album: str | None = None
    forward: Json | None = None
    via_bot: bool = False
    edited: int | None = None
    deleted: bool = False
    protected: bool = False
    silent: bool = False

    @property
    def body(self) -> str:
        """Its text or caption."""
        return str(self.content.get("text") or self.content.get("caption") or "")


@dataclass
class Chat:
    """A conversation.  The id of a private chat is the id of the person."""

    id: int
    kind: ChatKind
    title: str = ""
    username: str = ""
    bot: Standing = "never"
    bot_may_write: bool = True
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    next_id: int = 1
    keyboard: Json | None = None
    topics: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    pinned: int | None = None
    menu_button: Json | None = None

    @property
    def is_private(self) -> bool:
        """Whether it is a chat of one person with the bot."""
        return self.kind == "private"

    def here(self, message_id: int) -> Message | None:
        """A message that still stands in the chat."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def standing(self) -> list[Message]:
        """Messages in order, without deleted ones."""
        return [message for message in self.messages.values() if not message.deleted]


@dataclass
class StoredFile:
    """Bytes that somebody sent.  `file_id` is what the bot uses, `unique_id` what the page uses."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0


@dataclass
class Callback:
    """A press on an inline button that waits for the bot's answer."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    answer: Json | None = None


@dataclass
class InlineQuery:
    """What a person types after the bot's name, and what the bot offered."""

    id: str
    user_id: int
    query: str
    offset: str = ""
    results: list[Json] | None = None
    button: Json | None = None
    next_offset: str = ""


@dataclass
class Profile:
    """What people see of the bot before they start it, by language; an empty language is the default."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    """By `scope|language`, see `scope_key`."""
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})


def scope_key(scope: Json | None, language: str | None) -> str:
    """The key of a command list: `default|`, `chat:5|ky`, `chat_member:-100:7|`."""
    scope = scope or {"type": "default"}
    parts = [str(scope.get("type", "default"))]
    parts += [str(scope[name]) for name in ("chat_id", "user_id") if scope.get(name) is not None]
    return f"{':'.join(parts)}|{language or ''}"
