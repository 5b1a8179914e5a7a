"""Who an announcement is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    String,
    case,
    exists,
    false,
    literal,
    or_,
    select,
    true,
    union,
)

from storage.languages import Language
from storage.models import ChatRow, SubscriptionRow, TerritoryRow

WRITABLE_STATES = ("active",)
"""The states of chats that may be written to."""

_WRITABLE: Final = case((ChatRow.state.in_(WRITABLE_STATES), true()), else_=false())
"""Written so that its index does not serve: nearly all chats are, and batches of them are read in the order of ids."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an announcement is for: chats that meet every condition named; all active chats where none is."""

    topic: str | None = None
    territory: str | None = None
    language: Language | None = None

    def as_mapping(self) -> dict[str, str]:
        """The conditions that are named, as stored in a JSON column."""
        conditions = {"topic": self.topic, "territory": self.territory, "language": self.language}
        return {name: value for name, value in conditions.items() if value}

    @classmethod
    def from_mapping(cls, conditions: dict[str, Any]) -> Audience:
        """Reads what `as_mapping` wrote."""
        return cls(**conditions)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where an announcement goes, and in which language."""

    chat_id: int
    language: Language
    thread_id: int | None


def audience_conditions(audience: Audience) -> list[ColumnElement[bool]]:
    """What a row of `chats` must meet to belong to an audience.

    A chat belongs to a territory when it chose that territory or one inside it, or subscribes to something there.
    """
    conditions: list[ColumnElement[bool]] = [_WRITABLE]
    subscribed = select(SubscriptionRow.id).where(
        SubscriptionRow.chat_id == ChatRow.id, SubscriptionRow.ended_at.is_(None)
    )
    if audience.language:
        conditions.append(ChatRow.language == audience.language)
    if audience.topic:
        conditions.append(exists(subscribed.where(SubscriptionRow.topic == audience.topic)))
    if audience.territory:
        places = within(audience.territory)
        there = subscribed.where(SubscriptionRow.territory.in_(places))
        conditions.append(or_(ChatRow.territory.in_(places), exists(there)))
    return conditions


def within(territory: str) -> CompoundSelect[tuple[str]]:
    """A territory and those inside it: the districts of an oblast, and their municipalities."""
    inside = select(TerritoryRow.slug).where(TerritoryRow.parent == territory)
    return union(
        select(literal(territory, String)),
        inside,
        select(TerritoryRow.slug).where(TerritoryRow.parent.in_(inside)),
    )
