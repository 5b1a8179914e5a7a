"""The topics one can subscribe to: their names and their rules, as the shipped data has them or staff changed them.

A rule is data, explained at the head of `topics.toml`; `feeds.tagging` applies it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Final, Literal

from storage.errors import N_, StorageError
from storage.languages import Names

SLUG: Final = re.compile("[a-z][a-z0-9_]{0,19}")
"""What names a topic for good: with an oblast and a chat beside it, it has to fit behind a button of Telegram."""

Where = Literal["any", "title"]
_RULE_FIELDS: Final = frozenset(
    {
        "name",
        "names",
        "weight",
        "words",
        "window",
        "whole_text",
        "where",
        "unless",
        "unless_window",
        "matches",
        "not_matches",
        "sure",
    }
)


class BadTopic(StorageError):
    """A topic's data cannot be used as it is.

    `problem` is a message id, filled from `words`, so that it can be told in the reader's language.
    """

    code: ClassVar[str] = "registry.bad_topic"
    sentence: ClassVar[str] = N_("Topic “{topic}”, rule “{rule}”: {problem}.")

    def __init__(self, topic: str, rule: str, problem: str, **words: str) -> None:
        self.problem, self.words = problem, words
        super().__init__(topic=topic, rule=rule or "—", problem=problem.format_map(words))


@dataclass(frozen=True, slots=True)
class RuleData:
    """One rule: `words` are groups, of each of which something must stand within `window` words of the first.

    In one sentence, unless `whole_text`.  `unless` are phrases that undo it within `unless_window` words.
    """

    name: str
    words: tuple[tuple[str, ...], ...]
    weight: float = 1.0
    window: int = 8
    whole_text: bool = False
    where: Where = "any"
    unless: tuple[str, ...] = ()
    unless_window: int = 5
    matches: tuple[str, ...] = ()
    not_matches: tuple[str, ...] = ()
    names: Names | None = None
    """What people call it; None where nobody said."""
    sure: bool = False
    """Whether nothing that was learnt speaks against it: an abbreviation that means nothing else."""


@dataclass(frozen=True, slots=True)
class TopicData:
    """A topic: a release whose score reaches `threshold` has it, one that reaches `doubt` is for staff to look at."""

    slug: str
    names: Names
    rules: tuple[RuleData, ...]
    position: int = 0
    threshold: float = 1.0
    doubt: float = 0.6
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    learned: bool = False
    """Whether what was learnt from labelled releases counts beside the rules."""


def shipped_topics() -> tuple[TopicData, ...]:
    """The topics of the shipped data file, in its order."""
    data = tomllib.loads(files("storage.registry").joinpath("topics.toml").read_text("utf-8"))
    return read_topics(data)


def read_topics(data: Mapping[str, Any]) -> tuple[TopicData, ...]:
    """Topics from parsed TOML or JSON; raises BadTopic naming topic, rule and problem."""
    shared = {name: tuple(words) for name, words in data.get("groups", {}).items()}
    return tuple(_topic(topic, position, shared) for position, topic in enumerate(data["topic"]))


def groups_of(topics: Sequence[TopicData]) -> dict[str, frozenset[str]]:
    """The phrases of every named group, those inside other groups included.

    A group that all topics share goes by its name, the others by topic and name.
    """
    found: dict[str, frozenset[str]] = {}
    for topic in topics:
        for name, phrases in topic.groups.items():
            shared = all(other.groups.get(name) == phrases for other in topics)
            key = name if shared else f"{topic.slug}:{name}"
            found[key] = frozenset(_expanded(topic.slug, name, phrases, topic.groups))
    return found


def _topic(data: Mapping[str, Any], position: int, shared: Mapping[str, tuple[str, ...]]) -> TopicData:
    slug = str(data["slug"])
    if not SLUG.fullmatch(slug):
        raise BadTopic(slug, "", N_("the slug is to be up to 20 small Latin letters, digits and underscores"))
    groups = {**shared, **{name: tuple(words) for name, words in data.get("groups", {}).items()}}
    return TopicData(
        slug=slug,
        names=Names.from_mapping(data["names"]),
        rules=tuple(_rule(slug, rule, groups) for rule in data["rule"]),
        position=position,
        threshold=float(data.get("threshold", 1.0)),
        doubt=float(data.get("doubt", 0.6)),
        groups=groups,
        learned=bool(data.get("learned", False)),
    )


def _rule(topic: str, data: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]) -> RuleData:
    name = str(data.get("name", "?"))
    if unknown := set(data) - _RULE_FIELDS:
        raise BadTopic(
            topic=topic, rule=name, problem=N_("unknown field {text}"), text=", ".join(sorted(unknown))
        )
    words = tuple(_expanded(topic, name, group, groups) for group in data.get("words", []))
    if not words or not all(words):
        raise BadTopic(topic=topic, rule=name, problem=N_("no words"))
    return RuleData(
        name=name,
        words=words,
        weight=float(data.get("weight", 1.0)),
        window=int(data.get("window", 60 if data.get("whole_text") else 8)),
        whole_text=bool(data.get("whole_text", False)),
        where=data.get("where", "any"),
        unless=_expanded(topic, name, data.get("unless", []), groups),
        unless_window=int(data.get("unless_window", 5)),
        matches=tuple(data.get("matches", [])),
        not_matches=tuple(data.get("not_matches", [])),
        names=_rule_names(name, data),
        sure=bool(data.get("sure", False)),
    )


def _rule_names(name: str, data: Mapping[str, Any]) -> Names | None:
    return Names.from_mapping(data["names"]) if "names" in data else shipped_rule_names().get(name)


@cache
def shipped_rule_names() -> Mapping[str, Names]:
    """What people call the shipped rules, by the name that a rule has in the data."""
    data = tomllib.loads(files("storage.registry").joinpath("rule_names.toml").read_text("utf-8"))
    return {name: Names.from_mapping(names) for name, names in data.items()}


def _expanded(
    topic: str, rule: str, words: Sequence[str], groups: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        if not word.startswith("@"):
            found.append(word)
        elif word[1:] in groups:
            found.extend(_expanded(topic, rule, groups[word[1:]], groups))
        else:
            raise BadTopic(topic=topic, rule=rule, problem=N_("no group {text}"), text=word)
    return tuple(dict.fromkeys(found))
