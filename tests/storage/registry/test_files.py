"""The registry as files: what goes out comes back, and what is wrong is named by its place."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from storage.registry.cells import items, to_cells, to_values
from storage.registry.changes import Holdings, key_of, without_empty
from storage.registry.files import UnknownFormat, changes_in, write_file
from storage.registry.sheets import SHEETS, WrongSheets, cell_changes
from storage.registry.shipped import shipped_records
from storage.registry.workbook import FileTooLarge, UnknownSheet, UnreadableFile

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = NOW.date()
EXTRA: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "faq",
        {
            "slug": "example",
            "questions": ["=1+1; как?", "@кто\\где"],
            "answer": {"ky": "-жооп"},
            "as_of": "2026-11-20",
        },
    ),
    ("alias", {"kind": "project", "slug": "eged", "text": "+пример"}),
)


@pytest.fixture
def held() -> Holdings:
    """What is shipped, and records that look like formulas."""
    shipped = [(kind, values) for kind, records in shipped_records().items() for values in records]
    return {key_of(kind, values): values for kind, values in (*shipped, *EXTRA)}


def workbook(held: Holdings) -> Any:
    return load_workbook(io.BytesIO(write_file("registry.xlsx", held, NOW)))


def saved(book: Any) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def column(page: Any, name: str) -> int:
    return next(cell.column for cell in page[1] if cell.value == name)


def row(page: Any, slug: str) -> int:
    return next(cells[0].row for cells in page.iter_rows() if cells[0].value == slug)


def mistakes(data: bytes, held: Holdings, name: str = "registry.xlsx") -> list[tuple[str, int, str, str]]:
    with pytest.raises(WrongSheets) as raised:
        changes_in(name, data, held, TODAY)
    found = raised.value.problems
    return [(each.sheet, each.row, each.column, each.problem.format_map(each.words)) for each in found]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xml", *(f"{sheet}.csv" for sheet in SHEETS.values())])
def test_what_goes_out_and_comes_back_changes_nothing(held: Holdings, name: str) -> None:
    assert changes_in(name, write_file(name, held, NOW), held, TODAY) == ()


@pytest.mark.parametrize("name", ["a.xlsx", *(f"{sheet}.csv" for sheet in SHEETS.values())])
def test_an_empty_registry_is_filled_from_a_file(held: Holdings, name: str) -> None:
    others = {
        key: values for key, values in held.items() if name != "a.xlsx" and f"{SHEETS[key[0]]}.csv" != name
    }
    changes = changes_in(name, write_file(name, held, NOW), others, TODAY)
    made = {change.key: without_empty(change.new) for change in changes}
    assert made == {key: without_empty(held[key]) for key in held.keys() - others.keys()}


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1)
    )
)
def test_whatever_a_list_holds_comes_back(texts: list[str]) -> None:
    cells = to_cells("term", {"slug": "x", "aliases": texts})
    assert list(items(cells.get("aliases", ""))) == texts


def test_a_fact_of_several_lines_comes_back() -> None:
    fact = {
        "kind": "note",
        "ru": "Первое: a;b\nвторое \\ третье",
        "source": {"title": "x", "url": "https://x.example"},
    }
    values = {"slug": "x", "facts": [fact, {"kind": "head", "ru": "y", "unconfirmed": True}]}
    assert to_values("organisation", to_cells("organisation", values))["facts"] == values["facts"]


def test_a_changed_cell_is_a_change_of_that_cell_alone(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    page.cell(row(page, "eged"), column(page, "names_ky")).value = "Жаңы ат"
    (change,) = changes_in("a.xlsx", saved(book), held, TODAY)
    assert change.key == ("project", "eged")
    assert [(cell.column, cell.new) for cell in cell_changes(change)] == [("names_ky", "Жаңы ат")]


def test_a_column_that_is_not_there_stays_as_it_is(held: Holdings) -> None:
    (change,) = changes_in("projects.csv", "slug;state\neged;active\n".encode("cp1251"), held, TODAY)
    assert change.new is not None
    assert change.new["state"] == "active"
    assert change.new["names"] == held["project", "eged"]["names"]


def test_a_date_and_a_number_typed_into_excel_are_read(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    page.cell(row(page, "eged"), column(page, "as_of")).value = datetime(2026, 3, 1)
    page = book["terms"]
    page.cell(row(page, "msu"), column(page, "as_of")).value = 2024
    changes = {change.key: change.new for change in changes_in("a.xlsx", saved(book), held, TODAY)}
    assert changes["project", "eged"]["as_of"] == "2026-03-01"  # type: ignore[index]
    assert changes["term", "msu"]["as_of"] == "2024"  # type: ignore[index]


def test_a_yes_in_the_last_column_takes_a_record_away(held: Holdings) -> None:
    book = workbook(held)
    page = book["faq"]
    page.cell(2, column(page, "remove")).value = "да"
    (change,) = changes_in("a.xlsx", saved(book), held, TODAY)
    assert (change.key, change.new) == (("faq", "example"), None)


def test_every_mistake_is_named_by_sheet_row_and_column(held: Holdings) -> None:
    book = workbook(held)
    projects, contacts = book["projects"], book["contacts"]
    projects.cell(3, column(projects, "state")).value = "running"
    projects.cell(4, column(projects, "names_ru")).value = None
    projects.cell(5, column(projects, "phases")).value = "start: 2016\nends: soon"
    contacts.cell(2, column(contacts, "source_url")).value = "dpi.example"
    assert mistakes(saved(book), held) == [
        ("projects", 3, "state", "“running” is none of: active, completed, unconfirmed"),
        ("projects", 4, "names_ru", "a text is expected"),
        ("projects", 5, "phases (phases 1, ends)", "“soon” is no date such as 2016, 2016-10 or 2016-10-01"),
        ("contacts", 2, "source_url", "an address that starts with http is expected"),
    ]


def test_a_slug_that_leads_nowhere_is_named(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    page.cell(2, column(page, "donors")).value = "nobody"
    assert mistakes(saved(book), held) == [("projects", 2, "donors", "“nobody” is not in the registry")]


def test_a_record_that_others_need_is_not_taken_away(held: Holdings) -> None:
    found = mistakes(b"slug,remove\neged,yes\n", held, "projects.csv")
    assert ("contacts", 0, "eged-dpi", "“eged” is not in the registry") in found


@pytest.mark.parametrize(
    ("csv", "place"),
    [
        ("slug,color\nx,red\n", (1, "color")),
        ("state\nactive\n", (1, "slug")),
        ("slug,state\neged,active\neged,active\n", (3, "slug")),
        ("slug,state\n,active\n", (2, "slug")),
        ("slug,state\nEGED !,active\n", (2, "slug")),
        ("slug,state\neged,active,more\n", (2, "C")),
    ],
)
def test_a_header_or_a_row_that_is_wrong_is_named(held: Holdings, csv: str, place: tuple[int, str]) -> None:
    assert place in {found[1:3] for found in mistakes(csv.encode(), held, "projects.csv")}


def test_nothing_that_is_written_is_a_formula(held: Holdings) -> None:
    for page in workbook(held):
        assert all(cell.data_type != "f" for cells in page.iter_rows() for cell in cells)
    text = write_file("faq.csv", held, NOW).decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'-жооп" in text


def test_a_formula_is_not_read(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    page.cell(2, column(page, "site")).value = '=HYPERLINK("https://x.example")'
    assert mistakes(saved(book), held) == [
        ("projects", 2, "site", "a formula is not read; write what it gives")
    ]


def test_what_is_too_large_is_not_read(held: Holdings) -> None:
    with pytest.raises(FileTooLarge):
        changes_in("projects.csv", b"slug\n" + b"x\n" * 20_001, held, TODAY)
    with pytest.raises(FileTooLarge):
        changes_in("a.xlsx", b"x" * 5_000_001, held, TODAY)


def test_a_row_far_below_is_too_large(held: Holdings) -> None:
    book = Workbook()
    book.active.title = "projects"
    book.active.cell(1, 1).value = "slug"
    book.active.cell(1_000_000, 1).value = "x"
    with pytest.raises(FileTooLarge):
        changes_in("a.xlsx", saved(book), held, TODAY)


def test_a_zip_bomb_is_not_unpacked(held: Holdings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 70_000_000)
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(FileTooLarge):
        changes_in("a.xlsx", packed.getvalue(), held, TODAY)


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]>
<iati-activities version="2.03"><iati-activity><title>&m;</title></iati-activity></iati-activities>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(held: Holdings, encoding: str) -> None:
    bomb = BILLION_LAUGHS.decode().replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    with pytest.raises(UnreadableFile):
        changes_in("a.xml", bomb, held, TODAY)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_file("a.xlsx", held, NOW))) as good,
        zipfile.ZipFile(packed, "w") as bad,
    ):
        for entry in good.infolist():
            data = good.read(entry)
            bad.writestr(entry.filename, bomb if entry.filename == "xl/styles.xml" else data)
    with pytest.raises(UnreadableFile):
        changes_in("a.xlsx", packed.getvalue(), held, TODAY)


@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "projects.csv", "a.xml"]))
def test_whatever_bytes_come_the_failure_is_one_of_ours(data: bytes, name: str) -> None:
    from storage.errors import JarchyError

    try:
        changes_in(name, data, {}, TODAY)
    except JarchyError as error:
        assert str(error)


def test_a_file_of_another_kind_or_name_is_refused(held: Holdings) -> None:
    with pytest.raises(UnknownFormat):
        changes_in("a.docx", b"", held, TODAY)
    with pytest.raises(UnknownSheet):
        changes_in("table.csv", b"slug\n", held, TODAY)


ACTIVITY = """<?xml version="1.0" encoding="UTF-8"?>
<iati-activities version="2.03" xmlns:own="https://example.org/own">
  <iati-activity default-currency="CHF" xml:lang="en" last-updated-datetime="2026-05-04T10:00:00Z">
    <iati-identifier>XX-EXAMPLE-1</iati-identifier>
    <reporting-org ref="XX-EXAMPLE" type="10"><narrative>Example Donor</narrative></reporting-org>
    <title><narrative>Clean Water of Example Aimak</narrative><narrative xml:lang="ru">Чистая вода</narrative></title>
    <description><narrative>Pipes for six villages.</narrative></description>
    <participating-org role="1"><narrative>SDC</narrative></participating-org>
    <participating-org role="4"><narrative>Development Policy Institute</narrative></participating-org>
    <own:colour>blue</own:colour>
    <activity-status code="2"/>
    <activity-date type="2" iso-date="2024-01-15"/>
    <activity-date type="3" iso-date="2027-06-30"/>
    <location><name><narrative>Naryn</narrative></name></location>
    <budget><period-start iso-date="2024-01-15"/><period-end iso-date="2024-12-31"/>
      <value value-date="2024-01-15">1000000</value></budget>
    <budget><period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
      <value currency="CHF" value-date="2025-01-01">500000.00</value></budget>
  </iati-activity>
