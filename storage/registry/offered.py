"""The topics that people can choose: those shipped and those that staff made, as they are named now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.languages import Names
from storage.models import DataVersionRow, TopicRow
from storage.registry.records import Topic
from storage.registry.topics import shipped_topics

PART = "topics"
"""The counter that grows with every change of a topic."""


class OfferedTopics:
    """The names of the topics by slug, in the order in which they are offered.

    Kept in memory, and read again when a topic was made, renamed or taken back, by whichever instance of the program.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._names: Mapping[str, Names] = {}

    async def names(self) -> Mapping[str, Names]:
        """As they are now; what is returned never changes afterwards.  One small query where nothing is new."""
        async with self._database.read() as session:
            version = await version_of(session)
            if version != self._version:
                self._names = await offered(session)
                self._version = version
        return self._names


async def version_of(session: AsyncSession) -> int:
    """How often topics have been changed."""
    row = await session.get(DataVersionRow, PART)
    return row.version if row else 0


async def offered(session: AsyncSession) -> dict[str, Names]:
    """The topics that have rules, within a transaction.  One that was taken back keeps its name, and is not offered."""
    rows = await session.scalars(select(TopicRow).order_by(TopicRow.position, TopicRow.slug))
    return {
        row.slug: Names.from_mapping(row.names)
        for row in rows
        if row.rules is not None or row.slug in shipped_names()
    }


@cache
def shipped_names() -> Mapping[str, Names]:
    """The names of the shipped topics."""
    return {topic.slug: topic.names for topic in shipped_topics()}


def as_offered(known: Iterable[Topic], names: Mapping[str, Names]) -> tuple[Topic, ...]:
    """Topics by the names that people ask for, those of staff beside those known, each called as it is now.  Pure."""
    kept = tuple(replace(topic, names=names.get(topic.slug, topic.names)) for topic in known)
    slugs = {topic.slug for topic in kept}
    return (*kept, *(Topic(slug, called) for slug, called in names.items() if slug not in slugs))
