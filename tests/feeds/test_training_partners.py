"""The sandbox's partners, read over HTTP: every publication whole, with its own date, and copies told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.sandbox.partners import Partners, Publication
from feeds.fetch import Politeness, Web
from feeds.filing import Filing
from feeds.refresh import Refresher
from feeds.tagging import load_rules, tag
from feeds.worker import Reader
from storage.database import Database
from storage.releases import ReleaseFilter, Releases
from storage.sources import SourceDefinition, Sources


@pytest.fixture
async def partners(now: datetime) -> AsyncIterator[Partners]:
    sites = Partners(lambda: now)
    await sites.start()
    yield sites
    await sites.stop()


def published(partners: Partners) -> dict[str, list[Publication]]:
    by_title: dict[str, list[Publication]] = {}
    for publication in partners.archive.publications:
        by_title.setdefault(publication.release.title, []).append(publication)
    return by_title


async def test_all_partners_are_read_as_they_published(
    partners: Partners, sqlite_database: Database, reader: Reader, now: datetime
) -> None:
    sources, releases = Sources(sqlite_database), Releases(sqlite_database)
    rules = load_rules()
    for one in partners.sources():
        rule = {"item_pattern": one.item_pattern} if one.item_pattern else {}
        await sources.put(
            SourceDefinition(one.slug, one.title, one.kind, one.url, language=one.language, rule=rule), now
        )
    async with Web(allowed_hosts={"127.0.0.1"}, politeness=Politeness(at_once=4)) as out:
        refresher = Refresher(
            web=out,
            reader=reader,
            sources=sources,
            filing=Filing(releases, lambda title, text: tag(title, text, rules)),
        )
        done = await refresher.refresh_due(now)
    assert [refreshed.error for refreshed in done] == [None] * len(partners.sources())
    stored = await releases.latest(ReleaseFilter(with_copies=True), limit=500)
    expected = published(partners)
    assert {release.title for release in stored} == set(expected)
    for release in stored:
        about = [
            one
            for one in expected[release.title]
            if one.release.body.split("\n\n")[0].strip() in release.body
        ]
        assert about, release.title
        assert release.language == about[0].release.language, release.title
        assert release.published_at is not None
        assert min(abs(release.published_at - one.at).total_seconds() for one in about) <= 86_400, (
            release.title
        )
        assert "№6 (164)" not in release.body and "Похожие" not in release.body
    copies = sum(len(ones) for ones in expected.values()) - len(stored)
    assert copies >= 0
    assert any(release.duplicate_of for release in stored)
