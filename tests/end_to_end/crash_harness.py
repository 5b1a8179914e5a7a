"""Kills the program at every commit and every call of the sender, starts it again, and counts who got what.

    python -m tests.end_to_end.crash_harness --points 300 --database sqlite

A *point* is the moment before or after a commit, before a call to Telegram, or after Telegram accepted it and before
the answer is read.  Every point of one run after another is tried until there are enough (with `--sample`, as many
drawn from all of them).  Each is one run that is killed there with SIGKILL and one that goes on after it.  What
Telegram accepted is written to a file by one system call, so that it survives like Telegram's own memory would.

`lost`: somebody has neither got a message nor is reported as unknown.  `duplicates`: messages that somebody got more
than once; they may not exceed the `unknown`: deliveries of which nobody could know whether they arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiogram import Bot

from bot.announcements import AnnouncementDesk
from bot.delivery.sender import Sender
from bot.digests import plan_due
from storage.announcements import Announcements, Content
from storage.audiences import Audience
from storage.cadence import Cadence
from storage.database import Database
from storage.deliveries import Deliveries, Letter, Part, Verdict
from storage.schema import upgrade
from tests.bot.delivery.town import PSER, Town
from tests.end_to_end.crash_places import PostgresqlPlace, SqlitePlace, in_child
from tests.end_to_end.crash_telegram import CLOCK, START, Bomb, FastClock, Ledger

CHATS = 8
OLD, NEW = "Жыйын ишемби күнү", "Жыйын жекшемби күнү"
QUESTION = "Жарыялайлыбы?"
STAFF = 900
MESSAGES_EACH = {"alerts": 2, "digests": 1, "announcement": 2, "approval": 1, "correction": 1}
"""How many calls are owed to each chat, by what is under way."""
SCENARIOS = tuple(MESSAGES_EACH)
MOMENTS = ("before a commit", "after a commit", "before a call", "after acceptance")
NEVER = 1_000_000
GROUPS = (1, 4)
"""How many deliveries are committed together: as at the normal pace, and as above it."""


@dataclass(frozen=True)
class Run:
    """What one killed and resumed run came to."""

    scenario: str
    seed: int
    point: int
    moment: str
    """What it was killed at; empty where it was done before that."""
    lost: int
    duplicates: int
    unknown: int


async def prepare(url: str, scenario: str) -> None:
    """A database in which something is owed to every chat."""
    database = Database(url)
    await upgrade(database)
    town = Town(database)
    await town.found(START)
    chats = range(1, CHATS + 1)
    if scenario in ("alerts", "digests"):
        cadence: Cadence = "instant" if scenario == "alerts" else "daily"
        for chat in chats:
            await town.settle(chat, START - timedelta(days=1), PSER, cadence=cadence)
        for _ in range(2):
            await town.publish(START, "pser")
    else:
        await town.people(chats, START)
        texts = (OLD,) if scenario == "correction" else ("Первая часть", "Вторая часть")
        await AnnouncementDesk(database).compose(STAFF, {"ru": said(*texts)}, Audience(), START)
        if scenario == "correction":
            await send_all(database)
    await database.close()


async def send_all(database: Database) -> None:
    """Everybody has got the announcement."""
    deliveries, desk = Deliveries(database), AnnouncementDesk(database)
    (announcement,) = await desk.recent()
    await desk.send(announcement.id, STAFF, START)
    claims = await deliveries.claim(START, CHATS)
    sent = [Verdict(claim.id, "sent", telegram_message_ids=(claim.chat_id,)) for claim in claims]
    await deliveries.record(sent, START)
    await desk.advance(START)


def said(*texts: str) -> tuple[Part, ...]:
    return tuple(Part("sendMessage", {"text": text}) for text in texts)


async def work(url: str, ledger: Path, scenario: str, seed: int, bomb: Bomb) -> None:
    """What the program does from its start until nothing more is owed."""
    database = Database(url)
    bomb.watch(database)
    session = Ledger(ledger, bomb, random.Random(seed))
    sender = Sender(
        database,
        Bot("42:test", session=session),
        CLOCK,
        per_second=0,
        chat_per_second=1_000,
    )
    sender._group = GROUPS[seed % 2]
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    await owe(database, scenario)
    sender.poke()
    while not await is_done(database, scenario):
        await asyncio.sleep(0.01)
    stop.set()
    await running
    await session.close()
    await database.close()


async def owe(database: Database, scenario: str) -> None:
    """Plans alerts or digests, or does what staff do with an announcement, unless a run before did."""
    now = CLOCK.now()
    if scenario in ("alerts", "digests"):
        await plan_due(database, now)
        return
    desk = AnnouncementDesk(database)
    (announcement,) = await desk.recent()
    if scenario == "correction" and announcement.content["ru"][0].params["text"] == OLD:
        new: Content = {"ru": said(NEW)}
        await desk.acts.correct(announcement.id, STAFF, now, new)
    if announcement.state == "draft" and scenario == "announcement":
        await desk.send(announcement.id, STAFF, now)
    if announcement.state == "draft" and scenario == "approval":
        letter = Letter("notice", "ru", said(QUESTION), tuple(range(1, CHATS + 1)))
        await desk.submit(announcement.id, STAFF, now, None, [letter])


async def is_done(database: Database, scenario: str) -> bool:
    """Whether nothing more is owed or on its way."""
    if scenario in ("announcement", "correction"):
        await AnnouncementDesk(database).advance(CLOCK.now())
        (announcement,) = await Announcements(database).recent()
        if announcement.state != "done":
            return False
    counts = await Deliveries(database).counts()
    return not counts.get("pending") and not counts.get("sending")


async def judge(url: str, ledger: Path, run: tuple[str, int, int, str]) -> Run:
    """Compares what Telegram accepted with what the database believes."""
    accepted = Counter(ledger.read_text().splitlines()) if ledger.exists() else Counter()
    got = Counter(line.split("\t")[0] for line in accepted)
    database = Database(url)
    town = Town(database)
    rows = await town.deliveries()
    await database.close()
    unknown = [row for row in rows if row.state == "unknown" or row.resends]
    excused = Counter(str(row.chat_id) for row in rows if row.state == "unknown")
    each = MESSAGES_EACH[run[0]]
    lost = sum(max(each - got[str(chat)], 0) for chat in range(1, CHATS + 1) if not excused[str(chat)])
    unfinished = [row for row in rows if row.state not in ("sent", "unknown")]
    duplicates = sum(times - 1 for times in accepted.values())
    return Run(*run, lost=lost + len(unfinished), duplicates=duplicates, unknown=len(unknown))


def one_point(
    place: SqlitePlace | PostgresqlPlace, folder: Path, scenario: str, seed: int, point: int
) -> Run | int:
    """Kills a run at a point and lets another go on; the number of points seen where it ended before that."""
    url, ledger = place.copy(scenario), folder / f"{uuid4().hex}.ledger"
    last_word = ledger.with_suffix(".moment")
    FastClock.begun = time.time()

    async def attempt(at: int, luck: int) -> int:
        bomb = Bomb(at, last_word)
        async with asyncio.timeout(60):
            await work(url, ledger, scenario, luck, bomb)
        return bomb.seen

    try:
        status, seen = in_child(lambda: attempt(point, seed))
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "a run failed instead of being killed"
            if point == NEVER:
                return int(seen)
            moment = ""
        else:
            moment = last_word.read_text()
            status, _ = in_child(lambda: attempt(NEVER, seed + 1_000))
            assert status == 0, "the run after a kill failed"
        _, judged = in_child(lambda: _as_json(judge(url, ledger, (scenario, seed, point, moment))))
        return Run(**judged)
    finally:
        place.drop(url)
        ledger.unlink(missing_ok=True)
        last_word.unlink(missing_ok=True)


async def _as_json(judging: Coroutine[Any, Any, Run]) -> dict[str, Any]:
    return asdict(await judging)


def points_of(
    place: SqlitePlace | PostgresqlPlace, folder: Path, wanted: int, *, sample: bool
) -> list[tuple[str, int, int]]:
    """Every point of run after run, the scenarios in turn, until there are enough; or that many of them."""
    points: list[tuple[str, int, int]] = []
    seed = 0
    while len(points) < wanted:
        for scenario in SCENARIOS:
            seen = one_point(place, folder, scenario, seed, NEVER)
            assert isinstance(seen, int)
            points += [(scenario, seed, point) for point in range(1, seen + 1)]
        seed += 1
    return sorted(random.Random(7).sample(points, wanted)) if sample else points


def main() -> int:
    """Prints a JSON object with the totals; exit code 1 where something was lost or doubled without excuse."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=300)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--sample", action="store_true")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="jarchy-crash-"))
    try:
        place = (SqlitePlace if chosen.database == "sqlite" else PostgresqlPlace)(folder, prepare)
        for scenario in SCENARIOS:
            place.prepare(scenario)
        points = points_of(place, folder, chosen.points, sample=chosen.sample)
        runs = [one_point(place, folder, *point) for point in points]
        return report(chosen.database, [run for run in runs if isinstance(run, Run)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def report(database: str, runs: list[Run]) -> int:
    """Totals by scenario, and every run that broke a promise."""
    broken = [run for run in runs if run.lost or run.duplicates > run.unknown]
    for scenario in SCENARIOS:
        of = [run for run in runs if run.scenario == scenario and run.moment]
        totals = {
            "database": database,
            "scenario": scenario,
            "points": len(of),
            "moments": {moment: sum(run.moment == moment for run in of) for moment in MOMENTS},
            "lost": sum(run.lost for run in of),
            "duplicates": sum(run.duplicates for run in of),
            "unknown": sum(run.unknown for run in of),
        }
        print(json.dumps(totals))
    for run in broken:
        print(json.dumps({"broken": asdict(run)}), file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
