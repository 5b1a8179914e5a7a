"""What is said to people who are not here now: staff, and those whose question was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aiogram import Bot

from bot.i18n import Translation, translation
from handlers.dependencies import Dependencies
from handlers.outgoing import answer_with, as_part
from handlers.screens import Screen
from storage.deliveries import MessageKind
from storage.languages import Language
from storage.parts import Lane, Part
from storage.questions import Answered
from storage.subscribers import Chat


class Mail:
    """Puts messages to single people into the outbox, and wakes the sender."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def tell_staff(self, screen: Callable[[Translation], Screen]) -> int:
        """Tells staff what `screen` shows in a language; returns how many chats that is.

        They are told in their common chat, or each in private.  Who never wrote to the bot cannot be told.
        """
        readers = await self._staff_chats()
        for language, chat_ids in readers.items():
            await self._send("notice", language, screen(translation(language)), chat_ids)
        return sum(len(chat_ids) for chat_ids in readers.values())

    async def bring(
        self, chats: Iterable[Chat], screen: Callable[[Translation], Screen], before: Sequence[Part] = ()
    ) -> None:
        """Brings each of these chats what `screen` shows in its language, after the messages `before` it."""
        for chat in chats:
            part = as_part(screen(translation(chat.language)))
            await self._send_parts("notice", chat.language, (*before, part), [chat.id])

    async def hand_over(self, bot: Bot, answered: Answered) -> None:
        """Sees off what the desk has recorded for an asker: by the outbox, where it waits, or past it.

        Past it is for somebody who stopped the news and still gets an answer: the outbox does not write to them.
        """
        chat_id = answered.question.chat_id
        if answered.way == "outbox":
            self._deps.poke()
        elif answered.way == "past the outbox" and chat_id is not None:
            await answer_with(bot, answered.parts, chat_id, answered.question.thread_id)

    async def _send(self, kind: MessageKind, language: Language, screen: Screen, chat_ids: list[int]) -> None:
        await self._send_parts(kind, language, [as_part(screen)], chat_ids)

    async def _send_parts(
        self, kind: MessageKind, language: Language, parts: Sequence[Part], chat_ids: list[int]
    ) -> None:
        now = self._deps.clock()
        await self._deps.deliveries.send(kind, language, parts, chat_ids, Lane.REPLIES, now)
        self._deps.poke()

    async def _staff_chats(self) -> dict[Language, list[int]]:
        members = await self._deps.staff.all()
        common = self._deps.staff_chat_id
        readers: dict[Language, list[int]] = {}
        for chat_id in [common] if common else [member.user_id for member in members]:
            if chat := await self._deps.subscribers.get(chat_id):
                readers.setdefault(chat.language, []).append(chat.id)
        return readers
