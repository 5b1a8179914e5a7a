"""Chats, subscriptions and what they are about, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from storage.cadence import Cadence
from storage.chat_states import ChatState
from storage.languages import Language, Reads, as_language, reads_of
from storage.models import ChatRow, SubscriptionRow

ChatKind = Literal["private", "group", "channel"]


@dataclass(frozen=True, slots=True, order=True)
class What:
    """The conditions of a subscription: a release must meet every one that is named."""

    topic: str | None = None
    territory: str | None = None
    project: str | None = None
    source: str | None = None

    @property
    def key(self) -> str:
        """The conditions in one canonical text: `topic:pser territory:naryn`."""
        conditions = (
            ("topic", self.topic),
            ("territory", self.territory),
            ("project", self.project),
            ("source", self.source),
        )
        return " ".join(f"{name}:{value}" for name, value in conditions if value)

    @classmethod
    def from_key(cls, key: str) -> What:
        """Reads what `key` wrote; raises TypeError or ValueError for anything else."""
        return cls(**dict(condition.split(":", 1) for condition in key.split()))


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and its choices."""

    id: int
    kind: ChatKind
    thread_id: int | None
    language: Language
    language_chosen: bool
    timezone: str
    digest_hour: int
    weekly_day: int
    quiet_from: int | None
    quiet_to: int | None
    paused_until: datetime | None
    territory: str | None
    cadence: Cadence
    state: ChatState
    reads: Reads = "all"
    """In which languages it is told of releases."""
    days_off: int = 0
    """See `storage.cadence.days_off_of`."""
    picture: bool = False
    """Whether weekly digests come with a picture of the week in numbers."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One thing a chat is told of, and how far it has been told."""

    id: int
    chat_id: int
    what: What
    cadence: Cadence
    starts_after: int
    delivered_up_to: int
    next_due_at: datetime | None
    thread_id: int | None = None
    """The forum topic in which it is told; None is the chat itself."""


def chat_of(row: ChatRow) -> Chat:
    """A chat out of its row."""
    language = as_language(row.language)
    return Chat(
        id=row.id,
        kind=cast(ChatKind, row.kind),
        thread_id=row.thread_id,
        language=language,
        language_chosen=row.language_chosen,
        timezone=row.timezone,
        digest_hour=row.digest_hour,
        weekly_day=row.weekly_day,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        paused_until=row.paused_until,
        territory=row.territory,
        cadence=cast(Cadence, row.cadence),
        state=cast(ChatState, row.state),
        reads=reads_of(row.reads, language),
        days_off=row.days_off,
        picture=row.picture,
    )


def subscription_of(row: SubscriptionRow) -> Subscription:
    """A subscription out of its row."""
    return Subscription(
        id=row.id,
        chat_id=row.chat_id,
        what=What(row.topic, row.territory, row.project, row.source),
        cadence=cast(Cadence, row.cadence),
        starts_after=row.starts_after,
        delivered_up_to=row.delivered_up_to,
        next_due_at=row.next_due_at,
        thread_id=row.thread_id or None,
    )
