"""Partner sites, read over real HTTP the way a reader of feeds would."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import feedparser
import pytest
from aiohttp import ClientSession

from bot.sandbox.errors import Impossible
from bot.sandbox.partners import Release
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.conftest import FrozenClock


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as client:
        yield client


async def read(client: ClientSession, url: str) -> bytes:
    async with client.get(url) as response:
        assert response.status == 200
        return await response.read()


def source(sandbox: Sandbox, slug: str) -> str:
    return next(one.url for one in sandbox.partners.sources() if one.slug == slug)


@pytest.mark.parametrize("slug", ["institute", "agency", "gazette"])
async def test_feeds_are_well_formed_and_dated(sandbox: Sandbox, client: ClientSession, slug: str) -> None:
    feed = feedparser.parse(io.BytesIO(await read(client, source(sandbox, slug))))
    assert not feed.bozo
    own = sandbox.partners.archive.on(slug)
    assert [entry.title for entry in feed.entries] == [one.release.title for one in own]
    assert len({entry.id for entry in feed.entries}) == len(own)
    assert all(entry.get("published_parsed") for entry in feed.entries)
    article = (await read(client, feed.entries[0].link)).decode()
    assert own[0].release.paragraphs[-1] in article


async def test_the_listing_is_in_windows_1251_and_links_to_its_articles(
    sandbox: Sandbox, client: ClientSession
) -> None:
    page = (await read(client, source(sandbox, "journal"))).decode("windows-1251")
    pattern = next(one.item_pattern for one in sandbox.partners.sources() if one.slug == "journal")
    assert pattern is not None
    links = [link for link in re.findall(r'href="([^"]+)"', page) if re.search(pattern, link)]
    russian = [one for one in sandbox.partners.archive.on("journal") if one.release.language == "ru"]
    assert len(links) == len(russian)
    assert re.search(r'class="issue">11 \(111\) 20 Ноября 2026<', page)
    article = (await read(client, sandbox.partners.address(russian[0]))).decode("windows-1251")
    day = russian[0].at.astimezone(ZoneInfo("Asia/Bishkek"))
    assert f"{day:%Y-%m-%d} / {russian[0].release.rubric}" in article
    assert "Похожие материалы" in article


async def test_kyrgyz_letters_survive_windows_1251(sandbox: Sandbox, client: ClientSession) -> None:
    page = (await read(client, source(sandbox, "journal-ky"))).decode("windows-1251")
    assert "&#1257;" in page
    assert "ө" not in page


async def test_what_has_not_changed_is_not_sent_again(sandbox: Sandbox, client: ClientSession) -> None:
    url = source(sandbox, "institute")
    async with client.get(url) as first:
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for known in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        async with client.get(url, headers=known) as again:
            assert again.status == 304
    await sandbox.publish("institute", "new-pser-naryn")
    async with client.get(url, headers={"If-None-Match": etag}) as changed:
        assert changed.status == 200
        assert "до 2030 года" in await changed.text()


async def test_a_published_release_is_first_and_new_each_time(
    sandbox: Sandbox, client: ClientSession, clock: FrozenClock
) -> None:
    addresses = []
    for _ in range(2):
        addresses.append(
            await sandbox.publish("journal", Release("Своя новость", "Начало.", "Начало.\n\nДальше."))
        )
        clock.advance(5)
    assert len(set(addresses)) == 2
    page = (await read(client, source(sandbox, "journal"))).decode("windows-1251")
    assert page.index("Своя новость") < page.index("Шесть районов")


async def test_what_is_not_there_is_refused(sandbox: Sandbox, client: ClientSession) -> None:
    with pytest.raises(Impossible):
        await sandbox.publish("nowhere", "new-pser-naryn")
    with pytest.raises(Impossible):
        await sandbox.publish("journal", "no-such-release")
    async with client.get(sandbox.partners.url("gazette") + "nothing") as response:
        assert response.status == 404


def test_the_releases_cover_what_the_bot_must_tell_apart(sandbox: Sandbox, clock: FrozenClock) -> None:
    publications = sandbox.partners.archive.publications
    topics = Counter(topic for one in publications for topic in one.release.topics)
    assert min(topics["women_leaders"], topics["local_initiatives"], topics["pser"]) >= 5
    assert sum(not one.release.topics for one in publications) >= 8
    assert sum(one.release.language == "ky" for one in publications) >= 8
    assert len({one.id for one in publications}) == len(publications) >= 28
    assert all(clock() - timedelta(days=14) < one.at < clock() for one in publications)
    oblasts = ("Баткен", "Джалал-Абад", "Иссык-Куль", "Нарын", "Ошск", "Талас", "Чуй")
    text = " ".join(f"{one.release.title} {one.release.body}" for one in publications)
    assert all(oblast in text for oblast in oblasts)
