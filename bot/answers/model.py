"""What an answer is: its kind, what it is about, the words with their formatting, and where they are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from aiogram.utils.formatting import Text

from bot.answers.kinds import Kind, Target, Understanding
from bot.answers.periods import Period
from storage.languages import Language
from storage.registry import PartialDate

Action = Literal["card", "contacts", "news", "projects", "vcard", "site", "desk"]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source of an answer, and when it was true."""

    title: str
    url: str
    date: PartialDate | None


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done next: a label in the reader's language, and what of which thing."""

    action: Action
    label: str
    target: Target | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a value; nothing of it depends on Telegram but the formatting nodes of `content`."""

    kind: Kind
    language: Language
    entity: str | tuple[str, ...] | None
    """The canonical Russian name of what was meant, several names, or None."""
    content: Text
    facts: tuple[str, ...] = ()
    """The sentences that answer what was asked, first in `content` too."""
    sources: tuple[SourceLine, ...] = ()
    suggestions: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    subject: Target | None = None
    """What a question that follows may be about."""
    understood: Understanding | None = None


@dataclass(frozen=True, slots=True)
class ReleaseQuery:
    """Which releases a question wants, by slugs; empty means any."""

    topics: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Names to look for in the text, where a thing has no tag of its own."""
    period: Period | None = None
    text: str = ""
    """Words that a release has, all of them."""


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A stored release, as far as an answer shows it."""

    title: str
    url: str
    source: str
    day: date | None


class ReleaseSearch(Protocol):
    """Finds stored releases, the newest first."""

    async def __call__(self, query: ReleaseQuery, /) -> Sequence[FoundRelease]:
        """The releases that fit, at most as many as one message shows."""
        ...


def plain_text(answer: Answer) -> str:
    """The answer as plain text, links left out: for the command line and for forwarding."""
    return answer.content.render()[0]
