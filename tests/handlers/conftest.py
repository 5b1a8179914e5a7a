"""The whole of the conversations over a real database, spoken with through the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from storage.database import Database
from tests.handlers.talk import Talk, prepared


@pytest.fixture
async def talk(sqlite_database: Database, now: datetime) -> AsyncIterator[Talk]:
    """A bot without subscribers, with people who can speak to it."""
    conversation = await prepared(sqlite_database, now)
    yield conversation
    await conversation.close()
