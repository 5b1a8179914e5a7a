"""The question desk on both engines: nobody is answered twice, and an answer is sent in the same transaction."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.models import DeliveryRow, MessageRow
from storage.parts import Part
from storage.questions import Questions
from storage.subscribers import Subscribers

PARTS = (Part("sendMessage", {"text": "Ответ"}),)
ASKER = 900_002


@pytest.fixture
async def questions(database: Database, now: datetime) -> Questions:
    await Subscribers(database).greet(ASKER, "private", "ru", now)
    return Questions(database)


async def _count(database: Database, model: type[DeliveryRow] | type[MessageRow]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_of_two_who_answer_at_once_one_is_heard(
    database: Database, questions: Questions, now: datetime
) -> None:
    asked = await questions.ask(ASKER, "ru", "Когда?", now)
    answers = await asyncio.gather(
        *(questions.answer(asked.id, f"Ответ {who}", who, now, PARTS) for who in (1, 2))
    )
    (heard,) = [answer for answer in answers if answer]
    assert heard.way == "outbox"
    kept = await questions.get(asked.id)
    assert kept is not None
    assert kept.answer == heard.question.answer
    assert (await _count(database, DeliveryRow), await _count(database, MessageRow)) == (1, 1)


@pytest.mark.parametrize(
    ("becomes", "way"), [("stopped", "past the outbox"), ("blocked", "nobody"), ("gone", "nobody")]
)
async def test_an_answer_goes_where_it_can(
    database: Database, questions: Questions, now: datetime, becomes: str, way: str
) -> None:
    asked = await questions.ask(ASKER, "ru", "Когда?", now)
    subscribers = Subscribers(database)
    if becomes == "stopped":
        await subscribers.stop(ASKER, now)
    else:
        await subscribers.lost(ASKER, becomes, now)  # type: ignore[arg-type]
    answered = await questions.answer(asked.id, "Завтра", 7, now, PARTS)
    assert answered is not None
    assert answered.way == way
    assert await _count(database, DeliveryRow) == 0
    assert await questions.open() == ()


async def test_only_what_was_answered_is_corrected(
    database: Database, questions: Questions, now: datetime
) -> None:
    asked = await questions.ask(ASKER, "ru", "Когда?", now)
    assert await questions.correct(asked.id, "Вчера", 0, 7, now) is None
    answered = await questions.answer(asked.id, "Завтра", 7, now, PARTS)
    assert answered is not None
    corrected = await questions.correct(asked.id, "Вчера", answered.message_id, 7, now)
    assert corrected is not None
    assert (corrected[0].answer, corrected[1]) == ("Вчера", False)


async def test_who_is_forgotten_leaves_no_question_open(
    database: Database, questions: Questions, now: datetime
) -> None:
    await questions.ask(ASKER, "ru", "Когда?", now)
    await Subscribers(database).forget(ASKER)
    counts = await questions.counts(now - timedelta(days=30))
    assert (counts.open, counts.closed) == (0, 0)
    assert await questions.take_reminders(now + timedelta(days=2), now, now) == ()
