"""Where hundreds of municipalities have staff of their own, each finds what is theirs."""

from __future__ import annotations

from datetime import timedelta

from storage.announcements import Content
from storage.audiences import Audience
from storage.parts import Part
from storage.staff import StaffMember
from storage.templates import Templates
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk


def _said(text: str) -> Content:
    return {"ru": (Part("sendMessage", {"text": text}),)}


async def _people(talk: Talk, territory: str | None = None) -> None:
    for who in (OFFICIAL_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    if territory:
        await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory)


async def _appointed(talk: Talk, count: int, territory: str) -> None:
    for number in range(count):
        at = talk.clock() + timedelta(seconds=number)
        await talk.deps.staff.appoint(50_000 + number, "publisher", STAFF_ID, at, territory)


async def test_the_staff_come_page_by_page_and_the_last_is_found(talk: Talk) -> None:
    await _people(talk)
    await _appointed(talk, 25, "osh")
    await talk.say("/staff", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Сотрудники · 26"
    assert "50008 · издатель, Ошская область" in talk.buttons(STAFF_ID)
    assert not any("50009" in label for label in talk.buttons(STAFF_ID))
    await talk.press("›", who=STAFF_ID)
    assert "2 / 3" in talk.buttons(STAFF_ID)
    await talk.press("›", who=STAFF_ID)
    await talk.press("50024 · издатель, Ошская область", who=STAFF_ID)
    await talk.press("Убрать", who=STAFF_ID)
    assert await talk.deps.staff.member(50_024) is None


async def test_the_staff_of_one_territory_and_its_parts_are_listed_by_themselves(talk: Talk) -> None:
    await _people(talk)
    await _appointed(talk, 12, "osh")
    await talk.deps.staff.appoint(7, "editor", STAFF_ID, talk.clock(), "at-bashy")
    await talk.say("/staff", who=STAFF_ID)
    await talk.press("Вся страна ▾", who=STAFF_ID)
    await talk.press("Нарынская область", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Сотрудники · 1"
    assert "7 · редактор, Ат-Башинский район" in talk.buttons(STAFF_ID)
    await talk.press("Нарынская область ▾", who=STAFF_ID)
    await talk.press("Ошская область", who=STAFF_ID)
    await talk.press("›", who=STAFF_ID)
    assert sum("издатель" in label for label in talk.buttons(STAFF_ID)) == 2
    await talk.press("Все", who=STAFF_ID)
    assert talk.text(STAFF_ID) == "Сотрудники · 14"


async def test_what_a_village_announced_does_not_vanish_behind_what_others_did(talk: Talk) -> None:
    await _people(talk, "at-bashy")
    desk, now = talk.deps.announcements, talk.clock()
    await talk.deps.subscribers.choose_territory(OFFICIAL_ID, "at-bashy", now)
    await talk.deps.subscribers.choose_territory(STAFF_ID, "osh", now)
    for number in range(12):
        own = await desk.compose(OFFICIAL_ID, _said(f"Сход {number}"), Audience(territory="at-bashy"), now)
        await desk.send(own.id, OFFICIAL_ID, now)
    for _ in range(61):
        other = await desk.compose(STAFF_ID, _said("Ош"), Audience(territory="osh"), now)
        await desk.send(other.id, STAFF_ID, now)
    await talk.say("/announce")
    await talk.press("Прошлые объявления")
    assert "1. Сход 11" in talk.text()
    assert "Ош" not in talk.text()
    await talk.press("›")
    assert "12. Сход 0" in talk.text()
    await talk.press("12. Сход 0")
    assert "Отправляем" in talk.text()


async def test_drafts_are_not_among_what_was_announced(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.announcements.compose(STAFF_ID, _said("Черновик"), Audience(), talk.clock())
    assert await talk.deps.announcements.past(None, 10) == ((), 0)


async def test_templates_come_page_by_page_and_each_village_sees_its_own(talk: Talk) -> None:
    await _people(talk, "naryn")
    templates, now = Templates(talk.deps.database), talk.clock()
    savers = {"Нарын": "naryn", "Ат-Башы": "at-bashy", "Страна": None, "Ош": "osh"}
    for name, territory in savers.items():
        by = StaffMember(1, "publisher", territory)
        for number in range(11 if name == "Ош" else 5):
            await templates.save(f"{name} {number}", _said(name), by, now)
    await talk.say("/announce")
    await talk.press("Шаблоны")
    assert "Страна 4" in talk.buttons()
    assert not any("Ош" in label for label in talk.buttons())
    await talk.press("›")
    assert [label for label in talk.buttons() if label.startswith("Нарын")] == [
        f"Нарын {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert talk.buttons().count("✕") == 5
    await talk.press("Нарын 0")
    assert talk.text() == "Кому?"
    seen, count = await templates.seen_by(StaffMember(2, "publisher", "at-bashy"), 40)
    assert (count, {one.name.split()[0] for one in seen}) == (10, {"Ат-Башы", "Страна"})


async def test_an_oblast_removes_its_districts_templates_and_not_those_of_all(talk: Talk) -> None:
    await _people(talk, "naryn")
    templates, now = Templates(talk.deps.database), talk.clock()
    inside = await templates.save("Сход", _said("Сход"), StaffMember(1, "publisher", "at-bashy"), now)
    everybodys = await templates.save("Приём", _said("Приём"), StaffMember(1, "publisher"), now)
    of_naryn = StaffMember(OFFICIAL_ID, "publisher", "naryn")
    assert not await templates.drop(everybodys.id, of_naryn, now)
    assert await templates.drop(inside.id, of_naryn, now)
    assert await templates.get(inside.id, of_naryn) is None
