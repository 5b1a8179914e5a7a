"""What planning reads and writes, as values: who is due, what they have been told, who gets what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.cadence import Cadence
from storage.languages import Language, Reads
from storage.parts import Lane
from storage.subscriber_values import What


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """A subscription that is to be looked at now."""

    id: int
    what: What
    cadence: Cadence
    after: int
    """It has been told, or is not to be told, of releases up to this number."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueChat:
    """A chat with its subscriptions that are due."""

    id: int
    language: Language
    timezone: str
    digest_hour: int
    weekly_day: int
    quiet_from: int | None
    quiet_to: int | None
    due: tuple[DueSubscription, ...]
    told_up_to: int
    """The largest number that any subscription the chat ever had was told up to: it has been told of nothing after."""
    reads: Reads = "all"
    """In which languages it wants releases."""
    days_off: int = 0
    """See `storage.cadence.days_off_of`."""
    picture: bool = False
    """Whether its weekly digests come with a picture."""
    nothing_told_at: datetime | None = None
    """When a weekly digest last told it that there was nothing."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a planned message goes, and from when on."""

    chat_id: int
    lane: Lane
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Translated:
    """A release that came in several languages; `first` is the number of the first of them."""

    id: int
    first: int
    language: Language


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far subscriptions have been told (None: no further than before), and when they are due next."""

    delivered_up_to: int | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which digests of a cadence were owed."""

    cadence: Cadence
    owed_at: datetime
    late: bool

    @property
    def key(self) -> str:
        """`daily 2026-11-20T03:00Z`."""
        return f"{self.cadence} {self.owed_at:%Y-%m-%dT%H:%MZ}"
