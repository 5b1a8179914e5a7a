"""Cells of a sheet as they come out of a file, made into a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from storage.errors import N_
from storage.registry.file_bounds import CELL_LIMIT, MOST_COLUMNS, MOST_ROWS, FileTooLarge
from storage.registry.sheets import Problem, Row, Table, WrongSheets

_ALPHABET: Final = 26

Cell = tuple[str, bool]
"""A cell's text, and whether it is a formula."""


def table_of(name: str, grid: Iterable[Sequence[Cell]]) -> Table | None:
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
        where = column or _letters(position)
        if formula:
            yield Problem(name, number, where, N_("a formula is not read; write what it gives"))
        elif len(text) > CELL_LIMIT:
            yield Problem(
                name, number, where, N_("a cell holds at most {most} characters"), {"most": CELL_LIMIT}
            )
        elif text and not column:
            yield Problem(name, number, where, N_("this column has no name in the first row"))


def _letters(position: int) -> str:
    """What a spreadsheet calls a column without a name, counted from 1: A, …, Z, AA."""
    rest, letter = divmod(position - 1, _ALPHABET)
    return (_letters(rest) if rest else "") + chr(ord("A") + letter)


def bounded(rows: Iterable[Any]) -> Iterator[Any]:
    """The rows of a sheet; raises FileTooLarge at the first that is beyond the bounds."""
    for number, cells in enumerate(rows):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise FileTooLarge()
        yield cells
