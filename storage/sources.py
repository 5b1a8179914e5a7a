"""Sources: where releases are heard, which of them are due, and how well each is doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.errors import N_, StorageError
from storage.languages import Names
from storage.models import ReleaseRow, SourceRow, SourceRuleRow

SourceKind = Literal["feed", "listing", "channel", "desk"]

DESK = "desk"
"""The slug of the source whose releases staff bring in themselves."""

_AT_ONCE: Final = 100


class UnknownSource(StorageError):
    """No source has this slug."""

    code = "storage.unknown_source"
    sentence = N_("There is no source called “{slug}”. The command “jarchy sources list” shows them all.")


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """What a source is, as shipped in the catalogue or written by staff."""

    slug: str
    names: Names
    kind: SourceKind
    url: str
    organisation: str | None = None
    language: str | None = None
    rule: Mapping[str, Any] = field(default_factory=dict)
    interval_minutes: int = 60
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A source with what is remembered from its last fetch."""

    id: int
    slug: str
    names: Names
    kind: SourceKind
    url: str
    organisation: str | None
    language: str | None
    rule: Mapping[str, Any]
    interval_minutes: int
    enabled: bool
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    next_check_at: datetime | None
    last_checked_at: datetime | None
    last_success_at: datetime | None
    archived_at: datetime | None
    failures: int
    error_code: str | None
    error_text: str | None
    staff_told: str | None
    retired_at: datetime | None
    backfill: Mapping[str, Any] = field(default_factory=dict)
    """Where walking back through the archive got to; empty before it began."""


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """How a source was read from a moment on; `changed_by` is None for the operator and the shipped catalogue."""

    kind: SourceKind
    url: str
    rule: Mapping[str, Any]
    changed_by: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What a successful fetch leaves behind: validators for the next one, and when that is due."""

    next_check_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    url: str | None = None
    """The new address after a permanent redirect."""


@dataclass(frozen=True, slots=True)
class SourceActivity:
    """How much a source has been heard to say."""

    releases: int
    last_heard_at: datetime | None


class Sources:
    """The questions asked of the table of sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Source, ...]:
        """Every source that has not been retired, by slug."""
        async with self._database.read() as session:
            return await _load(
                session, select(SourceRow).where(SourceRow.retired_at.is_(None)).order_by(SourceRow.slug)
            )

    async def get(self, slug: str) -> Source:
        """The source with this slug; raises UnknownSource."""
        async with self._database.read() as session:
            return _source(await _row(session, slug))

    async def due(self, now: datetime) -> tuple[Source, ...]:
        """The enabled sources to fetch whose time has come, the longest overdue first."""
        async with self._database.read() as session:
            due = (
                SourceRow.enabled,
                SourceRow.retired_at.is_(None),
                SourceRow.kind.in_(("feed", "listing")),
                or_(SourceRow.next_check_at.is_(None), SourceRow.next_check_at <= now),
            )
            by_time = (SourceRow.next_check_at.nulls_first(), SourceRow.id)
            return await _load(session, select(SourceRow).where(*due).order_by(*by_time))

    async def fill(self, definitions: Iterable[SourceDefinition], now: datetime) -> int:
        """Adds the sources that are not there yet; those that are stay as staff keep them.  Returns how many."""
        async with self._database.write() as session:
            known = set(await session.scalars(select(SourceRow.slug)))
            rows = [_new_row(definition, now) for definition in definitions if definition.slug not in known]
            session.add_all(rows)
            await session.flush()
            session.add_all(_version(row, None, now) for row in rows)
            return len(rows)

    async def put(self, definition: SourceDefinition, now: datetime, by: int | None = None) -> Source:
        """Adds a source, or changes what it is; what is remembered of its fetches stays, unless its address moved.

        Another way of reading it is a new version of its rule, said by the staff member `by`.
        """
        async with self._database.write() as session:
            row = await session.scalar(select(SourceRow).where(SourceRow.slug == definition.slug))
            before = _read_how(row) if row else None
            if row is None:
                row = _new_row(definition, now)
                session.add(row)
            else:
                _define(row, definition)
            await session.flush()
            if _read_how(row) != before:
                session.add(_version(row, by, now))
            return _source(row)

    async def set_rule(self, slug: str, rule: Mapping[str, Any], by: int | None, now: datetime) -> Source:
        """Changes how a source's pages are read; it is fetched again at the next tick.  Raises UnknownSource."""
        async with self._database.write() as session:
            row = await _row(session, slug)
            if dict(rule) != row.rule:
                row.rule = dict(rule)
                row.etag = row.last_modified = row.content_hash = row.next_check_at = None
                session.add(_version(row, by, now))
            return _source(row)

    async def rule_versions(self, slug: str) -> tuple[RuleVersion, ...]:
        """How a source has been read, newest first; raises UnknownSource."""
        async with self._database.read() as session:
            source = await _row(session, slug)
            rows = await session.scalars(
                select(SourceRuleRow)
                .where(SourceRuleRow.source_id == source.id)
                .order_by(SourceRuleRow.id.desc())
            )
            return tuple(
                RuleVersion(cast(SourceKind, row.kind), row.url, row.rule, row.changed_by, row.changed_at)
                for row in rows
            )

    async def enable(self, slug: str, enabled: bool) -> None:
        """Switches a source on (it is fetched at the next tick) or off; raises UnknownSource."""
        async with self._database.write() as session:
            row = await _row(session, slug)
            row.enabled = enabled
            if enabled:
                row.next_check_at = None

    async def hurry(self, slug: str) -> None:
        """Makes a source due now; raises UnknownSource."""
        async with self._database.write() as session:
            (await _row(session, slug)).next_check_at = None

    async def retire(self, source_id: int, now: datetime, error_code: str, error_text: str) -> None:
        """Ends a source that says it is gone for good; its releases stay."""
        await self._update(
            source_id,
            enabled=False,
            retired_at=now,
            last_checked_at=now,
            error_code=error_code,
            error_text=error_text,
        )

    async def record_success(self, source_id: int, checked: Checked, now: datetime) -> None:
        """The source was fetched and read, or told that nothing changed."""
        moved = {"url": checked.url} if checked.url else {}
        async with self._database.write() as session:
            row = await session.get_one(SourceRow, source_id)
            row.archived_at = row.archived_at or now
            for name, value in moved.items():
                setattr(row, name, value)
            row.etag, row.last_modified = checked.etag, checked.last_modified
            row.content_hash = checked.content_hash
            row.next_check_at = checked.next_check_at
            row.last_checked_at = row.last_success_at = now
            row.failures, row.error_code, row.error_text = 0, None, None

    async def record_failure(
        self, source_id: int, error_code: str, error_text: str, next_check_at: datetime, now: datetime
    ) -> None:
        """The source could not be fetched or read; it is tried again at `next_check_at`."""
        await self._update(
            source_id,
            failures=SourceRow.failures + 1,
            error_code=error_code,
            error_text=error_text,
            next_check_at=next_check_at,
            last_checked_at=now,
        )

    async def note_heard(self, source_id: int, now: datetime) -> None:
        """A source that speaks by itself, a channel, has spoken."""
        await self._update(source_id, last_checked_at=now, last_success_at=now, archived_at=now)

    async def note_backfill(self, source_id: int, state: Mapping[str, Any]) -> None:
        """Remembers where walking back through a source's archive got to."""
        await self._update(source_id, backfill=dict(state))

    async def note_staff_told(self, source_id: int, state: str) -> None:
        """Remembers which state of health (`broken`, `well`, `silent`) staff were last told of."""
        await self._update(source_id, staff_told=state)

    async def activity(self, since: datetime) -> dict[str, SourceActivity]:
        """By slug, how many releases were first seen since then, and when the last one ever was."""
        recent = func.count().filter(ReleaseRow.first_seen_at >= since)
        query = (
            select(SourceRow.slug, recent, func.max(ReleaseRow.first_seen_at))
            .join(ReleaseRow, ReleaseRow.source_id == SourceRow.id)
            .group_by(SourceRow.slug)
        )
        async with self._database.read() as session:
            rows = await session.execute(query)
            return {slug: SourceActivity(count, last) for slug, count, last in rows}

    async def days_heard(self, since: datetime) -> dict[str, tuple[date, ...]]:
        """By slug, the days (in UTC) on which it published something since a moment, the earliest first."""
        dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
        day = func.date(dated)
        query = (
            select(SourceRow.slug, day)
            .join(ReleaseRow, ReleaseRow.source_id == SourceRow.id)
            .where(dated >= since)
            .group_by(SourceRow.slug, day)
            .order_by(SourceRow.slug, day)
        )
        days: dict[str, list[date]] = {}
        async with self._database.read() as session:
            for slug, value in await session.execute(query):
                days.setdefault(slug, []).append(
                    value if isinstance(value, date) else date.fromisoformat(value)
                )
        return {slug: tuple(heard) for slug, heard in days.items()}

    async def _update(self, source_id: int, **values: Any) -> None:
        async with self._database.write() as session:
            await session.execute(update(SourceRow).where(SourceRow.id == source_id).values(**values))


