"""Who is told what, now: alerts at once, digests at their time.

`plan` is pure; `plan_due` asks the database what is due and writes messages, deliveries and watermarks in one
transaction a batch, so that it may be called at any time, twice, or after any interruption.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.i18n import translation
from bot.messages.digest import Entry, Heading, Occasion, Reader, and_more, digest, more
from bot.messages.release import alert
from storage.cadence import Cadence, next_due, quiet_until
from storage.database import Database
from storage.labels import Labels, labels
from storage.languages import Language
from storage.parts import Lane, Part
from storage.planning import (
    DueChat,
    DueSubscription,
    Planning,
    Recipient,
    Slot,
    Watermark,
    planning,
    told_in,
)
from storage.releases import Release, ReleaseFilter, Releases
from storage.subscribers import What

log = logging.getLogger(__name__)

BATCH: Final = 2_000
"""Chats planned in one transaction."""

ALERTS_AT_ONCE: Final = 3
"""More releases than this at one moment come as one digest instead of as many alerts."""

LATE_AFTER: Final[dict[Cadence, timedelta]] = {"daily": timedelta(hours=6), "weekly": timedelta(hours=24)}
"""A digest that comes later than this after its time says so."""

_PREVIEW_RELEASES: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says, and to whom alike: chats with equal values share one message."""

    alert: bool
    language: Language
    timezone: str
    occasion: Occasion
    entries: tuple[tuple[int, Heading], ...]
    """Releases by number, newest first, and what each stands under."""
    reasons: tuple[What, ...] = ()
    """Of an alert: the subscriptions that brought it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written down for some chats."""

    messages: Mapping[Told, Sequence[Recipient]]
    watermarks: Mapping[Watermark, Sequence[int]]
    slots: Mapping[Slot, int]


@dataclass(slots=True)
class PlanReport:
    """What a round of planning did."""

    chats: int = 0
    messages: int = 0
    deliveries: int = 0
    late: int = 0
    """Chats whose digest came later than it should have."""


class Candidates:
    """The releases that may be told, and which of them a subscription wants."""

    def __init__(self, releases: Sequence[Release] = ()) -> None:
        self.releases = releases
        self.by_id = {release.id: release for release in releases}
        self.matching = cache(self._matching)
        self.wanted = cache(self._wanted)
        self.unread = cache(self._unread)

    def _matching(self, what: What, after: int) -> frozenset[int]:
        return frozenset(
            release.id for release in self.releases if release.id > after and matches(what, release)
        )

    def _unread(self, reads: Language | None) -> frozenset[int]:
        """Releases in Russian for who reads Kyrgyz, and the other way round."""
        other = {"ky": "ru", "ru": "ky"}.get(reads or "")
        return frozenset(release.id for release in self.releases if other and release.language == other)

    def _wanted(self, asked: frozenset[tuple[What, int]]) -> Mapping[int, tuple[What, ...]]:
        reasons: dict[int, list[What]] = defaultdict(list)
        for what, after in sorted(asked, key=lambda pair: _heading_order(pair[0])):
            for release_id in self.matching(what, after):
                reasons[release_id].append(what)
        return {release.id: tuple(reasons[release.id]) for release in self.releases if release.id in reasons}


def matches(what: What, release: Release) -> bool:
    """Whether a release meets every condition of a subscription."""
    tags = release.tags
    return (
        (what.topic is None or what.topic in tags.topics)
        and (what.territory is None or what.territory in tags.territories)
        and (what.project is None or what.project in tags.projects)
        and (what.source is None or what.source == release.source_slug)
    )


def heading(what: What) -> Heading:
    """What a release that a subscription brought stands under."""
    if what.topic:
        return Heading("topic", what.topic)
    if what.territory:
        return Heading("territory", what.territory)
    if what.project:
        return Heading("project", what.project)
    return Heading("source", what.source) if what.source else Heading()


