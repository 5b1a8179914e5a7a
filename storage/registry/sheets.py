"""The registry as sheets: one a kind, a row a record; and what a filled-in file wants changed.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from storage.errors import N_
from storage.registry.cells import REMOVE, Cells, column_of, columns, is_yes, to_cells, to_values
from storage.registry.changes import (
    ALIAS,
    Change,
    Fault,
    Holdings,
    Key,
    Values,
    difference,
    faults_after,
    key_of,
)
from storage.registry.errors import RegistryError

SHEETS: Final[Mapping[str, str]] = {
    "project": "projects",
    "organisation": "organisations",
    "contact": "contacts",
    "term": "terms",
    "event": "events",
    "faq": "faq",
    "municipality": "municipalities",
    ALIAS: "aliases",
}
"""The name of the sheet of each kind."""
KIND_OF: Final[Mapping[str, str]] = {sheet: kind for kind, sheet in SHEETS.items()}


IN_A_ROW: Final = N_("Sheet “{sheet}”, row {row}, column “{column}”: {problem}.")
IN_A_LINE: Final = N_("Line {row}, element “{column}”: {problem}.")
"""Where the file has elements instead of cells."""
OF_A_SHEET: Final = N_("Sheet “{sheet}”: {problem}.")
"""Where the whole sheet is meant."""
NOT_IN_THE_FILE: Final = N_("Sheet “{sheet}”, record “{column}”, which the file does not name: {problem}.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written; `number` counts from 1, the header being 1."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, the columns of its header in their order, and its rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of a file; `problem` is a message id, filled from `words`.

    Row 0 is a record that the file does not hold, but which needs what the file takes away; `column` is its slug.
    Row 0 without a column is the sheet itself.
    """

    sheet: str
    row: int
    column: str
    problem: str
    words: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = self.problem.format_map(self.words) if self.words else self.problem
        return self.sentence.format(sheet=self.sheet, row=self.row, column=self.column, problem=said)

    @property
    def sentence(self) -> str:
        """The message id that says where it is."""
        if not self.row:
            return NOT_IN_THE_FILE if self.column else OF_A_SHEET
        return IN_A_ROW if self.sheet in KIND_OF else IN_A_LINE


class WrongSheets(RegistryError):
    """A file has mistakes: `problems` names each.  Nothing of it is imported."""

    code = "registry.wrong_sheets"
    sentence = N_("The file has mistakes, so nothing was imported.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__()

    def __str__(self) -> str:
        return "\n".join((self.sentence, *map(str, self.problems)))


def tables(held: Holdings, kinds: Iterable[str] = tuple(SHEETS)) -> tuple[Table, ...]:
    """The registry, or some kinds of it, as sheets."""
    return tuple(_table_of(kind, held) for kind in kinds)


def proposed(found: Iterable[Table], held: Holdings, today: date) -> tuple[Change, ...]:
    """What the sheets want changed; what they do not name stays as it is, and so does a column that is missing.

    Raises WrongSheets with everything that is wrong, each at its sheet, row and column.
    """
    reading = _Reading(held)
    for table in found:
        reading.take(table)
    if reading.problems:
        raise WrongSheets(reading.problems)
    changes = difference(held, reading.wanted, reading.removed)
    if wrong := [reading.placed(fault) for fault in faults_after(held, changes, today)]:
        raise WrongSheets(wrong)
    return changes


class _Reading:
    """Sheets being read: what is wanted, and where each record stands."""

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self.wanted: dict[Key, Values] = {}
        self.removed: list[Key] = []
        self.problems: list[Problem] = []
        self._places: dict[Key, tuple[str, int]] = {}

    def take(self, table: Table) -> None:
        kind = KIND_OF.get(table.name)
        if kind is None:
            known = ", ".join(SHEETS.values())
            self._wrong(table, 0, "", N_("there is no such sheet; known are: {known}"), known=known)
            return
        if not self._header_is_right(table, kind):
            return
        for row in table.rows:
            self._take_row(table, kind, row)

    def _header_is_right(self, table: Table, kind: str) -> bool:
        before = len(self.problems)
        needed = ("kind", "slug", "text") if kind == ALIAS else ("slug",)
        for column in needed:
            if column not in table.header:
                self._wrong(table, 1, column, N_("this column is needed"))
        for column in table.header:
            if column not in columns(kind):
                known = ", ".join(columns(kind))
                self._wrong(table, 1, column, N_("there is no such column; known are: {known}"), known=known)
            elif table.header.count(column) > 1:
                self._wrong(table, 1, column, N_("this column stands twice"))
        return len(self.problems) == before

    def _take_row(self, table: Table, kind: str, row: Row) -> None:
        needed = ("kind", "slug", "text") if kind == ALIAS else ("slug",)
        missing = [column for column in needed if not row.cells.get(column)]
        for column in missing:
            self._wrong(table, row.number, column, N_("a text is expected"))
        if missing:
            return
        key = key_of(kind, row.cells)
        if key in self._places:
            self._wrong(table, row.number, "slug", N_("this record stands in another row already"))
            return
        self._places[key] = (table.name, row.number)
        if is_yes(row.cells.get(REMOVE, "")):
            self.removed.append(key)
        else:
            self.wanted[key] = to_values(kind, {**self._kept(kind, key, table), **row.cells})

    def _kept(self, kind: str, key: Key, table: Table) -> Cells:
        """The cells of the columns that the sheet does not have."""
        held = to_cells(kind, self._held.get(key, {}))
        return {column: cell for column, cell in held.items() if column not in table.header}

    def placed(self, fault: Fault) -> Problem:
        """A fault at the place of its record; records that no sheet names are named by their slug."""
        kind, slug = fault.key
        if fault.key not in self._places:
            return Problem(SHEETS[kind], 0, slug, fault.problem, fault.words)
        sheet, row = self._places[fault.key]
        return Problem(sheet, row, column_of(kind, fault.path), fault.problem, fault.words)

    def _wrong(self, table: Table, row: int, column: str, problem: str, **words: Any) -> None:
        self.problems.append(Problem(table.name, row, column, problem, words))


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a record before and after."""

    column: str
    old: str
    new: str


def cell_changes(change: Change) -> Iterator[CellChange]:
    """What changes in a record, cell by cell, in the order of the columns."""
    old, new = (to_cells(change.kind, values or {}) for values in (change.old, change.new))
    for column in columns(change.kind):
        before, after = old.get(column, ""), new.get(column, "")
        if before != after:
            yield CellChange(column, before, after)


def _table_of(kind: str, held: Holdings) -> Table:
    records = [values for key, values in held.items() if key[0] == kind]
    rows = (Row(number, to_cells(kind, values)) for number, values in enumerate(records, 2))
    return Table(SHEETS[kind], columns(kind), tuple(rows))
