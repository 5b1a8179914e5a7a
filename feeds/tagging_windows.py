"""Whether a rule holds in a reading: a phrase of each of its groups, near enough, and nothing against it.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from feeds.tagging_phrases import Span
from feeds.tagging_text import Reading
from storage.registry.topics import RuleData

_TRIED: Final = 6
"""How many of the nearest words of a group are tried with those of the other groups."""

Found = Mapping[str, list[Span]]


class CompiledRule:
    """A rule whose groups are sets, so that the few phrases of a text are looked up and not the many of the rule."""

    __slots__ = ("_against", "_groups", "data")

    def __init__(self, data: RuleData) -> None:
        self.data = data
        self._groups = tuple(frozenset(group) for group in data.words)
        self._against = frozenset(data.unless)

    def holds(self, found: Found, reading: Reading) -> tuple[Span, ...] | None:
        """The first place where every group of the rule stands and nothing speaks against it, None where there is
        no such place.
        """
        phrases = found.keys()
        if any(group.isdisjoint(phrases) for group in self._groups):
            return None
        groups = [_spans(group, found) for group in self._groups]
        against = _spans(self._against, found)
        for span in sorted(groups[0]):
            if self.data.where == "title" and not reading.in_title(span.first):
                continue
            spans = _together(self.data, (span,), groups[1:], reading)
            if spans is not None and not _spoken_against(self.data, spans, against, reading):
                return spans
        return None


def _spans(group: frozenset[str], found: Found) -> list[Span]:
    return [span for phrase in group & found.keys() for span in found[phrase]]


def _together(
    rule: RuleData, taken: tuple[Span, ...], groups: Sequence[Sequence[Span]], reading: Reading
) -> tuple[Span, ...] | None:
    """One span of each group near the first of those taken, no two overlapping; the nearest that can be had."""
    if not groups:
        return taken
    first = taken[0]
    near = (span for span in groups[0] if _near(rule, span, first, reading) and not _overlaps(span, taken))
    for span in sorted(near, key=lambda span: _distance(span, first))[:_TRIED]:
        if (spans := _together(rule, (*taken, span), groups[1:], reading)) is not None:
            return spans
    return None


def _near(rule: RuleData, span: Span, first: Span, reading: Reading) -> bool:
    same = rule.whole_text or reading.words[span.first].sentence == reading.words[first.first].sentence
    return same and _distance(span, first) <= rule.window


def _spoken_against(rule: RuleData, spans: Sequence[Span], against: Iterable[Span], reading: Reading) -> bool:
    counted = spans[:1] if rule.whole_text else spans
    low, high = min(span.first for span in counted), max(span.last for span in counted)
    sentence = reading.words[low].sentence
    return any(
        (rule.whole_text or reading.words[span.first].sentence == sentence)
        and _distance(span, Span(low, high)) <= rule.unless_window
        for span in against
    )


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.first <= other.last and other.first <= span.last for other in others)


def _distance(one: Span, other: Span) -> int:
    """Words from one span to the other: 1 when they touch, 0 when they overlap."""
    return max(0, one.first - other.last, other.first - one.last)
