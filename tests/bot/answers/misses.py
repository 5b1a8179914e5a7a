"""The labelled questions, and those of them that are answered wrong.

`python -m tests.bot.answers.misses [SET]` prints the misses.  Each line of `questions.jsonl` has a question, the
expected kind and entity, perhaps words that the answer must say (of several, one is enough), and its set:
`development` was written before the rules were tuned on it; the `held_out` sets were written after the rules, and
measured before the rules learnt from their misses; the `blind` sets were written by people who had never seen the
rules, and measured likewise; `bounds` are questions about other matters, and about the bot, that name what is ours.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answers import FoundRelease, ReleaseQuery, answer, as_json
from storage.registry import RegistrySnapshot, load_shipped

QUESTIONS = Path(__file__).with_name("questions.jsonl")


@dataclass(frozen=True)
class Miss:
    """A question answered wrong: what was wanted, and what came."""

    wanted: dict[str, Any]
    got: dict[str, Any]

    def __str__(self) -> str:
        said = self.wanted.get("says")
        wanted = f"{self.wanted['kind']}, {self.wanted['entity']}" + (f", says {said!r}" if said else "")
        return f"{self.wanted['query']}\n    wanted {wanted}\n    got    {self.got['kind']}, {self.got['entity']}"


def questions(which: str | None = None) -> list[dict[str, Any]]:
    """The labelled questions, of one set or all."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return [row for row in rows if which in (None, row["set"])]


async def misses(rows: Sequence[dict[str, Any]], snapshot: RegistrySnapshot, now: datetime) -> list[Miss]:
    """The questions answered wrong."""
    found = []
    for row in rows:
        got = as_json(row["query"], await answer(row["query"], snapshot, now=now, search=_nothing))
        if not _right(row, got):
            found.append(Miss(row, got))
    return found


def _right(row: dict[str, Any], got: dict[str, Any]) -> bool:
    said, text = row.get("says", ""), got["text"].casefold()
    ways = [said] if isinstance(said, str) else said
    same = got["kind"] == row["kind"] and _names(got["entity"]) == _names(row["entity"])
    return same and any(way.casefold() in text for way in ways)


def _names(entity: str | Sequence[str] | None) -> set[str | None]:
    return {entity} if entity is None or isinstance(entity, str) else set(entity)


async def _nothing(_query: ReleaseQuery, /) -> Sequence[FoundRelease]:
    return ()


def main() -> None:
    rows = questions(*sys.argv[1:2])
    wrong = asyncio.run(misses(rows, RegistrySnapshot(load_shipped()), datetime.now(UTC)))
    print(*wrong, f"{len(rows) - len(wrong)} of {len(rows)} right", sep="\n")


if __name__ == "__main__":
    main()
