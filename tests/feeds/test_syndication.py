"""RSS, Atom, RDF and JSON Feed become items, mistakes included."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from feeds.errors import NotAFeed
from feeds.items import Enclosure, Heard
from feeds.syndication import looks_like_feed, read_feed

URL = "https://partner.example/news/feed.xml"


def heard(text: str, now: datetime) -> Heard:
    return read_feed(text, URL, now)


def rss(*items: str, channel: str = "<title>Партнёр</title>") -> str:
    inside = channel + "".join(items)
    return (
        f'<?xml version="1.0" encoding="windows-1251"?><rss version="2.0"><channel>{inside}</channel></rss>'
    )


def test_an_rss_item_is_read_whole(now: datetime) -> None:
    item = """<item><title>Айыл &amp;laquo;Үлгү&amp;raquo; &lt;b&gt;жаңыланды&lt;/b&gt;</title>
    <link>../n/1?a=1&amp;b=2</link><guid>g1</guid>
    <pubDate>Fri, 20 Nov 2026 09:30:00 +0600</pubDate><description>Кыскача</description>
    <content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>Биринчи.</p><script>alert(1)</script><p>Экинчи
    сап.</p>]]></content:encoded><enclosure url="/a.pdf" type="application/pdf" length="1"/></item>"""
    feed = heard(rss(item, channel="<title>Партнёр</title><language>ky</language>"), now)
    (only,) = feed.items
    assert (feed.kind, feed.title) == ("feed", "Партнёр")
    assert (only.id, only.url) == ("g1", "https://partner.example/n/1?a=1&b=2")
    assert only.title == "Айыл «Үлгү» жаңыланды"
    assert only.published_at == datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    assert (only.summary, only.body) == ("Кыскача", "Биринчи.\nЭкинчи сап.")
    assert only.enclosures == (Enclosure("https://partner.example/a.pdf", "application/pdf"),)
    assert only.language == "ky"


def test_an_atom_entry_is_read_with_its_bases(now: datetime) -> None:
    feed = heard(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/a/"><title>T</title>
        <entry><id>tag:1</id><title type="html">A &amp;lt;b&amp;gt;</title><link href="b.html"/>
        <link rel="enclosure" type="image/png"
        href="p.png"/><published>2026-11-19T10:00:00Z</published><updated>2026-11-19T12:00:00Z</updated><summary>s</summary></entry></feed>""",
        now,
    )
    (entry,) = feed.items
    assert entry.url == "https://other.example/a/b.html"
    assert entry.image == "https://other.example/a/p.png"
    assert entry.published_at == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 19, 12, tzinfo=UTC)


