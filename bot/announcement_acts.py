"""What staff do with an announcement after it was sent: correct it, delete it, send it again to some.

Where two people are needed, one proposes and the other allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.announcement_changes import corrected, edits, withdrawals
from storage.announcement_acts import Act, AnnouncementActs, Change, Outcome, SentText, Standing, Wish
from storage.announcements import Content, Progress
from storage.database import Database
from storage.deliveries import Letter


@dataclass(frozen=True, slots=True)
class ActStep:
    """How far a correction or deletion is."""

    act: Act
    progress: Progress


class ActDesk:
    """Acts on what was sent.  `poke` wakes the sender; `two_people` says whether one person is enough."""

    def __init__(self, database: Database, poke: Callable[[], None], two_people: Callable[[], bool]) -> None:
        self._acts = AnnouncementActs(database)
        self._poke = poke
        self._two_people = two_people

    async def texts(self, announcement_id: int) -> tuple[SentText, ...]:
        """What its recipients got, and how many of them."""
        return await self._acts.texts(announcement_id)

    async def standing(self, announcement_id: int, now: datetime) -> Standing:
        """With how many it stands, and with how many of them for too long to be deleted."""
        return await self._acts.standing(announcement_id, now)

    async def get(self, act_id: int) -> Act:
        """The act; raises WrongState where there is none."""
        return await self._acts.get(act_id)

    async def propose(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        wish: Wish,
        letters: Callable[[int], Sequence[Letter]],
    ) -> Act:
        """Lets a wish wait for a second person, whom the `letters` ask.  Raises WrongState."""
        act = await self._acts.propose(announcement_id, by, now, wish, letters)
        self._poke()
        return act

    async def allow(self, act_id: int, by: int, now: datetime) -> Act:
        """A second person's yes.  Raises OwnApproval for the one who asked, WrongState, StillSending."""
        act = await self._acts.get(act_id)
        await self.do(act.announcement_id, by, now, act.wish, act_id)
        return await self._acts.get(act_id)

    async def decline(self, act_id: int, by: int, now: datetime) -> Act:
        """A second person's no; raises WrongState where it no longer waits."""
        return await self._acts.decline(act_id, by, now)

    async def do(
        self, announcement_id: int, by: int, now: datetime, wish: Wish, proposal: int | None = None
    ) -> Act | None:
        """Does what is wished; None where it is shown by the announcement's own progress.

        Raises OwnApproval where a second person is needed, WrongState where it cannot be done any more, StillSending,
        and what `edits` raises.
        """
        two = self._two_people()
        act = None
        if wish.kind == "resend":
            outcome: Outcome = wish.outcome or "unknown"
            await self._acts.resend(announcement_id, by, now, outcome, proposal=proposal, two_people=two)
        else:
            texts = await self._acts.texts(announcement_id)
            changes = {text.message_id: change for text in texts if (change := _change(text, wish))}
            act = await self._acts.carry_out(
                announcement_id, by, now, wish, changes, proposal=proposal, two_people=two
            )
        self._poke()
        return act

    async def correct(self, announcement_id: int, by: int, now: datetime, new: Content) -> int:
        """Puts new texts in place of what was sent in their languages; returns for how many chats."""
        act = await self.do(announcement_id, by, now, Wish("correct", new))
        return act.recipients if act else 0

    async def withdraw(self, announcement_id: int, by: int, now: datetime) -> int:
        """Deletes what was sent, for everyone who got it; returns how many chats that is."""
        act = await self.do(announcement_id, by, now, Wish("withdraw"))
        return act.recipients if act else 0

    async def show_progress_in(self, act_id: int, chat_id: int, message_id: int) -> None:
        """Remembers the message that is edited as it goes on."""
        await self._acts.show_progress_in(act_id, chat_id, message_id)

    async def look(self, act_id: int) -> ActStep:
        """How far an act is now."""
        return ActStep(await self._acts.get(act_id), await self._acts.progress(act_id))

    async def advance(self) -> tuple[ActStep, ...]:
        """How far each correction and deletion is that is under way, or is done without its message saying so."""
        steps = [await self.look(act.id) for act in await self._acts.unshown()]
        for act in await self._acts.running():
            progress = await self._acts.progress(act.id)
            if not progress.waiting and not progress.sending:
                await self._acts.finish(act.id)
            steps.append(await self.look(act.id))
        return tuple(steps)

    async def shown(self, act: Act) -> None:
        """The message of an act says how far it is."""
        if act.state == "done":
            await self._acts.shown(act.id)


def _change(text: SentText, wish: Wish) -> Change | None:
    """What becomes of a text; None where the wish is not about its language.  Pure."""
    if wish.kind == "withdraw":
        return Change(text.language, withdrawals(text.parts, text.message_id))
    new = (wish.content or {}).get(text.language)
    if not new:
        return None
    return Change(text.language, edits(text.parts, new, text.message_id), corrected(text.parts, new))
