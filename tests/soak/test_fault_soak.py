"""Thousands of chats and a bad day: floods, cut connections, proxies' error pages, blocked people, moved groups.

An announcement and an alert go to everybody over HTTP to the sandbox.  Afterwards every chat is in a true state: what
the database says of it is what the sandbox, counting for itself, has seen.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from bot.announcements import AnnouncementDesk
from bot.delivery.sender import Sender
from bot.sandbox.faults import Fault, Kind
from bot.sandbox.limits import FloodLimits
from bot.sandbox.model import utc_now
from bot.sandbox.server import Sandbox
from bot.telegram import make_bot
from storage.announcements import Announcements
from storage.audiences import Audience
from storage.database import Database
from storage.deliveries import Deliveries, Lane, Part
from storage.models import ChatRow, DeliveryRow
from tests.bot.delivery.town import Town

SOME_STAFF = 900
HOST = 800_000_000
FIRST_PERSON = 900_000_000
ANNOUNCED, ALERTED = "Жыйын шейшемби күнү", "Жаңы долбоор башталды"
LOST_ANSWERS: tuple[tuple[Kind, float], ...] = (("cut_before", 0.01), ("cut_after", 0.01), ("html", 0.01))
"""Faults after which nobody knows whether the message arrived, each with its share of calls."""


@dataclass
class Bad:
    """Who is who on the bad day."""

    people: list[int] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    groups: list[int] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    """Groups that became supergroups without the bot having heard of it: old id to new."""

    @property
    def everybody(self) -> list[int]:
        """Every chat, moved ones by their old id."""
        return self.people + self.groups


def populate(sandbox: Sandbox, count: int, chance: random.Random) -> Bad:
    """Nine people to a group; three in a hundred people have blocked the bot, one in a hundred groups has moved."""
    bad = Bad()
    sandbox.people.create(1, first_id=HOST)
    bad.people = sandbox.people.create(count * 9 // 10, first_id=FIRST_PERSON)
    for number in range(count - len(bad.people)):
        group = sandbox.people.create_group(HOST, f"Кеңеш {number}", kind="group")
        sandbox.people.add_bot(HOST, group.id)
        bad.groups.append(group.id)
    bad.blocked = set(chance.sample(bad.people, max(len(bad.people) * 3 // 100, 1)))
    for person in bad.blocked:
        sandbox.people.block(person)
    for group_id in chance.sample(bad.groups, max(len(bad.groups) // 100, 2)):
        bad.moved[group_id] = sandbox.people.migrate(HOST, group_id).id
    return bad


def order_faults(sandbox: Sandbox, calls: int, chance: random.Random) -> Counter[str]:
    """Lost answers all along and a storm of 429 now and then; returns how many of each were ordered."""
    ordered: Counter[str] = Counter()
    for kind, share in LOST_ANSWERS:
        for _ in range(max(int(calls * share), 2)):
            sandbox.faults.order(Fault(kind, "sendMessage", skip=chance.randrange(calls * 9 // 10)))
            ordered[kind] += 1
    for _ in range(4):
        storm = max(calls // 400, 3)
        skip = chance.randrange(calls * 9 // 10)
        sandbox.faults.order(Fault("flood", "sendMessage", skip=skip, count=storm, retry_after=1))
        ordered["flood"] += storm
    return ordered


async def enrol(database: Database, bad: Bad) -> None:
    """The chats as the bot knows them, before it learns who is gone."""
    now = datetime.now(UTC)
    common = {
        "language": "ky",
        "timezone": "Asia/Bishkek",
        "state": "active",
        "state_at": now,
        "created_at": now,
    }
    rows = [{"id": id_, "kind": "private", **common} for id_ in bad.people]
    rows += [{"id": id_, "kind": "group", **common} for id_ in bad.groups]
    async with database.write() as session:
        await session.execute(insert(ChatRow), rows)


@asynccontextmanager
async def sender_of(database: Database, sandbox: Sandbox) -> AsyncIterator[Sender]:
    """A sender at full speed over HTTP."""
    bot = make_bot(sandbox.token, sandbox.api_url)
    sender = Sender(database, bot, per_second=0, chat_per_second=1_000, group_per_minute=60_000)
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    try:
        yield sender
    finally:
        stop.set()
        await running
        await bot.session.close()


async def announce(database: Database, sender: Sender) -> None:
    """Tells everybody by an announcement, and goes on where it pauses because of the many failures."""
    desk = AnnouncementDesk(database)
    parts = (Part("sendMessage", {"text": ANNOUNCED}),)
    announcement = await desk.compose(SOME_STAFF, {"ky": parts}, Audience(), datetime.now(UTC))
    await desk.send(announcement.id, SOME_STAFF, datetime.now(UTC))
    while True:
        sender.poke()
        await desk.advance(datetime.now(UTC))
        (current,) = await Announcements(database).recent()
        if current.state == "done":
            return
        if current.state == "paused":
            await desk.resume(announcement.id, SOME_STAFF, datetime.now(UTC))
        await asyncio.sleep(0.05)


async def alert(database: Database, sender: Sender, bad: Bad) -> None:
    """Tells everybody who is still there by an alert."""
    deliveries = Deliveries(database)
    part = Part("sendMessage", {"text": ALERTED})
    async with database.read() as session:
        chats = (await session.scalars(select(ChatRow.id))).all()
    for start in range(0, len(chats), 5_000):
        some = chats[start : start + 5_000]
        await deliveries.send("alert", "ky", [part], some, Lane.ALERTS, datetime.now(UTC))
    sender.poke()
    while (counts := await deliveries.counts()).get("pending") or counts.get("sending"):
        await asyncio.sleep(0.05)


def seen_by(sandbox: Sandbox, chat_id: int, text: str) -> list[int]:
    """The numbers of the bot's messages with a text that stand in a chat."""
    standing = sandbox.model.chats[chat_id].standing()
    return [message.id for message in standing if message.body == text]


