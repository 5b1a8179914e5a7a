"""Releases into their tables: new ones with all that hangs on them, and what their sources changed.

What is stored together is put there in small pieces within one transaction, since the event loop does nothing else
while the unit of work is made up: a flood of two hundred at once would hold it for as long as a person notices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tag_corrections
from storage.batches import batches
from storage.models import (
    ReleaseOrganisationRow,
    ReleaseProjectRow,
    ReleaseRow,
    ReleaseShingleRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
    ReleaseVersionRow,
)
from storage.release_values import NewRelease
from storage.search_index import IndexedText, index_release, index_releases, indexed_text, unindex_release

AT_ONCE: Final = 10
"""Releases that are written before the event loop has its turn: some milliseconds of work."""

_KEPT: Final = ("and_more", "perhaps_copy")
"""What is noted of a release when it comes, not read from it: a change keeps it."""

_ADD_SHINGLE: Final = text(
    "INSERT INTO release_shingles (shingle, release_id) VALUES (:shingle, :release_id)"
)

_TAG_TABLES: Final = (
    ReleaseTopicRow,
    ReleaseTerritoryRow,
    ReleaseProjectRow,
    ReleaseOrganisationRow,
    ReleaseShingleRow,
)


def words_of(release: NewRelease) -> IndexedText:
    """What a release is found by.  Takes milliseconds: not for the event loop."""
    return indexed_text(release.title, release.body or release.lead)


async def add_releases(
    session: AsyncSession,
    source_id: int,
    releases: Sequence[tuple[NewRelease, IndexedText]],
    now: datetime,
) -> dict[str, int]:
    """Stores those that are not there yet, in their order; returns the numbers of all by identity.

    The transaction is to hold the lock of releases.
    """
    numbers = await _numbers(session, source_id, {release.identity for release, _ in releases})
    new: dict[str, tuple[NewRelease, IndexedText]] = {}
    for release, words in releases:
        if release.identity not in numbers:
            new.setdefault(release.identity, (release, words))
    for some in batches(list(new.values()), AT_ONCE):
        numbers |= await _insert(session, source_id, some, now)
    await _link_translations(session, [release for release, _ in new.values()], numbers)
    return numbers


async def change_release(
    session: AsyncSession, release_id: int, release: NewRelease, words: IndexedText, now: datetime
) -> None:
    """Puts a release in the place of what it said before, which is kept; staff's word on its topics stands."""
    await unindex_release(session, release_id)
    row = await session.get_one(ReleaseRow, release_id)
    if (row.title, row.lead, row.body) != (release.title, release.lead, release.body):
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
    await index_release(session, release_id, words)


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
        translation_of=release.translation_of,
        image_url=release.image_url,
        extra=dict(release.extra),
    )


async def _link_translations(
    session: AsyncSession, releases: Sequence[NewRelease], numbers: Mapping[str, int]
) -> None:
    """Of releases that came together."""
    for release in releases:
        first = numbers.get(release.translates or "")
        if first is not None and first != numbers[release.identity]:
            await session.execute(
                update(ReleaseRow)
                .where(ReleaseRow.id == numbers[release.identity])
                .values(translation_of=first)
            )


async def _keep_sketches(session: AsyncSession, releases: Mapping[int, NewRelease]) -> None:
    """Past the unit of work, since there are dozens for each release."""
    sketches = [
        {"shingle": value, "release_id": number}
        for number, release in releases.items()
        for value in release.shingles
    ]
    for batch in batches(sketches):
        await session.execute(_ADD_SHINGLE, batch)


async def _numbers(session: AsyncSession, source_id: int, identities: Collection[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for batch in batches(sorted(identities)):
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


async def _untag(session: AsyncSession, release_id: int) -> None:
    for table in _TAG_TABLES:
        await session.execute(delete(table).where(table.release_id == release_id))
