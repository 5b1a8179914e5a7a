"""Tables of weights learnt from labelled texts: what each feature of a text says for each of several labels.

`make learn` writes them (`tests/learning`).  A table is text, a feature a line, so that a change of it can be read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BIAS: Final = "(bias)"


@dataclass(frozen=True, slots=True)
class Weights:
    """Per feature its weights by label, log-odds per unit; a label that is not there weighs nothing."""

    bias: Mapping[str, float]
    """Per label, in the order of the table, where a text without features stands."""
    of: Mapping[str, Mapping[str, float]]

    def scores(self, features: Mapping[str, float]) -> dict[str, float]:
        """Per label, what the features of a text say together."""
        found = dict(self.bias)
        for name, value in features.items():
            for label, weight in self.of.get(name, {}).items():
                found[label] += value * weight
        return found

    def speaking(self, label: str, features: Mapping[str, float]) -> list[tuple[float, str]]:
        """What each feature says of a label: what speaks for it most comes first, what speaks against it last."""
        known = (name for name in features if name in self.of)
        said = ((features[name] * self.of[name].get(label, 0.0), name) for name in known)
        return sorted((one for one in said if one[0]), reverse=True)


def read_weights(text: str) -> Weights:
    """A table: a feature a line, then `label:weight` for each label, parted by tabs; the first line has the biases."""
    rows = (line.split("\t") for line in text.splitlines())
    of = {
        feature: {label: float(weight) for label, _, weight in (cell.rpartition(":") for cell in cells)}
        for feature, *cells in rows
    }
    return Weights(of.pop(BIAS), of)


def written_weights(weights: Weights) -> str:
    """The table as `read_weights` takes it, in the order of the features' names."""
    rows = [(BIAS, weights.bias), *sorted(weights.of.items())]
    return "".join(
        "\t".join((feature, *(f"{label}:{weight:.2f}" for label, weight in row.items()))) + "\n"
        for feature, row in rows
    )


def unit(counts: Mapping[str, float]) -> dict[str, float]:
    """Counts of features as a vector of length 1: a long text does not weigh more than a short one."""
    length = math.sqrt(sum(value * value for value in counts.values())) or 1.0
    return {name: value / length for name, value in counts.items()}


def probability(score: float) -> float:
    """The probability that a score, as log-odds, stands for."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of labels of which one holds (softmax)."""
    highest = max(scores.values())
    powers = {label: math.exp(score - highest) for label, score in scores.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}
