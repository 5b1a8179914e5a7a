"""The registry as files: what goes out comes back, and what is wrong is named by its place."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import Workbook, load_workbook

from storage.registry.cells import items, to_cells, to_values
from storage.registry.changes import Holdings, key_of, without_empty
from storage.registry.file_bounds import FileTooLarge, UnknownSheet, UnreadableFile
from storage.registry.files import UnknownFormat, changes_in, left_out, write_file
from storage.registry.sheets import SHEETS, WrongSheets, cell_changes
from storage.registry.shipped import shipped_records

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


def test_all_that_is_wrong_with_a_row_is_named_at_once(held: Holdings) -> None:
    row = ("a", "nothing", None, "звоните", "весной", "x", "x.example")
    assert mistakes(a_workbook("contacts", CONTACTS, row), held) == [
        ("contacts", 2, "as_of", "“весной” is no date such as 2016, 2016-10 or 2016-10-01"),
        ("contacts", 2, "source_url", "an address that starts with http is expected"),
        ("contacts", 2, "role_ru", "a text is expected"),
        ("contacts", 2, "phones", "“звоните” is no telephone number such as +996312976530"),
        ("contacts", 2, "of_project", "“nothing” is not in the registry"),
    ]


@pytest.mark.parametrize(
    ("phone", "mail", "problem"),
    [
        ("12345", "info@dpi.kg", ("phones", "“12345” is no telephone number such as +996312976530")),
        ("0312 976530", "not an email", ("emails", "“not an email” is no e-mail address such as info@dpi.kg")),
        ("0312 976530", "a@b", ("emails", "“a@b” is no e-mail address such as info@dpi.kg")),
        ("0312 976530", "a@c.kg, b c.kg", ("emails", "“b c.kg” is no e-mail address such as info@dpi.kg")),
    ],
)  # fmt: skip
def test_what_nobody_can_be_reached_by_is_named(
    held: Holdings, phone: str, mail: str, problem: tuple[str, str]
) -> None:
    header = (*CONTACTS, "emails")
    row = ("a", "eged", "Офис", phone, "2026", "x", "https://x.example", mail)
    assert mistakes(a_workbook("contacts", header, row), held) == [("contacts", 2, *problem)]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("site", "javascript:alert(1)", "an address that starts with http is expected"),
        ("site", "https://nowhere", "“https://nowhere” is no address of a page such as https://dpi.kg"),
        ("source_url", "http://", "“http://” is no address of a page such as https://dpi.kg"),
        ("as_of", "2031", "“2031” has not come yet: write when this was true"),
        ("aliases", "УУМУ", "“УУМУ” is a name of “psi” already"),
        ("aliases", "развитие МСУ\nа", "“а” is too short or too common a word for a name"),
        ("aliases", "жана", "“жана” is too short or too common a word for a name"),
        ("names_ru", "Я" * 256, "at most 255 characters fit"),
        ("summary_ru", "Я" * 2_001, "at most 2000 characters fit"),
        ("aliases", "Я" * 256, f"“{'Я' * 40}…”: at most 255 characters fit"),
    ],
)
def test_what_would_mislead_or_break_a_card_is_named(
    held: Holdings, column: str, cell: str, problem: str
) -> None:
    book = workbook(held)
    page = book["projects"]
    at = row(page, "eged")
    page.cell(at, next(each.column for each in page[1] if each.value == column)).value = cell
    assert mistakes(saved(book), held) == [("projects", at, column, problem)]


def test_a_fact_of_a_year_to_come_is_named(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    fact = "kind: note\nru: Будет\nas_of: 2030"
    page.cell(2, column(page, "facts")).value = fact
    assert mistakes(saved(book), held) == [
        ("projects", 2, "facts", "“2030” has not come yet: write when this was true")
    ]


def test_a_name_of_staff_that_belongs_to_another_record_is_named(held: Holdings) -> None:
    csv = "kind,slug,text\nproject,eged,УУМУ\nproject,eged,о\n"
    assert mistakes(csv.encode(), held, "aliases.csv") == [
        ("aliases", 2, "text", "“УУМУ” is a name of “psi” already"),
        ("aliases", 3, "text", "“о” is too short or too common a word for a name"),
    ]


def test_a_card_that_would_not_fit_a_message_is_named(held: Holdings) -> None:
    book = workbook(held)
    page = book["projects"]
    facts = "\n\n".join(f"kind: note\nru: {'Я' * 900}" for _ in range(5))
    page.cell(2, column(page, "facts")).value = facts
    ((sheet, number, where, problem),) = mistakes(saved(book), held)
    assert (sheet, number, where) == ("projects", 2, "facts")
    assert re.fullmatch(
        r"the card would have \d+ characters, and a message holds 4096: make it shorter", problem
    )


def test_a_sheet_that_is_none_is_named(held: Holdings) -> None:
    book = workbook(held)
    book.create_sheet("Лист1").append(["заметки"])
    with pytest.raises(WrongSheets) as raised:
        changes_in("a.xlsx", saved(book), held, TODAY)
    assert [str(problem) for problem in raised.value.problems] == [
        f"Sheet “Лист1”: there is no such sheet; known are: {', '.join(SHEETS.values())}."
    ]


def test_an_empty_sheet_is_passed_over(held: Holdings) -> None:
    book = workbook(held)
    book.create_sheet("Лист1")
    assert changes_in("a.xlsx", saved(book), held, TODAY) == ()


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
        "state": "active",
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
        ("iati", 8, "participating-org", "“Nobody Known” is not in the registry")
    ]
    wrong = ACTIVITY.replace("2024-01-15", "in spring")
    assert mistakes(wrong.encode(), held, "a.xml")[0][:3] == ("iati", 12, "activity-date")


def test_everything_that_is_wrong_with_activities_is_named_at_once(held: Holdings) -> None:
    wrong = ACTIVITY.replace("<narrative>SDC</narrative>", "<narrative>Nobody Known</narrative>")
    wrong = wrong.replace("2024-01-15", "in spring").replace("500000.00", "a lot")
    wrong = wrong.replace(
        "<location>", "<contact-info><website>http://nowhere</website></contact-info><location>"
    )
    second = wrong[wrong.index("  <iati-activity ") : wrong.index("</iati-activities>")].replace("-1<", "-2<")
    second = second.replace("Example Aimak", "Second Aimak")
    wrong = wrong.replace("</iati-activities>", second.replace('code="2"', 'code="9"') + "</iati-activities>")
    found = [(each[1], each[2]) for each in mistakes(wrong.encode(), held, "a.xml")]
    first_activity = [
        (3, "contact-info"), (8, "participating-org"), (12, "activity-date"), (15, "period-start"), (18, "value"),
    ]  # fmt: skip
    assert set(found) >= {*first_activity, *((line + 17, element) for line, element in first_activity[1:])}
    assert (28, "activity-status") in found
    assert found == sorted(found, key=lambda each: each[0])


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


def a_workbook(sheet: str, *rows: tuple[Any, ...], merged: str | None = None) -> bytes:
    book = Workbook()
    book.active.title = sheet
    for cells in rows:
        book.active.append(cells)
    if merged:
        book.active.merge_cells(merged)
    return saved(book)


CONTACTS = ("slug", "of_project", "role_ru", "phones", "as_of", "source_title", "source_url")


def test_numbers_and_dates_are_read_as_excel_keeps_them(held: Holdings) -> None:
    rows = (
        ("a", "eged", "Офис", 996312976530, datetime(2026, 3, 1), "x", "https://x.example"),
        (None, None, None, None, None, None, None),
        ("b", "eged", "Офис", 312976530.0, 46082, "x", "https://x.example"),
        ("c", "eged", "Офис", "0312 97-65-30, 0555 313-385", "01.03.2026", "x", "https://x.example"),
        ("d", "eged", "Офис", "+996 312 976530", 2026.0, "x", "https://x.example"),
    )
    changes = changes_in("a.xlsx", a_workbook("contacts", CONTACTS, *rows), held, TODAY)
    read = [(change.new["phones"], change.new["as_of"]) for change in changes if change.new]
    assert read == [
        (["+996312976530"], "2026-03-01"),
        (["+996312976530"], "2026-03-01"),
        (["+996312976530", "+996555313385"], "2026-03-01"),
        (["+996312976530"], "2026"),
    ]


def test_what_is_no_telephone_number_is_named(held: Holdings) -> None:
    row = ("a", "eged", "Офис", "звоните", "2026", "x", "https://x.example")
    assert mistakes(a_workbook("contacts", CONTACTS, row), held) == [
        ("contacts", 2, "phones", "“звоните” is no telephone number such as +996312976530")
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [("31.12.2025", "2025-12-31"), ("1/3/2026", "2026-03-01"), ("03.2026", "2026-03"), ("2026-03", "2026-03"),
     ("2026-03-01 00:00:00", "2026-03-01"), ("45352", "2024-03-01"), ("2024", "2024"), ("01.03.2026 г.", "2026-03-01")],
)  # fmt: skip
def test_dates_are_read_however_they_are_written(held: Holdings, written: str, said: str) -> None:
    csv = f"slug;as_of;phases\neged;{written};start: {written}\n"
    (change,) = changes_in("projects.csv", csv.encode(), held, TODAY)
    assert change.new is not None
    assert change.new["as_of"] == change.new["phases"][0]["start"] == said


@pytest.mark.parametrize("written", ["2016-00", "2016-13", "16-10-01", "30.02.2026", "весной", "202603"])
def test_what_is_no_date_is_named(held: Holdings, written: str) -> None:
    found = mistakes(f"slug;as_of\neged;{written}\n".encode(), held, "projects.csv")
    assert [each[:3] for each in found] == [("projects", 2, "as_of")]


def test_a_merged_cell_says_the_same_in_every_row_it_covers(held: Holdings) -> None:
    rows = (
        ("slug", "state", "site"),
        ("eged", "completed", "https://a.example"),
        ("psi", None, "https://b.example"),
    )
    changes = changes_in("a.xlsx", a_workbook("projects", *rows, merged="B2:B3"), held, TODAY)
    assert [change.new["state"] for change in changes if change.new] == ["completed", "completed"]


def test_merging_without_end_is_refused(held: Holdings) -> None:
    packed, data = io.BytesIO(), a_workbook("projects", ("slug", "state"), ("eged", None), merged="A1:B1")
    with zipfile.ZipFile(io.BytesIO(data)) as good, zipfile.ZipFile(packed, "w") as bad:
        for entry in good.infolist():
            text = good.read(entry)
            assert entry.filename != "xl/worksheets/sheet1.xml" or b'ref="A1:B1"/>' in text
            bad.writestr(entry.filename, text.replace(b'ref="A1:B1"/>', b'ref="A1:XFD1048576"/>'))
    with pytest.raises(FileTooLarge):
        changes_in("a.xlsx", packed.getvalue(), held, TODAY)


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffslug;state;names_ky\r\neged;active;Жаңы\r\n".encode(),
        "slug\tstate\tnames_ky\r\neged\tactive\tЖаңы\r\n".encode("utf-16"),
        "sep=;\r\nslug;state;names_ky\r\neged;active;Жаңы\r\n".encode(),
        '"slug","state","names_ky"\n"eged","active","Жаңы"\n\n\n'.encode(),
    ],
    ids=["byte order mark", "as Excel saves Unicode text", "sep=", "quoted"],
)
def test_every_way_of_saving_a_table_is_read(held: Holdings, data: bytes) -> None:
    (change,) = changes_in("projects.csv", data, held, TODAY)
    assert change.new is not None
    assert (change.new["state"], change.new["names"]["ky"]) == ("active", "Жаңы")


# -------------------------------------------------------------------------------------------- IATI

ORDER = (
    "iati-identifier", "reporting-org", "title", "description", "participating-org", "other-identifier",
    "activity-status", "activity-date", "contact-info", "recipient-country", "location", "sector", "transaction",
    "document-link",
)  # fmt: skip
CODES = {
    ("reporting-org", "type"): {
        "10",
        "11",
        "15",
        "21",
        "22",
        "23",
        "24",
        "30",
        "40",
        "60",
        "70",
        "71",
        "80",
        "90",
    },
    ("participating-org", "role"): {"1", "2", "3", "4"},
    ("other-identifier", "type"): {"A1", "A2", "A3", "A9", "B1", "B9"},
    ("activity-status", "code"): {"1", "2", "3", "4", "5", "6"},
    ("activity-date", "type"): {"1", "2", "3", "4"},
    ("contact-info", "type"): {"1", "2", "3", "4"},
    ("description", "type"): {"1", "2", "3", "4"},
    ("transaction-type", "code"): {str(code) for code in range(1, 14)},
}
"""Of the standard's code lists, those that are used (https://iatistandard.org/en/iati-standard/203/codelists/)."""


