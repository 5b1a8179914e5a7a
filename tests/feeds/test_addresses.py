"""Addresses become absolute, and one page has one name."""

from __future__ import annotations

import pytest

from feeds.addresses import absolute, canonical, host_of, site_of


@pytest.mark.parametrize(
    ("address", "base", "expected"),
    [
        ("/n/1", "https://a.example/x/", "https://a.example/n/1"),
        ("2.html", "https://a.example/n/1.html", "https://a.example/n/2.html"),
        ("//b.example/x", "https://a.example/", "https://b.example/x"),
        (" https://a.example/новость ", "", "https://a.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
        ("https://a.example/a b", "", "https://a.example/a%20b"),
        ("javascript:alert(1)", "https://a.example/", ""),
        ("mailto:a@example.org", "https://a.example/", ""),
        ("", "https://a.example/", ""),
        ("/n/1", "", ""),
        ("http://[bad", "", ""),
    ],
)
def test_links_become_absolute_or_nothing(address: str, base: str, expected: str) -> None:
    assert absolute(address, base) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.example/n/1/", "https://a.example/n/1"),
        ("https://a.example/n/1?utm_source=x&fbclid=y", "https://a.example/n/1"),
        ("https://a.example/n/1#comments", "https://a.example/n/1"),
        ("https://a.example/n/1/amp", "https://a.example/n/1"),
        ("https://a.example/ru/news/print/7.html", "https://a.example/ru/news/full/7.html"),
        ("https://a.example/index.php", "https://a.example/"),
        ("https://a.example/?b=2&a=1", "https://a.example/?a=1&b=2"),
        ("https://A.Example:443/n", "https://a.example/n"),
    ],
)
def test_forms_of_one_page_are_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/ru/full/7.html", "https://a.example/ky/full/7.html"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example:8080/n", "https://a.example/n"),
        ("https://m.example/n", "https://example/n"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_hosts_and_sites() -> None:
    assert host_of("http://www.A.example:8080/x") == "www.a.example:8080"
    assert site_of("http://www.a.example/x") == site_of("https://a.example")
    assert host_of("http://[") == ""
