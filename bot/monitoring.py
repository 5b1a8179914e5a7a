"""How the running program is doing: for `/healthz`, for `/metrics`, and for staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from aiogram.utils.formatting import Bold, Text
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.sender import Sender
from bot.i18n import Translation, translation
from bot.messages.doubt import doubt_part
from bot.messages.parts import text_part
from bot.messages.source import silence_in_words
from bot.web import Health
from feeds.health import YEAR, Silence, in_words, unusual_silence
from feeds.refresh import Refreshed
from storage.database import Database
from storage.deliveries import Deliveries, Lane
from storage.releases import Releases
from storage.sources import Source, Sources
from storage.staff import Staff
from storage.subscribers import Subscribers

LONGEST_WAIT: Final = timedelta(minutes=15)
"""A delivery that is overdue for longer makes the program unwell."""


MOST_DOUBTS: Final = 5
"""Pairs of releases that staff are asked about at a time."""


class Monitor:
    """Looks at the parts of the program from outside."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        staff: Staff,
        subscribers: Subscribers,
        staff_chat_id: int | None = None,
    ) -> None:
        self._database = database
        self._deliveries = Deliveries(database)
        self._sources = Sources(database)
        self._releases = Releases(database)
        self._sender = sender
        self._staff = staff
        self._subscribers = subscribers
        self._staff_chat_id = staff_chat_id

    async def health(self) -> Health:
        """Well when the database answers and nothing has waited too long to be sent."""
        try:
            await self._database.ping()
            waited = await self._deliveries.oldest_waiting(datetime.now(UTC))
        except (SQLAlchemyError, OSError) as error:
            return Health({"database": f"does not answer: {type(error).__name__}"}, well=False)
        held_up = waited > LONGEST_WAIT and not self._told_to_wait()
        parts = {
            "database": "answers",
            "sender": "sends" if self._sender.status.sending else "waits for its turn",
            "outbox": f"the oldest delivery is {waited.total_seconds():.0f} s overdue"
            if waited
            else "on time",
        }
        return Health(parts, well=not held_up)

    def _told_to_wait(self) -> bool:
        until = self._sender.status.flood_until
        return until is not None and until > datetime.now(UTC)

    async def metrics(self) -> Mapping[str, tuple[str, float]]:
        """Numbers for Prometheus, with what each means."""
        now = datetime.now(UTC)
        sources = [source for source in await self._sources.all() if source.enabled]
        waited = await self._deliveries.oldest_waiting(now)
        values = {
            "jarchy_sender_active": ("1 where this instance sends", float(self._sender.status.sending)),
            "jarchy_outbox_wait_seconds": ("Age of the most overdue delivery", waited.total_seconds()),
            "jarchy_sources_enabled": ("Sources switched on", len(sources)),
            "jarchy_sources_broken": (
                "Sources whose last fetch failed",
                sum(bool(s.error_code) for s in sources),
            ),
            "jarchy_releases": ("Number of the newest release", await self._releases.head()),
        }
        for state, count in (await self._subscribers.counts_by_state()).items():
            values[f"jarchy_chats_{state}"] = (f"Chats that are {state}", count)
        for state, count in (await self._deliveries.counts()).items():
            values[f"jarchy_deliveries_{state}"] = (f"Deliveries that are {state}", count)
        return values

    async def tell_staff_of_sources(self, refreshed: Iterable[Refreshed]) -> None:
        """Tells staff, once each, of sources that broke or are well again."""
        for one in refreshed:
            if one.news is None:
                continue
            for chat_id, tr in await self._staff_chats():
                part = text_part(_about_source(one, tr))
                now = datetime.now(UTC)
                await self._deliveries.send("notice", tr.language, (part,), (chat_id,), Lane.ALERTS, now)
            await self._sources.note_staff_told(one.source.id, one.news)
            self._sender.poke()

    async def ask_staff_about_doubts(self, now: datetime) -> int:
        """Asks staff, once each, about new releases that resemble others too much to be sure that they are not copies.

        Wherever they came from: a feed, a channel, a document.  Returns how many.  They wait for as long as there is
        nobody to ask: who never wrote to the bot cannot be written to.
        """
        readers = await self._staff_chats()
        if not readers:
            return 0
        doubtful = await self._releases.take_doubts(MOST_DOUBTS)
        for release in doubtful:
            other = await self._releases.get(release.perhaps_copy_of) if release.perhaps_copy_of else None
            if other is None:
                continue
            for chat_id, tr in readers:
                part = doubt_part(release, other, tr, now)
                await self._deliveries.send("notice", tr.language, (part,), (chat_id,), Lane.ALERTS, now)
            self._sender.poke()
        return len(doubtful)

    async def tell_staff_of_silence(self, now: datetime) -> int:
        """Tells staff, once each, of sources that are silent for longer than they ever were; returns how many."""
        days = await self._sources.days_heard(now - YEAR)
        silent: list[tuple[Source, Silence]] = []
        for source in await self._sources.all():
            silence = unusual_silence(days.get(source.slug, ()), now.date())
            if silence is None and source.staff_told == "silent":
                await self._sources.note_staff_told(source.id, "well")
            elif silence and source.enabled and source.staff_told not in ("silent", "broken"):
                silent.append((source, silence))
        for source, silence in silent:
            for chat_id, tr in await self._staff_chats():
                part = text_part(_about_silence(source, silence, tr))
                await self._deliveries.send("notice", tr.language, (part,), (chat_id,), Lane.ALERTS, now)
            await self._sources.note_staff_told(source.id, "silent")
        if silent:
            self._sender.poke()
        return len(silent)

    async def _staff_chats(self) -> list[tuple[int, Translation]]:
        """Where staff read, and in which language; who never wrote to the bot cannot be written to."""
        ids = (
            [self._staff_chat_id] if self._staff_chat_id else [one.user_id for one in await self._staff.all()]
        )
        chats = [await self._subscribers.get(id_) for id_ in ids]
        return [(chat.id, translation(chat.language)) for chat in chats if chat]


def _about_silence(source: Source, silence: Silence, tr: Translation) -> Text:
    return Text(Bold(source.names.in_(tr.language)), "\n", silence_in_words(silence, tr), "\n", "/sources")


def _about_source(refreshed: Refreshed, tr: Translation) -> Text:
    name = Bold(refreshed.source.names.in_(tr.language))
    if refreshed.news == "well":
        return Text(name, "\n", tr.gettext("This source is heard again."))
    reason = in_words(refreshed.error.code, str(refreshed.error), tr.gettext) if refreshed.error else ""
    return Text(name, "\n", tr.gettext("This source cannot be read."), f" {reason}\n", "/sources")
