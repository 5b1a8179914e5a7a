"""Projects and organisations by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.rules import tagging_rules
from feeds.tagging import Alias, Rules, tag
from storage.registry import RegistrySnapshot
from storage.registry.shipped import load_shipped

ALIASES = (
    Alias("Успешный аймак", "project", "aimak-1", "Успешный аймак"),
    Alias("Успешный аймак", "project", "aimak-2", "Успешный аймак 2"),
    Alias("Успешный аймак 2", "project", "aimak-2", "Успешный аймак 2"),
    Alias("УА2", "project", "aimak-2", "Успешный аймак 2"),
    Alias("Ийгиликтүү аймак 2", "project", "aimak-2", "Успешный аймак 2"),
    Alias("Голос граждан", "project", "voice", "Голос граждан и подотчетность"),
    Alias("Институт политики развития", "organisation", "dpi", "Институт политики развития"),
    Alias("ИПР", "organisation", "dpi", "Институт политики развития"),
    Alias("USAID", "organisation", "usaid", "USAID"),
    Alias("АГУП КР", "organisation", "apap", "АГУПКР"),
    Alias("Муниципалитет", "organisation", "journal", "Журнал «Муниципалитет»"),
    Alias("Швейцария", "organisation", "sdc", "Швейцарское управление"),
    Alias("швейцарский", "organisation", "sdc", "Швейцарское управление"),
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules((), (), ALIASES)


@pytest.mark.parametrize(
    ("text", "projects"),
    [
        ("В рамках «Успешного аймака 2» прошёл форум", ["aimak-2"]),
        ("Проект «Успешный аймак-2»", ["aimak-2"]),
        ("УСПЕШНЫЙ АЙМАК 2: ИТОГИ", ["aimak-2"]),
        ("УА2 объявил конкурс", ["aimak-2"]),
        ("Ийгиликтуу аймак 2 долбоору", ["aimak-2"]),
        ("Опыт «Успешного аймака»", ["aimak-1"]),
        ("проект успешный аймак 2 завершается", ["aimak-2"]),
        ("Самый успешный аймак района", []),
        ("Проект «Голос граждан» завершён", ["voice"]),
        ("Голос граждан должен быть услышан", []),
        ("Это голос граждан", []),
        ("Проектом Голос граждан обучено сто человек", ["voice"]),
    ],
)
def test_a_project_is_known_where_it_is_named(text: str, projects: list[str], rules: Rules) -> None:
    assert list(tag(text, "", rules).projects) == projects


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("Институтом политики развития проведён семинар", ["dpi"]),
        ("Семинар провёл ИПР", ["dpi"]),
        ("ипр", []),
        ("ИПРдин окуусу", ["dpi"]),
        ("USAIDдин колдоосу менен", ["usaid"]),
        ("проект USAID/ИПР", ["usaid", "dpi"]),
        ("А.Г.У.П. КР открыла курсы", ["apap"]),
        ("Журнал «Муниципалитет» вышел", ["journal"]),
        ("Муниципалитет купил трактор", []),
        ("При поддержке правительства Швейцарии", ["sdc"]),
        ("Проект финансирует Швейцария", ["sdc"]),
        ("Швейцария обыграла Италию", []),
        ("Швейцарский сыр", []),
    ],
)
def test_an_organisation_is_known_where_it_is_named(
    text: str, organisations: list[str], rules: Rules
) -> None:
    assert list(tag(text, "", rules).organisations) == organisations


NAMED = [
    line.partition("|")[::2]
    for line in (Path(__file__).parent / "tagging" / "names.txt").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def shipped() -> Rules:
    return tagging_rules(RegistrySnapshot(load_shipped()))


@pytest.mark.parametrize(("slugs", "text"), NAMED, ids=[text.strip() for _, text in NAMED])
def test_places_projects_and_bodies_of_the_shipped_registry(slugs: str, text: str, shipped: Rules) -> None:
    found = tag(text.strip(), "", shipped)
    oblasts = {place.slug for place in shipped.territories if place.parent is None}
    named = {*oblasts.intersection(found.territories), *found.projects, *found.organisations}
    assert named == set(slugs.split())


def test_the_evidence_gives_the_words_as_written(rules: Rules) -> None:
    (piece,) = tag("Форум «Успешного аймака 2»", "", rules).why
    assert (piece.tag, piece.rule, piece.words) == ("aimak-2", "project", ("Успешного аймака 2",))
