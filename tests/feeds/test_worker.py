"""Parsing happens in a process of its own, and what it breaks is its own."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest

from feeds import reading
from feeds.errors import NotAFeed, ReaderFailed
from feeds.items import Page
from feeds.reading import Job
from feeds.worker import Reader

FEED = b"<rss version='2.0'><channel><title>T</title><item><title>One</title><link>https://a.example/1</link></item></channel></rss>"


def job(now: datetime, body: bytes = FEED) -> Job:
    return Job("feed", Page(body, "https://a.example/feed"), now)


def large(now: datetime) -> Job:
    item = (
        "<item><title>Заголовок %d</title><link>https://a.example/%d</link><description>"
        + "слово " * 150
        + "</description></item>"
    )
    items = "".join(item % (number, number) for number in range(1200))
    return job(now, f"<rss version='2.0'><channel>{items}</channel></rss>".encode())


async def test_a_feed_is_read_in_another_process(reader: Reader, now: datetime) -> None:
    heard = await reader.read(job(now))
    assert [item.title for item in heard.items] == ["One"]
    assert reader.pid not in (None, os.getpid())


async def test_an_error_comes_back_as_itself(reader: Reader, now: datetime) -> None:
    with pytest.raises(NotAFeed):
        await reader.read(job(now, b"hello"))
    assert (await reader.read(job(now))).kind == "feed"


async def test_the_event_loop_goes_on_while_a_large_feed_is_parsed(reader: Reader, now: datetime) -> None:
    await reader.read(job(now))
    loop = asyncio.get_running_loop()
    reading_it = asyncio.create_task(reader.read(large(now)))
    longest = 0.0
    while not reading_it.done():
        before = loop.time()
        cpu = time.thread_time()
        await asyncio.sleep(0.002)
        longest = max(longest, min(loop.time() - before, time.thread_time() - cpu))
    assert len((await reading_it).items) == 1200
    assert longest < 0.05


async def test_a_crash_is_an_error_of_that_job_and_the_next_one_has_a_new_process(now: datetime) -> None:
    reader = Reader()
    try:
        await reader.read(job(now))
        assert reader.pid is not None
        first = reader.pid
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ReaderFailed):
            await reader.read(job(now))
        assert (await reader.read(job(now))).kind == "feed"
        assert reader.pid != first
    finally:
        await reader.close()


async def test_a_job_that_takes_too_long_is_ended(now: datetime) -> None:
    reader = Reader(timeout_seconds=20)
    try:
        await reader.read(job(now))
        slow = reader.pid
        reader._timeout = 0.01
        with pytest.raises(ReaderFailed):
            await reader.read(large(now))
        reader._timeout = 20
        assert (await reader.read(job(now))).kind == "feed"
        assert reader.pid != slow
    finally:
        await reader.close()


async def test_a_cancelled_job_does_not_leave_its_answer_to_the_next(now: datetime) -> None:
    reader = Reader()
    try:
        await reader.read(job(now))
        cancelled = asyncio.create_task(reader.read(large(now)))
        await asyncio.sleep(0.02)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert len((await reader.read(job(now))).items) == 1
    finally:
        await reader.close()


async def test_the_process_stays_small_and_ends_with_its_reader(now: datetime) -> None:
    reader = Reader()
    article = (
        "<html><h1>Заголовок статьи о жителях</h1>"
        + "<p>Жители села собрались и обсудили свои дела вместе.</p>" * 30
    )
    for _ in range(3):
        await reader.read(large(now))
        await reader.read(Job("article", Page(article.encode(), "https://a.example/1"), now))
    pid = reader.pid
    if pid is not None:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        assert resident < 100_000
    await reader.close()
    assert pid is None or not Path(f"/proc/{pid}").exists()


async def test_closing_twice_or_before_the_first_job_does_no_harm() -> None:
    reader = Reader()
    await reader.close()
    await reader.close()
    assert reader.pid is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FEED, "feed"),
        (b"hello", "none"),
        (b"<html><title>x</title><p>short</p></html>", "none"),
    ],
)
def test_what_a_page_is_gets_found_out(now: datetime, body: bytes, kind: str) -> None:
    assert reading.read(Job("anything", Page(body, "https://a.example/"), now)).kind == kind
