"""A press release or a saved page, as lines of text, taken apart: title, date, place, body, contacts,
related.  Pure.

Nobody marks the parts.  A release begins with a dateline, the words ПРЕСС-РЕЛИЗ and a headline in capitals; a
saved page begins with the site's banner, its menu and a path of sections; both end with a footer.  So the
text is cut at its first paragraph of prose, and the short lines above it are weighed against one another for
the title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from feeds.contacts import EMAIL, HEADING, OFFICE, OFFICE_LINE, phones_in, read_contacts
from feeds.dates import find_dates
from feeds.headline import find_title, may_be_title
from feeds.items import Contact, Document, Related
from feeds.language import language_of
from feeds.press_lines import (
    BULLET,
    FOOTER,
    GREETING,
    PLACE,
    RELATED,
    WHEN,
    WHERE,
    Line,
    is_date_line,
    is_frame,
    is_labelled,
    is_prose,
    split_lines,
    without_letterhead,
)
from feeds.text import one_line

_ISSUE_LINE = re.compile(r"^(?:№\s*\d+\s*)?\(\s*\d+\s*\)\s*/?\s*|^№\s*\d+\s*(?:\(\s*\d+\s*\))?\s*/?\s*")
_HEADER_LINES = 60
_NOT_AN_EVENT = re.compile(
    r"(?:закон\w*|постановлени\w*|приказ\w*|указ\w*|распоряжени\w*|мыйзам\w*|токтом\w*|"
    r"№\s*\S+|от|до|по|с|к|не позднее|until|before)\s*$",
    re.I,
)


def read_press(text: str, hint_title: str = "") -> Document:
    """The parts of a release.

    `date` is when it was published; where the text does not say, the day of the event it reports, with the
    warning `date_of_event`.  `hint_title` is what a file or a mail calls itself, for texts that have no
    headline.
    """
    lines = split_lines(text)
    lines, related = _cut_related(lines)
    closing = lines[-3:]
    lines, contacts = _cut_contacts(lines)
    start = _start_of_prose(lines)
    header, body = without_letterhead(lines[:start]), lines[start:]
    said = "\n".join(line.text for line in body)
    title_at, title, width = find_title(header, said)
    title = title or one_line(hint_title) or _first_sentence(said)
    published, event = _dates(header, [*(line for line in header if WHEN.match(line.text)), *body], closing)
    warnings = ("date_of_event",) if published is None and event is not None else ()
    return Document(
        title=title,
        date=published or event,
        event_date=event,
        place=_place(header, body),
        language=language_of(f"{title}\n{said}"),
        body=_body(header[title_at + width :] if width else [], body, title),
        contacts=contacts,
        related=related,
        warnings=warnings,
    )


def related_item(text: str, url: str = "") -> Related:
    """A neighbour in a list: «№6 (164) / 2025-07-14 Заголовок» is a title with the date of its issue."""
    text = one_line(BULLET.sub("", text))
    dates = find_dates(text[:60])
    day = dates[0].day if dates else None
    if dates and dates[0].start <= 24:
        text = text[dates[0].end :]
    return Related(_ISSUE_LINE.sub("", text).strip(" /|–—-:"), url, day)


def _cut_related(lines: list[Line]) -> tuple[list[Line], tuple[Related, ...]]:
    """Everything after «Похожие материалы» is neighbours and footer, never the text itself.

    A block of that name above the text is a part of the site's frame.
    """
    prose = next((at for at, line in enumerate(lines) if is_prose(line.text)), 0)
    at = next((at for at, line in enumerate(lines) if at > prose and RELATED.match(line.text)), None)
    if at is None:
        return lines, ()
    tail: list[Related] = []
    for line in lines[at + 1 :]:
        if FOOTER.match(line.text) or HEADING.match(line.text):
            break
        item = related_item(line.text)
        if len(item.title) >= 12:
            tail.append(item)
    return lines[:at], tuple(tail[:40])


def _cut_contacts(lines: list[Line]) -> tuple[list[Line], tuple[Contact, ...]]:
    """The footer from «Подробности для СМИ» on, or the last lines with telephones in them."""
    lines = _without_footer(lines)
    prose = next((at for at, line in enumerate(lines) if is_prose(line.text)), 0)
    for at in range(max(1, prose, len(lines) // 3), len(lines)):
        text = lines[at].text
        if not (HEADING.match(text) or OFFICE.match(text)):
            continue
        block = [line.text for line in lines[at : at + 14]]
        found = read_contacts(_reach(block))
        if found:
            return lines[:at], found
    at = len(lines)
    while at > 1 and len(lines) - at < 6 and _reachable(lines[at - 1].text) and len(lines[at - 1].text) < 300:
        at -= 1
    if 1 < at < len(lines) and OFFICE_LINE.match(lines[at - 1].text):
        at -= 1
    if at < len(lines) and (found := read_contacts(line.text for line in lines[at:])):
        return lines[:at], found
    return lines, ()


def _reach(block: Sequence[str]) -> list[str]:
    """A footer goes on while its lines are short or can be reached by; a paragraph of prose ends it."""
    kept: list[str] = []
    for at, line in enumerate(block):
        if at and len(line) > 200 and not _reachable(line):
            break
        kept.append(line)
    return kept


def _reachable(text: str) -> bool:
    return bool(EMAIL.search(text) or phones_in(text))


def _without_footer(lines: list[Line]) -> list[Line]:
    half = len(lines) // 2
    at = next((at for at, line in enumerate(lines) if at > half and FOOTER.match(line.text)), len(lines))
    return lines[:at]


def _start_of_prose(lines: list[Line]) -> int:
    """The first line that is a paragraph; in a text of short lines, the first sentence after a headline."""
    for at, line in enumerate(lines[:_HEADER_LINES]):
        if is_prose(line.text) and at > 0:
            return at
    if lines and is_prose(lines[0].text):
        return 0
    headlines = [at for at in range(min(len(lines), _HEADER_LINES)) if may_be_title(lines, at)]
    first = headlines[0] if headlines else 0
    sentences = (
        at for at in range(first + 1, len(lines)) if at in headlines and lines[at].text[-1] in ".!?…"
    )
    return next(sentences, min(first + 1, len(lines)))


def _dates(
    header: Sequence[Line], body: Sequence[Line], closing: Sequence[Line]
) -> tuple[date | None, date | None]:
    """When it was published, and the day of the event in its first paragraphs."""
    event = _event(body)
    labelled = [_first(line.text, labelled=True) for line in (*header, *body)]
    bare = [_first(line.text) for line in header if is_date_line(line.text)]
    leading = _dateline(body[0].text) if body else None
    last = [_first(line.text) for line in closing if is_date_line(line.text)]
    candidates = [*labelled, *bare, leading, *last]
    return next((day for day in candidates if day), None), event


def _first(text: str, labelled: bool = False) -> date | None:
    for found in find_dates(text):
        if not found.of_issue and (not labelled or is_labelled(text, found)):
            return found.day
    return None


def _dateline(text: str) -> date | None:
    """«8 СЕНТЯБРЯ, 2023 – …», «Бишкек, 19 декабря 2019 г. – …», «г. Ош. 5 мая 2024 года. …»."""
    dates = find_dates(text[:90])
    if not dates or dates[0].of_issue:
        return None
    before = text[: dates[0].start]
    place = PLACE.match(before)
    rest = before[place.end() :] if place else before
    if re.search(r"\w", rest):
        return None
    after = re.sub(r"(?i)^\s*(?:г(?:ода|\.)?|жыл\w*|ж\.)?[\s,]*", "", text[dates[0].end :])
    if place is None and not re.match(r"[–—:./|(-]", after):
        return None
    return dates[0].day


def _event(body: Sequence[Line]) -> date | None:
    announced = [line for line in body if WHEN.match(line.text)]
    for line in (*announced, *body[:3]):
        for found in find_dates(line.text):
            if not _NOT_AN_EVENT.search(line.text[: found.start].rstrip(' «"')):
                return found.day
    return None


def _place(header: Sequence[Line], body: Sequence[Line]) -> str:
    """The town of the dateline: alone on a line or beside the date, or at the head of the first paragraph."""
    for said in (*header, *body[:1]):
        line = replace(said, text=WHERE.sub("", said.text))
        dates = find_dates(line.text[:90])
        text = line.text[: dates[0].start] + line.text[dates[0].end :] if dates else line.text
        text = re.sub(r"(?i)^\W*(?:г(?:ода|\.)(?=\W)|жыл\w*)?[\s,/|–—-]*", "", text)
        match = PLACE.match(text)
        if match and (
            len(text) < 60 or line.text != said.text or re.match(r"\s*[,.–—:-]", text[match.end() :])
        ):
            return match["place"] if not match["place"].isupper() else match["place"].title()
    return ""


def _body(rest: Sequence[Line], body: Sequence[Line], title: str) -> str:
    """The text without its title, author, date and path lines, and without a greeting; a subtitle stays."""
    lead = [
        line.text for line in rest if not is_frame(line.text) and line.text.casefold() != title.casefold()
    ]
    prose = [line.text for line in body if not is_date_line(line.text)]
    return "\n".join(line for line in (*lead, *prose) if not GREETING.match(line))


def _first_sentence(body: str) -> str:
    line = body.split("\n", 1)[0]
    sentence = re.split(r"(?<=[.!?…])\s", line, maxsplit=1)[0]
    return sentence if len(sentence) <= 160 else sentence[:160].rsplit(" ", 1)[0] + "…"


def with_date(document: Document, day: date | None) -> Document:
    """The document with the date of the mail or page that brought it, where its text names none."""
    if day is None or (document.date and "date_of_event" not in document.warnings):
        return document
    return replace(document, date=day, warnings=tuple(w for w in document.warnings if w != "date_of_event"))
