"""The question desk on both engines: nobody is answered twice, and an answer is sent in the same transaction."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.models import DeliveryRow, MessageRow
from storage.parts import Part
from storage.questions import Question, Questions
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
    arrivals = []

    def told(_question: Question, arrived: bool) -> tuple[Part, ...]:
        arrivals.append(arrived)
        return PARTS

    assert await questions.correct(asked.id, "Вчера", 0, 7, now, told) is None
    answered = await questions.answer(asked.id, "Завтра", 7, now, PARTS)
    assert answered is not None
    corrected = await questions.correct(asked.id, "Вчера", answered.message_id, 7, now, told)
    assert corrected is not None
    assert (corrected.question.answer, arrivals) == ("Вчера", [False])
    assert (corrected.way, await _count(database, DeliveryRow)) == ("outbox", 2)


async def test_a_closed_question_and_the_word_of_it_are_one_thing(
    database: Database, questions: Questions, now: datetime
) -> None:
    asked = await questions.ask(ASKER, "ru", "Когда?", now)
    closed = await questions.close(asked.id, 7, now, lambda _question: PARTS)
    assert closed is not None
    assert (closed.way, await _count(database, DeliveryRow)) == ("outbox", 1)

    def failing(_question: Question) -> tuple[Part, ...]:
        raise RuntimeError("killed here")

    other = await questions.ask(ASKER, "ru", "Где?", now)
    with pytest.raises(RuntimeError):
        await questions.close(other.id, 7, now, failing)
    assert [question.id for question in await questions.open()] == [other.id]


async def test_who_is_forgotten_leaves_no_question_open(
    database: Database, questions: Questions, now: datetime
) -> None:
    await questions.ask(ASKER, "ru", "Когда?", now)
    await Subscribers(database).forget(ASKER)
    counts = await questions.counts(now - timedelta(days=30))
    assert (counts.open, counts.closed) == (0, 0)
    assert await questions.take_reminders(now + timedelta(days=2), now, now) == ()


async def test_a_question_is_answered_once(database: Database, now: datetime) -> None:
    desk = Questions(database)
    question = await desk.ask(5, "ky", "Айыл өкмөтү качан иштейт?", now)
    assert await desk.open_count(5) == 1
    answered = await desk.answer(question.id, "Дүйшөмбүдөн жумага чейин.", staff_id=7, now=now, parts=PARTS)
    assert answered is not None
    assert (answered.question.chat_id, answered.question.state) == (5, "answered")
    assert await desk.answer(question.id, "Дагы бир жооп", staff_id=8, now=now, parts=PARTS) is None
    assert await desk.close(question.id, staff_id=8, now=now, told=lambda _: PARTS) is None
    assert (await desk.open_count(5), await desk.open()) == (0, ())


async def test_open_questions_come_in_the_order_they_were_asked(database: Database, now: datetime) -> None:
    desk = Questions(database)
    for minutes, text in ((5, "second"), (1, "first")):
        await desk.ask(5, "ru", text, now + timedelta(minutes=minutes))
    assert [question.text for question in await desk.open()] == ["first", "second"]


async def test_what_nothing_was_found_for_is_counted_without_the_person(
    database: Database, now: datetime
) -> None:
    desk = Questions(database)
    await desk.note_unanswered("дорога", "Дорога?", "ru", now)
    await desk.note_unanswered("вода", "Вода?", "ru", now)
    await desk.note_unanswered("вода", "вода", "ru", now)
    assert [(one.text, one.times) for one in await desk.unanswered()] == [("Вода?", 2), ("Дорога?", 1)]


async def test_a_question_is_brought_up_again_once_until_it_is_due_anew(
    database: Database, now: datetime
) -> None:
    desk = Questions(database)
    old = await desk.ask(5, "ru", "Старый?", now - timedelta(hours=30))
    await desk.ask(5, "ru", "Новый?", now)
    day_ago, midnight = now - timedelta(hours=24), now - timedelta(hours=10)
    assert [one.id for one in await desk.take_reminders(day_ago, midnight, now)] == [old.id]
    assert await desk.take_reminders(day_ago, midnight, now) == ()
    tomorrow = now + timedelta(hours=24)
    again = await desk.take_reminders(now, tomorrow - timedelta(hours=10), tomorrow)
    assert [one.id for one in again] == [old.id]
    await desk.close(old.id, 7, tomorrow, lambda _: PARTS)
    later = tomorrow + timedelta(days=2)
    assert [one.text for one in await desk.take_reminders(later, later, later)] == ["Новый?"]


async def test_the_desk_is_counted(database: Database, now: datetime) -> None:
    desk = Questions(database)
    for hours in (1, 2, 9):
        question = await desk.ask(5, "ru", "?", now - timedelta(hours=hours))
        await desk.answer(question.id, "!", 7, now, PARTS)
    closed = await desk.ask(5, "ru", "?", now)
    await desk.close(closed.id, 7, now, lambda _: PARTS)
    await desk.ask(5, "ru", "?", now)
    long_ago = await desk.ask(5, "ru", "?", now - timedelta(days=90))
    await desk.answer(long_ago.id, "!", 7, now - timedelta(days=80), PARTS)
    counts = await desk.counts(now - timedelta(days=30))
    assert (counts.open, counts.answered, counts.closed) == (1, 3, 1)
    assert counts.median_wait == timedelta(hours=2)


async def test_what_was_dealt_with_is_no_longer_unanswered(database: Database, now: datetime) -> None:
    desk = Questions(database)
    await desk.note_unanswered("вода", "Вода?", "ru", now)
    (asked,) = await desk.unanswered()
    await desk.settle_unanswered(asked.folded)
    assert await desk.unanswered() == ()
