"""The process is killed in the middle of an announcement: everybody is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.ready import make_ready
from bot.sandbox.people import STAFF_ID
from storage.database import Database
from storage.models import DeliveryRow
from storage.subscribers import Subscribers
from tests.end_to_end.program import Bot, Town, bot_process, on_sandbox, sandbox_process, until

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(240)]

CHATS = 500
TEXT = "Завтра собрание айыл окмоту."


async def acquainted(url: str, people: list[int]) -> None:
    """The bot has met these people before."""
    database, now = Database(url), datetime.now(UTC)
    await make_ready(database, now, hear_partners=False)
    for person in people:
        await Subscribers(database).greet(person, "private", "ru", now)
    await database.close()


async def announce(town: Town) -> None:
    await town.order("start", person=STAFF_ID)
    await town.press_when_there(STAFF_ID, "Русский")
    await town.press_when_there(STAFF_ID, "ПСЭР")
    await town.say(STAFF_ID, "/announce")
    await town.wait_for(STAFF_ID, "Пришлите объявление")
    await town.say(STAFF_ID, TEXT)
    await town.press_when_there(STAFF_ID, "Все ·")
    await town.press_when_there(STAFF_ID, "Отправить 50")


async def received(town: Town) -> dict[int, int]:
    counts = (await town.get("control/counts", text=TEXT))["counts"]
    return {int(chat): count for chat, count in counts.items()}


async def states(url: str) -> dict[str, int]:
    database = Database(url)
    async with database.read() as session:
        rows = await session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        found = {state: count for state, count in rows}  # noqa: C416  (rows are not pairs to a type checker)
    await database.close()
    return found


async def kill_after(bot: Bot, town: Town, people: list[int], reached: int) -> None:
    async def far_enough() -> bool:
        counts = await received(town)
        return sum(counts[person] for person in people) >= reached

    await until(far_enough, 60, f"{reached} of the messages")
    await bot.kill()


async def test_everybody_has_it_or_is_reported_unknown(tmp_path: Path) -> None:
    async with sandbox_process("--no-limits") as town:
        people = (await town.order("create_people", count=CHATS))["people"]
        settings = on_sandbox(town, tmp_path) | {"SENDS_PER_SECOND": "150"}
        await acquainted(settings["DATABASE_URL"], people)
        async with bot_process(tmp_path, **settings) as bot:
            await bot.start()
            await announce(town)
            await town.order("fault", kind="cut_after", method="sendMessage", count=3)
            for reached in (100, 300):
                await kill_after(bot, town, people, reached)
                await bot.start()

            async def decided() -> bool:
                found = await states(settings["DATABASE_URL"])
                return not found.get("pending") and not found.get("sending")

            await until(decided, 60, "every delivery decided")
            counts, outcome = await received(town), await states(settings["DATABASE_URL"])
            await town.wait_for(STAFF_ID, "Доставлено", 30)
    unknown = outcome.get("unknown", 0)
    missing = [person for person in people if counts[person] == 0]
    duplicates = sum(max(counts[person] - 1, 0) for person in people)
    assert counts[people[0]] <= 2
    assert len(missing) <= unknown, outcome
    assert duplicates <= unknown, outcome
    assert outcome["sent"] + unknown >= CHATS, outcome
    assert unknown < CHATS / 5, outcome