def untruths(rows: list[DeliveryRow], sandbox: Sandbox, bad: Bad, text: str, *, again: bool) -> list[str]:
    """Everything that the database says of the deliveries of a text and that the sandbox has seen otherwise."""
    wrong = []
    for row in rows:
        seen = seen_by(sandbox, row.chat_id, text)
        most = 1 + row.resends if again else 1
        true = {
            "sent": 1 <= len(seen) <= most and row.telegram_message_ids == seen[-1:],
            "unknown": len(seen) <= most and row.telegram_message_ids == [],
            "blocked": not seen and row.chat_id in bad.blocked,
        }
        if not true.get(row.state, False):
            wrong.append(f"{row.chat_id}: {row.state}, sent {row.resends} again, seen {seen}: {row.error}")
    return wrong


async def soak(database: Database, count: int, seed: int) -> dict[str, int]:
    """One bad day; raises AssertionError where anything is untrue, returns what happened."""
    chance = random.Random(seed)
    sandbox = Sandbox(limits=FloodLimits(utc_now, enabled=False))
    bad = populate(sandbox, count, chance)
    await enrol(database, bad)
    ordered = order_faults(sandbox, 2 * count, chance)
    await sandbox.start()
    try:
        async with sender_of(database, sandbox) as sender:
            await announce(database, sender)
            await alert(database, sender, bad)
    finally:
        await sandbox.stop()
    assert not sandbox.faults.standing(), "some faults never came"
    assert sandbox.faults.met == ordered.total()

    town = Town(database)
    texts = {message.id: message.parts[0]["params"]["text"] for message in await town.messages()}
    rows = await town.deliveries()
    announced = [row for row in rows if texts[row.message_id] == ANNOUNCED]
    alerted = [row for row in rows if texts[row.message_id] == ALERTED]
    assert untruths(announced, sandbox, bad, ANNOUNCED, again=False) == []
    assert untruths(alerted, sandbox, bad, ALERTED, again=True) == []

    now_in = [bad.moved.get(id_, id_) for id_ in bad.everybody]
    assert sorted(row.chat_id for row in announced) == sorted(now_in)
    found_blocked = {row.chat_id for row in announced if row.state == "blocked"}
    assert sorted(row.chat_id for row in alerted) == sorted(set(now_in) - found_blocked)
    found_blocked |= {row.chat_id for row in alerted if row.state == "blocked"}
    async with database.read() as session:
        states = dict((await session.execute(select(ChatRow.id, ChatRow.state))).all())
    assert {id_ for id_, state in states.items() if state == "blocked"} == found_blocked
    assert {id_ for id_, state in states.items() if state == "active"} == set(now_in) - found_blocked
    in_doubt = {row.chat_id for row in alerted if row.state == "unknown"}
    assert bad.blocked - in_doubt <= found_blocked

    outcomes = Counter(row.state for row in rows)
    accepted = sum(len(seen_by(sandbox, id_, text)) for id_ in now_in for text in (ANNOUNCED, ALERTED))
    lost_answers = sum(ordered[kind] for kind, _ in LOST_ANSWERS)
    not_sure = outcomes["unknown"] + sum(row.resends for row in rows)
    assert 0 <= accepted - outcomes["sent"] <= ordered["cut_after"]
    assert not_sure <= lost_answers, "something was doubted that no fault had touched"
    return {
        "chats": count,
        **{name: outcomes[name] for name in ("sent", "blocked", "unknown", "failed")},
        "moved": len(bad.moved),
        "accepted": accepted,
        "sent_again": sum(row.resends for row in rows),
        "floods": ordered["flood"],
        "lost_answers": lost_answers,
    }


async def test_on_a_bad_day_every_chat_ends_in_a_true_state(sqlite_database: Database) -> None:
    happened = await soak(sqlite_database, 300, seed=1)

    assert happened["sent"] > 500
    assert happened["blocked"] == 8
    assert happened["unknown"] > 0


@pytest.mark.soak
@pytest.mark.timeout(1_800)
async def test_a_very_bad_day_for_ten_thousand(database: Database) -> None:
    happened = await soak(database, 10_000, seed=2)

    print(json.dumps({"soak": "sqlite" if database.is_sqlite else "postgresql", **happened}))
    assert happened["sent"] > 19_000
