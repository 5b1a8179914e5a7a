"""A digest: releases grouped by what they were subscribed to for, the long tail behind a button."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text

from bot.i18n import Translation
from bot.messages.callbacks import ShowMore
from bot.messages.parts import Keyboard, callback_button, clip, joined, keyboard, packed, text_part
from bot.messages.release import burst_line, item
from storage.labels import LabelKind, Labels
from storage.parts import Part
from storage.releases import Release

log = logging.getLogger(__name__)

FIRST_PAGE = 8
NEXT_PAGE = 10
_NAMED = 1_000
_COUNTED = ("topic", "territory", "project")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a release stands under; without a kind it is among the other news."""

    kind: LabelKind | None = None
    slug: str = ""

    @property
    def key(self) -> str:
        """In one text, as it is kept: `topic:pser`; empty among the other news."""
        return f"{self.kind}:{self.slug}" if self.kind else ""

    @classmethod
    def from_key(cls, key: str) -> Heading:
        """Reads what `key` wrote."""
        kind, _, slug = key.partition(":")
        return cls(cast(LabelKind, kind), slug) if slug else cls()


@dataclass(frozen=True, slots=True)
class Entry:
    """A release and what it stands under."""

    release: Release
    heading: Heading


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a digest comes: its cadence and, for daily and weekly ones, the local time; when it was due if it is late."""

    cadence: Literal["instant", "daily", "weekly", "now"]
    hour: int = 9
    weekday: int = 0
    was_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a text is rendered: the language, the time zone, and what things are called."""

    tr: Translation
    zone: ZoneInfo
    labels: Labels


def digest(
    entries: Sequence[Entry], occasion: Occasion, reader: Reader, now: datetime, message_id: int | None
) -> tuple[Part, ...]:
    """The first page of a digest; `message_id` is what the button for the rest refers to (none: no such button).

    Empty where nothing could be rendered.  Order of the entries: newest first.
    """
    shown, rest = entries[:FIRST_PAGE], len(entries) - FIRST_PAGE
    blocks = list(_groups(shown, reader, now))
    if not blocks:
        return ()
    day = reader.tr.day(now.astimezone(reader.zone).date(), now.astimezone(reader.zone).date())
    blocks += _burst_lines(entries, reader)
    head = [Bold(reader.tr.gettext("Local self-government, {day}", day=day))]
    foot: list[Text] = list(_footer(occasion, reader, now, unshown=0 if message_id else max(rest, 0)))
    more = _more_keyboard(rest, FIRST_PAGE, reader.tr, message_id)
    return _parts([*head, *blocks, joined(foot)], more)


def nothing_new(whats: Sequence[str], occasion: Occasion, tr: Translation) -> tuple[Part, ...]:
    """A weekly digest without anything in it: which subscriptions brought nothing, and how to change them."""
    said = tr.ngettext(
        "Nothing new came up on your weekly subscription: {what}.",
        "Nothing new came up on your weekly subscriptions: {what}.",
        len(whats),
        what=clip("; ".join(whats), _NAMED),
    )
    blocks = [
        Text(said),
        Text(tr.gettext("I am on the watch. You can choose other topics or oblasts: /topics")),
        Italic(_why(occasion, tr)),
    ]
    return _parts(blocks, None)


def and_more(entries: Iterable[Entry]) -> dict[str, tuple[Release, int]]:
    """By source, one of its releases and how many others came with them and are not told.  Pure.

    Others of what the reader asked for are counted, not all that the source poured out.
    """
    found: dict[str, dict[Heading, int]] = {}
    releases: dict[str, Release] = {}
    for entry in entries:
        label = entry.heading.key if entry.heading.kind in _COUNTED else ""
        if number := entry.release.and_more.get(label, 0):
            found.setdefault(entry.release.source_slug, {})[entry.heading] = number
            releases[entry.release.source_slug] = entry.release
    return {slug: (releases[slug], sum(numbers.values())) for slug, numbers in found.items()}


def more(
    entries: Sequence[Entry], after: int, reader: Reader, now: datetime, message_id: int
) -> tuple[Part, ...]:
    """A further page of a digest: the entries from number `after` on.  Empty where there are none."""
    shown, rest = entries[after : after + NEXT_PAGE], len(entries) - after - NEXT_PAGE
    blocks = list(_groups(shown, reader, now))
    return _parts(blocks, _more_keyboard(rest, after + NEXT_PAGE, reader.tr, message_id)) if blocks else ()


def _burst_lines(entries: Sequence[Entry], reader: Reader) -> Iterable[Text]:
    for release, number in and_more(entries).values():
        yield burst_line(release, number, reader.tr)


def _parts(blocks: Iterable[Text], last_keyboard: Keyboard | None) -> tuple[Part, ...]:
    texts = list(packed(blocks))
    return tuple(
        text_part(text, last_keyboard if number == len(texts) else None)
        for number, text in enumerate(texts, start=1)
    )


def _groups(entries: Sequence[Entry], reader: Reader, now: datetime) -> Iterable[Text]:
    """A block for each item, the first of each group with its heading on top, so that no heading is left alone."""
    for heading in _ordered_headings(entries, reader.labels):
        top: list[Text | str] = [Bold(_heading_text(heading, reader))]
        for entry in entries:
            if entry.heading != heading:
                continue
            try:
                block = item(entry.release, reader.tr, now, reader.zone)
                block.render()
            except ValueError:
                log.exception("release %s was left out of a digest", entry.release.id)
                continue
            yield joined([*top, block])
            top = []


def _ordered_headings(entries: Iterable[Entry], labels: Labels) -> list[Heading]:
    kinds = ("topic", "territory", "project", "source")

    def place(heading: Heading) -> tuple[int, int, str]:
        if heading.kind is None:
            return len(kinds), 0, ""
        return kinds.index(heading.kind), labels.position(heading.kind, heading.slug), heading.slug

    return sorted({entry.heading for entry in entries}, key=place)


def _heading_text(heading: Heading, reader: Reader) -> str:
    if heading.kind is None:
        return reader.tr.gettext("Other news")
    return reader.labels.name(heading.kind, heading.slug, reader.tr.language)


def _footer(occasion: Occasion, reader: Reader, now: datetime, unshown: int) -> Iterable[Text]:
    if unshown:
        yield Italic(reader.tr.ngettext("And {n} more.", "And {n} more.", unshown))
    if occasion.was_due:
        local = occasion.was_due.astimezone(reader.zone)
        day = reader.tr.day(local.date(), now.astimezone(reader.zone).date())
        yield Italic(
            reader.tr.gettext("Late: it was due on {day} at {time}.", day=day, time=reader.tr.clock(local))
        )
    yield Italic(_why(occasion, reader.tr))


def _why(occasion: Occasion, tr: Translation) -> str:
    time = f"{occasion.hour:02}:00"
    match occasion.cadence:
        case "daily":
            return tr.gettext("Once a day at {time} · /settings", time=time)
        case "weekly":
            weekday = tr.weekday(occasion.weekday)
            return tr.gettext("Once a week: {weekday}, {time} · /settings", weekday=weekday, time=time)
        case "instant":
            return tr.gettext("As soon as it is published · /settings")
        case "now":
            return tr.gettext("What is new in your subscriptions · /settings")


def _more_keyboard(rest: int, after: int, tr: Translation, message_id: int | None) -> Keyboard | None:
    if rest <= 0 or message_id is None:
        return None
    label = tr.gettext("Show {n} more", n=rest)
    return keyboard([callback_button(label, ShowMore(message=message_id, after=after))])
