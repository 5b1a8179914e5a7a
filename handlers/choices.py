"""What a chat has chosen, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from bot.i18n import Translation
from storage.cadence import Cadence
from storage.labels import LabelKind, Labels
from storage.languages import Language, Names
from storage.registry import Record
from storage.subscribers import Chat, What

BUTTON_HOLDS = 28
"""Characters that a button half a phone wide shows."""

LANGUAGE_NAMES: dict[Language, str] = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}


def cadence_name(tr: Translation, cadence: Cadence) -> str:
    """How often, as a button says it."""
    match cadence:
        case "instant":
            return tr.gettext("At once")
        case "daily":
            return tr.gettext("Once a day")
        case "weekly":
            return tr.gettext("Once a week")


def schedule(tr: Translation, chat: Chat, cadence: Cadence | None = None) -> str:
    """How often and when, inside a sentence: `once a day at 09:00`."""
    hour = tr.clock(time(chat.digest_hour))
    match cadence or chat.cadence:
        case "instant":
            return tr.gettext("at once, as soon as it is published")
        case "daily":
            return tr.gettext("once a day at {hour}", hour=hour)
        case "weekly":
            return tr.gettext(
                "once a week, {weekday}, at {hour}", weekday=tr.every(chat.weekly_day), hour=hour
            )


def place_name(tr: Translation, territory: str | None, territories: Mapping[str, Names]) -> str:
    """The oblast that was chosen, or the whole country."""
    names = territories.get(territory or "")
    return names.in_(tr.language) if names else tr.gettext("The whole country")


def what_name(tr: Translation, what: What, names: Labels) -> str:
    """What a subscription is about: `ПСЭР · Нарынская область`."""
    parts: tuple[tuple[LabelKind, str | None], ...] = (
        ("topic", what.topic),
        ("project", what.project),
        ("source", what.source),
        ("territory", what.territory),
    )
    return " · ".join(names.name(kind, slug, tr.language) for kind, slug in parts if slug)


def button_name(record: Record, language: Language) -> str:
    """A record's name where a button holds it, else the short one.  Pure."""
    name = record.names.in_(language)
    return name if len(name) <= BUTTON_HOLDS else record.called(language)
