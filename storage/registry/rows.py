"""The rows of the registry: reading and writing records and names within a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.analysis import fold, normalise
from storage.models import AliasRow, DataVersionRow, RegistryRecordRow, TerritoryRow
from storage.registry.changes import ALIAS, Change, Holdings, Key, NameIsKnown, Values, key_of
from storage.registry.reading import READERS
from storage.registry.records import Alias, PartialDate

PART = "registry"
_AFTER_THE_SHIPPED = 10_000


async def version_row(session: AsyncSession) -> DataVersionRow:
    """The counter of the registry's changes."""
    row = await session.get(DataVersionRow, PART)
    if row is None:
        row = DataVersionRow(part=PART, version=0, digest=None)
        session.add(row)
    return row


async def stored_records(session: AsyncSession) -> dict[str, list[Values]]:
    """The values of every record that is not retired, by kind."""
    rows = await session.scalars(
        select(RegistryRecordRow)
        .where(RegistryRecordRow.retired_at.is_(None))
        .order_by(RegistryRecordRow.kind, RegistryRecordRow.slug)
    )
    records: dict[str, list[Values]] = {kind: [] for kind in READERS}
    for row in rows:
        records[row.kind].append(row.data)
    return records


async def staff_aliases(session: AsyncSession) -> list[Alias]:
    """The names that staff added."""
    rows = await session.scalars(select(AliasRow).where(AliasRow.origin == "staff").order_by(AliasRow.id))
    return [Alias(row.text, row.kind, row.slug) for row in rows]  # type: ignore[arg-type]


async def holdings(session: AsyncSession) -> Holdings:
    """Records and added names, by kind and slug."""
    held: dict[tuple[str, str], Values] = {}
    for kind, values in each(await stored_records(session)):
        held[key_of(kind, values)] = values
    for alias in await staff_aliases(session):
        values = {"kind": alias.kind, "slug": alias.slug, "text": alias.text}
        held[key_of(ALIAS, values)] = values
    return held


async def write_changes(session: AsyncSession, changes: Sequence[Change], now: datetime) -> None:
    """Makes records and added names what they are to be."""
    rows = await session.scalars(select(RegistryRecordRow))
    known = {
        (row.kind, row.slug): row for row in rows
    }  # kept, so that the session finds each without asking again
    added, removed = [], set()
    for change in changes:
        if change.kind == ALIAS and change.new is not None:
            added.append(Alias(change.new["text"], change.new["kind"], change.new["slug"]))
        elif change.kind == ALIAS:
            removed.add(change.slug)
        elif change.new is not None:
            _put_record(session, known, change.kind, change.new, now, origin="staff")
        else:
            row = known[change.key]
            row.retired_at, row.updated_at, row.origin = now, now, "staff"
    await _write_territories(session, [change for change in changes if change.kind == "municipality"])
    if removed:
        await _remove_aliases(session, removed)
    if added:
        for alias in await add_aliases(session, added, origin="staff"):
            raise NameIsKnown(text=alias.text, slug=alias.slug)


async def _write_territories(session: AsyncSession, changes: Sequence[Change]) -> None:
    """Municipalities stand in the tree of territories too, from which people choose."""
    for change in changes:
        row = await session.get(TerritoryRow, change.slug)
        if change.new is None:
            if row is not None:
                await session.delete(row)
            continue
        if row is None:
            row = TerritoryRow(slug=change.slug, kind="municipality", position=_AFTER_THE_SHIPPED)
            session.add(row)
        row.names, row.parent = dict(change.new["names"]), change.new["parent"]


async def _known_rows(session: AsyncSession) -> dict[Key, RegistryRecordRow]:
    rows = await session.scalars(select(RegistryRecordRow))
    return {(row.kind, row.slug): row for row in rows}


def _put_record(
    session: AsyncSession,
    known: dict[Key, RegistryRecordRow],
    kind: str,
    values: Values,
    now: datetime,
    *,
    origin: str,
) -> None:
    """Writes a record; what staff changed is not overwritten by what is shipped."""
    row = known.get((kind, values["slug"]))
    if row is not None and row.origin == "staff" and origin == "shipped":
        return
    if row is None:
        row = known[kind, values["slug"]] = RegistryRecordRow(kind=kind, slug=values["slug"])
        session.add(row)
    row.names = dict(values.get("names") or values.get("role") or {})
    row.data = dict(values)
    row.as_of = PartialDate.parse(values["as_of"]).first_day() if "as_of" in values else None
    row.source_url = values.get("source", {}).get("url")
    row.origin, row.updated_at, row.retired_at = origin, now, None


async def replace_shipped(
    session: AsyncSession, raw: Mapping[str, list[Values]], aliases: list[Alias], now: datetime
) -> None:
    """Puts the shipped records and names in the place of those shipped before."""
    known = await _known_rows(session)
    left = {key: row for key, row in known.items() if row.origin == "shipped"}
    for kind, values in each(raw):
        left.pop((kind, values["slug"]), None)
        _put_record(session, known, kind, values, now, origin="shipped")
    for gone in left.values():
        gone.retired_at = now
    await session.execute(delete(AliasRow).where(AliasRow.origin == "shipped"))
    await add_aliases(session, aliases, origin="shipped")


async def add_aliases(session: AsyncSession, aliases: Iterable[Alias], *, origin: str) -> list[Alias]:
    """Adds names that are not there yet; returns those that are."""
    there = []
    rows = await session.execute(select(AliasRow.folded, AliasRow.kind, AliasRow.slug))
    known: set[tuple[Any, ...]] = {tuple(row) for row in rows}
    for alias in aliases:
        folded = fold(normalise(alias.text))
        if (folded, alias.kind, alias.slug) in known:
            there.append(alias)
        else:
            known.add((folded, alias.kind, alias.slug))
            session.add(
                AliasRow(kind=alias.kind, slug=alias.slug, text=alias.text, folded=folded, origin=origin)
            )
    return there


def each(raw: Mapping[str, list[Values]]) -> Iterator[tuple[str, Values]]:
    """Every record with its kind."""
    for kind, records in raw.items():
        for values in records:
            yield kind, values


async def _remove_aliases(session: AsyncSession, removed: Collection[str]) -> None:
    for row in await session.scalars(select(AliasRow).where(AliasRow.origin == "staff")):
        if key_of(ALIAS, {"kind": row.kind, "slug": row.slug, "text": row.text})[1] in removed:
            await session.delete(row)
