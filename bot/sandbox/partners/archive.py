"""What partner sites have published, and releases that wait to be."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.errors import Impossible
from storage.languages import Language, Names

DATA = Path(__file__).parent


@dataclass(frozen=True)
class Site:
    """A partner's site and the way it is made."""

    slug: str
    kind: Literal["feed", "listing"]
    charset: str
    languages: tuple[Language, ...]
    title: Names
    format: Literal["rss", "atom", ""] = ""


@dataclass(frozen=True)
class Release:
    """A text to publish.  `topics` is what a reader would file it under; it is not shown on any site."""

    title: str
    lead: str
    body: str
    language: Language = "ru"
    rubric: str = ""
    slug: str = ""
    site: str = ""
    topics: tuple[str, ...] = ()
    footer: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs, the footer last."""
        parts = [*self.body.strip().split("\n\n"), self.footer]
        return [part.strip() for part in parts if part.strip()]


@dataclass(frozen=True)
class Publication:
    """A release on a site.  `id` is the number in its address; it never changes."""

    id: int
    site: str
    release: Release
    at: datetime


@dataclass
class Archive:
    """All publications, newest last, and the prepared releases by slug."""

    sites: dict[str, Site]
    prepared: dict[str, Release]
    publications: list[Publication] = field(default_factory=list)

    def on(self, site: str) -> list[Publication]:
        """A site's publications, newest first."""
        own = [publication for publication in self.publications if publication.site == site]
        return sorted(own, key=lambda publication: (publication.at, publication.id), reverse=True)

    def publish(self, site: str, release: Release, at: datetime) -> Publication:
        """Puts a release on a site.

        Its number grows with time, so that it is new to a reader even when the archive was lost in between.
        """
        if site not in self.sites:
            raise Impossible(reason=f"there is no partner site {site}")
        if not release.title.strip():
            raise Impossible(reason="a release has a title")
        taken = {publication.id for publication in self.publications}
        number = int(at.timestamp()) - 1_600_000_000
        while number in taken:
            number += 1
        publication = Publication(number, site, release, at)
        self.publications.append(publication)
        return publication


def load(now: datetime) -> Archive:
    """The shipped archive, dated back from `now`."""
    sites = {site.slug: site for site in map(_site, _read("sites.toml", "site"))}
    archive = Archive(sites, {str(row["slug"]): _release(row) for row in _read("prepared.toml", "release")})
    for row in _read("releases.toml", "release"):
        archive.publications.extend(_publications(row, now))
    return archive


def _read(name: str, table: str) -> Iterable[dict[str, Any]]:  # TOML values are of several types
    return list(tomllib.loads((DATA / name).read_text(encoding="utf-8"))[table])


def _site(row: dict[str, Any]) -> Site:
    title = Names.from_mapping(row["title"])
    return Site(
        row["slug"], row["kind"], row["charset"], tuple(row["languages"]), title, row.get("format", "")
    )


def _release(row: dict[str, Any]) -> Release:
    known = {name: row[name] for name in Release.__dataclass_fields__ if name in row}
    return Release(**known | {"topics": tuple(row.get("topics", ()))})


def _publications(row: dict[str, Any], now: datetime) -> Iterable[Publication]:
    release, at = _release(row), now - timedelta(hours=row["hours_ago"])
    yield Publication(row["id"], release.site, release, at)
    for place, copy in enumerate(row.get("copies", ()), start=1):
        body = release.lead if copy.get("lead_only") else release.body
        changed = replace(
            release,
            title=copy.get("title", release.title),
            rubric=copy.get("rubric", release.rubric),
            site=copy["site"],
            body=body,
            footer=copy.get("footer", ""),
        )
        yield Publication(
            row["id"] + 1000 * place, copy["site"], changed, at + timedelta(hours=copy["hours_later"])
        )
