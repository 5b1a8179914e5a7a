"""A refresher with everything real behind it, and a partner whose feed and list a test writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from feeds.fetch import Web
from feeds.filing import Filing
from feeds.refresh import Refreshed, Refresher
from feeds.tagging import Tags
from feeds.worker import Reader
from storage.database import Database
from storage.languages import Names
from storage.releases import Releases
from storage.sources import Source, SourceDefinition, Sources
from tests.feeds.conftest import Partner

HOUR = timedelta(hours=1)
WORDS = (
    "жители",
    "собрались",
    "школе",
    "решили",
    "построить",
    "водопровод",
    "вместе",
    "айыл",
    "окмоту",
    "бюджет",
)


def prose(seed: int, paragraphs: int = 3) -> str:
    """A text of its own for every seed."""
    return "\n".join(
        " ".join(
            f"{WORDS[(seed * 7 + n * (seed % 5 + 1)) % len(WORDS)]}{seed * n}" for n in range(part, part + 24)
        )
        + "."
        for part in range(paragraphs)
    )


def tagger(title: str, text: str) -> Tags:
    return Tags(topics=("pser",) if "ПСЭР" in f"{title} {text}" else ())


@dataclass
class House:
    """A refresher with everything real behind it."""

    partner: Partner
    sources: Sources
    releases: Releases
    refresher: Refresher
    filing: Filing

    async def add(self, slug: str = "partner", kind: str = "feed", path: str = "/feed") -> Source:
        rule = {"item_pattern": r"/a/\d+\.html"} if kind == "listing" else {}
        return await self.sources.put(
            SourceDefinition(
                slug,
                Names(slug),
                "listing" if kind == "listing" else "feed",
                self.partner.url + path,
                rule=rule,
            ),
            datetime(2026, 11, 1, tzinfo=UTC),
        )

    async def refresh(self, now: datetime, slug: str = "partner") -> Refreshed:
        return await self.refresher.refresh(await self.sources.get(slug), now)

    def feed(self, *numbers: int, path: str = "/feed", date: str = "20.11.2026", **texts: str) -> None:
        items = "".join(
            f"<item><guid>{path}{n}</guid><title>Новость {n}</title><link>{path}/{n}</link><pubDate>{date}</pubDate>"
            f"<description>{texts.get(f'text{n}') or prose(n)}</description></item>"
            for n in numbers
        )
        self.partner.says(
            path, f"<rss version='2.0'><channel>{items}</channel></rss>", Content_Type="application/rss+xml"
        )

    def listing(self, *numbers: int) -> None:
        links = "".join(f"<li><a href=/a/{n}.html>Заголовок новости номер {n}</a></li>" for n in numbers)
        self.partner.says("/list", f"<html><title>Новости</title><ul>{links}</ul></html>")
        for n in numbers:
            body = "".join(f"<p>{line}</p>" for line in prose(n).split("\n"))
            self.partner.says(
                f"/a/{n}.html", f"<html><h1>Заголовок новости номер {n}</h1><p>19.11.2026</p>{body}</html>"
            )


@pytest.fixture
async def house(
    sqlite_database: Database, partner: Partner, out: Web, reader: Reader
) -> AsyncIterator[House]:
    sources, releases = Sources(sqlite_database), Releases(sqlite_database)
    filing = Filing(releases, tagger)
    refresher = Refresher(web=out, reader=reader, sources=sources, filing=filing, chance=lambda: 0.5)
    yield House(partner, sources, releases, refresher, filing)
