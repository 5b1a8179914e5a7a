"""Answers with 2,000 records in the registry and 100,000 tagged releases: every labelled question, worst kinds too."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterable

import pytest
from sqlalchemy import insert

from bot.answers import answer
from bot.answers.archive import Archive
from storage.database import Database
from storage.models import (
    ReleaseOrganisationRow,
    ReleaseProjectRow,
    ReleaseTerritoryRow,
    ReleaseTopicRow,
)
from storage.registry import RegistrySnapshot
from storage.releases import Releases
from storage.search import ReleaseSearch
from tests.benchmarks.bench_search import NOW, RELEASES, fill
from tests.bot.answers.misses import questions
from tests.bot.answers.test_speed import large_registry

SLOWEST = 30.0
"""Milliseconds of CPU time in which 95 of 100 answers are made."""


async def tag(database: Database, snapshot: RegistrySnapshot) -> None:
    """Gives each release what a tagger gives: a topic to every third, some place, now and then a project or body."""
    random_ = random.Random(11)
    regions = sorted({place.region for place in snapshot.places.values()})
    projects, bodies = sorted(snapshot.projects)[:12], sorted(snapshot.organisations)
    topics = sorted(snapshot.topics)
    for start in range(1, RELEASES + 1, 10_000):
        numbers = range(start, start + 10_000)
        chosen = {
            ReleaseTopicRow: [(one, "topic", random_.choice(topics)) for one in numbers if one % 3 == 0],
            ReleaseTerritoryRow: [(one, "territory", random_.choice(regions)) for one in numbers if one % 2],
            ReleaseProjectRow: [
                (one, "project", random_.choice(projects)) for one in numbers if one % 9 == 0
            ],
            ReleaseOrganisationRow: [
                (one, "organisation", random_.choice(bodies)) for one in numbers if one % 4 == 0
            ],
        }
        async with database.write() as session:
            for row, tags in chosen.items():
                await session.execute(
                    insert(row), [{"release_id": one, column: value} for one, column, value in tags]
                )


async def measure(database: Database, snapshot: RegistrySnapshot) -> dict[str, list[tuple[float, float]]]:
    """Per kind of answer, the milliseconds by the clock and of CPU time that each question took."""
    archive = Archive(Releases(database), "Asia/Bishkek", "ru", ReleaseSearch(database))
    await answer("новости", snapshot, now=NOW, search=archive)
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in questions():
        clock, cpu = time.perf_counter(), time.process_time()
        given = await answer(row["query"], snapshot, now=NOW, search=archive)
        ended = time.perf_counter(), time.process_time()
        taken[given.kind].append(((ended[0] - clock) * 1000, (ended[1] - cpu) * 1000))
    return taken


def report(engine: str, taken: dict[str, list[tuple[float, float]]]) -> float:
    """Says how long answers took, and gives the 95th percentile of their CPU time."""
    every = [one for times in taken.values() for one in times]
    clock, cpu = _p95(one for one, _ in every), _p95(one for _, one in every)
    slow = ", ".join(
        f"{kind} {_p95(one for _, one in times):.1f}"
        for kind, times in sorted(taken.items(), key=lambda item: -_p95(one for _, one in item[1]))[:4]
    )
    print(
        f"\nanswers, {engine}, {len(every):,} questions: median {_median(one for one, _ in every):.1f} ms,"
        f" p95 {clock:.1f} ms by the clock, {cpu:.1f} ms of CPU; p95 of the slowest kinds: {slow}"
    )
    return cpu


def _p95(times: Iterable[float]) -> float:
    ordered = sorted(times)
    return ordered[int(len(ordered) * 0.95)]


def _median(times: Iterable[float]) -> float:
    ordered = sorted(times)
    return ordered[len(ordered) // 2]


async def answers(engine: str, database: Database) -> None:
    snapshot = large_registry()
    await fill(database)
    await tag(database, snapshot)
    assert report(engine, await measure(database, snapshot)) < SLOWEST


@pytest.mark.benchmark
@pytest.mark.timeout(900)
async def test_answers_on_sqlite(sqlite_database: Database) -> None:
    await answers("SQLite", sqlite_database)


@pytest.mark.benchmark
@pytest.mark.timeout(900)
async def test_answers_on_postgresql(postgresql_database: Database) -> None:
    await answers("PostgreSQL", postgresql_database)
