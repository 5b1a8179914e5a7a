"""The registry as a file of any form that it comes in: .xlsx, .csv or .xml (IATI).  Pure.

What reads workbooks takes some megabytes, so it comes with the first of them.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath
from typing import Final

from storage.errors import N_
from storage.registry import iati
from storage.registry.activities import activities, unsayable, wanted_changes
from storage.registry.changes import Change, Holdings
from storage.registry.csv_sheet import read_csv, sheet_of, write_csv
from storage.registry.errors import RegistryError
from storage.registry.sheets import KIND_OF, SHEETS, proposed, tables

FORMATS: Final = (".xlsx", ".csv", ".xml")


class UnknownFormat(RegistryError):
    """The name of the file ends in nothing that is known."""

    code = "registry.unknown_format"
    sentence = N_("“{name}” is none of the files that can be read: {known}.")


def format_of(name: str) -> str:
    """How a file is read, by its name; raises UnknownFormat."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in FORMATS:
        raise UnknownFormat(name=name, known=", ".join(FORMATS))
    return suffix


def write_file(name: str, held: Holdings, now: datetime, sheet: str | None = None) -> bytes:
    """The registry as a file of the form that its name says; `sheet` is the one to write, which .csv needs.

    Raises UnknownFormat, UnknownSheet or CellTooLong.
    """
    match format_of(name):
        case ".xlsx":
            from storage.registry.workbook import write_workbook

            kinds = [KIND_OF[sheet]] if sheet else list(SHEETS)
            return write_workbook(tables(held, kinds))
        case ".csv":
            return write_csv(tables(held, [KIND_OF[sheet or sheet_of(name)]])[0])
        case _:
            return iati.write(activities(held), now, unsayable(held))


def left_out(name: str, held: Holdings) -> tuple[str, ...]:
    """The projects that the form of a file has no room for, by their slugs."""
    return unsayable(held) if format_of(name) == ".xml" else ()


def changes_in(
    name: str, data: bytes, held: Holdings, today: date, sheet: str | None = None
) -> tuple[Change, ...]:
    """What a file wants changed; nothing where it says what is held.

    Raises WrongSheets with everything that is wrong, UnknownFormat, UnknownSheet, FileTooLarge or UnreadableFile.
    """
    match format_of(name):
        case ".xlsx":
            from storage.registry.workbook import read_workbook

            return proposed(read_workbook(data), held, today)
        case ".csv":
            return proposed([read_csv(data, sheet or sheet_of(name))], held, today)
        case _:
            found, problems = iati.read(data)
            return wanted_changes(found, held, today, problems)
