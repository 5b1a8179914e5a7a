"""/digest, and the rest of a long digest behind its button."""

from __future__ import annotations

from typing import Any

import pytest

from bot.digests import plan_due
from storage.subscribers import Subscription, What
from tests.handlers.talk import CITIZEN_ID, OFFICIAL_ID, Talk, buttons


async def _place(talk: Talk, kind: str) -> int:
    """A group or channel that the bot tells of ПСЭР once a day."""
    place = talk.people.create_group(OFFICIAL_ID, "Айыл өкмөтү", [CITIZEN_ID], kind)  # type: ignore[arg-type]
    talk.people.add_bot(OFFICIAL_ID, place.id)
    await talk.answered()
    await talk.deps.subscribers.subscribe(place.id, What("pser"), talk.clock())
    return place.id


async def _subscription(talk: Talk, chat: int) -> Subscription:
    (held,) = await talk.deps.subscribers.subscriptions(chat)
    return held


async def _long_digest(talk: Talk, releases: int = 12) -> None:
    for number in range(releases):
        await talk.publish(f"Новость {number:02}", "pser", 0)
    talk.clock.pass_(days=1)
    await plan_due(talk.deps.database, talk.clock())
    await talk.delivered()


async def test_the_rest_of_a_digest_is_shown_to_who_has_stopped(talk: Talk) -> None:
    await talk.start("topic-pser")
    await _long_digest(talk)
    await talk.deps.subscribers.stop(OFFICIAL_ID, talk.clock())
    await talk.press("Показать ещё 4")
    assert all(f"Новость {number:02}" in talk.text() for number in range(4))
    assert talk.text().startswith("ПСЭР")


@pytest.mark.parametrize("kind", ["supergroup", "channel"])
async def test_the_rest_of_a_digest_in_a_group_or_channel_is_shown_in_private_to_who_asks(
    talk: Talk, kind: str
) -> None:
    place = await _place(talk, kind)
    await talk.start(who=CITIZEN_ID)
    await _long_digest(talk, releases=20)
    said = len(talk.messages(place))
    await talk.press("Показать ещё 12", who=CITIZEN_ID, chat=place)
    link = talk.notices()[-1]["url"]
    assert len(talk.messages(place)) == said
    assert buttons(talk.last(place)) == ["Показать ещё 12"]

    await talk.start(link.partition("?start=")[2], who=CITIZEN_ID)
    assert talk.text(CITIZEN_ID).count("Новость") == 10
    await talk.press("Дагы 2 көрсөтүү", who=CITIZEN_ID)
    assert talk.text(CITIZEN_ID).count("Новость") == 2


@pytest.mark.parametrize("argument", ["more-1-99", "more-4096-0"])
async def test_a_link_to_the_rest_of_nothing_says_so(talk: Talk, argument: str) -> None:
    await talk.start(argument)
    assert talk.text() == "Это всё."


async def test_a_member_who_asks_in_a_group_is_shown_the_week_and_the_group_is_still_told(talk: Talk) -> None:
    group = await _place(talk, "supergroup")
    await talk.publish("Новость", "pser", 0.1)
    before = await _subscription(talk, group)
    await talk.say("/digest", who=CITIZEN_ID, chat=group)
    await talk.delivered()
    assert "по темам этой группы" in _texts(talk, group)[-2]
    assert "Новость" in talk.text(group)
    assert await _subscription(talk, group) == before

    await talk.say("/digest", chat=group)
    await talk.delivered()
    assert "Новость" in talk.text(group)
    assert (await _subscription(talk, group)).delivered_up_to > before.delivered_up_to


def _texts(talk: Talk, chat: int) -> list[Any]:
    return [message.content.get("text", "") for message in talk.messages(chat)]