def plan(
    chats: Iterable[DueChat],
    candidates: Candidates,
    told: Mapping[int, frozenset[int]],
    head: int,
    now: datetime,
) -> Plan:
    """What each due chat is told, and how far its subscriptions are told then.  Pure.

    A chat is told the union of what its due subscriptions want, less what it was told already; what an `instant`
    subscription wants comes as alerts, the rest as a digest.
    """
    messages: dict[Told, list[Recipient]] = defaultdict(list)
    watermarks: dict[Watermark, list[int]] = defaultdict(list)
    slots: Counter[Slot] = Counter()
    alike: dict[Hashable, list[DueChat]] = defaultdict(list)
    for chat in chats:
        alike[_alike(chat, told.get(chat.id, frozenset()))].append(chat)
    for those in alike.values():
        one = those[0]
        for said, lane in _told_now(one, candidates, told.get(one.id, frozenset()), now):
            messages[said] += [_recipient(chat, lane, now) for chat in those]
        for place, due in enumerate(one.due):
            mark = Watermark(head, _next_due(due, one, now))
            watermarks[mark] += [chat.due[place].id for chat in those]
        for slot in {_slot(due, now) for due in one.due if due.due_at}:
            slots[slot] += len(those)
    return Plan(messages, watermarks, slots)


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


async def tell_now(database: Database, chat_id: int, now: datetime) -> int:
    """Puts what is new for a chat into the outbox, in the lane of replies; returns how many releases that is.

    All of its subscriptions count as told then; the next digest comes at its usual time.  Poke the sender after it.
    """
    async with planning(database, now) as step:
        chat = await step.chat(chat_id)
        if chat is None or not chat.due:
            return 0
        head = await step.head()
        candidates = Candidates(await step.releases(min(due.after for due in chat.due), head))
        told = await _told(step, (chat,), candidates)
        asked = frozenset((due.what, due.after) for due in chat.due)
        passed_over = told.get(chat.id, frozenset()) | candidates.unread(chat.reads)
        entries = _entries(candidates.wanted(asked), passed_over)
        await step.move(_told_up_to(head, chat))
        if not entries:
            return 0
        said = Told(False, chat.language, chat.timezone, Occasion("now"), entries)
        to = [Recipient(chat.id, Lane.REPLIES, now)]
        await _write_message(step, said, to, candidates, await step.labels(), now)
        return len(entries)


async def show_more(
    database: Database, chat_id: int, message_id: int, after: int, now: datetime
) -> tuple[Part, ...]:
    """A further page of a digest that the chat was sent; empty where there is nothing more."""
    async with planning(database, now) as step:
        chat = await step.chat(chat_id)
        known = await step.labels()
    if chat is None:
        return ()
    releases = await told_in(database, message_id)
    wanted = Candidates(releases).wanted(frozenset((due.what, 0) for due in chat.due))
    entries = [
        Entry(each, heading(wanted[each.id][0]) if each.id in wanted else Heading()) for each in releases
    ]
    reader = Reader(translation(chat.language), ZoneInfo(chat.timezone), known)
    return more(entries, after, reader, now, message_id)


async def preview(
    database: Database,
    whats: Sequence[What],
    since: datetime,
    language: Language,
    now: datetime,
    timezone: str = "Asia/Bishkek",
) -> tuple[Part, ...]:
    """The digest that a subscriber to `whats` would have got for what was published since a moment; empty for nothing.

    Reads the archive too, and writes nothing down.
    """
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
    wanted = Candidates(newest_first).wanted(frozenset((what, 0) for what in whats))
    entries = [Entry(each, heading(wanted[each.id][0])) for each in newest_first if each.id in wanted]
    reader = Reader(translation(language), ZoneInfo(timezone), await labels(database))
    return digest(entries, Occasion("now"), reader, now, None)


@dataclass(slots=True)
class _Window:
    """What stays the same from batch to batch: the releases looked at and the names of things."""

    after: int | None = None
    head: int = 0
    held: Candidates = field(default_factory=Candidates)
    names: Labels | None = None
    written: dict[Told, int] = field(default_factory=dict)
    """Messages of batches before, that more chats may be told alike."""

    async def candidates(self, step: Planning, chats: Iterable[DueChat], head: int) -> Candidates:
        after = min(due.after for chat in chats for due in chat.due)
        if self.after is None or after < self.after or head > self.head:
            self.after = after if self.after is None else min(after, self.after)
            self.head = head
            self.held = Candidates(await step.releases(self.after, head))
        return self.held

    async def labels(self, step: Planning) -> Labels:
        if self.names is None:
            self.names = await step.labels()
        return self.names


def _alike(chat: DueChat, told: frozenset[int]) -> Hashable:
    """Chats with equal values are told the same: worked out once for a country of them."""
    asked = tuple((due.what, due.cadence, due.after, due.due_at) for due in chat.due)
    return asked, told, chat.reads, chat.language, chat.timezone, chat.digest_hour, chat.weekly_day


