"""Who is told what, now: alerts at once, digests at their time.

`digest_plan.plan` decides; `plan_due` asks the database what is due and writes messages, deliveries and watermarks in
one transaction a batch, so that it may be called at any time, twice, or after any interruption.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.digest_plan import Candidates, Plan, Told, heading, news, plan
from bot.i18n import translation
from bot.messages.digest import (
    FIRST_PAGE,
    Entry,
    Heading,
    Occasion,
    Reader,
    and_more,
    digest,
    more,
    nothing_new,
)
from bot.messages.release import alert
from bot.messages.week_picture import week_part
from storage.database import Database
from storage.labels import Labels, labels
from storage.languages import Language, Reads
from storage.parts import Lane, Part
from storage.planning import Planning, planning, told_in
from storage.planning_values import DueChat, Mention, Place, Recipient, Translated, Watermark
from storage.releases import Release, ReleaseFilter, Releases
from storage.subscriber_values import What

log = logging.getLogger(__name__)

BATCH: Final = 2_000
"""Chats planned in one transaction."""

_PREVIEW_RELEASES: Final = 100

WEEK: Final = timedelta(days=7)
BISHKEK: Final = ZoneInfo("Asia/Bishkek")
"""By whose days the week in numbers is counted, wherever its reader is."""


@dataclass(slots=True)
class PlanReport:
    """What a round of planning did."""

    chats: int = 0
    messages: int = 0
    deliveries: int = 0
    late: int = 0
    """Chats whose digest came later than it should have."""


async def plan_due(
    database: Database, now: datetime, *, only: Collection[int] | None = None, batch: int = BATCH
) -> PlanReport:
    """Plans everything that is due, in batches of chats.  Safe to call at any time; a second call finds nothing.

    `only` limits to some chats, for a trial.
    """
    report = PlanReport()
    window = _Window()
    last_chat: int | None = None
    while True:
        async with planning(database, now) as step:
            head = await step.head()
            chats = await step.due_chats(head, batch, after_chat=last_chat, only=only)
            if not chats:
                return report
            candidates = await window.candidates(step, chats, head)
            planned = plan(chats, candidates, await _told(step, chats, candidates), head, now)
            written = await _write(step, planned, candidates, window, now, report)
        window.written.update(written)
        report.chats += len(chats)
        last_chat = chats[-1].id


async def tell_now(database: Database, chat_id: int, now: datetime, thread_id: int | None = None) -> int:
    """Puts what is new for a chat, or a topic of a forum, into the outbox, in the lane of replies; returns how many
    releases that is.

    All subscriptions there count as told then; the next digest comes at its usual time.  Poke the sender after it.
    """
    async with planning(database, now) as step:
        chat = await step.chat(chat_id, thread_id)
        if chat is None or not chat.due:
            return 0
        head = await step.head()
        candidates = await _candidates(step, min(due.after for due in chat.due), head)
        told = await _told(step, (chat,), candidates)
        entries = news(chat, candidates, told.get(chat.place, frozenset()))
        await step.move(_told_up_to(head, chat))
        if not entries:
            return 0
        said = Told(False, chat.wishes.language, chat.wishes.timezone, Occasion("now"), entries)
        to = [Recipient(chat.id, Lane.REPLIES, now, thread_id)]
        await _write_message(step, said, to, candidates, await step.labels(), now)
        return len(entries)


async def show_more(
    database: Database,
    message_id: int,
    after: int,
    language: Language,
    now: datetime,
    timezone: str = "Asia/Bishkek",
) -> tuple[Part, ...]:
    """A further page of a digest, for whoever reads it; empty where there is nothing more."""
    told = await told_in(database, message_id)
    entries = [Entry(release, Heading.from_key(under)) for release, under in told]
    reader = Reader(translation(language), ZoneInfo(timezone), await labels(database))
    return more(entries, after, reader, now, message_id)


async def preview(
    database: Database,
    whats: Sequence[What],
    since: datetime,
    language: Language,
    now: datetime,
    timezone: str = "Asia/Bishkek",
    reads: Reads = "all",
) -> tuple[Part, ...]:
    """The digest that a subscriber to `whats` would have got for what was published since a moment; empty for nothing.

    Reads the archive too, and writes nothing down.
    """
    entries = await _of_the_past(database, whats, since, now, reads)
    reader = Reader(translation(language), ZoneInfo(timezone), await labels(database))
    return digest(entries, Occasion("now"), reader, now, None)


async def look_back(
    database: Database,
    whats: Sequence[What],
    since: datetime,
    language: Language,
    now: datetime,
    timezone: str = "Asia/Bishkek",
    reads: Reads = "all",
) -> tuple[Part, ...]:
    """The same with a button for the rest, which is written down where there is one.  Counts for nobody as told."""
    entries = await _of_the_past(database, whats, since, now, reads)
    reader = Reader(translation(language), ZoneInfo(timezone), await labels(database))
    if len(entries) <= FIRST_PAGE:
        return digest(entries, Occasion("now"), reader, now, None)
    async with planning(database, now) as step:
        message_id = await step.reserve_message("preview", language)
        mentions = [Mention(each.release.id, each.heading.key) for each in entries]
        await step.write_message(message_id, (), mentions, ())
    return digest(entries, Occasion("now"), reader, now, message_id)


async def _of_the_past(
    database: Database, whats: Sequence[What], since: datetime, now: datetime, reads: Reads
) -> list[Entry]:
    """What a subscriber to `whats` would have been told of what was published since a moment, newest first."""
    found: dict[int, Release] = {}
    for what in whats:
        which = ReleaseFilter(
            topics=(what.topic,) if what.topic else (),
            territory=what.territory,
            project=what.project,
            source=what.source,
            since=since,
            until=now,
        )
        found.update(
            {each.id: each for each in await Releases(database).latest(which, limit=_PREVIEW_RELEASES)}
        )
    newest_first = sorted(found.values(), key=lambda each: (each.dated, each.id), reverse=True)
    candidates = Candidates(newest_first, _same_in_other_languages(newest_first))
    wanted = candidates.wanted(frozenset((what, 0) for what in whats))
    passed_over = candidates.passed_over(reads, wanted.keys())
    return [
        Entry(each, heading(wanted[each.id][0]))
        for each in newest_first
        if each.id in wanted and each.id not in passed_over
    ]


def _same_in_other_languages(releases: Iterable[Release]) -> list[Translated]:
    """Of the releases that say the same in several languages, those that are here."""
    return [Translated(each.id, each.translation_of or each.id, each.language) for each in releases]


@dataclass(slots=True)
class _Window:
    """What stays the same from batch to batch: the releases looked at and the names of things."""

    after: int | None = None
    head: int = 0
    held: Candidates = field(default_factory=Candidates)
    names: Labels | None = None
    written: dict[Told, int] = field(default_factory=dict)
    """Messages of batches before, that more chats may be told alike."""
    pictures: dict[tuple[Language, int | None], int | None] = field(default_factory=dict)

    async def candidates(self, step: Planning, chats: Iterable[DueChat], head: int) -> Candidates:
        after = min(due.after for chat in chats for due in chat.due)
        if self.after is None or after < self.after or head > self.head:
            self.after = after if self.after is None else min(after, self.after)
            self.head = head
            self.held = await _candidates(step, self.after, head)
        return self.held

    async def picture(self, step: Planning, said: Told, now: datetime) -> int | None:
        """The message with the picture of the week, which all share; None where there is nothing on it."""
        of = said.language, said.thread_id
        if of not in self.pictures:
            self.pictures[of] = await _write_picture(step, said.language, await self.labels(step), now)
        return self.pictures[of]

    async def labels(self, step: Planning) -> Labels:
        if self.names is None:
            self.names = await step.labels()
        return self.names


def _told_up_to(head: int, chat: DueChat) -> Mapping[Watermark, Sequence[int]]:
    watermarks: dict[Watermark, list[int]] = {}
    for due, number in zip(chat.due, chat.subscriptions, strict=True):
        watermarks.setdefault(Watermark(head, due.due_at), []).append(number)
    return watermarks


async def _candidates(step: Planning, after: int, head: int) -> Candidates:
    releases = await step.releases(after, head)
    return Candidates(releases, await step.translations(releases))


async def _told(
    step: Planning, chats: Sequence[DueChat], candidates: Candidates
) -> Mapping[Place, frozenset[int]]:
    """What was told before, asked only for chats that can have been told something of it.

    That is by another subscription, or, of releases that came in several languages, in another language.
    """
    if not candidates.by_id:
        return {}
    in_doubt = [
        chat.id
        for chat in chats
        if candidates.editions or chat.told_up_to > min(due.after for due in chat.due)
    ]
    return await step.told(in_doubt, candidates.numbers) if in_doubt else {}


async def _write(
    step: Planning, planned: Plan, candidates: Candidates, window: _Window, now: datetime, report: PlanReport
) -> Mapping[Told, int]:
    """Writes a batch down; returns the new messages by what they say."""
    written: dict[Told, int] = {}
    for said, to in planned.messages.items():
        if said in window.written:
            await step.deliver(window.written[said], to)
        elif message_id := await _write_message(step, said, to, candidates, await window.labels(step), now):
            written[said] = message_id
            report.messages += 1
        else:
            continue
        if said.picture and (picture := await window.picture(step, said, now)):
            await step.deliver(picture, to)
        report.deliveries += len(to)
        report.late += len(to) if said.occasion.was_due else 0
    await step.move(planned.watermarks)
    await step.note_nothing(planned.told_nothing)
    await step.note_runs(planned.slots)
    return written


async def _write_message(
    step: Planning,
    said: Told,
    to: Sequence[Recipient],
    candidates: Candidates,
    names: Labels,
    now: datetime,
) -> int | None:
    """Renders and stores one message and returns its id; None where nothing of it could be rendered."""
    message_id = await step.reserve_message("alert" if said.alert else "digest", said.language)
    parts = _render(said, message_id, candidates, names, now)
    if not parts:
        await step.drop_message(message_id)
        return None
    mentions = [Mention(id_, under.key) for id_, under in said.entries]
    await step.write_message(message_id, parts, mentions, to)
    return message_id


async def _write_picture(step: Planning, language: Language, names: Labels, now: datetime) -> int | None:
    """Stores the picture of the seven days before today, and returns its number."""
    today = now.astimezone(BISHKEK).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = await step.week(today - WEEK, today)
    first, last = (today - WEEK).date(), (today - timedelta(days=1)).date()
    part = week_part(numbers, first, last, names, translation(language))
    if part is None:
        return None
    message_id = await step.reserve_message("digest", language)
    await step.write_message(message_id, (part,), (), ())
    return message_id


def _render(
    said: Told, message_id: int, candidates: Candidates, names: Labels, now: datetime
) -> tuple[Part, ...]:
    tr, zone = translation(said.language), ZoneInfo(said.timezone)
    if not said.entries:
        whats = [_what_is_called(what, names, said.language) for what in said.reasons]
        return nothing_new(whats, said.occasion, tr)
    entries = [Entry(candidates.by_id[id_], under) for id_, under in said.entries]
    if not said.alert:
        return digest(entries, said.occasion, Reader(tr, zone, names), now, message_id)
    try:
        reasons = [_what_is_called(what, names, said.language) for what in said.reasons]
        others = sum(number for _, number in and_more(entries).values())
        return alert(entries[0].release, reasons, tr, now, zone, others)
    except ValueError:
        log.exception("no alert could be made of release %s", entries[0].release.id)
        return ()


def _what_is_called(what: What, names: Labels, language: Language) -> str:
    kinds = (
        ("topic", what.topic), ("territory", what.territory), ("project", what.project), ("source", what.source)
    )  # fmt: skip
    return ", ".join(names.name(kind, slug, language) for kind, slug in kinds if slug)  # type: ignore[arg-type]
