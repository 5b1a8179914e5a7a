"""A short run of the crash harness: nothing lost, nothing doubled that is not known as unknown."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.crash_harness import SCENARIOS

ROOT = Path(__file__).parents[2]


async def crash(database: str, points: int, *more: str) -> list[dict[str, Any]]:
    """What the harness counted, by what was under way; fails where it says that a promise was broken."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.end_to_end.crash_harness"),
        *(f"--points={points}", f"--database={database}", *more),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-2_000:]
    totals: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    assert all(total["duplicates"] <= total["unknown"] and total["lost"] == 0 for total in totals)
    return totals


@pytest.mark.end_to_end
@pytest.mark.parametrize(("database", "points"), [("sqlite", 7), ("postgresql", 3)])
async def test_killed_anywhere_it_loses_nothing(database: str, points: int) -> None:
    totals = await crash(database, points, "--sample")

    assert {total["scenario"] for total in totals} == set(SCENARIOS)
    assert points // 2 <= sum(total["points"] for total in totals) <= points


@pytest.mark.soak
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize(("database", "points"), [("sqlite", 330), ("postgresql", 120)])
async def test_killed_at_every_point_it_loses_nothing(database: str, points: int) -> None:
    totals = await crash(database, points)

    for total in totals:
        print(json.dumps(total))
        assert all(total["moments"].values()), "some kind of moment was never tried"
    assert sum(total["points"] for total in totals) >= points * 9 // 10
