"""What a changed topic would catch, and what it would lose, among the releases that there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from feeds.tagging import make_rules, tag
from storage.registry.topics import TopicData
from storage.releases import Release, ReleaseFilter, Releases
from storage.topic_rules import Draft, TopicRules

LAST: Final = 200
"""Releases that a topic is tried on unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The releases that a topic would gain and lose, how many it keeps, and how many would be for staff to decide."""

    looked_at: int
    caught: tuple[Release, ...]
    lost: tuple[Release, ...]
    kept: int
    uncertain: int


async def try_topic(draft: Draft, rules: TopicRules, releases: Releases, last: int = LAST) -> Trial:
    """Tries a draft on the newest releases beside the rules in force; nothing is stored."""
    before = next((topic for topic in await rules.topics() if topic.slug == draft.topic.slug), None)
    found = await releases.latest(ReleaseFilter(), limit=last)
    return await asyncio.to_thread(compare, before, draft.topic, found)


def compare(before: TopicData | None, after: TopicData, releases: Iterable[Release]) -> Trial:
    """The difference that a topic's rules make.  Pure."""
    old = make_rules([before] if before else [], ())
    new = make_rules([after], ())
    caught, lost, kept, uncertain, looked_at = [], [], 0, 0, 0
    for release in releases:
        looked_at += 1
        text = f"{release.lead}\n{release.body}"
        had, now = tag(release.title, text, old), tag(release.title, text, new)
        if now.topics and not had.topics:
            caught.append(release)
        elif had.topics and not now.topics:
            lost.append(release)
        kept += bool(now.topics and had.topics)
        uncertain += bool(now.uncertain)
    return Trial(looked_at, tuple(caught), tuple(lost), kept, uncertain)
