"""Releases of an invented herald, and who reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.i18n import translation
from bot.messages.digest import Heading, Reader
from storage.labels import Labels
from storage.languages import Language, Names
from storage.releases import Release, ReleaseTags

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BISHKEK = ZoneInfo("Asia/Bishkek")
LABELS = Labels(
    topic={
        "women_leaders": Names("Женщины-лидеры", "Лидер аялдар", "Women leaders"),
        "pser": Names("ПСЭР", "СЭӨП", "Programmes"),
    },
    territory={"naryn": Names("Нарынская область", "Нарын облусу", "Naryn oblast")},
)
UNDER = (
    Heading("topic", "pser"),
    Heading("topic", "women_leaders"),
    Heading("territory", "naryn"),
    Heading(),
)


def release(number: int = 1, **fields: Any) -> Release:
    values: dict[str, Any] = {
        "id": number,
        "source_slug": "herald",
        "source_names": Names("Вестник Тестового", "Сыноо жарчысы"),
        "url": f"https://herald.example/{number}",
        "title": f"Выпуск {number}",
        "lead": "Сход жителей решил строить мост.",
        "body": "",
        "language": "ru",
        "published_at": NOW - timedelta(days=1),
        "first_seen_at": NOW,
        "tags": ReleaseTags(topics=("pser",)),
        "silent": False,
        "duplicate_of": None,
        "copies": 0,
        "image_url": None,
        **fields,
    }
    return Release(**values)


def reader(language: Language = "ru") -> Reader:
    return Reader(translation(language), BISHKEK, LABELS)
