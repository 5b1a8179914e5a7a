"""What is done with an announcement after it was sent: corrected, deleted for everyone, sent again.

Where two people are needed an act waits for the second; what it needs to be done later stands in its row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.announcements import (
    AnnouncementError,
    AnnouncementState,
    Content,
    OwnApproval,
    WrongState,
    content_as_json,
    content_from_json,
    open_row,
)
from storage.database import Database
from storage.deliveries import Letter, enqueue, new_delivery, post
from storage.errors import N_
from storage.languages import Language
from storage.models import AnnouncementActRow, AnnouncementRow, ChatRow, DeliveryRow, MessageRow
from storage.parts import Lane, Part, parts_as_json, parts_from_json
from storage.recipients import (
    Progress,
    insert_recipients,
    let_go,
    progress_among,
    progress_of,
    progress_with_deletions,
    recipients_of,
    set_states,
    stands,
    stands_with,
)
from storage.staff import record
from storage.verdicts import count_updated

ActKind = Literal["correct", "withdraw", "resend"]
ActState = Literal["waiting", "running", "done", "declined"]
Outcome = Literal["unknown", "failed"]

DELETABLE_FOR: Final = timedelta(hours=48)
"""So long Telegram lets a bot delete what it sent to a person; in groups and channels its rights decide
(https://core.telegram.org/bots/api#deletemessage)."""

_AFTER_SENDING: Final[tuple[AnnouncementState, ...]] = ("running", "paused", "done", "cancelled")
_NOT_SENT: Final = ("held", "pending", "failed", "unknown")


class StillSending(AnnouncementError):
    """Some recipients would keep the old text, since it is on its way to them."""

    code = "announcements.still_sending"
    sentence = N_("Some messages are on their way just now. Please try again in a minute.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done: a correction has a new text, sending again those to whom."""

    kind: ActKind
    content: Content | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A wish, who had it, and how far it is."""

    id: int
    announcement_id: int
    wish: Wish
    state: ActState
    asked_by: int
    recipients: int
    progress_chat_id: int | None
    progress_message_id: int | None


@dataclass(frozen=True, slots=True)
class SentText:
    """What some recipients of an announcement got, or are to get."""

    message_id: int
    language: Language
    parts: tuple[Part, ...]
    sent: int
    """With how many it stands: it was delivered and not deleted again."""
    waiting: int = 0
    """How many are to get it yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """With how many an announcement stands, and where Telegram no longer lets it be deleted."""

    total: int
    too_old: int


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a text that was sent."""

    language: Language
    calls: tuple[Part, ...]
    """The Bot API calls about it; they name the message by `SentMessage`."""
    instead: tuple[Part, ...] | None = None
    """What those get who have not got it yet; None: nothing."""


class AnnouncementActs:
    """The questions asked of acts.  Every one is in the audit, in the transaction that does it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        wish: Wish,
        letters: Callable[[int], Sequence[Letter]],
    ) -> Act:
        """Lets an act wait for a second person.  `letters`, of its number, ask those who may say yes.

        Raises WrongState where there is nothing to be done with the announcement, StillSending while it is deleted.
        """
        async with self._database.write() as session:
            row = await _sent_row(session, announcement_id, wish.kind)
            act = _new(row.id, by, now, wish, "waiting")
            session.add(act)
            await session.flush()
            for letter in letters(act.id):
                await post(session, letter, Lane.REPLIES, now)
            details = {"act": wish.kind}
            record(session, by, "announcement.propose", f"announcement {row.id}", now, details)
            return _act(act)

    async def get(self, act_id: int) -> Act:
        """The act; raises WrongState where there is none."""
        async with self._database.read() as session:
            return _act(await _act_row(session, act_id))

    async def decline(self, act_id: int, by: int, now: datetime) -> Act:
        """A second person's no; raises WrongState where it no longer waits."""
        async with self._database.write() as session:
            act = await _act_row(session, act_id, "waiting")
            act.state, act.decided_by, act.decided_at = "declined", by, now
            subject = f"announcement {act.announcement_id}"
            record(session, by, "announcement.refuse", subject, now, {"act": act.kind})
            return _act(act)

    async def carry_out(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        wish: Wish,
        changes: Mapping[int, Change],
        *,
        proposal: int | None = None,
        two_people: bool = False,
    ) -> Act:
        """Queues what `changes` say of each sent text, by its number, for everyone who got it.

        Who has not got it yet gets, if at all, the new text; what older acts have not done yet is not done any more.
        With two people it is the second who does this, of a `proposal`: raises OwnApproval for anybody else.  Raises
        StillSending while messages are on their way.
        """
        async with self._database.write() as session:
            row = await _sent_row(session, announcement_id, wish.kind)
            act = await _settle(session, row, by, now, wish, proposal, two_people=two_people)
            await _supersede(session, row.id, {change.language for change in changes.values()}, now)
            if wish.kind == "withdraw":
                row.withdrawn_at = row.withdrawn_at or now
                await set_states(session, row.id, ("held", "pending"), "cancelled", finished_at=now)
            else:
                await _give_new_text(session, row, changes, now)
            for message_id, change in changes.items():
                act.recipients += await _queue(session, row, act, message_id, change, now)
            if (await progress_of(session, row.id)).sending:
                raise StillSending
            row.revision += 1
            act.state = "running" if act.recipients else "done"
            _record(session, act, by, now)
            return _act(act)

    async def resend(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        outcome: Outcome,
        *,
        proposal: int | None = None,
        two_people: bool = False,
    ) -> int:
        """Sends again to those of whom `outcome` is true; returns how many.  Those who are unknown may get it twice."""
        async with self._database.write() as session:
            row = await _sent_row(session, announcement_id, "resend")
            wish = Wish("resend", outcome=outcome)
            act = await _settle(session, row, by, now, wish, proposal, two_people=two_people)
            act.recipients = await set_states(
                session,
                row.id,
                (outcome,),
                "held",
                not_before=now,
                attempts=0,
                resends=DeliveryRow.resends + 1,
                finished_at=None,
            )
            if row.state != "paused":
                await let_go(session, row, now)
            if row.state in ("done", "cancelled") and act.recipients:
                row.state, row.finished_at = "running", None
            row.revision += 1
            act.state = "done"
            _record(session, act, by, now)
            return act.recipients

    async def texts(self, announcement_id: int) -> tuple[SentText, ...]:
        """What recipients got, oldest first, how many of them have it still, and how many are to get it."""
        query = (
            select(
                MessageRow.id,
                MessageRow.language,
                MessageRow.parts,
                func.count(case((stands(announcement_id), 1))),
                func.count(case((DeliveryRow.state.in_(("held", "pending")), 1))),
            )
            .outerjoin(DeliveryRow, DeliveryRow.message_id == MessageRow.id)
            .where(MessageRow.announcement_id == announcement_id)
            .group_by(MessageRow.id)
            .order_by(MessageRow.id)
        )
        async with self._database.read() as session:
            return tuple(
                SentText(id_, cast(Language, language), parts_from_json(parts), sent, waiting)
                for id_, language, parts, sent, waiting in await session.execute(query)
            )

    async def standing(self, announcement_id: int, now: datetime) -> Standing:
        """With how many it stands, and with how many of them for too long to be deleted."""
        too_old = and_(DeliveryRow.finished_at <= now - DELETABLE_FOR, ChatRow.kind == "private")
        query = (
            select(func.count(), func.count(case((too_old, 1))))
            .select_from(DeliveryRow)
            .join(ChatRow, ChatRow.id == DeliveryRow.chat_id)
            .where(recipients_of(announcement_id), stands(announcement_id))
        )
        async with self._database.read() as session:
            return Standing(*(await session.execute(query)).one())

    async def running(self) -> tuple[Act, ...]:
        """Corrections and deletions that are under way, oldest first."""
        async with self._database.read() as session:
            query = select(AnnouncementActRow).where(AnnouncementActRow.state == "running")
            return tuple(_act(row) for row in await session.scalars(query.order_by(AnnouncementActRow.id)))

    async def progress(self, act_id: int) -> Progress:
        """How many recipients of a correction or deletion are in each state."""
        async with self._database.read() as session:
            return await progress_among(session, _recipients_of(act_id))

    async def unshown(self) -> tuple[Act, ...]:
        """What is done, with a message that may still say that it is under way; oldest first."""
        async with self._database.read() as session:
            query = select(AnnouncementActRow).where(
                AnnouncementActRow.state == "done",
                AnnouncementActRow.shown.is_(False),
                AnnouncementActRow.progress_message_id.is_not(None),
            )
            return tuple(_act(row) for row in await session.scalars(query.order_by(AnnouncementActRow.id)))

    async def shown(self, act_id: int) -> None:
        """Its message says what it came to."""
        async with self._database.write() as session:
            (await _act_row(session, act_id, "done")).shown = True

    async def finish(self, act_id: int) -> None:
        """Everybody has been dealt with, which the report of the announcement is to show."""
        async with self._database.write() as session:
            act = await _act_row(session, act_id, "running")
            act.state = "done"
            await session.execute(
                update(AnnouncementRow)
                .where(AnnouncementRow.id == act.announcement_id)
                .values(revision=AnnouncementRow.revision + 1)
            )

    async def show_progress_in(self, act_id: int, chat_id: int, message_id: int) -> None:
        """Remembers the message that shows how far it is."""
        async with self._database.write() as session:
            act = await _act_row(session, act_id)
            act.progress_chat_id, act.progress_message_id = chat_id, message_id


async def _sent_row(session: AsyncSession, announcement_id: int, kind: ActKind) -> AnnouncementRow:
    """An announcement with which something can be done: once it is deleted, only where that did not work."""
    row = await open_row(session, announcement_id, *_AFTER_SENDING)
    if row.withdrawn_at is None:
        return row
    progress = await progress_with_deletions(session, row.id)
    if kind == "resend" or not (progress.kept or progress.deleting):
        raise WrongState
    if progress.deleting:
        raise StillSending
    return row


async def _act_row(session: AsyncSession, act_id: int, *states: ActState) -> AnnouncementActRow:
    row = await session.get(AnnouncementActRow, act_id, with_for_update=bool(states))
    if row is None or (states and row.state not in states):
        raise WrongState
    return row


def _new(announcement_id: int, by: int, now: datetime, wish: Wish, state: ActState) -> AnnouncementActRow:
    return AnnouncementActRow(
        announcement_id=announcement_id,
        kind=wish.kind,
        state=state,
        content=content_as_json(wish.content or {}),
        outcome=wish.outcome,
        recipients=0,
        asked_by=by,
        asked_at=now,
    )


async def _settle(
    session: AsyncSession,
    row: AnnouncementRow,
    by: int,
    now: datetime,
    wish: Wish,
    proposal: int | None,
    *,
    two_people: bool,
) -> AnnouncementActRow:
    """The act that is done now: one that waited, or a new one."""
    if proposal is None:
        if two_people:
            raise OwnApproval
        act = _new(row.id, by, now, wish, "running")
        session.add(act)
        await session.flush()
        return act
    act = await _act_row(session, proposal, "waiting")
    if two_people and by == act.asked_by:
        raise OwnApproval
    act.decided_by, act.decided_at = by, now
    return act


async def _supersede(
    session: AsyncSession, announcement_id: int, languages: Collection[Language], now: datetime
) -> None:
    """Drops what older acts have not done yet with texts in these languages: it would come over what is done now."""
    older = (
        select(MessageRow.id)
        .join(AnnouncementActRow, AnnouncementActRow.id == MessageRow.act_id)
        .where(AnnouncementActRow.announcement_id == announcement_id, MessageRow.language.in_(languages))
    )
    waiting = DeliveryRow.message_id.in_(older), DeliveryRow.state.in_(("held", "pending"))
    await count_updated(session, waiting, state="cancelled", finished_at=now, error="superseded")


async def _give_new_text(
    session: AsyncSession, row: AnnouncementRow, changes: Mapping[int, Change], now: datetime
) -> None:
    """Gives the new text of its language to who has not got the old one, in one message for each language.

    It also takes the place of the text that was sent: what is corrected next is what people see then.
    """
    instead = {change.language: change.instead for change in changes.values() if change.instead}
    row.content = {**row.content, **content_as_json(instead)}
    for language, parts in instead.items():
        new = await enqueue(session, "announcement", language, parts, now, row.id)
        old = [message_id for message_id, change in changes.items() if change.language == language]
        waiting = (DeliveryRow.message_id.in_(old), DeliveryRow.state.in_(_NOT_SENT))
        await count_updated(session, (*waiting, DeliveryRow.next_part == 0), message_id=new)
    for message_id, change in changes.items():
        if change.instead:
            (await session.get_one(MessageRow, message_id)).parts = parts_as_json(change.instead)


async def _queue(
    session: AsyncSession,
    row: AnnouncementRow,
    act: AnnouncementActRow,
    message_id: int,
    change: Change,
    now: datetime,
) -> int:
    """Queues the calls for those who got a text; returns how many that are."""
    got = await stands_with(session, row.id, message_id)
    if got:
        lane = Lane.URGENT if row.urgent else Lane.ANNOUNCEMENTS
        calls = await enqueue(session, "notice", change.language, change.calls, now, act_id=act.id)
        rows = [new_delivery(calls, chat_id, None, lane, now, now) for chat_id in got]
        await session.execute(insert_recipients(session), rows)
    return len(got)


def _record(session: AsyncSession, act: AnnouncementActRow, by: int, now: datetime) -> None:
    details: dict[str, Any] = {"count": act.recipients}
    if act.outcome:
        details["to"] = act.outcome
    if act.asked_by != by:
        details["asked_by"] = act.asked_by
    record(session, by, f"announcement.{act.kind}", f"announcement {act.announcement_id}", now, details)


def _recipients_of(act_id: int) -> ColumnElement[bool]:
    return DeliveryRow.message_id.in_(select(MessageRow.id).where(MessageRow.act_id == act_id))


def _act(row: AnnouncementActRow) -> Act:
    content = content_from_json(row.content) or None
    wish = Wish(cast(ActKind, row.kind), content, cast("Outcome | None", row.outcome))
    return Act(
        id=row.id,
        announcement_id=row.announcement_id,
        wish=wish,
        state=cast(ActState, row.state),
        asked_by=row.asked_by,
        recipients=row.recipients,
        progress_chat_id=row.progress_chat_id,
        progress_message_id=row.progress_message_id,
    )
