"""Where two people are needed, nothing leaves on the word of one."""

from __future__ import annotations

import pytest

from bot.announcements import AnnouncementDesk
from storage.announcements import OwnApproval
from storage.audiences import Audience
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

TEXT = "Собрание завтра"


async def _two_people(talk: Talk, *, second: bool = True) -> None:
    talk.deps.announcements.two_people = True
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.press("ПСЭР", who=CITIZEN_ID)
    if second:
        await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())


async def _submit(talk: Talk) -> None:
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    await talk.delivered()


async def test_nothing_leaves_before_a_second_person_says_yes(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    assert "Ждём" in talk.text(STAFF_ID)
    assert talk.text(CITIZEN_ID) != TEXT

    assert talk.messages(OFFICIAL_ID)[-2].content["text"] == TEXT
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT
    assert "объявление разрешено" in talk.text(STAFF_ID)
    assert [act.action for act in (await talk.deps.staff.recent_acts())[:3]] == [
        "announcement.approve",
        "announcement.submit",
        "announcement.draft",
    ]


async def test_what_is_declined_reaches_nobody_and_its_author_is_told(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Отклонить", who=OFFICIAL_ID)
    await talk.delivered()
    assert "отклонено" in talk.text(STAFF_ID)
    assert talk.text(CITIZEN_ID) != TEXT
    assert (await talk.deps.announcements.recent())[0].state == "cancelled"


async def test_the_author_cannot_be_the_second_person(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    waiting = (await talk.deps.announcements.recent())[0]
    with pytest.raises(OwnApproval):
        await talk.deps.announcements.allow(waiting.id, STAFF_ID, talk.clock())
    with pytest.raises(OwnApproval):
        await _draft_sent_past_approval(talk.deps.announcements, talk)


async def test_without_a_second_person_the_draft_stays_and_it_is_said_why(talk: Talk) -> None:
    await _two_people(talk, second=False)
    await _submit(talk)
    assert "второй издатель" in talk.notices()[-1]["text"]
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.press("Отправить 1 подписчику", who=STAFF_ID)
    assert "Ждём" in talk.text(STAFF_ID)


async def test_an_author_takes_back_what_waits_and_a_late_yes_does_nothing(talk: Talk) -> None:
    await _two_people(talk)
    await _submit(talk)
    await talk.press("Остановить", who=STAFF_ID)
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert "уже нельзя" in talk.notices()[-1]["text"]
    assert talk.text(CITIZEN_ID) != TEXT


async def test_what_was_scheduled_waits_for_its_hour_after_the_yes(talk: Talk) -> None:
    await _two_people(talk)
    await talk.say("/announce", who=STAFF_ID)
    await talk.say(TEXT, who=STAFF_ID)
    await talk.press("ПСЭР · 1", who=STAFF_ID)
    await talk.press("Запланировать", who=STAFF_ID)
    await talk.press("20 ноября, 13:00", who=STAFF_ID)
    await talk.delivered()
    await talk.press("Разрешить", who=OFFICIAL_ID)
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != TEXT
    talk.clock.pass_(hours=3, minutes=1)
    await talk.deps.announcements.advance(talk.clock())
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == TEXT


async def test_a_publisher_of_another_oblast_is_not_asked(talk: Talk) -> None:
    await _two_people(talk, second=False)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await _submit(talk)
    assert "второй издатель" in talk.notices()[-1]["text"]


async def _draft_sent_past_approval(desk: AnnouncementDesk, talk: Talk) -> None:
    parts = (await desk.recent())[0].content
    draft = await desk.compose(STAFF_ID, parts, Audience(), talk.clock())
    await desk.send(draft.id, OFFICIAL_ID, talk.clock())
