"""Reading feeds beside plain feedparser, large pages, and a thousand sources of which few changed."""

from __future__ import annotations

import asyncio
import io
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import psutil
import pytest
from aiohttp import web

from feeds.decode import decode
from feeds.errors import NotAFeed
from feeds.fetch import Politeness, Web
from feeds.filing import Filing
from feeds.items import Item, Page
from feeds.reading import Job, read
from feeds.refresh import Refresher
from feeds.syndication import read_feed
from feeds.tagging import load_rules, tag
from feeds.worker import Reader
from storage.database import Database
from storage.languages import Names
from storage.releases import Releases
from storage.sources import SourceDefinition, Sources
from tests.benchmarks.turns import watched

pytestmark = pytest.mark.benchmark

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
URL = "https://partner.example/feed"
PARAGRAPH = (
    "<p>Органы местного самоуправления <a href='/x?a=1'>обсудили</a> с жителями <b>программу</b> "
    "социально-экономического развития &laquo;айылного аймака&raquo; и выбрали "
    "<i>инициативы</i>, которые профинансирует бюджет.</p>"
)


def rss(items: int, paragraphs: int) -> bytes:
    """A feed as content management systems write it: escaped HTML in each description."""
    one = (
        "<item><title>Новость {0}: айыл өкмөтү</title><link>https://partner.example/n/{0}</link><guid>{0}</guid>"
        "<pubDate>Fri, 20 Nov 2026 09:30:00 +0600</pubDate><description><![CDATA[{1}]]></description></item>"
    )
    body = PARAGRAPH * paragraphs
    inside = "".join(one.format(number, body) for number in range(items))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{inside}</channel></rss>'.encode()
    )


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best processor time of a few runs."""
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize(
    ("items", "paragraphs"), [(30, 6), (100, 10), (400, 10)], ids=["small", "usual", "large"]
)
def test_ours_takes_at_most_half_of_plain_feedparser(items: int, paragraphs: int) -> None:
    data = rss(items, paragraphs)
    theirs = seconds(lambda: feedparser.parse(io.BytesIO(data)))
    ours = seconds(lambda: read_feed(decode(data).text, URL, NOW))
    size = len(data) / 1e6
    print(
        f"\n{items} items, {size:.2f} MB: {ours:.3f} s, feedparser {theirs:.3f} s, ratio {ours / theirs:.2f}"
    )
    entries = feedparser.parse(io.BytesIO(data)).entries
    found = read_feed(decode(data).text, URL, NOW).items
    assert [(one.title, one.url) for one in found] == [(one.title, one.link) for one in entries]
    assert ours <= theirs / 2


def test_two_megabytes_of_feed_and_one_of_page_take_under_a_second() -> None:
    """A page is looked at as what it is: no feed, a long article, or a list of thousands."""
    row = (
        "<div><i>1.11.2026</i> <a href='/n/{0}/novost-{0}'>Новость номер {0} о делах села</a>"
        + PARAGRAPH
        + "</div>"
    )
    files = {
        "feed": rss(1000, 6),
        "article": f"<html><title>Страница</title><body><h1>Большая страница</h1>{PARAGRAPH * 2800}".encode(),
        "list": ("<html><title>Лента</title><body>" + "".join(map(row.format, range(2200)))).encode(),
    }
    for name, data in files.items():
        took = seconds(lambda data=data: read(Job("anything", Page(data, URL), NOW)))  # type: ignore[misc]
        print(f"\n{name} of {len(data) / 1e6:.1f} MB: {took:.2f} s")
        assert len(data) > (2e6 if name == "feed" else 1e6)
        assert took < 1
    with pytest.raises(NotAFeed):
        read(Job("feed", Page(files["article"], URL), NOW))


@pytest.fixture
async def thousand(sqlite_database: Database) -> AsyncIterator[tuple[Database, dict[str, bytes]]]:
    """A thousand feeds on loopback, all known already; every hundredth has something new when asked again."""
    bodies = {f"/{number}": rss(5, 1).replace(b"n/", f"n/{number}-".encode()) for number in range(1000)}

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=bodies[request.path], content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/{number}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await Sources(sqlite_database).fill(
        [SourceDefinition(f"s{path[1:]}", Names(path), "feed", base + path) for path in bodies], NOW
    )
    yield sqlite_database, bodies
    await runner.cleanup()


async def test_a_thousand_sources_of_which_few_changed(
    thousand: tuple[Database, dict[str, bytes]], tmp_path: Path
) -> None:
    database, bodies = thousand
    rules = load_rules()
    reader = Reader()
    releases, sources = Releases(database), Sources(database)
    filing = Filing(releases, lambda title, text: tag(title, text, rules))
    async with Web(allowed_hosts={"127.0.0.1"}, politeness=Politeness(at_once=8)) as out:
        refresher = Refresher(web=out, reader=reader, sources=sources, filing=filing)
        await refresher.refresh_due(NOW, at_once=8)
        for path in list(bodies)[::100]:
            bodies[path] = bodies[path].replace(
                b"<channel>", b"<channel><item><title>New</title><link>/new</link></item>"
            )
        before = await releases.head()
        for source in await sources.all():
            await sources.hurry(source.slug)
        started = time.perf_counter()
        async with watched() as turns:
            done = await refresher.refresh_due(NOW, at_once=16)
        took = time.perf_counter() - started
        memory = psutil.Process().memory_info().rss / 1e6
        held = turns.longest * 1000
        print(
            f"\n1,000 sources, 10 changed: {took:.1f} s, {memory:.0f} MB, loop held for {held:.0f} ms at most"
        )
        assert sum(refreshed.unchanged for refreshed in done) == 990
        assert await releases.head() == before + 10
        await asyncio.sleep(0)
    await reader.close()
    assert took < 20
    assert memory < 200
    assert held < 50


PRESS = Path(__file__).parents[1] / "feeds" / "press"


async def test_a_flood_of_two_hundred_never_holds_the_loop(sqlite_database: Database) -> None:
    """Tagged, compared, stored and indexed; then found unchanged; then changed."""
    rules = load_rules()
    source = await Sources(sqlite_database).put(SourceDefinition("p", Names("P"), "feed", URL), NOW)
    filing = Filing(Releases(sqlite_database), lambda title, text: tag(title, text, rules))
    chance = random.Random(3)
    words = [word for page in sorted(PRESS.glob("*.txt")) for word in page.read_text("utf-8").split()]
    items = [
        Item(
            id=str(number),
            title=f"Новость {number}: айыл окмоту",
            url=f"https://partner.example/{number}",
            body="\n".join(" ".join(chance.choices(words, k=60)) for _ in range(15)),
            published_at=NOW - timedelta(hours=number),
        )
        for number in range(200)
    ]
    changed = [Item(item.id, item.title, item.url, body=f"{item.body} и ещё") for item in items[:40]]
    for name, some in (("new", items), ("unchanged", items), ("changed", changed)):
        started = time.process_time()
        async with watched() as turns:
            await filing.file(source, some, NOW, silent=True)
        took = (time.process_time() - started) / len(some)
        print(
            f"\n{len(some)} {name}: {took * 1000:.1f} ms each, loop held for {turns.longest * 1000:.0f} ms at most"
        )
        assert turns.longest < 0.05
