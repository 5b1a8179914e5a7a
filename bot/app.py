"""The running program: everything put together, started in order, and stopped without losing anything."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramUnauthorizedError
from aiogram.types import User
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bot.announcements import AnnouncementDesk
from bot.answers import understand
from bot.delivery.clock import SystemClock
from bot.delivery.limits import Pace, RepliesFirst
from bot.delivery.sender import Sender
from bot.digests import plan_due
from bot.housekeeping import tidy
from bot.listening import listening
from bot.logs import set_up_logging
from bot.monitoring import Monitor
from bot.reach import Reach, everyone, staff_only
from bot.ready import ready_database
from bot.sandbox.server import Sandbox
from bot.sandboxing import hear_partners, on_sandbox, open_sandbox
from bot.schedule import Schedule, Tick
from bot.settings import Settings
from bot.telegram import make_bot
from bot.web import WEBHOOK_PATH, Probes, serve
from handlers.announcement_progress import show_step
from handlers.approval_reminders import remind as remind_of_approvals
from handlers.commands import publish_commands, publish_description
from handlers.dependencies import Dependencies
from handlers.desk_reminders import remind
from handlers.dispatcher import build_dispatcher
from handlers.moved_groups import MovedGroups
from handlers.patience import Patience
from storage.conversations import Conversations
from storage.database import Database
from storage.deliveries import Deliveries
from storage.errors import N_, JarchyError
from storage.labels import regions
from storage.questions import Questions
from storage.registry import Registry
from storage.releases import Releases
from storage.sources import Sources
from storage.staff import Staff
from storage.subscribers import Subscribers

_log = logging.getLogger(__name__)

UPDATES_AT_ONCE: Final = 64
"""Updates that are answered side by side; more wait their turn."""

_REFRESH: Final = timedelta(seconds=20)
_PLAN: Final = timedelta(seconds=15)
_ANNOUNCE: Final = timedelta(seconds=2)
_TIDY: Final = timedelta(hours=1)
_REMIND: Final = timedelta(minutes=30)
_SILENCE: Final = timedelta(hours=6)
_LONGEST_WAIT_FOR_TELEGRAM: Final = 60.0


class TokenRefused(JarchyError):
    """Telegram does not know the token."""

    code = "bot.token_refused"
    sentence = N_(
        "Telegram does not know this token. Ask @BotFather for /token and write it into .env as BOT_TOKEN."
    )


class PartStopped(JarchyError):
    """A part of the program that should run for ever ended."""

    code = "bot.part_stopped"
    sentence = N_("The part “{part}” of the bot stopped unexpectedly; the log says why. Start the bot again.")


async def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Runs the bot until SIGTERM or SIGINT.  `announce` gets the sentences a person at the terminal wants to see.

    Raises JarchyError for what an operator can mend, PartStopped where a part died.
    """
    set_up_logging(settings.log_level, settings.log_format)
    stop = _stop_on_signals()
    probes = Probes()
    async with AsyncExitStack() as stack:
        sandbox = None
        if settings.sandboxed:
            sandbox = await stack.enter_async_context(open_sandbox(settings, probes.add_routes))
        database = await stack.enter_async_context(ready_database(settings))
        if sandbox is not None:
            settings = on_sandbox(settings, sandbox)
            await hear_partners(sandbox, Sources(database), datetime.now(UTC))
            program = await stack.enter_async_context(open_program(settings, database))
            await program.listen()
            sandbox.on_publish = partial(_listen_to_partners, program, sandbox)
            announce(f"The sandbox is ready: open {sandbox.page_url} in a browser. Stop with Ctrl+C.")
        else:
            program = await stack.enter_async_context(open_program(settings, database))
            await stack.enter_async_context(_web_server(program, probes))
        probes.health, probes.metrics = program.monitor.health, program.monitor.metrics
        await program.run(stop, announce)


