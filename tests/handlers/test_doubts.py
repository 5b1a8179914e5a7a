"""Releases that resemble each other are shown to staff, and the first answer counts."""

from __future__ import annotations

from typing import cast

import pytest

from bot.delivery.sender import Sender
from bot.monitoring import Monitor
from feeds.filing import Filed
from feeds.refresh import Refreshed
from storage.releases import NewRelease
from tests.handlers.talk import OFFICIAL_ID, STAFF_ID, Talk


class Poked:
    """Stands for the sender: is only woken."""

    def poke(self) -> None:
        """Does nothing."""


async def doubt(talk: Talk) -> tuple[int, int]:
    """A pair that staff are asked about: the original and the doubtful one."""
    await talk.start(who=STAFF_ID)
    original = await talk.publish("Жители выбрали проект", "pser")
    source = await talk.deps.sources.get("example-journal")
    extra = {"perhaps_copy": {"of": original, "share": 0.41}}
    release = NewRelease("twin", "Проект выбран жителями", "ru", "twin", lead="Сход выбрал.", extra=extra)
    (doubtful,) = await talk.deps.releases.store(source.id, [release], talk.clock())
    deps = talk.deps
    monitor = Monitor(deps.database, cast(Sender, Poked()), deps.staff, deps.subscribers)
    await monitor.tell_staff_of_doubts([Refreshed(source, Filed(new=(doubtful,), doubtful=(doubtful,)))])
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