def test_rdf_and_old_rss_are_feeds_too(now: datetime) -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel>
    <item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link><dc:date>2026-11-01</dc:date></item></rdf:RDF>"""
    old = "<rss version='0.91'><channel><title>O</title><item><title>Old</title><link>https://a.example/2</link></item></channel></rss>"
    assert [item.title for item in heard(rdf, now).items] == ["One"]
    assert heard(rdf, now).items[0].published_at == datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert [item.id for item in heard(old, now).items] == ["https://a.example/2"]


def test_a_json_feed_is_read(now: datetime) -> None:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "language": "ru",
        "items": [
            {
                "id": 7,
                "url": "/7",
                "title": "Семь",
                "content_html": "<p>Текст</p>",
                "date_published": "2026-11-01T00:00:00Z",
                "attachments": [{"url": "/f.pdf", "mime_type": "application/pdf"}],
            },
            "not an item",
            {"content_text": "Без заголовка и адреса"},
        ],
    }
    first, second = heard(json.dumps(data), now).items
    assert (first.id, first.url, first.body, first.language) == (
        "7",
        "https://partner.example/7",
        "Текст",
        "ru",
    )
    assert first.enclosures[0].url == "https://partner.example/f.pdf"
    assert second.title == "Без заголовка и адреса"


def test_a_repeated_guid_is_no_identity(now: datetime) -> None:
    items = [
        f"<item><guid isPermaLink='false'>same</guid><title>T{n}</title><link>/n/{n}</link></item>"
        for n in range(3)
    ]
    ids = [item.id for item in heard(rss(*items), now).items]
    assert len(set(ids)) == 3
    assert ids == [item.id for item in heard(rss(*reversed(items)), now).items][::-1]


def test_an_item_without_guid_and_link_is_known_by_what_it_says(now: datetime) -> None:
    first, again = (heard(rss("<item><title>Только слова</title></item>"), now).items for _ in range(2))
    assert first[0].id == again[0].id
    assert first[0].id.startswith("text:")


def test_the_same_item_twice_is_one(now: datetime) -> None:
    item = "<item><title>Один</title><link>/n/1</link></item>"
    assert len(heard(rss(item, item), now).items) == 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("02.09.2024", datetime(2024, 9, 1, 18, tzinfo=UTC)),
        ("2 сентября 2024 г. 10:00", datetime(2024, 9, 2, 4, tzinfo=UTC)),
        ("2024-жылдын 2-сентябры", datetime(2024, 9, 1, 18, tzinfo=UTC)),
        ("1725264000", datetime(2024, 9, 2, 8, tzinfo=UTC)),
        ("Mon, 02 Sep 2024 10:00:00", datetime(2024, 9, 2, 4, tzinfo=UTC)),
        ("Mon, 02 Sep 2099 10:00:00 GMT", datetime(2026, 11, 20, 4, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_dates_of_every_kind(now: datetime, written: str, expected: datetime | None) -> None:
    feed = heard(rss(f"<item><title>T</title><link>/1</link><pubDate>{written}</pubDate></item>"), now)
    assert feed.items[0].published_at == expected


def test_a_broken_feed_gives_what_it_has_and_says_so(now: datetime) -> None:
    feed = heard(
        rss("<item><title>A & B</title><link>/1</link></item>", "<item><title>C<br></title><link>/2</link>"),
        now,
    )
    assert [item.title for item in feed.items] == ["A & B", "C"]
    assert feed.warnings[0].startswith("malformed")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<!DOCTYPE html><html><body><rss></body>",
        "<html><head></head>",
        "{}",
        '{"items": 5}',
        "[1]",
    ],
)
def test_what_is_no_feed_is_refused_at_once(now: datetime, text: str) -> None:
    with pytest.raises(NotAFeed):
        heard(text, now)


def test_entities_of_html_and_lone_ampersands_do_no_harm(now: datetime) -> None:
    item = "<item><title>Дом&nbsp;& сад &laquo;Үлгү&raquo; &unknown;</title><link>/n?a=1&b=2</link></item>"
    cdata = "<item><title><![CDATA[A & B &mdash; C]]></title><link>/2</link></item>"
    feed = heard(rss(item, cdata), now)
    assert [one.title for one in feed.items] == ["Дом & сад «Үлгү» &unknown;", "A & B — C"]
    assert feed.items[0].url == "https://partner.example/n?a=1&b=2"
    assert feed.warnings == ()


def test_a_path_is_never_opened(now: datetime) -> None:
    with pytest.raises(NotAFeed):
        heard("/etc/passwd", now)


def test_entities_do_not_explode(now: datetime) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)
    )
    feed = heard(
        bomb + "]><rss version='2.0'><channel><item><title>&i;</title><link>/1</link></item></channel></rss>",
        now,
    )
    assert all(len(item.title) < 1000 for item in feed.items)


def test_a_web_page_is_seen_before_it_is_parsed() -> None:
    assert not looks_like_feed("<!-- x -->\n<!DOCTYPE html><html>" + "<p>" * 1000)
    assert looks_like_feed("<!-- made by hand --><feed xmlns='http://www.w3.org/2005/Atom'>")
