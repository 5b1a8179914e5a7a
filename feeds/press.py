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
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from feeds.contacts import EMAIL, HEADING, NAME, OFFICE, phones_in, read_contacts
from feeds.dates import Found, find_dates
from feeds.items import Contact, Document, Related
from feeds.language import language_of
from feeds.text import one_line

MARKER: Final = re.compile(
    r"^\W*(?:(?:официальный\s+)?пресс[-\s]?релиз|басма\s*с[оө]з\s+(?:билдир[уү][уү](?:с[уү])?|релизи)|"
    r"пресс[-\s]?(?:билдир[уү][уү]|баян\w*|маалымат)"
    r"|(?:official\s+)?(?:press|news)\s+release|информационное\s+сообщение|маалымат\s+билдир[уү][уү]|"
    r"для\s+немедленно\w*\s+\w+"
    r"|for\s+immediate\s+release|анонс|медиа-?\s?эдвайзори)(?:\s*(?:№|N|#)\s*\d+)?\W*$",
    re.I,
)
RELATED: Final = re.compile(
    r"^\W*(?:похожие\s+(?:материалы|статьи|новости|публикации)|материалы\s+по\s+теме|по\s+теме|"
    r"читайте\s+(?:также|ещ[её]).{0,20}|смотрите\s+также|"
    r"(?:другие|последние|связанные)\s+(?:новости|статьи|материалы|публикации)|ещ[её]\s+по\s+теме|"
    r"окшош\s+(?:материалдар|макалалар|жаңылыктар)|"
    r"(?:тектеш|ушул\s+темадагы)\s+\w+|(?:башка|акыркы)\s+(?:жаңылыктар|макалалар|материалдар)|"
    r"дагы\s+окуңуз(?:дар)?|ошондой\s+эле\s+окуңуз(?:дар)?|"
    r"related\s+(?:articles|materials|news|posts|publications|stories)|see\s+also|read\s+(?:also|more)|more\s+(?:news|stories)|similar\s+\w+)\W*$",
    re.I,
)
_FOOTER = re.compile(
    r"^\W*(?:поделиться|бөлүшүү|share|комментари[ийе]\w*|пикирлер|оставить комментарий|теги?:.*|tags:.*|"
    r"©.*|copyright.*|все права защищены.*|"
    r"бардык укуктар.*|наверх|назад.{0,20}|распечатать|версия для печати|подписаться.*|"
    r"количество просмотров.*|просмотр\w*:?\s*\d*|көрүүлөр.*)\W*$",
    re.I,
)
_NOISE = re.compile(
    r"^\W*(?:главная(?:\s+страница)?|башкы\s+бет|home|новости|жаңылыктар|news|статьи|макалалар|articles|"
    r"пресс-?центр|press[-\s]?(?:room|center|centre)|"
    r"о\s+нас|биз\s+жөнүндө|about(?:\s+us)?|контакты|байланыш(?:тар)?|contacts?|поиск|издөө|search|меню|"
    r"menu|архив(?:\s+\w+)?|проекты|долбоорлор|projects|"
    r"публикации|библиотека|галерея|фото|видео|войти|регистрация|вход|рус(?:ский)?|кыр(?:гызча)?|кырг|"
    r"eng(?:lish)?|ru|ky|kg|en|\d+|анонсы?|события|"
    r"мероприятия|документы|вакансии|версия\s+для\s+слабовидящих|facebook|instagram|telegram|youtube|twitter|печать|print|подробнее)\W*$",
    re.I,
)
_LABELLED_DATE = re.compile(
    r"(?:опубликован\w*|дата(?:\s+\w+)?|размещен\w*|published(?:\s+on)?|posted(?:\s+on)?|date|жарыялан\w*(?:\s+күнү)?|күнү|датасы|created|создано|добавлен\w*)\s*[:\-–—]?\s*$",
    re.I,
)
_PLACES = (
    "Бишкек|Ош|Каракол|Нарын|Талас|Баткен|Джалал-Абад|Жалал-Абад|Манас|Чолпон-Ата|Балыкчы|Токмок|Кара-Балта|Кант|"
    "Узген|Өзгөн|Кызыл-Кия|Сулюкта|Исфана|Майлуу-Суу|Таш-Кумыр|Токтогул|Кара-Суу|Кочкор-Ата|Кербен|Ноокат|Чаек|"
    "Ат-Башы|Кочкор|Боконбаево|Сокулук|Лебединовка|"
    "Bishkek|Osh|Karakol|Naryn|Talas|Batken|Jalal-Abad|Tokmok|Balykchy|Cholpon-Ata"
)
_PLACE = re.compile(
    r"^\W{0,3}(?:(?:г\.|гор\.|город|с\.|село|пгт|city of)\s*)?(?P<place>" + _PLACES + r")"
    r"(?:\s+(?:ш\.|шаары))?(?=$|[\s,.:–—-])"
    r"(?:,?\s*(?:кыргызстан|кыргызская республика|кыргыз республикасы|kyrgyzstan|kyrgyz republic))?",
    re.I,
)
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪►»>]|\d{1,2}[.)])\s*")
_ISSUE_LINE = re.compile(r"^(?:№\s*\d+\s*)?\(\s*\d+\s*\)\s*/?\s*|^№\s*\d+\s*(?:\(\s*\d+\s*\))?\s*/?\s*")
_WORD = re.compile(r"[^\W\d_]{4,}")
_PROSE = 150
_HEADER_LINES = 60
_NOT_AN_EVENT = re.compile(
    r"(?:закон\w*|постановлени\w*|приказ\w*|указ\w*|распоряжени\w*|мыйзам\w*|токтом\w*|"
    r"№\s*\S+|от|до|по|с|к|не позднее|until|before)\s*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    bullet: bool
    after_gap: bool


def read_press(text: str, hint_title: str = "") -> Document:
    """The parts of a release.

    `date` is when it was published; where the text does not say, the day of the event it reports, with the
    warning `date_of_event`.  `hint_title` is what a file or a mail calls itself, for texts that have no
    headline.
    """
    lines = _lines(text)
    lines, related = _cut_related(lines)
    closing = lines[-3:]
    lines, contacts = _cut_contacts(lines)
    start = _start_of_prose(lines)
    header, body = lines[:start], lines[start:]
    said = "\n".join(line.text for line in body)
    title_at, title, width = _title(header, said)
    title = title or one_line(hint_title) or _first_sentence(said)
    published, event = _dates(header, body, closing)
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
    text = one_line(_BULLET.sub("", text))
    dates = find_dates(text[:60])
    day = dates[0].day if dates else None
    if dates and dates[0].start <= 24:
        text = text[dates[0].end :]
    return Related(_ISSUE_LINE.sub("", text).strip(" /|–—-:"), url, day)


def is_date_line(text: str) -> bool:
    """Whether a line is a date and little else:

    «16.12.2021 17:42», «2024-08-26 / Рубрика», «Опубликовано: …».
    """
    dates = find_dates(text)
    if not dates or dates[0].of_issue:
        return False
    rest = text[: dates[0].start] + text[dates[-1].end :]
    rest = re.sub(r"(?i)\bг(?:ода|\.)?\b|жыл\w*|ж\.", " ", rest)
    return len(_WORD.findall(rest)) <= (6 if _labelled(text, dates[0]) else 4) and len(text) <= 120


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    gap = True
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n"):
        line = one_line(raw)
        if not line or not re.search(r"\w", line):
            bare_bullet = bool(line) and _BULLET.match(line) is not None
            gap = gap or not bare_bullet
            continue
        stripped = _BULLET.sub("", line) if re.match(r"^[-•*·▪►]\s", line) else line
        found.append(_Line(stripped, stripped != line, gap))
        gap = False
    return found


def _cut_related(lines: list[_Line]) -> tuple[list[_Line], tuple[Related, ...]]:
    """Everything after «Похожие материалы» is neighbours and footer, never the text itself.

    A block of that name above the text is a part of the site's frame.
    """
    prose = next((at for at, line in enumerate(lines) if _is_prose(line.text)), 0)
    at = next((at for at, line in enumerate(lines) if at > prose and RELATED.match(line.text)), None)
    if at is None:
        return lines, ()
    tail: list[Related] = []
    for line in lines[at + 1 :]:
        if _FOOTER.match(line.text) or HEADING.match(line.text):
            break
        item = related_item(line.text)
        if len(item.title) >= 12:
            tail.append(item)
    return lines[:at], tuple(tail[:40])


def _cut_contacts(lines: list[_Line]) -> tuple[list[_Line], tuple[Contact, ...]]:
    """The footer from «Подробности для СМИ» on, or the last lines with telephones in them."""
    lines = _without_footer(lines)
    prose = next((at for at, line in enumerate(lines) if _is_prose(line.text)), 0)
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


def _without_footer(lines: list[_Line]) -> list[_Line]:
    half = len(lines) // 2
    at = next((at for at, line in enumerate(lines) if at > half and _FOOTER.match(line.text)), len(lines))
    return lines[:at]


def _start_of_prose(lines: list[_Line]) -> int:
    """The first line that is a paragraph; in a text of short lines, the first sentence after a headline."""
    for at, line in enumerate(lines[:_HEADER_LINES]):
        if _is_prose(line.text) and at > 0:
            return at
    if lines and _is_prose(lines[0].text):
        return 0
    headlines = [at for at in range(min(len(lines), _HEADER_LINES)) if _may_be_title(lines, at)]
    first = headlines[0] if headlines else 0
    sentences = (at for at in range(first + 1, len(lines)) if at in headlines and lines[at].text[-1] in ".!?…")
    return next(sentences, min(first + 1, len(lines)))


def _is_prose(text: str) -> bool:
    if text.isupper() or is_date_line(text) or _is_path(text):
        return False
    if len(text) >= _PROSE:
        return True
    return len(text) >= 70 and bool(re.search(r"[.!?…]\s+[A-ZА-ЯЁӨҮҢ«\"]|[.!?…][»\"]?$", text))


def _is_path(text: str) -> bool:
    return bool(re.search(r"\s[/»›>→|]\s*$|\s[/»›>→|]\s", text)) and not find_dates(text) and len(text) < 200


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    text: str
    width: int
    score: float


def _title(header: Sequence[_Line], body: str) -> tuple[int, str, int]:
    """Where the title is in the header, the title, and over how many lines it goes; width 0 where there is
    none.
    """
    candidates = [_weighed(at, header, body) for at in range(len(header)) if _may_be_title(header, at)]
    best = max(candidates, key=lambda one: (one.score, one.at), default=None)
    if best is None or best.score <= 0:
        return -1, "", 0
    return best.at, best.text, best.width


def _may_be_title(header: Sequence[_Line], at: int) -> bool:
    text = header[at].text
    if at and _continues(header[at - 1], header[at]) and _may_be_title(header, at - 1):
        return False
    return not (
        len(text) < 8
        or MARKER.match(text)
        or _NOISE.match(text)
        or is_date_line(text)
        or _is_path(text)
        or _in_path(header, at)
        or _is_author(text)
        or _is_place_line(text)
        or _FOOTER.match(text)
        or RELATED.match(text)
        or (find_dates(text) and find_dates(text)[0].of_issue)
    )


def _continues(first: _Line, second: _Line) -> bool:
    """Whether a headline broken by hand goes on in the next line."""
    if second.after_gap or second.bullet or first.bullet:
        return False
    if (
        MARKER.match(first.text)
        or is_date_line(first.text)
        or _NOISE.match(first.text)
        or _is_path(first.text)
    ):
        return False
    if MARKER.match(second.text) or is_date_line(second.text) or _is_author(second.text):
        return False
    if first.text.isupper() and second.text.isupper():
        return True
    return second.text[0].islower() and first.text[-1] not in ".!?:;"


def _in_path(header: Sequence[_Line], at: int) -> bool:
    """A path of sections written one a line: «- Главная / - Статьи / - Новости партнёрства»."""
    return header[at].bullet and any(
        line.bullet and (_NOISE.match(line.text) or line.text.rstrip().endswith(("/", "»", "›", ">")))
        for line in header[max(0, at - 4) : at]
    )


def _is_author(text: str) -> bool:
    """«Нургуль ДЖАМАНКУЛОВА, консультант по коммуникациям»: a name, then what the person is, or a byline."""
    if re.match(r"(?i)^(?:автор|текст|фото|author|by|photo|сүрөт)\b\s*:?\s", text) and len(text) < 120:
        return True
    match = NAME.match(text)
    if not match or text.isupper() or len(match[1].split()) > 3:
        return False
    rest = text[match.end() :].strip()
    if rest:
        return rest.startswith(",")
    return any(word.isupper() and len(word) > 2 for word in match[1].split())


def _is_place_line(text: str) -> bool:
    match = _PLACE.match(text)
    return bool(match) and len(_WORD.findall(text[match.end() :])) == 0 if match else False


def _weighed(at: int, header: Sequence[_Line], body: str) -> _Candidate:
    width = 1
    while at + width < len(header) and _continues(header[at + width - 1], header[at + width]):
        width += 1
    text = one_line(" ".join(line.text for line in header[at : at + width])).strip()
    score = 1.0 + _length_score(text) + 6.0 * min(_overlap(text, body), 0.4)
    score += _neighbour_score(header, at, width, _end_of_block(header, at, width))
    if sum(line.text.casefold() == header[at].text.casefold() for line in header) > 1:
        score += 3
    if text.isupper():
        score += 1
    if text.endswith((".", ";", ",")) and not text.endswith("..."):
        score -= 0.5
    return _Candidate(at, text.rstrip(",;"), width, score)


def _end_of_block(header: Sequence[_Line], at: int, width: int) -> int:
    """Where the headlines end that stand together with this one: a title with its subtitle."""
    end = at + width
    while end < len(header) and not header[end].after_gap and _may_be_title(header, end):
        end += 1
    return end


def _length_score(text: str) -> float:
    words = len(text.split())
    if words <= 2:
        return -1.5
    return 1.5 if 5 <= words <= 30 else 0.5


def _overlap(title: str, body: str) -> float:
    """The share of a title's long words whose beginnings are in the body: a banner has few."""
    stems = {word.lower()[:5] for word in _WORD.findall(title)}
    if not stems:
        return 0.0
    there = {word.lower()[:5] for word in _WORD.findall(body[:2500])}
    return len(stems & there) / len(stems)


def _neighbour_score(header: Sequence[_Line], at: int, width: int, end: int) -> float:
    before = header[at - 1] if at else None
    after = header[end] if end < len(header) else None
    score = 0.0
    if before is not None:
        score += 2.5 if MARKER.match(before.text) else 0.0
        score += (
            2.0 if _in_path(header, at - 1) or _is_path(before.text) or _NOISE.match(before.text) else 0.0
        )
        score += 1.0 if is_date_line(before.text) else 0.0
    if end > at + width:
        score += 0.6
    if after is None:
        score += 1.0
    else:
        score += 2.0 if is_date_line(after.text) or _is_author(after.text) else 0.0
    return score


def _labelled(text: str, found: Found) -> bool:
    return bool(_LABELLED_DATE.search(text[: found.start]))


def _dates(
    header: Sequence[_Line], body: Sequence[_Line], closing: Sequence[_Line]
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
        if not found.of_issue and (not labelled or _labelled(text, found)):
            return found.day
    return None


def _dateline(text: str) -> date | None:
    """«8 СЕНТЯБРЯ, 2023 – …», «Бишкек, 19 декабря 2019 г. – …», «г. Ош. 5 мая 2024 года. …»."""
    dates = find_dates(text[:90])
    if not dates or dates[0].of_issue:
        return None
    before = text[: dates[0].start]
    place = _PLACE.match(before)
    rest = before[place.end() :] if place else before
    if re.search(r"\w", rest):
        return None
    after = re.sub(r"(?i)^\s*(?:г(?:ода|\.)?|жыл\w*|ж\.)?[\s,]*", "", text[dates[0].end :])
    if place is None and not re.match(r"[–—:./|(-]", after):
        return None
    return dates[0].day


def _event(body: Sequence[_Line]) -> date | None:
    for line in body[:3]:
        for found in find_dates(line.text):
            if not _NOT_AN_EVENT.search(line.text[: found.start].rstrip(' «"')):
                return found.day
    return None


def _place(header: Sequence[_Line], body: Sequence[_Line]) -> str:
    for line in (*header, *body[:1]):
        match = _PLACE.match(
            re.sub(r"^[^,]*\d{4}\s*(?:г\.|года)?[,\s/|]*", "", line.text)
            if find_dates(line.text[:40])
            else line.text
        )
        if match and (_is_short(line.text, match) or re.match(r"\s*[,.–—:-]", line.text[match.end() :])):
            return match["place"] if not match["place"].isupper() else match["place"].title()
    return ""


def _is_short(text: str, match: re.Match[str]) -> bool:
    return len(text) < 60 and match.start() < 20


def _body(rest: Sequence[_Line], body: Sequence[_Line], title: str) -> str:
    """The text without its title, author, date and path lines; a subtitle stays."""
    lead = [
        line.text
        for line in rest
        if not (
            is_date_line(line.text)
            or _is_author(line.text)
            or MARKER.match(line.text)
            or _NOISE.match(line.text)
        )
        and not _is_place_line(line.text)
        and line.text.casefold() != title.casefold()
    ]
    return "\n".join([*lead, *(line.text for line in body if not is_date_line(line.text))])


def _first_sentence(body: str) -> str:
    line = body.split("\n", 1)[0]
    sentence = re.split(r"(?<=[.!?…])\s", line, maxsplit=1)[0]
    return sentence if len(sentence) <= 160 else sentence[:160].rsplit(" ", 1)[0] + "…"


def with_date(document: Document, day: date | None) -> Document:
    """The document with the date of the mail or page that brought it, where its text names none."""
    if day is None or (document.date and "date_of_event" not in document.warnings):
        return document
    return replace(document, date=day, warnings=tuple(w for w in document.warnings if w != "date_of_event"))
