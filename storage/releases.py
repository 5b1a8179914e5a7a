"""Releases: what partners published, in the order in which it was first seen."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage import tag_corrections
from storage.copies import settle_copy
from storage.database import Database, serialise
from storage.languages import Language, Names, as_language
from storage.models import (
    ReleaseOrganisationRow,
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseShingleRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    ReleaseVersionRow,
    SourceRow,
    TagCorrectionRow,
)
from storage.search_index import IndexedText, index_release, index_releases, indexed_text, unindex_release
from storage.tag_corrections import Tally, Waiting

_T = TypeVar("_T")

_KEPT: Final = ("and_more", "perhaps_copy")
"""What is noted of a release when it comes, not read from it: a change keeps it."""

_BATCH: Final = 500
"""How many values go into one IN: below the bound of SQLite's parameters (32,766 in 3.40) and PostgreSQL's (32,767)."""


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


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """What is needed to see whether an item is new, changed or unchanged."""

    id: int
    identity: str
    canonical_url: str | None
    title: str
    content_hash: str


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

    @property
    def dated(self) -> datetime:
        """When it was published, or first seen where it does not say."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Speaker:
    """A body whose word is wanted: releases of its own sources, and those that name it."""

    organisation: str
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


class Releases:
    """The questions asked of the tables of releases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self) -> int:
        """The number of the newest release; 0 where there is none."""
        async with self._database.read() as session:
            return await session.scalar(select(func.max(ReleaseRow.id))) or 0

    async def get(self, release_id: int) -> Release | None:
        """The release with this number."""
        return next(iter(await self.many((release_id,))), None)

    async def many(self, release_ids: Collection[int]) -> tuple[Release, ...]:
        """The releases with these numbers, newest first; numbers that are not there are left out."""
        async with self._database.read() as session:
            return await load_releases(session, release_ids)

    async def latest(
        self, which: ReleaseFilter = ReleaseFilter(), limit: int = 10, offset: int = 0
    ) -> tuple[Release, ...]:
        """The releases that are meant, by date of publication, newest first."""
        dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
        async with self._database.read() as session:
            ids = await session.scalars(
                select(ReleaseRow.id)
                .where(*release_conditions(which))
                .order_by(dated.desc(), ReleaseRow.id.desc())
                .limit(limit)
                .offset(offset)
            )
            return await load_releases(session, tuple(ids))

    async def count(self, which: ReleaseFilter = ReleaseFilter()) -> int:
        """How many releases are meant."""
        async with self._database.read() as session:
            return (
                await session.scalar(select(func.count(ReleaseRow.id)).where(*release_conditions(which))) or 0
            )

    async def known(
        self, source_id: int, identities: Collection[str], canonical_urls: Collection[str] = ()
    ) -> tuple[KnownRelease, ...]:
        """The releases of a source that have one of these identities or canonical addresses."""
        columns = (
            ReleaseRow.id,
            ReleaseRow.identity,
            ReleaseRow.canonical_url,
            ReleaseRow.title,
            ReleaseRow.content_hash,
        )
        found: dict[int, KnownRelease] = {}
        async with self._database.read() as session:
            for column, values in (
                (ReleaseRow.identity, identities),
                (ReleaseRow.canonical_url, canonical_urls),
            ):
                for batch in _batches(sorted(values)):
                    rows = await session.execute(
                        select(*columns).where(ReleaseRow.source_id == source_id, column.in_(batch))
                    )
                    found.update((row.id, KnownRelease(*row)) for row in rows)
        return tuple(found.values())

    async def sharing_shingles(self, shingles: Collection[int], at_least: int) -> dict[int, frozenset[int]]:
        """By release, the shingles it has in common with these, where there are enough of them.  Originals only."""
        shared: defaultdict[int, set[int]] = defaultdict(set)
        async with self._database.read() as session:
            for batch in _batches(sorted(shingles)):
                rows = await session.execute(
                    select(ReleaseShingleRow.release_id, ReleaseShingleRow.shingle)
                    .join(ReleaseRow, ReleaseRow.id == ReleaseShingleRow.release_id)
                    .where(ReleaseShingleRow.shingle.in_(batch), ReleaseRow.duplicate_of.is_(None))
                )
                for release_id, shingle in rows:
                    shared[release_id].add(shingle)
        return {id_: frozenset(common) for id_, common in shared.items() if len(common) >= at_least}

    async def store(self, source_id: int, releases: Sequence[NewRelease], now: datetime) -> tuple[int, ...]:
        """Stores new releases with their tags and search terms; returns their numbers in the same order.

        One that another process stored meanwhile under the same identity keeps its number and is not stored again.
        """
        indexed = await asyncio.to_thread(lambda: [_indexed(release) for release in releases])
        async with self._database.write() as session:
            await serialise(session, "releases")
            there = await _numbers(session, source_id, [release.identity for release in releases])
            new = {
                release.identity: (release, terms)
                for release, terms in reversed(list(zip(releases, indexed, strict=True)))
                if release.identity not in there
            }
            there |= await _insert(session, source_id, list(reversed(new.values())), now)
            return tuple(there[release.identity] for release in releases)

    async def change(self, release_id: int, release: NewRelease, now: datetime) -> None:
        """Updates a release that its source changed, and keeps what it said before.  It is not told again."""
        indexed = await asyncio.to_thread(_indexed, release)
        async with self._database.write() as session:
            await unindex_release(session, release_id)
            row = await session.get_one(ReleaseRow, release_id)
            session.add(
                ReleaseVersionRow(
                    release_id=row.id, title=row.title, lead=row.lead, body=row.body, replaced_at=now
                )
            )
            row.url, row.canonical_url = release.url, release.canonical_url
            row.title, row.lead, row.body = release.title, release.lead, release.body
            row.language, row.content_hash = release.language, release.content_hash
            row.published_at = release.published_at or row.published_at
            row.image_url, row.updated_at = release.image_url, now
            row.extra = {name: row.extra[name] for name in _KEPT if name in row.extra} | dict(release.extra)
            topics = await tag_corrections.as_decided(session, release_id, release.tags.topics)
            await _untag(session, release_id)
            _tag(session, release_id, replace(release, tags=replace(release.tags, topics=topics)))
            await _keep_sketches(session, {release_id: release})
            await index_release(session, release_id, indexed)

    async def settle_copy(self, release_id: int, *, same: bool) -> int | None:
        """Staff say whether a doubtful release repeats the one it resembles; the number of that one.

        A copy is not told from then on.  None where nobody doubts any more.
        """
        async with self._database.write() as session:
            return await settle_copy(session, release_id, same=same)

    async def doubt(self, release_id: int, topic: str, now: datetime) -> None:
        """A reader says that a topic does not fit a release; staff will look."""
        async with self._database.write() as session:
            session.add(
                TagCorrectionRow(release_id=release_id, topic=topic, verdict="doubted", created_at=now)
            )

    async def set_topics(
        self, release_id: int, topics: Collection[str], staff_id: int | None, now: datetime
    ) -> None:
        """Staff say which topics a release has; what they added and removed is kept as corrections.

        A fresh release that gets a topic is told to those who subscribe to it, once.
        """
        async with self._database.write() as session:
            await serialise(session, "planning")
            await tag_corrections.correct(session, release_id, topics, staff_id, now)

    async def settle_topics(self, release_id: int, staff_id: int | None, now: datetime) -> None:
        """Staff say that a release's topics are right as they are."""
        async with self._database.write() as session:
            await tag_corrections.settle(session, release_id, staff_id, now)

    async def waiting(self, limit: int = 1) -> tuple[int, tuple[Waiting, ...]]:
        """How many releases wait for staff to decide on their topics, and the newest of them."""
        async with self._database.read() as session:
            return (
                await tag_corrections.count_waiting(session),
                await tag_corrections.waiting(session, limit),
            )

    async def look(self, release_id: int) -> Waiting:
        """What is asked about a release's topics, and the words that speak for them."""
        async with self._database.read() as session:
            return await tag_corrections.look(session, release_id)

    async def tallies(self, since: datetime) -> tuple[Tally, ...]:
        """How right each topic was in each month, from what staff corrected."""
        async with self._database.read() as session:
            return await tag_corrections.tallies(session, since)


