"""Who did what, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from handlers.audit import folded
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
