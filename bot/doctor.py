"""Whether everything the bot needs works, in words an operator can act on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.limits import TELEGRAM_PER_SECOND
from bot.logs import redact
from bot.settings import Settings
from bot.telegram import make_bot
from storage.database import Database, NoPlaceForDatabase, sqlite_path
from storage.deliveries import Deliveries
from storage.registry import Registry
from storage.schema import current_revision, newest_revision
from storage.sources import Sources

State = Literal["ok", "warning", "error"]

_LITTLE_SPACE: Final = 500_000_000
_LONG_WAIT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it where something is to be done."""

    check: str
    state: State
    detail: str
    advice: str = ""


async def examine(settings: Settings, now: datetime) -> AsyncGenerator[Finding]:
    """Runs every check; those that need the database are left out where it does not work.

    Close it where it is left early: it holds the database (`contextlib.aclosing`).
    """
    yield _settings(settings)
    yield _disk(settings)
    try:
        database = Database(settings.database_url)
    except NoPlaceForDatabase as error:
        yield Finding("database", "error", str(error), "Check DATABASE_URL in .env.")
    else:
        async with aclosing(_kept(database, now)) as findings:
            async for finding in findings:
                yield finding
    yield await _telegram(settings)


async def _kept(database: Database, now: datetime) -> AsyncGenerator[Finding]:
    """The database and what is kept in it."""
    try:
        finding = await _database(database)
        yield finding
        if finding.state == "ok":
            for check in _CHECKS_OF_CONTENT:
                yield await check(database, now)
    finally:
        await database.close()


def _settings(settings: Settings) -> Finding:
    if settings.sandboxed:
        return Finding(
            "settings",
            "warning",
            "BOT_TOKEN is empty: the bot runs on the local sandbox.",
            "For Telegram, write the token from @BotFather into .env as BOT_TOKEN.",
        )
    if not settings.admin_ids:
        return Finding(
            "settings",
            "warning",
            "ADMIN_IDS is empty: nobody can announce or appoint staff.",
            "Write your Telegram id into .env as ADMIN_IDS.",
        )
    if finding := _pace(settings):
        return finding
    return Finding(
        "settings", "ok", f"{len(settings.admin_ids)} administrators, audience {settings.audience}."
    )


def _pace(settings: Settings) -> Finding | None:
    """Whether the pace and what is paid for fit together."""
    fast = settings.sends_per_second > TELEGRAM_PER_SECOND
    if fast and not settings.allow_paid_broadcast:
        return Finding(
            "settings",
            "warning",
            f"SENDS_PER_SECOND={settings.sends_per_second:g} is more than Telegram takes for nothing.",
            f"Write {TELEGRAM_PER_SECOND} or less, or ALLOW_PAID_BROADCAST=true and pay in Stars.",
        )
    if settings.allow_paid_broadcast and not fast:
        return Finding(
            "settings",
            "warning",
            f"ALLOW_PAID_BROADCAST does nothing at SENDS_PER_SECOND={settings.sends_per_second:g}.",
            f"Write more than {TELEGRAM_PER_SECOND} there, or ALLOW_PAID_BROADCAST=false.",
        )
    return None


def _disk(settings: Settings) -> Finding:
    path = sqlite_path(settings.parsed_database_url) or Path()
    folder = next(parent for parent in (path.absolute(), *path.absolute().parents) if parent.is_dir())
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free in {folder}."
    if free < _LITTLE_SPACE:
        return Finding("disk", "error", detail, "Free some space: the database cannot grow.")
    return Finding("disk", "ok", detail)


async def _database(database: Database) -> Finding:
    try:
        revision = await current_revision(database)
    except (SQLAlchemyError, OSError) as error:
        advice = "Check DATABASE_URL in .env, and that the server runs and lets this machine in."
        return Finding("database", "error", redact(str(error).splitlines()[0]), advice)
    if revision is None:
        return Finding("database", "warning", "It is empty.", "Run: jarchy db upgrade")
    if revision != newest_revision():
        return Finding(
            "database",
            "error",
            f"It is at revision {revision}, this version wants {newest_revision()}.",
            "Run: jarchy db upgrade",
        )
    return Finding("database", "ok", f"Revision {revision}.")


async def _registry(database: Database, _now: datetime) -> Finding:
    snapshot = await Registry(database).snapshot()
    data = snapshot.data
    if not data.projects:
        return Finding("registry", "error", "It is empty.", "Run: jarchy db upgrade")
    return Finding(
        "registry",
        "ok",
        f"{len(data.projects)} projects, {len(data.organisations)} organisations, {len(data.contacts)} contacts.",
    )


async def _sources(database: Database, _now: datetime) -> Finding:
    enabled = [source for source in await Sources(database).all() if source.enabled and source.kind != "desk"]
    broken = [source for source in enabled if source.error_code]
    if not enabled:
        return Finding("sources", "warning", "None is switched on.", "See: jarchy sources list")
    if broken:
        names = "; ".join(f"{source.slug}: {source.error_text}" for source in broken)
        return Finding(
            "sources",
            "warning",
            f"{len(broken)} of {len(enabled)} are broken: {names}",
            "See: jarchy sources list",
        )
    return Finding("sources", "ok", f"{len(enabled)} switched on.")


async def _outbox(database: Database, now: datetime) -> Finding:
    deliveries = Deliveries(database)
    counts = await deliveries.counts()
    waited = await deliveries.oldest_waiting(now)
    detail = ", ".join(f"{state} {count}" for state, count in sorted(counts.items())) or "empty"
    if waited > _LONG_WAIT:
        return Finding(
            "outbox",
            "error",
            f"{detail}; the oldest has waited {waited.total_seconds() / 60:.0f} minutes.",
            "Is the bot running? See its log for what Telegram answers.",
        )
    return Finding("outbox", "ok", detail + ".")


_CHECKS_OF_CONTENT: Final[tuple[Callable[[Database, datetime], Awaitable[Finding]], ...]] = (
    _registry,
    _sources,
    _outbox,
)


async def _telegram(settings: Settings) -> Finding:
    if settings.sandboxed:
        return Finding("telegram", "ok", "Not asked: the sandbox is used.")
    bot = make_bot(settings.bot_token.get_secret_value(), settings.telegram_api_url)
    try:
        me = await bot.get_me(request_timeout=10)
        hook = await bot.get_webhook_info(request_timeout=10)
    except TelegramUnauthorizedError:
        return Finding(
            "telegram", "error", "Telegram does not know this token.", "Ask @BotFather for /token."
        )
    except TelegramAPIError as error:
        return Finding("telegram", "error", redact(str(error)), "Check the network and TELEGRAM_API_URL.")
    finally:
        await bot.session.close()
    if hook.last_error_message:
        return Finding(
            "telegram",
            "warning",
            f"@{me.username}; the webhook failed: {hook.last_error_message}",
            "Check WEBHOOK_URL.",
        )
    return Finding("telegram", "ok", f"@{me.username}.")
