"""Answers stay quick with a registry far larger than the shipped one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice, product
from time import process_time

import pytest

from bot.answers import compose, understand
from storage.languages import Names
from storage.registry import RegistryData, RegistrySnapshot, load_shipped
from tests.bot.answers.misses import questions

RECORDS = 2_000
SLOWEST = 0.030
"""Seconds of CPU time in which 95 of 100 answers are made: the clock would measure the neighbours."""

_FIRST = ("Зелёный", "Чистый", "Новый", "Дружный", "Светлый", "Горный", "Речной", "Тихий", "Южный", "Дальний")
_SECOND = (
    "родник",
    "мост",
    "сад",
    "путь",
    "очаг",
    "луг",
    "колодец",
    "перевал",
    "ручей",
    "дом",
    "берег",
    "табун",
)
_THIRD = (
    "Алма", "Бешик", "Кербен", "Саман", "Тулпар", "Ургаачы", "Чынар", "Шаты", "Ынтымак", "Өрүкзар",
    "Жайлоо", "Кашат", "Мерген", "Намыс", "Кылым", "Сабиз", "Терек",
)  # fmt: skip


def large_registry() -> RegistrySnapshot:
    """The shipped registry among 2,000 invented projects."""
    data = load_shipped()
    template = data.projects[1]
    invented = [
        replace(
            template,
            slug=f"invented-{number}",
            names=Names(ru=f"{first} {second} {third}", ky=f"{third} {second} {number}"),
            short=None,
            full=None,
            aliases=(f"{third} {first}", f"ВЫМ{number}"),
            numbers=(),
            ambiguous=(),
        )
        for number, (first, second, third) in enumerate(islice(product(_FIRST, _SECOND, _THIRD), RECORDS))
    ]
    projects = (*data.projects, *invented)
    return RegistrySnapshot(
        RegistryData(
            projects, data.organisations, data.contacts, data.terms, data.events, data.places, data.topics
        )
    )


@pytest.fixture(scope="module")
def large() -> RegistrySnapshot:
    return large_registry()


def test_95_of_100_answers_take_under_30_ms_with_2000_records(large: RegistrySnapshot, now: datetime) -> None:
    understand("начало", large, now=now)
    taken = []
    for row in islice(cycle(questions()), 800):
        start = process_time()
        compose(understand(row["query"], large, now=now), large, now=now)
        taken.append(process_time() - start)
    p95 = sorted(taken)[int(0.95 * len(taken))]
    assert p95 < SLOWEST, f"{p95 * 1000:.1f} ms"


@pytest.mark.parametrize(
    ("question", "slug"),
    [("контакты Зелёный родник Алма", "invented-0"), ("кто финансирует Зеленый родник Кербен", "invented-2")],
)
def test_one_of_many_is_still_found(large: RegistrySnapshot, now: datetime, question: str, slug: str) -> None:
    assert slug in [target.slug for target in understand(question, large, now=now).targets]
