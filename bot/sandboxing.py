"""Running on the sandbox: its Bot API in place of Telegram's, its member of staff, its partner sites as sources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from bot.sandbox.people import STAFF_ID
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from storage.database import sqlite_path
from storage.sources import SourceDefinition, Sources

_EVERY_MINUTE = 1


@asynccontextmanager
async def open_sandbox(
    settings: Settings, more_routes: Callable[[web.Application], None]
) -> AsyncIterator[Sandbox]:
    """A sandbox on the address of the settings; what was said in it is kept beside its database.

    Raises SandboxError where the address is taken, or is one that other machines reach.
    """
    sandbox = Sandbox(state_file=_state_file(settings), more_routes=more_routes)
    await sandbox.start(settings.http_host, settings.http_port)
    try:
        yield sandbox
    finally:
        await sandbox.stop()


def on_sandbox(settings: Settings, sandbox: Sandbox) -> Settings:
    """The settings of a bot whose Telegram is this sandbox."""
    return settings.model_copy(
        update={
            "bot_token": SecretStr(sandbox.token),
            "telegram_api_url": sandbox.api_url,
            "admin_ids": (*settings.admin_ids, STAFF_ID),
            "fetch_allowed_hosts": (*settings.fetch_allowed_hosts, "127.0.0.1"),
        }
    )


async def hear_partners(sandbox: Sandbox, sources: Sources, now: datetime) -> None:
    """Makes the sandbox's partner sites sources; safe to repeat."""
    for partner in sandbox.partners.sources():
        definition = SourceDefinition(
            slug=partner.slug,
            names=partner.title,
            kind=partner.kind,
            url=partner.url,
            language=partner.language,
            rule={"item_pattern": partner.item_pattern} if partner.item_pattern else {},
            interval_minutes=_EVERY_MINUTE,
        )
        await sources.put(definition, now)


def _state_file(settings: Settings) -> Path | None:
    database = sqlite_path(settings.parsed_database_url)
    return database.with_suffix(".people.json") if database else None