</iati-activities>
"""


def test_an_activity_becomes_a_project(held: Holdings) -> None:
    (change,) = changes_in("a.xml", ACTIVITY.encode(), held, TODAY)
    assert change.new == {
        "slug": "clean-water-of-example-aimak",
        "names": {"en": "Clean Water of Example Aimak", "ru": "Чистая вода"},
        "summary": {"en": "Pipes for six villages.", "ru": "Pipes for six villages."},
        "numbers": ["XX-EXAMPLE-1"],
        "donors": ["sdc"],
        "implementers": ["dpi"],
        "territories": ["naryn"],
        "phases": [{"start": "2024-01-15", "planned": False, "ends": ["2027-06-30"]}],
        "budgets": [{"amount": 1_500_000, "currency": "CHF"}],
        "as_of": "2026-05-04",
        "source": {"title": "Example Donor", "url": "https://d-portal.org/q.html?aid=XX-EXAMPLE-1"},
    }
    again = {**held, change.key: change.new}
    assert changes_in("a.xml", ACTIVITY.encode(), again, TODAY) == ()


def test_an_activity_that_closed_completes_its_project(held: Holdings) -> None:
    written = write_file("a.xml", held, NOW).decode()
    at = written.index("KG-JARCHY-psi<")
    closed = written[:at] + written[at:].replace('activity-status code="2"', 'activity-status code="4"', 1)
    (change,) = changes_in("a.xml", closed.encode(), held, TODAY)
    assert [(cell.column, cell.new) for cell in cell_changes(change) if cell.column == "state"] == [
        ("state", "completed")
    ]


def test_a_mistake_of_an_activity_is_named_by_its_line(held: Holdings) -> None:
    wrong = ACTIVITY.replace("<narrative>SDC</narrative>", "<narrative>Nobody Known</narrative>")
    assert mistakes(wrong.encode(), held, "a.xml") == [
        ("iati", 3, "participating-org", "“Nobody Known” is not in the registry")
    ]
    wrong = ACTIVITY.replace("2024-01-15", "in spring")
    assert mistakes(wrong.encode(), held, "a.xml")[0][:3] == ("iati", 12, "activity-date")


def test_dates_keep_the_precision_of_their_source(held: Holdings) -> None:
    assert date(2022, 6, 30).isoformat() in write_file("a.xml", held, NOW).decode()
    assert changes_in("a.xml", write_file("a.xml", held, NOW), held, TODAY) == ()


SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = (
    f'<sst xmlns="{SPREADSHEET}"><si><t>slug</t></si><si><t>state</t></si><si><t>eged</t></si>'
    "<si><r><t>act</t></r><r><rPr><b/></rPr><t>ive</t></r></si></sst>"
)
SHEET = (
    f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c></row>'
    '</sheetData><extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
)


def test_texts_kept_apart_as_excel_keeps_them_are_read(held: Holdings) -> None:
    """Excel writes each text once, in a part of its own, with its formatting, and leaves empty rows out."""
    book = Workbook()
    book.active.title = "projects"
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as plain, zipfile.ZipFile(packed, "w") as excel:
        for entry in plain.infolist():
            text = plain.read(entry).decode()
            if entry.filename == "xl/worksheets/sheet1.xml":
                text = SHEET
            if entry.filename == "[Content_Types].xml" and "sharedStrings" not in text:
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
                text = text.replace("</Types>", part)
            if entry.filename != "xl/sharedStrings.xml":
                excel.writestr(entry.filename, text)
        excel.writestr("xl/sharedStrings.xml", SHARED)
    (change,) = changes_in("a.xlsx", packed.getvalue(), held, TODAY)
    assert [(cell.column, cell.new) for cell in cell_changes(change)] == [("state", "active")]


def test_money_that_was_committed_is_read_where_there_is_no_budget(held: Holdings) -> None:
    start = ACTIVITY.index("<budget>")
    end = ACTIVITY.index("</iati-activity>")
    committed = "".join(
        f'<transaction><transaction-type code="{code}"/><transaction-date iso-date="2024-02-01"/>'
        f'<value currency="USD" value-date="2024-02-01">{amount}</value></transaction>'
        for code, amount in (("2", 700), ("2", 300), ("11", 9_000), ("3", 50))
    )
    (change,) = changes_in("a.xml", (ACTIVITY[:start] + committed + ACTIVITY[end:]).encode(), held, TODAY)
    assert change.new is not None
    assert change.new["budgets"] == [{"amount": 1_000, "currency": "USD"}]


@pytest.mark.parametrize("amount", ["many", "NaN", "1e400"])
def test_what_is_no_amount_is_named(held: Holdings, amount: str) -> None:
    found = mistakes(ACTIVITY.replace("1000000", amount).encode(), held, "a.xml")
    assert [(each[2], each[3]) for each in found] == [("value", f"“{amount}” is no amount such as 4050000")]
