"""Everything that hearing needs, opened together and closed together: the web, the reading process, the tagger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from feeds.backfill import Backfiller
from feeds.fetch import Web
from feeds.filing import Filing
from feeds.refresh import Refreshed, Refresher
from feeds.rules import RegistryTagger
from feeds.worker import Reader
from storage.database import Database
from storage.registry import Registry
from storage.releases import Releases
from storage.sources import Sources
from storage.topic_rules import TopicRules


@dataclass(frozen=True)
class Listening:
    """What hears: used by the ticks, the staff's dialogues and the command line alike."""

    web: Web
    reader: Reader
    sources: Sources
    filing: Filing
    refresher: Refresher
    tagger: RegistryTagger

    def backfiller(self) -> Backfiller:
        """What walks back through archives."""
        return Backfiller(
            web=self.web,
            reader=self.reader,
            sources=self.sources,
            filing=self.filing,
            refresher=self.refresher,
            clock=lambda: datetime.now(UTC),
        )

    async def refresh_due(self, now: datetime) -> tuple[Refreshed, ...]:
        """Fetches every source whose time has come."""
        await self.tagger.renew()
        return await self.refresher.refresh_due(now)

    async def refresh(self, slug: str, now: datetime) -> Refreshed:
        """Fetches one source now, due or not; raises UnknownSource."""
        await self.tagger.renew()
        return await self.refresher.refresh(await self.sources.get(slug), now)


@asynccontextmanager
async def listening(
    database: Database, registry: Registry, allowed_hosts: Collection[str] = ()
) -> AsyncIterator[Listening]:
    """Opens what hearing needs.  `allowed_hosts` may be fetched though they are inside the operator's network."""
    reader = Reader()
    sources, tagger = Sources(database), RegistryTagger(registry, TopicRules(database))
    await tagger.renew()
    try:
        async with Web(allowed_hosts=allowed_hosts) as web:
            filing = Filing(Releases(database), tagger)
            refresher = Refresher(web=web, reader=reader, sources=sources, filing=filing)
            yield Listening(web, reader, sources, filing, refresher, tagger)
    finally:
        await reader.close()
