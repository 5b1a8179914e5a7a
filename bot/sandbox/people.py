"""What people do in a messenger: write, press, forward, block, make groups.  The bot hears of it by updates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.errors import Impossible, Json
from bot.sandbox.keyboards import is_inline
from bot.sandbox.limits import CAPTION_UNITS, START_PARAMETER, TEXT_UNITS
from bot.sandbox.markup import formatted, units
from bot.sandbox.methods import Upload
from bot.sandbox.methods.chats import member_json, standing_json
from bot.sandbox.methods.media import media_content
from bot.sandbox.methods.sending import forward_origin
from bot.sandbox.model import Telegram
from bot.sandbox.records import Callback, Chat, ChatKind, InlineQuery, Message, Standing, User

OFFICIAL_ID = 900_001
CITIZEN_ID = 900_002
STAFF_ID = 900_003
"""The member of staff: in sandbox mode this id belongs into ADMIN_IDS."""

CAST = (
    User(OFFICIAL_ID, "Айбек", "Үлгүлүев", "ulguluev_example", "ru", role="official", listed=True),
    User(CITIZEN_ID, "Гүлнара", "Мисалова", "misalova_example", "ky", role="citizen", listed=True),
    User(STAFF_ID, "Сайкал", "Примерова", "primerova_example", "ru", role="staff", listed=True),
)
"""People whom the page lets one be.  Their surnames say that they are invented: үлгү, мисал, пример are "example"."""


class People:
    """Acts for people.  Whatever no messenger would offer raises `Impossible`."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    def enter(self, cast: Iterable[User] = CAST) -> None:
        """Puts the cast on the stage; those who are there already stay as they are."""
        for person in cast:
            if person.id not in self.telegram.users:
                phone = f"+99600000{person.id % 10000:04d}"
                self.telegram.add_user(replace(person, phone=phone))

    def create(
        self, count: int, *, language: str = "ru", started: bool = True, first_id: int | None = None
    ) -> list[int]:
        """Makes accounts that nobody plays; those that `started` can be written to."""
        begin = first_id if first_id is not None else 1_000_000 + self.telegram.number() * 100_000
        for user_id in range(begin, begin + count):
            if user_id in self.telegram.users:
                raise Impossible(reason=f"the account {user_id} exists already")
            self.telegram.add_user(User(user_id, f"Тест-{user_id}", language=language))
            if started:
                self.telegram.chats[user_id].bot = "member"
        return list(range(begin, begin + count))

    # --- writing

    def say(
        self, user_id: int, text: str, chat_id: int | None = None, *, reply_to: int | None = None
    ) -> Message:
        """Writes a text: to the bot, or into a group or channel."""
        chat = self._where(user_id, chat_id)
        if chat.is_private and text.startswith("/start"):
            self._open(chat)
        text, entities = formatted(text, None, None)
        if not text or units(text) > TEXT_UNITS:
            raise Impossible(reason=f"a message has 1 to {TEXT_UNITS} characters")
        return self._write(
            user_id, chat, {"text": text} | ({"entities": entities} if entities else {}), reply_to
        )

    def start(self, user_id: int, payload: str = "") -> Message:
        """Opens the bot by its link, with a start parameter; a blocked bot is unblocked by that."""
        if len(payload) > START_PARAMETER or not all(
            c.isascii() and (c.isalnum() or c in "_-") for c in payload
        ):
            raise Impossible(reason=f"a start parameter is up to {START_PARAMETER} of A-Z a-z 0-9 _ -")
        return self.say(user_id, f"/start {payload}".strip())

    def send_file(
        self,
        user_id: int,
        kind: str,
        upload: Upload,
        chat_id: int | None = None,
        *,
        caption: str = "",
        album: str | None = None,
    ) -> Message:
        """Sends a photo, document, video, …"""
        chat = self._where(user_id, chat_id)
        file = self.telegram.add_file(upload.data, upload.name, upload.mime)
        if kind == "photo" and not file.width:
            raise Impossible(reason="this file is not a picture")
        text, entities = formatted(caption, None, None)
        if units(text) > CAPTION_UNITS:
            raise Impossible(reason=f"a caption has up to {CAPTION_UNITS} characters")
        content = media_content(kind, file)
        if text:
            content["caption"] = text
        if entities:
            content["caption_entities"] = entities
        return self._write(user_id, chat, content, None, album=album)

    def send_album(
        self, user_id: int, kind: str, uploads: list[Upload], chat_id: int | None = None, *, caption: str = ""
    ) -> list[Message]:
        """Sends several files as one group; the caption is the first one's."""
        album = str(self.telegram.number())
        return [
            self.send_file(user_id, kind, upload, chat_id, caption="" if place else caption, album=album)
            for place, upload in enumerate(uploads)
        ]

    def share_contact(self, user_id: int, chat_id: int | None = None) -> Message:
        """Shares one's own phone number, as a reply keyboard's button asks."""
        chat, user = self._where(user_id, chat_id), self.telegram.users[user_id]
        contact = {
            "phone_number": user.phone or "+996000000000",
            "first_name": user.first_name,
            "user_id": user_id,
        }
        return self._write(user_id, chat, {"contact": contact}, None)

    def forward(self, user_id: int, chat_id: int, message_id: int, to: int | None = None) -> Message:
        """Forwards a message that the person sees to the bot or into another chat."""
        source = self._seen(user_id, chat_id, message_id)
        if source.protected:
            raise Impossible(reason="this message may not be forwarded")
        origin = forward_origin(self.telegram, source)
        return self._write(user_id, self._where(user_id, to), dict(source.content), None, forward=origin)

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        """Changes the text of one's own message."""
        message = self._own(user_id, chat_id, message_id)
        text, entities = formatted(text, None, None)
        field, listed = ("text", "entities") if "text" in message.content else ("caption", "caption_entities")
        kept = {name: value for name, value in message.content.items() if name not in (field, listed)}
        message.content = kept | {field: text} | ({listed: entities} if entities else {})
        message.edited = self.telegram.now()
        self.telegram.tell_message(message)
        self.telegram.update_for(message, edited=True)
        return message

    def delete(self, user_id: int, chat_id: int, message_id: int) -> None:
        """Deletes a message for all.  Telegram does not tell bots of that."""
        self.telegram.remove(self._seen(user_id, chat_id, message_id))

    def _write(
        self,
        user_id: int,
        chat: Chat,
        content: Json,
        reply_to: int | None,
        *,
        forward: Json | None = None,
        album: str | None = None,
    ) -> Message:
        if chat.is_private and chat.bot != "member":
            raise Impossible(reason="the bot is blocked or was not started")
        topic = chat.messages[reply_to].thread if reply_to in chat.messages else None
        message = self.telegram.store(
            chat, content, user_id, reply_to=reply_to, forward=forward, album=album, thread=topic
        )
        if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
            self.telegram.tell_chat(chat)
        self.telegram.update_for(message)
        return message

    # --- buttons and inline mode

    def press(
        self, user_id: int, chat_id: int, message_id: int, *, data: str | None = None, text: str | None = None
    ) -> Callback:
        """Presses an inline button that carries callback data, found by its data or its text."""
        message = self._seen(user_id, chat_id, message_id)
        rows = message.markup["inline_keyboard"] if message.markup and is_inline(message.markup) else []
        for button in (button for row in rows for button in row):
            if "callback_data" in button and (button["callback_data"] == data or button["text"] == text):
                return self._pressed(user_id, message, button["callback_data"])
        raise Impossible(reason="there is no such button under this message")

    def _pressed(self, user_id: int, message: Message, data: str) -> Callback:
        callback = Callback(
            str(4_000_000_000 + self.telegram.number()), user_id, message.chat_id, message.id, data
        )
        self.telegram.callbacks[callback.id] = callback
        chat = self.telegram.chats[message.chat_id]
        if chat.bot in ("member", "administrator"):
            update = {"id": callback.id, "from": self.telegram.users[user_id].json(), "data": data}
            instance = {"chat_instance": str(abs(chat.id)), "message": self.telegram.message_json(message)}
            self.telegram.queue.push("callback_query", update | instance)
        return callback

    def ask_inline(self, user_id: int, query: str, offset: str = "") -> InlineQuery:
        """Types after the bot's name in any chat, or scrolls on from an offset; the results come as the bot answers."""
        self._person(user_id)
        asked = InlineQuery(str(5_000_000_000 + self.telegram.number()), user_id, query, offset)
        self.telegram.inline[asked.id] = asked
        update = {
            "id": asked.id,
            "from": self.telegram.users[user_id].json(),
            "query": query,
            "offset": offset,
        }
        self.telegram.queue.push("inline_query", update)
        return asked

    def choose_inline(
        self, user_id: int, query_id: str, result_id: str, chat_id: int | None = None
    ) -> Message:
        """Sends one of the results that the bot offered."""
        asked = self.telegram.inline.get(query_id)
        result = next(
            (one for one in (asked.results if asked else None) or [] if one["id"] == result_id), None
        )
        if asked is None or result is None or asked.user_id != user_id:
            raise Impossible(reason="the bot did not offer that")
        chat = self._where(user_id, chat_id)
        message = self.telegram.store(
            chat, dict(result["content"]), user_id, markup=result["markup"], via_bot=True
        )
        chosen = {"result_id": result_id, "from": self.telegram.users[user_id].json(), "query": asked.query}
        self.telegram.queue.push("chosen_inline_result", chosen)
        self.telegram.update_for(message)
        return message

    # --- the bot in a chat

    def block(self, user_id: int) -> None:
        """Blocks the bot."""
        chat = self._private(user_id)
        if chat.bot == "member":
            self._stand(chat, "kicked", user_id)

    def unblock(self, user_id: int) -> None:
        """Unblocks it."""
        chat = self._private(user_id)
        if chat.bot == "kicked":
            self._stand(chat, "member", user_id)

    def close_account(self, user_id: int) -> None:
        """Deletes the person's account; the bot is not told, it finds out."""
        self._private(user_id)
        self.telegram.users[user_id].deactivated = True

    def create_group(
        self, user_id: int, title: str, members: list[int] | None = None, kind: ChatKind = "supergroup"
    ) -> Chat:
        """Makes a group or a channel without the bot."""
        self._person(user_id)
        if kind == "private" or not title.strip():
            raise Impossible(reason="a group has a title and is a group, supergroup or channel")
        chat = self.telegram.add_chat(
            kind, title.strip(), user_id, [self._person(one).id for one in members or []]
        )
        created = {"channel": "channel_chat_created", "group": "group_chat_created"}
        self.telegram.store(chat, {created.get(kind, "supergroup_chat_created"): True}, user_id)
        self.telegram.tell_chat(chat)
        return chat

    def add_bot(self, user_id: int, chat_id: int, *, admin: bool = False) -> None:
        """Brings the bot into a group, or as administrator into a channel."""
        chat = self._managed(user_id, chat_id)
        standing: Standing = "administrator" if admin or chat.kind == "channel" else "member"
        if chat.bot == standing:
            return
        joins = chat.bot not in ("member", "administrator")
        self._stand(chat, standing, user_id)
        if joins and chat.kind != "channel":
            bot = self.telegram.bot.json()
            members = {"new_chat_members": [bot], "new_chat_member": bot, "new_chat_participant": bot}
            self.telegram.update_for(self.telegram.store(chat, members, user_id))

    def remove_bot(self, user_id: int, chat_id: int) -> None:
        """Throws the bot out."""
        chat = self._managed(user_id, chat_id)
        if chat.bot in ("member", "administrator"):
            self._stand(chat, "kicked", user_id)
            if chat.kind != "channel":
                self.telegram.store(chat, {"left_chat_member": self.telegram.bot.json()}, user_id)

    def promote(self, user_id: int, chat_id: int, whom: int, status: str = "administrator") -> None:
        """Makes a person an administrator of a group, or `member` again."""
        chat = self._managed(user_id, chat_id)
        chat.members[self._person(whom).id] = status
        self.telegram.tell_chat(chat)

    def silence_bot(self, user_id: int, chat_id: int, *, silent: bool = True) -> None:
        """Forbids the bot to write in a group, or allows it again."""
        self._managed(user_id, chat_id).bot_may_write = not silent

    def open_topic(self, user_id: int, chat_id: int, name: str) -> int:
        """Makes a topic in a supergroup and gives the id of its thread."""
        chat = self._managed(user_id, chat_id)
        if chat.kind != "supergroup":
            raise Impossible(reason="only a supergroup has topics")
        message = self.telegram.store(
            chat, {"forum_topic_created": {"name": name, "icon_color": 7322096}}, user_id
        )
        message.thread = message.id
        chat.topics[message.id] = name
        self.telegram.update_for(message)
        return message.id

    def close_topic(self, user_id: int, chat_id: int, thread: int) -> None:
        """Deletes a topic with what was in it."""
        chat = self._managed(user_id, chat_id)
        chat.topics.pop(thread, None)

    def migrate(self, user_id: int, chat_id: int) -> Chat:
        """Turns a group into a supergroup: its id changes, and the bot is told by two service messages."""
        old = self._managed(user_id, chat_id)
        if old.kind != "group":
            raise Impossible(reason="only a basic group becomes a supergroup")
        new = self.telegram.add_chat("supergroup", old.title, user_id, [])
        new.members, new.bot = dict(old.members), old.bot
        gone = self.telegram.store(old, {"migrate_to_chat_id": new.id}, user_id)
        self.telegram.update_for(gone)
        old.migrated_to = new.id
        self.telegram.update_for(self.telegram.store(new, {"migrate_from_chat_id": old.id}, user_id))
        self.telegram.tell_chat(old)
        self.telegram.tell_chat(new)
        return new

    def _open(self, chat: Chat) -> None:
        if chat.bot == "kicked":
            self._stand(chat, "member", chat.id)
        elif chat.bot == "never":
            chat.bot = "member"
            self.telegram.tell_chat(chat)

    def _stand(self, chat: Chat, standing: Standing, by: int) -> None:
        """The bot's standing changes: https://core.telegram.org/bots/api#chatmemberupdated"""
        bot = self.telegram.bot.json()
        change: Json = {"chat": self.telegram.chat_json(chat), "from": self.telegram.users[by].json()}
        change |= {"date": self.telegram.now(), "old_chat_member": standing_json(bot, chat.bot)}
        chat.bot = standing
        change["new_chat_member"] = member_json(self.telegram, chat, self.telegram.bot.id)
        self.telegram.queue.push("my_chat_member", change)
        self.telegram.tell_chat(chat)

    # --- who and where

    def _person(self, user_id: int) -> User:
        user = self.telegram.users.get(user_id)
        if user is None or user.is_bot or user.deactivated:
            raise Impossible(reason=f"there is no person {user_id}")
        return user

    def _private(self, user_id: int) -> Chat:
        return self.telegram.chats[self._person(user_id).id]

    def _where(self, user_id: int, chat_id: int | None) -> Chat:
        self._person(user_id)
        chat = self.telegram.chats.get(user_id if chat_id is None else chat_id)
        if chat is None or chat.members.get(user_id) not in ("member", "administrator", "creator"):
            raise Impossible(reason="this person is not in that chat")
        if chat.migrated_to is not None:
            raise Impossible(reason="the group has become a supergroup")
        if chat.kind == "channel" and chat.members[user_id] == "member":
            raise Impossible(reason="only administrators write in a channel")
        return chat

    def _managed(self, user_id: int, chat_id: int) -> Chat:
        chat = self._where(user_id, chat_id)
        if chat.is_private or chat.members.get(user_id) not in ("creator", "administrator"):
            raise Impossible(reason="only an administrator of the group may do that")
        return chat

    def _seen(self, user_id: int, chat_id: int, message_id: int) -> Message:
        self._person(user_id)
        chat = self.telegram.chats.get(chat_id)
        message = chat.here(message_id) if chat and user_id in chat.members else None
        if message is None:
            raise Impossible(reason="there is no such message in this person's chats")
        return message

    def _own(self, user_id: int, chat_id: int, message_id: int) -> Message:
        message = self._seen(user_id, chat_id, message_id)
        if message.sender != user_id or message.forward or not {"text", "caption"} & message.content.keys():
            raise Impossible(reason="this message cannot be edited")
        return message
