"""The state machine of a broadcast: draft → scheduled → running ⇄ paused → done, or cancelled.

Everything is in the database.  `advance` asks it what is to be done next, so that a restart goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.announcement_acts import ActDesk, ActStep
from bot.i18n import translation
from bot.messages.announcement import notice_part
from bot.reach import Reach, everyone
from storage.announcements import (
    LANGUAGE_ORDER,
    Announcement,
    AnnouncementError,
    Announcements,
    Content,
    Nobody,
    PauseReason,
    Progress,
)
from storage.audiences import Audience
from storage.database import Database
from storage.deliveries import Letter
from storage.errors import N_, JarchyError
from storage.languages import Language
from storage.parts import Part
from storage.subscribers import Subscribers

log = logging.getLogger(__name__)

LATE_AFTER: Final = timedelta(hours=1)
"""An announcement that could not start for longer than this after its time asks staff first."""

TOO_MANY_FAILURES: Final = 20
TOO_LARGE_A_SHARE: Final = 0.25
"""It pauses by itself when so many, and such a share of those decided, failed or are unknown."""

What = Literal["started", "progress", "paused", "done", "unshown"]


@dataclass(frozen=True, slots=True)
class Step:
    """What `advance` did with an announcement, or that its progress is worth showing."""

    what: What
    announcement: Announcement
    progress: Progress


class TimeHasPassed(AnnouncementError):
    """It waited for a second person until long after the time its author chose."""

    code = "announcements.time_has_passed"
    sentence = N_("The time it was planned for has passed. Send it now?")


class AnnouncementDesk:
    """What staff do with announcements.

    `poke` wakes the sender.  `reach` limits whom anything is sent to, in a trial.  With `two_people` nothing is sent
    before somebody other than its author has approved it.  Whoever sent or approved one is written to when it pauses
    by itself and when it is done.
    """

    def __init__(
        self,
        database: Database,
        poke: Callable[[], None] = lambda: None,
        *,
        reach: Reach = everyone,
        two_people: bool = False,
    ) -> None:
        self._announcements = Announcements(database)
        self._subscribers = Subscribers(database)
        self._poke = poke
        self._reach = reach
        self._enlisting: set[int] = set()
        self.two_people = two_people
        self.acts = ActDesk(database, poke, lambda: self.two_people)

    async def size(self, audience: Audience) -> int:
        """How many chats an audience is now, whom a trial would reach included or not."""
        reached = await self._reach()
        if reached is None:
            return await self._subscribers.count(audience)
        recipients = await self._subscribers.recipients(audience)
        return sum(recipient.chat_id in reached for recipient in recipients)

    async def compose(
        self, author_id: int, content: Content, audience: Audience, now: datetime, *, urgent: bool = False
    ) -> Announcement:
        """A draft of an announcement; nobody is told yet."""
        return await self._announcements.draft(author_id, content, audience, now, urgent=urgent)

    async def send(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        at: datetime | None = None,
        *,
        begins: Callable[[], Awaitable[object]] | None = None,
    ) -> tuple[Announcement, Progress]:
        """Freezes content and audience, writes a row for each recipient, and starts now or waits for `at`.

        `begins` is awaited before the rows are written, which takes seconds where they are many.  Raises Nobody for an
        empty audience, WrongState where it was sent or cancelled already, OwnApproval for the author where two people
        are needed.
        """
        await self._announcements.approve(announcement_id, by, now, at, two_people=self.two_people)
        if begins is not None:
            await begins()
        if not await self._enlist(announcement_id, now):
            raise Nobody
        if at is None or at <= now:
            await self._announcements.start(announcement_id, now)
            self._poke()
        return await self.look(announcement_id)

    async def submit(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        at: datetime | None = None,
        letters: Sequence[Letter] = (),
    ) -> tuple[Announcement, Progress]:
        """Lets it wait for a second person, to be sent then or at `at`; raises WrongState for all but a draft.

        `letters` ask those who may say yes: from the moment it waits, they are on their way.
        """
        await self._announcements.submit(announcement_id, by, now, at, letters)
        self._poke()
        return await self.look(announcement_id)

    async def allow(
        self,
        announcement_id: int,
        by: int,
        now: datetime,
        *,
        sure: bool = False,
        begins: Callable[[], Awaitable[object]] | None = None,
    ) -> tuple[Announcement, Progress]:
        """A second person's yes: sends it, or schedules it for the time its author chose.

        A time that has just passed is now.  Raises what `send` raises, and unless `sure` TimeHasPassed for one that
        passed long ago: the news in it may be old.
        """
        announcement = await self._announcements.get(announcement_id)
        at = announcement.scheduled_for
        if announcement.state == "waiting" and at and now - at > LATE_AFTER and not sure:
            raise TimeHasPassed
        return await self.send(announcement_id, by, now, at if at and at > now else None, begins=begins)

    async def decline(self, announcement_id: int, by: int, now: datetime) -> tuple[Announcement, Progress]:
        """A second person's no; raises WrongState where it no longer waits."""
        await self._announcements.decline(announcement_id, by, now)
        return await self.look(announcement_id)

    async def look(self, announcement_id: int) -> tuple[Announcement, Progress]:
        """An announcement and how far it is; raises UnknownAnnouncement."""
        return (
            await self._announcements.get(announcement_id),
            await self._announcements.progress(announcement_id),
        )

    async def recent(self, limit: int = 10) -> tuple[Announcement, ...]:
        """The latest announcements, newest first."""
        return await self._announcements.recent(limit)

    async def past(
        self, territory: str | None, limit: int, offset: int = 0
    ) -> tuple[tuple[Announcement, ...], int]:
        """What was announced in a territory and its parts (None: anywhere), newest first, and how many that is."""
        return await self._announcements.past(territory, limit, offset)

    async def pause(self, announcement_id: int, by: int, now: datetime) -> tuple[Announcement, Progress]:
        """Nothing more leaves until it is resumed; raises WrongState where it is not running."""
        await self._announcements.pause(announcement_id, by, now)
        return await self.look(announcement_id)

    async def resume(self, announcement_id: int, by: int, now: datetime) -> tuple[Announcement, Progress]:
        """Goes on after a pause; raises WrongState where it is not paused."""
        await self._announcements.resume(announcement_id, by, now)
        self._poke()
        return await self.look(announcement_id)

    async def cancel(self, announcement_id: int, by: int, now: datetime) -> tuple[Announcement, Progress]:
        """Nobody else is told; raises WrongState where it is over."""
        await self._announcements.cancel(announcement_id, by, now)
        return await self.look(announcement_id)

    async def outcomes(self, announcement_id: int) -> tuple[tuple[str, str | None, datetime | None], ...]:
        """State, error and time for each recipient, without saying whose."""
        return await self._announcements.outcomes(announcement_id)

    async def show_progress_in(self, announcement_id: int, chat_id: int, message_id: int) -> None:
        """Remembers the message that is edited as the sending goes on."""
        await self._announcements.show_progress_in(announcement_id, chat_id, message_id)

    async def advance(self, now: datetime) -> tuple[Step | ActStep, ...]:
        """Does what is due for every open announcement, and says what is worth showing.

        One that cannot be advanced does not stop the others.
        """
        steps: list[Step | ActStep] = []
        for announcement in await self._announcements.unfinished():
            try:
                step = await self._advance(announcement, now)
            except JarchyError:  # a person was faster: it is no longer as it was read
                log.info("announcement %d changed while it was looked at", announcement.id)
                continue
            if step:
                steps.append(step)
        steps += await self.acts.advance()
        seen = {step.announcement.id for step in steps if isinstance(step, Step)}
        for announcement in await self._announcements.unshown():
            if announcement.id not in seen:
                steps.append(await self._step("unshown", announcement.id))
        return tuple(steps)

    async def shown(self, step: Step | ActStep) -> None:
        """The message of an announcement, or of an act, says what the step says.

        Whoever is killed before this shows it again.
        """
        if isinstance(step, ActStep):
            await self.acts.shown(step.act)
        elif step.announcement.revision > step.announcement.shown_revision:
            await self._announcements.shown(step.announcement.id, step.announcement.revision)

    async def _advance(self, announcement: Announcement, now: datetime) -> Step | None:
        match announcement.state:
            case "scheduled":
                return await self._start_if_due(announcement, now)
            case "running":
                return await self._follow(announcement, now)
            case _:
                return None

    async def _start_if_due(self, announcement: Announcement, now: datetime) -> Step | None:
        if announcement.id in self._enlisting:
            return None
        if not announcement.recipients and not await self._enlist(announcement.id, now):
            return None
        due = announcement.scheduled_for or now
        if due > now:
            return None
        if now - due > LATE_AFTER:
            return await self._pause(announcement.id, "late", now)
        await self._announcements.start(announcement.id, now)
        self._poke()
        return await self._step("started", announcement.id)

    async def _enlist(self, announcement_id: int, now: datetime) -> int:
        """Writes down who gets it.  With many that takes seconds, in which the tick leaves it alone."""
        self._enlisting.add(announcement_id)
        try:
            return await self._announcements.enlist(announcement_id, now, only=await self._reach())
        finally:
            self._enlisting.discard(announcement_id)

    async def _follow(self, announcement: Announcement, now: datetime) -> Step:
        progress = await self._announcements.progress(announcement.id)
        if not progress.waiting and not progress.sending:
            done = replace(announcement, state="done", finished_at=now)
            await self._announcements.finish(announcement.id, now, await self._letters(done, progress, now))
            self._poke()
            return await self._step("done", announcement.id)
        if too_many_failures(progress, announcement.failures_forgiven):
            return await self._pause(announcement.id, "failures", now)
        return Step("progress", announcement, progress)

    async def _pause(self, announcement_id: int, reason: PauseReason, now: datetime) -> Step:
        """Stops by itself, and asks those who sent it whether to go on."""
        announcement, progress = await self.look(announcement_id)
        paused = replace(announcement, state="paused", paused_because=reason)
        letters = await self._letters(paused, progress, now)
        await self._announcements.pause(announcement_id, None, now, reason, letters)
        self._poke()
        return await self._step("paused", announcement_id)

    async def _letters(
        self, announcement: Announcement, progress: Progress, now: datetime
    ) -> tuple[Letter, ...]:
        """How it is, for its author and for who approved it, in the language and by the clock of each."""
        letters = []
        for user_id in {announcement.author_id, announcement.approved_by or announcement.author_id}:
            if chat := await self._subscribers.get(user_id):
                tr, zone = translation(chat.language), ZoneInfo(chat.timezone)
                part = notice_part(announcement, progress, tr, now, zone)
                letters.append(Letter("notice", chat.language, (part,), (chat.id,)))
        return tuple(letters)

    async def _step(self, what: What, announcement_id: int) -> Step:
        return Step(what, *await self.look(announcement_id))


def too_many_failures(progress: Progress, forgiven: int = 0) -> bool:
    """Whether so much goes wrong that staff should look before more is sent.  Blocked chats are no failures."""
    wrong = progress.failed + progress.unknown - forgiven
    return wrong >= TOO_MANY_FAILURES and wrong >= TOO_LARGE_A_SHARE * progress.finished


def in_language(content: Content, language: Language) -> tuple[Part, ...]:
    """The version that readers of a language get; raises AnnouncementError where there is no version at all."""
    order: Iterable[Language] = (language, *LANGUAGE_ORDER)
    for each in order:
        if parts := content.get(each):
            return parts
    raise AnnouncementError
