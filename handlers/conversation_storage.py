"""Where dialogues stand, kept in our own tables: a restart forgets no half-written draft."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey

from handlers.dependencies import Clock
from storage.conversations import Conversations


class ConversationStorage(BaseStorage):
    """aiogram's conversation state over the table `conversations`.

    A dialogue that is left has neither state nor data, and then no row is kept of it.  While an update holds its
    conversation (`held`), what was read is remembered: filters and handlers ask for it again and again.  Not longer,
    since another replica may handle the next update.
    """

    def __init__(self, conversations: Conversations, clock: Clock) -> None:
        self._conversations = conversations
        self._clock = clock
        self._read: dict[str, tuple[str | None, dict[str, Any]] | None] = {}

    @contextmanager
    def held(self, key: StorageKey) -> Iterator[None]:
        """Remembers what is read of a conversation, for as long as one update has it to itself."""
        self._read[row_key(key)] = None
        try:
            yield
        finally:
            del self._read[row_key(key)]

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self._forget(key)
        await self._conversations.save_state(row_key(key), _name(state), self._clock())

    async def get_state(self, key: StorageKey) -> str | None:
        state, _ = await self._load(key)
        return state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._forget(key)
        await self._conversations.save_data(row_key(key), data, self._clock())

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        _, data = await self._load(key)
        return dict(data)

    async def _load(self, key: StorageKey) -> tuple[str | None, dict[str, Any]]:
        if found := self._read.get(row_key(key)):
            return found
        found = await self._conversations.load(row_key(key))
        if row_key(key) in self._read:
            self._read[row_key(key)] = found
        return found

    def _forget(self, key: StorageKey) -> None:
        if row_key(key) in self._read:
            self._read[row_key(key)] = None

    async def close(self) -> None:
        """Nothing to close: the database belongs to the program."""


class ConversationLocks(BaseEventIsolation):
    """Updates of one conversation are handled one after another; a lock lives only while somebody wants it."""

    def __init__(self, storage: ConversationStorage) -> None:
        self._storage = storage
        self._locks: dict[StorageKey, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        lock, wanted = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, wanted + 1)
        try:
            async with lock:
                with self._storage.held(key):
                    yield None
        finally:
            self._release(key)

    async def close(self) -> None:
        """Nothing to close."""

    def _release(self, key: StorageKey) -> None:
        lock, wanted = self._locks[key]
        if wanted == 1:
            del self._locks[key]
        else:
            self._locks[key] = (lock, wanted - 1)


def row_key(key: StorageKey) -> str:
    """The key of a conversation's row: `{chat}:{user}`, and the forum topic where there is one."""
    thread = f":{key.thread_id}" if key.thread_id else ""
    return f"{key.chat_id}:{key.user_id}{thread}"


def _name(state: StateType) -> str | None:
    return state.state if isinstance(state, State) else state