def _told_now(
    chat: DueChat, candidates: Candidates, told: frozenset[int], now: datetime
) -> Iterable[tuple[Told, Lane]]:
    at_once = frozenset((due.what, due.after) for due in chat.due if due.cadence == "instant")
    timed = frozenset((due.what, due.after) for due in chat.due if due.cadence != "instant")
    told = told | candidates.unread(chat.reads)
    urgent = candidates.wanted(at_once)
    entries = _entries(urgent, told)
    if len(entries) > ALERTS_AT_ONCE or (len(entries) > 1 and _is_burst(entries, candidates)):
        occasion = Occasion("instant")
        yield Told(False, chat.language, chat.timezone, occasion, entries), Lane.ALERTS
    else:
        for entry in reversed(entries):
            reasons = urgent[entry[0]]
            said = Told(True, chat.language, chat.timezone, Occasion("instant"), (entry,), reasons)
            yield said, Lane.ALERTS
    if rest := _entries(candidates.wanted(timed), told | urgent.keys()):
        yield Told(False, chat.language, chat.timezone, _occasion(chat, now), rest), Lane.DIGESTS


def _is_burst(entries: Iterable[tuple[int, Heading]], candidates: Candidates) -> bool:
    """Whether some stand for others that are not told: several such come as one digest, which says so once."""
    return any(candidates.by_id[id_].and_more for id_, _ in entries)


def _told_up_to(head: int, chat: DueChat) -> Mapping[Watermark, Sequence[int]]:
    watermarks: dict[Watermark, list[int]] = defaultdict(list)
    for due in chat.due:
        watermarks[Watermark(head, due.due_at)].append(due.id)
    return watermarks


def _entries(
    wanted: Mapping[int, tuple[What, ...]], told: Collection[int]
) -> tuple[tuple[int, Heading], ...]:
    return tuple((id_, heading(reasons[0])) for id_, reasons in wanted.items() if id_ not in told)


def _occasion(chat: DueChat, now: datetime) -> Occasion:
    timed = [due for due in chat.due if due.due_at]
    late = [due.due_at for due in timed if due.due_at and _is_late(due, now)]
    cadence: Cadence = "daily" if any(due.cadence == "daily" for due in timed) else "weekly"
    weekday = chat.weekly_day if cadence == "weekly" else 0
    return Occasion(cadence, chat.digest_hour, weekday, min(late, default=None))


def _is_late(due: DueSubscription, now: datetime) -> bool:
    return due.due_at is not None and now - due.due_at > LATE_AFTER.get(due.cadence, timedelta.max)


def _slot(due: DueSubscription, now: datetime) -> Slot:
    assert due.due_at is not None
    return Slot(due.cadence, due.due_at, _is_late(due, now))


def _recipient(chat: DueChat, lane: Lane, now: datetime) -> Recipient:
    quiet_end = quiet_until(chat.quiet_from, chat.quiet_to, chat.timezone, now)
    return Recipient(chat.id, lane, quiet_end or now)


def _next_due(due: DueSubscription, chat: DueChat, now: datetime) -> datetime | None:
    return _next_time(due.cadence, chat.digest_hour, chat.weekly_day, chat.timezone, now)


_next_time = lru_cache(maxsize=4_096)(next_due)


def _heading_order(what: What) -> tuple[int, str]:
    kinds = (what.topic, what.territory, what.project, what.source)
    first = next((place for place, value in enumerate(kinds) if value), len(kinds))
    return first, what.key


async def _told(
    step: Planning, chats: Sequence[DueChat], candidates: Candidates
) -> Mapping[int, frozenset[int]]:
    """What was told before, asked only for chats that can have been told something by another subscription."""
    in_doubt = [chat.id for chat in chats if chat.told_up_to > min(due.after for due in chat.due)]
    if not in_doubt or not candidates.by_id:
        return {}
    return await step.told(in_doubt, candidates.by_id)


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
        report.deliveries += len(to)
        report.late += len(to) if said.occasion.was_due else 0
    await step.move(planned.watermarks)
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
    await step.write_message(message_id, parts, [id_ for id_, _ in said.entries], to)
    return message_id


def _render(
    said: Told, message_id: int, candidates: Candidates, names: Labels, now: datetime
) -> tuple[Part, ...]:
    tr, zone = translation(said.language), ZoneInfo(said.timezone)
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
