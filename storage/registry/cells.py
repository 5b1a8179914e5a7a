"""A record as the cells of a row, and back: one cell a field, a column a language, lists as clear text.  Pure.

A list has an item a line, or items between semicolons.  A list of tables has lines such as `start: 2016-10`, and an
empty line between two tables.  `\\`, a semicolon and a line end inside an item are written `\\\\`, `\\;` and `\\n`.
Whatever cannot be read is left as it is written, for the reader of records to name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from storage.registry.changes import ALIAS, without_empty
from storage.registry.spellings import said_day, said_number

Cells = Mapping[str, str]
"""The cells of a row by the name of their column."""

REMOVE: Final = "remove"
"""The column in which a yes takes a record away."""
_YES: Final = frozenset({"yes", "true", "1", "да", "ооба"})
_NO: Final = frozenset({"no", "false", "0", "нет", "жок"})
_SPOKEN: Final = ("ru", "ky", "en")


class Shape(Protocol):
    """How a field of a record stands in cells."""

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns of the field."""
        ...

    def write(self, name: str, value: Any) -> Cells:
        """The cells of a value."""
        ...

    def read(self, name: str, cells: Cells) -> Any:
        """The value of cells; None where nothing is written."""
        ...


class Plain:
    """A text in one cell."""

    def columns(self, name: str) -> tuple[str, ...]:
        return (name,)

    def write(self, name: str, value: Any) -> Cells:
        return {name: str(value)}

    def read(self, name: str, cells: Cells) -> Any:
        return cells.get(name) or None


class Day(Plain):
    """A date in one cell, however it is written."""

    def read(self, name: str, cells: Cells) -> Any:
        return said_day(cells[name]) if cells.get(name) else None


class Listed:
    """Several texts in one cell."""

    def columns(self, name: str) -> tuple[str, ...]:
        return (name,)

    def write(self, name: str, value: Any) -> Cells:
        return {name: "\n".join(map(_escaped, value))}

    def read(self, name: str, cells: Cells) -> Any:
        return list(items(cells.get(name, ""))) or None


class Numbers(Listed):
    """Several telephone numbers in one cell, with or without the country; also between commas."""

    def read(self, name: str, cells: Cells) -> Any:
        said = (part for item in items(cells.get(name, "")) for part in item.split(","))
        return [said_number(part.strip()) for part in said if part.strip()] or None


class Addresses(Listed):
    """Several e-mail addresses in one cell; also between commas."""

    def read(self, name: str, cells: Cells) -> Any:
        said = (part.strip() for item in items(cells.get(name, "")) for part in item.split(","))
        return [part for part in said if part] or None


@dataclass(frozen=True)
class Parted:
    """A table of texts, a column each; an empty one is given all the same where it is required."""

    parts: tuple[str, ...]
    required: bool = False

    def columns(self, name: str) -> tuple[str, ...]:
        return tuple(f"{name}_{part}" for part in self.parts)

    def write(self, name: str, value: Any) -> Cells:
        return {f"{name}_{part}": value[part] for part in self.parts if part in value}

    def read(self, name: str, cells: Cells) -> Any:
        value = {part: cell for part in self.parts if (cell := cells.get(f"{name}_{part}"))}
        return value if value or self.required else None


@dataclass(frozen=True)
class Tabled:
    """Several tables in one cell.  `lists`, `numbers` and `flags` are fields that are no texts."""

    order: tuple[str, ...]
    lists: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()

    def columns(self, name: str) -> tuple[str, ...]:
        return (name,)

    def write(self, name: str, value: Any) -> Cells:
        return {name: "\n\n".join("\n".join(self._lines(without_empty(table))) for table in value)}

    def read(self, name: str, cells: Cells) -> Any:
        blocks = re.split(r"\n\s*\n", cells.get(name, "").strip())
        return [self._table(block) for block in blocks if block.strip()] or None

    def _lines(self, table: Mapping[str, Any]) -> Iterator[str]:
        flat = dict(_flat(table))
        for field in sorted(flat, key=self._place):
            yield f"{field}: {self._said(flat[field])}"

    def _place(self, field: str) -> tuple[int, str]:
        return (self.order.index(field) if field in self.order else len(self.order)), field

    def _said(self, value: Any) -> str:
        if value is True:
            return "yes"
        return "; ".join(map(_escaped, value)) if isinstance(value, list) else _escaped(str(value))

    def _table(self, block: str) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for line in block.splitlines():
            field, _, said = line.partition(":")
            place, field = _place_of(table, field.strip())
            place[field] = self._value(field, said.strip())
        return table

    def _value(self, field: str, said: str) -> Any:
        if field in self.lists:
            return [said_day(item) for item in items(said)] if field in _DAYS else list(items(said))
        if field in _DAYS:
            return said_day(said)
        if field in self.flags:
            return True if said.lower() in _YES else False if said.lower() in _NO else said
        digits = re.sub(r"[\s\u00a0]", "", said)
        return (
            int(digits) if field in self.numbers and digits.isascii() and digits.isdigit() else _plain(said)
        )