def test_what_goes_out_keeps_to_the_standard(held: Holdings) -> None:
    root = etree.fromstring(write_file("a.xml", held, NOW))
    found = root.findall("iati-activity")
    assert (root.get("version"), len(found)) == ("2.03", sum(key[0] == "project" for key in held) - 1)
    assert len({activity.findtext("iati-identifier") for activity in found}) == len(found)
    for activity in found:
        tags = [child.tag for child in activity]
        assert tags == sorted(tags, key=ORDER.index)
        assert {
            "iati-identifier",
            "reporting-org",
            "title",
            "description",
            "participating-org",
            "activity-status",
            "activity-date",
            "sector",
        } <= set(tags)
        for (tag, attribute), codes in CODES.items():
            assert {each.get(attribute) for each in activity.iter(tag)} <= codes
        for each in activity.iterfind("activity-date"):
            assert each.get("type") in ("1", "3") or date.fromisoformat(each.get("iso-date", "")) <= TODAY
        for value in activity.iter("value"):
            assert (int(value.text or "") > 0, len(value.get("currency", ""))) == (True, 3)
            assert date.fromisoformat(value.get("value-date", ""))


def test_a_project_of_which_no_body_or_no_date_is_known_is_left_out_and_named(held: Holdings) -> None:
    written = write_file("a.xml", held, NOW)
    assert left_out("a.xml", held) == ("100-women-leaders",)
    assert left_out("a.xlsx", held) == ()
    assert "KG-JARCHY-100-women-leaders" not in written.decode()
    assert "<!-- Left out, with no known organisation or date: 100-women-leaders -->" in written.decode()


