"""What a release is about: topics, territories, projects and organisations, and the words that say so.  Pure.

The rules are data (`Rules`): topics and territories as `storage.registry` has them, names of projects and
organisations as aliases.  Nothing is looked up, stored or learnt here; the same input gives the same tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from feeds import tagging_learned
from feeds.tagging_learned import Judgement
from feeds.tagging_names import Alias, NameFinder
from feeds.tagging_phrases import Phrasebook, Span
from feeds.tagging_places import PlaceFinder
from feeds.tagging_text import Reading, read
from feeds.tagging_windows import CompiledRule
from storage.analysis.weights import Weights
from storage.registry.territories import TerritoryData, shipped_territories
from storage.registry.topics import TopicData, groups_of, shipped_topics

LEARNED: Final = "learnt from labelled releases"
"""The name that what was learnt has among the rules."""

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
        self,
        topics: Sequence[TopicData],
        territories: Sequence[TerritoryData],
        aliases: Iterable[Alias] = (),
        weights: Weights | None = None,
    ) -> None:
        self.topics = tuple(topics)
        self.territories = tuple(territories)
        self.weights = tagging_learned.shipped_weights() if weights is None else weights
        self.groups = groups_of(shipped_topics())
        grouped = (phrase for group in self.groups.values() for phrase in group)
        self.phrases = Phrasebook((*_phrases(self.topics), *grouped))
        self.compiled = tuple(tuple(map(CompiledRule, topic.rules)) for topic in self.topics)
        self.places = PlaceFinder(self.territories)
        self.names = NameFinder(aliases)


def make_rules(
    topics: Sequence[TopicData],
    territories: Sequence[TerritoryData],
    aliases: Iterable[Alias] = (),
    weights: Weights | None = None,
) -> Rules:
    """Rules from the data of topics, territories and names, with other weights than the shipped ones if given."""
    return Rules(topics, territories, aliases, weights)


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
    territories, places = rules.places.find(proper)
    learned = _judged(rules, found, proper, bool(territories))
    judged = [
        (
            topic,
            _with_learned(topic, _evidence(topic.slug, each, found, proper), learned.get(topic.slug), proper),
        )
        for topic, each in zip(rules.topics, rules.compiled, strict=True)
    ]
    scores = {topic.slug: round(sum(piece.weight for piece in pieces), 6) for topic, pieces in judged}
    topics = tuple(topic.slug for topic in rules.topics if scores[topic.slug] >= topic.threshold)
    doubted = (topic for topic in rules.topics if topic.doubt <= scores[topic.slug] < topic.threshold)
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


def _judged(
    rules: Rules, found: Mapping[str, list[Span]], reading: Reading, names_a_place: bool
) -> Mapping[str, Judgement]:
    """What all words of the release together say of each topic that was learnt."""
    groups = tagging_learned.groups_in(rules.groups, found, reading)
    return tagging_learned.judge(tagging_learned.features(reading, groups, names_a_place), rules.weights)


def _with_learned(
    topic: TopicData, by_rules: list[Evidence], learned: Judgement | None, reading: Reading
) -> list[Evidence]:
    """The evidence of the rules and of what was learnt, where the topic wants that and it says anything."""
    if not topic.learned or learned is None:
        return by_rules
    score = sum(piece.weight for piece in by_rules)
    sure = {rule.name for rule in topic.rules if rule.sure}
    weight = learned.weight(score, topic.threshold, topic.doubt)
    if weight < 0 and any(piece.rule in sure for piece in by_rules):
        return by_rules
    if not weight:
        return by_rules
    said = learned.for_it if weight > 0 else learned.against_it
    words = (tagging_learned.as_written(feature, reading) for feature in said)
    return [*by_rules, Evidence(topic.slug, LEARNED, tuple(filter(None, words)), weight)]


def _evidence(
    topic: str, rules: Iterable[CompiledRule], found: Mapping[str, list[Span]], reading: Reading
) -> list[Evidence]:
    pieces = []
    for rule in rules:
        if (spans := rule.holds(found, reading)) is not None:
            words = tuple(reading.written(span.first, span.last) for span in spans)
            pieces.append(Evidence(topic, rule.data.name, words, rule.data.weight))
    return pieces if any(piece.weight > 0 for piece in pieces) else []