async def load_releases(session: AsyncSession, release_ids: Collection[int]) -> tuple[Release, ...]:
    """The releases with these numbers within a transaction, newest first.  One statement for up to 500 of them."""
    releases: list[Release] = []
    for batch in _batches(sorted(set(release_ids))):
        rows = await session.execute(_LOAD, {"ids": batch})
        releases.extend(_release(row) for row in rows)
    return tuple(sorted(releases, key=lambda release: (release.dated, release.id), reverse=True))


async def _insert(
    session: AsyncSession,
    source_id: int,
    releases: Sequence[tuple[NewRelease, IndexedText]],
    now: datetime,
) -> dict[str, int]:
    """Stores new releases in their order, with all that hangs on them; returns their numbers by identity."""
    rows = [_new_row(source_id, release, now) for release, _ in releases]
    session.add_all(rows)
    await session.flush()
    for row, (release, _) in zip(rows, releases, strict=True):
        _tag(session, row.id, release)
        await tag_corrections.ask_staff(session, row.id, release.extra, now)
    await _keep_sketches(session, {row.id: release for row, (release, _) in zip(rows, releases, strict=True)})
    dated = (row.published_at or row.first_seen_at for row in rows)
    terms = (terms for _, terms in releases)
    await index_releases(session, list(zip((row.id for row in rows), dated, terms, strict=True)))
    return {row.identity: row.id for row in rows}


