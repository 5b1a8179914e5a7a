"""Many items at once: the event loop is not held, so that nobody who writes to the bot meanwhile notices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from feeds import filing as filing_module
from feeds.filing import Filing
from feeds.items import Item
from feeds.tagging import Tags
from storage import search_index
from storage.database import Database
from storage.languages import Names
from storage.release_writing import AT_ONCE
from storage.releases import Releases
from storage.sources import Source, SourceDefinition, Sources

TAGS = Tags(topics=("pser",), territories=("naryn",), organisations=("dpi",))
ROWS_OF_A_RELEASE = 4


@pytest.fixture
async def source(sqlite_database: Database, now: datetime) -> Source:
    definition = SourceDefinition("partner", Names("Партнёр"), "feed", "https://partner.example/feed")
    return await Sources(sqlite_database).put(definition, now)


def flood(count: int, now: datetime) -> list[Item]:
    return [
        Item(
            id=str(number),
            title=f"Новость {number}",
            url=f"https://partner.example/{number}",
            published_at=now - timedelta(minutes=number),
            body=" ".join(str(number * 100 + word) for word in range(20)),
        )
        for number in range(count)
    ]


async def test_a_flood_is_written_in_pieces_between_which_others_have_their_turn(
    sqlite_database: Database, source: Source, now: datetime
) -> None:
    written: list[int] = []

    def flushing(session: Session, _context: Any, _instances: Any) -> None:
        written.append(len(session.new))

    event.listen(Session, "before_flush", flushing)
    try:
        filed = await Filing(Releases(sqlite_database), lambda title, text: TAGS).file(
            source, flood(5 * AT_ONCE + 1, now), now, silent=True
        )
    finally:
        event.remove(Session, "before_flush", flushing)
    assert len(filed.hushed) == 5 * AT_ONCE + 1
    assert AT_ONCE <= max(written) <= AT_ONCE * ROWS_OF_A_RELEASE
    assert sum(written) == (5 * AT_ONCE + 1) * ROWS_OF_A_RELEASE


async def test_what_takes_long_is_done_beside_the_loop(
    sqlite_database: Database, source: Source, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops_own = threading.get_ident()
    beside, on_it = set(), set()

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*given: Any) -> Any:
            (on_it if threading.get_ident() == loops_own else beside).add(name)
            return work(*given)

        return noting

    slow = {
        filing_module: ("canonical", "content_hash", "containment", "shingles", "sketch"),
        search_index: ("terms", "second_terms"),
    }
    for module, names in slow.items():
        for name in names:
            monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    filing = Filing(Releases(sqlite_database), noted("tagging", lambda title, text: TAGS))
    items = flood(3, now)
    await filing.file(source, items, now, silent=True)
    changed = [Item(item.id, item.title, item.url, body=f"{item.body} новое") for item in items]
    copies = [Item(f"copy of {item.id}", item.title, body=item.body) for item in items]
    filed = await filing.file(source, [*changed, *copies], now)
    assert (len(filed.changed), len(filed.copies)) == (3, 3)
    assert on_it == set()
    assert beside == {"tagging", *(name for names in slow.values() for name in names)}
