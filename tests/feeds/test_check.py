"""What would be read is shown, from addresses and from files; and a site is looked over for what it offers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.i18n import translation
from feeds.check import as_json, check
from feeds.discover import discover
from feeds.errors import FeedError, NoFile, NotFound, Refused, TooLarge
from feeds.fetch import Web
from feeds.health import in_words
from feeds.items import Rule
from feeds.worker import Reader
from tests.feeds.conftest import Partner
from tests.feeds.test_pages import journal, listing

RSS = (
    "<rss version='2.0'><channel><title>Лента</title><item><title>Новость</title><link>/n/1</link><guid>g</guid>"
    "<pubDate>20.11.2026</pubDate></item></channel></rss>"
)


async def test_a_feed_is_shown_as_it_would_be_read(
    partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    partner.says("/feed", RSS)
    url = f"{partner.url}/feed"
    assert as_json(url, await check(url, web=out, reader=reader, now=now)) == {
        "source": url,
        "kind": "feed",
        "title": "Лента",
        "items": [{"id": "g", "title": "Новость", "url": f"{partner.url}/n/1", "date": "2026-11-20"}],
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("name", "text", "kind", "count"),
    [
        ("feed.xml", RSS, "feed", 1),
        ("list.html", f'<base href="https://journal.example/ru/">{listing()}', "listing", 10),
        ("bare-list.html", listing(), "listing", 10),
        ("article.html", journal(), "article", 1),
        ("other.txt", "просто слова", "none", 0),
    ],
)
async def test_files_are_told_apart(
    tmp_path: Path, out: Web, reader: Reader, now: datetime, name: str, text: str, kind: str, count: int
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    heard = await check(str(path), web=out, reader=reader, now=now)
    assert (heard.kind, len(heard.items)) == (kind, count)


async def test_a_rule_is_tried_without_storing(
    partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    partner.says("/", listing())
    rule = Rule(item_pattern=r"/full/1[0-4]\.html")
    heard = await check(f"{partner.url}/", web=out, reader=reader, now=now, rule=rule)
    assert (heard.kind, len(heard.items)) == ("listing", 5)


async def test_a_target_that_cannot_be_read_is_an_error(
    tmp_path: Path, partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    with pytest.raises(NoFile, match=r"missing\.xml"):
        await check(str(tmp_path / "missing.xml"), web=out, reader=reader, now=now)
    with pytest.raises(NotFound):
        await check(f"{partner.url}/missing", web=out, reader=reader, now=now)


async def test_an_announced_feed_is_proposed_before_the_list(
    partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    partner.says("/", '<link rel="alternate" type="application/rss+xml" href="/lenta.xml">' + listing())
    partner.says("/lenta.xml", RSS)
    found = await discover(f"{partner.url}/", web=out, reader=reader, now=now)
    assert [(one.kind, one.url) for one in found] == [
        ("feed", f"{partner.url}/lenta.xml"),
        ("listing", f"{partner.url}/"),
    ]
    assert found[1].rule.item_pattern and len(found[1].items) == 10


async def test_a_feed_in_the_usual_place_is_found(
    partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    partner.says("/", "<h1>Сайт</h1>")
    partner.says("/rss.xml", RSS)
    (only,) = await discover(f"{partner.url}/", web=out, reader=reader, now=now)
    assert (only.kind, only.url) == ("feed", f"{partner.url}/rss.xml")


async def test_a_feed_itself_needs_no_search(
    partner: Partner, out: Web, reader: Reader, now: datetime
) -> None:
    partner.says("/feed", RSS)
    (only,) = await discover(f"{partner.url}/feed", web=out, reader=reader, now=now)
    assert only.kind == "feed" and partner.paths() == ["/feed"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused(host="a.example", status=403), "a.example не показывает страницу (ответ 403)."),
        (TooLarge(megabytes=5), "Страница больше 5 МБ."),
        (NotFound(), "По этому адресу страницы нет."),
    ],
)
def test_a_stored_trouble_is_told_in_the_readers_language(error: FeedError, expected: str) -> None:
    assert in_words(error.code, str(error), translation("ru").gettext) == expected


def test_a_trouble_of_an_older_version_is_told_as_it_was_stored() -> None:
    assert in_words("feeds.refused", "other words", translation("ru").gettext) == "other words"
    assert in_words("unknown", "words", translation("ru").gettext) == "words"
    assert in_words(None, None, translation("ru").gettext) == ""
