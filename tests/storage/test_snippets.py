"""The piece of a text that shows why it was found."""

from __future__ import annotations

import pytest

from storage.search_snippets import cut

FILLER = "Жители обсуждали дела села и планы на следующий год. "


@pytest.mark.parametrize("before", [0, 3, 70, 300])
def test_the_word_is_in_the_piece_and_marked_wherever_it_stands(before: int) -> None:
    text = FILLER * before + "Построили скважину у школы. " + FILLER * 80
    piece = cut(text, {"скважина"})
    marked = [piece.text[start:end] for start, end in piece.marks]
    assert marked == ["скважину"]
    assert piece.text.endswith("…")
    assert piece.text.startswith("…") == (before > 0)


def test_a_piece_is_never_cut_inside_a_word() -> None:
    text = "село " * 2_000
    assert set(cut(text, {"скважина"}).text.strip("…").split()) == {"село"}
    assert set(cut(text, {"село"}).text.strip("…").split()) == {"село"}
