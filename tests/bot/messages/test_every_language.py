"""Every message that comes by itself, in every language: within the limits, translated, and with its way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from aiogram.utils.formatting import sizeof

from bot.i18n import translation
from bot.messages.digest import Entry, Heading, Occasion, digest, more, nothing_new
from bot.messages.parts import CAPTION_LIMIT, TEXT_LIMIT
from bot.messages.release import alert
from bot.messages.week_picture import week_part
from storage.languages import LANGUAGES, Language
from storage.parts import Part
from storage.week_numbers import WeekNumbers
from tests.bot.messages.herald import BISHKEK, LABELS, NOW, UNDER, reader, release

OCCASIONS = (
    *(Occasion(cadence, 9, 2) for cadence in ("instant", "daily", "weekly", "now")),  # type: ignore[arg-type]
    Occasion("daily", 9, 0, NOW - timedelta(days=1)),
    Occasion("weekly", 9, 6, NOW - timedelta(days=400)),
)
LONG = "Очень длинное название подписки на новости местного самоуправления " * 5


def messages(language: Language) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """By a name that says what is said, with everything that can be in it."""
    tr, spoken = translation(language), reader(language)
    for copies, burst in product((0, 1, 2, 5), ({}, {"": 3, "topic:pser": 21})):
        one = release(copies=copies, and_more=burst)
        entries = [Entry(replace(one, id=number), UNDER[number % len(UNDER)]) for number in range(30)]
        for occasion in OCCASIONS:
            for known in (7, None):
                name = f"digest {occasion} {copies} {burst} {known}"
                yield name, digest(entries, occasion, spoken, NOW, known)
        yield f"more {copies} {burst}", more(entries, 8, spoken, NOW, 7)
        for others in (0, 1, 3, 25):
            yield f"alert {copies} {others}", alert(one, ["ПСЭР", LONG], tr, NOW, BISHKEK, others)
    for whats in (["ПСЭР"], ["ПСЭР", "Нарын"], [LONG] * 40):
        yield f"nothing new {len(whats)}", nothing_new(whats, Occasion("weekly", 9, 3), tr)
    for count in (1, 2, 5, 21, 1_240):
        numbers = WeekNumbers(count, count, count % 2 * count, (("pser", count),), (("naryn", count),))
        part = week_part(numbers, NOW.date(), NOW.date() + timedelta(days=60), LABELS, tr)
        assert part is not None
        yield f"week {count}", (part,)


def said(part: Part) -> str:
    text = part.params.get("text", part.params.get("caption"))
    buttons = part.params.get("reply_markup", {}).get("inline_keyboard", [])
    return "\n".join([str(text), *(button["text"] for row in buttons for button in row)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_within_the_limits_and_says_how_to_change_it(language: Language) -> None:
    for name, parts in messages(language):
        for part in parts:
            text, caption = str(part.params.get("text", "")), str(part.params.get("caption", ""))
            assert sizeof(text) <= TEXT_LIMIT, name
            assert sizeof(caption) <= CAPTION_LIMIT, name
            assert (text or caption).strip(), name
            assert not re.search(r"[{}]|None", said(part)), f"{name}: {said(part)}"
        if not name.startswith("more"):
            assert "/settings" in said(parts[-1]), name


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_no_english_is_left_in_them(language: Language) -> None:
    """What a partner wrote and addresses are left out; commands are the same everywhere."""
    for name, parts in messages(language):
        for part in parts:
            rest = re.sub(r"https?://\S+|/[a-z]+|<[^>]*>", "", said(part))
            assert not re.search(r"[A-Za-z]{2,}", rest), f"{name}: {rest}"


def test_the_languages_differ() -> None:
    by_language = {
        language: {name: [said(part) for part in parts] for name, parts in messages(language)}
        for language in LANGUAGES
    }
    for name, russian in by_language["ru"].items():
        assert russian != by_language["ky"][name], name
        assert russian != by_language["en"][name], name


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [("ru", 1, "ещё 1 публикация"), ("ru", 3, "ещё 3 публикации"), ("ru", 25, "ещё 25 публикаций")],
)
def test_numbers_are_declined(language: Language, n: int, text: str) -> None:
    (part,) = alert(release(), ["ПСЭР"], translation(language), NOW, BISHKEK, n)
    assert text in said(part)


def test_headings_are_named() -> None:
    entry = Entry(release(), Heading("topic", "pser"))
    (part,) = digest([entry], Occasion("daily"), reader("ky"), NOW, 7)
    assert "СЭӨП" in said(part)
