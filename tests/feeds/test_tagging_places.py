"""Territories by name: inflected, in lists, renamed, and not everything that is called so."""

from __future__ import annotations

import pytest

from feeds.tagging import Rules, load_rules, tag
from storage.languages import Names
from storage.registry.territories import (
    BadTerritory,
    TerritoryData,
    read_territories,
    shipped_territories,
    with_parents,
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules()


@pytest.mark.parametrize(
    ("text", "territories"),
    [
        ("в Нарынской области", "naryn"),
        ("Нарын облусунда", "naryn"),
        ("Naryn oblast", "naryn"),
        ("в Ошской области", "osh"),
        ("в Оше", "osh-city"),
        ("Ош шаарында", "osh-city"),
        ("Ошский городской кенеш", "osh-city"),
        ("в Ошской и Баткенской областях", "batken osh"),
        ("Ош, Жалал-Абад жана Баткен облустарында", "batken jalal-abad osh"),
        ("Osh and Jalal-Abad regions", "jalal-abad osh"),
        ("На улицах Бишкека посадят деревья", "bishkek"),
        ("Рынок закрыт в Караколе\nКарантин продлится месяц", "issyk-kul karakol"),
        ("Бюджет Канта принят", "chuy kant"),
        ("города Бишкек и Ош", "bishkek osh-city"),
        ("Ош шаарында жана Баткен облусунда", "batken osh-city"),
        ("Жалал-Абадской, Иссык-Кульской, Нарынской и Ошской областей", "jalal-abad issyk-kul naryn osh"),
        ("Джалалабадская область", "jalal-abad"),
        ("Ысык-Көлдө", "issyk-kul"),
        ("Ысык-Колдун айылдары", "issyk-kul"),
        ("на Иссык-Куле", "issyk-kul"),
        ("в Чуйской области", "chuy"),
        ("Чүйдө", "chuy"),
        ("по проспекту Чуй", ""),
        ("на реке Нарын", ""),
        ("каскад Верхненарынских ГЭС", ""),
        ("в Сузаке", "jalal-abad suzak"),
        ("Ноокатского, Узгенского и Кара-Сууского районов", "osh kara-suu nookat uzgen"),
        ("Жумгалда", "naryn jumgal"),
        ("Тоң районунда", "issyk-kul ton"),
        ("в Московском районе", "chuy moskovsky"),
        ("московские гости", ""),
        ("в Панфиловском и Московском районах", "chuy moskovsky panfilov"),
        ("Мэр города Манас", "jalal-abad manas-city"),
        ("в Манасском районе Таласской области", "talas manas-district"),
        ("Манас районунда", "talas manas-district"),
        ("эпос «Манас»", ""),
        ("аэропорт Манас", ""),
        ("город Джалал-Абад", "jalal-abad manas-city"),
        ("Кызыл-Кие", "batken kyzyl-kiya"),
        ("жители Ат-Башы", "naryn at-bashy"),
        ("Таласта", "talas"),
        ("талаш маселе", ""),
        ("ошол жылы", ""),
        ("Токмокто", "chuy tokmok"),
    ],
)
def test_a_place_is_known_in_its_forms(text: str, territories: str, rules: Rules) -> None:
    assert set(tag(text, "", rules).territories) == set(territories.split())


@pytest.mark.parametrize(
    "text",
    [
        "Бишкек, 6 июня 2024 года. Подписан договор.",
        "19 декабря 2019 года\nБишкек, Кыргызстан\nСеминар прошёл.",
        "г. Бишкек – Состоялась встреча.",
        "Адрес: г. Бишкек, ул. Школьная, 1.",
    ],
)
def test_the_place_of_writing_is_not_what_it_is_about(text: str, rules: Rules) -> None:
    assert tag("Новости", text, rules).territories == ()


def test_the_capital_itself_is(rules: Rules) -> None:
    assert tag("Мэрия Бишкека купила автобусы", "", rules).territories == ("bishkek",)


def test_the_country_has_seven_oblasts_and_two_cities_beside_them() -> None:
    top = [territory for territory in shipped_territories() if territory.parent is None]
    assert sorted(territory.kind for territory in top) == ["city"] * 2 + ["oblast"] * 7


def test_every_territory_has_its_names_in_three_languages() -> None:
    for territory in shipped_territories():
        assert territory.names.ru and territory.names.ky and territory.names.en, territory.slug


@pytest.mark.parametrize("territory", shipped_territories(), ids=lambda territory: territory.slug)
def test_a_territory_is_found_by_its_own_names(territory: TerritoryData, rules: Rules) -> None:
    for name in (territory.names.ru, territory.names.ky, territory.names.en):
        assert territory.slug in tag(name, "", rules).territories, name


def test_parents_come_with_a_territory() -> None:
    assert with_parents(["suzak"], shipped_territories()) == ("jalal-abad", "suzak")


def test_an_orphan_is_named() -> None:
    record = {"slug": "x", "kind": "district", "names": {"ru": "Х"}, "phrases": ["х"], "parent": "nowhere"}
    with pytest.raises(BadTerritory, match="nowhere"):
        read_territories({"territory": [record]})


def test_staff_can_add_a_municipality() -> None:
    village = TerritoryData(
        "ak-bulak", "municipality", Names("Ак-Булакский АА"), ("ак булак|булакский",), parent="talas"
    )
    rules = Rules((), (*shipped_territories(), village))
    assert tag("В Ак-Булакском айылном аймаке", "", rules).territories == ("talas", "ak-bulak")


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("Женский футбол: «Нарын» вышел в финал Кубка страны", ()),
        ("Футболисты из Нарына сыграли с гостями", ("naryn",)),
        ("Бишкек – Ош: альтернативную дорогу сдадут в срок", ()),
        ("Жители городов Бишкек, Ош и Нарын выбрали проекты", ("naryn", "bishkek", "osh-city")),
    ],
)
def test_a_club_and_a_road_are_no_places(title: str, places: tuple[str, ...], rules: Rules) -> None:
    assert tag(title, "", rules).territories == places
