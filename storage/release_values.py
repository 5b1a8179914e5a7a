"""Releases as they pass between the tables and the rest of the house: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from storage.languages import Language, Names


@dataclass(frozen=True, slots=True)
class ReleaseTags:
    """What a release is about, as slugs."""

    topics: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release as it was read, before it has a number."""

    identity: str
    title: str
    language: Language
    content_hash: str
    url: str | None = None
    canonical_url: str | None = None
    lead: str = ""
    body: str = ""
    published_at: datetime | None = None
    image_url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    tags: ReleaseTags = ReleaseTags()
    shingles: frozenset[int] = frozenset()
    """The smallest hashes of its shingles, each within a signed 64-bit integer."""
    silent: bool = False
    duplicate_of: int | None = None
    translation_of: int | None = None
    """The first release that says the same in another language."""
    translates: str | None = None
    """The same by identity, where that release is stored together with this one."""


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """What is needed to see whether an item is new, changed or unchanged."""

    id: int
    identity: str
    canonical_url: str | None
    title: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Where a release can be read in another language."""

    language: Language
    url: str


@dataclass(frozen=True, slots=True)
class Release:
    """A stored release."""

    id: int
    source_slug: str
    source_names: Names
    url: str | None
    title: str
    lead: str
    body: str
    language: Language
    published_at: datetime | None
    first_seen_at: datetime
    tags: ReleaseTags
    silent: bool
    duplicate_of: int | None
    copies: int
    """How many other sources published it too."""
    image_url: str | None
    and_more: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Of a burst: how many others of it were archived untold, in all (under "") and by tag (`topic:pser`)."""
    perhaps_copy_of: int | None = None
    """A release that it resembles too much to be sure; staff decide."""
    translation_of: int | None = None
    """The first release that says the same in another language."""
    editions: tuple[Edition, ...] = ()
    """The same in other languages, where it has an address."""

    @property
    def dated(self) -> datetime:
        """When it was published, or first seen where it does not say."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Speaker:
    """A body whose word is wanted: releases of its own sources, and those that name it; or sources alone."""

    organisation: str | None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Which releases are meant: those that meet every condition named.  Copies are left out unless asked for."""

    topics: tuple[str, ...] = ()
    """Any of these."""
    territory: str | None = None
    project: str | None = None
    organisation: str | None = None
    speaker: Speaker | None = None
    source: str | None = None
    language: Language | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_copies: bool = False


EVERYTHING: Final = ReleaseFilter()
"""Every release but copies."""
