"""Where the older items of a list or a feed are."""

from __future__ import annotations

import pytest

from feeds.paging import older_page

URL = "https://site.example/ru/news"
CALENDAR = "<table>" + "".join(f"<td><a href='/ru/news/2026/11/{day}'>{day}</a></td>" for day in range(1, 31))


@pytest.mark.parametrize(
    ("html", "older"),
    [
        ("<head><link rel='next' href='/ru/news/page/2/'></head>", "/ru/news/page/2/"),
        ("<a rel='next' href='?page=2'>2</a>", "/ru/news?page=2"),
        ("<a href='?page=2'>Следующая страница</a>", "/ru/news?page=2"),
        ("<a href='/ru/news?start=10'>Вперёд</a>", "/ru/news?start=10"),
        ("<div class='pagination'><a href='/ru/arhiv'>Далее →</a></div>", "/ru/arhiv"),
        ("<nav class='posts-navigation'><a href='/ru/news/old'>Предыдущие записи</a></nav>", "/ru/news/old"),
        ("<a href='?page=2'>Кийинки</a>", "/ru/news?page=2"),
        ("<a href='/ru/news/p2'>Older posts</a>", "/ru/news/p2"),
        ("<div><b>1</b><a href='/ru/news/x-2'>2</a><a href='/ru/news/x-3'>3</a></div>", "/ru/news/x-2"),
        ("<p><a href='?start=10'>2</a></p>", "/ru/news?start=10"),
        ("<div class='pager'><a href='?page=9'>»</a><a href='?page=2'>›</a></div>", "/ru/news?page=2"),
        ("<div class='pager'><a href='?page=2' aria-label='Next page'><i></i></a></div>", "/ru/news?page=2"),
        ("<div class='pages'><a href='?page=1'>Предыдущая страница</a></div>", ""),
        ("<a href='/ru/news/5'>Далее</a><a href='/ru/news/6'>Далее</a>", ""),
        ("<a rel='next' href='https://other.example/?page=2'>2</a>", ""),
        (f"{CALENDAR}</table>", ""),
        ("<p>Конец</p>", ""),
    ],
)
def test_the_older_page_of_a_list(html: str, older: str) -> None:
    assert older_page(f"<html><body>{html}</body></html>", URL, 1) == (
        f"https://site.example{older}" if older else ""
    )


def test_numbers_are_followed_from_the_page_one_is_on() -> None:
    pages = "".join(f"<a href='?page={number}'>{number}</a>" for number in range(1, 9))
    html = f"<html><div class='pagination'>{pages}</div></html>"
    assert older_page(html, f"{URL}?page=7", 7) == f"{URL}?page=8"
    assert older_page(html, f"{URL}?page=8", 8) == ""


ATOM = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{}<entry/></feed>"
WORDPRESS = (
    "<?xml version='1.0'?><rss><channel><generator>https://wordpress.org/?v=6.6</generator></channel></rss>"
)


def test_a_feed_names_its_older_part() -> None:
    feed = ATOM.format('<link href="/feed?a=1&amp;p=2" rel="next"/>')
    assert older_page(feed, "https://site.example/feed", 1) == "https://site.example/feed?a=1&p=2"
    assert older_page(ATOM.format(""), "https://site.example/feed", 1) == ""


def test_a_feed_of_wordpress_is_asked_for_its_pages() -> None:
    second = older_page(WORDPRESS, "https://site.example/feed/?cat=3", 1)
    assert second == "https://site.example/feed/?cat=3&paged=2"
    assert older_page(WORDPRESS, second, 2) == "https://site.example/feed/?cat=3&paged=3"
