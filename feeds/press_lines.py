"""The lines of a release and what each can be: a date, a path of sections, a byline, a place, prose.  Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from feeds.contacts import NAME
from feeds.dates import Found, find_dates
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
FOOTER = re.compile(
    r"^\W*(?:поделиться|бөлүшүү|share|комментари[ийе]\w*|пикирлер|оставить комментарий|теги?:.*|tags:.*|"
    r"©.*|copyright.*|все права защищены.*|"
    r"бардык укуктар.*|наверх|назад.{0,20}|распечатать|версия для печати|подписаться.*|"
    r"количество просмотров.*|просмотр\w*:?\s*\d*|көрүүлөр.*)\W*$",
    re.I,
)
NOISE = re.compile(
    r"^\W*(?:главная(?:\s+страница)?|башкы\s+бет|home|новости|жаңылыктар|news|статьи|макалалар|articles|"
    r"пресс-?центр|press[-\s]?(?:room|center|centre)|"
    r"о\s+нас|биз\s+жөнүндө|about(?:\s+us)?|контакты|байланыш(?:тар)?|contacts?|поиск|издөө|search|меню|"
    r"menu|архив(?:\s+\w+)?|проекты|долбоорлор|projects|"
    r"публикации|библиотека|галерея|фото|видео|войти|регистрация|вход|рус(?:ский)?|кыр(?:гызча)?|кырг|"
    r"eng(?:lish)?|ru|ky|kg|en|\d+|анонсы?|события|"
    r"мероприятия|документы|вакансии|версия\s+для\s+слабовидящих|facebook|instagram|telegram|youtube|twitter|печать|print|подробнее)\W*$",
    re.I,
)
WHEN: Final = re.compile(r"^\W*(?:когда|дата и время|время проведения|качан|when)\s*[?:]\s*", re.I)
"""«Когда: 25 ноября 2026 года, 9:30»: the day of an event that is announced."""
WHERE: Final = re.compile(r"^\W*(?:где|место(?:\s+проведения)?|кайда|where|venue)\s*[?:]\s*", re.I)
_REGISTERED: Final = re.compile(
    r"^\W*(?:исх(?:одящ\w*)?|чыг(?:ыш)?)\b\.?\s*(?:(?:№|N|#)\s*)?\d|^№\s*[\d/-]+\s+от\s+\W?\d", re.I
)
"""«Исх. № 01-12/345 от 14 октября 2026 г.»: under the letterhead of an official letter."""
_ADDRESSEE: Final = re.compile(
    r"^\W*(?:руководител|глав(?:е|ам)\b|директор|(?:глав\w+\s+)?редактор|(?:в\s+)?редакци|средств\w+\s+массовой|начальник|"
    r"министр|мэр(?:у|ам)\b|аким(?:у|ам)\b|председател|жетекчи|төрага|копия\b)",
    re.I,
)
_SENTENCE_END: Final = re.compile(r"[^\W\d_]{3,}[.!?…]\W*$")
_DEADLINE: Final = re.compile(r"(?:^|\s)(?:до|не позднее|не позже|until|before|by)\s+\W?$", re.I)
GREETING: Final = re.compile(
    r"(?i)^\W*(?:уважаем\w+|добр(?:ый|ого|ое)\s+\w+|здравствуйте|коллеги|саламатсы\w+|урматтуу|кутмандуу|dear|hello)\b"
    r".{0,60}[!,.]?$"
)
MAIL_LINE = re.compile(r"(?i)^(?:от(?:правитель)?|кому|копия|from|to|cc|кимден|кимге)\s*:\s")
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
PLACE = re.compile(
    r"^\W{0,3}(?:(?:г\.|гор\.|город|с\.|село|пгт|city of)\s*)?(?P<place>" + _PLACES + r")"
    r"(?:\s+(?:ш\.|шаары))?(?=$|[\s,.:–—-])"
    r"(?:,?\s*(?:кыргызстан|кыргызская республика|кыргыз республикасы|kyrgyzstan|kyrgyz republic))?",
    re.I,
)
BULLET = re.compile(r"^\s*(?:[-–—•*·▪►»>]|\d{1,2}[.)])\s*")
WORD = re.compile(r"[^\W\d_]{4,}")
_PROSE = 150


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    bullet: bool
    after_gap: bool


def split_lines(text: str) -> list[Line]:
    found: list[Line] = []
    gap = True
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n"):
        line = one_line(raw)
        if not line or not re.search(r"\w", line):
            bare_bullet = bool(line) and BULLET.match(line) is not None
            gap = gap or not bare_bullet
            continue
        stripped = BULLET.sub("", line) if re.match(r"^[-•*·▪►]\s", line) else line
        found.append(Line(stripped, stripped != line, gap))
        gap = False
    return found


def is_date_line(text: str) -> bool:
    """Whether a line is a date and little else:

    «16.12.2021 17:42», «2024-08-26 / Рубрика», «Опубликовано: …».
    """
    dates = find_dates(text)
    if not dates or dates[0].of_issue or WHEN.match(text) or _DEADLINE.search(text[: dates[0].start]):
        return False
    rest = text[: dates[0].start] + text[dates[-1].end :]
    rest = re.sub(r"(?i)\bг(?:ода|\.)?\b|жыл\w*|ж\.", " ", rest)
    if _SENTENCE_END.search(rest) and len(WORD.findall(rest)) >= 2 and not is_labelled(text, dates[0]):
        return False
    return len(WORD.findall(rest)) <= (6 if is_labelled(text, dates[0]) else 4) and len(text) <= 120


def without_letterhead(header: Sequence[Line]) -> list[Line]:
    """The lines of an official letter from its number and date on, without those to whom it is addressed.

    Other texts have no such number, and are given back whole.
    """
    at = next((at for at, line in enumerate(header) if _REGISTERED.match(line.text)), None)
    if at is None:
        return list(header)
    return [line for line in header[at:] if not _ADDRESSEE.match(line.text)]


def is_labelled(text: str, found: Found) -> bool:
    return bool(_LABELLED_DATE.search(text[: found.start]))


def is_prose(text: str) -> bool:
    if text.isupper() or is_date_line(text) or is_path(text):
        return False
    if len(text) >= _PROSE:
        return True
    return len(text) >= 70 and bool(re.search(r"[.!?…]\s+[A-ZА-ЯЁӨҮҢ«\"]|[.!?…][»\"]?$", text))


def is_path(text: str) -> bool:
    return bool(re.search(r"\s[/»›>→|]\s*$|\s[/»›>→|]\s", text)) and not find_dates(text) and len(text) < 200


def continues(first: Line, second: Line) -> bool:
    """Whether a headline broken by hand goes on in the next line."""
    if second.after_gap or second.bullet or first.bullet:
        return False
    if MARKER.match(first.text) or is_date_line(first.text) or NOISE.match(first.text) or is_path(first.text):
        return False
    if MARKER.match(second.text) or is_date_line(second.text) or is_author(second.text):
        return False
    if first.text.isupper() and second.text.isupper():
        return True
    return second.text[0].islower() and first.text[-1] not in ".!?:;"


def in_path(header: Sequence[Line], at: int) -> bool:
    """A path of sections written one a line: «- Главная / - Статьи / - Новости партнёрства»."""
    return header[at].bullet and any(
        line.bullet and (NOISE.match(line.text) or line.text.rstrip().endswith(("/", "»", "›", ">")))
        for line in header[max(0, at - 4) : at]
    )


def is_author(text: str) -> bool:
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


def is_place_line(text: str) -> bool:
    match = PLACE.match(text)
    return bool(match) and len(WORD.findall(text[match.end() :])) == 0 if match else False


def is_frame(text: str) -> bool:
    frame = (MARKER, NOISE, FOOTER, MAIL_LINE)
    return (
        is_date_line(text) or is_author(text) or is_place_line(text) or any(one.match(text) for one in frame)
    )
