"""Staff hear once of a source that is silent for longer than it ever was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import select

from bot.delivery.sender import Sender
from bot.monitoring import Monitor
from storage.database import Database
from storage.languages import Names
from storage.models import MessageRow
from storage.releases import NewRelease, Releases
from storage.sources import SourceDefinition, Sources
from storage.staff import Staff
from storage.subscribers import Subscribers

DAY = timedelta(days=1)
STAFF = 7


class Poked:
    """Stands for the sender: is only woken."""

    def poke(self) -> None:
        """Does nothing."""


async def monitor_of(database: Database, now: datetime) -> Monitor:
    subscribers = Subscribers(database)
    await subscribers.greet(STAFF, "private", "ru", now)
    return Monitor(database, cast(Sender, Poked()), Staff(database, [STAFF]), subscribers)


async def publish(database: Database, days: Sequence[datetime], now: datetime) -> None:
    sources = Sources(database)
    definition = SourceDefinition(
        "partner", Names("Партнёр", "Өнөктөш"), "feed", "https://partner.example/feed"
    )
    source = await sources.put(definition, now)
    stored = [NewRelease(str(day), "Т", "ru", str(day), published_at=day) for day in days]
    await Releases(database).store(source.id, stored, now)


async def said(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await session.scalars(select(MessageRow).order_by(MessageRow.id))
        return [cast(Any, row.parts)[0]["params"]["text"] for row in rows]


async def test_a_silence_longer_than_ever_is_told_once(sqlite_database: Database, now: datetime) -> None:
    monitor = await monitor_of(sqlite_database, now)
    await publish(sqlite_database, [now - 2 * step * DAY for step in range(5, 12)], now)
    assert await monitor.tell_staff_of_silence(now - 3 * DAY) == 1
    assert await monitor.tell_staff_of_silence(now) == 0
    (text,) = await said(sqlite_database)
    assert text.startswith("Партнёр\nМолчит 7 дней, раньше не больше 2 дней.")


async def test_a_source_that_speaks_again_may_fall_silent_again(
    sqlite_database: Database, now: datetime
) -> None:
    monitor = await monitor_of(sqlite_database, now)
    await publish(sqlite_database, [now - 2 * step * DAY for step in range(5, 12)], now)
    await monitor.tell_staff_of_silence(now)
    await publish(sqlite_database, [now], now)
    assert await monitor.tell_staff_of_silence(now) == 0
    assert await monitor.tell_staff_of_silence(now + 20 * DAY) == 1
    assert len(await said(sqlite_database)) == 2


async def test_who_always_spoke_so_seldom_is_not_reported(sqlite_database: Database, now: datetime) -> None:
    monitor = await monitor_of(sqlite_database, now)
    await publish(sqlite_database, [now - 30 * step * DAY for step in range(1, 8)], now)
    assert await monitor.tell_staff_of_silence(now) == 0


async def test_a_source_that_is_switched_off_is_silent_by_right(
    sqlite_database: Database, now: datetime
) -> None:
    monitor = await monitor_of(sqlite_database, now)
    await publish(sqlite_database, [now - 2 * step * DAY for step in range(5, 12)], now)
    await Sources(sqlite_database).enable("partner", False)
    assert await monitor.tell_staff_of_silence(now) == 0
