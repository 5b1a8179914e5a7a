"""The list of sources goes in and out whole."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from feeds.catalogue import read_catalogue, read_opml, shipped_sources, slug_for, write_catalogue, write_opml
from feeds.errors import BadCatalogue
from storage.languages import Names
from storage.sources import SourceDefinition

FEED = SourceDefinition(
    "one",
    Names('Имя "в кавычках" \\ и\nперенос', "Аты"),
    "feed",
    "https://one.example/feed?a=1&b=2",
    language="ky",
)
LISTING = SourceDefinition(
    "two",
    Names("Список"),
    "listing",
    "https://two.example/",
    rule={"item_pattern": r"/n/\d+\.html", "drop": [".ad"]},
)


def test_the_shipped_partners_are_well_formed() -> None:
    sources = shipped_sources()
    assert len(sources) >= 10
    assert all(source.names.ru and source.names.ky and source.names.en for source in sources)
    data = tomllib.loads((files("storage.registry") / "organisations.toml").read_text(encoding="utf-8"))
    organisations = {organisation["slug"] for organisation in data["organisation"]}
    assert {source.organisation for source in sources} - {None} <= organisations


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("municipalitet-ru", "https://www.municipalitet.kg/ru/article/full/2345.html"),
        ("dpi-news-ru", "https://dpi.kg/ru/press-room/news/full/123.html"),
        ("dpi-press-ru", "https://dpi.kg/ru/press-room/press/print/123.html"),
        ("vap-news-ru", "https://vap.kg/ru/press_room/news/full/12.html"),
        ("donors-kg-ru", "https://donors.kg/ru/novosti/5432-forum-aymakov"),
        ("donors-kg-en", "https://donors.kg/en/news-block/12-forum"),
        ("apap-ru", "https://apap.kg/ru/blog/77-Novyy-kurs.html"),
    ],
)
def test_the_patterns_of_listings_fit_the_addresses_of_articles_alone(slug: str, address: str) -> None:
    source = next(source for source in shipped_sources() if source.slug == slug)
    pattern = re.compile(source.rule["item_pattern"])
    assert pattern.search(address)
    assert not pattern.search(source.url)
    assert not pattern.search(address.replace("/ru/", "/xx/").replace("/en/", "/xx/"))


def test_a_written_list_reads_the_same() -> None:
    assert read_catalogue(write_catalogue([FEED, LISTING])) == (FEED, LISTING)
    assert read_catalogue(write_catalogue(shipped_sources())) == shipped_sources()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("not toml [", "at line"),
        ("source = 5", "source"),
        ('[[source]]\nslug = "a"', "a: kind"),
        ('[[source]]\nslug = "A b"\nkind = "feed"', "A b: slug"),
        ('[[source]]\nslug = "a"\nkind = "feed"\nurl = "file:///x"\nnames = { ru = "А" }', "a: url"),
        (
            '[[source]]\nslug = "a"\nkind = "listing"\nurl = "https://x.example"\nnames = { ru = "А" }',
            "item_pattern",
        ),
        (
            '[[source]]\nslug = "a"\nkind = "listing"\nurl = "https://x.example"\nnames = { ru = "А" }\n'
            'rule = { item_pattern = "(" }',
            "a: rule",
        ),
        (
            2 * '[[source]]\nslug = "a"\nkind = "feed"\nurl = "https://x.example"\nnames = { ru = "А" }\n',
            "a: slug",
        ),
    ],
)
def test_a_bad_list_is_refused_with_the_place(text: str, named: str) -> None:
    with pytest.raises(BadCatalogue, match=re.escape(named)):
        read_catalogue(text)


def test_opml_carries_feeds_and_listings_to_another_house() -> None:
    read = read_opml(write_opml([FEED, LISTING]).encode())
    assert [(one.kind, one.url, one.rule, one.language) for one in read] == [
        ("feed", FEED.url, {}, "ky"),
        ("listing", LISTING.url, LISTING.rule, None),
    ]
    assert read[1].names.ru == "Список"


def test_opml_of_other_readers_is_read_once_for_each_address() -> None:
    opml = b"""<?xml version="1.0" encoding="windows-1251"?><opml version="1.0"><body>
    <outline text="\xcf\xe0\xef\xea\xe0">
    <outline type="rss" text="A" xmlUrl="https://www.a.example/feed/"/><outline XMLURL="http://a.example/feed"/>
    <outline text="no address"/><outline xmlUrl="file:///etc/passwd"/></outline></body></opml>"""
    (only,) = read_opml(opml, taken={"a-example-feed"})
    assert (only.slug, only.names.ru) == ("a-example-feed-2", "A")


@pytest.mark.parametrize(
    "data",
    [b"", b"<html/>", b"<opml>", b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body/></opml>', b"\xff\xfe\x00"],
)
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    with pytest.raises(BadCatalogue):
        read_opml(data)


def test_a_slug_is_made_of_the_address() -> None:
    assert slug_for("https://www.dpi.example/ru/news/?x=1", ()) == "dpi-example-ru-news"
    assert slug_for("https://xn--e1afmkfd.example/новости", ()) == "xn-e1afmkfd-example"
