"""People join the staff by a link, and may be limited to one oblast."""

from __future__ import annotations

import re
from typing import Any

from storage.staff import StaffMember
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk


async def _met(talk: Talk) -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _invited(talk: Talk, *choices: str) -> str:
    await talk.say("/staff", who=STAFF_ID)
    await talk.press("Пригласить", who=STAFF_ID)
    for choice in choices:
        await talk.press(choice, who=STAFF_ID)
    found = re.search(r"\?start=(staff-[\w-]+)", talk.text(STAFF_ID))
    assert found
    return found[1]


async def test_a_link_makes_its_first_opener_staff_of_an_oblast_and_nobody_after(talk: Talk) -> None:
    await _met(talk)
    link = await _invited(talk, "издатель", "Нарынская область")
    await talk.start(link, who=OFFICIAL_ID)
    assert "издатель, Нарынская область" in talk.text()
    await talk.start(link, who=CITIZEN_ID)
    assert "уже использовано" in talk.text(CITIZEN_ID)

    assert await talk.deps.staff.member(OFFICIAL_ID) == StaffMember(OFFICIAL_ID, "publisher", "naryn")
    assert await talk.deps.staff.member(CITIZEN_ID) is None
    assert "announce" in {command["command"] for command in _menu(talk, OFFICIAL_ID)}


async def test_a_link_is_good_for_two_days(talk: Talk) -> None:
    await _met(talk)
    link = await _invited(talk, "редактор", "Вся страна")
    talk.clock.pass_(hours=48)
    await talk.start(link)
    assert "устарело" in talk.text()
    assert await talk.deps.staff.member(OFFICIAL_ID) is None


async def test_an_administrator_who_opens_their_own_link_stays_one_and_it_is_not_used_up(talk: Talk) -> None:
    await _met(talk)
    link = await _invited(talk, "редактор", "Вся страна")
    await talk.start(link, who=STAFF_ID)
    assert (await talk.deps.staff.member(STAFF_ID)) == StaffMember(STAFF_ID, "administrator")
    await talk.start(link)
    assert await talk.deps.staff.member(OFFICIAL_ID) == StaffMember(OFFICIAL_ID, "editor")


async def test_who_belongs_to_the_staff_already_is_told_what_they_are(talk: Talk) -> None:
    await _met(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), "osh")
    link = await _invited(talk, "редактор", "Нарынская область")
    await talk.start(link)
    assert "Вы уже сотрудник: издатель, Ошская область." in talk.text()
    assert await talk.deps.staff.member(OFFICIAL_ID) == StaffMember(OFFICIAL_ID, "publisher", "osh")


async def test_open_invitations_are_listed_and_one_is_taken_back(talk: Talk) -> None:
    await _met(talk)
    first = await _invited(talk, "издатель", "Нарынская область")
    second = await _invited(talk, "редактор", "Вся страна")
    await talk.say("/staff", who=STAFF_ID)
    await talk.press("Открытые приглашения: 2", who=STAFF_ID)
    name = talk.telegram.users[STAFF_ID]
    said = "1. издатель, Нарынская область · до 22 ноября, 10:00"
    assert f"{said} · {name.first_name} {name.last_name}" in talk.text(STAFF_ID)
    await talk.press("Отозвать 1", who=STAFF_ID)
    assert talk.notices()[-1]["text"] == "Отозвано."
    assert "1. редактор" in talk.text(STAFF_ID)
    await talk.start(first)
    assert "отозвано" in talk.text()
    await talk.start(second)
    assert "Теперь вы сотрудник: редактор" in talk.text()
    await talk.say("/staff", who=STAFF_ID)
    assert not any("Открытые" in label for label in talk.buttons(STAFF_ID))


async def test_a_dismissed_administrator_does_not_come_back_by_a_link_of_their_own(talk: Talk) -> None:
    await _met(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "administrator", STAFF_ID, talk.clock())
    link = await talk.deps.staff.invite("administrator", OFFICIAL_ID, talk.clock())
    await talk.deps.staff.dismiss(OFFICIAL_ID, STAFF_ID, talk.clock())
    await talk.start(f"staff-{link.code}")
    assert "отозвано" in talk.text()
    assert await talk.deps.staff.member(OFFICIAL_ID) is None


