"""The title among the short lines above a text.  Pure.

Each line that may be a title is weighed: by its length, by what it shares with the text, and by its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.dates import find_dates
from feeds.press_lines import (
    FOOTER,
    GREETING,
    MAIL_LINE,
    MARKER,
    NOISE,
    RELATED,
    WHEN,
    WHERE,
    WORD,
    Line,
    continues,
    in_path,
    is_author,
    is_date_line,
    is_path,
    is_place_line,
)
from feeds.text import one_line

_TITLE_LABEL = re.compile(
    r"(?i)^(?:тема(?:\s+письма)?|subject|заголовок|название|title|аталышы|темасы|что|эмне|what)\s*[?:]\s*"
)


_DECORATION = re.compile(r"^[^\w«»“”„\"'(№#]+")


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    text: str
    width: int
    score: float


def may_be_title(header: Sequence[Line], at: int) -> bool:
    text = header[at].text
    if at and continues(header[at - 1], header[at]) and may_be_title(header, at - 1):
        return False
    return not (
        len(text) < 8
        or MARKER.match(text)
        or NOISE.match(text)
        or is_date_line(text)
        or is_path(text)
        or in_path(header, at)
        or is_author(text)
        or is_place_line(text)
        or FOOTER.match(text)
        or RELATED.match(text)
        or GREETING.match(text)
        or MAIL_LINE.match(text)
        or WHEN.match(text)
        or WHERE.match(text)
        or (find_dates(text) and find_dates(text)[0].of_issue)
    )


def find_title(header: Sequence[Line], body: str) -> tuple[int, str, int]:
    """Where the title is in the header, the title, and over how many lines it goes; width 0 where there is
    none.
    """
    candidates = [_weighed(at, header, body) for at in range(len(header)) if may_be_title(header, at)]
    best = max(candidates, key=lambda one: (one.score, one.at), default=None)
    if best is None or best.score <= 0:
        return -1, "", 0
    return best.at, best.text, best.width


def _weighed(at: int, header: Sequence[Line], body: str) -> _Candidate:
    width = 1
    while at + width < len(header) and continues(header[at + width - 1], header[at + width]):
        width += 1
    text = one_line(" ".join(line.text for line in header[at : at + width])).strip()
    score = 1.0 + _length_score(text) + 6.0 * min(_overlap(text, body), 0.4)
    score += _neighbour_score(header, at, width, _end_of_block(header, at, width))
    if labelled := _TITLE_LABEL.match(text):
        text = text[labelled.end() :]
        score += 3
    if sum(line.text.casefold() == header[at].text.casefold() for line in header) > 1:
        score += 3
    if text.isupper():
        score += 1
    if text.endswith((".", ";", ",")) and not text.endswith("..."):
        score -= 0.5
    text = _DECORATION.sub("", text) or text
    return _Candidate(at, text[:1].upper() + text[1:].rstrip(",;"), width, score)


def _end_of_block(header: Sequence[Line], at: int, width: int) -> int:
    """Where the headlines end that stand together with this one: a title with its subtitle."""
    end = at + width
    while end < len(header) and not header[end].after_gap and may_be_title(header, end):
        end += 1
    return end


def _length_score(text: str) -> float:
    words = len(text.split())
    if words <= 2:
        return -1.5
    return 1.5 if 5 <= words <= 30 else 0.5


def _overlap(title: str, body: str) -> float:
    """The share of a title's long words whose beginnings are in the body: a banner has few."""
    stems = {word.lower()[:5] for word in WORD.findall(title)}
    if not stems:
        return 0.0
    there = {word.lower()[:5] for word in WORD.findall(body[:2500])}
    return len(stems & there) / len(stems)


def _neighbour_score(header: Sequence[Line], at: int, width: int, end: int) -> float:
    before = header[at - 1] if at else None
    after = header[end] if end < len(header) else None
    score = 0.0
    if before is not None:
        score += 2.5 if MARKER.match(before.text) else 0.0
        score += 2.0 if in_path(header, at - 1) or is_path(before.text) or NOISE.match(before.text) else 0.0
        score += 1.0 if is_date_line(before.text) else 0.0
    if end > at + width:
        score += 0.6
    if after is None:
        score += 1.0
    else:
        score += 2.0 if is_date_line(after.text) or is_author(after.text) else 0.0
    return score
