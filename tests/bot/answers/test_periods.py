"""The stretch of time that a question names."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.lexicon import vocabulary
from bot.answers.periods import Period, period_of
from bot.answers.reading import read
from storage.registry import RegistrySnapshot

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("новости за последние 3 дня", (2026, 11, 26), (2026, 11, 29)),
        ("новости за последние десять дней", (2026, 11, 19), (2026, 11, 29)),
        ("новости за неделю", (2026, 11, 22), (2026, 11, 29)),
        ("новости на прошлой неделе", (2026, 11, 15), (2026, 11, 22)),
        ("новости за 2 недели", (2026, 11, 15), (2026, 11, 29)),
        ("акыркы эки жуманын жаңылыктары", (2026, 11, 15), (2026, 11, 29)),
        ("новости за прошлый месяц", (2026, 10, 1), (2026, 10, 31)),
        ("новости за этот месяц", (2026, 11, 1), (2026, 11, 29)),
        ("новости первого квартала 2024", (2024, 1, 1), (2024, 3, 31)),
        ("новости 2023–2024", (2023, 1, 1), (2024, 12, 31)),
        ("новости за июнь 2025", (2025, 6, 1), (2025, 6, 30)),
        ("новости за декабрь", (2025, 12, 1), (2025, 12, 31)),
        ("быйылкы жаңылыктар", (2026, 1, 1), (2026, 11, 29)),
        ("что нового сегодня", (2026, 11, 29), (2026, 11, 29)),
    ],
)
def test_a_period_is_read(
    question: str, since: tuple[int, int, int], until: tuple[int, int, int], snapshot: RegistrySnapshot
) -> None:
    found = period_of(read(question, vocabulary(snapshot)), TODAY)
    assert found == Period(date(*since), date(*until))


def test_where_none_is_named_there_is_none(snapshot: RegistrySnapshot) -> None:
    assert period_of(read("что нового про ПСЭР", vocabulary(snapshot)), TODAY) is None
