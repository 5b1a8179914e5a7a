"""The records of the registry as frozen values: what is known of a project, a body, a contact, a term, an event.

Every record says where it is from and when it was true.  A date keeps the precision of its source.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date
from functools import total_ordering
from typing import Literal

from storage.languages import Language, Names

RecordKind = Literal["project", "organisation", "contact", "term", "event", "faq", "municipality"]
ProjectState = Literal["active", "completed", "unconfirmed"]


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day: as exact as the source is.  Ordered by its first day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Reads `2016`, `2016-10` or `2016-10-01`; raises ValueError for anything else."""
        numbers = [int(part) for part in text.split("-")]
        if not 1 <= len(numbers) <= 3 or not 1900 <= numbers[0] <= 2200 or 0 in numbers:
            raise ValueError(f"not a year, a month or a day: {text!r}")
        parsed = cls(*numbers)
        parsed.first_day()
        return parsed

    def first_day(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __lt__(self, other: PartialDate) -> bool:
        return self.first_day() < other.first_day()

    def __str__(self) -> str:
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part))
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record or a fact is from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about one thing, in up to three languages, with its own source and date."""

    kind: str
    """What it is about, such as `municipalities` or `event`; see FACT_KINDS of `shipped`."""
    text: Names
    as_of: PartialDate
    source: Source
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole units of a currency (ISO 4217)."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a project's life.  Several `ends` are what several sources say."""

    names: Names | None
    start: PartialDate | None
    ends: tuple[PartialDate, ...]
    planned: bool = False
    budget: Money | None = None
    municipalities: int | None = None
    territories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A name that means several records of one kind: the named ones besides the one it is written at."""

    alias: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has: a slug that never changes, names, other names, a source and a date."""

    slug: str
    names: Names
    as_of: PartialDate
    source: Source
    aliases: tuple[str, ...] = ()
    short: Names | None = None
    full: Names | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def canonical(self) -> str:
        """The Russian name: the one by which everything else refers to the record."""
        return self.names.ru

    def called(self, language: Language) -> str:
        """The short name that people know, or the name."""
        return (self.short or self.names).in_(language)

    def facts_about(self, kind: str) -> tuple[Fact, ...]:
        """The facts of a kind, in the order of the data file."""
        return tuple(fact for fact in self.facts if fact.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Record):
    """A project or programme.  donors, implementers, partners: slugs of organisations."""

    summary: Names
    state: ProjectState = "active"
    donors: tuple[str, ...] = ()
    implementers: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    budgets: tuple[Money, ...] = ()
    numbers: tuple[str, ...] = ()
    """The donor's numbers of the project."""
    site: str | None = None
    ambiguous: tuple[Ambiguity, ...] = ()
    not_aliases: tuple[str, ...] = ()
    """Names of other things that look like this one's."""

    @property
    def start(self) -> PartialDate | None:
        """When its first phase started."""
        return min((phase.start for phase in self.phases if phase.start), default=None)

    @property
    def ends(self) -> tuple[PartialDate, ...]:
        """When its last phase ended or will end; several where sources disagree."""
        return self.phases[-1].ends if self.phases else ()

    def is_over(self, today: date) -> bool:
        """Whether it is known to be completed, or the last of its known ends is past."""
        if self.state == "completed":
            return True
        return self.state == "active" and bool(self.ends) and max(self.ends).last_day() < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Record):
    """A donor, an implementer, a state body, an association, a medium or a partner."""

    about: Names
    kind: str = "partner"
    site: str | None = None
    closed: PartialDate | None = None
    successor: str | None = None

    @property
    def is_party(self) -> bool:
        """Whether it is known here only as a party to projects, such as the World Bank, so that a release which
        names it is not about it."""
        return self.kind == "party"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a project or a body, as published.  Phones are international (RFC 3966 without `tel:`)."""

    slug: str
    of_kind: Literal["project", "organisation"]
    of: str
    as_of: PartialDate
    source: Source
    role: Names
    person: Names | None = None
    phones: tuple[str, ...] = ()
    fax: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Record):
    """A word and what it means; `topic` where one can subscribe to news of it."""

    definition: Names
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """Something that happened once, or every year, and who held it."""

    about: Names
    on: PartialDate
    projects: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """A question in the ways people ask it, and what staff answer.  Without a source it is the staff's own word."""

    slug: str
    questions: tuple[str, ...]
    answer: Names
    as_of: PartialDate
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """An айыл аймагы or a small city that staff added to the shipped oblasts, districts and cities, in one of these."""

    slug: str
    names: Names
    parent: str
    aliases: tuple[str, ...] = ()
    """Other names, old ones too, by which texts and questions speak of it."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name by which people call a record."""

    text: str
    kind: RecordKind
    slug: str


@dataclass(frozen=True, slots=True)
class Place:
    """An oblast, city or district: its canonical name, its names, and the oblast-level place it lies in."""

    slug: str
    names: Names
    region: str
    """The slug of the oblast or republican city it belongs to; its own for those."""
    aliases: tuple[str, ...] = ()
    namesake: str | None = None
    """The oblast of the same name, which is meant among other oblasts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that one can subscribe to."""

    slug: str
    names: Names
    aliases: tuple[str, ...] = ()
    figures: str | None = None
    """The term whose figures answer how many, «сколько женщин в кенешах»."""


@dataclass(frozen=True, slots=True)
class RegistryData:
    """The whole registry, as shipped or as stored."""

    projects: tuple[Project, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    contacts: tuple[Contact, ...] = ()
    terms: tuple[Term, ...] = ()
    events: tuple[Event, ...] = ()
    places: tuple[Place, ...] = field(default=())
    topics: tuple[Topic, ...] = field(default=())
    faqs: tuple[Faq, ...] = ()
    municipalities: tuple[Municipality, ...] = ()
