"""Announcements: from a draft, over recipients that are written down before the first message leaves, to a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audiences import Audience, within
from storage.database import Database
from storage.deliveries import Letter, enqueue, post
from storage.errors import N_, StorageError
from storage.languages import Language
from storage.models import AnnouncementRow, DeliveryRow
from storage.parts import Lane, Part, parts_as_json, parts_from_json
from storage.recipients import (
    LANGUAGE_ORDER,
    Progress,
    enlisted,
    let_go,
    progress_of,
    progress_with_deletions,
    recipients_of,
    set_states,
    write_next_recipients,
)
from storage.staff import record

__all__ = [
    "LANGUAGE_ORDER",
    "Announcement",
    "AnnouncementError",
    "AnnouncementState",
    "Announcements",
    "Content",
    "Nobody",
    "OwnApproval",
    "PauseReason",
    "Progress",
    "UnknownAnnouncement",
    "WrongState",
    "content_as_json",
    "content_from_json",
]

AnnouncementState = Literal["draft", "waiting", "scheduled", "running", "paused", "done", "cancelled"]
PauseReason = Literal["staff", "late", "failures"]


class AnnouncementError(StorageError):
    """Anything that is refused about announcements."""

    code = "announcements"


class UnknownAnnouncement(AnnouncementError):
    """No announcement has this number."""

    code = "announcements.unknown"
    sentence = N_("There is no such announcement.")


class WrongState(AnnouncementError):
    """What was asked for cannot be done (any more) with this announcement."""

    code = "announcements.wrong_state"
    sentence = N_("This can no longer be done with the announcement.")


class OwnApproval(AnnouncementError):
    """Two people are needed, and the one who wrote it is not the second."""

    code = "announcements.own_approval"
    sentence = N_("A second person must approve this announcement.")


class Nobody(AnnouncementError):
    """The audience is empty."""

    code = "announcements.nobody"
    sentence = N_("Nobody belongs to this audience.")


Content = Mapping[Language, tuple[Part, ...]]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What staff say, to whom, and how far it is."""

    id: int
    author_id: int
    approved_by: int | None
    state: AnnouncementState
    content: Content
    audience: Audience
    urgent: bool
    recipients: int
    scheduled_for: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress_chat_id: int | None
    progress_message_id: int | None
    paused_because: PauseReason | None
    failures_forgiven: int
    """Failures that staff knew of when they resumed it."""
    withdrawn_at: datetime | None = None
    """Since when it is being deleted for everyone."""
    revision: int = 0
    """Grows with whatever changes what the message with its progress has to say."""
    shown_revision: int = 0