def test_partners_go_out_as_extending_organisations(held: Holdings) -> None:
    root = etree.fromstring(write_file("a.xml", held, NOW))
    (eged,) = (each for each in root if each.findtext("iati-identifier") == "KG-JARCHY-eged")
    roles = [(each.get("role"), each.findtext("narrative")) for each in eged.iterfind("participating-org")]
    assert ("3", "Всемирный банк") in roles


def test_everything_iati_has_a_word_for_comes_back_into_an_empty_registry(held: Holdings) -> None:
    others = {
        key: values for key, values in held.items() if key[0] not in ("project", "alias", "contact", "event")
    }
    changes = changes_in("a.xml", write_file("a.xml", held, NOW), others, TODAY)
    made = {change.slug: change.new or {} for change in changes}
    for key, values in held.items():
        if key[0] != "project" or key[1] in left_out("a.xml", held):
            continue
        back = next(new for new in made.values() if dict(new["names"]) == dict(values["names"]))
        for field in (
            "summary",
            "donors",
            "implementers",
            "partners",
            "numbers",
            "territories",
            "site",
            "source",
        ):
            assert back.get(field) == (values.get(field) or back.get(field)), (key, field)
        assert (back["state"] == "completed") == (values.get("state") == "completed")
        money = sorted(
            (phase["amount"], phase["currency"]) for phase in values.get("phases", []) if "amount" in phase
        )
        assert sum(each["amount"] for each in back.get("budgets", [])) == sum(
            amount for amount, _ in money
        ) + sum(each["amount"] for each in values.get("budgets", []))


