"""Whatever happens in whatever order, each chat, and each topic of a forum, is told each release it asked for exactly
once, and there.

A state machine publishes, translates, subscribes, changes cadences, pauses, takes days off, jumps in time and restarts,
and keeps a model of what each place must have been told in the end.  Of what came in two languages the first chat is
told both, the others one.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.digests import plan_due, tell_now
from storage.cadence import CADENCES, days_off_of, is_off
from storage.database import Database
from storage.languages import Reads
from storage.planning_values import NOTHING_AGAIN_AFTER, Place
from storage.subscribers import Subscribers, What
from tests.bot.delivery.town import TOPICS, Town

T = TypeVar("T")
CHATS = (1, 2, 3)
PLACES: tuple[Place, ...] = ((1, None), (2, None), (3, None), (3, 7))
"""The third chat is a forum: it is told in its general topic and in another."""
WHATS = (
    *(What(topic=topic) for topic in TOPICS),
    What(territory="naryn"),
    What(topic="pser", territory="naryn"),
    What(source="herald"),
)
FAR = timedelta(days=60)
READS: dict[int, Reads] = {1: "all", 2: "ru-ky", 3: "ky-ru"}
BISHKEK = ZoneInfo("Asia/Bishkek")

chats = st.sampled_from(CHATS)
places = st.sampled_from(PLACES)
whats = st.sampled_from(WHATS)
cadences = st.sampled_from(CADENCES)
topics = st.sets(st.sampled_from(sorted(TOPICS)), max_size=2)


@pytest.fixture(scope="module", autouse=True)
def template(sqlite_template: Path) -> None:
    Telling.template = sqlite_template


class Telling(RuleBasedStateMachine):
    """Three chats, one of them a forum, one source, and a model of who must be told what, and where."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="jarchy-telling-"))
        shutil.copy(self.template, self.folder / "jarchy.db")
        self.now = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
        self.subscribed: dict[Place, set[What]] = {place: set() for place in PLACES}
        self.owed: dict[Place, set[int]] = {place: set() for place in PLACES}
        self.untold: dict[Place, dict[int, set[What]]] = {place: {} for place in PLACES}
        self.about: dict[int, tuple[set[str], bool]] = {}
        self.first: dict[int, int] = {}
        """By release, the one that it is a translation of, or itself."""
        self.off = dict.fromkeys(CHATS, 0)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def open(self) -> Database:
        return Database(f"sqlite+aiosqlite:///{self.folder / 'jarchy.db'}")

    @initialize(held=st.lists(st.tuples(places, whats, cadences), min_size=4, max_size=9))
    def found(self, held: Sequence[tuple[Place, What, Any]]) -> None:
        self.database = self.open()
        self.town = Town(self.database)
        self.run(self.town.found(self.now))
        for chat in CHATS:
            self.run(self.town.settle(chat, self.now, cadence="daily"))
            self.run(self.subscribers.choose_reads(chat, READS[chat]))
        for place, what, cadence in held:
            self.subscribe(place, what, cadence)

    @rule(
        about=topics,
        there=st.booleans(),
        silent=st.sampled_from([False, False, False, True]),
        back=st.booleans(),
    )
    def publish(self, about: set[str], there: bool, silent: bool, back: bool) -> None:
        self.add(about, there, silent, published_at=self.now - timedelta(days=300) if back else self.now)

    @rule(which=st.integers(0, 50), about=topics, there=st.booleans(), same=st.booleans())
    def translate(self, which: int, about: set[str], there: bool, same: bool) -> None:
        """The tagger may see other topics in a translation than in what it translates."""
        if self.first:
            original = sorted(self.first)[which % len(self.first)]
            if same:
                about, there = self.about[original]
            self.add(about, there, False, language="ky", translation_of=self.first[original])

    def add(self, about: set[str], there: bool, silent: bool, **fields: Any) -> None:
        release = self.run(
            self.town.publish(
                self.now,
                *sorted(about),
                territories=("naryn",) if there else (),
                silent=silent,
                **fields,
            )
        )
        self.first[release] = fields.get("translation_of", release)
        self.about[release] = about, there
        if silent:
            return
        for place in PLACES:
            wanting = {what for what in self.subscribed[place] if self.meets(what, about, there)}
            if wanting:
                self.untold[place][release] = wanting

    @staticmethod
    def meets(what: What, about: set[str], there: bool) -> bool:
        return (what.topic is None or what.topic in about) and (what.territory is None or there)

    @rule(place=places, what=whats, cadence=cadences)
    def subscribe(self, place: Place, what: What, cadence: Any) -> None:
        chat, thread = place
        self.run(self.subscribers.subscribe(chat, what, self.now, cadence, thread_id=thread))
        self.subscribed[place].add(what)

    @rule(place=places, what=whats)
    def unsubscribe(self, place: Place, what: What) -> None:
        self.settle_accounts(place)
        chat, thread = place
        self.run(self.subscribers.unsubscribe(chat, what, self.now, thread_id=thread))
        self.subscribed[place].discard(what)
        for release, wanting in list(self.untold[place].items()):
            wanting.discard(what)
            if not wanting:
                del self.untold[place][release]

    @rule(place=places, cadence=cadences)
    def change_cadence(self, place: Place, cadence: Any) -> None:
        chat, thread = place
        self.run(self.subscribers.choose_cadence(chat, cadence, self.now, thread))

    @rule(place=places, cadence=cadences, which=st.integers(0, 5))
    def change_one_cadence(self, place: Place, cadence: Any, which: int) -> None:
        held = self.run(self.subscribers.subscriptions_in(*place))
        if held:
            subscription = held[which % len(held)]
            self.run(self.subscribers.choose_cadence_of(subscription.id, cadence, self.now))

    @rule(chat=chats, hour=st.integers(0, 23))
    def change_hour(self, chat: int, hour: int) -> None:
        self.run(self.subscribers.choose_hour(chat, hour, self.now))

    @rule(chat=chats, days=st.sampled_from([None, 1, 10]))
    def pause(self, chat: int, days: int | None) -> None:
        if days:
            self.run(self.subscribers.pause(chat, self.now + timedelta(days=days)))
        else:
            self.run(self.subscribers.resume(chat, self.now))

    @rule(chat=chats, days=st.sets(st.integers(0, 6), max_size=6), holidays=st.booleans())
    def take_days_off(self, chat: int, days: set[int], holidays: bool) -> None:
        self.off[chat] = days_off_of(days, holidays)
        self.run(self.subscribers.choose_days_off(chat, self.off[chat], self.now))

    @rule(hours=st.sampled_from([0, 1, 5, 24, 100, -1, -30]))
    def time_passes_or_the_clock_jumps(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def a_day_passes(self) -> None:
        self.now += timedelta(days=1)
        self.plan()

    @rule()
    def plan(self) -> None:
        before = {row.id for row in self.run(self.town.deliveries())}
        self.run(plan_due(self.database, self.now, batch=2))
        today = self.now.astimezone(BISHKEK).date()
        for row in self.run(self.town.deliveries()):
            assert row.id in before or not is_off(today, self.off[row.chat_id])

    @rule(place=places)
    def asked_for_now(self, place: Place) -> None:
        chat, thread = place
        self.run(tell_now(self.database, chat, self.now, thread))

    @rule()
    def restart(self) -> None:
        self.run(self.database.close())
        self.database = self.town.database = self.open()
        self.town.subscribers = Subscribers(self.database)

    @property
    def subscribers(self) -> Subscribers:
        return self.town.subscribers

    def settle_accounts(self, place: Place) -> None:
        """What has been told so far is no longer owed, whoever unsubscribes later."""
        told = self.run(self.town.told_in_places()).get(place, [])
        for release in told:
            if self.untold[place].pop(release, None):
                self.owed[place].add(release)

    @invariant()
    def nobody_is_told_twice_or_what_they_did_not_ask_for(self) -> None:
        if not hasattr(self, "database"):
            return
        told = self.run(self.town.told_in_places())
        assert told.keys() <= set(PLACES)
        for place in PLACES:
            counted = Counter(self.groups(place, told.get(place, [])))
            assert not [release for release, times in counted.items() if times > 1]
            assert set(told.get(place, [])) <= self.owed[place] | self.untold[place].keys()

    def groups(self, place: Place, releases: Iterable[int]) -> list[int]:
        """Releases as they count for a chat: a translation counts as what it translates, but for who reads all."""
        return [release if READS[place[0]] == "all" else self.first[release] for release in releases]

    def nothing_was_said_at_most_monthly(self) -> None:
        empty = [
            message.id for message in self.run(self.town.messages()) if "нового не было" in str(message.parts)
        ]
        said: dict[Place, list[datetime]] = defaultdict(list)
        for row in self.run(self.town.deliveries()):
            if row.message_id in empty:
                said[row.chat_id, row.thread_id].append(row.created_at)
        for moments in said.values():
            assert all(later - sooner >= NOTHING_AGAIN_AFTER for sooner, later in pairwise(moments))

    def last_days(self) -> None:
        """Whatever was done before, and however little: what concerns every subscription comes out, day after day."""
        for chat in CHATS:
            self.off[chat] = 0
            self.run(self.subscribers.resume(chat, self.now))
            self.run(self.subscribers.choose_days_off(chat, 0, self.now))
        for days in (0, 1, 1, 7):
            self.now += timedelta(days=days)
            self.add({"pser", "women_leaders", "local_initiatives"}, True, False, published_at=self.now)
            self.plan()
            self.nobody_is_told_twice_or_what_they_did_not_ask_for()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.last_days()
            self.run(plan_due(self.database, self.now + FAR, batch=2))
            told = self.run(self.town.told_in_places())
            for place in PLACES:
                owed = self.owed[place] | self.untold[place].keys()
                assert set(self.groups(place, told.get(place, []))) == set(self.groups(place, owed))
            self.nothing_was_said_at_most_monthly()
            assert self.run(plan_due(self.database, self.now + FAR, batch=2)).deliveries == 0
            self.run(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


Telling.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestTelling = Telling.TestCase
