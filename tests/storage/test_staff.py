"""Who may do what, what they did, what people asked them, and where their dialogues stand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from storage.conversations import Conversations
from storage.database import Database
from storage.models import TerritoryRow
from storage.staff import Accepted, InvitationSpent, Role, Staff, StaffMember


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


@pytest.mark.parametrize("loses", ["dismissed", "made a publisher"])
async def test_a_link_is_worth_what_its_maker_may_do_now(
    database: Database, now: datetime, loses: str
) -> None:
    staff = Staff(database, {7})
    await staff.appoint(8, "administrator", by=7, now=now)
    link = await staff.invite("administrator", 8, now)
    if loses == "dismissed":
        await staff.dismiss(8, by=7, now=now)
    else:
        await staff.appoint(8, "publisher", by=7, now=now)
    with pytest.raises(InvitationSpent):
        await staff.accept(link.code, 9, now)
    assert await staff.invitations(now) == ()
    await staff.appoint(8, "administrator", by=7, now=now)
    with pytest.raises(InvitationSpent):
        await staff.accept(link.code, 9, now)


async def test_a_link_of_who_is_no_longer_named_by_the_operator_gives_nothing(
    database: Database, now: datetime
) -> None:
    link = await Staff(database, {7}).invite("administrator", 7, now)
    with pytest.raises(InvitationSpent):
        await Staff(database, {6}).accept(link.code, 7, now)
    assert await Staff(database, {6}).invitations(now) == ()


async def test_an_open_invitation_is_seen_and_taken_back_once(database: Database, now: datetime) -> None:
    staff = Staff(database, {7})
    link = await staff.invite("publisher", 7, now, "naryn")
    other = await staff.invite("editor", 7, now + timedelta(minutes=1))
    first, second = await staff.invitations(now)
    assert (first.role, first.territory, first.invited_by) == ("publisher", "naryn", 7)
    assert await staff.uninvite(first.key, 7, now)
    assert not await staff.uninvite(first.key, 7, now)
    with pytest.raises(InvitationSpent):
        await staff.accept(link.code, 9, now)
    assert await staff.invitations(now) == (second,)
    assert await staff.accept(other.code, 9, now) == Accepted(StaffMember(9, "editor"), joined=True)
    assert await staff.invitations(now) == ()
    assert (await staff.recent_acts())[1].action == "staff.uninvite"


@pytest.mark.parametrize(
    ("held", "invited", "joins"),
    [
        (("publisher", "osh"), ("editor", "naryn"), False),
        (("publisher", "osh"), ("publisher", "naryn"), False),
        (("editor", None), ("publisher", "naryn"), False),
        (("publisher", "naryn"), ("publisher", "at-bashy"), False),
        (("publisher", "naryn"), ("publisher", "naryn"), False),
        (("publisher", "at-bashy"), ("publisher", "naryn"), True),
        (("editor", "naryn"), ("publisher", "naryn"), True),
        (("publisher", "naryn"), ("publisher", None), True),
        (("publisher", None), ("administrator", None), True),
    ],
)
async def test_accepting_an_invitation_never_takes_a_right_away(
    database: Database,
    now: datetime,
    held: tuple[Role, str | None],
    invited: tuple[Role, str | None],
    joins: bool,
) -> None:
    await _oblasts(database)
    staff = Staff(database, {7})
    await staff.appoint(9, held[0], by=7, now=now, territory=held[1])
    link = await staff.invite(invited[0], 7, now, invited[1])
    becomes = StaffMember(9, *(invited if joins else held))
    assert await staff.accept(link.code, 9, now) == Accepted(becomes, joined=joins)
    assert await staff.member(9) == becomes
    assert len(await staff.invitations(now)) == (not joins)


async def _oblasts(database: Database) -> None:
    parents = {"osh": None, "naryn": None, "at-bashy": "naryn"}
    rows = [
        {
            "slug": slug,
            "parent": parent,
            "kind": "oblast",
            "names": {"ru": slug},
            "aliases": [],
            "position": 0,
        }
        for slug, parent in parents.items()
    ]
    async with database.write() as session:
        await session.execute(insert(TerritoryRow), rows)


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


async def test_the_staff_are_read_page_by_page_and_by_territory(database: Database, now: datetime) -> None:
    await _oblasts(database)
    staff = Staff(database, {7, 6})
    for number in range(5):
        where = ("osh", "at-bashy")[number % 2]
        await staff.appoint(20 + number, "editor", 7, now + timedelta(seconds=number), where)
    await staff.appoint(6, "editor", 7, now)
    await staff.dismiss(24, 7, now)
    pages = [await staff.page(3, offset) for offset in (0, 3, 6)]
    assert [[one.user_id for one in members] for members, _ in pages] == [[6, 7, 20], [21, 22, 23], []]
    assert {count for _, count in pages} == {6}
    of_naryn, count = await staff.page(3, 0, "naryn")
    assert ([one.user_id for one in of_naryn], count) == ([21, 23], 2)
