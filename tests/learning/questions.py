"""Learns which kind of answer and which fact questions want, from the labelled questions, and writes the tables that
`bot.answers.learned` reads with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bot.answers.learned import FACTS_FILE, KINDS_FILE, NO_FACT, features
from bot.answers.lexicon import vocabulary
from bot.answers.reading import read
from storage.analysis.weights import Weights, written_weights
from storage.registry import RegistrySnapshot, load_shipped
from tests.learning.regression import Fit, one_of

ROOT: Final = Path(__file__).parents[2]
QUESTIONS: Final = ROOT / "tests" / "bot" / "answers"
TABLES: Final = ROOT / "bot" / "answers"
FILES: Final = ("questions.jsonl", "taught.jsonl")
FIT: Final = Fit(seen_in=2, strength=30.0, lightest=0.2)


def labelled() -> list[dict[str, Any]]:
    """The questions that are learnt from."""
    return [json.loads(line) for file in FILES for line in (QUESTIONS / file).read_text("utf-8").splitlines()]


def learn(rows: Sequence[dict[str, Any]], snapshot: RegistrySnapshot) -> tuple[Weights, Weights]:
    """The weights for kinds, and those for facts from the questions that say which fact they ask for."""
    known = vocabulary(snapshot)
    texts = [features(read(row["query"], known)) for row in rows]
    kinds = one_of(texts, [row["kind"] for row in rows], FIT)
    asking = [(text, row["fact"] or NO_FACT) for text, row in zip(texts, rows, strict=True) if "fact" in row]
    facts = one_of([text for text, _ in asking], [fact for _, fact in asking], FIT)
    return kinds, facts


def main() -> None:
    rows = labelled()
    for name, weights in zip(
        (KINDS_FILE, FACTS_FILE), learn(rows, RegistrySnapshot(load_shipped())), strict=True
    ):
        (TABLES / name).write_text(written_weights(weights), "utf-8")
        size = (TABLES / name).stat().st_size // 1024
        print(f"{name}: {len(rows)} questions, {len(weights.of)} features, {size} KiB")


if __name__ == "__main__":
    main()
