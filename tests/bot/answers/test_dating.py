"""Dates and places in the cases that sentences need."""

from __future__ import annotations

import pytest

from bot.answers.dating import said_as_of, said_date, said_in, said_place_in, said_span, said_until
from bot.i18n import translation
from storage.languages import Language
from storage.registry import PartialDate

DAY, MONTH, YEAR = PartialDate(2028, 7, 31), PartialDate(2021, 4), PartialDate(2025)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", ["31 июля 2028", "31 июля 2028 года", "31 июля 2028 года", "31 июля 2028 года"]),
        ("ky", ["2028-жылдын 31-июлу", "2028-жылдын 31-июлунда", "2028-жылдын 31-июлуна", "2028-жылдын 31-июлуна"]),
        ("en", ["31 July 2028", "on 31 July 2028", "31 July 2028", "31 July 2028"]),
    ],
)  # fmt: skip
def test_a_day(language: Language, said: list[str]) -> None:
    assert _every_way(DAY, language) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", ["апрель 2021", "в апреле 2021 года", "апреля 2021 года", "апрель 2021 года"]),
        ("ky", ["2021-жылдын апрели", "2021-жылдын апрелинде", "2021-жылдын апрелине", "2021-жылдын апрелине"]),
        ("en", ["April 2021", "in April 2021", "April 2021", "April 2021"]),
    ],
)  # fmt: skip
def test_a_month(language: Language, said: list[str]) -> None:
    assert _every_way(MONTH, language) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", ["2025 год", "в 2025 году", "2025 года", "2025 год"]),
        ("ky", ["2025-жыл", "2025-жылы", "2025-жылга", "2025-жылга"]),
        ("en", ["2025", "in 2025", "2025", "2025"]),
    ],
)
def test_a_year(language: Language, said: list[str]) -> None:
    assert _every_way(YEAR, language) == said


def test_a_span_of_years() -> None:
    assert said_span(PartialDate(2021), [YEAR], translation("ru")) == "2021–2025 годы"
    assert said_span(MONTH, [YEAR, DAY], translation("ru")) == "апрель 2021 — 2025 год или 31 июля 2028"


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("Нарынская область", "ru", "в Нарынской области"),
        ("город Ош", "ru", "в городе Ош"),
        ("Кадамжайский район", "ru", "в Кадамжайском районе"),
        ("Ысык-Көл облусу", "ky", "Ысык-Көл облусунда"),
        ("Ош шаары", "ky", "Ош шаарында"),
        ("Naryn oblast", "en", "in Naryn oblast"),
    ],
)
def test_where(name: str, language: Language, said: str) -> None:
    assert said_place_in(name, language) == said


def _every_way(when: PartialDate, language: Language) -> list[str]:
    tr = translation(language)
    return [said_date(when, tr), said_in(when, tr), said_until(when, tr), said_as_of(when, tr)]
