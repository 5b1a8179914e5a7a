"""What tests of answers share: the shipped registry, a day, and releases that are found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

import pytest

from bot.answers import Answer, FoundRelease, ReleaseQuery, Target, answer
from storage.languages import Language
from storage.registry import RegistrySnapshot, load_shipped

Ask = Callable[..., Awaitable[Answer]]


class Releases:
    """Releases as a search would give them, which remembers what was asked of it."""

    def __init__(self) -> None:
        self.queries: list[ReleaseQuery] = []
        self.stored: list[FoundRelease] = []

    async def __call__(self, query: ReleaseQuery, /) -> Sequence[FoundRelease]:
        self.queries.append(query)
        return self.stored


@pytest.fixture(scope="session")
def snapshot() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


@pytest.fixture
def releases() -> Releases:
    return Releases()


@pytest.fixture
def release() -> FoundRelease:
    return FoundRelease(
        "Шесть районов обновляют программы", "https://news.example/7", "Вестник", date(2026, 11, 19)
    )


@pytest.fixture
def ask(snapshot: RegistrySnapshot, releases: Releases, now: datetime) -> Ask:
    async def asked(question: str, language: Language = "ru", last_subject: Target | None = None) -> Answer:
        return await answer(
            question, snapshot, now=now, search=releases, language=language, last_subject=last_subject
        )

    return asked
