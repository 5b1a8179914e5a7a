"""What is removed because nobody needs it any more."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from storage.conversations import Conversations
from storage.database import Database
from storage.deliveries import Deliveries
from storage.planning import drop_previews

_log = logging.getLogger(__name__)

FORGOTTEN_DIALOGUES: Final = timedelta(days=30)
"""A draft that nobody went on with for so long is dropped."""


async def tidy(database: Database, now: datetime) -> None:
    """Drops abandoned dialogues, old previews, and waits of Telegram's that are over.  Safe to repeat."""
    dialogues = await Conversations(database).sweep(now - FORGOTTEN_DIALOGUES)
    await drop_previews(database, now - FORGOTTEN_DIALOGUES)
    await Deliveries(database).prune(now)
    if dialogues:
        _log.info("%d abandoned dialogues were dropped", dialogues)
