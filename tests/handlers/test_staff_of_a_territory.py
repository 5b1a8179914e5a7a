"""Staff whose role is limited to a territory: what they may do there, in its parts, and nowhere else."""

from __future__ import annotations

import pytest

from handlers.desk import faq_values
from handlers.desk_answers import faq_slug
from handlers.drafts import may_act, within_rights
from storage.audiences import Audience
from storage.languages import Names
from storage.parts import Part
from storage.releases import NewRelease
from storage.staff import StaffMember
from storage.territory_tree import Territory, TerritoryTree
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk
from tests.handlers.test_doubts import doubt

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


@pytest.mark.parametrize("command", ["/queue", "/unanswered"])
async def test_what_teaches_the_bot_for_the_whole_country_is_not_for_staff_of_an_oblast(
    talk: Talk, command: str
) -> None:
    await _people(talk)
    await talk.say(command)
    assert "всей стране" in talk.text()
    assert talk.buttons() == []


async def test_a_source_is_looked_at_and_not_switched_by_staff_of_an_oblast(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/sources")
    assert "+ Добавить источник" not in talk.buttons()
    await talk.press("… Айыл журналы")
    assert talk.buttons() == ["Проверить", "‹ Назад"]


async def test_who_is_limited_meanwhile_can_no_longer_switch_a_source_or_add_one(talk: Talk) -> None:
    await _people(talk, None)
    await talk.say("/sources")
    listed = talk.last()
    await talk.press("… Айыл журналы")
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), "naryn")
    await talk.press("Выключить")
    assert "всей стране" in talk.notices()[-1]["text"]
    assert (await talk.deps.sources.get("example-journal")).enabled
    assert listed.id == talk.last().id
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.press("‹ Назад")
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock(), "naryn")
    await talk.press("+ Добавить источник")
    assert "всей стране" in talk.notices()[-1]["text"]


async def test_the_topics_of_a_release_are_not_changed_by_who_is_limited_meanwhile(talk: Talk) -> None:
    await _people(talk, None)
    source = await talk.deps.sources.get("example-journal")
    release = NewRelease("x", "Сход жителей", "ru", "x", extra={"uncertain": ["pser"]})
    (number,) = await talk.deps.releases.store(source.id, [release], talk.clock())
    await talk.say("/queue")
    await talk.deps.staff.appoint(OFFICIAL_ID, "editor", STAFF_ID, talk.clock(), "naryn")
    for button in ("ПСЭР", "Всё верно"):
        await talk.press(next(label for label in talk.buttons() if label.startswith(button)))
        assert "всей стране" in talk.notices()[-1]["text"]
    stored = await talk.deps.releases.get(number)
    assert stored is not None
    assert stored.tags.topics == ()
    assert (await talk.deps.releases.waiting())[0] == 1


async def test_staff_of_an_oblast_answer_a_person_and_not_everybody_who_asks_the_same(talk: Talk) -> None:
    await _people(talk)
    question = await talk.deps.questions.ask(CITIZEN_ID, "ru", "Когда чинят мост?", talk.clock())
    await talk.say("/desk")
    await talk.press("Ответить")
    await talk.say("К концу ноября.")
    await talk.delivered()
    assert "К концу ноября." in talk.text(CITIZEN_ID)
    assert "Отвечать так всегда" not in talk.buttons()

    answered = talk.last()
    values = faq_values(faq_slug(question), question.text, "К концу ноября.", "ru", talk.clock())
    await talk.deps.registry.put("faq", values, talk.clock(), STAFF_ID)
    await talk.press("Исправить ответ")
    assert "всей стране" in talk.notices()[-1]["text"]
    assert talk.last().id == answered.id


async def test_an_answer_that_is_kept_meanwhile_is_not_corrected_by_staff_of_an_oblast(talk: Talk) -> None:
    await _people(talk)
    question = await talk.deps.questions.ask(CITIZEN_ID, "ru", "Когда чинят мост?", talk.clock())
    await talk.say("/desk")
    await talk.press("Ответить")
    await talk.say("К концу ноября.")
    await talk.press("Исправить ответ")
    values = faq_values(faq_slug(question), question.text, "К концу ноября.", "ru", talk.clock())
    await talk.deps.registry.put("faq", values, talk.clock(), STAFF_ID)
    await talk.say("Никогда.")
    assert "всей стране" in talk.text()
    kept = await talk.deps.questions.get(question.id)
    assert kept is not None
    assert kept.answer == "К концу ноября."


async def test_whether_two_releases_are_one_is_not_decided_by_staff_of_an_oblast(talk: Talk) -> None:
    await _people(talk)
    await doubt(talk)
    await talk.press("Одна и та же")
    assert "всей стране" in talk.notices()[-1]["text"]
    assert "Одна и та же" in talk.buttons()


async def test_a_channel_is_not_made_a_source_by_staff_of_an_oblast(talk: Talk) -> None:
    await _people(talk)
    channel = talk.people.create_group(CITIZEN_ID, "Канал аймака", kind="channel")
    talk.people.add_bot(CITIZEN_ID, channel.id)
    await talk.answered()
    await talk.delivered()
    await talk.press("Да, это источник")
    assert "всей стране" in talk.notices()[-1]["text"]


async def test_staff_who_are_not_administrators_are_told_whose_the_rules_of_topics_are(talk: Talk) -> None:
    await _people(talk)
    await talk.say("/topic")
    assert "администратор" in talk.text()
