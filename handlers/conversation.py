"""What every conversation shares: leaving it, and the short memory of what was spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram.fsm.context import FSMContext

SUBJECT_LIVES = timedelta(minutes=10)
"""How long a follow-up («а контакты?») is about what was asked before."""

QUESTION_LIVES = timedelta(hours=24)
"""How long a question can still be passed on by the button under its answer."""


@dataclass(frozen=True)
class Memory:
    """What was asked last in a chat, and about what."""

    question: str | None = None
    subject: str | None = None


async def remember(state: FSMContext, memory: Memory, now: datetime) -> None:
    """Keeps what was asked; it fades by itself."""
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
