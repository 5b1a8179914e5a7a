"""Sheets as files: a workbook (.xlsx) or one sheet as .csv, read with bounds and written so that nothing is a formula.

A workbook is a ZIP of XML from outside: its size unpacked, its entries, rows, columns and cells are bounded, and a
document type, where entities could be declared, is refused before anything is parsed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from storage.errors import N_
from storage.registry.errors import RegistryError
from storage.registry.sheets import SHEETS, Problem, Row, Table, WrongSheets

MOST_BYTES: Final = 5_000_000
MOST_UNPACKED: Final = 60_000_000
MOST_ENTRIES: Final = 200
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
MOST_SHEETS: Final = 20
MOST_MERGED: Final = 100_000
CELL_LIMIT: Final = 32_767
"""Characters of a cell: what Excel itself holds."""
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would compute, behind any apostrophes that keep it from doing so."""
_SEPARATOR: Final = re.compile(r'\A"?sep=[^\n]{1,3}\r?\n', re.IGNORECASE)
"""A first line by which Excel is told what stands between cells."""
_MERGE: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class FileTooLarge(RegistryError):
    """The file, or what it unpacks to, is beyond the bounds."""

    code = "registry.file_too_large"
    sentence = N_("The file is too large: at most {megabytes} MB and {rows} rows are read.")

    def __init__(self) -> None:
        super().__init__(megabytes=MOST_BYTES // 1_000_000, rows=MOST_ROWS)


class UnreadableFile(RegistryError):
    """The file is not what its name says, or is made to do harm."""

    code = "registry.unreadable_file"
    sentence = N_("The file cannot be read as {format}. Save it anew as {format} and try again.")


class UnknownSheet(RegistryError):
    """A .csv file does not say what it holds."""

    code = "registry.unknown_sheet"
    sentence = N_("It is not clear what the file holds. Name it after one of these: {known}.")

    def __init__(self) -> None:
        super().__init__(known=", ".join(f"{name}.csv" for name in SHEETS.values()))


class CellTooLong(RegistryError):
    """A field does not fit into a cell."""

    code = "registry.cell_too_long"
    sentence = N_("“{slug}”: the field “{column}” does not fit into a cell.")


def write_workbook(sheets: Iterable[Table]) -> bytes:
    """The sheets as a workbook; every cell is a text.  Raises CellTooLong."""
    book = Workbook()
    book.remove(book.active)
    for table in sheets:
        page = book.create_sheet(table.name)
        page.freeze_panes = "B2"
        _write_row(page, 1, table.header, bold=True)
        for number, row in enumerate(table.rows, 2):
            _write_row(page, number, [_fitting(table, row, column) for column in table.header])
        for position, column in enumerate(table.header, 1):
            page.column_dimensions[get_column_letter(position)].width = _width(column)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read_workbook(data: bytes) -> tuple[Table, ...]:
    """The sheets of a workbook.  Raises FileTooLarge, UnreadableFile, and WrongSheets where a cell is a formula."""
    _inspect(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl tells of colours and checks of Excel's that it leaves out
            return _sheets(data)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise UnreadableFile(format=".xlsx") from error
    except (SyntaxError, EOFError, IndexError, OSError) as error:  # a ParseError of XML is a SyntaxError
        raise UnreadableFile(format=".xlsx") from error


def _sheets(data: bytes) -> tuple[Table, ...]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        pages = book.worksheets[:MOST_SHEETS]
        grids = ((page.title, _spread(_grid(page), _merged(data, page))) for page in pages)
        return tuple(table for title, grid in grids if (table := _table(title, grid)))
    finally:
        book.close()


def _merged(data: bytes, page: Any) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Each cell that lies under a merged one, with the place of that one; both as (row, column) from 1.

    openpyxl leaves them out when it reads without building the sheet, so the sheet's own part is looked at.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.read(page._worksheet_path.lstrip("/"))
    under: dict[tuple[int, int], tuple[int, int]] = {}
    for found in _MERGE.finditer(part):
        left, top, right, bottom = range_boundaries(found[1].decode())
        if (right - left + 1) * (bottom - top + 1) + len(under) > MOST_MERGED:
            raise FileTooLarge()
        places = product(range(top, bottom + 1), range(left, right + 1))
        under.update({place: (top, left) for place in places if place != (top, left)})
    return under


def _spread(
    grid: Iterable[Sequence[Cell]], under: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[Sequence[Cell]]:
    """The rows with every merged cell's text in all the cells that it covers: that is how people read it."""
    origins = set(under.values())
    said: dict[tuple[int, int], Cell] = {}
    for row, cells in enumerate(grid, 1):
        filled = list(cells)
        for column in range(1, len(filled) + 1):
            if (row, column) in origins:
                said[row, column] = filled[column - 1]
            elif origin := under.get((row, column)):
                filled[column - 1] = said.get(origin, ("", False))
        yield filled


def write_csv(table: Table) -> bytes:
    """A sheet as UTF-8 with a byte order mark, which Excel needs; what looks like a formula gets an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(table.header)
    for row in table.rows:
        writer.writerow([_guarded(row.cells.get(column, "")) for column in table.header])
    return written.getvalue().encode("utf-8-sig")


def read_csv(data: bytes, sheet: str) -> Table:
    """A sheet from .csv in UTF-8, UTF-16 or the Windows code page, with commas, semicolons or tabs between cells."""
    if len(data) > MOST_BYTES:
        raise FileTooLarge()
    text = _SEPARATOR.sub("", _decoded(data))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        grid = [[(_bared(cell), False) for cell in cells] for cells in _bounded(reader)]
    except csv.Error as error:
        raise UnreadableFile(format=".csv") from error
    table = _table(sheet, grid)
    if table is None:
        raise UnreadableFile(format=".csv")
    return table


def sheet_of(file_name: str) -> str:
    """Which sheet a .csv file is by its name, such as `projects (2).csv`; raises UnknownSheet."""
    stem = file_name.rsplit("/", 1)[-1].lower()
    for name in SHEETS.values():
        if re.match(rf"{name}\b", stem):
            return name
    raise UnknownSheet()


Cell = tuple[str, bool]
"""A cell's text, and whether it is a formula."""


def _table(name: str, grid: Iterable[Sequence[Cell]]) -> Table | None:
    """The table of a grid; None where it is empty.  Raises WrongSheets about formulas and cells too long."""
    rows: list[Row] = []
    header: tuple[str, ...] = ()
    problems: list[Problem] = []
    for number, cells in enumerate(grid, 1):
        if not any(text for text, _ in cells):
            continue
        if not header:
            header = _header(cells)
            continue
        named = [(header[at] if at < len(header) else "", *cell) for at, cell in enumerate(cells)]
        problems += _wrong_cells(name, number, named)
        rows.append(Row(number, {column: text for column, text, _ in named if column and text}))
    if problems:
        raise WrongSheets(problems)
    return Table(name, header, tuple(rows)) if header else None


def _header(cells: Sequence[Cell]) -> tuple[str, ...]:
    names = [text.strip().lower() for text, _ in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _wrong_cells(name: str, number: int, cells: Iterable[tuple[str, str, bool]]) -> Iterator[Problem]:
    for position, (column, text, formula) in enumerate(cells, 1):
        where = column or get_column_letter(position)
        if formula:
            yield Problem(name, number, where, N_("a formula is not read; write what it gives"))
        elif len(text) > CELL_LIMIT:
            yield Problem(
                name, number, where, N_("a cell holds at most {most} characters"), {"most": CELL_LIMIT}
            )
        elif text and not column:
            yield Problem(name, number, where, N_("this column has no name in the first row"))


def _grid(page: Any) -> Iterator[list[Cell]]:
    rows = page.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
    return ([_read(cell) for cell in cells] for cells in _bounded(rows))


def _bounded(rows: Iterable[Any]) -> Iterator[Any]:
    for number, cells in enumerate(rows):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise FileTooLarge()
        yield cells


def _read(cell: Any) -> Cell:
    return _text(cell.value), getattr(cell, "data_type", None) == "f"


def _text(value: Any) -> str:
    """What a person sees in a cell: a day without its midnight, a whole number without its point."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()


def _write_row(page: Any, number: int, texts: Iterable[str], *, bold: bool = False) -> None:
    for position, text in enumerate(texts, 1):
        if not text:
            continue
        cell = page.cell(number, position)
        cell.value = _CONTROL.sub("", text)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = bool(_FORMULA.match(text))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _fitting(table: Table, row: Row, column: str) -> str:
    text = row.cells.get(column, "")
    if len(text) > CELL_LIMIT:
        raise CellTooLong(slug=row.cells.get("slug", ""), column=column)
    return text


def _width(column: str) -> int:
    return 18 if column in ("slug", "state", "kind", "as_of", "remove") else 40


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _bared(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    return said[1:] if said.startswith("'") and _FORMULA.match(said) else said


def _decoded(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(format=".csv")


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _inspect(data: bytes) -> None:
    """Refuses what is too large unpacked or declares a document type, reading no more than the bounds allow."""
    if len(data) > MOST_BYTES:
        raise FileTooLarge()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise FileTooLarge()
            for entry in entries:
                _refuse_document_type(archive.read(entry))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise UnreadableFile(format=".xlsx") from error


def _refuse_document_type(data: bytes) -> None:
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise UnreadableFile(format=".xlsx")
