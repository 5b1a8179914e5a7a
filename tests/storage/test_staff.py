"""Who may do what, what they did, what people asked them, and where their dialogues stand."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.conversations import Conversations
from storage.database import Database
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
