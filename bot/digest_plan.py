"""Who is told what: alerts at once, digests at their time.  Pure: looks nothing up, writes nothing down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from bot.messages.digest import Heading, Occasion
from storage.cadence import Cadence, comes_at, free_from, next_due, off_until
from storage.languages import Language, Reads, order_of, unread_of
from storage.parts import Lane
from storage.planning_values import (
    DueChat,
    DueSubscription,
    Place,
    Recipient,
    Slot,
    Translated,
    Watermark,
    Wishes,
)
from storage.releases import Release
from storage.subscriber_values import What

ALERTS_AT_ONCE: Final = 3
"""More releases than this at one moment come as one digest instead of as many alerts."""

LATE_AFTER: Final[dict[Cadence, timedelta]] = {"daily": timedelta(hours=6), "weekly": timedelta(hours=24)}
"""A digest that comes later than this after its time says so."""

_NOTHING: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says, and to whom alike: chats with equal values share one message.

    A topic of a forum has its own, since a chat is sent one message once.
    """

    alert: bool
    language: Language
    timezone: str
    occasion: Occasion
    entries: tuple[tuple[int, Heading], ...]
    """Releases by number, newest first, and what each stands under; none to say that there is nothing."""
    reasons: tuple[What, ...] = ()
    """The subscriptions that brought an alert, or that brought nothing."""
    picture: bool = False
    """Whether a picture of the week comes with it."""
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written down for some chats."""

    messages: Mapping[Told, Sequence[Recipient]]
    watermarks: Mapping[Watermark, Sequence[int]]
    slots: Mapping[Slot, int]

    @property
    def told_nothing(self) -> list[int]:
        """The chats that are told that there is nothing to tell."""
        return [each.chat_id for said, to in self.messages.items() if not said.entries for each in to]


class Candidates:
    """The releases that may be told, and which of them a subscription wants."""

    def __init__(self, releases: Sequence[Release] = (), translated: Iterable[Translated] = ()) -> None:
        self.releases = releases
        self.by_id = {release.id: release for release in releases}
        self.editions: dict[int, list[Translated]] = defaultdict(list)
        """By the number of the first, all releases that say the same; those told before are among them."""
        for each in translated:
            self.editions[each.first].append(each)
        self._edition = {each.id: each for those in self.editions.values() for each in those}
        self.matching = cache(self._matching)
        self.wanted = cache(self._wanted)
        self.unread = cache(self._unread)

    @property
    def numbers(self) -> Collection[int]:
        """The releases of which it matters whether they were told before."""
        return self.by_id.keys() | self._edition.keys()

    def passed_over(
        self, reads: Reads, wanted: Collection[int], told: frozenset[int] = frozenset()
    ) -> frozenset[int]:
        """What a chat is not told of what it wants: told before, in a language it does not read, or told in another."""
        passed = told | self.unread(reads)
        order = order_of(reads)
        if not self.editions or not order:
            return passed
        same: dict[int, list[Translated]] = defaultdict(list)
        for each in (self._edition[id_] for id_ in wanted if id_ in self._edition and id_ not in passed):
            same[each.first].append(each)
        return passed.union(
            *(_second_choices(those, self.editions[first], order, told) for first, those in same.items())
        )

    def _matching(self, what: What, after: int) -> frozenset[int]:
        return frozenset(
            release.id for release in self.releases if release.id > after and matches(what, release)
        )

    def _unread(self, reads: Reads) -> frozenset[int]:
        """Releases in Russian for who reads Kyrgyz only, and the other way round."""
        unread = unread_of(reads)
        return frozenset(release.id for release in self.releases if unread and release.language == unread)

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
    told: Mapping[Place, frozenset[int]],
    head: int,
    now: datetime,
) -> Plan:
    """What each due chat is told, and how far its subscriptions are told then.

    A chat is told the union of what its due subscriptions want, less what it was told already; what an `instant`
    subscription wants comes as alerts, the rest as a digest.  On a day off all of it waits for the next day.
    """
    messages: dict[Told, list[Recipient]] = defaultdict(list)
    watermarks: dict[Watermark, list[int]] = defaultdict(list)
    slots: Counter[Slot] = Counter()
    alike: dict[Hashable, list[DueChat]] = defaultdict(list)
    for chat in chats:
        alike[chat.due, chat.wishes, chat.thread_id, told.get(chat.place, _NOTHING)].append(chat)
    for those in alike.values():
        one = those[0]
        put_off = _put_off(one.wishes, now)
        for place, due in enumerate(one.due):
            mark = Watermark(None, put_off) if put_off else Watermark(head, _next_due(due, one.wishes, now))
            watermarks[mark] += [chat.subscriptions[place] for chat in those]
        if put_off:
            continue
        not_before = _not_before(one.wishes, now)
        for said, lane in _told_now(one, candidates, told.get(one.place, _NOTHING), now):
            messages[said] += [Recipient(chat.id, lane, not_before, chat.thread_id) for chat in those]
        for slot in {_slot(due, now) for due in one.due if due.cadence != "instant" and due.due_at}:
            slots[slot] += len(those)
    return Plan(messages, watermarks, slots)


def news(chat: DueChat, candidates: Candidates, told: frozenset[int]) -> tuple[tuple[int, Heading], ...]:
    """Everything that is new for a chat, whenever it would have come."""
    wanted = candidates.wanted(frozenset((due.what, due.after) for due in chat.due))
    return _entries(wanted, candidates.passed_over(chat.wishes.reads, wanted.keys(), told))


def _told_now(
    chat: DueChat, candidates: Candidates, told: frozenset[int], now: datetime
) -> Iterable[tuple[Told, Lane]]:
    to, thread_id = (chat.wishes.language, chat.wishes.timezone), chat.thread_id
    at_once = candidates.wanted(_asked(chat, "instant"))
    timed = candidates.wanted(_asked(chat, "daily", "weekly"))
    passed_over = candidates.passed_over(chat.wishes.reads, at_once.keys() | timed.keys(), told)
    entries = _entries(at_once, passed_over)
    if len(entries) > ALERTS_AT_ONCE or (len(entries) > 1 and _is_burst(entries, candidates)):
        yield Told(False, *to, Occasion("instant"), entries, thread_id=thread_id), Lane.ALERTS
    else:
        for entry in reversed(entries):
            reasons = at_once[entry[0]]
            yield Told(True, *to, Occasion("instant"), (entry,), reasons, thread_id=thread_id), Lane.ALERTS
    if rest := _entries(timed, passed_over | at_once.keys()):
        occasion = _occasion(chat, now)
        picture = chat.wishes.picture and occasion.cadence == "weekly"
        yield Told(False, *to, occasion, rest, picture=picture, thread_id=thread_id), Lane.DIGESTS
    elif not entries and (without := _without_news(chat, candidates)):
        yield Told(False, *to, _occasion(chat, now), (), without, thread_id=thread_id), Lane.DIGESTS


def _asked(chat: DueChat, *cadences: Cadence) -> frozenset[tuple[What, int]]:
    return frozenset((due.what, due.after) for due in chat.due if due.cadence in cadences)


def _without_news(chat: DueChat, candidates: Candidates) -> tuple[What, ...]:
    """The weekly subscriptions of a chat that is to hear that they brought nothing; none where it is not."""
    weekly = _asked(chat, "weekly")
    if not weekly or not chat.wishes.may_hear_nothing:
        return ()
    if candidates.wanted(weekly).keys() - candidates.unread(chat.wishes.reads):
        return ()
    return tuple(sorted({what for what, _ in weekly}, key=_heading_order))


def _second_choices(
    wanted: Sequence[Translated],
    editions: Iterable[Translated],
    order: Sequence[Language],
    told: Collection[int],
) -> set[int]:
    """What is left out of releases that say the same: all where one was told, else all but the best."""
    numbers = {each.id for each in wanted}
    if any(each.id in told for each in editions):
        return numbers
    rank = {language: place for place, language in enumerate(order)}
    best = min(wanted, key=lambda each: (rank.get(each.language, len(rank)), each.id))
    return numbers - {best.id}


def _is_burst(entries: Iterable[tuple[int, Heading]], candidates: Candidates) -> bool:
    """Whether some stand for others that are not told: several such come as one digest, which says so once."""
    return any(candidates.by_id[id_].and_more for id_, _ in entries)


def _entries(
    wanted: Mapping[int, tuple[What, ...]], told: Collection[int]
) -> tuple[tuple[int, Heading], ...]:
    return tuple((id_, heading(reasons[0])) for id_, reasons in wanted.items() if id_ not in told)


def _occasion(chat: DueChat, now: datetime) -> Occasion:
    timed = [due for due in chat.due if due.cadence != "instant"]
    late = [due.due_at for due in timed if due.due_at and _is_late(due, now)]
    cadence: Cadence = "daily" if any(due.cadence == "daily" for due in timed) else "weekly"
    wishes = chat.wishes
    days_later, hour = comes_at(wishes.digest_hour, wishes.quiet_from, wishes.quiet_to)
    weekday = (wishes.weekly_day + days_later) % 7 if cadence == "weekly" else 0
    return Occasion(cadence, hour, weekday, min(late, default=None))


def _is_late(due: DueSubscription, now: datetime) -> bool:
    return due.due_at is not None and now - due.due_at > LATE_AFTER.get(due.cadence, timedelta.max)


def _slot(due: DueSubscription, now: datetime) -> Slot:
    assert due.due_at is not None
    return Slot(due.cadence, due.due_at, _is_late(due, now))


def _not_before(wishes: Wishes, now: datetime) -> datetime:
    hours = wishes.quiet_from, wishes.quiet_to, wishes.days_off, wishes.digest_hour
    return free_from(*hours, wishes.timezone, now) or now


def _put_off(wishes: Wishes, now: datetime) -> datetime | None:
    """When a day off is over; None on other days."""
    return off_until(wishes.days_off, wishes.digest_hour, wishes.timezone, now)


def _next_due(due: DueSubscription, wishes: Wishes, now: datetime) -> datetime | None:
    return next_due(due.cadence, wishes.digest_hour, wishes.weekly_day, wishes.timezone, now, wishes.days_off)


def _heading_order(what: What) -> tuple[int, str]:
    kinds = (what.topic, what.territory, what.project, what.source)
    first = next((place for place, value in enumerate(kinds) if value), len(kinds))
    return first, what.key
