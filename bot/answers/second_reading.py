"""What the rules understood, seen again by what questions with such words mostly want (`learned`).  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.answers.clues import Clues
from bot.answers.kinds import ASPECTS, FACTS, Kind, Target, TargetKind, Understanding
from bot.answers.learned import NO_FACT
from bot.answers.lexicon import PERSON

_INSTEAD_OF_NOTHING: Final = 0.45
_THOUGH_ELSEWHERE: Final = 0.9
_INSTEAD: Final = 0.7
_NOT_OURS: Final = 0.8
_HARDLY: Final = 0.15
_FACT: Final = 0.5
"""How probable something must be: a kind where the rules found none, another kind than theirs where theirs is hardly
probable, none at all, and a fact that they did not see."""

_OF: Final[Mapping[str, TargetKind]] = {
    "project": "project",
    "project_contact": "project",
    "organisation": "organisation",
    "organisation_contact": "organisation",
    "projects_by_organisation": "organisation",
    "term": "term",
    "projects_by_region": "place",
}


def reconsidered(
    understood: Understanding, clues: Clues, kinds: Mapping[str, float], facts: Mapping[str, float]
) -> Understanding:
    """The same, or what the question more probably wants; a fact that it probably asks for is added."""
    return _with_fact(_kind(understood, clues, kinds), facts)


def _kind(understood: Understanding, clues: Clues, kinds: Mapping[str, float]) -> Understanding:
    likely = max(kinds, key=lambda kind: kinds[kind])
    if clues.goes_on and understood.kind != "unknown":
        return understood
    if likely == "unknown" and (clues.asks_ours or clues.reading.values(PERSON)):
        return understood
    if likely == understood.kind or clues.small_talk or not _is_clear(understood, clues, likely, kinds):
        return understood
    if understood.kind == "unknown" and clues.elsewhere and kinds[likely] < _THOUGH_ELSEWHERE:
        return understood
    if likely == "unknown":
        return Understanding("unknown", clues.language, guesses=clues.guesses())
    if likely == "projects_by_organisation" and not any(map(clues.snapshot.projects_of, clues.organisations)):
        return understood
    return _as(likely, clues) or understood  # type: ignore[arg-type]  # the kinds that were learnt are kinds


def _is_clear(understood: Understanding, clues: Clues, likely: str, kinds: Mapping[str, float]) -> bool:
    if understood.kind == "unknown":
        return kinds[likely] >= _INSTEAD_OF_NOTHING
    if understood.kind == "help" and clues.named:
        return kinds[likely] >= _INSTEAD_OF_NOTHING
    least = _NOT_OURS if likely == "unknown" else _INSTEAD
    return kinds[likely] >= least and kinds.get(understood.kind, 0.0) <= _HARDLY


def _as(kind: Kind, clues: Clues) -> Understanding | None:
    """The question as one of this kind, if it names what such a question is about."""
    if kind == "help":
        aspect = next((one for one in ASPECTS if clues.has(one)), None)
        return Understanding("help", clues.language, aspect=aspect)
    targets = _targets(kind, clues)
    if not targets and kind != "releases":
        return None
    return Understanding(kind, clues.language, targets, clues.facts, state=clues.state)


def _targets(kind: Kind, clues: Clues) -> tuple[Target, ...]:
    named: Mapping[TargetKind, tuple[str, ...]] = {
        "project": clues.projects,
        "organisation": clues.organisations,
        "term": clues.terms,
        "place": clues.regions,
        "topic": clues.topics,
    }
    of = _OF.get(kind)
    return tuple(
        Target(what, slug)
        for what in ((of,) if of else ("project", "topic", "organisation", "place"))
        for slug in named[what]
    )


def _with_fact(understood: Understanding, facts: Mapping[str, float]) -> Understanding:
    likely = max(facts, key=lambda fact: facts[fact])
    unseen = likely != NO_FACT and likely not in understood.facts and facts[likely] >= _FACT
    of_anything = likely == "naming" and understood.kind in ("organisation", "term")
    if not (understood.kind == "project" or of_anything) or not unseen:
        return understood
    if not understood.targets or understood.event:
        return understood
    return replace(understood, facts=tuple(fact for fact in FACTS if fact in (*understood.facts, likely)))
