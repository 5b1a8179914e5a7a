"""Questions that people passed on to staff, and those that nothing was found for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, cast

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.deliveries import INSERT_DELIVERIES, enqueue, new_delivery
from storage.languages import Language, as_language
from storage.models import ChatRow, DeliveryRow, QuestionRow, UnansweredRow
from storage.parts import Lane, Part
from storage.staff import record

QuestionState = Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the desk.

    `chat_id` is None once the person asked to be forgotten, which takes what they had open off the desk.
    """

    id: int
    chat_id: int | None
    language: Language
    text: str
    state: QuestionState
    answer: str | None
    created_at: datetime
    thread_id: int | None = None
    """The topic of a forum in which it was asked."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what its asker is told, and where that went.

    `past the outbox`: to somebody who stopped the news, to whom the outbox does not write.  `nobody`: the bot is
    blocked.
    """

    question: Question
    way: Literal["outbox", "past the outbox", "nobody"]
    parts: tuple[Part, ...] = ()
    message_id: int = 0
    """Of the outbox."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that found no answer, and how often it was asked."""

    text: str
    language: Language
    times: int
    last_at: datetime
    folded: str = ""
    """Its canonical form, by which it is known."""

    @property
    def key(self) -> str:
        """A short name for it, which fits behind a button."""
        return hashlib.sha256(self.folded.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How the desk does: what waits, what was dealt with since a day, and how long an answer took in the middle."""

    open: int
    answered: int
    closed: int
    median_wait: timedelta | None


class Questions:
    """The desk: questions to people, and what people would like to know."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(
        self, chat_id: int, language: Language, text: str, now: datetime, thread_id: int | None = None
    ) -> Question:
        """Puts a question on the desk."""
        async with self._database.write() as session:
            row = QuestionRow(chat_id=chat_id, language=language, text=text, state="open", created_at=now)
            row.thread_id = thread_id
            session.add(row)
            await session.flush()
            return _question(row)

    async def get(self, question_id: int) -> Question | None:
        """The question with this id."""
        async with self._database.read() as session:
            row = await session.get(QuestionRow, question_id)
            return _question(row) if row else None

    async def open(self) -> tuple[Question, ...]:
        """What waits for an answer, the longest waiting first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(QuestionRow).where(QuestionRow.state == "open").order_by(QuestionRow.created_at)
            )
            return tuple(_question(row) for row in rows)

    async def open_count(self, chat_id: int) -> int:
        """How many questions of a chat wait for an answer."""
        async with self._database.read() as session:
            query = select(func.count()).where(QuestionRow.chat_id == chat_id, QuestionRow.state == "open")
            return await session.scalar(query) or 0

    async def answer(
        self, question_id: int, text: str, staff_id: int, now: datetime, parts: Sequence[Part]
    ) -> Answered | None:
        """Records the answer and puts `parts` into the outbox for the one who asked, in one transaction.

        None where the question is no longer open, so that nobody is answered twice.
        """
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id, with_for_update=True)
            if row is None or row.state != "open":
                return None
            row.state, row.answer, row.answered_by, row.answered_at = "answered", text, staff_id, now
            record(session, staff_id, "question.answer", f"question {question_id}", now)
            return await _owe(session, _question(row), parts, now)

    async def add(self, question_id: int, parts: Sequence[Part], now: datetime) -> Answered | None:
        """Puts what comes after an answer, such as the rest of an album, into the outbox for the one who asked.

        None where the question is not known.
        """
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id)
            return await _owe(session, _question(row), parts, now) if row else None

    async def correct(
        self,
        question_id: int,
        text: str,
        message_id: int,
        staff_id: int,
        now: datetime,
        told: Callable[[Question, bool], Sequence[Part]],
    ) -> Answered | None:
        """Records another answer in place of the one given, and puts what is `told` of it into the outbox, in one
        transaction.  `told` hears whether the answer given as `message_id` has arrived.

        None where the question was not answered.
        """
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id, with_for_update=True)
            if row is None or row.state != "answered":
                return None
            row.answer, row.answered_by = text, staff_id
            record(session, staff_id, "question.correct", f"question {question_id}", now)
            arrived = select(DeliveryRow.id).where(
                DeliveryRow.message_id == message_id,
                DeliveryRow.chat_id == row.chat_id,
                DeliveryRow.state == "sent",
            )
            question = _question(row)
            parts = told(question, await session.scalar(arrived) is not None)
            return await _owe(session, question, parts, now)

    async def close(
        self, question_id: int, staff_id: int, now: datetime, told: Callable[[Question], Sequence[Part]]
    ) -> Answered | None:
        """Takes a question off the desk without an answer, and puts what is `told` of it into the outbox, in one
        transaction; None where it is no longer open."""
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id, with_for_update=True)
            if row is None or row.state != "open":
                return None
            row.state, row.answered_by, row.answered_at = "closed", staff_id, now
            record(session, staff_id, "question.close", f"question {question_id}", now)
            question = _question(row)
            return await _owe(session, question, told(question), now)

    async def note_unanswered(self, folded: str, text: str, language: Language, now: datetime) -> None:
        """Remembers that nothing was found for a question, without who asked; `folded` is its canonical form."""
        async with self._database.write() as session:
            row = await session.get(UnansweredRow, folded[:255])
            if row is None:
                session.add(UnansweredRow(folded=folded[:255], text=text, language=language, last_at=now))
            else:
                row.times += 1
                row.last_at = now

    async def unanswered(self, limit: int = 20) -> tuple[Unanswered, ...]:
        """What was asked most often without an answer."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(UnansweredRow)
                .order_by(UnansweredRow.times.desc(), UnansweredRow.last_at.desc())
                .limit(limit)
            )
            return tuple(map(_unanswered, rows))

    async def settle_unanswered(self, folded: str) -> None:
        """Drops what was asked without an answer, once there is one or it is none of ours."""
        async with self._database.write() as session:
            await session.execute(delete(UnansweredRow).where(UnansweredRow.folded == folded))

    async def counts(self, since: datetime) -> DeskCounts:
        """What waits now, and what was dealt with since a moment."""
        async with self._database.read() as session:
            rows = (
                await session.execute(
                    select(QuestionRow.state, QuestionRow.created_at, QuestionRow.answered_at).where(
                        or_(QuestionRow.state == "open", QuestionRow.answered_at >= since)
                    )
                )
            ).all()
        waits = [row.answered_at - row.created_at for row in rows if row.state == "answered"]
        return DeskCounts(
            open=sum(row.state == "open" for row in rows),
            answered=len(waits),
            closed=sum(row.state == "closed" for row in rows),
            median_wait=median(waits) if waits else None,
        )

    async def take_reminders(
        self, asked_before: datetime, reminded_before: datetime, now: datetime
    ) -> tuple[Question, ...]:
        """What has waited since before a moment and was not brought up again since another, the longest first.

        Each is noted as brought up now in the same transaction, so that asking twice reminds once.
        """
        async with self._database.write() as session:
            rows = await session.scalars(
                select(QuestionRow)
                .where(
                    QuestionRow.state == "open",
                    QuestionRow.created_at < asked_before,
                    or_(QuestionRow.reminded_at.is_(None), QuestionRow.reminded_at < reminded_before),
                )
                .order_by(QuestionRow.created_at)
                .with_for_update(skip_locked=True)
            )
            waiting = list(rows)
            for row in waiting:
                row.reminded_at = now
            return tuple(map(_question, waiting))


def _unanswered(row: UnansweredRow) -> Unanswered:
    return Unanswered(row.text, as_language(row.language), row.times, row.last_at, row.folded)


async def _owe(session: AsyncSession, question: Question, parts: Sequence[Part], now: datetime) -> Answered:
    """Puts what the asker is told into the outbox, unless it does not write to them."""
    chat = await session.get(ChatRow, question.chat_id) if question.chat_id is not None else None
    if chat is None or chat.state in ("blocked", "gone"):
        return Answered(question, "nobody")
    if chat.state != "active":
        return Answered(question, "past the outbox", tuple(parts))
    message_id = await enqueue(session, "answer", question.language, parts, now)
    delivery = new_delivery(message_id, chat.id, question.thread_id, Lane.REPLIES, now, now)
    await session.execute(INSERT_DELIVERIES, [delivery])
    return Answered(question, "outbox", tuple(parts), message_id)


def _question(row: QuestionRow) -> Question:
    return Question(
        id=row.id,
        chat_id=row.chat_id,
        language=as_language(row.language),
        text=row.text,
        state=cast(QuestionState, row.state),
        answer=row.answer,
        created_at=row.created_at,
        thread_id=row.thread_id,
    )
