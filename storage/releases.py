"""Releases: what partners published, in the order in which it was first seen."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage import tag_corrections, translation_links
from storage.batches import batches
from storage.copies import settle_copy, take_doubts
from storage.database import Database, serialise
from storage.models import ReleaseRow, ReleaseShingleRow, TagCorrectionRow
from storage.neighbours import neighbours
from storage.release_reading import load_releases, newest_first, release_conditions
from storage.release_values import (
    EVERYTHING,
    KnownRelease,
    NewRelease,
    Release,
    ReleaseFilter,
    ReleaseTags,
    Speaker,
)
from storage.release_writing import add_releases, change_release, words_of
from storage.tag_corrections import Tally, Waiting

__all__ = [
    "KnownRelease",
    "NewRelease",
    "Release",
    "ReleaseFilter",
    "ReleaseTags",
    "Releases",
    "Speaker",
    "load_releases",
    "release_conditions",
]


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
        self, which: ReleaseFilter = EVERYTHING, limit: int = 10, offset: int = 0
    ) -> tuple[Release, ...]:
        """The releases that are meant, by date of publication, newest first."""
        async with self._database.read() as session:
            found: list[tuple[datetime, int]] = []
            for wanted in newest_first(which):
                rows = await session.execute(wanted.limit(limit + offset))
                found += [(row.dated, row.id) for row in rows]
            newest = sorted(found, reverse=True)[offset : offset + limit]
            return await load_releases(session, tuple(number for _, number in newest))

    async def count(self, which: ReleaseFilter = EVERYTHING) -> int:
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
                for batch in batches(sorted(values)):
                    rows = await session.execute(
                        select(*columns).where(ReleaseRow.source_id == source_id, column.in_(batch))
                    )
                    found.update((row.id, KnownRelease(*row)) for row in rows)
        return tuple(found.values())

    async def noted(self, release_id: int, name: str) -> Any:
        """What was noted under a name of a release when it was read; None where nothing was."""
        async with self._database.read() as session:
            extra = await session.scalar(select(ReleaseRow.extra).where(ReleaseRow.id == release_id))
            return (extra or {}).get(name)

    async def nearest(self, shingles: Collection[int], at_least: int, most: int = 5) -> tuple[int, ...]:
        """The originals that have the most of these shingles, the nearest first; `at_least` of them in common."""
        shared = func.count(ReleaseShingleRow.shingle)
        async with self._database.read() as session:
            found = await session.scalars(
                select(ReleaseShingleRow.release_id)
                .join(ReleaseRow, ReleaseRow.id == ReleaseShingleRow.release_id)
                .where(ReleaseShingleRow.shingle.in_(sorted(shingles)), ReleaseRow.duplicate_of.is_(None))
                .group_by(ReleaseShingleRow.release_id)
                .having(shared >= at_least)
                .order_by(shared.desc(), ReleaseShingleRow.release_id)
                .limit(most)
            )
            return tuple(found)

    async def beside(self, source_id: int, since: datetime, until: datetime) -> tuple[Release, ...]:
        """The originals of a source and of its organisation's other sources, dated between two moments."""
        async with self._database.read() as session:
            return await neighbours(session, source_id, since, until)

    async def store(self, source_id: int, releases: Sequence[NewRelease], now: datetime) -> tuple[int, ...]:
        """Stores new releases with their tags and search terms; returns their numbers in the same order.

        One that another process stored meanwhile under the same identity keeps its number and is not stored again.
        """
        words = await asyncio.to_thread(lambda: [words_of(release) for release in releases])
        async with self._database.write() as session:
            await serialise(session, "releases")
            numbers = await add_releases(session, source_id, list(zip(releases, words, strict=True)), now)
            return tuple(numbers[release.identity] for release in releases)

    async def change(self, release_id: int, release: NewRelease, now: datetime) -> None:
        """Updates a release that its source changed, and keeps what it said before.  It is not told again."""
        words = await asyncio.to_thread(words_of, release)
        async with self._database.write() as session:
            await change_release(session, release_id, release, words, now)

    async def take_doubts(self, limit: int) -> tuple[Release, ...]:
        """Releases that may be copies of others and that staff have not been asked about, each handed out once."""
        async with self._database.write() as session:
            return await load_releases(session, await take_doubts(session, limit))

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

    async def at(self, canonical_url: str) -> Release | None:
        """The newest release with this canonical address."""
        async with self._database.read() as session:
            number = select(func.max(ReleaseRow.id)).where(ReleaseRow.canonical_url == canonical_url)
            found = await session.scalar(number)
            return next(iter(await load_releases(session, (found,))), None) if found else None

    async def told_as_one_with(self, release_id: int) -> tuple[Release, ...]:
        """The releases that count as the same in other languages, newest first."""
        async with self._database.read() as session:
            return await load_releases(session, await translation_links.editions_of(session, release_id))

    async def latest_linked(self, limit: int, offset: int = 0) -> tuple[tuple[Release, Release], ...]:
        """The newest releases that count as the same as an elder in another language, each with that one."""
        async with self._database.read() as session:
            pairs = await translation_links.latest_linked(session, limit, offset)
            numbers = {number for pair in pairs for number in pair}
            known = {release.id: release for release in await load_releases(session, numbers)}
            return tuple((known[later], known[first]) for later, first in pairs)

    async def unlink(self, release_id: int, staff_id: int, now: datetime) -> int | None:
        """Staff say that a release is not the same as those in other languages; in the audit, by the number returned.

        None where it is linked to none.  Whoever was not told one of them because of another is told now.
        """
        async with self._database.write() as session:
            await serialise(session, "planning")
            return await translation_links.unlink(session, release_id, staff_id, now)

    async def relink(self, act_id: int, staff_id: int, now: datetime) -> int | None:
        """Takes `unlink` back, by the number of that act; the number of the release, None if it was changed since."""
        async with self._database.write() as session:
            await serialise(session, "planning")
            return await translation_links.relink(session, act_id, staff_id, now)

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
