"""The registry in the database: filled from the shipped files, read as snapshots, changed by staff."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.models import DataVersionRow, RegistryRecordRow
from storage.registry import history
from storage.registry.changes import ALIAS, Change, Holdings, Values, applied, check, difference, key_of
from storage.registry.errors import UnknownRecord
from storage.registry.history import RecordedChange
from storage.registry.offered import PART as TOPICS
from storage.registry.offered import as_offered, offered
from storage.registry.records import RecordKind
from storage.registry.rows import (
    PART,
    holdings,
    replace_shipped,
    staff_aliases,
    stored_records,
    version_row,
    write_changes,
)
from storage.registry.shipped import build, load_shipped, shipped_digest, shipped_records
from storage.registry.snapshot import RegistrySnapshot, aliases_of


class Registry:
    """What is known, kept in the database; snapshots are cached until something changes."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._cached: RegistrySnapshot | None = None
        self._loading = asyncio.Lock()

    async def fill(self, now: datetime) -> bool:
        """Brings the shipped records in; says whether anything was to be done.

        Safe to repeat.  A record that staff changed stays as they left it; one that is no longer shipped is retired.
        Raises InvalidRecord where the files are wrong, before anything is written.
        """
        digest = shipped_digest()
        shipped, raw = load_shipped(), shipped_records()
        async with self._db.write() as session:
            version = await version_row(session)
            if version.digest == digest:
                return False
            await replace_shipped(session, raw, list(aliases_of(shipped)), now)
            version.digest, version.version = digest, version.version + 1
        return True

    async def snapshot(self) -> RegistrySnapshot:
        """The registry as it is now.  One small query when nothing changed since the last time."""
        async with self._db.read() as session:
            version = await _version(session)
        if self._cached is None or self._cached.version != version:
            async with self._loading:
                if self._cached is None or self._cached.version != version:
                    self._cached = await self._load()
        return self._cached

    async def holdings(self) -> Holdings:
        """Every record and every added name as plain values, to be compared with what somebody wants."""
        async with self._db.read() as session:
            return await holdings(session)

    async def change(self, changes: Sequence[Change], now: datetime, by: int | None = None) -> int:
        """Makes all the changes or none, in the audit with what was before; returns the number to take them back by.

        Raises ChangedSince where a record is not what a change says it is, and InvalidRecord where the registry
        would no longer be right.  0 where there was nothing to change.
        """
        async with self._db.write() as session:
            return await _change(session, changes, now, by)

    async def put(
        self, kind: RecordKind, values: Mapping[str, Any], now: datetime, by: int | None = None
    ) -> int:
        """Writes a record as staff have it; raises InvalidRecord and writes nothing where a field is wrong."""
        return await self._want(kind, values, now, by)

    async def add_alias(
        self, kind: RecordKind, slug: str, text: str, now: datetime, by: int | None = None
    ) -> int:
        """Lets people call a record by one more name; raises UnknownRecord."""
        async with self._db.read() as session:
            row = await session.get(RegistryRecordRow, (kind, slug))
            if row is None or row.retired_at is not None:
                raise UnknownRecord(kind=kind, slug=slug)
        return await self._want(ALIAS, {"kind": kind, "slug": slug, "text": text.strip()}, now, by)

    async def history(
        self, kind: str | None = None, slug: str | None = None, limit: int = 20
    ) -> tuple[RecordedChange, ...]:
        """The latest changes, newest first: of everything, of a kind, or of one record."""
        async with self._db.read() as session:
            return await history.latest(session, kind, slug, limit)

    async def revert(
        self, change_id: int, now: datetime, by: int | None = None, *, whole: bool = False
    ) -> int:
        """Takes a change back, or with `whole` all that were made together with it; returns the number of that change.

        Raises UnknownChange, ChangedSince where a later change stands on it, and InvalidRecord where the rest of the
        registry needs what it brought.
        """
        async with self._db.write() as session:
            made = await history.changes(session, change_id, whole=whole)
            return await _change(session, [change.back() for change in reversed(made)], now, by)

    async def _want(self, kind: str, values: Values, now: datetime, by: int | None) -> int:
        async with self._db.write() as session:
            key = key_of(kind, values)
            changes = difference(await holdings(session), {key: values})
            return await _change(session, changes, now, by)

    async def _load(self) -> RegistrySnapshot:
        async with self._db.read() as session:
            version = await _version(session)
            records = await stored_records(session)
            more = await staff_aliases(session)
            topics = await offered(session)
        data = build(records, {kind: kind for kind in records})
        data = replace(data, topics=as_offered(data.topics, topics))
        return RegistrySnapshot(data, more_aliases=more, version=version)


async def _version(session: AsyncSession) -> int:
    """Grows with every change of a record, of a name, or of a topic."""
    counters = select(func.sum(DataVersionRow.version)).where(DataVersionRow.part.in_((PART, TOPICS)))
    return int(await session.scalar(counters) or 0)


async def _change(session: AsyncSession, changes: Sequence[Change], now: datetime, by: int | None) -> int:
    if not changes:
        return 0
    await _version_up(session)
    check(applied(await holdings(session), changes), now.date())
    await write_changes(session, changes, now)
    return await history.write(session, changes, now, by)


async def _version_up(session: AsyncSession) -> None:
    """Takes the registry's counter first: on PostgreSQL its row lock makes changes wait for one another."""
    row = await version_row(session)
    row.version += 1
    await session.flush()
