"""Audiences in words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.i18n import Translation
from handlers.choices import LANGUAGE_NAMES
from storage.audiences import Audience
from storage.languages import Names
from storage.territory_tree import TerritoryTree


def audience_name(
    tr: Translation, audience: Audience, topics: Mapping[str, Names], tree: TerritoryTree
) -> str:
    """Who an audience is: `ПСЭР · Нарынская область`; a topic that is not among `topics` goes by its slug.  Pure."""
    parts = []
    if audience.topic:
        named = topics.get(audience.topic)
        parts.append(named.in_(tr.language) if named else audience.topic)
    if audience.territory:
        parts.append(tree.name(audience.territory, tr.language))
    if audience.language:
        parts.append(LANGUAGE_NAMES[audience.language])
    return " · ".join(parts) or tr.gettext("Everyone")
