"""The file .env as people write it: what in it would be passed over in silence.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import StringIO
from typing import Final

from dotenv.parser import parse_stream
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

ENV_FILE: Final = ".env"
ENCODING: Final = "utf-8-sig"
"""UTF-8, with the mark before it that some editors write."""
_SLIPS: Final = 2
"""Slips of a finger between two names that may be meant as one."""


def decoded(data: bytes) -> str | None:
    """The text of the file; None where it is not UTF-8, as when it was saved as “Unicode”."""
    try:
        text = data.decode(ENCODING)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def problems_in(text: str, known: Collection[str]) -> Iterator[str]:
    """Every line that is no setting but looks like one: misspelt, without “=”, or not to be read at all."""
    for line in parse_stream(StringIO(text)):
        place = f"{ENV_FILE}, line {line.original.line}"
        if line.error:
            yield f"{place}: this cannot be read; write NAME=value"
        elif line.key is None:
            continue
        elif line.key.upper() not in known:
            if meant := nearest(line.key.upper(), known):
                yield f"{place}: {line.key} is no setting; write {meant}"
        elif line.value is None:
            yield f"{place}: {line.key} has no “=” behind it; write {line.key}=…"


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that a misspelt one is meant as; None where none is near."""
    found = process.extractOne(name, known, scorer=DamerauLevenshtein.distance, score_cutoff=_SLIPS)
    return str(found[0]) if found else None
