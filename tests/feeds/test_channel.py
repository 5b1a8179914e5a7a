"""Posts of channels as items."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.channel import Post, item_of_album, item_of_post, with_part
from feeds.identity import content_hash
from feeds.items import Part

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
POST = Post(-1001234567890, 17, "", AT, "misal_news")
LONG = "Айыл өкмөтү жаңы долбоорду баштады. " + "Тургундар чогулуп, маселени талкуулашты. " * 8


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (
            "📢 Айылда жаңы мектеп ачылды!\n\nБүгүн жаңы мектеп ачылды.",
            "Айылда жаңы мектеп ачылды!",
            "📢 Айылда жаңы мектеп ачылды!\nБүгүн жаңы мектеп ачылды.",
        ),
        (
            "Сход граждан утвердил бюджет\nЖители села Мисал собрались.\n\nРешили вместе.",
            "Сход граждан утвердил бюджет",
            "Жители села Мисал собрались.\nРешили вместе.",
        ),
        (
            "#новости #МСУ\nЖители выбрали местную инициативу\nhttps://misal.example/1",
            "Жители выбрали местную инициативу",
            "#новости #МСУ\nЖители выбрали местную инициативу\nhttps://misal.example/1",
        ),
        (LONG, "Айыл өкмөтү жаңы долбоорду баштады.", LONG.strip()),
    ],
)
def test_the_first_line_that_says_something_is_the_title(text: str, title: str, body: str) -> None:
    item = item_of_post(replace(POST, text=text))
    assert item is not None
    assert (item.title, item.body, item.published_at) == (title, body, AT)


@pytest.mark.parametrize(
    "text", ["", "👍👍👍", "#новости #МСУ #бюджет", "https://misal.example/a/b/c", "Ура!", "1 2 3 4 5"]
)
def test_a_post_without_words_of_its_own_is_no_news(text: str) -> None:
    assert item_of_post(replace(POST, text=text)) is None


def test_a_line_without_an_end_is_cut_between_words() -> None:
    item = item_of_post(replace(POST, text="слово " * 100))
    assert item is not None
    assert len(item.title) <= 200
    assert item.title.endswith("слово…")


def test_a_post_has_its_address_with_a_name_and_without() -> None:
    named = item_of_post(replace(POST, text="Три слова тут"))
    closed = item_of_post(replace(POST, text="Три слова тут", username=""))
    assert named is not None and closed is not None
    assert (named.id, named.url) == ("post:17", "https://t.me/misal_news/17")
    assert closed.url == "https://t.me/c/1234567890/17"


def album(*texts: str) -> tuple[Post, tuple[Part, ...]]:
    """An album of a picture for each text, and its last message."""
    posts = [
        replace(POST, text=text, album="5", media="photo", message_id=17 + n) for n, text in enumerate(texts)
    ]
    parts: tuple[Part, ...] = ()
    for post in reversed(posts):
        parts = with_part(parts, post)
    return posts[-1], parts


def test_an_album_is_one_item_with_the_words_and_pictures_of_all_its_parts() -> None:
    item = item_of_album(
        *album("", "Первая подпись альбома\nТекст подписи целиком.", "Вторая подпись альбома")
    )
    assert item is not None
    assert (item.id, item.title, item.url) == (
        "album:5",
        "Первая подпись альбома",
        "https://t.me/misal_news/18",
    )
    assert item.body == "Текст подписи целиком.\nВторая подпись альбома"
    assert item.image == "https://t.me/misal_news/17?single"
    assert [(file.url, file.kind) for file in item.enclosures] == [
        ("https://t.me/misal_news/18?single", "photo"),
        ("https://t.me/misal_news/19?single", "photo"),
    ]


def test_a_part_that_changes_takes_the_place_of_what_it_said() -> None:
    post, parts = album("Первая подпись альбома", "Вторая подпись альбома")
    edited = with_part(parts, replace(POST, album="5", media="photo", text="Исправленная первая подпись"))
    item = item_of_album(post, edited)
    assert item is not None
    assert (item.title, item.body) == ("Исправленная первая подпись", "Вторая подпись альбома")
    assert content_hash(item) != content_hash(replace(item, parts=item.parts[:1]))


def test_an_album_that_says_nothing_is_no_news() -> None:
    assert item_of_album(*album("", "👍", "#мсу")) is None
