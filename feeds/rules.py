"""The rules of tagging with the names that the registry knows now."""

from __future__ import annotations

from feeds.tagging import Alias, Rules, Tags, load_rules, tag
from storage.registry import Registry, RegistrySnapshot

_TAGGED_KINDS = ("project", "organisation")


def tagging_rules(registry: RegistrySnapshot) -> Rules:
    """Topics and territories as shipped, projects and organisations by every name the registry has for them.

    Compiled once for the same names.
    """
    return load_rules(
        tuple(
            Alias(alias.text, alias.kind, alias.slug, canonical_name(registry, alias.kind, alias.slug))
            for alias in registry.aliases
            if alias.kind in _TAGGED_KINDS
        )
    )


def canonical_name(registry: RegistrySnapshot, kind: str, slug: str) -> str:
    """The Russian name by which a project or organisation is known everywhere; its slug where it is not there."""
    record = registry.record(kind, slug)
    return record.names.ru if record else slug


class RegistryTagger:
    """Tags with the registry as it was when `renew` was last called."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._rules: Rules | None = None

    async def renew(self) -> None:
        """Takes over what staff have changed since.  Cheap when nothing has."""
        self._rules = tagging_rules(await self._registry.snapshot())

    def __call__(self, title: str, text: str) -> Tags:
        """What a release is about; raises RuntimeError before the first `renew`."""
        if self._rules is None:
            raise RuntimeError("renew() is to be called first")
        return tag(title, text, self._rules)
