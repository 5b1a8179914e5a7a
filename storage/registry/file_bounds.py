"""What a file of the registry may hold at most, and what is wrong with one that cannot be read."""

from __future__ import annotations

import re
from typing import Final

from storage.errors import N_
from storage.registry.errors import RegistryError
from storage.registry.sheets import SHEETS

MOST_BYTES: Final = 5_000_000
MOST_UNPACKED: Final = 60_000_000
MOST_ENTRIES: Final = 200
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
MOST_SHEETS: Final = 20
MOST_MERGED: Final = 100_000
CELL_LIMIT: Final = 32_767
"""Characters of a cell: what Excel itself holds."""
FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would compute, behind any apostrophes that keep it from doing so."""


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