def changed_project(held: Holdings, old: str, new: str) -> Any:
    assert old in ACTIVITY
    (change,) = changes_in("a.xml", ACTIVITY.replace(old, new).encode(), held, TODAY)
    return change.new


def test_what_one_edits_in_our_own_file_keeps_its_source(held: Holdings) -> None:
    written = write_file("a.xml", held, NOW).decode()
    edited = written.replace("Voice and Accountability: the budget process", "Voice of Citizens")
    (change,) = changes_in("a.xml", edited.encode(), held, TODAY)
    assert change.new is not None
    assert (change.new["names"]["en"], change.new["source"]) == ("Voice of Citizens", change.old["source"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("code", "state"), [("1", "active"), ("3", "active"), ("5", "completed"), ("6", "unconfirmed")]
)
def test_every_status_of_the_standard_is_read(held: Holdings, code: str, state: str) -> None:
    new = changed_project(held, '<activity-status code="2"/>', f'<activity-status code="{code}"/>')
    assert new["state"] == state


def test_a_status_that_is_not_said_changes_none(held: Holdings) -> None:
    written = write_file("a.xml", held, NOW).decode()
    silent = re.sub(r"\s*<activity-status [^>]*>", "", written)
    assert changes_in("a.xml", silent.encode(), held, TODAY) == ()


def test_a_body_is_found_by_its_identifier_alone(held: Holdings) -> None:
    known = {**held, ("alias", "x"): {"kind": "organisation", "slug": "sdc", "text": "CH-4"}}
    known["organisation", "sdc"] = {**held["organisation", "sdc"], "aliases": ["CH-4"]}
    new = changed_project(
        {key: each for key, each in known.items() if key[1] != "x"},
        '<participating-org role="1"><narrative>SDC</narrative></participating-org>',
        '<participating-org role="1" ref="CH-4"/>',
    )
    assert new["donors"] == ["sdc"]


def test_a_source_that_is_named_is_the_source(held: Holdings) -> None:
    page = (
        '<document-link url="https://water.example/p"><title><narrative>Water</narrative></title>'
        '<category code="A12"/></document-link></iati-activity>'
    )
    assert changed_project(held, "</iati-activity>", page)["source"] == {
        "title": "Water",
        "url": "https://water.example/p",
    }


@pytest.mark.parametrize(
    ("old", "new", "column", "problem"),
    [
        ('status code="2"', 'status code="9"', "activity-status", "“9” is no code of the standard's list"),
        ('org role="4"', 'org role="7"', "participating-org", "“7” is no code of the standard's list"),
        ('date type="3"', 'date type="end"', "activity-date", "“end” is no code of the standard's list"),
        ('currency="CHF" v', 'currency="франк" v', "value", "“франк” is no currency such as USD"),
        ("<location>", '<recipient-country code="TJ"/><location>', "recipient-country",
         "this activity is in TJ, not in Kyrgyzstan"),
    ],
)  # fmt: skip
def test_what_is_beside_the_standard_or_the_country_is_named(
    held: Holdings, old: str, new: str, column: str, problem: str
) -> None:
    found = mistakes(ACTIVITY.replace(old, new, 1).encode(), held, "a.xml")
    assert [(each[2], each[3]) for each in found] == [(column, problem)]


@pytest.mark.parametrize(
    "where",
    [
        '<recipient-country code="KG" percentage="40"/><recipient-country code="TJ" percentage="60"/>',
        '<recipient-country code="TJ"/><recipient-region code="619" vocabulary="1"/>',
    ],
)
def test_a_project_in_several_countries_or_a_region_may_be_here_too(held: Holdings, where: str) -> None:
    assert changed_project(held, "<location>", where + "<location>")["slug"] == "clean-water-of-example-aimak"
