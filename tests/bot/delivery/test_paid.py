"""More than the free pace, against payment: only where the operator wants it, and never where Telegram says no."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import TelegramMethod

from bot.doctor import examine
from bot.settings import Settings
from storage.database import Database
from storage.deliveries import Lane, Part
from tests.bot.delivery.telegram import FakeClock
from tests.bot.delivery.test_sender import CALL, Post
from tests.bot.delivery.town import founded


@pytest.fixture
async def post(database: Database, now: datetime) -> Post:
    town = await founded(database, now)
    await town.people(range(1, 61), now)
    return Post(town, FakeClock(now))


def marks(post: Post) -> list[Any]:
    """Of each call that was accepted, whether it may be charged for."""
    return [getattr(call, "allow_paid_broadcast", None) for call in post.telegram.accepted]


async def test_bulk_above_the_free_pace_is_marked_as_paid_and_faster(post: Post) -> None:
    await post.put("Объявление", to=range(1, 61), lane=Lane.ANNOUNCEMENTS)

    await post.run(per_second=200, paid=True)

    assert marks(post) == [True] * 60
    assert post.telegram.times[-1] - post.telegram.times[0] < 0.5


async def test_answers_and_the_free_pace_cost_nothing(post: Post) -> None:
    await post.put("Ответ", to=[1], lane=Lane.REPLIES)
    await post.run(per_second=200, paid=True)
    await post.put("Объявление", to=[2], lane=Lane.ANNOUNCEMENTS)
    await post.run(per_second=30, paid=True)
    await post.put("Объявление", to=[3], lane=Lane.ANNOUNCEMENTS)
    await post.run(per_second=200)

    assert marks(post) == [None, None, None]


async def test_an_edit_has_no_mark(post: Post) -> None:
    part = Part("editMessageText", {"text": "Исправлено", "message_id": 5})
    await post.deliveries.send("notice", "ru", [part], [1], Lane.ANNOUNCEMENTS, post.clock.now())

    await post.run(per_second=200, paid=True)

    assert await post.states() == ["sent"]


async def test_where_telegram_takes_no_payment_everybody_gets_it_at_the_free_pace(post: Post) -> None:
    await post.put("Объявление", to=range(1, 61), lane=Lane.ANNOUNCEMENTS)
    refused = TelegramBadRequest(method=CALL, message="Bad Request: not enough Stars on the balance")

    def answer(method: TelegramMethod[Any]) -> Exception | None:
        return refused if getattr(method, "allow_paid_broadcast", False) else None

    post.telegram.answer = answer
    await post.run(per_second=200, paid=True)

    assert set(await post.states()) == {"sent"}
    assert marks(post) == [None] * 60
    assert {row.attempts for row in await post.town.deliveries()} == {1}
    times = post.telegram.times
    assert all(later - earlier >= 1 - 1e-6 for earlier, later in zip(times, times[30:], strict=False))


async def test_what_was_claimed_when_silence_is_asked_for_goes_back_unsent(post: Post) -> None:
    await post.put("Объявление", to=range(1, 31), lane=Lane.ANNOUNCEMENTS)
    flooded = iter([TelegramRetryAfter(method=CALL, message="Too Many Requests", retry_after=40)])
    calls: list[float] = []

    def answer(_method: TelegramMethod[Any]) -> Exception | None:
        calls.append(post.clock.steady())
        return next(flooded, None)

    post.telegram.answer = answer
    await post.run(per_second=60)

    assert set(await post.states()) == {"sent"}
    assert {row.attempts for row in await post.town.deliveries()} == {1}
    assert len([moment for moment in calls if moment < 39]) <= 2


@pytest.mark.parametrize(
    ("settings", "state", "says"),
    [
        ({"sends_per_second": 100}, "warning", "SENDS_PER_SECOND=100 is more"),
        ({"allow_paid_broadcast": True}, "warning", "ALLOW_PAID_BROADCAST does nothing"),
        ({"allow_paid_broadcast": True, "sends_per_second": 1000}, "ok", "1 administrators"),
    ],
)
async def test_the_doctor_sees_a_pace_that_does_not_fit(
    settings: dict[str, Any], state: str, says: str, now: datetime, tmp_path: Any
) -> None:
    chosen = Settings(
        _env_file=None,
        bot_token="123456:" + "a" * 35,
        admin_ids=(1,),
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'none' / 'jarchy.db'}",
        **settings,
    )
    found = await anext(aiter(examine(chosen, now)))
    assert (found.check, found.state) == ("settings", state)
    assert says in found.detail
