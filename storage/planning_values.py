"""What planning reads and writes, as values: who is due, what they have been told, who gets what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.cadence import Cadence
from storage.languages import Language, Reads
from storage.parts import Lane
from storage.subscriber_values import What

NOTHING_AGAIN_AFTER: Final = timedelta(days=30)
"""A weekly digest without anything in it says so, and then not again for so long."""


Place = tuple[int, int | None]
"""A chat, and of a forum the topic: what was told in one place was not told in another."""


@dataclass(frozen=True, slots=True, eq=False)
class DueSubscription:
    """Something that is to be looked at now, for one chat or a hundred thousand: it names none.

    Those that say the same are one object, and are told apart as such: comparing values would cost more than the rest
    of planning.
    """

    what: What
    cadence: Cadence
    after: int
    """It has been told, or is not to be told, of releases up to this number."""
    due_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """How a chat wants to be told; one object for all that want it alike."""

    language: Language
    timezone: str
    digest_hour: int
    weekly_day: int
    quiet_from: int | None
    quiet_to: int | None
    days_off: int
    """See `storage.cadence.days_off_of`."""
    reads: Reads
    """In which languages it wants releases."""
    picture: bool
    """Whether its weekly digests come with a picture."""
    may_hear_nothing: bool
    """Whether it was not told for a month that a week brought nothing."""


@dataclass(frozen=True, slots=True)
class DueChat:
    """A chat, or a topic of a forum, with what is due of its subscriptions."""

    id: int
    wishes: Wishes
    due: tuple[DueSubscription, ...]
    subscriptions: tuple[int, ...]
    """The numbers of the subscriptions that are due, in the same order."""
    told_up_to: int
    """The largest number that any subscription the chat ever had was told up to: it has been told of nothing after."""
    thread_id: int | None = None
    """Of a forum, the topic; each is told as if it were a chat of its own."""

    @property
    def place(self) -> Place:
        """Where it is told."""
        return self.id, self.thread_id


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a planned message goes, and from when on."""

    chat_id: int
    lane: Lane
    not_before: datetime
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A release that a message tells of, and what it stands under there, such as `topic:pser`."""

    release_id: int
    heading: str = ""


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