async def _load(session: AsyncSession, query: Select[SourceRow]) -> tuple[Source, ...]:
    """In pieces, between which the event loop has its turn: there may be a thousand."""
    rows = await session.stream_scalars(query.execution_options(yield_per=_AT_ONCE))
    return tuple([_source(row) async for row in rows])


async def _row(session: AsyncSession, slug: str) -> SourceRow:
    row = await session.scalar(select(SourceRow).where(SourceRow.slug == slug))
    if row is None:
        raise UnknownSource(slug=slug)
    return row


def _read_how(row: SourceRow) -> tuple[str, str, dict[str, Any]]:
    return row.kind, row.url, row.rule


def _version(row: SourceRow, by: int | None, now: datetime) -> SourceRuleRow:
    kind, url, rule = _read_how(row)
    return SourceRuleRow(source_id=row.id, kind=kind, url=url, rule=rule, changed_by=by, changed_at=now)


def _new_row(definition: SourceDefinition, now: datetime) -> SourceRow:
    row = SourceRow(slug=definition.slug, url=definition.url, created_at=now, backfill={})
    _define(row, definition)
    return row


def _define(row: SourceRow, definition: SourceDefinition) -> None:
    if row.url != definition.url:
        row.etag = row.last_modified = row.content_hash = row.next_check_at = None
    row.names = definition.names.as_mapping()
    row.kind = definition.kind
    row.url = definition.url
    row.organisation = definition.organisation
    row.language = definition.language
    row.rule = dict(definition.rule)
    row.interval_minutes = definition.interval_minutes
    row.enabled = definition.enabled
    row.retired_at = None


def _source(row: SourceRow) -> Source:
    return Source(
        id=row.id,
        slug=row.slug,
        names=Names.from_mapping(row.names),
        kind=cast(SourceKind, row.kind),
        url=row.url,
        organisation=row.organisation,
        language=row.language,
        rule=row.rule,
        interval_minutes=row.interval_minutes,
        enabled=row.enabled,
        etag=row.etag,
        last_modified=row.last_modified,
        content_hash=row.content_hash,
        next_check_at=row.next_check_at,
        last_checked_at=row.last_checked_at,
        last_success_at=row.last_success_at,
        archived_at=row.archived_at,
        failures=row.failures,
        error_code=row.error_code,
        error_text=row.error_text,
        staff_told=row.staff_told,
        retired_at=row.retired_at,
        backfill=row.backfill,
    )
