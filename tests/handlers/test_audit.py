"""Who did what, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.audit import folded
from storage.audiences import Audience
from storage.parts import Part
from storage.registry import Change
from storage.staff import AuditEntry
from storage.topic_rules import TopicRules
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


async def _staff(talk: Talk) -> None:
    for who in (OFFICIAL_ID, STAFF_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _change(talk: Talk, *names: str) -> int:
    """An administrator gives terms of the registry one more line of text each, all at once."""
    held = await talk.deps.registry.holdings()
    changes = []
    for kind, slug in [key for key in held if key[0] == "term"][: len(names)]:
        old = held[kind, slug]
        new = {**old, "names": {**old["names"], "ru": names[len(changes)]}}
        changes.append(Change(kind, slug, old, new))
    return await talk.deps.registry.change(changes, talk.clock(), STAFF_ID)


async def test_a_change_of_the_registry_is_taken_back_from_the_audit(talk: Talk) -> None:
    await _staff(talk)
    before = await talk.deps.registry.holdings()
    await _change(talk, "Пробное слово")
    assert await talk.deps.registry.holdings() != before

    await talk.say("/audit", who=STAFF_ID)
    assert "1. " in talk.text(STAFF_ID)
    await talk.press("Вернуть 1", who=STAFF_ID)

    assert await talk.deps.registry.holdings() == before


async def test_what_was_changed_together_is_one_line_and_goes_back_together(talk: Talk) -> None:
    await _staff(talk)
    before = await talk.deps.registry.holdings()
    await _change(talk, "Первое", "Второе", "Третье")

    await talk.say("/audit", who=STAFF_ID)
    assert "3 записи" in talk.text(STAFF_ID)
    assert [label for label in talk.buttons(STAFF_ID) if label.startswith("Вернуть")] == ["Вернуть 1"]
    await talk.press("Вернуть 1", who=STAFF_ID)

    assert await talk.deps.registry.holdings() == before


async def test_the_rules_of_a_topic_go_back_from_the_audit(talk: Talk) -> None:
    await _staff(talk)
    rules = TopicRules(talk.deps.database)
    await rules.save(await rules.draft("план водоснабжения", "pser"), STAFF_ID, talk.clock())
    await talk.say("/audit", who=STAFF_ID)
    await talk.press("Вернуть 1", who=STAFF_ID)
    await talk.say("/audit", who=STAFF_ID)
    assert "прежние правила темы возвращены" in talk.text(STAFF_ID)
    assert not [label for label in talk.buttons(STAFF_ID) if label.startswith("Вернуть")]


async def test_earlier_acts_are_a_page_away(talk: Talk) -> None:
    await _staff(talk)
    for number in range(45):
        talk.clock.pass_(minutes=1)
        await talk.deps.staff.audit(STAFF_ID, "question.close", f"question {number}", talk.clock())
    await talk.say("/audit", who=STAFF_ID)
    assert "№ 44" in talk.text(STAFF_ID)
    assert "№ 24" not in talk.text(STAFF_ID)
    await talk.press("Раньше ›", who=STAFF_ID)
    assert "№ 24" in talk.text(STAFF_ID)
    await talk.press("Раньше ›", who=STAFF_ID)
    assert "№ 0" in talk.text(STAFF_ID)
    assert talk.buttons(STAFF_ID) == ["‹ Позже"]
    await talk.press("‹ Позже", who=STAFF_ID)
    assert "№ 24" in talk.text(STAFF_ID)


async def test_a_person_is_named_in_the_audit(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/audit", who=STAFF_ID)
    name = talk.telegram.users[OFFICIAL_ID].first_name
    assert f"· {name}" in talk.text(STAFF_ID)


async def test_an_appointment_says_which_role_and_where(talk: Talk) -> None:
    await _staff(talk)
    staff, now = talk.deps.staff, talk.clock()
    await staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, now, "naryn")
    await staff.dismiss(OFFICIAL_ID, STAFF_ID, now)
    await staff.invite("editor", STAFF_ID, now, "at-bashy")
    await talk.say("/audit", who=STAFF_ID)
    user = talk.telegram.users[OFFICIAL_ID]
    name = f"{user.first_name} {user.last_name}"
    invited, dismissed, appointed = talk.text(STAFF_ID).splitlines()[1:]
    assert invited.endswith("· приглашение в сотрудники · редактор, Ат-Башинский район")
    assert dismissed.endswith(f"· роль снята · {name} · издатель, Нарынская область")
    assert appointed.endswith(f"· роль дана · {name} · издатель, Нарынская область")


async def test_an_announcement_says_to_whom_how_urgently_and_for_when(talk: Talk) -> None:
    await _staff(talk)
    desk, now = talk.deps.announcements, talk.clock()
    await talk.deps.subscribers.choose_territory(OFFICIAL_ID, "naryn", now)
    content = {"ru": (Part("sendMessage", {"text": "Сель"}),)}
    audience = Audience(territory="naryn")
    later = await desk.compose(STAFF_ID, content, audience, now, urgent=True)  # type: ignore[arg-type]
    await desk.send(later.id, STAFF_ID, now, now + timedelta(hours=3))
    at_once = await desk.compose(STAFF_ID, content, Audience(), now)  # type: ignore[arg-type]
    await desk.send(at_once.id, STAFF_ID, now)
    await talk.delivered()
    await desk.advance(now)
    await desk.acts.withdraw(at_once.id, STAFF_ID, now)
    await talk.say("/audit", who=STAFF_ID)
    said = talk.text(STAFF_ID).splitlines()[1:]
    assert said[0].endswith("· объявление удалено у всех · № 2 · 2 подписчика")
    assert said[1].endswith("· объявление отправлено · № 2 · Все")
    assert said[3].endswith("· объявление отправлено · № 1 · Нарынская область, срочное, на 20 ноября, 13:00")
    assert said[4].endswith("· объявление написано · № 1 · Нарынская область, срочное")


async def test_corrected_topics_and_templates_are_named(talk: Talk) -> None:
    await _staff(talk)
    now = talk.clock()
    await talk.deps.staff.audit(STAFF_ID, "release.topics", "release 5", now, {"topics": ["pser"]})
    await talk.deps.staff.audit(STAFF_ID, "template.drop", "template 6", now, {"name": "Приём"})
    await talk.say("/audit", who=STAFF_ID)
    dropped, corrected = talk.text(STAFF_ID).splitlines()[1:]
    assert dropped.endswith("· № 6 · Приём")
    assert corrected.endswith("· № 5 · ПСЭР")


async def test_the_audit_is_for_administrators(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.staff.appoint(OFFICIAL_ID, "publisher", STAFF_ID, talk.clock())
    await talk.say("/audit")
    assert "администратор" in talk.text()


def test_of_a_topic_only_the_change_that_still_stands_can_be_taken_back() -> None:
    act = AuditEntry(NOW, 1, "topic.rules", "topic pser", {}, 9)
    older = replace(act, id=7)
    undone = replace(act, id=11, details={"reverted": True})
    assert [line.back is not None for line in folded([undone, act, older])] == [False, True, False]
    assert [line.back is not None for line in folded([act], newest=False)] == [False]
