"""How right a topic is, in words: what the numbers say and what is to be done."""

from __future__ import annotations

import pytest

from bot.i18n import translation
from bot.topic_report import advice, month_line, summed
from storage.tag_corrections import Tally

EN = translation("en")


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        (Tally("pser", "", given=100, removed=1, added=2, confirmed=30), ["The rules do well"]),
        (Tally("pser", "", given=100, removed=10, added=2, confirmed=30), ["Too much is caught: 90 %"]),
        (Tally("pser", "", given=100, removed=0, added=25, confirmed=30), ["Something is missed: 80 %"]),
        (
            Tally("pser", "", given=4, removed=2, added=2),
            ["Too much", "Something is missed", "only, too few"],
        ),
        (Tally("pser", "", given=100), ["have not decided on a single release"]),
        (Tally("pser", "", given=0, added=1), ["Something is missed: 0 %", "1 release only"]),
    ],
)
def test_what_is_to_be_done_is_said(tally: Tally, said: list[str]) -> None:
    lines = advice(tally, EN)
    assert len(lines) == len(said)
    assert all(words in line for words, line in zip(said, lines, strict=True))


def test_a_share_is_never_rounded_up_to_the_goal() -> None:
    (line, *_) = advice(Tally("pser", "", given=1000, removed=31, confirmed=50), EN)
    assert "96 % is on topic" in line


def test_months_are_added_up_topic_by_topic() -> None:
    whole = summed(
        [
            Tally("pser", "2026-11", 10, 1, 2, 3, 4),
            Tally("pser", "2026-10", 5, 1, 0, 1, 0),
            Tally("x", "2026-10", 1),
        ]
    )
    assert whole["pser"] == Tally("pser", "", 15, 2, 2, 4, 4)
    assert whole["x"].given == 1


def test_a_month_without_a_release_has_no_share() -> None:
    line = month_line(Tally("pser", "2026-11", given=0), EN)
    assert line == "November 2026: found 0, taken off 0, added 0 · on topic —, of all that is on topic —"
