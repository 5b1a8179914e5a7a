"""What people say of the topics of a release: readers doubt, the tagger is unsure, staff decide.  All of it is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ReleaseRow, ReleaseTopicRow, TagCorrectionRow
from storage.second_looks import look_again

ASKING: Final = ("doubted", "uncertain")
"""Verdicts that ask staff to look: a reader's, and the tagger's own."""

DECIDED: Final = ("added", "removed", "confirmed", "declined")
"""Verdicts of staff: a topic the tagger missed, one it should not have given, one it gave rightly, and one that it was
right not to give."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release that waits for staff: by topic, how many readers doubt it, and topics of which the tagger is unsure."""

    release_id: int
    doubted: Mapping[str, int] = field(default_factory=dict)
    uncertain: tuple[str, ...] = ()
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By topic, the words that speak for it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How right a topic was in a month: what nobody corrected counts as right."""

    topic: str
    month: str
    """`2026-11`, of publication in UTC."""
    given: int = 0
    """By the tagger: what staff removed included, what they added not."""
    removed: int = 0
    added: int = 0
    confirmed: int = 0
    doubted: int = 0

    @property
    def precision(self) -> float | None:
        """The share of what was given that is right."""
        return (self.given - self.removed) / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """The share of what is right that was given."""
        right = self.given - self.removed
        return right / (right + self.added) if right + self.added else None


async def ask_staff(session: AsyncSession, release_id: int, extra: Mapping[str, Any], now: datetime) -> None:
    """Puts a release of whose topics the tagger is unsure on the queue, in the transaction that stores it."""
    session.add_all(
        TagCorrectionRow(release_id=release_id, topic=topic, verdict="uncertain", created_at=now)
        for topic in extra.get("uncertain", ())
    )


async def correct(
    session: AsyncSession, release_id: int, topics: Collection[str], staff_id: int | None, now: datetime
) -> None:
    """Gives a release these topics; what that adds and removes is kept, and told to whom it concerns.

    The transaction is to hold the lock of planning.
    """
    before, after = await topics_of(session, release_id), set(topics)
    decided = await _latest(session, release_id)
    await session.execute(delete(ReleaseTopicRow).where(ReleaseTopicRow.release_id == release_id))
    session.add_all(ReleaseTopicRow(release_id=release_id, topic=topic) for topic in sorted(after))
    verdicts = {
        "added": {topic for topic in after - before if decided.get(topic) != "removed"},
        "confirmed": {topic for topic in after - before if decided.get(topic) == "removed"},
        "removed": {topic for topic in before - after if decided.get(topic) != "added"},
        "declined": {topic for topic in before - after if decided.get(topic) == "added"},
    }
    _decide(session, release_id, verdicts, staff_id, now)
    await session.flush()
    await look_again(session, release_id, after - before, now)


async def settle(session: AsyncSession, release_id: int, staff_id: int | None, now: datetime) -> None:
    """Staff say that the topics of a release are right as they are: it leaves the queue."""
    has = await topics_of(session, release_id)
    decided = await _latest(session, release_id)
    rows = await session.execute(
        select(TagCorrectionRow.topic).where(
            TagCorrectionRow.release_id == release_id, TagCorrectionRow.verdict.in_(ASKING)
        )
    )
    asked = {topic for (topic,) in rows}
    verdicts = {
        "confirmed": {topic for topic in has if decided.get(topic) != "added"},
        "declined": {topic for topic in asked - has if decided.get(topic) != "removed"},
    }
    _decide(session, release_id, verdicts, staff_id, now)


async def as_decided(session: AsyncSession, release_id: int, topics: Collection[str]) -> tuple[str, ...]:
    """The topics that the tagger gives a changed release, as staff would have them: their word stands."""
    decided = await _latest(session, release_id)
    kept = [topic for topic in topics if decided.get(topic) not in ("removed", "declined")]
    added = [topic for topic, verdict in decided.items() if verdict in ("added", "confirmed")]
    return tuple(dict.fromkeys((*kept, *added)))


async def topics_of(session: AsyncSession, release_id: int) -> set[str]:
    """The topics that a release has."""
    found = select(ReleaseTopicRow.topic).where(ReleaseTopicRow.release_id == release_id)
    return set(await session.scalars(found))


async def waiting(session: AsyncSession, limit: int) -> tuple[Waiting, ...]:
    """The newest releases that somebody asks about and staff have not decided since."""
    newest = (await session.scalars(_open().order_by(ReleaseRow.id.desc()).limit(limit))).all()
    return tuple([await look(session, release_id) for release_id in newest])


async def count_waiting(session: AsyncSession) -> int:
    """How many releases wait for staff."""
    return await session.scalar(select(func.count()).select_from(_open().subquery())) or 0


async def look(session: AsyncSession, release_id: int) -> Waiting:
    """What is asked about a release, and why it has its topics."""
    rows = await session.execute(
        select(TagCorrectionRow.topic, TagCorrectionRow.verdict).where(
            TagCorrectionRow.release_id == release_id, TagCorrectionRow.verdict.in_(ASKING)
        )
    )
    asked = Counter((verdict, topic) for topic, verdict in rows)
    extra = await session.scalar(select(ReleaseRow.extra).where(ReleaseRow.id == release_id)) or {}
    return Waiting(
        release_id,
        {topic: count for (verdict, topic), count in sorted(asked.items()) if verdict == "doubted"},
        tuple(topic for verdict, topic in sorted(asked) if verdict == "uncertain"),
        _why(extra.get("why", ())),
    )


async def tallies(session: AsyncSession, since: datetime) -> tuple[Tally, ...]:
    """By topic and month of publication, newest month first, from a moment on; copies are left out."""
    dated = func.coalesce(ReleaseRow.published_at, ReleaseRow.first_seen_at)
    meant = (dated >= since, ReleaseRow.duplicate_of.is_(None))
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    given = select(ReleaseTopicRow.topic, dated).join(ReleaseRow, ReleaseRow.id == ReleaseTopicRow.release_id)
    for topic, at in await session.execute(given.where(*meant)):
        counts[f"{at:%Y-%m}", topic]["has"] += 1
    said = (
        select(TagCorrectionRow.release_id, TagCorrectionRow.topic, TagCorrectionRow.verdict, dated)
        .join(ReleaseRow, ReleaseRow.id == TagCorrectionRow.release_id)
        .where(*meant, TagCorrectionRow.verdict.not_in(["uncertain"]))
        .order_by(TagCorrectionRow.id)
    )
    last: dict[tuple[int, str], tuple[str, str]] = {}
    for release_id, topic, verdict, at in await session.execute(said):
        if verdict == "doubted":
            counts[f"{at:%Y-%m}", topic]["doubted"] += 1
        else:
            last[release_id, topic] = (f"{at:%Y-%m}", verdict)
    for (_, topic), (month, verdict) in last.items():
        counts[month, topic][verdict] += 1
    return tuple(
        _tally(month, topic, counted)
        for (month, topic), counted in sorted(counts.items(), key=lambda item: item[0], reverse=True)
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """A release that the tagger got wrong about a topic, by its title and address."""

    release_id: int
    title: str
    url: str | None
    missed: bool
    """Whether staff added the topic; else they took it off."""


async def mistakes(session: AsyncSession, topic: str, since: datetime, limit: int) -> tuple[Mistake, ...]:
    """What staff corrected of a topic since a moment, the latest first, each release by the last word on it."""
    last = (
        select(func.max(TagCorrectionRow.id))
        .where(TagCorrectionRow.topic == topic, TagCorrectionRow.verdict.in_(DECIDED))
        .group_by(TagCorrectionRow.release_id)
    )
    rows = await session.execute(
        select(ReleaseRow.id, ReleaseRow.title, ReleaseRow.url, TagCorrectionRow.verdict)
        .join(TagCorrectionRow, TagCorrectionRow.release_id == ReleaseRow.id)
        .where(
            TagCorrectionRow.id.in_(last),
            TagCorrectionRow.verdict.in_(("added", "removed")),
            TagCorrectionRow.created_at >= since,
        )
        .order_by(TagCorrectionRow.id.desc())
        .limit(limit)
    )
    return tuple(Mistake(row.id, row.title, row.url, row.verdict == "added") for row in rows)


def _tally(month: str, topic: str, counted: Mapping[str, int]) -> Tally:
    return Tally(
        topic,
        month,
        given=counted["has"] - counted["added"] + counted["removed"],
        removed=counted["removed"],
        added=counted["added"],
        confirmed=counted["confirmed"],
        doubted=counted["doubted"],
    )


def _open() -> Any:
    asked, decided = TagCorrectionRow.verdict.in_(ASKING), TagCorrectionRow.verdict.in_(DECIDED)
    newest = (
        select(
            TagCorrectionRow.release_id,
            func.max(TagCorrectionRow.id).filter(asked).label("asked"),
            func.coalesce(func.max(TagCorrectionRow.id).filter(decided), 0).label("decided"),
        )
        .group_by(TagCorrectionRow.release_id)
        .subquery()
    )
    return (
        select(ReleaseRow.id)
        .join(newest, newest.c.release_id == ReleaseRow.id)
        .where(newest.c.asked > newest.c.decided, ReleaseRow.silent.is_(False))
        .where(ReleaseRow.duplicate_of.is_(None))
    )


async def _latest(session: AsyncSession, release_id: int) -> dict[str, str]:
    """By topic, what staff decided last."""
    rows = await session.execute(
        select(TagCorrectionRow.topic, TagCorrectionRow.verdict)
        .where(TagCorrectionRow.release_id == release_id, TagCorrectionRow.verdict.in_(DECIDED))
        .order_by(TagCorrectionRow.id)
    )
    return {row.topic: row.verdict for row in rows}


def _decide(
    session: AsyncSession,
    release_id: int,
    verdicts: Mapping[str, Iterable[str]],
    staff_id: int | None,
    now: datetime,
) -> None:
    session.add_all(
        TagCorrectionRow(
            release_id=release_id, topic=topic, verdict=verdict, staff_id=staff_id, created_at=now
        )
        for verdict, topics in verdicts.items()
        for topic in sorted(topics)
    )


def _why(evidence: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    words: defaultdict[str, list[str]] = defaultdict(list)
    for piece in evidence:
        words[piece["tag"]].append(" … ".join(piece["words"]))
    return {tag: tuple(dict.fromkeys(said)) for tag, said in words.items()}
