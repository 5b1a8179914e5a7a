"""What waits for a second person's yes, and is brought up again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from storage.announcement_acts import AnnouncementActs, Wish
from storage.announcements import Announcements
from storage.approvals import Approvals, Waiting
from storage.audiences import Audience
from storage.database import Database
from storage.deliveries import Letter
from storage.models import MessageRow
from storage.parts import Part
from storage.subscribers import Subscribers

AUTHOR, SECOND = 7, 8
TEXT = (Part("sendMessage", {"text": "Жарыя"}),)
LETTER = Letter("notice", "ky", TEXT, (SECOND,))


async def _waiting(database: Database, now: datetime) -> int:
    announcements = Announcements(database)
    draft = await announcements.draft(AUTHOR, {"ky": TEXT}, Audience(), now)
    await announcements.submit(draft.id, AUTHOR, now)
    return draft.id


async def _sent(database: Database, now: datetime) -> int:
    await Subscribers(database).greet(SECOND, "private", "ky", now)
    announcements = Announcements(database)
    draft = await announcements.draft(AUTHOR, {"ky": TEXT}, Audience(), now)
    await announcements.approve(draft.id, AUTHOR, now)
    await announcements.enlist(draft.id, now)
    await announcements.start(draft.id, now)
    return draft.id


async def test_announcements_and_wishes_that_wait_long_are_found_the_oldest_first(
    database: Database, now: datetime
) -> None:
    number = await _sent(database, now)
    act = await AnnouncementActs(database).propose(
        number, AUTHOR, now + timedelta(hours=1), Wish("withdraw"), lambda _: ()
    )
    waiting = await _waiting(database, now)
    await _waiting(database, now + timedelta(hours=9))

    found = await Approvals(database).overdue(now + timedelta(hours=8), now)

    assert [(one.kind, one.id) for one in found] == [("announcement", waiting), ("act", act.id)]
    assert await Approvals(database).acts_of(number) == (act.id,)
    assert await Approvals(database).acts_of(waiting) == ()


async def test_it_is_brought_up_once_and_again_another_day(database: Database, now: datetime) -> None:
    await Subscribers(database).greet(SECOND, "private", "ky", now)
    approvals, later = Approvals(database), now + timedelta(hours=5)
    waiting = Waiting("announcement", await _waiting(database, now), now)

    assert await approvals.remind(waiting, now, later, [LETTER])
    assert not await approvals.remind(waiting, now, later, [LETTER])
    assert await approvals.overdue(later, now) == ()
    assert await _letters(database) == 1

    tomorrow = now + timedelta(days=1)
    assert await approvals.overdue(tomorrow, tomorrow) == (waiting,)
    assert await approvals.remind(waiting, tomorrow, tomorrow, [LETTER])


async def test_what_was_decided_is_not_brought_up(database: Database, now: datetime) -> None:
    approvals = Approvals(database)
    waiting = Waiting("announcement", await _waiting(database, now), now)
    await Announcements(database).decline(waiting.id, SECOND, now)
    assert await approvals.overdue(now + timedelta(days=1), now) == ()
    assert not await approvals.remind(waiting, now, now, [LETTER])
    assert await _letters(database) == 0


async def _letters(database: Database) -> int:
    async with database.read() as session:
        query = select(func.count()).select_from(MessageRow).where(MessageRow.kind == "notice")
        return await session.scalar(query) or 0
