"""Slips are found among few words, and none that comparing with every word would find is missed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from bot.answers.spelling import Spellings

WORDS = ("каржылайт", "проекты", "нарын", "баткен", "долбоор", "кенеш", "аймак", "муниципалитет", "контакты")
letters = st.sampled_from("абвгдежзиклмнорстукы")


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the word with one slip: a letter more, less or other, or two neighbours swapped."""
    word = draw(st.sampled_from(WORDS))
    at, letter = draw(st.integers(0, len(word) - 2)), draw(letters)
    slipped = draw(
        st.sampled_from(
            (
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
    )
    return word, slipped


@settings(max_examples=200, deadline=None)
@given(slips())
def test_every_word_one_slip_away_is_found(slip: tuple[str, str]) -> None:
    word, slipped = slip
    assert Spellings(WORDS).near(slipped)[word] == DamerauLevenshtein.distance(word, slipped)


def test_two_slips_are_forgiven_where_the_beginning_is_right() -> None:
    known = Spellings(WORDS)
    assert known.near("карджылаит", 2) == {"каржылайт": 2}
    assert known.near("горжылайт", 2) == {}
