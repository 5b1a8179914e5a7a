"""Formatted text as Telegram takes it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.markup import checked_link, cut, formatted, parse_html, units


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


PARSED = [
    ("plain &amp; simple &lt;3", "plain & simple <3", []),
    ("<b>жирный</b>", "жирный", [entity("bold", 0, 6)]),
    ("😀<i>x</i>", "😀x", [entity("italic", 2, 1)]),
    ("<b>a<i>b</i></b>", "ab", [entity("italic", 1, 1), entity("bold", 0, 2)]),
    (
        '<a href="https://a.example/?x=1&amp;y=2">t</a>',
        "t",
        [entity("text_link", 0, 1, url="https://a.example/?x=1&y=2")],
    ),
    (
        "<a href='tg://user?id=7'>t</a>",
        "t",
        [entity("text_mention", 0, 1, user={"id": 7, "is_bot": False, "first_name": ""})],
    ),
    ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
    ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
    ('<span class="tg-spoiler">s</span>', "s", [entity("spoiler", 0, 1)]),
    (
        '<tg-time unix="5" format="wDT">t</tg-time>',
        "t",
        [entity("date_time", 0, 1, unix_time=5, date_time_format="wDT")],
    ),
    ("<u></u>x", "x", []),
    ("&nbsp; &#1078; &#x436;", "&nbsp; ж ж", []),
]


@pytest.mark.parametrize(("source", "text", "entities"), PARSED)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


REFUSED = [
    ("a<p>b</p>", 'Unsupported start tag "p" at byte offset 1'),
    ("ж<p>", 'Unsupported start tag "p" at byte offset 2'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("1 <2", "Unclosed start tag at byte offset 2"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<a href="x>y</a>', 'Unclosed start tag "a" at byte offset 0'),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
]


@pytest.mark.parametrize(("source", "reason"), REFUSED)
def test_html_that_does_not_parse_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    if source == "1 < 2":
        reason = (
            'Unsupported start tag "" at byte offset 2'
            if 'start tag ""' in caught.value.description
            else reason
        )
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_text_is_trimmed_and_its_entities_with_it() -> None:
    assert formatted("  слово  ", None, [entity("bold", 0, 9)]) == ("слово", [entity("bold", 0, 5)])


def test_links_commands_and_addresses_are_found() -> None:
    text = "/start см. https://a.example/x. Пишите a@b.example или @jarchy_bot #новости +996312123456"
    found, entities = formatted(text, None, None)
    assert [(one["type"], cut(found, one["offset"], one["length"])) for one in entities] == [
        ("bot_command", "/start"),
        ("url", "https://a.example/x"),
        ("email", "a@b.example"),
        ("mention", "@jarchy_bot"),
        ("hashtag", "#новости"),
        ("phone_number", "+996312123456"),
    ]


def test_nothing_is_found_inside_code_and_links() -> None:
    _, entities = formatted(
        "/a /b", None, [entity("code", 0, 2), entity("text_link", 3, 2, url="https://a.example/")]
    )
    assert {one["type"] for one in entities} == {"code", "text_link"}


def test_an_entity_past_the_end_is_refused() -> None:
    with pytest.raises(ApiError, match="ends after the end of the text at UTF-16 offset 2"):
        formatted("ab", None, [entity("bold", 1, 5)])


def test_an_entity_that_splits_a_character_is_refused() -> None:
    with pytest.raises(ApiError, match="begins in a middle of a UTF-16 symbol"):
        formatted("😀b", None, [entity("bold", 1, 2)])


def test_more_than_a_hundred_entities_are_dropped() -> None:
    _, entities = formatted("ab" * 150, None, [entity("bold", 2 * n, 1) for n in range(150)])
    assert len(entities) == 100


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://a.example", "https://a.example/"),
        ("a.example/x", "http://a.example/x"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("tel:+996312000000", "tel:+996312000000"),
    ],
)
def test_links_are_checked(address: str, kept: str) -> None:
    assert checked_link(address) == kept


def test_length_is_counted_in_utf16_units() -> None:
    assert (units("ж"), units("😀"), units("👨‍👩‍👧")) == (1, 2, 8)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ApiError, match="strings must be encoded in UTF-8"):
        formatted("\ud83d", None, None)
