"""Markup becomes plain text, and a text's language is told."""

from __future__ import annotations

import time

import pytest

from feeds.language import language_of
from feeds.text import plain, plain_line


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("простой текст", "простой текст"),
        ("a < b & c > d", "a < b & c > d"),
        ("&laquo;Үлгү&raquo;&nbsp;&#8212; айыл", "«Үлгү» — айыл"),
        ("<p>Раз <b>д</b>ва</p><p>три<br>четыре</p>", "Раз два\nтри\nчетыре"),
        ("<ul><li>раз<li>два</ul>", "раз\nдва"),
        ("до<script>alert('<p>')</script><style>p{}</style> после", "до после"),
        ("<!-- <p>нет</p> -->да", "да"),
        ("<a title=\"a > b\" href='x'>ссылка</a>", "ссылка"),
        ("<p>перенос\nстроки</p>", "перенос строки"),
        ("мягкий\u00adперенос\u200b и\u00a0пробел", "мягкийперенос и пробел"),
        ("<p>", ""),
        ("<", "<"),
        ("", ""),
    ],
)
def test_markup_is_read_as_a_person_sees_it(markup: str, expected: str) -> None:
    assert plain(markup) == expected


def test_a_title_escaped_twice_is_unescaped_twice() -> None:
    assert plain_line("&amp;laquo;Аймак&amp;raquo; <b>жаңы</b>\n") == "«Аймак» жаңы"


@pytest.mark.parametrize(
    "hostile", ['<a "' * 50_000, "<" * 200_000, "<p " * 50_000, "&" * 200_000, "<div>" * 50_000]
)
def test_hostile_markup_takes_no_time(hostile: str) -> None:
    started = time.process_time()
    plain(hostile)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Айылдык кеңештин депутаттары жергиликтүү бюджетти талкуулашты.", "ky"),
        ("Айылдык кенештин депутаттары жана тургундар бюджет боюнча жыйын откорушту.", "ky"),
        ("Элдин катышуусу менен жергиликтуу демилгелер тандалды", "ky"),
        ("Депутаты айылного кенеша обсудили местный бюджет с жителями.", "ru"),
        (
            "Форум в Ысык-Көле: участники из Өзгөна и Чүя обсудили развитие органов местного самоуправления",
            "ru",
        ),
        ("Villages exchange experience in waste collection", "en"),
        ("USAID и ИПР провели форум для органов МСУ", "ru"),
        ("12 345", "ru"),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_nothing_to_tell_by_leaves_the_languages_of_the_source() -> None:
    assert language_of("", "ky") == "ky"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Третье место занял Үлгүнский айыл өкмөтү, второе — айыл окмоту Мисал Нарынской области.", "ru"),
        ("Айыл өкмөтү утвердило годовую программу развития местных сообществ.", "ru"),
        ("Что такое айыл окмоту", "ru"),
        ("Айыл окмоту деген эмне", "ky"),
        ("Мисал айыл окмоту келерки жылдын бюджетин бекитти.", "ky"),
        ("Айыл аймагында жаны мектеп ачылды, ага элуу окуучу барды жана мугалимдер келди.", "ky"),
    ],
)
def test_words_that_one_language_takes_from_the_other_do_not_decide(text: str, language: str) -> None:
    assert language_of(text) == language