_DAYS: Final = frozenset({"start", "ends", "as_of"})
"""Fields of tables that are dates."""
_TEXT, _LIST, _DAY, _NUMBERS, _ADDRESSES = Plain(), Listed(), Day(), Numbers(), Addresses()
_NAMES, _MAYBE_NAMES = Parted(_SPOKEN, required=True), Parted(_SPOKEN)
_SOURCE, _MAYBE_SOURCE = Parted(("title", "url"), required=True), Parted(("title", "url"))
_FACTS = Tabled(
    ("kind", *_SPOKEN, "as_of", "source.title", "source.url", "unconfirmed"), flags=frozenset({"unconfirmed"})
)
_BUDGETS = Tabled(("amount", "currency"), numbers=frozenset({"amount"}))
_PHASES = Tabled(
    (
        "names.ru", "names.ky", "names.en", "start", "ends", "planned", "amount", "currency", "municipalities",
        "territories",
    ),
    lists=frozenset({"ends", "territories"}),
    numbers=frozenset({"amount", "municipalities"}),
    flags=frozenset({"planned"}),
)  # fmt: skip
_AMBIGUOUS = Tabled(("alias", "with"), lists=frozenset({"with"}))

_FIRST: Final[Mapping[str, Shape]] = {"names": _NAMES, "short": _MAYBE_NAMES, "full": _MAYBE_NAMES}
_LAST: Final[Mapping[str, Shape]] = {"aliases": _LIST, "facts": _FACTS, "as_of": _DAY, "source": _SOURCE}

LAYOUTS: Final[Mapping[str, Mapping[str, Shape]]] = {
    "project": {
        "slug": _TEXT, "state": _TEXT, **_FIRST, "summary": _NAMES, "donors": _LIST, "implementers": _LIST,
        "partners": _LIST, "territories": _LIST, "phases": _PHASES, "budgets": _BUDGETS, "numbers": _LIST,
        "site": _TEXT, "ambiguous": _AMBIGUOUS, "not_aliases": _LIST, **_LAST,
    },
    "organisation": {
        "slug": _TEXT, "kind": _TEXT, **_FIRST, "about": _NAMES, "site": _TEXT, "closed": _DAY, "successor": _TEXT,
        **_LAST,
    },
    "contact": {
        "slug": _TEXT, "of": Parted(("project", "organisation"), required=True), "role": _NAMES,
        "person": _MAYBE_NAMES, "phones": _NUMBERS, "fax": _NUMBERS, "emails": _ADDRESSES, "as_of": _DAY,
        "source": _SOURCE,
    },
    "term": {"slug": _TEXT, **_FIRST, "definition": _NAMES, "topic": _TEXT, **_LAST},
    "event": {
        "slug": _TEXT, **_FIRST, "about": _NAMES, "on": _DAY, "projects": _LIST, "organisations": _LIST, **_LAST,
    },
    "faq": {"slug": _TEXT, "questions": _LIST, "answer": _NAMES, "as_of": _DAY, "source": _MAYBE_SOURCE},
    "municipality": {"slug": _TEXT, "parent": _TEXT, "names": _NAMES, "aliases": _LIST},
    ALIAS: {"kind": _TEXT, "slug": _TEXT, "text": _TEXT},
}  # fmt: skip
"""The fields of each kind of record, in the order of their columns."""


def columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind, in their order."""
    fields = LAYOUTS[kind].items()
    return (*(column for name, shape in fields for column in shape.columns(name)), REMOVE)


def to_cells(kind: str, values: Mapping[str, Any]) -> Cells:
    """The cells of a record; what is empty has none."""
    cells: dict[str, str] = {}
    for name, shape in LAYOUTS[kind].items():
        if value := without_empty(values.get(name)):
            cells |= shape.write(name, value)
    return cells


def to_values(kind: str, cells: Cells) -> dict[str, Any]:
    """The values of a record, unchecked: what the reader of records is given."""
    read = ((name, shape.read(name, cells)) for name, shape in LAYOUTS[kind].items())
    return {name: value for name, value in read if value is not None}


def column_of(kind: str, path: tuple[str, ...]) -> str:
    """Where a field stands that is named by its path: its column, and in brackets which part of the cell is meant."""
    known = columns(kind)
    if len(path) > 1 and f"{path[0]}_{path[1]}" in known:
        return f"{path[0]}_{path[1]}"
    name = re.sub(r" \d+$", "", path[0])
    if name in known:
        return name if path == (name,) else f"{name} ({', '.join(path)})"
    return next((column for column in known if column.startswith(f"{name}_")), name)


def is_yes(cell: str) -> bool:
    """Whether a cell says yes, in any of the languages."""
    return cell.strip().lower() in _YES


def items(cell: str) -> Iterator[str]:
    """The items of a list in a cell."""
    for item in re.findall(r"(?:\\.|[^\\;\n]|\\$)+", cell):
        if said := _plain(item).strip():
            yield said


def _escaped(item: str) -> str:
    return item.replace("\\", "\\\\").replace(";", "\\;").replace("\n", "\\n")


def _plain(item: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], item)


def _flat(table: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for field, value in table.items():
        if isinstance(value, Mapping):
            yield from ((f"{field}.{part}", each) for part, each in value.items())
        else:
            yield field, value


def _place_of(table: dict[str, Any], field: str) -> tuple[dict[str, Any], str]:
    """Where a field is put: `source.url` into the table `source`."""
    outer, dot, inner = field.partition(".")
    if not dot:
        return table, field
    place = table.setdefault(outer, {})
    return (place, inner) if isinstance(place, dict) else (table, field)
