"""A release that staff are bringing in: what was read of it, and how it is kept in the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from aiogram.fsm.context import FSMContext

from feeds.items import Contact, Item

BODY_LIMIT = 100_000
"""Characters of a text that are kept."""


@dataclass(frozen=True)
class Manuscript:
    """What was read, the topics it is to have, and the contacts that stand in it."""

    item: Item
    topics: frozenset[str]
    contacts: tuple[Contact, ...] = ()

    def with_topic_toggled(self, topic: str) -> Manuscript:
        """With a topic more, or less."""
        return replace(self, topics=self.topics ^ {topic})

    def with_title(self, title: str) -> Manuscript:
        """With another title; an empty one changes nothing."""
        return replace(self, item=replace(self.item, title=title)) if title else self


async def load(state: FSMContext) -> Manuscript | None:
    """The manuscript of this conversation."""
    return read(await state.get_data())


async def keep(state: FSMContext, manuscript: Manuscript) -> None:
    """Keeps the manuscript: a restart does not lose it."""
    item = manuscript.item
    await state.update_data(
        manuscript={
            "id": item.id,
            "title": item.title,
            "url": item.url,
            "published_at": item.published_at.isoformat() if item.published_at else None,
            "summary": item.summary,
            "body": item.body[:BODY_LIMIT],
            "language": item.language,
            "image": item.image,
            "topics": sorted(manuscript.topics),
            "contacts": [asdict(contact) for contact in manuscript.contacts],
        }
    )


def read(data: Mapping[str, Any]) -> Manuscript | None:
    """What `keep` wrote.  Pure."""
    kept = data.get("manuscript")
    if not kept:
        return None
    published = kept["published_at"]
    item = Item(
        id=kept["id"],
        title=kept["title"],
        url=kept["url"],
        published_at=datetime.fromisoformat(published) if published else None,
        summary=kept["summary"],
        body=kept["body"],
        language=kept["language"],
        image=kept["image"],
    )
    contacts = (Contact(**_as_tuples(contact)) for contact in kept.get("contacts", ()))
    return Manuscript(item, frozenset(kept["topics"]), tuple(contacts))


def _as_tuples(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
