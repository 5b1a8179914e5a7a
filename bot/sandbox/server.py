"""The sandbox as a whole: a Telegram, its Bot API over HTTP, its page, and the partner sites."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox import state
from bot.sandbox.actions import Actions
from bot.sandbox.api import Api
from bot.sandbox.bot_api import BotApi, WebhookDelivery
from bot.sandbox.errors import CannotListen, NotLoopback
from bot.sandbox.faults import Faults
from bot.sandbox.limits import Clock, FloodLimits
from bot.sandbox.model import TOKEN, Telegram, utc_now
from bot.sandbox.partners import Partners, Release
from bot.sandbox.people import People
from bot.sandbox.web import LOOPBACK, Pages

if TYPE_CHECKING:
    from bot.sandbox.session import SandboxSession

logger = logging.getLogger(__name__)

OnPublish = Callable[[], Awaitable[None]]
_LARGEST_REQUEST = 80 * 1024 * 1024
_SAVE_EVERY = 5.0


class Sandbox:
    """A local Telegram.  It goes on living while bots come and go.

    `on_publish` is awaited after a partner has published, so that a program in the same process can look at once.
    `more_routes` may add pages of that program's own.  With `state_file` it is after a restart as it was before,
    SIGKILL included but for the last seconds.
    """

    def __init__(
        self,
        clock: Clock = utc_now,
        limits: FloodLimits | None = None,
        *,
        on_publish: OnPublish | None = None,
        state_file: Path | None = None,
        token: str = TOKEN,
        more_routes: Callable[[web.Application], None] | None = None,
    ) -> None:
        self.model = Telegram(clock, limits, token)
        self.people = People(self.model)
        self.faults = Faults()
        self.api = Api(self.model, self.faults)
        self.partners = Partners(clock)
        self.on_publish = on_publish
        self.actions = Actions(self.people, self.faults, self.publish)
        self._state_file = state_file
        self._more_routes = more_routes
        self._saved = ""
        self._address = ""
        self._pages: Pages | None = None
        self._runner: web.AppRunner | None = None
        self._webhooks = WebhookDelivery(self.api)
        self._saving: asyncio.Task[None] | None = None
        self._load()
        self.people.enter()

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.model.token

    @property
    def api_url(self) -> str:
        """The base address for `TELEGRAM_API_URL`."""
        return self._address

    @property
    def page_url(self) -> str:
        """Where the chat is seen in a browser."""
        return f"{self._address}/"

    def session(self) -> SandboxSession:
        """An aiogram session that reaches this sandbox without HTTP.

        aiogram takes seconds to import, which the sandbox alone need not wait for.
        """
        from bot.sandbox.session import SandboxSession

        return SandboxSession(self.api)

    async def start(self, host: str = "127.0.0.1", port: int = 0, partners_port: int | None = None) -> None:
        """Serves on loopback; the partner sites take the ports after it (any, where `port` is 0).

        Raises `NotLoopback` for an address that other machines reach, `CannotListen` for one that is taken.
        """
        if host not in LOOPBACK:
            raise NotLoopback(host=host)
        application = web.Application(client_max_size=_LARGEST_REQUEST)
        pages = self._pages = Pages(self.model, self.partners, self.actions, self.faults)
        pages.add_routes(application)
        BotApi(self.api).add_routes(application)
        if self._more_routes is not None:
            self._more_routes(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise CannotListen(host=host, port=port, reason=error.strerror or str(error)) from error
        actual = int(self._runner.addresses[0][1])
        self._address = f"http://{f'[{host}]' if ':' in host else host}:{actual}"
        await self.partners.start(
            "127.0.0.1", partners_port if partners_port is not None else (port and actual + 1)
        )
        self._webhooks.start()
        if self._state_file is not None:
            self._saving = asyncio.create_task(self._keep_saving(), name="sandbox state")

    async def stop(self) -> None:
        """Closes all connections, and saves the state."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._webhooks.stop()
        self.model.queue.release()
        if self._pages is not None:
            self._pages.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.partners.stop()
        self._save()

    async def publish(self, site: str, release: Release | str) -> str:
        """A partner publishes a release, or a prepared one by its slug; gives its address."""
        address = self.partners.publish(site, release)
        self.model.events.emit({"type": "published", "site": site, "url": address})
        if self.on_publish is not None:
            await self.on_publish()
        return address

    # --- the state file

    def _load(self) -> None:
        if self._state_file is None or not self._state_file.exists():
            return
        try:
            state.load(self._state_file.read_text(encoding="utf-8"), self.model, self.partners.archive)
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("The sandbox starts afresh: %s cannot be read (%s)", self._state_file, error)

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_EVERY)
            self._save()

    def _save(self) -> None:
        if self._state_file is None:
            return
        text = state.dump(self.model, self.partners.archive)
        if text != self._saved:
            state.write(self._state_file, text)
            self._saved = text
