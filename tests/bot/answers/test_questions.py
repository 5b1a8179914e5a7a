"""The labelled questions are answered right."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from storage.registry import RegistrySnapshot
from tests.bot.answers.misses import misses, questions

LEAST = 0.95
KYRGYZ = set("өүңӨҮҢ")


async def test_at_least_95_in_100_questions_are_answered_right(
    snapshot: RegistrySnapshot, now: datetime
) -> None:
    rows = questions()
    wrong = await misses(rows, snapshot, now)
    assert len(wrong) <= (1 - LEAST) * len(rows), "\n".join(map(str, wrong))


async def test_nothing_out_of_scope_is_taken_for_ours(snapshot: RegistrySnapshot, now: datetime) -> None:
    rows = [row for row in questions() if row["kind"] == "unknown"]
    wrong = await misses(rows, snapshot, now)
    assert len(wrong) <= 0.03 * len(rows), "\n".join(map(str, wrong))


def test_the_set_is_varied_and_every_question_stands_once() -> None:
    rows = questions()
    kinds = Counter(row["kind"] for row in rows)
    assert len(rows) >= 500
    assert set(kinds) == {
        "project", "project_contact", "organisation", "organisation_contact", "term", "projects_by_region",
        "projects_by_organisation", "releases", "help", "unknown",
    }  # fmt: skip
    assert min(kinds.values()) >= 25
    assert [query for query, times in Counter(row["query"] for row in rows).items() if times > 1] == []
