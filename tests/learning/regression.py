"""Logistic regression over features of texts, as tables of weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from storage.analysis.weights import Weights


@dataclass(frozen=True)
class Fit:
    """How texts are learnt from."""

    seen_in: int
    """In how many texts a feature stands at least."""
    strength: float
    """How closely the weights follow the texts: the inverse of the regularisation."""
    lightest: float
    """Weights nearer to zero than this are left out of the table."""


Features = Mapping[str, float]


def several(
    texts: Sequence[Features], labels: Sequence[frozenset[str]], names: Sequence[str], fit: Fit
) -> Weights:
    """Weights for labels of which a text may have several or none: a regression for each."""
    matrix, features = _matrix(texts, fit.seen_in)
    models = [
        LogisticRegression(C=fit.strength, max_iter=5000).fit(matrix, [name in one for one in labels])
        for name in names
    ]
    return _table(
        fit, features, names, [model.coef_[0] for model in models], [model.intercept_[0] for model in models]
    )


def one_of(texts: Sequence[Features], labels: Sequence[str], fit: Fit) -> Weights:
    """Weights for labels of which a text has just one."""
    matrix, features = _matrix(texts, fit.seen_in)
    model = LogisticRegression(C=fit.strength, max_iter=5000).fit(matrix, labels)
    return _table(fit, features, list(model.classes_), model.coef_, model.intercept_)


def _matrix(texts: Sequence[Features], seen_in: int) -> tuple[Any, list[str]]:
    often = Counter(name for text in texts for name in text)
    features = sorted(name for name, times in often.items() if times >= seen_in)
    column = {name: number for number, name in enumerate(features)}
    cells = [
        (row, column[name], value)
        for row, text in enumerate(texts)
        for name, value in text.items()
        if name in column
    ]
    rows, columns, values = zip(*cells, strict=True)
    return csr_matrix((values, (rows, columns)), shape=(len(texts), len(features))), features


def _table(
    fit: Fit, features: Sequence[str], names: Sequence[str], rows: Sequence[Any], biases: Sequence[Any]
) -> Weights:
    of: dict[str, dict[str, float]] = {}
    for name, row in zip(names, rows, strict=True):
        for feature, weight in zip(features, row, strict=True):
            if abs(weight) >= fit.lightest:
                of.setdefault(feature, {})[name] = float(weight)
    return Weights({name: float(bias) for name, bias in zip(names, biases, strict=True)}, of)