class Announcements:
    """The questions asked of announcements.  Every change of staff is in the audit, in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(
        self, author_id: int, content: Content, audience: Audience, now: datetime, *, urgent: bool = False
    ) -> Announcement:
        """A new draft; nobody is told yet."""
        async with self._database.write() as session:
            row = AnnouncementRow(
                author_id=author_id,
                state="draft",
                content=content_as_json(content),
                audience=audience.as_mapping(),
                territory=audience.territory,
                urgent=urgent,
                created_at=now,
            )
            session.add(row)
            await session.flush()
            details = {"audience": row.audience, "urgent": urgent}
            record(session, author_id, "announcement.draft", f"announcement {row.id}", now, details)
            return _announcement(row)

    async def get(self, announcement_id: int) -> Announcement:
        """The announcement; raises UnknownAnnouncement."""
        async with self._database.read() as session:
            return _announcement(await open_row(session, announcement_id))

    async def recent(self, limit: int = 10) -> tuple[Announcement, ...]:
        """The latest announcements, newest first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(AnnouncementRow).order_by(AnnouncementRow.id.desc()).limit(limit)
            )
            return tuple(_announcement(row) for row in rows)

    async def past(
        self, territory: str | None, limit: int, offset: int = 0
    ) -> tuple[tuple[Announcement, ...], int]:
        """What was announced in a territory and its parts (None: anywhere), newest first, and how many that is.

        Drafts are left out.
        """
        which = [AnnouncementRow.state != "draft"]
        if territory is not None:
            which.append(AnnouncementRow.territory.in_(within(territory)))
        query = select(AnnouncementRow).where(*which).order_by(AnnouncementRow.id.desc())
        async with self._database.read() as session:
            rows = await session.scalars(query.limit(limit).offset(offset))
            count = await session.scalar(select(func.count()).select_from(AnnouncementRow).where(*which))
            return tuple(_announcement(row) for row in rows), count or 0

    async def unfinished(self) -> tuple[Announcement, ...]:
        """Announcements that are scheduled, running or paused, oldest first."""
        async with self._database.read() as session:
            open_states = AnnouncementRow.state.in_(("scheduled", "running", "paused"))
            rows = await session.scalars(
                select(AnnouncementRow).where(open_states).order_by(AnnouncementRow.id)
            )
            return tuple(_announcement(row) for row in rows)

    async def unshown(self) -> tuple[Announcement, ...]:
        """Announcements with a message that may still say what they were before, oldest first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(AnnouncementRow)
                .where(
                    AnnouncementRow.revision > AnnouncementRow.shown_revision,
                    AnnouncementRow.progress_message_id.is_not(None),
                    AnnouncementRow.state != "draft",
                )
                .order_by(AnnouncementRow.id)
            )
            return tuple(_announcement(row) for row in rows)

    async def shown(self, announcement_id: int, revision: int) -> None:
        """Its message says what it is, up to a revision."""
        async with self._database.write() as session:
            row = await open_row(session, announcement_id)
            row.shown_revision = max(row.shown_revision, revision)

    async def submit(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        at: datetime | None = None,
        letters: Sequence[Letter] = (),
    ) -> None:
        """Freezes content and audience and waits for a second person; it is to be sent at `at`, or at once.

        `letters` ask those who may say yes: they are in the outbox from the moment it waits.
        """
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "draft")
            _enter(row, "waiting")
            row.scheduled_for, row.submitted_at = at, now
            await _post(session, letters, now)
            details = {"audience": row.audience, "urgent": row.urgent, "at": at.isoformat() if at else None}
            record(session, by, "announcement.submit", f"announcement {row.id}", now, details)

    async def decline(self, announcement_id: int, by: int, now: datetime) -> None:
        """Says no to an announcement that waits for approval; nobody is told."""
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "waiting")
            _enter(row, "cancelled")
            row.finished_at = now
            record(session, by, "announcement.decline", f"announcement {row.id}", now)

    async def approve(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        at: datetime | None = None,
        *,
        two_people: bool = False,
    ) -> None:
        """Freezes content and audience; it starts at `at`, or now.  Call `enlist` next.

        Where two people are needed, raises OwnApproval for its author.
        """
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "draft", "waiting")
            if two_people and (by == row.author_id or row.state == "draft"):
                raise OwnApproval
            for language, parts in content_from_json(row.content).items():
                await enqueue(session, "announcement", language, parts, now, row.id)
            _enter(row, "scheduled")
            row.scheduled_for = at or now
            row.approved_by, row.approved_at = by, now
            record(
                session,
                by,
                "announcement.approve",
                f"announcement {row.id}",
                now,
                {"audience": row.audience, "urgent": row.urgent, "at": (at or now).isoformat()},
            )

    async def enlist(
        self, announcement_id: int, now: datetime, *, only: Collection[int] | None = None
    ) -> int:
        """Writes a held delivery for each recipient, in batches, and returns how many there are.

        Safe to repeat after an interruption, and beside another who does the same.  `only` limits to some chats (a
        trial).  An announcement to nobody is cancelled.
        """
        last_chat: int | None = None
        while True:
            async with self._database.write() as session:
                row = await open_row(session, announcement_id, "scheduled", "running", "paused", "done")
                if row.recipients:
                    return row.recipients
                last_chat = await write_next_recipients(session, row, last_chat, only, now)
                if last_chat is None:
                    return await enlisted(session, row)

    async def start(self, announcement_id: int, now: datetime) -> None:
        """Lets the deliveries go; those in quiet hours wait for their end, unless it is urgent.

        Does nothing where it has started; raises WrongState where its recipients are not all written down.
        """
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "scheduled", "running", "paused", "done")
            if row.state != "scheduled":
                return
            _require_recipients(row)
            await let_go(session, row, now)
            _enter(row, "running")
            row.note, row.started_at = None, now

    async def pause(
        self,
        announcement_id: int,
        by: int | None,
        now: datetime,
        reason: PauseReason = "staff",
        letters: Sequence[Letter] = (),
    ) -> None:
        """Holds everything that has not left yet; raises WrongState also while its recipients are written down.

        `letters` tell of it those who are to decide, where it is nobody's wish.
        """
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "scheduled", "running")
            _require_recipients(row)
            _enter(row, "paused")
            row.note = reason
            await set_states(session, row.id, ("pending",), "held")
            await _post(session, letters, now)
            record(session, by, "announcement.pause", f"announcement {row.id}", now, {"reason": reason})

    async def resume(self, announcement_id: int, by: int, now: datetime) -> None:
        """Goes on after a pause; the failures so far no longer count towards pausing by itself."""
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "paused")
            progress = await progress_of(session, row.id)
            await let_go(session, row, now)
            _enter(row, "running")
            row.note = f"forgiven={progress.failed + progress.unknown}"
            row.started_at = row.started_at or now
            record(session, by, "announcement.resume", f"announcement {row.id}", now)

    async def cancel(self, announcement_id: int, by: int, now: datetime) -> None:
        """Nobody else is told."""
        async with self._database.write() as session:
            row = await open_row(
                session, announcement_id, "draft", "waiting", "scheduled", "running", "paused"
            )
            _enter(row, "cancelled")
            row.finished_at, row.note = now, None
            await set_states(session, row.id, ("pending", "held"), "cancelled", finished_at=now)
            record(session, by, "announcement.cancel", f"announcement {row.id}", now)

    async def finish(self, announcement_id: int, now: datetime, letters: Sequence[Letter] = ()) -> None:
        """Everybody has been dealt with, which the `letters` tell."""
        async with self._database.write() as session:
            row = await open_row(session, announcement_id, "running")
            _enter(row, "done")
            row.finished_at, row.note = now, None
            await _post(session, letters, now)

    async def progress(self, announcement_id: int) -> Progress:
        """How many recipients are in each state."""
        async with self._database.read() as session:
            return await progress_with_deletions(session, announcement_id)

    async def outcomes(self, announcement_id: int) -> tuple[tuple[str, str | None, datetime | None], ...]:
        """State, error and time of each recipient's delivery, without saying whose."""
        async with self._database.read() as session:
            query = select(DeliveryRow.state, DeliveryRow.error, DeliveryRow.finished_at).where(
                recipients_of(announcement_id)
            )
            rows = await session.execute(query.order_by(DeliveryRow.id))
            return tuple((state, error, finished) for state, error, finished in rows)

    async def show_progress_in(self, announcement_id: int, chat_id: int, message_id: int) -> None:
        """Remembers the message that shows the progress."""
        async with self._database.write() as session:
            row = await open_row(session, announcement_id)
            row.progress_chat_id, row.progress_message_id = chat_id, message_id


