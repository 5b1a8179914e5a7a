"""The registry in the database: filled from the shipped files, read as snapshots, changed by staff."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import fold, normalise
from storage.database import Database
from storage.errors import N_
from storage.models import AliasRow, DataVersionRow, RegistryRecordRow
from storage.registry.errors import RegistryError
from storage.registry.reading import READERS
from storage.registry.records import Alias, PartialDate, RecordKind
from storage.registry.shipped import build, load_shipped, shipped_digest, shipped_records
from storage.registry.snapshot import RegistrySnapshot, aliases_of

PART = "registry"


class UnknownRecord(RegistryError):
    """No record of the kind has this slug."""

    code = "registry.unknown_record"
    sentence = N_("There is no {kind} called “{slug}” in the registry.")


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
            version = await _version(session)
            if version.digest == digest:
                return False
            await _replace_records(session, raw, now)
            await _replace_aliases(session, list(aliases_of(shipped)))
            version.digest, version.version = digest, version.version + 1
        return True

    async def snapshot(self) -> RegistrySnapshot:
        """The registry as it is now.  One small query when nothing changed since the last time."""
        async with self._db.read() as session:
            row = await session.get(DataVersionRow, PART)
        version = row.version if row else 0
        if self._cached is None or self._cached.version != version:
            async with self._loading:
                if self._cached is None or self._cached.version != version:
                    self._cached = await self._load()
        return self._cached

    async def put(self, kind: RecordKind, values: Mapping[str, Any], now: datetime) -> None:
        """Writes a record as staff have it; raises InvalidRecord and writes nothing where a field is wrong."""
        READERS[kind](values, f"{kind}, {values.get('slug', '?')}")
        async with self._db.write() as session:
            await _put(session, kind, values, now, origin="staff")
            records = await _stored(session)
            build(records, {name: name for name in records})
            (await _version(session)).version += 1

    async def add_alias(self, kind: RecordKind, slug: str, text: str) -> None:
        """Lets people call a record by one more name; raises UnknownRecord."""
        async with self._db.write() as session:
            if await session.get(RegistryRecordRow, (kind, slug)) is None:
                raise UnknownRecord(kind=kind, slug=slug)
            await _add_aliases(session, [Alias(text, kind, slug)], origin="staff")
            (await _version(session)).version += 1

    async def _load(self) -> RegistrySnapshot:
        async with self._db.read() as session:
            row = await session.get(DataVersionRow, PART)
            records = await _stored(session)
            aliases = await session.scalars(select(AliasRow).where(AliasRow.origin == "staff"))
            more = [Alias(alias.text, alias.kind, alias.slug) for alias in aliases]  # type: ignore[arg-type]
        data = build(records, {kind: kind for kind in records})
        return RegistrySnapshot(data, more_aliases=more, version=row.version if row else 0)


async def _version(session: AsyncSession) -> DataVersionRow:
    row = await session.get(DataVersionRow, PART)
    if row is None:
        row = DataVersionRow(part=PART, version=0, digest=None)
        session.add(row)
    return row


async def _stored(session: AsyncSession) -> dict[str, list[Mapping[str, Any]]]:
    rows = await session.scalars(
        select(RegistryRecordRow)
        .where(RegistryRecordRow.retired_at.is_(None))
        .order_by(RegistryRecordRow.kind, RegistryRecordRow.slug)
    )
    records: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in READERS}
    for row in rows:
        records[row.kind].append(row.data)
    return records


async def _replace_records(
    session: AsyncSession, raw: Mapping[str, list[Mapping[str, Any]]], now: datetime
) -> None:
    rows = await session.scalars(select(RegistryRecordRow).where(RegistryRecordRow.origin == "shipped"))
    left = {(row.kind, row.slug): row for row in rows}
    for kind, values in _each(raw):
        left.pop((kind, values["slug"]), None)
        await _put(session, kind, values, now, origin="shipped")
    for gone in left.values():
        gone.retired_at = now


def _each(raw: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, records in raw.items():
        for values in records:
            yield kind, values


async def _put(
    session: AsyncSession, kind: str, values: Mapping[str, Any], now: datetime, *, origin: str
) -> None:
    row = await session.get(RegistryRecordRow, (kind, values["slug"]))
    if row is not None and row.origin == "staff" and origin == "shipped":
        return
    if row is None:
        row = RegistryRecordRow(kind=kind, slug=values["slug"])
        session.add(row)
    row.names = dict(values.get("names") or values.get("role") or {})
    row.data = dict(values)
    row.as_of = PartialDate.parse(values["as_of"]).first_day()
    row.source_url = values["source"]["url"]
    row.origin, row.updated_at, row.retired_at = origin, now, None


async def _replace_aliases(session: AsyncSession, aliases: list[Alias]) -> None:
    await session.execute(delete(AliasRow).where(AliasRow.origin == "shipped"))
    await _add_aliases(session, aliases, origin="shipped")


async def _add_aliases(session: AsyncSession, aliases: list[Alias], *, origin: str) -> None:
    rows = await session.execute(select(AliasRow.folded, AliasRow.kind, AliasRow.slug))
    known = {tuple(row) for row in rows}
    for alias in aliases:
        folded = fold(normalise(alias.text))
        if (folded, alias.kind, alias.slug) not in known:
            known.add((folded, alias.kind, alias.slug))
            session.add(
                AliasRow(kind=alias.kind, slug=alias.slug, text=alias.text, folded=folded, origin=origin)
            )
