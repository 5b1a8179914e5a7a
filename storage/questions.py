"""Questions that people passed on to staff, and those that nothing was found for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select

from storage.database import Database
from storage.languages import Language, as_language
from storage.models import QuestionRow, UnansweredRow

QuestionState = Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the desk.  `chat_id` is None once the person asked to be forgotten."""

    id: int
    chat_id: int | None
    language: Language
    text: str
    state: QuestionState
    answer: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that found no answer, and how often it was asked."""

    text: str
    language: Language
    times: int
    last_at: datetime


class Questions:
    """The desk: questions to people, and what people would like to know."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, chat_id: int, language: Language, text: str, now: datetime) -> Question:
        """Puts a question on the desk."""
        async with self._database.write() as session:
            row = QuestionRow(chat_id=chat_id, language=language, text=text, state="open", created_at=now)
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

    async def answer(self, question_id: int, text: str, staff_id: int, now: datetime) -> Question | None:
        """Records the answer; None where the question is no longer open, so that nobody is answered twice."""
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id)
            if row is None or row.state != "open":
                return None
            row.state, row.answer, row.answered_by, row.answered_at = "answered", text, staff_id, now
            return _question(row)

    async def close(self, question_id: int, staff_id: int, now: datetime) -> Question | None:
        """Takes a question off the desk without an answer; None where it is no longer open."""
        async with self._database.write() as session:
            row = await session.get(QuestionRow, question_id)
            if row is None or row.state != "open":
                return None
            row.state, row.answered_by, row.answered_at = "closed", staff_id, now
            return _question(row)

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
            return tuple(
                Unanswered(row.text, as_language(row.language), row.times, row.last_at) for row in rows
            )


def _question(row: QuestionRow) -> Question:
    return Question(
        id=row.id,
        chat_id=row.chat_id,
        language=as_language(row.language),
        text=row.text,
        state=cast(QuestionState, row.state),
        answer=row.answer,
        created_at=row.created_at,
    )
