"""Staff whose role is limited to a territory: what they may do there, in its parts, and nowhere else."""

from __future__ import annotations

import pytest

from handlers.drafts import may_act, within_rights
from storage.audiences import Audience
from storage.languages import Names
from storage.parts import Part
from storage.staff import StaffMember
from storage.territory_tree import Territory, TerritoryTree
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk

TREE = TerritoryTree(
    [
        Territory("naryn", None, Names(ru="Нарынская область")),
        Territory("at-bashy", "naryn", Names(ru="Ат-Башинский район")),
        Territory("kara-suu", "at-bashy", Names(ru="Кара-Суйский айыл аймак")),
        Territory("osh", None, Names(ru="Ошская область")),
    ]
)
OF_NARYN = StaffMember(OFFICIAL_ID, "publisher", "naryn")


async def _people(talk: Talk, territory: str | None = "naryn") -> None:
    for who in (OFFICIAL_ID, CITIZEN_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), territory)


@pytest.mark.parametrize(
    ("territory", "may"),
    [("naryn", True), ("at-bashy", True), ("kara-suu", True), ("osh", False), (None, False)],
)
def test_a_role_holds_in_a_territory_and_in_all_that_lies_in_it(territory: str | None, may: bool) -> None:
    audience = Audience(topic="pser", territory=territory)
    assert may_act(OF_NARYN, audience, TREE) is may
    assert may_act(StaffMember(1, "publisher"), audience, TREE)
    spoken_to = territory if may else "naryn"
    assert within_rights(audience, OF_NARYN, TREE) == Audience(topic="pser", territory=spoken_to)


async def test_staff_of_an_oblast_announce_to_one_of_its_districts(talk: Talk) -> None:
    await _people(talk)
    await talk.deps.subscribers.choose_territory(CITIZEN_ID, "at-bashy", talk.clock())
    await talk.deps.subscribers.choose_territory(STAFF_ID, "naryn", talk.clock())
    await talk.say("/announce")
    await talk.say("Собрание в районе")
    await talk.press("Районы, города ▾")
    assert talk.text() == "Нарынская область"
    await talk.press("‹ Назад")
    await talk.press("Районы, города ▾")
    await talk.press("Ат-Башинский район · 1")
    assert "Кому: Ат-Башинский район" in talk.text()
    await talk.press("Отправить 1 подписчику")
    await talk.delivered()
    assert talk.text(CITIZEN_ID) == "Собрание в районе"
    assert talk.text(STAFF_ID) != "Собрание в районе"


async def test_staff_of_an_oblast_act_on_what_was_announced_to_its_district_and_not_to_another(
    talk: Talk,
) -> None:
    await _people(talk)
    for district, text in (("at-bashy", "Сход в Ат-Башы"), ("alay", "Сход в Алае")):
        await talk.deps.subscribers.choose_territory(CITIZEN_ID, district, talk.clock())
        content = {"ru": (Part("sendMessage", {"text": text}),)}
        audience = Audience(territory=district)
        desk = talk.deps.announcements
        made = await desk.compose(STAFF_ID, content, audience, talk.clock())  # type: ignore[arg-type]
        await desk.send(made.id, STAFF_ID, talk.clock())
    await talk.say("/announce")
    await talk.press("Прошлые объявления")
    assert [label for label in talk.buttons() if "Сход" in label] == ["1. Сход в Ат-Башы"]
    await talk.press("1. Сход в Ат-Башы")
    await talk.press("Пауза")
    assert "Пауза:" in talk.text()


async def test_who_is_limited_meanwhile_is_led_to_their_own_oblast(talk: Talk) -> None:
    await _people(talk, None)
    await talk.say("/announce")
    await talk.say("Собрание")
    await talk.press("По области ▾")
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), "naryn")
    await talk.press("Ошская область · 0")
    assert "Кому: Нарынская область" in talk.text()


@pytest.mark.parametrize("later", [False, True])
async def test_a_draft_for_everyone_does_not_leave_once_its_author_is_limited(
    talk: Talk, later: bool
) -> None:
    await _people(talk, None)
    await talk.say("/announce")
    await talk.say("Собрание завтра")
    await talk.press("Все · 3")
    if later:
        await talk.press("Запланировать")
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), "naryn")
    await talk.press("20 ноября, 13:00" if later else "Отправить 3 подписчикам")
    talk.clock.pass_(hours=4)
    await talk.deps.announcements.advance(talk.clock())
    await talk.delivered()
    assert talk.text(CITIZEN_ID) != "Собрание завтра"
    assert "другой территории" in talk.notices()[-1]["text"]
    assert await talk.deps.announcements.recent() == ()
