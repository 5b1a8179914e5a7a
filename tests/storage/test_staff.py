"""Who may do what, what they did, what people asked them, and where their dialogues stand."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.conversations import Conversations
from storage.database import Database
from storage.questions import Questions
from storage.staff import Staff, StaffMember


async def test_the_operators_administrators_are_always_there(database: Database, now: datetime) -> None:
    staff = Staff(database, {7})
    assert await staff.member(7) == StaffMember(7, "administrator")
    assert await staff.member(8) is None
    assert await staff.dismiss(7, by=7, now=now) is False
    assert [member.user_id for member in await staff.all()] == [7]


async def test_a_role_is_given_taken_and_given_again_and_all_of_it_is_in_the_audit(
    database: Database, now: datetime
) -> None:
    staff = Staff(database, {7})
    await staff.appoint(8, "editor", by=7, now=now)
    await staff.appoint(8, "publisher", by=7, now=now, territory="naryn")
    assert await staff.member(8) == StaffMember(8, "publisher", "naryn")
    assert await staff.dismiss(8, by=7, now=now) is True
    assert await staff.dismiss(8, by=7, now=now) is False
    assert await staff.member(8) is None
    await staff.appoint(8, "editor", by=7, now=now)
    assert await staff.member(8) == StaffMember(8, "editor")
    acts = await staff.recent_acts()
    assert [act.action for act in acts] == [
        "staff.appoint",
        "staff.dismiss",
        "staff.appoint",
        "staff.appoint",
    ]
    assert {act.actor_id for act in acts} == {7}


def test_each_role_may_what_the_smaller_ones_may() -> None:
    publisher = StaffMember(1, "publisher")
    assert publisher.may("editor")
    assert publisher.may("publisher")
    assert not publisher.may("administrator")


async def test_a_question_is_answered_once(database: Database, now: datetime) -> None:
    desk = Questions(database)
    question = await desk.ask(5, "ky", "Айыл өкмөтү качан иштейт?", now)
    assert await desk.open_count(5) == 1
    answered = await desk.answer(question.id, "Дүйшөмбүдөн жумага чейин.", staff_id=7, now=now)
    assert answered is not None
    assert (answered.chat_id, answered.state) == (5, "answered")
    assert await desk.answer(question.id, "Дагы бир жооп", staff_id=8, now=now) is None
    assert await desk.close(question.id, staff_id=8, now=now) is None
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


async def test_a_dialogue_is_taken_up_where_it_was_left(database: Database, now: datetime) -> None:
    conversations = Conversations(database)
    await conversations.save_state("1:1", "draft", now)
    await conversations.save_data("1:1", {"text": "Жарыя"}, now)
    assert await Conversations(database).load("1:1") == ("draft", {"text": "Жарыя"})


async def test_a_dialogue_that_is_over_leaves_no_row(database: Database, now: datetime) -> None:
    conversations = Conversations(database)
    await conversations.save_data("1:1", {"text": "x"}, now)
    await conversations.save_state("1:1", None, now)
    await conversations.save_data("1:1", {}, now)
    assert await conversations.load("1:1") == (None, {})
    assert await conversations.sweep(now + timedelta(days=1)) == 0


async def test_dialogues_nobody_went_on_with_are_swept(database: Database, now: datetime) -> None:
    conversations = Conversations(database)
    await conversations.save_state("old", "draft", now - timedelta(days=40))
    await conversations.save_state("new", "draft", now)
    assert await conversations.sweep(now - timedelta(days=30)) == 1
    assert (await conversations.load("new"))[0] == "draft"


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
    await desk.close(old.id, 7, tomorrow)
    later = tomorrow + timedelta(days=2)
    assert [one.text for one in await desk.take_reminders(later, later, later)] == ["Новый?"]


async def test_the_desk_is_counted(database: Database, now: datetime) -> None:
    desk = Questions(database)
    for hours in (1, 2, 9):
        question = await desk.ask(5, "ru", "?", now - timedelta(hours=hours))
        await desk.answer(question.id, "!", 7, now)
    closed = await desk.ask(5, "ru", "?", now)
    await desk.close(closed.id, 7, now)
    await desk.ask(5, "ru", "?", now)
    long_ago = await desk.ask(5, "ru", "?", now - timedelta(days=90))
    await desk.answer(long_ago.id, "!", 7, now - timedelta(days=80))
    counts = await desk.counts(now - timedelta(days=30))
    assert (counts.open, counts.answered, counts.closed) == (1, 3, 1)
    assert counts.median_wait == timedelta(hours=2)


async def test_what_was_dealt_with_is_no_longer_unanswered(database: Database, now: datetime) -> None:
    desk = Questions(database)
    await desk.note_unanswered("вода", "Вода?", "ru", now)
    (asked,) = await desk.unanswered()
    await desk.settle_unanswered(asked.folded)
    assert await desk.unanswered() == ()
