"""Releases and saved pages come apart into title, date, place, contacts and neighbours."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from feeds.check import document_as_json
from feeds.documents import read_document
from feeds.press import read_press, related_item
from tests.conftest import NOW

CASES = sorted((Path(__file__).parent / "press").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_release_is_read_as_its_expected_result_says(case: Path) -> None:
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    read = document_as_json(case.name, read_document(case.name, case.read_bytes(), NOW))
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_body_has_neither_title_nor_footer_nor_neighbours(case: Path) -> None:
    document = read_document(case.name, case.read_bytes(), NOW)
    lines = document.body.split("\n")
    assert document.title not in lines
    assert not any(related.title in document.body for related in document.related)
    assert not any(email in document.body for contact in document.contacts for email in contact.emails)


def test_the_date_of_a_neighbour_is_never_the_date_of_the_text() -> None:
    document = read_press(
        "Заголовок новости о местном самоуправлении\n\n"
        "Местное самоуправление обсудили на собрании жителей, и об этом решили написать новость с заголовком.\n"
        "Похожие материалы:\n№6 (164) / 2025-07-14 Другая новость о другом событии"
    )
    assert document.date is None
    assert document.related[0].date == date(2025, 7, 14)


def test_the_day_of_an_event_stands_in_for_a_date_of_publication_and_is_called_so() -> None:
    document = read_press(
        "Академия и институт подписали меморандум\n"
        "Академия и институт подписали меморандум о сотрудничестве. Церемония состоялась 6 июня 2024 года в Бишкеке."
    )
    assert (document.date, document.warnings) == (date(2024, 6, 6), ("date_of_event",))


def test_the_date_of_a_law_is_not_the_day_of_an_event() -> None:
    document = read_press(
        "Депутаты обсудили закон о местном самоуправлении\n"
        "Депутаты обсудили, как исполняется закон от 20 октября 2021 года о местном самоуправлении, и дали советы."
    )
    assert document.date is None


def test_a_list_of_latest_news_above_the_text_is_part_of_the_frame() -> None:
    document = read_press(
        "Последние новости\nКороткая новость соседнего сайта\n\nЖители села выбрали старосту на собрании\n24.10.2022\n"
        "\n"
        "Жители села собрались в школе и выбрали старосту, который будет представлять их интересы в айыл окмоту.\n"
    )
    assert document.title == "Жители села выбрали старосту на собрании"
    assert document.body.startswith("Жители села собрались")


def test_a_text_without_a_headline_is_named_by_its_file_or_its_first_sentence() -> None:
    prose = (
        "Жители села собрались в школе и выбрали старосту, который будет представлять их интересы в айыл окмоту. "
        "Собрание длилось два часа, и пришли почти все."
    )
    assert read_press(prose, hint_title="Выбрали старосту").title == "Выбрали старосту"
    assert read_press(prose).title == prose.split(". ")[0] + "."


def test_a_neighbour_loses_the_number_and_date_of_its_issue() -> None:
    related = related_item("№5 (163) / 2025-06-10 Экологический совет города")
    assert (related.title, related.date) == ("Экологический совет города", date(2025, 6, 10))
