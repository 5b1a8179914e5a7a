"""Long lists in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

_T = TypeVar("_T")

IN_ONE_STATEMENT: Final = 500
"""How many values go into one IN: below the bound of SQLite's parameters (32,766 in 3.40) and PostgreSQL's (32,767)."""


def batches(values: Sequence[_T], size: int = IN_ONE_STATEMENT) -> Iterator[Sequence[_T]]:
    """The values in their order, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
