"""What a question can be understood as: the kind of answer it wants, of which thing, and which facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.answers.periods import Period
from storage.languages import Language

Kind = Literal[
    "project",
    "project_contact",
    "organisation",
    "organisation_contact",
    "term",
    "projects_by_region",
    "projects_by_organisation",
    "releases",
    "help",
    "faq",
    "unknown",
]
TargetKind = Literal["project", "organisation", "term", "place", "topic", "event"]
State = Literal["active", "over"]
Aspect = Literal["appeal", "erase", "leave", "preferences", "follow", "group", "person"]
ASPECTS: Final[tuple[Aspect, ...]] = ("appeal", "erase", "leave", "preferences", "group", "person", "follow")
"""What can be asked of the bot itself, what is asked more rarely first: it decides."""

FACTS: Final = (
    "donor", "implementer", "partner", "phase", "end", "start", "when", "budget", "municipality", "where",
    "contribution", "head", "method", "law", "number", "successor", "event", "result", "staff", "how_many",
    "naming", "about", "what_is",
)  # fmt: skip
"""What can be asked of a thing, in the order in which it is answered when several are asked at once."""

TERM_FACTS: Final[Mapping[str, str]] = {
    "how_many": "number",
    "municipality": "number",
    "implementer": "method",
    "end": "state",
}
"""Under which kind a fact asked of a term is kept."""

PRECISE: Final = frozenset(FACTS) - {"about", "what_is"}
"""Facts of which a sentence is wanted, not the thing as a whole."""


BY_THE_WAY: Final = frozenset({"municipality", "where", "end", "when", "start", "implementer"})
"""What is said in passing of a word that is asked about."""


@dataclass(frozen=True, slots=True)
class Target:
    """The thing meant."""

    kind: TargetKind
    slug: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question understood: what kind of answer, about what, which facts, in which language."""

    kind: Kind
    language: Language
    targets: tuple[Target, ...] = ()
    facts: tuple[str, ...] = ()
    period: Period | None = None
    state: State | None = None
    """For lists: only the projects that go on, or only those that are over."""
    guesses: tuple[Target, ...] = ()
    """What may have been meant, when nothing certain was found."""
    event: str | None = None
    """The event asked about, by which the target was found."""
    aspect: Aspect | None = None
    """What of the bot a question for help is about."""
    words: str = ""
    """What to look for in releases where nothing else is known of the question."""
    mentioned: tuple[Target, ...] = ()
    """Other things named in the question: the body in «работает ли в нём USAID»."""
