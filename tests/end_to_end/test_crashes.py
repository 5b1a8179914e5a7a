"""A short run of the crash harness: nothing lost, nothing doubled that is not known as unknown."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.end_to_end
@pytest.mark.parametrize(("database", "points"), [("sqlite", 14), ("postgresql", 6)])
async def test_killed_anywhere_it_loses_nothing(database: str, points: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.end_to_end.crash_harness",
        f"--points={points}",
        f"--database={database}",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()

    assert process.returncode == 0, errors.decode()[-2_000:]
    totals = [json.loads(line) for line in output.splitlines()]
    assert sum(total["points"] for total in totals) == points
    assert [total["lost"] for total in totals] == [0, 0]
    assert all(total["duplicates"] <= total["unknown"] for total in totals)
