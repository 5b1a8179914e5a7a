"""The week in numbers, as a picture that comes with a weekly digest.

What is on it stands as text in the outbox, in the place of the file; it is drawn when it is sent first
(`bot.pictures`).  The caption says the same in short, for those whose phone does not load it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from bot.drawing import PALE, Sheet, written
from bot.i18n import Translation
from storage.labels import LabelKind, Labels
from storage.parts import Part
from storage.week_numbers import Counts, WeekNumbers

PREFIX: Final = "jarchy week "
_MOST_ROWS: Final = 10
_HEIGHT: Final = 2_400
_BLUE: Final = "#2f6fb0"
_TEAL: Final = "#2e9e8f"

Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """What is written on the picture, in the reader's language."""

    title: str
    days: str
    total: str
    projects: str
    by_topic: str
    topics: tuple[Row, ...]
    by_region: str
    regions: tuple[Row, ...]

    def as_text(self) -> str:
        """What stands in the outbox in the place of a file."""
        return PREFIX + json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> WeekPicture:
        """Reads what `as_text` wrote; raises ValueError or TypeError for anything else."""
        said = json.loads(text.removeprefix(PREFIX))
        rows = {
            name: tuple((str(label), int(count)) for label, count in said[name])
            for name in ("topics", "regions")
        }
        return cls(**{**said, **rows})


def week_part(numbers: WeekNumbers, first: date, last: date, labels: Labels, tr: Translation) -> Part | None:
    """The message with the picture; None for a week in which nothing was published.  Pure."""
    if not numbers.releases:
        return None
    days = f"{tr.day(first, last)} – {tr.day(last, last)}"
    total = tr.gettext(
        "{releases} {sources}",
        releases=tr.ngettext("{n} publication", "{n} publications", numbers.releases),
        sources=tr.ngettext("from {n} source", "from {n} sources", numbers.sources),
    )
    picture = WeekPicture(
        tr.gettext("The week in numbers"),
        days,
        total,
        tr.ngettext("{n} project named", "{n} projects named", numbers.projects) if numbers.projects else "",
        tr.gettext("By topic"),
        _rows("topic", numbers.topics, labels, tr),
        tr.gettext("By place"),
        _rows("territory", numbers.regions, labels, tr),
    )
    return Part("sendPhoto", {"photo": picture.as_text(), "caption": _caption(picture, tr)})


def drawn(text: str) -> bytes:
    """The PNG of what stands in the outbox.  Takes some hundredths of a second: not for the event loop."""
    picture = WeekPicture.from_text(text)
    sheet = Sheet(_HEIGHT)
    sheet.line(written(picture.title), 64, "Bold")
    sheet.line(picture.days, 44, colour=PALE)
    sheet.gap(12)
    sheet.line(picture.total, 52, "Medium")
    if picture.projects:
        sheet.line(picture.projects, 44)
    for heading, rows, colour in (
        (picture.by_topic, picture.topics, _BLUE),
        (picture.by_region, picture.regions, _TEAL),
    ):
        if rows:
            sheet.gap(30)
            sheet.line(heading, 44, "Bold")
            sheet.gap(8)
            most = max(count for _, count in rows)
            for label, count in rows:
                sheet.measure(written(label), count, most, colour)
    return sheet.png()


def _caption(picture: WeekPicture, tr: Translation) -> str:
    topics = "; ".join(f"{label} — {count}" for label, count in picture.topics)
    said = ", ".join(filter(None, (picture.total, picture.projects)))
    lines = [f"{picture.title}, {picture.days}", said + ".", topics]
    return "\n".join([*filter(None, lines), tr.gettext("Without the picture: /settings")])


def _rows(kind: LabelKind, counts: Counts, labels: Labels, tr: Translation) -> tuple[Row, ...]:
    return tuple(_named(kind, counts[:_MOST_ROWS], labels, tr))


def _named(kind: LabelKind, counts: Sequence[Row], labels: Labels, tr: Translation) -> Iterable[Row]:
    for slug, count in counts:
        yield labels.name(kind, slug, tr.language), count
