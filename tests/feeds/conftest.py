"""A partner's site on loopback, scripted by each test, and the way out that may reach it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from feeds.fetch import Politeness, Web
from feeds.worker import Reader

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Partner:
    """A real HTTP server whose answers a test sets by path, and which remembers what it was asked."""

    url: str = ""
    answers: dict[str, Handler] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    def says(self, path: str, body: str | bytes = "", status: int = 200, **headers: str) -> None:
        """Answers a path with a body; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Type", "text/html; charset=utf-8")

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(
                status=status, body=body.encode() if isinstance(body, str) else body, headers=named
            )

        self.answers[path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        handler = self.answers.get(request.path_qs)
        return await handler(request) if handler else web.Response(status=404)

    def paths(self) -> list[str]:
        return [request.path_qs for request in self.asked]


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    scripted = Partner()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", scripted.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def out() -> AsyncIterator[Web]:
    """The way out, allowed to reach this machine."""
    async with Web(allowed_hosts={"127.0.0.1"}, politeness=Politeness(at_once=4)) as way:
        yield way


@pytest.fixture(scope="session")
async def reader() -> AsyncIterator[Reader]:
    """The reading process, shared: starting one takes a while."""
    process = Reader()
    yield process
    await process.close()


@pytest.fixture
async def raw_server() -> AsyncIterator[Callable[[bytes, float], Awaitable[str]]]:
    """Starts servers that send exact bytes, a pause after each line, and returns their addresses."""
    servers: list[asyncio.Server] = []

    async def start(answer: bytes, pause: float = 0.0) -> str:
        async def serve(reading: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
            try:
                await reading.readuntil(b"\r\n\r\n")
                for line in answer.splitlines(keepends=True):
                    writing.write(line)
                    await writing.drain()
                    await asyncio.sleep(pause)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writing.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()
