"""The program's own small web server: health, metrics, and Telegram's webhook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

HEALTH_PATH: Final = "/healthz"
METRICS_PATH: Final = "/metrics"
WEBHOOK_PATH: Final = "/telegram"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether each part works, in a word an operator understands."""

    parts: Mapping[str, str]
    well: bool


HealthProbe = Callable[[], Awaitable[Health]]
MetricsProbe = Callable[[], Awaitable[Mapping[str, tuple[str, float]]]]
"""Descriptions and values by name."""


class Probes:
    """What is asked for health and metrics: the program's own answers, once it is put together."""

    def __init__(self) -> None:
        self.health: HealthProbe = _starting
        self.metrics: MetricsProbe = _nothing_yet

    def add_routes(self, app: web.Application) -> None:
        """Adds `/healthz` (200 when well, else 503, with the state of each part) and `/metrics` for Prometheus."""
        app.router.add_get(HEALTH_PATH, self._answer_health)
        app.router.add_get(METRICS_PATH, self._answer_metrics)

    async def _answer_health(self, _request: web.Request) -> web.Response:
        state = await self.health()
        body = {"status": "well" if state.well else "unwell", **state.parts}
        return web.json_response(body, status=200 if state.well else 503)

    async def _answer_metrics(self, _request: web.Request) -> web.Response:
        registry = CollectorRegistry()
        for name, (description, value) in (await self.metrics()).items():
            Gauge(name, description, registry=registry).set(value)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _starting() -> Health:
    return Health({"program": "starting"}, well=False)


async def _nothing_yet() -> Mapping[str, tuple[str, float]]:
    return {}


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Starts the server; raises OSError where the address cannot be listened on.  Ended by `runner.cleanup()`."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
