"""The rules of tagging with the names that the registry knows now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from feeds.tagging import Alias, Rules, Tags, load_rules, make_rules, tag
from storage.analysis.weights import Weights
from storage.registry import Registry, RegistrySnapshot
from storage.registry.territories import as_territory, shipped_territories
from storage.registry.topics import TopicData, shipped_topics
from storage.topic_rules import TopicRules

_TAGGED_KINDS = ("project", "organisation")


def tagging_rules(
    registry: RegistrySnapshot,
    topics: Sequence[TopicData] | None = None,
    weights: Weights | None = None,
) -> Rules:
    """Topics as staff have them (`storage.topic_rules`) or as shipped, territories as shipped with the municipalities
    that staff added, projects and organisations by every name the registry has for them.

    With shipped topics and territories compiled once for the same names.
    """
    passing = {body.slug for body in registry.data.organisations if body.is_party}
    aliases = tuple(
        Alias(alias.text, alias.kind, alias.slug, canonical_name(registry, alias.kind, alias.slug))
        for alias in registry.aliases
        if alias.kind in _TAGGED_KINDS and alias.slug not in passing
    )
    if topics is None and not registry.data.municipalities:
        return load_rules(aliases)
    added = (
        as_territory(one.slug, one.names, one.parent, one.aliases) for one in registry.data.municipalities
    )
    territories = (*shipped_territories(), *added)
    return make_rules(shipped_topics() if topics is None else topics, territories, aliases, weights)


def canonical_name(registry: RegistrySnapshot, kind: str, slug: str) -> str:
    """The Russian name by which a project or organisation is known everywhere; its slug where it is not there."""
    record = registry.record(kind, slug)
    return record.names.ru if record else slug


class RegistryTagger:
    """Tags with the registry and the topics as they were when `renew` was last called."""

    def __init__(self, registry: Registry, topics: TopicRules | None = None) -> None:
        self._registry = registry
        self._topics = topics
        self._from: tuple[RegistrySnapshot, Sequence[TopicData] | None] | None = None
        self._rules: Rules | None = None

    async def renew(self) -> None:
        """Takes over what staff have changed since.  Cheap when nothing has."""
        snapshot = await self._registry.snapshot()
        topics = await self._topics.topics() if self._topics else None
        if self._from is None or self._from[0] is not snapshot or self._from[1] is not topics:
            self._rules = await asyncio.to_thread(tagging_rules, snapshot, topics)
            self._from = snapshot, topics

    @property
    def rules(self) -> Rules:
        """The rules that hold now; raises RuntimeError before the first `renew`."""
        if self._rules is None:
            raise RuntimeError("renew() is to be called first")
        return self._rules

    def __call__(self, title: str, text: str) -> Tags:
        """What a release is about; raises RuntimeError before the first `renew`."""
        return tag(title, text, self.rules)