async def test_a_made_up_link_gives_nothing(talk: Talk) -> None:
    await _met(talk)
    await talk.start("staff-administrator")
    assert await talk.deps.staff.member(OFFICIAL_ID) is None


async def test_a_publisher_is_limited_to_an_oblast_and_keeps_the_limit_in_another_role(talk: Talk) -> None:
    await _met(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/staff", who=STAFF_ID)
    name = next(label for label in talk.buttons(STAFF_ID) if label.endswith("· издатель"))
    await talk.press(name, who=STAFF_ID)
    await talk.press("Вся страна ▾", who=STAFF_ID)
    await talk.press("Ошская область", who=STAFF_ID)
    assert await talk.deps.staff.member(OFFICIAL_ID) == StaffMember(OFFICIAL_ID, "publisher", "osh")
    await talk.press("редактор", who=STAFF_ID)
    assert await talk.deps.staff.member(OFFICIAL_ID) == StaffMember(OFFICIAL_ID, "editor", "osh")


async def test_an_oblast_is_spoken_to_with_its_districts(talk: Talk) -> None:
    await _met(talk)
    await talk.deps.subscribers.choose_territory(CITIZEN_ID, "at-bashy", talk.clock())
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory="naryn")
    await talk.say("/announce")
    await talk.say("Собрание в Нарыне")
    await talk.press("Нарынская область · 1")
    await talk.press("Отправить 1 подписчику")
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание в Нарыне"
    assert talk.text(STAFF_ID) != "Собрание в Нарыне"


def _menu(talk: Talk, who: int) -> list[dict[str, Any]]:
    return talk.telegram.commands_for(talk.telegram.chats[who], talk.telegram.users[who])


async def test_staff_of_a_district_speak_to_its_people_only(talk: Talk) -> None:
    await _met(talk)
    link = await _invited(talk, "издатель", "Районы, города ▾", "Баткенский район")
    await talk.start(link, who=OFFICIAL_ID)
    assert "издатель, Баткенский район" in talk.text()
    member = await talk.deps.staff.member(OFFICIAL_ID)
    assert member is not None
    assert member.territory not in (None, "batken")

    await talk.deps.subscribers.choose_territory(CITIZEN_ID, member.territory, talk.clock())
    await talk.say("/announce")
    await talk.say("Собрание в районе")
    assert "Баткенский район · 1" in talk.buttons()
    await talk.press("Баткенский район · 1")
    assert "Кому: Баткенский район" in talk.text()
    await talk.press("Отправить 1 подписчику")
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание в районе"
    assert talk.text(STAFF_ID) != "Собрание в районе"

    await talk.say("/links")
    assert "Баткенский район" in talk.text()


async def test_a_role_is_limited_to_a_district_and_the_limit_is_lifted(talk: Talk) -> None:
    await _met(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/staff", who=STAFF_ID)
    await talk.press(next(label for label in talk.buttons(STAFF_ID) if "издатель" in label), who=STAFF_ID)
    await talk.press("Вся страна ▾", who=STAFF_ID)
    await talk.press("Районы, города ▾", who=STAFF_ID)
    await talk.press("Баткенский район", who=STAFF_ID)
    assert "Баткенский район ▾" in talk.buttons(STAFF_ID)
    await talk.press("Баткенский район ▾", who=STAFF_ID)
    assert "✓ Баткенский район ▾" in talk.buttons(STAFF_ID)
    await talk.press("‹ Назад", who=STAFF_ID)
    await talk.press("Баткенский район ▾", who=STAFF_ID)
    await talk.press("Вся страна", who=STAFF_ID)
    member = await talk.deps.staff.member(OFFICIAL_ID)
    assert member is not None
    assert member.territory is None
