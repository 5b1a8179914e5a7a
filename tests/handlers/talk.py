"""Speaking with the bot as people do, and reading what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.announcements import AnnouncementDesk
from bot.listening import Listening, listening
from bot.sandbox.api import Api
from bot.sandbox.faults import Faults
from bot.sandbox.limits import FloodLimits
from bot.sandbox.model import Telegram
from bot.sandbox.people import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, People
from bot.sandbox.records import Message
from bot.sandbox.session import SandboxSession
from handlers import Dependencies, build_dispatcher
from handlers.moved_groups import MovedGroups
from handlers.outgoing import method
from storage.conversations import Conversations
from storage.database import Database
from storage.deliveries import Claim, Deliveries, Verdict
from storage.labels import regions
from storage.languages import Names
from storage.questions import Questions
from storage.registry import Registry
from storage.releases import NewRelease, Releases, ReleaseTags
from storage.sources import SourceDefinition, Sources
from storage.staff import Staff
from storage.subscribers import Subscribers


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Talk:
    """The bot, the people, and what they see."""

    telegram: Telegram
    people: People
    bot: Bot
    dispatcher: Dispatcher
    deps: Dependencies
    clock: Clock
    faults: Faults
    refreshed: list[str | None] = field(default_factory=list)
    pokes: list[datetime] = field(default_factory=list)
    expected_failures: int = 0
    _offset: int = 0

    async def say(self, text: str, who: int = OFFICIAL_ID, chat: int | None = None, **how: Any) -> None:
        """Writes to the bot and lets it answer."""
        self.people.say(who, text, chat, **how)
        await self.answered()

    async def start(self, payload: str = "", who: int = OFFICIAL_ID) -> None:
        """Opens the bot by its link."""
        self.people.start(who, payload)
        await self.answered()

    async def press(self, text: str, who: int = OFFICIAL_ID, chat: int | None = None) -> None:
        """Presses the button that says this, on the newest message that has it."""
        where = chat if chat is not None else who
        for message in reversed(self.messages(where)):
            if text in buttons(message):
                self.people.press(who, where, message.id, text=text)
                await self.answered()
                return
        raise AssertionError(f"no button says {text!r}; the last message has {self.buttons(where)}")

    async def press_beside(self, text: str, who: int = OFFICIAL_ID) -> None:
        """Presses the button to the right of the one that says this."""
        message = self.last(who)
        for row in (message.markup or {}).get("inline_keyboard", []):
            for here, beside in pairwise(row):
                if here["text"] == text:
                    await self.press_data(beside["callback_data"], message, who)
                    return
        raise AssertionError(f"nothing stands beside {text!r}; the last message has {self.buttons(who)}")

    async def press_data(self, data: str, message: Message, who: int = OFFICIAL_ID) -> None:
        """Presses a button by what it carries."""
        self.people.press(who, message.chat_id, message.id, data=data)
        await self.answered()

    async def press_out_of_sight(self, text: str, who: int = OFFICIAL_ID, chat: int | None = None) -> None:
        """Presses a button on a message so old that Telegram hides it from the bot."""
        where = chat if chat is not None else who
        message = next(one for one in reversed(self.messages(where)) if text in buttons(one))
        rows = (message.markup or {})["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == text)
        hidden = {
            "chat": self.telegram.chat_json(self.telegram.chats[where]),
            "message_id": message.id,
            "date": 0,
        }
        self.people.press(who, where, message.id, data=data)
        await self.answered(hiding=hidden)

    async def answered(self, hiding: dict[str, Any] | None = None) -> None:
        """Hands every waiting update to the dispatcher; what was pressed stands, where given, on a hidden message."""
        while updates := await self.telegram.queue.poll(self._offset, 100, 0):
            for raw in updates:
                self._offset = raw["update_id"] + 1
                if hiding is not None:
                    raw["callback_query"]["message"] = hiding
                update = Update.model_validate(raw, context={"bot": self.bot})
                await self.dispatcher.feed_update(self.bot, update)

    async def delivered(self) -> None:
        """Sends what waits in the outbox, as the sender would."""
        while claims := await self.deps.deliveries.claim(self.clock(), 100):
            sent = [await self._sent(claim) for claim in claims]
            await self.deps.deliveries.record(sent, self.clock())

    async def _sent(self, claim: Claim) -> Verdict:
        told: Any = await self.bot(method(claim.part, claim.chat_id, claim.thread_id))
        several = told if isinstance(told, list) else [told]
        ids = claim.telegram_message_ids + tuple(
            each.message_id for each in several if hasattr(each, "message_id")
        )
        if claim.is_last_part:
            return Verdict(claim.id, "sent", telegram_message_ids=ids)
        following = claim.part_number + 1
        return Verdict(claim.id, "pending", self.clock(), following, telegram_message_ids=ids)

    def messages(self, chat: int = OFFICIAL_ID) -> list[Message]:
        """What the bot has said in a chat."""
        said = self.telegram.chats[chat].messages.values()
        return [one for one in said if one.sender == self.telegram.bot.id and not one.deleted]

    def last(self, chat: int = OFFICIAL_ID) -> Message:
        """What the bot said last."""
        return self.messages(chat)[-1]

    def text(self, chat: int = OFFICIAL_ID) -> str:
        """The text of what the bot said last."""
        content = self.last(chat).content
        return str(content.get("text") or content.get("caption") or "")

    def buttons(self, chat: int = OFFICIAL_ID) -> list[str]:
        """The buttons under what the bot said last."""
        return buttons(self.last(chat))

    def notices(self) -> list[Any]:
        """What was shown over the chat when buttons were pressed, oldest first."""
        return [callback.answer for callback in self.telegram.callbacks.values()]

    async def publish(self, title: str, topic: str, days_ago: float = 1, **tags: Any) -> int:
        """A partner publishes a release."""
        source = await self.deps.sources.get("example-journal")
        published = self.clock() - timedelta(days=days_ago)
        release = NewRelease(
            identity=title,
            title=title,
            language="ru",
            content_hash=title,
            url=f"https://journal.example/{abs(hash(title))}",
            lead="Короткое начало новости.",
            published_at=published,
            tags=ReleaseTags(topics=(topic,), **tags),
        )
        return (await self.deps.releases.store(source.id, [release], self.clock()))[0]


@asynccontextmanager
async def talking(database: Database, now: datetime) -> AsyncIterator[Talk]:
    """The conversations over a ready database, with one more source, the sandbox's cast, and no limits of pace."""
    clock = Clock(now)
    telegram = Telegram(clock=clock, limits=FloodLimits(clock, enabled=False))
    people = People(telegram)
    people.enter()
    faults = Faults()
    bot = Bot(telegram.token, session=SandboxSession(Api(telegram, faults)))
    bot.session.middleware(MovedGroups())
    journal = SourceDefinition(
        "example-journal", Names(ru="Айыл журналы"), "feed", "https://journal.example/rss"
    )
    await Sources(database).fill([journal], now)
    async with listening(database, Registry(database), {"127.0.0.1"}) as hearing:
        refreshed: list[str | None] = []
        pokes: list[datetime] = []
        deps = await dependencies(database, clock, hearing, refreshed, pokes)
        yield Talk(telegram, people, bot, build_dispatcher(deps), deps, clock, faults, refreshed, pokes)
    await bot.session.close()


async def dependencies(
    database: Database,
    clock: Clock,
    hearing: Listening,
    refreshed: list[str | None],
    pokes: list[datetime],
) -> Dependencies:
    """What the roof hands in, over a test's database."""

    async def refresh_now(slug: str | None) -> None:
        refreshed.append(slug)

    return Dependencies(
        database=database,
        subscribers=Subscribers(database, language="ru"),
        releases=Releases(database),
        deliveries=Deliveries(database),
        registry=Registry(database),
        questions=Questions(database),
        staff=Staff(database, [STAFF_ID]),
        sources=hearing.sources,
        announcements=AnnouncementDesk(database, lambda: pokes.append(clock())),
        hearing=hearing,
        conversations=Conversations(database),
        territories=await regions(database),
        clock=clock,
        poke=lambda: pokes.append(clock()),
        refresh_now=refresh_now,
        sends_per_second=25,
    )


def buttons(message: Message) -> list[str]:
    """The texts of the buttons under a message."""
    rows = (message.markup or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


__all__ = ["CITIZEN_ID", "OFFICIAL_ID", "STAFF_ID", "Clock", "Talk", "buttons", "talking"]
