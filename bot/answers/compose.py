"""A question understood → the answer: the fact first, then the rest, then the source and its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.answers.helping import Helping
from bot.answers.kinds import Understanding
from bot.answers.listing import Listing
from bot.answers.model import Answer, FoundRelease
from bot.answers.news import News, release_query
from bot.answers.reaching import Reaching
from bot.answers.things import Things
from bot.answers.voice import entity_of
from storage.registry import RegistrySnapshot

__all__ = ["compose", "entity_of", "release_query"]


def compose(
    understood: Understanding,
    snapshot: RegistrySnapshot,
    *,
    now: datetime,
    releases: Sequence[FoundRelease] = (),
) -> Answer:
    """The answer to a question understood.  Pure; `releases` are what `release_query` found, newest first."""
    asked = (understood, snapshot, now.date())
    match understood.kind:
        case "project" if not understood.targets:
            return Listing(*asked).all_projects()
        case "project" | "organisation" if len(understood.targets) > 1:
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
