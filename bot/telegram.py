"""The connection to Telegram, or to another server that speaks its Bot API."""

from __future__ import annotations

import json
from functools import partial
from typing import Final

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer

from bot.delivery.wire import WireSession
from bot.pictures import DrawnWhenSent

TIMEOUT_SECONDS: Final = 60.0


def make_bot(token: str, api_url: str) -> Bot:
    """A client for a Bot API server.  Close it with `bot.session.close()`.

    Cyrillic goes out as it is: escaped, a digest would be six times as long on the wire.
    """
    session = WireSession(
        api=TelegramAPIServer.from_base(api_url),
        json_dumps=partial(json.dumps, ensure_ascii=False),
        timeout=TIMEOUT_SECONDS,
    )
    session.middleware(DrawnWhenSent())
    return Bot(token, session=session, default=DefaultBotProperties(link_preview_is_disabled=True))
