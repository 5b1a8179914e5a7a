"""/digest, and the rest of a long digest behind its button."""

from __future__ import annotations

from bot.digests import plan_due
from tests.handlers.talk import OFFICIAL_ID, Talk


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
