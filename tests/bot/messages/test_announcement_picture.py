"""The report of an announcement as a picture."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.drawing import GREEN, LEAST_SEEN, MARGIN, RED, WIDTH, font, widths, written
from bot.i18n import translation
from bot.messages.announcement_picture import first_words, outcomes, report_picture, share
from storage.announcements import Announcement, Progress
from storage.audiences import Audience
from storage.languages import LANGUAGES, Language
from storage.parts import Part

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SENT = Announcement(
    7, 1, 1, "done", {"ru": (Part("sendMessage", {"text": "📣 Собрание в субботу"}),)}, Audience(), False,
    1_240, NOW, NOW, NOW, NOW, 1, 1, None, 0,
)  # fmt: skip


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_a_bar_is_filled_exactly_and_nobody_is_left_out_of_it(counts: list[int]) -> None:
    wide = widths(counts, 960)
    assert len(wide) == sum(count > 0 for count in counts)
    assert sum(wide) == (960 if any(counts) else 0)
    assert all(width >= LEAST_SEEN for width in wide)


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [(0, 0, "0 %"), (1, 1_240, "< 1 %"), (1_239, 1_240, "> 99 %"), (1_240, 1_240, "100 %"), (1, 3, "33 %")],
)
def test_shares_are_never_said_to_be_more_or_less_than_they_are(count: int, total: int, said: str) -> None:
    assert share(count, total) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_fits_a_phone_and_shows_what_failed(language: Language) -> None:
    progress = Progress(sent=1_219, blocked=18, failed=2, unknown=1)
    data = report_picture(SENT, progress, translation(language), NOW)

    with Image.open(BytesIO(data)) as picture:
        seen = picture.convert("RGB")
    assert len(data) < 60_000
    assert seen.width == WIDTH
    assert 600 < seen.height < 1_100
    right = {near(seen.getpixel((x, y))) for x in (WIDTH - MARGIN - 5,) for y in range(seen.height)}
    left = {near(seen.getpixel((MARGIN + 15, y))) for y in range(seen.height)}
    assert near(RED) in right, "the last of the bar is what failed"
    assert near(GREEN) in left


def test_every_recipient_is_in_the_picture() -> None:
    progress = Progress(3, 5, 800, 20, 10, 6, 100)
    assert sum(count for _, count, _ in outcomes(progress, translation("ru"))) == progress.total


@pytest.mark.parametrize("letters", ["өүңӨҮҢ", "ыэёЫЭЁ", "«»—№"])
def test_the_letters_of_both_languages_can_be_drawn(letters: str) -> None:
    missing = font(40).getmask("\uffff").getbbox()
    drawn = [bytes(font(40).getmask(letter)) for letter in letters]
    assert missing is None or bytes(font(40).getmask("\uffff")) not in drawn
    assert len(set(drawn)) == len(letters)


def test_what_cannot_be_drawn_is_left_out() -> None:
    assert written("📣 Собрание ✅") == "Собрание"
    assert first_words(SENT, translation("ky")) == "Собрание в субботу"


def near(colour: object) -> tuple[int, ...]:
    """A colour, roughly: the picture has few of them."""
    if isinstance(colour, str):
        colour = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    assert isinstance(colour, tuple)
    return tuple(round(part / 24) for part in colour)
