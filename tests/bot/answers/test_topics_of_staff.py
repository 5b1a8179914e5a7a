"""A topic that staff made is asked about by its name, even where that is a word of other matters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers import understand
from bot.answers.lexicon import lexicon
from storage.languages import Names
from storage.registry import RegistrySnapshot, Topic, load_shipped
from tests.conftest import NOW

STAFF = (Topic("dorogi", Names("Дороги", "Жолдор")), Topic("water", Names("Питьевая вода", "Таза суу")))


@pytest.fixture(scope="module")
def snapshot() -> RegistrySnapshot:
    data = load_shipped()
    return RegistrySnapshot(replace(data, topics=(*data.topics, *STAFF)))


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("что нового по теме Дороги", "dorogi"),
        ("что нового о дорогах", "dorogi"),
        ("новости по теме Питьевая вода", "water"),
        ("таза суу боюнча эмне жаңылык бар?", "water"),
        ("что нового по теме ПСЭР", "pser"),
    ],
)
def test_its_news_are_found(snapshot: RegistrySnapshot, question: str, topic: str) -> None:
    understood = understand(question, snapshot, now=NOW)
    assert (understood.kind, [target.slug for target in understood.targets]) == ("releases", [topic])


def test_without_such_a_topic_it_is_none_of_ours() -> None:
    assert any(phrase.text == "дороги" for phrase in lexicon())
    shipped = RegistrySnapshot(load_shipped())
    assert understand("что нового о дорогах", shipped, now=NOW).targets == ()
