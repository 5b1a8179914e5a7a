"""What the page's buttons and the control endpoint can order, by name: JSON in, JSON out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.sandbox.errors import ApiError, Impossible, Json
from bot.sandbox.faults import Faults, fault_from
from bot.sandbox.methods import Upload
from bot.sandbox.model import Telegram
from bot.sandbox.partners import Release
from bot.sandbox.people import People

Publish = Callable[[str, Release | str], Awaitable[str]]
Action = Callable[[Json], Json]


class Actions:
    """The orders.  A wrong one raises `Impossible` with what is wrong."""

    def __init__(self, people: People, faults: Faults, publish: Publish) -> None:
        self._people = people
        self._telegram: Telegram = people.telegram
        self._faults = faults
        self._publish = publish

    async def perform(self, name: str, order: Json) -> Json:
        """Carries out one order."""
        try:
            if name == "publish":
                return {"url": await self._publish(str(order["site"]), _release(order))}
            action = getattr(self, f"do_{name}", None)
            if action is None:
                raise Impossible(reason=f"there is no action {name}")
            done: Json = action(order)
            return done
        except ApiError as error:
            raise Impossible(reason=error.description) from error
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise Impossible(reason=f"the order {name} lacks or misstates {error}") from error

    # --- writing

    def do_say(self, order: Json) -> Json:
        """person, text, [chat], [reply_to]"""
        message = self._people.say(
            order["person"], str(order["text"]), order.get("chat"), reply_to=order.get("reply_to")
        )
        return self._telegram.message_json(message)

    def do_start(self, order: Json) -> Json:
        """person, [payload]"""
        return self._telegram.message_json(self._people.start(order["person"], str(order.get("payload", ""))))

    def do_send_file(self, order: Json) -> Json:
        """person, files [{name, mime, data (base64)}], kind, [chat], [caption]"""
        uploads = [
            Upload(
                str(file["name"]), str(file.get("mime", "")), base64.b64decode(file["data"], validate=True)
            )
            for file in order["files"]
        ]
        kind, chat, caption = (
            str(order.get("kind", "document")),
            order.get("chat"),
            str(order.get("caption", "")),
        )
        if len(uploads) > 1:
            sent = self._people.send_album(order["person"], kind, uploads, chat, caption=caption)
            return {"messages": [self._telegram.message_json(message) for message in sent]}
        message = self._people.send_file(order["person"], kind, uploads[0], chat, caption=caption)
        return self._telegram.message_json(message)

    def do_share_contact(self, order: Json) -> Json:
        """person, [chat]"""
        return self._telegram.message_json(self._people.share_contact(order["person"], order.get("chat")))

    def do_forward(self, order: Json) -> Json:
        """person, chat, message, [to]"""
        message = self._people.forward(order["person"], order["chat"], order["message"], order.get("to"))
        return self._telegram.message_json(message)

    def do_edit(self, order: Json) -> Json:
        """person, chat, message, text"""
        message = self._people.edit(order["person"], order["chat"], order["message"], str(order["text"]))
        return self._telegram.message_json(message)

    def do_delete(self, order: Json) -> Json:
        """person, chat, message"""
        self._people.delete(order["person"], order["chat"], order["message"])
        return {}

    # --- buttons

    def do_press(self, order: Json) -> Json:
        """person, chat, message, data or text"""
        callback = self._people.press(
            order["person"], order["chat"], order["message"], data=order.get("data"), text=order.get("text")
        )
        return {"callback": callback.id}

    def do_inline(self, order: Json) -> Json:
        """person, query"""
        return {"query": self._people.ask_inline(order["person"], str(order["query"])).id}

    def do_choose(self, order: Json) -> Json:
        """person, query, result, [chat]"""
        message = self._people.choose_inline(
            order["person"], str(order["query"]), str(order["result"]), order.get("chat")
        )
        return self._telegram.message_json(message)

    # --- the bot in a chat

    def do_block(self, order: Json) -> Json:
        """person, or people [..]"""
        for person in order.get("people") or [order["person"]]:
            self._people.block(person)
        return {}

    def do_unblock(self, order: Json) -> Json:
        """person, or people [..]"""
        for person in order.get("people") or [order["person"]]:
            self._people.unblock(person)
        return {}

    def do_close_account(self, order: Json) -> Json:
        """person"""
        self._people.close_account(order["person"])
        return {}

    def do_create_group(self, order: Json) -> Json:
        """person, title, [members], [kind]"""
        chat = self._people.create_group(
            order["person"], str(order["title"]), order.get("members"), order.get("kind", "supergroup")
        )
        return {"chat": chat.id}

    def do_add_bot(self, order: Json) -> Json:
        """person, chat, [admin]"""
        self._people.add_bot(order["person"], order["chat"], admin=bool(order.get("admin")))
        return {}

    def do_remove_bot(self, order: Json) -> Json:
        """person, chat"""
        self._people.remove_bot(order["person"], order["chat"])
        return {}

    def do_promote(self, order: Json) -> Json:
        """person, chat, whom, [status]"""
        self._people.promote(
            order["person"], order["chat"], order["whom"], str(order.get("status", "administrator"))
        )
        return {}

    def do_silence_bot(self, order: Json) -> Json:
        """person, chat, [silent]"""
        self._people.silence_bot(order["person"], order["chat"], silent=bool(order.get("silent", True)))
        return {}

    def do_open_topic(self, order: Json) -> Json:
        """person, chat, name"""
        return {"thread": self._people.open_topic(order["person"], order["chat"], str(order["name"]))}

    def do_close_topic(self, order: Json) -> Json:
        """person, chat, thread"""
        self._people.close_topic(order["person"], order["chat"], order["thread"])
        return {}

    def do_migrate(self, order: Json) -> Json:
        """person, chat"""
        return {"chat": self._people.migrate(order["person"], order["chat"]).id}

    # --- for tests and training

    def do_create_people(self, order: Json) -> Json:
        """count, [language], [started], [first_id]"""
        ids = self._people.create(
            int(order["count"]),
            language=str(order.get("language", "ru")),
            started=bool(order.get("started", True)),
            first_id=order.get("first_id"),
        )
        return {"people": ids}

    def do_fault(self, order: Json) -> Json:
        """kind, [method], [chat_id], [count], [skip], [retry_after], [status], [seconds]"""
        self._faults.order(fault_from(order))
        return {"standing": self._faults.standing()}

    def do_clear_faults(self, _order: Json) -> Json:
        """Takes all faults back."""
        self._faults.clear()
        return {}

    def do_limits(self, order: Json) -> Json:
        """[enabled], and any field of `Pace`"""
        self._telegram.limits.configure(**order)
        return {"enabled": self._telegram.limits.enabled}


def _release(order: Json) -> Release | str:
    if order.get("prepared"):
        return str(order["prepared"])
    text = str(order.get("text", "")).strip()
    lead = text.split("\n\n")[0] if text else ""
    release = Release(str(order["title"]).strip(), lead, text or lead)
    return replace(release, language="ky" if order.get("language") == "ky" else "ru")
