"""Posts of channels as items."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.channel import Post, item_of_post, with_further_words

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


def test_the_parts_of_an_album_are_one_item() -> None:
    first = item_of_post(replace(POST, text="Первая подпись альбома\nТекст подписи целиком.", album="5"))
    second = item_of_post(replace(POST, text="Вторая подпись альбома", album="5", message_id=18))
    assert first is not None and second is not None
    assert first.id == second.id
    whole = with_further_words(second, first.title, first.body, first.url)
    assert (whole.title, whole.url) == (first.title, first.url)
    assert whole.body == "Текст подписи целиком.\nВторая подпись альбома"
    assert with_further_words(second, whole.title, whole.body, whole.url).body == whole.body
