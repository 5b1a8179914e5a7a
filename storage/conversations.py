"""Where each dialogue stands: kept in the database, so that a restart forgets no half-written draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_

from storage.database import Database
from storage.models import ConversationRow


def of_person(user_id: int) -> ColumnElement[bool]:
    """The rows of somebody's dialogues, in whichever chat and topic of a forum: keys are `chat:user[:topic]`."""
    key = ConversationRow.key
    return or_(key.like(f"%:{user_id}:%"), and_(key.like(f"%:{user_id}"), key.not_like("%:%:%")))


def in_chat(chat_id: int) -> ColumnElement[bool]:
    """The rows of everybody's dialogues in a chat."""
    return ConversationRow.key.like(f"{chat_id}:%")


class Conversations:
    """States and data of dialogues by key.  A dialogue that is over leaves no row behind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, key: str) -> tuple[str | None, dict[str, Any]]:
        """The state and data of a dialogue; `(None, {})` where there is none."""
        async with self._database.read() as session:
            row = await session.get(ConversationRow, key)
            return (row.state, dict(row.data)) if row else (None, {})

    async def save_state(self, key: str, state: str | None, now: datetime) -> None:
        """Moves a dialogue to a state and keeps its data; no state and no data ends it."""
        async with self._database.write() as session:
            row = await session.get(ConversationRow, key)
            if row is None:
                if state is not None:
                    session.add(ConversationRow(key=key, state=state, data={}, updated_at=now))
            elif state is None and not row.data:
                await session.delete(row)
            else:
                row.state, row.updated_at = state, now

    async def save_data(self, key: str, data: Mapping[str, Any], now: datetime) -> None:
        """Replaces the data of a dialogue and keeps its state; no state and no data ends it."""
        async with self._database.write() as session:
            row = await session.get(ConversationRow, key)
            if row is None:
                if data:
                    session.add(ConversationRow(key=key, state=None, data=dict(data), updated_at=now))
            elif row.state is None and not data:
                await session.delete(row)
            else:
                row.data, row.updated_at = dict(data), now

    async def sweep(self, older_than: datetime) -> int:
        """Ends the dialogues that nobody went on with; returns how many."""
        async with self._database.write() as session:
            result = await session.execute(
                delete(ConversationRow).where(ConversationRow.updated_at < older_than)
            )
            return cast(CursorResult[Any], result).rowcount
