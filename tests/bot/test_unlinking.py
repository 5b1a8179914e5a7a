"""Releases that were wrongly taken for one in two languages: who was not told one of them is told it, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.digests import plan_due
from storage.database import Database
from storage.languages import Reads
from storage.releases import Releases
from tests.bot.delivery.town import PSER, WOMEN, Town, founded

DAY = timedelta(days=1)
STAFF = 900


@pytest.fixture
async def town(database: Database, now: datetime) -> Town:
    return await founded(database, now)


@pytest.fixture
def releases(town: Town) -> Releases:
    return Releases(town.database)


async def _readers(town: Town, now: datetime, **reads: Reads) -> None:
    for number, wish in enumerate(reads.values(), 1):
        await town.settle(number, now, PSER, cadence="daily")
        await town.subscribers.choose_reads(number, wish)


async def _linked(town: Town, now: datetime, *languages: str) -> list[int]:
    first = await town.publish(now, "pser", language=languages[0])
    later = [
        await town.publish(now, "pser", language=language, translation_of=first) for language in languages[1:]
    ]
    return [first, *later]


async def test_whoever_was_not_told_one_of_them_is_told_it_once(
    town: Town, releases: Releases, now: datetime
) -> None:
    await _readers(town, now, a="ru-ky", b="ky-ru", c="all", d="ru")
    await town.settle(5, now, WOMEN, cadence="daily")
    russian, kyrgyz = await _linked(town, now, "ru", "ky")
    between = await town.publish(now, "pser")
    await plan_due(town.database, now + DAY)
    assert await town.told() == {
        1: [russian, between],
        2: [kyrgyz, between],
        3: [russian, kyrgyz, between],
        4: [russian, between],
    }

    assert await releases.unlink(kyrgyz, STAFF, now + DAY) is not None
    for days in (2, 3):
        await plan_due(town.database, now + days * DAY)

    both = [russian, kyrgyz, between]
    assert await town.told() == {1: both, 2: both, 3: both, 4: [russian, between]}


@pytest.mark.parametrize("apart", [0, 1, 2])
async def test_of_three_those_that_stay_are_told_as_one_still(
    town: Town, releases: Releases, now: datetime, apart: int
) -> None:
    await _readers(town, now, a="ru-ky")
    three = await _linked(town, now, "ru", "ky", "en")
    await plan_due(town.database, now + DAY)
    told = await town.told()
    assert told == {1: [three[0]]}

    await releases.unlink(three[apart], STAFF, now + DAY)
    await plan_due(town.database, now + 2 * DAY)

    stay = [number for number in three if number != three[apart]]
    assert [one.id for one in await releases.told_as_one_with(stay[0])] == [stay[1]]
    expected = sorted({three[0], three[apart] if apart else stay[0]})
    assert await town.told() == {1: expected}


async def test_taken_back_in_time_nobody_is_told(town: Town, releases: Releases, now: datetime) -> None:
    await _readers(town, now, a="ru-ky")
    russian, kyrgyz = await _linked(town, now, "ru", "ky")
    await plan_due(town.database, now + DAY)
    act = await releases.unlink(russian, STAFF, now + DAY)
    assert act is not None
    assert await releases.relink(act, STAFF, now + DAY) == russian
    await plan_due(town.database, now + 2 * DAY)

    assert await town.told() == {1: [russian]}
    assert [one.id for one in await releases.told_as_one_with(russian)] == [kyrgyz]
    assert await releases.relink(act, STAFF, now + DAY) is None


async def test_what_was_changed_since_is_not_taken_back(
    town: Town, releases: Releases, now: datetime
) -> None:
    russian, kyrgyz, english = await _linked(town, now, "ru", "ky", "en")
    first = await releases.unlink(english, STAFF, now)
    await releases.unlink(kyrgyz, STAFF, now)
    assert first is not None
    assert await releases.relink(first, STAFF, now) is None
    assert await releases.told_as_one_with(russian) == ()
    assert await releases.unlink(russian, STAFF, now) is None


async def test_what_is_old_is_told_to_nobody(town: Town, releases: Releases, now: datetime) -> None:
    await _readers(town, now, a="ru-ky")
    russian, kyrgyz = await _linked(town, now, "ru", "ky")
    await plan_due(town.database, now + DAY)
    await releases.unlink(kyrgyz, STAFF, now + 8 * DAY)
    await plan_due(town.database, now + 9 * DAY)

    assert await town.told() == {1: [russian]}
