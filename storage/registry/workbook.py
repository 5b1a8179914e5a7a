"""Sheets as a workbook (.xlsx), read with bounds and written so that nothing is a formula.

A workbook is a ZIP of XML from outside: its size unpacked, its entries, rows, columns and cells are bounded, and a
document type, where entities could be declared, is refused before anything is parsed.
"""

from __future__ import annotations

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

from storage.registry.file_bounds import (
    CELL_LIMIT,
    FORMULA,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ENTRIES,
    MOST_MERGED,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_UNPACKED,
    CellTooLong,
    FileTooLarge,
    UnreadableFile,
)
from storage.registry.grids import Cell, bounded, table_of
from storage.registry.sheets import Row, Table

_MERGE: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


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
        return tuple(table for title, grid in grids if (table := table_of(title, grid)))
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


def _grid(page: Any) -> Iterator[list[Cell]]:
    rows = page.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
    return ([_read(cell) for cell in cells] for cells in bounded(rows))


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
        cell.quotePrefix = bool(FORMULA.match(text))
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
