"""What a chat has chosen, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time

from bot.i18n import Translation
from storage.cadence import CADENCES, Cadence, comes_at
from storage.labels import LabelKind, Labels
from storage.languages import Language, Names
from storage.registry import Record
from storage.subscribers import Chat, Subscription, What

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


def cadences_of(chat: Chat, held: Iterable[Subscription]) -> tuple[Cadence, ...]:
    """How often what is subscribed to comes, each cadence once; how often it would, before anything is.  Pure."""
    told = {one.cadence for one in held}
    return tuple(cadence for cadence in CADENCES if cadence in told) or (chat.cadence,)


def schedules(tr: Translation, chat: Chat, held: Iterable[Subscription]) -> str:
    """How often and when what is subscribed to comes, inside a sentence."""
    return "; ".join(schedule(tr, chat, cadence) for cadence in cadences_of(chat, held))


def schedule(tr: Translation, chat: Chat, cadence: Cadence) -> str:
    """How often and when, inside a sentence: `once a day at 09:00`.  What falls into quiet hours comes after them."""
    days_later, comes = comes_at(chat.digest_hour, chat.quiet_from, chat.quiet_to)
    hour = tr.clock(time(comes))
    match cadence:
        case "instant":
            return tr.gettext("at once, as soon as it is published")
        case "daily":
            return tr.gettext("once a day at {hour}", hour=hour)
        case "weekly":
            return tr.gettext(
                "once a week, {weekday}, at {hour}",
                weekday=tr.every((chat.weekly_day + days_later) % 7),
                hour=hour,
            )


def quiet_at_its_hour(tr: Translation, chat: Chat, held: Iterable[Subscription]) -> str | None:
    """That the hour of digests falls into quiet hours, and when they come instead; None where it does not."""
    _, comes = comes_at(chat.digest_hour, chat.quiet_from, chat.quiet_to)
    if comes == chat.digest_hour or cadences_of(chat, held) == ("instant",):
        return None
    return tr.gettext(
        "The hour you chose, {hour}, is within quiet hours: the digest comes when they end, at {end}.",
        hour=tr.clock(time(chat.digest_hour)),
        end=tr.clock(time(comes)),
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
