"""Dialogues that ask for something: leaving one loses nothing of another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiogram import BaseMiddleware, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import TelegramObject


@dataclass(frozen=True)
class Dialogue:
    """A dialogue: how its buttons name it, the groups of its states, and under which names it keeps what is said."""

    name: str
    groups: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    def waits_in(self, state: str | None) -> bool:
        """Whether a state is one in which this dialogue waits for a message."""
        return state is not None and state.partition(":")[0] in self.groups


ANNOUNCEMENT: Final = Dialogue(
    "announce",
    ("Announcing", "Scheduling", "Saving"),
    ("draft", "audience", "urgent", "composed", "album", "version"),
)
CORRECTION: Final = Dialogue("correct", ("Correcting",), ("correcting",))
RELEASE: Final = Dialogue("publish", ("Publishing",), ("manuscript",))
ANSWER: Final = Dialogue("desk", ("Desk",), ("desk", "desk_correction"))
TEACHING: Final = Dialogue("teach", ("Teaching",), ("unanswered",))
SOURCE: Final = Dialogue("source", ("Adding",), ("offers",))
RULES: Final = Dialogue("rules", ("Ruling",), ("ruling",))
REGISTRY: Final = Dialogue("registry", (), ("registry",))
STAFF: Final = Dialogue("staff", ("Appointing",))
SEARCH: Final = Dialogue("search", ("Searching",))

DIALOGUES: Final = (
    *(ANNOUNCEMENT, CORRECTION, RELEASE, ANSWER, TEACHING),
    *(SOURCE, RULES, REGISTRY, STAFF, SEARCH),
)
_WRITTEN: Final = (*ANNOUNCEMENT.keeps, *RELEASE.keeps)
"""What took somebody time to write: it outlives a new beginning."""


def called(name: str) -> Dialogue | None:
    """The dialogue that a button names.  Pure."""
    return next((each for each in DIALOGUES if each.name == name), None)


def waiting(state: str | None) -> Dialogue | None:
    """The dialogue that waits for a message in a state.  Pure."""
    return next((each for each in DIALOGUES if each.waits_in(state)), None)


async def leave(state: FSMContext, *dialogues: Dialogue) -> bool:
    """Leaves these dialogues with what was said in them, and no others; whether there was anything to leave."""
    data = await state.get_data()
    left = {name: value for name, value in data.items() if not any(name in each.keeps for each in dialogues)}
    held = any(data[name] for name in data.keys() - left.keys())
    now = await state.get_state()
    waited = any(each.waits_in(now) for each in dialogues)
    if waited:
        await state.set_state(None)
    if left != data:
        await state.set_data(left)
    return waited or held


async def begin_anew(state: FSMContext) -> None:
    """Waits for nothing any more and forgets what was spoken of; what staff have written stays."""
    data = await state.get_data()
    await state.set_state(None)
    await state.set_data({name: value for name, value in data.items() if name in _WRITTEN})


class NoLongerAsked(BaseMiddleware):
    """Who presses a button of a dialogue no longer answers its last question in writing, unless the button asks."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        state: FSMContext = data["state"]
        if self._dialogue.waits_in(await state.get_state()):
            await state.set_state(None)
        return await handler(event, data)


def router_of(dialogue: Dialogue, name: str) -> Router:
    """A router of a dialogue's buttons and messages."""
    router = Router(name=name)
    router.callback_query.middleware(NoLongerAsked(dialogue))
    return router