def _new_row(source_id: int, release: NewRelease, now: datetime) -> ReleaseRow:
    return ReleaseRow(
        source_id=source_id,
        identity=release.identity,
        url=release.url,
        canonical_url=release.canonical_url,
        title=release.title,
        lead=release.lead,
        body=release.body,
        language=release.language,
        published_at=release.published_at,
        first_seen_at=now,
        updated_at=now,
        content_hash=release.content_hash,
        silent=release.silent,
        duplicate_of=release.duplicate_of,
        image_url=release.image_url,
        extra=dict(release.extra),
    )


_ADD_SHINGLE: Final = text(
    "INSERT INTO release_shingles (shingle, release_id) VALUES (:shingle, :release_id)"
)


async def _keep_sketches(session: AsyncSession, releases: Mapping[int, NewRelease]) -> None:
    """Past the unit of work, since there are dozens for each release."""
    sketches = [
        {"shingle": value, "release_id": number}
        for number, release in releases.items()
        for value in release.shingles
    ]
    for batch in _batches(sketches):
        await session.execute(_ADD_SHINGLE, batch)


def _indexed(release: NewRelease) -> IndexedText:
    return indexed_text(release.title, release.body or release.lead)


async def _numbers(session: AsyncSession, source_id: int, identities: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for batch in _batches(sorted(set(identities))):
        rows = await session.execute(
            select(ReleaseRow.identity, ReleaseRow.id).where(
                ReleaseRow.source_id == source_id, ReleaseRow.identity.in_(batch)
            )
        )
        numbers.update((identity, number) for identity, number in rows)
    return numbers


def _tag(session: AsyncSession, release_id: int, release: NewRelease) -> None:
    tags = release.tags
    session.add_all(ReleaseTopicRow(release_id=release_id, topic=slug) for slug in tags.topics)
    session.add_all(ReleaseTerritoryRow(release_id=release_id, territory=slug) for slug in tags.territories)
    session.add_all(ReleaseProjectRow(release_id=release_id, project=slug) for slug in tags.projects)
    session.add_all(
        ReleaseOrganisationRow(release_id=release_id, organisation=slug) for slug in tags.organisations
    )


_TAG_TABLES = (
    ReleaseTopicRow,
    ReleaseTerritoryRow,
    ReleaseProjectRow,
    ReleaseOrganisationRow,
    ReleaseShingleRow,
)


async def _untag(session: AsyncSession, release_id: int) -> None:
    for table in _TAG_TABLES:
        await session.execute(delete(table).where(table.release_id == release_id))


def release_conditions(which: ReleaseFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a row of releases, for a query of one's own."""
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    conditions: list[ColumnElement[bool]] = []
    if not which.with_copies:
        conditions.append(ReleaseRow.duplicate_of.is_(None))
    if which.topics:
        conditions.append(_tagged(ReleaseTopicRow.release_id, ReleaseTopicRow.topic.in_(which.topics)))
    if which.territory:
        at = ReleaseTerritoryRow.territory == which.territory
        conditions.append(_tagged(ReleaseTerritoryRow.release_id, at))
    if which.project:
        conditions.append(_tagged(ReleaseProjectRow.release_id, ReleaseProjectRow.project == which.project))
    if which.organisation:
        named = ReleaseOrganisationRow.organisation == which.organisation
        conditions.append(_tagged(ReleaseOrganisationRow.release_id, named))
    if which.speaker:
        conditions.append(_spoken_by(which.speaker))
    if which.source:
        source = select(SourceRow.id).where(SourceRow.slug == which.source).scalar_subquery()
        conditions.append(ReleaseRow.source_id == source)
    if which.language:
        conditions.append(ReleaseRow.language == which.language)
    if which.since:
        conditions.append(dated >= which.since)
    if which.until:
        conditions.append(dated < which.until)
    return conditions


def _spoken_by(speaker: Speaker) -> ColumnElement[bool]:
    named = ReleaseOrganisationRow.organisation == speaker.organisation
    own = select(SourceRow.id).where(SourceRow.slug.in_(speaker.sources))
    return or_(_tagged(ReleaseOrganisationRow.release_id, named), ReleaseRow.source_id.in_(own))


def _tagged(release: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(release).where(release == ReleaseRow.id, condition))


def _batches(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _release(row: Any) -> Release:
    return Release(
        id=row.id,
        source_slug=row.slug,
        source_names=Names.from_mapping(row.names),
        url=row.url,
        title=row.title,
        lead=row.lead,
        body=row.body,
        language=as_language(row.language),
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        tags=ReleaseTags(
            *(_slugs(joined) for joined in (row.topics, row.territories, row.projects, row.bodies))
        ),
        silent=row.silent,
        duplicate_of=row.duplicate_of,
        copies=row.copies,
        image_url=row.image_url,
        and_more=row.and_more or {},
        perhaps_copy_of=(row.perhaps_copy or {}).get("of"),
    )


def _slugs(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(joined.split())) if joined else ()


def _joined_slugs(release: Any, slug: Any, name: str) -> Any:
    """The slugs of a release in one value: they have no spaces."""
    one = select(func.aggregate_strings(slug, " ")).where(release == ReleaseRow.id)
    return one.correlate(ReleaseRow).scalar_subquery().label(name)


def _loading() -> Select[Any]:
    copy = aliased(ReleaseRow)
    copies = select(func.count(func.distinct(copy.source_id))).where(copy.duplicate_of == ReleaseRow.id)
    topic, place = ReleaseTopicRow, ReleaseTerritoryRow
    project, body = ReleaseProjectRow, ReleaseOrganisationRow
    columns: tuple[Any, ...] = (
        ReleaseRow.id,
        SourceRow.slug,
        SourceRow.names,
        ReleaseRow.url,
        ReleaseRow.title,
        ReleaseRow.lead,
        ReleaseRow.body,
        ReleaseRow.language,
        ReleaseRow.published_at,
        ReleaseRow.first_seen_at,
        ReleaseRow.silent,
        ReleaseRow.duplicate_of,
        ReleaseRow.image_url,
        ReleaseRow.extra["and_more"].label("and_more"),
        ReleaseRow.extra["perhaps_copy"].label("perhaps_copy"),
        copies.correlate(ReleaseRow).scalar_subquery().label("copies"),
        _joined_slugs(topic.release_id, topic.topic, "topics"),
        _joined_slugs(place.release_id, place.territory, "territories"),
        _joined_slugs(project.release_id, project.project, "projects"),
        _joined_slugs(body.release_id, body.organisation, "bodies"),
    )
    return (
        select(*columns)
        .join(SourceRow, SourceRow.id == ReleaseRow.source_id)
        .where(ReleaseRow.id.in_(bindparam("ids", expanding=True)))
    )


_LOAD: Final = _loading()
