"""A small invented town: a partner that publishes and chats that subscribe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from storage.cadence import Cadence
from storage.database import Database
from storage.languages import Language, Names
from storage.models import ChatRow, DeliveryRow, MessageReleaseRow, MessageRow, TopicRow
from storage.planning_values import Place
from storage.releases import NewRelease, Releases, ReleaseTags
from storage.sources import SourceDefinition, Sources
from storage.subscribers import Chat, ChatKind, Subscribers, What

TOPICS = {
    "women_leaders": {"ru": "Женщины-лидеры", "ky": "Лидер аялдар", "en": "Women leaders"},
    "local_initiatives": {
        "ru": "Местные инициативы",
        "ky": "Жергиликтүү демилгелер",
        "en": "Local initiatives",
    },
    "pser": {"ru": "ПСЭР", "ky": "СЭӨП", "en": "Development programmes"},
}
PSER = What(topic="pser")
WOMEN = What(topic="women_leaders")


@dataclass
class Town:
    """The database of the town, with one source, `herald`."""

    database: Database
    source_id: int = 0
    published: int = 0
    subscribers: Subscribers = field(init=False)

    def __post_init__(self) -> None:
        self.subscribers = Subscribers(self.database)

    async def found(self, now: datetime) -> None:
        """Makes the source and names the topics."""
        definition = SourceDefinition(
            "herald", Names("Вестник Тестового", "Сыноо жарчысы"), "feed", "https://herald.example/feed"
        )
        self.source_id = (await Sources(self.database).put(definition, now)).id
        async with self.database.write() as session:
            for position, (slug, names) in enumerate(TOPICS.items()):
                await session.merge(TopicRow(slug=slug, names=names, position=position))

    async def publish(
        self, now: datetime, *topics: str, territories: Sequence[str] = (), **fields: Any
    ) -> int:
        """Publishes a release about some topics and returns its number."""
        self.published += 1
        number = self.published
        values: dict[str, Any] = {
            "title": f"Выпуск {number} о делах посёлка",
            "lead": f"Сход жителей обсудил вопрос номер {number}.",
            "url": f"https://herald.example/{number}",
            "published_at": now,
            "language": "ru",
            **fields,
        }
        release = NewRelease(
            identity=f"herald-{number}",
            content_hash=str(number),
            tags=ReleaseTags(topics=topics, territories=tuple(territories)),
            **values,
        )
        (id_,) = await Releases(self.database).store(self.source_id, [release], now)
        return id_

    async def settle(
        self,
        chat_id: int,
        now: datetime,
        *whats: What,
        cadence: Cadence = "instant",
        kind: ChatKind = "private",
        language: Language = "ru",
        thread_id: int | None = None,
    ) -> Chat:
        """A chat comes and subscribes, of a forum in one of its topics."""
        await self.subscribers.greet(chat_id, kind, language, now)
        await self.subscribers.choose_language(chat_id, language)
        await self.subscribers.choose_cadence(chat_id, cadence, now)
        for what in whats:
            await self.subscribers.subscribe(chat_id, what, now, thread_id=thread_id)
        chat = await self.subscribers.get(chat_id)
        assert chat
        return chat

    async def people(
        self, chat_ids: Iterable[int], now: datetime, languages: Sequence[Language] = ("ru",)
    ) -> None:
        """Chats that nobody has anything to tell yet, made all at once."""
        rows = [
            {
                "id": chat_id,
                "kind": "private",
                "language": languages[number % len(languages)],
                "timezone": "Asia/Bishkek",
                "state": "active",
                "state_at": now,
                "created_at": now,
            }
            for number, chat_id in enumerate(chat_ids)
        ]
        async with self.database.write() as session:
            await session.execute(insert(ChatRow), rows)

    async def told(self) -> dict[int, list[int]]:
        """Every release that each chat has been told of, with repetitions."""
        query = select(DeliveryRow.chat_id, MessageReleaseRow.release_id).join(
            MessageReleaseRow, MessageReleaseRow.message_id == DeliveryRow.message_id
        )
        told: dict[int, list[int]] = {}
        async with self.database.read() as session:
            for chat_id, release_id in await session.execute(query.where(DeliveryRow.chat_id.is_not(None))):
                told.setdefault(chat_id, []).append(release_id)
        return {chat_id: sorted(releases) for chat_id, releases in told.items()}

    async def told_in_places(self) -> dict[Place, list[int]]:
        """The same by chat and forum topic."""
        query = select(DeliveryRow.chat_id, DeliveryRow.thread_id, MessageReleaseRow.release_id).join(
            MessageReleaseRow, MessageReleaseRow.message_id == DeliveryRow.message_id
        )
        told: dict[Place, list[int]] = {}
        async with self.database.read() as session:
            of_somebody = query.where(DeliveryRow.chat_id.is_not(None))
            for chat_id, thread_id, release_id in await session.execute(of_somebody):
                told.setdefault((chat_id, thread_id), []).append(release_id)
        return {place: sorted(releases) for place, releases in told.items()}

    async def messages(self) -> list[MessageRow]:
        """Everything that was rendered."""
        async with self.database.read() as session:
            rows = list(await session.scalars(select(MessageRow).order_by(MessageRow.id)))
            session.expunge_all()
            return rows

    async def deliveries(self) -> list[DeliveryRow]:
        """Every delivery, in order."""
        async with self.database.read() as session:
            rows = list(await session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))
            session.expunge_all()
            return rows


async def founded(database: Database, now: datetime) -> Town:
    """A town with its source and topics."""
    town = Town(database)
    await town.found(now)
    return town
