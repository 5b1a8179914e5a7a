"""A search says in words where and from whom, and finds the registry too."""

from __future__ import annotations

import pytest

from bot.searching import read_search
from storage.registry import RegistrySnapshot
from storage.registry.shipped import load_shipped
from storage.sources import Sources
from tests.handlers.talk import CITIZEN_ID, Talk


@pytest.fixture(scope="module")
def snapshot() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


@pytest.mark.parametrize(
    ("typed", "words", "place"),
    [
        ("Нарын", "", "naryn"),
        ("вода в Нарынской области", "вода", "naryn"),
        ("Нарын облусунда суу", "суу", "naryn"),
        ("вода в городе Нарын", "вода", "naryn-city"),
        ("бюджет Кочкорского района", "бюджет", "kochkor"),
        ("water in Naryn", "water", "naryn"),
        ("Бишкек", "", "bishkek"),
        ("вода «Нарын»", "вода «Нарын»", None),
        ("вода", "вода", None),
    ],
)
def test_a_place_is_a_filter(snapshot: RegistrySnapshot, typed: str, words: str, place: str | None) -> None:
    asked = read_search(typed, snapshot, ())
    assert (asked.words, asked.which.territory) == (words, place)


@pytest.mark.parametrize(
    ("typed", "words", "body"),
    [
        ("форум от ИПР", "форум", "dpi"),
        ("форум ИПРден", "форум", "dpi"),
        ("от Института политики развития", "", "dpi"),
        ("суу боюнча ӨСИден", "суу боюнча", "dpi"),
        ("форум ИПР", "форум ИПР", None),
    ],
)
def test_a_body_that_speaks_is_a_filter(
    snapshot: RegistrySnapshot, typed: str, words: str, body: str | None
) -> None:
    asked = read_search(typed, snapshot, ())
    speaker = asked.which.speaker
    assert (asked.words, speaker.organisation if speaker else None) == (words, body)


async def test_a_body_speaks_in_its_own_sources_too(snapshot: RegistrySnapshot, talk: Talk) -> None:
    sources = await Sources(talk.deps.database).all()
    speaker = read_search("от ИПР", snapshot, sources).which.speaker
    assert speaker is not None
    assert {"dpi-news-ru", "dpi-press-ru"} <= set(speaker.sources)
    assert "municipalitet-ru" not in speaker.sources


async def test_only_what_happened_there_is_shown_and_that_is_said(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Сход о воде", "pser", territories=("naryn",))
    await talk.publish("Сход о дорогах", "pser", territories=("osh",))
    await talk.say("/search сход в Нарынской области", who=CITIZEN_ID)
    assert "Сход о воде" in talk.text(CITIZEN_ID)
    assert "Сход о дорогах" not in talk.text(CITIZEN_ID)
    assert "Только: Нарынская область" in talk.text(CITIZEN_ID)


async def test_a_place_alone_lists_its_news(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Сход о воде", "pser", territories=("naryn",))
    await talk.publish("Сход о дорогах", "pser", territories=("osh",))
    await talk.say("/search Нарын", who=CITIZEN_ID)
    assert "Сход о воде" in talk.text(CITIZEN_ID)
    assert "Сход о дорогах" not in talk.text(CITIZEN_ID)


async def test_news_from_a_body_are_those_that_name_it(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Форум аймаков", "pser", organisations=("dpi",))
    await talk.publish("Форум молодёжи", "pser")
    await talk.say("/search форум от ИПР", who=CITIZEN_ID)
    assert "Форум аймаков" in talk.text(CITIZEN_ID)
    assert "Форум молодёжи" not in talk.text(CITIZEN_ID)


async def test_a_filter_that_leaves_nothing_gives_way_to_the_words(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Команда «Нарын» выиграла кубок", "pser")
    await talk.say("/search кубок Нарын", who=CITIZEN_ID)
    assert "выиграла кубок" in talk.text(CITIZEN_ID)
    assert "Только" not in talk.text(CITIZEN_ID)


async def test_what_the_registry_knows_by_that_name_comes_first(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Успешный аймак 2 подвёл итоги", "pser")
    await talk.say("/search Успешный аймак 2", who=CITIZEN_ID)
    text = talk.text(CITIZEN_ID)
    assert text.startswith("Успешный аймак 2: ")
    assert "подвёл итоги" in text
    await talk.press("Успешный аймак 2", who=CITIZEN_ID)
    assert "USAID" in talk.text(CITIZEN_ID)


async def test_a_term_is_found_though_no_news_has_it(talk: Talk) -> None:
    await _enter(talk)
    await talk.say("/search айыл окмоту", who=CITIZEN_ID)
    assert talk.text(CITIZEN_ID).startswith("айыл окмоту: ")
    assert "В новостях об этом ничего нет" in talk.text(CITIZEN_ID)


async def test_a_repaired_word_is_said(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Форум аймаков", "pser")
    await talk.say("/search фоурм", who=CITIZEN_ID)
    assert "«форум»" in talk.text(CITIZEN_ID)
    assert "Форум аймаков" in talk.text(CITIZEN_ID)


async def _enter(talk: Talk) -> None:
    await talk.start(who=CITIZEN_ID)
    await talk.press("Русский", who=CITIZEN_ID)
