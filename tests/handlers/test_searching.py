"""A search says in words where and from whom, and finds the registry too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.search_filters import Asked, read_search
from storage.registry import RegistrySnapshot
from storage.registry.shipped import load_shipped
from storage.sources import Source, Sources
from tests.handlers.talk import CITIZEN_ID, Talk

BISHKEK = ZoneInfo("Asia/Bishkek")
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def snapshot() -> RegistrySnapshot:
    return RegistrySnapshot(load_shipped())


def understood(typed: str, snapshot: RegistrySnapshot, sources: tuple[Source, ...] = ()) -> Asked:
    return read_search(typed, snapshot, sources, TODAY, BISHKEK)


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
    asked = understood(typed, snapshot)
    assert (asked.words, asked.which.territory) == (words, place)


@pytest.mark.parametrize(
    ("typed", "words", "body"),
    [
        ("форум от ИПР", "форум", "dpi"),
        ("форум ИПРден", "форум", "dpi"),
        ("от Института политики развития", "", "dpi"),
        ("суу боюнча ӨСИден", "суу боюнча", "dpi"),
        ("форум Өнүктүрүү саясаты институтунан", "форум", "dpi"),
        ("форум ИПР", "форум ИПР", None),
    ],
)
def test_a_body_that_speaks_is_a_filter(
    snapshot: RegistrySnapshot, typed: str, words: str, body: str | None
) -> None:
    asked = understood(typed, snapshot)
    speaker = asked.which.speaker
    assert (asked.words, speaker.organisation if speaker else None) == (words, body)


async def test_a_body_speaks_in_its_own_sources_too(snapshot: RegistrySnapshot, talk: Talk) -> None:
    sources = await Sources(talk.deps.database).all()
    speaker = understood("от ИПР", snapshot, sources).which.speaker
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


async def test_a_month_begins_and_ends_at_the_readers_midnight(talk: Talk) -> None:
    await _enter(talk)
    for title, published in (
        ("Форум в последний вечер мая", datetime(2025, 5, 31, 17, 30, tzinfo=UTC)),
        ("Форум первой ночью июня", datetime(2025, 5, 31, 18, 30, tzinfo=UTC)),
        ("Форум в последний вечер июня", datetime(2025, 6, 30, 17, 30, tzinfo=UTC)),
        ("Форум первой ночью июля", datetime(2025, 6, 30, 18, 30, tzinfo=UTC)),
    ):
        await talk.publish(title, "pser", days_ago=(talk.clock() - published).total_seconds() / 86_400)
    await talk.say("/search форум за июнь 2025", who=CITIZEN_ID)
    text = talk.text(CITIZEN_ID)
    assert "Форум первой ночью июня" in text and "Форум в последний вечер июня" in text
    assert "мая" not in text and "Форум первой ночью июля" not in text


async def test_which_month_it_is_the_readers_clock_says(talk: Talk) -> None:
    await _enter(talk)
    talk.clock.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    await talk.publish("Новогодний форум", "pser", days_ago=0)
    await talk.say("/search форум за январь", who=CITIZEN_ID)
    assert "Новогодний форум" in talk.text(CITIZEN_ID)


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
    await talk.publish("Кубок области разыграли в Оше", "pser", territories=("osh",))
    await talk.say("/search кубок Нарын", who=CITIZEN_ID)
    assert "выиграла кубок" in talk.text(CITIZEN_ID)
    assert "разыграли" not in talk.text(CITIZEN_ID)
    assert "Только" not in talk.text(CITIZEN_ID)


async def test_what_lies_outside_of_the_filter_is_set_apart_from_it(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Вода в Оше", "pser", territories=("osh",))
    await talk.say("/search вода в Нарынской области", who=CITIZEN_ID)
    said = talk.text(CITIZEN_ID)
    assert said.startswith("По условию «Нарынская область» ничего не нашёл. Без него:")
    assert "Вода в Оше" in said
    await talk.say("/search «вода в Оше» за март 2020 в Нарынской области", who=CITIZEN_ID)
    assert "По условию «март 2020; Нарынская область» ничего не нашёл" in talk.text(CITIZEN_ID)


async def test_a_month_without_news_shows_none_of_other_months(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Итоги июня", "pser")
    await talk.say("/search март 2020", who=CITIZEN_ID)
    assert "ничего не нашёл" in talk.text(CITIZEN_ID)
    assert "Итоги июня" not in talk.text(CITIZEN_ID)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("форум за ноябрь 2026", "Только: ноябрь 2026."),
        ("форум 2026", "Только: 2026 год."),
        ("форум в 2026 году в Нарынской области", "Только: 2026 год; Нарынская область."),
        ("форум от ИПР в Нарынской области", "Только: Нарынская область; ИПР."),
        ("форум от Айыл журналы", "Только: Айыл журналы."),
    ],
)
async def test_every_filter_is_said(talk: Talk, typed: str, said: str) -> None:
    await _enter(talk)
    await talk.publish("Форум аймаков", "pser", territories=("naryn",), organisations=("dpi",))
    await talk.say(f"/search {typed}", who=CITIZEN_ID)
    assert said in talk.text(CITIZEN_ID)
    assert "Форум аймаков" in talk.text(CITIZEN_ID)


@pytest.mark.parametrize(
    ("typed", "words", "named"),
    [
        ("форум от Айыл журналы", "форум", "example-journal"),
        ("форум от «Айыл журналы»", "форум", "example-journal"),
        ("форум Айыл журналынан", "форум", "example-journal"),
        ("от Kaktus.media форум", "форум", "kaktus"),
        ("форум от Кабара", "форум", "kabar"),
        ("«форум от Кабара»", "«форум от Кабара»", None),
        ("форум Айыл журналы", "форум Айыл журналы", None),
    ],
)
async def test_a_source_that_speaks_is_a_filter(
    talk: Talk, snapshot: RegistrySnapshot, typed: str, words: str, named: str | None
) -> None:
    asked = understood(typed, snapshot, await Sources(talk.deps.database).all())
    speaker = asked.which.speaker
    assert asked.words == words
    assert (speaker.sources if speaker else ()) == ((named,) if named else ())


async def test_only_what_a_source_published_is_its_news(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Форум аймаков", "pser")
    await talk.say("/search форум от Кабара", who=CITIZEN_ID)
    assert talk.text(CITIZEN_ID).startswith("По условию «Кабар» ничего не нашёл. Без него:")


async def test_a_phrase_that_stands_nowhere_is_said_to(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Форум собрал участников из аймаков", "pser")
    await talk.say("/search «форум аймаков»", who=CITIZEN_ID)
    assert "Фразы «форум аймаков» нигде нет; вот где её слова стоят порознь." in talk.text(CITIZEN_ID)
    await talk.say("/search «форум аймаков» скважина", who=CITIZEN_ID)
    assert "Фразы «форум аймаков» нигде нет; вот где есть часть слов." in talk.text(CITIZEN_ID)


async def test_a_slip_inside_quotation_marks_is_repaired_and_said(talk: Talk) -> None:
    await _enter(talk)
    await talk.publish("Форум аймаков", "pser")
    await talk.say("/search «фоурм аймаков»", who=CITIZEN_ID)
    assert "Показываю по «форум»" in talk.text(CITIZEN_ID)
    assert "нигде нет" not in talk.text(CITIZEN_ID)
    assert "Форум аймаков" in talk.text(CITIZEN_ID)


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
