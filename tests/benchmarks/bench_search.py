"""Search over 100,000 releases: the worst common words, rare ones, slips, phrases and months; and the index's size."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from storage.analysis import word_forms
from storage.database import Database
from storage.languages import Names
from storage.models import ReleaseRow
from storage.releases import ReleaseFilter
from storage.search import ReleaseSearch
from storage.search_index import IndexedText, _columns, _insert, index_key
from storage.sources import SourceDefinition, Sources

RELEASES = 100_000
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
COMMON = (
    "муниципалитет",
    "айыл",
    "окмоту",
    "кенеш",
    "бюджет",
    "житель",
    "вода",
    "депутат",
    "местный",
    "проект",
)
RUSSIAN = """
муниципалитет житель бюджет вода дорога школа депутат кенеш айыл окмоту местный проект развитие участие решение район
область программа инициатива женщина лидер обучение семинар тариф услуга мусор детский сад больница освещение сессия
"""
KYRGYZ = """
айыл өкмөтү кеңеш депутат жергиликтүү бюджет долбоор жашоочулар суу жол мектеп облус район программа демилге
аялдар окуу талкуу сессия тариф кызмат балдар бакча жарык
"""
RARE = "словцо{}"
"""One of some ten thousand words that few releases have."""
QUESTIONS = (
    *COMMON,
    "айыл окмоту",
    "местный бюджет",
    "депутат кенеш бюджет",
    "жергиликтүү бюджет",
    '"айыл окмоту"',
    "бюджед",
    RARE.format("вкзб"),
    RARE.format("вкзб") + " муниципалитет",
    "ghjtrn",
)
JUNE = ReleaseFilter(
    since=datetime(2025, 6, 1, tzinfo=ZoneInfo("Asia/Bishkek")),
    until=datetime(2025, 7, 1, tzinfo=ZoneInfo("Asia/Bishkek")),
)
ASKED = {
    **{question: (question, ReleaseFilter()) for question in QUESTIONS},
    "муниципалитет за июнь 2025": ("муниципалитет", JUNE),
}
"""Words and filter by what a person would type."""


def indexed(title: str, body: str) -> IndexedText:
    """As `indexed_text` does for a text of plain words, without looking for them again."""
    forms = [word_forms(word) for word in body.split()]
    return IndexedText(
        title=tuple(word_forms(word).primary for word in title.lower().split()),
        body=tuple(each.primary for each in forms),
        second=tuple(dict.fromkeys(each.second for each in forms if each.second)),
    )


def a_text(random_: random.Random, number: int) -> tuple[str, str]:
    words = (RUSSIAN if number % 3 else KYRGYZ).split()
    rare = [RARE.format("".join(random_.choices("бвгзклмнпр", k=4))) for _ in range(12)]
    body = random_.choices(words, k=100) + rare
    random_.shuffle(body)
    return " ".join(random_.choices(words, k=7)).capitalize(), " ".join(body)


async def fill(database: Database) -> None:
    """Fills tables and index in bulk: the words are analysed as they are in the program."""
    source = await Sources(database).put(
        SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed"), NOW
    )
    random_ = random.Random(7)
    words: dict[str, int] = {}
    for start in range(0, RELEASES, 5_000):
        async with database.write() as session:
            rows, columns = [], []
            for number in range(start + 1, start + 5_001):
                title, body = a_text(random_, number)
                published = NOW - timedelta(hours=RELEASES - number) / 2
                rows.append(
                    {
                        "id": number,
                        "source_id": source.id,
                        "identity": str(number),
                        "title": title,
                        "lead": "",
                        "body": body,
                        "language": "ru",
                        "published_at": published,
                        "first_seen_at": published,
                        "updated_at": published,
                        "content_hash": str(number),
                        "silent": False,
                        "extra": {},
                    }
                )
                words_indexed = indexed(title, body)
                columns.append({"key": index_key(number, published), **_columns(session, words_indexed)})
                for word in words_indexed.words:
                    words[word] = words.get(word, 0) + 1
            await session.execute(ReleaseRow.__table__.insert(), rows)
            await session.execute(_insert(session), columns)
    async with database.write() as session:
        counted = [{"word": word, "documents": count} for word, count in words.items()]
        await session.execute(text("INSERT INTO search_words VALUES (:word, :documents)"), counted)
        if not database.is_sqlite:
            await session.execute(text("ANALYZE"))


async def measure(database: Database) -> tuple[float, float, dict[str, float]]:
    search = ReleaseSearch(database)
    await search.search("бюджед", now=NOW)
    times: dict[str, list[float]] = {}
    for _ in range(10):
        for typed, (words, which) in ASKED.items():
            started = time.perf_counter()
            await search.search(words, now=NOW, which=which)
            times.setdefault(typed, []).append((time.perf_counter() - started) * 1000)
    every = sorted(each for measured in times.values() for each in measured)
    worst = {question: sorted(measured)[len(measured) // 2] for question, measured in times.items()}
    return every[len(every) // 2], every[int(len(every) * 0.95)], worst


async def without_an_index(database: Database) -> float:
    """The baseline: the median of looking for one common word through every text, in milliseconds."""
    times = []
    wanted = ReleaseRow.body.contains("муниципалитет") | ReleaseRow.title.contains("муниципалитет")
    count = select(func.count()).select_from(ReleaseRow).where(wanted)
    async with database.read() as session:
        for _ in range(5):
            started = time.perf_counter()
            await session.scalar(count)
            times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[2]


def report(engine: str, plain: float, median: float, p95: float, worst: dict[str, float]) -> None:
    slowest = sorted(worst.items(), key=lambda item: -item[1])[:6]
    told = ", ".join(f"{question} {took:.1f}" for question, took in slowest)
    print(
        f"\nsearch, {engine}, {RELEASES:,} releases: median {median:.1f} ms, p95 {p95:.1f} ms,"
        f" {p95 / plain:.2f} of the {plain:.0f} ms that one look through every text takes; slowest: {told}"
    )


@pytest.mark.benchmark
@pytest.mark.timeout(900)
async def test_search_on_sqlite(sqlite_database: Database, tmp_path: Path) -> None:
    await fill(sqlite_database)
    plain = await without_an_index(sqlite_database)
    report("SQLite", plain, *(measured := await measure(sqlite_database)))
    size = index_size(Path(str(sqlite_database.url.database)), tmp_path)
    print(f"index: {size / 1e6:.0f} MB")
    assert measured[1] < plain / 10
    assert size < 100e6


@pytest.mark.benchmark
@pytest.mark.timeout(900)
async def test_search_on_postgresql(postgresql_database: Database) -> None:
    await fill(postgresql_database)
    plain = await without_an_index(postgresql_database)
    report("PostgreSQL", plain, *(measured := await measure(postgresql_database)))
    assert measured[1] < plain / 10


def index_size(database: Path, folder: Path) -> int:
    """Bytes of the index and its vocabulary: what a copy of the file shrinks by without them."""
    copy = folder / "without.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM INTO ?", (str(folder / "with.db"),))
    shutil.copy(folder / "with.db", copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    for statement in ("DROP TABLE release_index", "DROP TABLE search_words", "VACUUM"):
        connection.execute(statement)
    connection.close()
    return (folder / "with.db").stat().st_size - copy.stat().st_size
