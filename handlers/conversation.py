"""What every conversation shares: leaving it, and the short memory of what was spoken of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram.fsm.context import FSMContext

SUBJECT_LIVES = timedelta(minutes=10)
"""How long a follow-up («а контакты?») is about what was asked before."""

QUESTION_LIVES = timedelta(hours=24)
"""How long a question can still be passed on by the button under its answer."""

QUESTIONS_KEPT = 5
"""How many of the last questions can be."""


@dataclass(frozen=True)
class Memory:
    """What was asked last in a chat, and about what."""

    question: str | None = None
    subject: str | None = None


def key_of(question: str) -> str:
    """A question in eight characters, as a button carries it."""
    return hashlib.sha256(question.encode()).hexdigest()[:8]


async def asked_as(state: FSMContext, key: str, now: datetime) -> str | None:
    """The question with this key, if it was asked here lately."""
    return next((text for text in _lately((await state.get_data()), now) if key_of(text) == key), None)


async def passed_on(state: FSMContext, key: str, now: datetime) -> None:
    """Forgets a question that was passed on, so that it is not passed on twice."""
    data = await state.get_data()
    kept = [(text, at) for text, at in data.get("asked", ()) if key_of(text) != key]
    await state.update_data(asked=kept, question=None)


def _lately(data: Mapping[str, Any], now: datetime) -> Iterator[str]:
    for text, at in data.get("asked", ()):
        if now - datetime.fromisoformat(at) <= QUESTION_LIVES:
            yield text


async def remember(state: FSMContext, memory: Memory, now: datetime) -> None:
    """Keeps what was asked; it fades by itself."""
    if memory.question:
        before = [one for one in (await state.get_data()).get("asked", ()) if one[0] != memory.question]
        await state.update_data(asked=[*before[1 - QUESTIONS_KEPT :], (memory.question, now.isoformat())])
    await state.update_data(
        question=memory.question,
        subject=memory.subject,
        asked_at=now.isoformat() if memory.question or memory.subject else None,
    )


async def speak_of(state: FSMContext, subject: str, now: datetime) -> None:
    """From now on a follow-up is about what was just shown; what was asked can still be passed on."""
    await remember(state, Memory((await recall(state, now)).question, subject), now)


async def recall(state: FSMContext, now: datetime) -> Memory:
    """What is still remembered."""
    return fade(await state.get_data(), now)


def fade(data: dict[str, Any], now: datetime) -> Memory:
    """What is left of the memory in a conversation's data.  Pure."""
    if not (asked_at := data.get("asked_at")):
        return Memory()
    age = now - datetime.fromisoformat(asked_at)
    if age > QUESTION_LIVES:
        return Memory()
    subject = data.get("subject") if age <= SUBJECT_LIVES else None
    return Memory(data.get("question"), subject)