async def open_row(
    session: AsyncSession, announcement_id: int, *states: AnnouncementState
) -> AnnouncementRow:
    """The row within a transaction; raises UnknownAnnouncement, or WrongState where it is in none of `states`."""
    row = await session.get(AnnouncementRow, announcement_id, with_for_update=bool(states))
    if row is None:
        raise UnknownAnnouncement
    if states and row.state not in states:
        raise WrongState
    return row


async def _post(session: AsyncSession, letters: Sequence[Letter], now: datetime) -> None:
    for letter in letters:
        await post(session, letter, Lane.REPLIES, now)


def _enter(row: AnnouncementRow, state: AnnouncementState) -> None:
    """Goes over to a state, which is to be shown."""
    row.state = state
    row.revision += 1


def _require_recipients(row: AnnouncementRow) -> None:
    """Raises WrongState where not all are written down: the rest would never be."""
    if not row.recipients:
        raise WrongState


def content_as_json(content: Content) -> dict[str, Any]:
    """The form kept in a JSON column."""
    return {language: parts_as_json(parts) for language, parts in content.items()}


def content_from_json(document: Mapping[str, Any]) -> Content:
    """Reads what `content_as_json` wrote."""
    return {cast(Language, language): parts_from_json(parts) for language, parts in document.items()}


def _announcement(row: AnnouncementRow) -> Announcement:
    note = row.note or ""
    return Announcement(
        id=row.id,
        author_id=row.author_id,
        approved_by=row.approved_by,
        state=cast(AnnouncementState, row.state),
        content=content_from_json(row.content),
        audience=Audience.from_mapping(row.audience),
        urgent=row.urgent,
        recipients=row.recipients,
        scheduled_for=row.scheduled_for,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        progress_chat_id=row.progress_chat_id,
        progress_message_id=row.progress_message_id,
        paused_because=cast(PauseReason, note) if row.state == "paused" and note else None,
        failures_forgiven=int(note.removeprefix("forgiven=")) if note.startswith("forgiven=") else 0,
        withdrawn_at=row.withdrawn_at,
        revision=row.revision,
        shown_revision=row.shown_revision,
    )
