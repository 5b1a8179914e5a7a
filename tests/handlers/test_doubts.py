"""Releases that resemble each other are shown to staff, and the first answer counts."""

from __future__ import annotations

from typing import cast

import pytest

from bot.delivery.sender import Sender
from bot.monitoring import Monitor
from feeds.items import Item
from storage.releases import NewRelease
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk


class Poked:
    """Stands for the sender: is only woken."""

    def poke(self) -> None:
        """Does nothing."""


def monitor_of(talk: Talk) -> Monitor:
    deps = talk.deps
    return Monitor(deps.database, cast(Sender, Poked()), deps.staff, deps.subscribers)


async def doubt(talk: Talk) -> tuple[int, int]:
    """A pair that staff are asked about: the original and the doubtful one."""
    await talk.start(who=STAFF_ID)
    original = await talk.publish("Жители выбрали проект", "pser")
    source = await talk.deps.sources.get("example-journal")
    extra = {"perhaps_copy": {"of": original, "share": 0.41}}
    release = NewRelease("twin", "Проект выбран жителями", "ru", "twin", lead="Сход выбрал.", extra=extra)
    (doubtful,) = await talk.deps.releases.store(source.id, [release], talk.clock())
    monitor = monitor_of(talk)
    assert await monitor.ask_staff_about_doubts(talk.clock()) == 1
    assert await monitor.ask_staff_about_doubts(talk.clock()) == 0
    talk.clock.pass_(days=400)
    await talk.delivered()
    return original, doubtful


async def duplicate_of(talk: Talk, release_id: int) -> int | None:
    release = await talk.deps.releases.get(release_id)
    assert release is not None
    return release.duplicate_of


async def test_both_are_shown_and_a_yes_links_them(talk: Talk) -> None:
    original, doubtful = await doubt(talk)
    assert "Жители выбрали проект" in talk.text(STAFF_ID)
    assert "Проект выбран жителями" in talk.text(STAFF_ID)
    await talk.press("Одна и та же", who=STAFF_ID)
    assert await duplicate_of(talk, doubtful) == original
    assert talk.buttons(STAFF_ID) == []
    assert (STAFF_ID, "release.same") in [(a.actor_id, a.action) for a in await talk.deps.staff.recent_acts()]


async def test_a_no_leaves_both_and_asks_no_more(talk: Talk) -> None:
    _, doubtful = await doubt(talk)
    await talk.press("Разные", who=STAFF_ID)
    assert await duplicate_of(talk, doubtful) is None
    assert await talk.deps.releases.settle_copy(doubtful, same=True) is None


@pytest.mark.parametrize("same", [0, 1])
async def test_the_first_answer_counts_and_strangers_have_none(talk: Talk, same: int) -> None:
    _, doubtful = await doubt(talk)
    await talk.start()
    message = talk.last()
    assert message.markup is not None
    message.markup["inline_keyboard"].append([{"text": "forged", "callback_data": f"same:{doubtful}:1"}])
    await talk.press("forged", who=OFFICIAL_ID)
    assert await duplicate_of(talk, doubtful) is None
    await talk.deps.releases.settle_copy(doubtful, same=bool(same))
    await talk.press("Разные", who=STAFF_ID)
    assert talk.notices()[-1]["text"] == "Это уже решено."


async def test_a_doubtful_text_of_staff_is_asked_about_like_any_other(talk: Talk) -> None:
    await talk.start(who=STAFF_ID)
    words = [f"слово{number}" for number in range(200)]
    source = await talk.deps.sources.get("example-journal")
    await talk.deps.hearing.filing.file(
        source, [Item("1", "Жители выбрали проект", body=" ".join(words[:100]))], talk.clock()
    )
    await talk.say("/publish", who=STAFF_ID)
    await talk.say("Проект выбран жителями\n" + " ".join(words[58:158]), who=STAFF_ID)
    await talk.press("Опубликовать", who=STAFF_ID)
    assert await monitor_of(talk).ask_staff_about_doubts(talk.clock()) == 1
    await talk.delivered()
    assert "Это одна и та же новость?" in talk.text(STAFF_ID)


async def test_what_went_to_the_archive_or_is_linked_already_is_not_asked_about(talk: Talk) -> None:
    original = await talk.publish("Жители выбрали проект", "pser")
    source = await talk.deps.sources.get("example-journal")
    doubt = {"perhaps_copy": {"of": original, "share": 0.4}}
    archived = NewRelease("archived", "Тихо", "ru", "archived", extra=doubt, silent=True)
    linked = NewRelease("linked", "Копия", "ru", "linked", extra=doubt, duplicate_of=original)
    await talk.deps.releases.store(source.id, [archived, linked], talk.clock())
    assert await monitor_of(talk).ask_staff_about_doubts(talk.clock()) == 0


async def test_doubts_wait_until_there_is_somebody_to_ask(talk: Talk) -> None:
    original = await talk.publish("Жители выбрали проект", "pser")
    source = await talk.deps.sources.get("example-journal")
    extra = {"perhaps_copy": {"of": original, "share": 0.41}}
    release = NewRelease("twin", "Проект выбран жителями", "ru", "twin", extra=extra)
    await talk.deps.releases.store(source.id, [release], talk.clock())
    assert await monitor_of(talk).ask_staff_about_doubts(talk.clock()) == 0
    await talk.start(who=STAFF_ID)
    assert await monitor_of(talk).ask_staff_about_doubts(talk.clock()) == 1
