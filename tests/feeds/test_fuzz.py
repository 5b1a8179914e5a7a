"""Whatever strangers send, nothing but our own errors comes out."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.addresses import absolute, canonical
from feeds.article import read_article
from feeds.contacts import read_contacts
from feeds.dates import find_dates, read_date
from feeds.decode import decode
from feeds.documents import read_document
from feeds.errors import DocumentError, NoArticle, NoItems, NotAFeed
from feeds.items import Rule
from feeds.listing import learn_listing, read_listing
from feeds.press import read_press
from feeds.rtf import rtf_text
from feeds.syndication import read_feed
from feeds.text import plain

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
URL = "https://a.example/"
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

tags = st.sampled_from(
    re.findall(
        r"\S+",
        "html head body title h1 h2 p div a span ul li table td time meta link script style br b i rss channel item "
        "guid feed entry id link pubDate description content:encoded dc:date ![CDATA[ !DOCTYPE !-- ?xml rdf:RDF",
    )
)
attributes = st.sampled_from(
    [
        "",
        ' href="/n/1"',
        " href=http://[",
        ' xml:base="::"',
        ' datetime="2024-13-45"',
        " class='x",
        ' content="',
        ' lang="ky"',
    ]
)
words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            "2024-08-26",
            "№6 (164) / 2025-07-14",
            "19 декабря 2019 года",
            "Похожие материалы",
            "ПРЕСС-РЕЛИЗ",
            "&#0;",
            "\x00",
        )
    ),
    st.sampled_from(
        ("0555 / 0500 123-456", "Подробности для СМИ: ", "a@example.org", "Слово за словом. " * 20, "]]>")
    ),
)
markup = st.lists(
    st.one_of(
        words,
        st.builds("<{}{}>".format, tags, attributes),
        st.builds("</{}>".format, tags),
        st.just("\n"),
        st.just("<"),
    ),
    max_size=60,
).map("".join)

file_names = st.sampled_from(("a.txt", "a.html", "a.eml", "a.rtf", "a.pdf", "a.docx", ""))
first_bytes = st.sampled_from(("", "{\\rtf1 ", "%PDF-1.4\n", "PK\x03\x04", "From: a\nSubject: b\n\n"))


@FUZZ
@given(st.binary(max_size=2000), st.text(max_size=20))
@example(b"\xff\xfe\x00", "utf-16")
@example(b"\x80", "UNDEFINED")
@example(b"\x80\\N", "unicode_escape")
@example(b"<?xml version='1.0' encoding='base64'?>", "rot13")
def test_decoding_never_fails_and_gives_text_that_can_be_stored(body: bytes, declared: str) -> None:
    text = decode(body, declared).text
    assert "\x00" not in text
    assert text.encode("utf-8", "replace").decode() is not None


@FUZZ
@given(st.one_of(words, st.lists(words, max_size=8).map(" ".join)))
def test_dates_are_aware_or_none(text: str) -> None:
    at = read_date(text, NOW)
    assert at is None or at.tzinfo is not None
    for found in find_dates(text, NOW):
        assert found.at.tzinfo is not None and 0 <= found.start < found.end <= len(text)


@FUZZ
@given(markup)
def test_a_feed_is_read_or_refused(text: str) -> None:
    for form in (text, f"<rss><channel>{text}</channel></rss>"):
        with suppress(NotAFeed):
            for item in read_feed(form, URL, NOW).items:
                assert item.id
                assert not item.url or item.url.startswith("http")
                assert item.published_at is None or item.published_at.tzinfo is not None


@FUZZ
@given(markup)
def test_a_page_is_read_or_refused(text: str) -> None:
    with suppress(NoArticle):
        assert read_article(text, URL, NOW).title
    with suppress(NoItems):
        assert read_listing(text, URL, NOW, Rule(item_pattern="/n/")).items
    learn_listing(text, URL, NOW)


@FUZZ
@given(markup, file_names, first_bytes)
def test_a_file_is_read_or_refused(text: str, name: str, head: str) -> None:
    with suppress(DocumentError):
        assert read_document(name, (head + text).encode("utf-8", "replace"), NOW).title


@FUZZ
@given(st.lists(words, max_size=30).map("\n".join))
def test_a_release_of_any_lines_is_read(text: str) -> None:
    document = read_press(text)
    assert "\n" not in document.title
    read_contacts(text.split("\n"))
    rtf_text(text.encode("utf-8", "replace"))
    plain(text)


@FUZZ
@given(st.text(max_size=60), st.text(max_size=60))
def test_addresses_never_fail(address: str, base: str) -> None:
    joined = absolute(address, base)
    assert not joined or joined.startswith(("http://", "https://"))
    canonical(address)
