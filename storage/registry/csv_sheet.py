"""One sheet of the registry as .csv, written so that no spreadsheet takes a text for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Final

from storage.registry.file_bounds import FORMULA, MOST_BYTES, FileTooLarge, UnknownSheet, UnreadableFile
from storage.registry.grids import bounded, table_of
from storage.registry.sheets import SHEETS, Table

_SEPARATOR: Final = re.compile(r'\A"?sep=[^\n]{1,3}\r?\n', re.IGNORECASE)
"""A first line by which Excel is told what stands between cells."""


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
        grid = [[(_bared(cell), False) for cell in cells] for cells in bounded(reader)]
    except csv.Error as error:
        raise UnreadableFile(format=".csv") from error
    table = table_of(sheet, grid)
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


def _guarded(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _bared(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    return said[1:] if said.startswith("'") and FORMULA.match(said) else said


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
