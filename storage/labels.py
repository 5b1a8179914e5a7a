"""The names of what releases are tagged with and subscribed to, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.languages import Language, Names
from storage.models import RegistryRecordRow, SourceRow, TerritoryRow, TopicRow
from storage.registry.territories import shipped_territories
from storage.registry.topics import shipped_topics

LabelKind = Literal["topic", "territory", "project", "source"]


@dataclass(frozen=True, slots=True)
class Labels:
    """Names by kind and slug, each kind in the order in which it is shown."""

    topic: Mapping[str, Names] = field(default_factory=dict)
    territory: Mapping[str, Names] = field(default_factory=dict)
    project: Mapping[str, Names] = field(default_factory=dict)
    source: Mapping[str, Names] = field(default_factory=dict)

    def name(self, kind: LabelKind, slug: str, language: Language) -> str:
        """The name of a thing in a language; its slug where nobody named it."""
        names: Mapping[str, Names] = getattr(self, kind)
        return names[slug].in_(language) if slug in names else slug

    def position(self, kind: LabelKind, slug: str) -> int:
        """Where a thing stands among those of its kind; after all others where it is not known."""
        slugs = list(getattr(self, kind))
        return slugs.index(slug) if slug in slugs else len(slugs)


async def read_labels(session: AsyncSession) -> Labels:
    """The names as they are now, within a transaction."""
    topics = select(TopicRow.slug, TopicRow.names).order_by(TopicRow.position, TopicRow.slug)
    territories = select(TerritoryRow.slug, TerritoryRow.names).order_by(
        TerritoryRow.position, TerritoryRow.slug
    )
    projects = (
        select(RegistryRecordRow.slug, RegistryRecordRow.names)
        .where(RegistryRecordRow.kind == "project")
        .order_by(RegistryRecordRow.slug)
    )
    sources = select(SourceRow.slug, SourceRow.names).order_by(SourceRow.slug)
    by_kind = []
    for query in (topics, territories, projects, sources):
        rows = await session.execute(query)
        by_kind.append({slug: Names.from_mapping(names) for slug, names in rows})
    return Labels(*by_kind)


async def labels(database: Database) -> Labels:
    """The names as they are now."""
    async with database.read() as session:
        return await read_labels(session)


async def regions(database: Database) -> dict[str, Names]:
    """The names of the oblasts, and of the cities that belong to none, in the order in which they are shown."""
    query = select(TerritoryRow.slug, TerritoryRow.names).where(TerritoryRow.parent.is_(None))
    async with database.read() as session:
        rows = await session.execute(query.order_by(TerritoryRow.position, TerritoryRow.slug))
        return {slug: Names.from_mapping(names) for slug, names in rows}


async def fill_labels(database: Database) -> None:
    """Brings the shipped topics and territories in; what staff renamed or added stays.  Safe to repeat."""
    async with database.write() as session:
        topics = set(await session.scalars(select(TopicRow.slug)))
        session.add_all(
            TopicRow(slug=topic.slug, names=topic.names.as_mapping(), position=topic.position)
            for topic in shipped_topics()
            if topic.slug not in topics
        )
        territories = set(await session.scalars(select(TerritoryRow.slug)))
        session.add_all(
            TerritoryRow(
                slug=territory.slug,
                parent=territory.parent,
                kind=territory.kind,
                names=territory.names.as_mapping(),
                position=position,
            )
            for position, territory in enumerate(shipped_territories())
            if territory.slug not in territories
        )
