"""What a release is about: topics, territories, projects and organisations, and the words that say so.  Pure.

The rules are data (`Rules`): topics and territories as `storage.registry` has them, names of projects and
organisations as aliases.  Nothing is looked up, stored or learnt here; the same input gives the same tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from feeds.tagging_names import Alias, NameFinder
from feeds.tagging_phrases import Phrasebook, Span
from feeds.tagging_places import PlaceFinder
from feeds.tagging_text import Reading, read
from storage.registry.territories import TerritoryData, shipped_territories
from storage.registry.topics import RuleData, TopicData, shipped_topics

_TRIED: Final = 6
"""How many of the nearest words of a group are tried with those of the other groups."""

__all__ = ["Alias", "Evidence", "Rules", "Tags", "load_rules", "make_rules", "tag"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a tag: the rule or name that matched, the words that did, and what it weighs."""

    tag: str
    rule: str
    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Tags:
    """What a release is about, each list in the order of the rules.

    `territories` has the parents of each territory too.  `uncertain` are topics for staff to decide:
    something speaks for them, not enough.  `why` holds the evidence for both, and for territories, projects
    and organisations.
    """

    topics: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    why: tuple[Evidence, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


class Rules:
    """Topics, territories and names, compiled for `tag`.  Make one, keep it, and use it from one thread."""

    def __init__(
        self, topics: Sequence[TopicData], territories: Sequence[TerritoryData], aliases: Iterable[Alias] = ()
    ) -> None:
        self.topics = tuple(topics)
        self.territories = tuple(territories)
        self.phrases = Phrasebook(_phrases(self.topics))
        self.places = PlaceFinder(self.territories)
        self.names = NameFinder(aliases)


def make_rules(
    topics: Sequence[TopicData], territories: Sequence[TerritoryData], aliases: Iterable[Alias] = ()
) -> Rules:
    """Rules from the data of topics, territories and names."""
    return Rules(topics, territories, aliases)


@lru_cache(maxsize=4)
def load_rules(aliases: tuple[Alias, ...] = ()) -> Rules:
    """Rules from the shipped data files and the given names; compiled once for the same names."""
    return Rules(shipped_topics(), shipped_territories(), aliases)


def tag(title: str, text: str, rules: Rules) -> Tags:
    """The tags of a release with this title and text (summary and body, as plain text).

    What its sender says of itself under every release («О нас», «О проекте») names projects and organisations,
    but is not what the release is about.
    """
    reading = read(title, text)
    proper = reading.proper
    found = rules.phrases.find(proper)
    judged = [(topic, _evidence(topic, found, proper)) for topic in rules.topics]
    scores = {topic.slug: sum(piece.weight for piece in pieces) for topic, pieces in judged}
    topics = tuple(topic.slug for topic in rules.topics if scores[topic.slug] >= topic.threshold)
    doubted = (topic for topic in rules.topics if topic.doubt <= scores[topic.slug] < topic.threshold)
    territories, places = rules.places.find(proper)
    names = rules.names.find(reading)
    return Tags(
        topics=topics,
        territories=territories,
        projects=_slugs(names, "project"),
        organisations=_slugs(names, "organisation"),
        uncertain=tuple(topic.slug for topic in doubted),
        why=(
            *(piece for _, pieces in judged for piece in pieces),
            *(Evidence(slug, "territory", (words,), 1.0) for slug, words in places),
            *(Evidence(alias.slug, alias.kind, (words,), 1.0) for alias, words in names),
        ),
        scores=scores,
    )


def _slugs(names: Iterable[tuple[Alias, str]], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alias.slug for alias, _ in names if alias.kind == kind))


def _phrases(topics: Iterable[TopicData]) -> Iterable[str]:
    for topic in topics:
        for rule in topic.rules:
            yield from (phrase for group in rule.words for phrase in group)
            yield from rule.unless


def _evidence(topic: TopicData, found: Mapping[str, list[Span]], reading: Reading) -> list[Evidence]:
    pieces = []
    for rule in topic.rules:
        if (spans := _hit(rule, found, reading)) is not None:
            words = tuple(reading.written(span.first, span.last) for span in spans)
            pieces.append(Evidence(topic.slug, rule.name, words, rule.weight))
    return pieces if any(piece.weight > 0 for piece in pieces) else []


def _hit(rule: RuleData, found: Mapping[str, list[Span]], reading: Reading) -> tuple[Span, ...] | None:
    """The first place where every group of the rule stands and nothing speaks against it."""
    groups = [[span for phrase in group for span in found.get(phrase, ())] for group in rule.words]
    if not all(groups):
        return None
    against = [span for phrase in rule.unless for span in found.get(phrase, ())]
    for span in sorted(groups[0]):
        if rule.where == "title" and not reading.in_title(span.first):
            continue
        spans = _together(rule, (span,), groups[1:], reading)
        if spans is not None and not _spoken_against(rule, spans, against, reading):
            return spans
    return None


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