@dataclass(frozen=True)
class Program:
    """The parts, put together."""

    settings: Settings
    bot: Bot
    dispatcher: Dispatcher
    sender: Sender
    monitor: Monitor
    reach: Reach
    parts: Dependencies

    async def run(self, stop: asyncio.Event, announce: Callable[[str], None]) -> None:
        """Talks to Telegram until `stop` is set, then finishes what is under way."""
        me = await self._introduction(stop)
        if me is None:
            return
        await self._publish_commands()
        _leave_out_of_collections()
        schedule = Schedule(self._ticks(), self.sender.leads)
        tasks = {
            "sender": asyncio.create_task(self.sender.run(stop)),
            "updates": asyncio.create_task(self._receive(stop)),
        }
        schedule.start()
        announce(f"@{me.username} is running.")
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopping, *tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            died = [name for name, task in tasks.items() if task.done() and not stop.is_set()]
            stop.set()
            stopping.cancel()
            await schedule.stop()
            outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
        for name, outcome in zip(tasks, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                _log.error("the part “%s” failed", name, exc_info=outcome)
        if died:
            raise PartStopped(part=", ".join(died))

    async def listen(self) -> None:
        """Hears what partners have published by now, and tells those who want to know at once."""
        refreshed = await self.parts.hearing.refresh_due(self._now())
        await self.monitor.tell_staff_of_sources(refreshed)
        await self.monitor.ask_staff_about_doubts(self._now())
        await self.plan()

    async def plan(self) -> None:
        """Writes down who is owed what now."""
        if (await plan_due(self.parts.database, self._now(), only=await self.reach())).deliveries:
            self.sender.poke()

    async def advance_announcements(self) -> None:
        """Starts announcements whose time has come, and shows how far the others are."""
        desk, pace = self.parts.announcements, self.settings.sends_per_second
        for step in await desk.advance(self._now()):
            if await show_step(self.bot, step, self.parts.subscribers, self._now(), pace):
                await desk.shown(step)

    async def notice_silence(self) -> None:
        """Tells staff of sources that are silent for longer than they ever were."""
        await self.monitor.tell_staff_of_silence(self._now())

    async def tidy(self) -> None:
        """Removes what nobody needs any more."""
        await tidy(self.parts.database, self._now())

    async def remind_of_questions(self) -> None:
        """Brings up again what has waited on the question desk for a day."""
        await remind(self.parts, self.settings.timezone)

    async def remind_of_approvals(self) -> None:
        """Brings up again what has waited for a second person's yes for long."""
        await remind_of_approvals(self.parts, self.bot, self.settings.timezone)

    def _ticks(self) -> tuple[Tick, ...]:
        return (
            Tick("listen", _REFRESH, self.listen),
            Tick("plan", _PLAN, self.plan),
            Tick("announcements", _ANNOUNCE, self.advance_announcements),
            Tick("tidy", _TIDY, self.tidy),
            Tick("silence", _SILENCE, self.notice_silence),
            Tick("questions", _REMIND, self.remind_of_questions),
            Tick("approvals", _REMIND, self.remind_of_approvals),
        )

    async def _introduction(self, stop: asyncio.Event) -> User | None:
        """Who this bot is; waits for as long as the network is down.  None where it is stopped before."""
        wait = 1.0
        while not stop.is_set():
            try:
                return await self.bot.get_me()
            except TelegramUnauthorizedError as error:
                raise TokenRefused from error
            except TelegramNetworkError as error:
                _log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error, wait)
            try:
                async with asyncio.timeout(wait):
                    await stop.wait()
            except TimeoutError:
                wait = min(2 * wait, _LONGEST_WAIT_FOR_TELEGRAM)
        return None

    async def _publish_commands(self) -> None:
        staff = [member.user_id for member in await self.parts.staff.all()]
        chats = [chat for user_id in staff if (chat := await self.parts.subscribers.get(user_id))]
        chosen = {chat.id: chat.language for chat in chats if chat.language_chosen}
        try:
            await publish_commands(self.bot, staff, chosen)
            await publish_description(self.bot)
        except TelegramAPIError:
            _log.exception("the menu of commands could not be set; the bot works without it")

    async def _receive(self, stop: asyncio.Event) -> None:
        """Takes updates, by the webhook's route or by long polling, until `stop` is set."""
        allowed = self.dispatcher.resolve_used_update_types()
        if self.settings.webhook_url:
            await self.bot.set_webhook(
                self.settings.webhook_url.rstrip("/") + WEBHOOK_PATH,
                secret_token=self.settings.webhook_secret.get_secret_value(),
                allowed_updates=allowed,
            )
            await stop.wait()
            await self.dispatcher.emit_shutdown(bot=self.bot)
            return
        await self.bot.delete_webhook()
        polling = asyncio.create_task(
            self.dispatcher.start_polling(
                self.bot,
                handle_signals=False,
                close_bot_session=False,
                allowed_updates=allowed,
                tasks_concurrency_limit=UPDATES_AT_ONCE,
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not polling.done():
            await self.dispatcher.stop_polling()
        await polling

    @staticmethod
    def _now() -> datetime:
        return datetime.now(UTC)


def _leave_out_of_collections() -> None:
    """Takes what is loaded by now, dictionaries and rules for good, out of what the collector of garbage walks through.

    To walk through all of it took 50 to 120 ms, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()


async def _listen_to_partners(program: Program, sandbox: Sandbox) -> None:
    """A partner in the sandbox has just published: looks at once, not at the next time."""
    for partner in sandbox.partners.sources():
        await program.parts.sources.hurry(partner.slug)
    await program.listen()


@asynccontextmanager
async def open_program(settings: Settings, database: Database) -> AsyncIterator[Program]:
    """Puts the parts together on a ready database, and closes them."""
    clock = SystemClock()
    registry = Registry(database)
    bot = make_bot(settings.bot_token.get_secret_value(), settings.telegram_api_url)
    pace = Pace(settings.sends_per_second, clock.steady)
    bot.session.middleware(MovedGroups())
    bot.session.middleware(Patience())
    bot.session.middleware(RepliesFirst(pace))
    sender = Sender(
        database,
        bot,
        clock,
        per_second=settings.sends_per_second,
        pace=pace,
        paid=settings.allow_paid_broadcast,
    )
    staff = Staff(database, settings.admin_ids)
    subscribers = Subscribers(database, settings.timezone, settings.language)
    reach = everyone if settings.audience == "everyone" else staff_only(staff)
    announcements = AnnouncementDesk(
        database, sender.poke, reach=reach, two_people=settings.announce_approval == "two"
    )
    try:
        async with listening(database, registry, settings.fetch_allowed_hosts) as hearing:
            await asyncio.to_thread(understand, "салам", await registry.snapshot(), now=clock.now())
            monitor = Monitor(database, sender, staff, subscribers, settings.staff_chat_id)
            program: Program

            async def refresh_now(slug: str | None) -> None:
                if slug is not None:
                    await hearing.refresh(slug, clock.now())
                await program.listen()

            parts = Dependencies(
                database=database,
                subscribers=subscribers,
                releases=Releases(database),
                deliveries=Deliveries(database),
                registry=registry,
                questions=Questions(database),
                staff=staff,
                sources=hearing.sources,
                announcements=announcements,
                hearing=hearing,
                conversations=Conversations(database),
                territories=await regions(database),
                clock=clock.now,
                poke=sender.poke,
                refresh_now=refresh_now,
                sends_per_second=settings.sends_per_second,
                staff_chat_id=settings.staff_chat_id,
            )
            program = Program(settings, bot, build_dispatcher(parts), sender, monitor, reach, parts)
            yield program
    finally:
        await bot.session.close()


@asynccontextmanager
async def _web_server(program: Program, probes: Probes) -> AsyncIterator[None]:
    """Health and metrics, and the webhook where one is used."""
    settings = program.settings
    app = web.Application()
    probes.add_routes(app)
    if settings.webhook_url:
        secret = settings.webhook_secret.get_secret_value()
        handler = SimpleRequestHandler(program.dispatcher, program.bot, secret_token=secret)
        handler.register(app, path=WEBHOOK_PATH)
    runner = await serve(app, settings.http_host, settings.http_port)
    try:
        yield
    finally:
        await runner.cleanup()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
