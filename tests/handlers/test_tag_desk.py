"""Staff decide what doubtful releases are about, with the reasons before them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.messages.callbacks import OffTopic
from storage.releases import NewRelease, ReleaseTags
from storage.subscribers import What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, STAFF_ID, Talk


async def _staff(talk: Talk) -> None:
    for who in (STAFF_ID, CITIZEN_ID):
        await talk.start(who=who)
        await talk.press("Русский", who=who)


async def _release(talk: Talk, title: str, *topics: str, **extra: Any) -> int:
    source = await talk.deps.sources.get("example-journal")
    release = NewRelease(
        identity=title,
        title=title,
        language="ru",
        content_hash=title,
        lead="Короткое начало новости.",
        published_at=talk.clock() - timedelta(hours=1),
        tags=ReleaseTags(topics),
        extra=extra,
    )
    return (await talk.deps.releases.store(source.id, [release], talk.clock()))[0]


async def test_an_empty_queue_says_so(talk: Talk) -> None:
    await _staff(talk)
    await talk.say("/queue", who=STAFF_ID)
    assert "Нет релизов" in talk.text(STAFF_ID)


async def test_the_queue_is_for_staff(talk: Talk) -> None:
    await _staff(talk)
    await _release(talk, "Сход жителей", uncertain=["pser"])
    await talk.say("/queue", who=CITIZEN_ID)
    assert "Сход жителей" not in talk.text(CITIZEN_ID)


async def test_an_uncertain_release_is_decided_with_one_tap_and_told(talk: Talk) -> None:
    await _staff(talk)
    await talk.deps.subscribers.subscribe(CITIZEN_ID, What("pser"), talk.clock(), "instant")
    why = [{"tag": "pser", "words": ["развитие", "айыл"]}]
    number = await _release(talk, "Развитие айыла обсудили", uncertain=["pser"], why=why)
    await talk.say("/queue", who=STAFF_ID)
    text = talk.text(STAFF_ID)
    assert "Ждёт решения 1 релиз" in text
    assert "Не уверен, о чём это" in text
    assert "ПСЭР, потому что: “развитие … айыл”" in text
    await talk.press("ПСЭР", who=STAFF_ID)
    assert "✓ ПСЭР" in talk.buttons(STAFF_ID)
    release = await talk.deps.releases.get(number)
    assert release is not None
    assert release.tags.topics == ("pser",)
    await talk.press("Всё верно", who=STAFF_ID)
    assert "Нет релизов" in talk.text(STAFF_ID)
    await talk.say("/audit", who=STAFF_ID)
    assert "темы исправлены" in talk.text(STAFF_ID)


async def test_what_is_right_as_it_is_gives_way_to_the_next(talk: Talk) -> None:
    await _staff(talk)
    await _release(talk, "Первый сход", uncertain=["pser"])
    await _release(talk, "Второй сход", uncertain=["pser"])
    await talk.say("/queue", who=STAFF_ID)
    assert "Второй сход" in talk.text(STAFF_ID)
    await talk.press("Всё верно", who=STAFF_ID)
    assert "Первый сход" in talk.text(STAFF_ID)


async def test_a_readers_off_topic_reaches_staff_with_the_reason(talk: Talk) -> None:
    await _staff(talk)
    why = [{"tag": "pser", "words": ["ПСЭР"]}]
    number = await _release(talk, "Матч команды ПСЭР", "pser", why=why)
    await talk.say("/help", who=CITIZEN_ID)
    message = talk.last(CITIZEN_ID)
    message.markup = {"inline_keyboard": [[{"text": "x", "callback_data": OffTopic(release=number).pack()}]]}
    await talk.press("x", who=CITIZEN_ID)
    await talk.delivered()
    assert "1 читатель считает, что это не по теме" in talk.text(STAFF_ID)
    assert "потому что: “ПСЭР”" in talk.text(STAFF_ID)
    await talk.press("✓ ПСЭР", who=STAFF_ID)
    release = await talk.deps.releases.get(number)
    assert release is not None
    assert release.tags.topics == ()


async def test_one_reader_counts_once_and_staff_are_not_told_of_each(talk: Talk) -> None:
    await _staff(talk)
    number = await _release(talk, "Матч команды ПСЭР", "pser")
    await talk.start(who=OFFICIAL_ID)
    await talk.press("Русский", who=OFFICIAL_ID)
    for who in (CITIZEN_ID, CITIZEN_ID, OFFICIAL_ID):
        await talk.say("/help", who=who)
        message = talk.last(who)
        message.markup = {
            "inline_keyboard": [[{"text": "x", "callback_data": OffTopic(release=number).pack()}]]
        }
        await talk.press("x", who=who)
    await talk.delivered()
    told = [one for one in talk.messages(STAFF_ID) if "не по теме" in str(one.content.get("text"))]
    assert len(told) == 1
    assert (await talk.deps.releases.look(number)).doubted == {"pser": 2}
