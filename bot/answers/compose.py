"""A question understood → the answer: the fact first, then the rest, then the source and its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.answers.facts import Teller
from bot.answers.helping import Helping
from bot.answers.kinds import BY_THE_WAY, PRECISE, Understanding
from bot.answers.listing import Listing
from bot.answers.model import Answer, FoundRelease
from bot.answers.news import News, release_query
from bot.answers.reaching import Reaching
from bot.answers.things import Things
from bot.answers.voice import entity_of
from bot.i18n import translation
from storage.registry import RegistrySnapshot

__all__ = ["compose", "entity_of", "release_query"]


COUNTED: Final = frozenset(
    {"how_many", "budget", "staff", "head", "contribution", "number", "donor", "event"}
)
"""Facts that are not what a body is or a word means: where the registry lacks them, nothing is known."""


def _honest(understood: Understanding, snapshot: RegistrySnapshot) -> Understanding:
    """«Какой бюджет у ИПР»: where the registry does not say it, the answer is that it is not known."""
    if understood.kind not in ("organisation", "term") or len(understood.targets) != 1:
        return understood
    target = understood.targets[0]
    record = snapshot.record(target.kind, target.slug)
    teller = Teller(snapshot, translation(understood.language), date.min)
    asked = COUNTED.intersection(understood.facts)
    if target.kind == "term" and "what_is" in understood.facts:
        return understood
    if record is None or understood.event:
        return understood
    known = {fact for fact in understood.facts if teller.say(record, fact)}
    if target.kind == "term" and known & PRECISE - BY_THE_WAY:
        return understood
    beside = PRECISE.intersection(understood.facts) - BY_THE_WAY if target.kind == "term" else set()
    if not asked - known and (known or not beside):
        return understood
    return replace(understood, kind="unknown", targets=(), mentioned=(target,))


def compose(
    understood: Understanding,
    snapshot: RegistrySnapshot,
    *,
    now: datetime,
    releases: Sequence[FoundRelease] = (),
) -> Answer:
    """The answer to a question understood.  Pure; `releases` are what `release_query` found, newest first."""
    understood = _honest(understood, snapshot)
    asked = (understood, snapshot, now.date())
    match understood.kind:
        case "project" if not understood.targets:
            return Listing(*asked).all_projects()
        case "project" | "organisation" | "term" if len(understood.targets) > 1:
            return Things(*asked).several()
        case "project" | "organisation" | "term":
            return Things(*asked).one()
        case "project_contact" | "organisation_contact":
            return Reaching(*asked).contacts()
        case "projects_by_region":
            return Listing(*asked).by_region()
        case "projects_by_organisation":
            return Listing(*asked).by_organisation()
        case "releases":
            return News(*asked).releases(releases)
        case "help":
            return Helping(*asked).help()
        case "unknown" | "faq":
            return Helping(*asked).unknown()
