"""People and phones in the footer of a press release: candidates that a staff member confirms.  Pure.

«Подробности для СМИ: имя, должность организации: 0555 / 0500 123-456, имя@example.org»
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import phonenumbers

from feeds.dates import find_dates
from feeds.items import Contact
from feeds.text import one_line

OFFICE: Final = re.compile(
    r"^(?:пресс-служба|пресс-центр|басма сөз кызматы|маалымат кызматы|press (?:office|service))\b.{0,90}:",
    re.I,
)
OFFICE_LINE: Final = re.compile(
    r"^(?:пресс-служба|пресс-центр|отдел|сектор|управление|басма сөз|маалымат кызматы|press (?:office|service))\b"
    r"[^.!?:]{0,110}$",
    re.I,
)
"""An office alone on its line, over its telephone."""

HEADING: Final = re.compile(
    r"""^[\s*•–—-]*(?:
        (?:за\s+)?(?:дополнительн\w+|подробн\w+)\s+(?:информаци\w+|сведени\w+)\b[^:]{0,80}
      | подробности\b[^:]{0,40} | исп(?:олнител\w*)?\.? | аткаруучу\w* | контакт\w*\b[^:]{0,60} |
      контактн\w+\s+(?:лиц\w+|данн\w+|информаци\w+|телефон\w*)[^:]{0,40} |
      (?:по\s+(?:всем\s+)?)?вопрос(?:ам|ы)\b[^:]{0,60} | с\s+уважением\s*,? |
      урматтоо\s+менен\s*,? | (?:best|kind)\s+regards\s*,?
      | (?:для\s+)?(?:справок|справки)\b[^:]{0,30} |
      обращаться\b[^:]{0,40} | связь\s+со?\s+сми\b[^:]{0,30} | для\s+(?:сми|прессы|журналистов)\b[^:]{0,30} |
      байланыш\w*\b[^:]{0,60} | жмк\s+үчүн\b[^:]{0,40} | кошумча\s+маалымат\w*\b[^:]{0,60} |
      толук\s+маалымат\w*\b[^:]{0,60} | (?:for\s+)?(?:more|further|additional)\s+information\b[^:]{0,60} |
      for\s+(?:media|press)\b[^:]{0,40} | (?:media|press)\s+(?:contacts?|inquiries|enquiries)\b[^:]{0,40} |
      contacts?(?:\s+(?:person|for|us|information))?\b[^:]{0,40}
    )(?::|$|(?=\+?\d))""",
    re.I | re.X,
)
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}")
_PHONE = re.compile(r"\+?\(?\d[\d()\s/.–—-]{3,40}\d")
_SHARED_END = re.compile(r"^\(?(0\d{3})\)?\s*/\s*(0\d{3})[\s-]*([\d\s-]{6,9})$")
_FAX = re.compile(r"(?:факс|fax|ф\.)\W{0,3}$", re.I)
_PHONE_AND_FAX = re.compile(r"(?:тел\w*|tel\w*|phone)\.?\s*/\s*(?:факс|fax)\W{0,3}$", re.I)
_EXTENSION = re.compile(r"(?:доб(?:ав\w*)?|вн(?:утр\w*)?|ext)\.?\s*:?\s*\d{1,6}", re.I)
_LABEL = re.compile(
    r"(?<!\w)(?:тел(?:ефон\w*)?|моб(?:ильный)?|раб|сот|факс|fax|phones?|tel|mobile|mob|cell|whatsapp|e-?mail|эл(?:ектронн\w*)?\.?\s?"
    r"(?:почта|адрес|дарек)|почта|адрес|имэйл|эл\.?\s?почта|телефондор\w*|байланыш\s+телефон\w*)\b\.?\s*:?",
    re.I,
)
_CAPITAL = "А-ЯЁӨҮҢA-Z"
_SMALL = "а-яёөүңa-z"
_NAME_WORD = (
    rf"(?:[{_CAPITAL}][{_SMALL}’'ь]+(?:-[{_CAPITAL}][{_SMALL}]+)?|[{_CAPITAL}]{{2,}}(?:-[{_CAPITAL}]{{2,}})?)"
)
_INITIAL = rf"[{_CAPITAL}]\."
NAME: Final = re.compile(
    rf"^(?:(?:г-н|г-жа|господин|госпожа|мырза|айым|mr|mrs|ms|dr)\.?\s+)?("
    rf"{_NAME_WORD}\s+(?:уулу|кызы|уули|кизи)\s+{_NAME_WORD}"
    rf"|{_NAME_WORD}(?:\s+{_NAME_WORD}){{1,2}}(?:\s+(?:уулу|кызы|уули|кизи))?"
    rf"|{_INITIAL}\s?(?:{_INITIAL}\s?)?{_NAME_WORD}|{_NAME_WORD}\s{_INITIAL}(?:\s?[{_CAPITAL}]\.?)?"
    rf")(?=$|[\s,;:(–—-])"
)
_CLOSING_NAME = re.compile(
    rf"[{_SMALL}]+\s(?:[^,;]*\s)?({_NAME_WORD}\s[{_CAPITAL}][{_SMALL}]+(?:[оеё]ва?|[иы]на?|ск(?:ий|ая)|кызы|уулу))\W*$"
)
_BODY_WORDS = re.compile(
    r"(?i)^(?:институт|союз|агентств|академи|ассоциац|министерств|фонд|центр|проект|программ|пресс|отдел|управлени|общественн|"
    r"государственн|мэри|айыл|кенеш|кеңеш|департамент|development|institute|public|press|union|agency|жергиликтүү|местн|"
    r"республик|кыргызск|бишкек|дополнительн|подробн|контакт|тел|e-?mail|улиц|адрес|местного|коммуникац|служб)"
)
_QUALIFIER = r"[а-яё-]{3,}(?:ого|ой|ое|ая|ый)"
_ORGANISATION = re.compile(
    rf"(?i)(?<![\w-])((?:{_QUALIFIER}\s+){{0,2}}"
    r"(?:(?:институт|союз|агентств|академи|ассоциаци|министерств|фонд|центр|объединени|мэри|департамент|комитет|аппарат|"
    r"айыл\w*\s+[оө]км[оө]т|администраци|университет|компани|редакци|организаци)[а-яё]*"
    r"|(?:проект|программ)[а-яё]*(?=\s+[«\"A-ZА-ЯЁ])|(?-i:(?:ОО|ОФ|ГУ|ГП|МП)\s+[«\"])|[«\"])[^,;]*)"
)
_KYRGYZ_ORGANISATION = re.compile(
    r"(?i)^(.*?(?:институт|союз|агенттиг|академия|ассоциация|министрлиг|фонд|борбор|долбоор|бирикме|мэрия|өкмөт|департамент)"
    r"(?:[уүыи]|с[ыиуү])?)н[уүыи]н\s+(\S.*)$"
)
_ENGLISH_ORGANISATION = re.compile(
    r"(?i)(?:^|,\s*|\bof (?:the )?|\bat (?:the )?)"
    r"([^,]*\b(?:institute|foundation|union|agency|academy|association|ministry|fund|office|project|programme|centre|center|university)\b"
    r"[^,]*)$"
)
_ACRONYM = re.compile(r"(?:^|[\s,])([А-ЯЁӨҮҢA-Z]{3,10}(?:\s+КР)?)$")
_NOMINATIVE = {
    "института": "Институт", "союза": "Союз", "агентства": "Агентство", "академии": "Академия",
    "ассоциации": "Ассоциация", "министерства": "Министерство", "фонда": "Фонд", "центра": "Центр",
    "проекта": "Проект", "объединения": "Объединение", "мэрии": "Мэрия", "департамента": "Департамент",
    "комитета": "Комитет", "аппарата": "Аппарат", "программы": "Программа", "администрации": "Администрация",
    "университета": "Университет", "компании": "Компания", "редакции": "Редакция", "организации": "Организация",
}  # fmt: skip
_NEUTER = frozenset({"агентства", "министерства", "объединения"})
_FEMININE = frozenset(
    {"академии", "ассоциации", "мэрии", "программы", "администрации", "компании", "редакции", "организации"}
)


@dataclass
class _Gathered:
    """What has been read of one contact so far."""

    words: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)

    @property
    def reachable(self) -> bool:
        return bool(self.phones or self.emails)


def read_contacts(lines: Iterable[str]) -> tuple[Contact, ...]:
    """The contacts in the lines of a footer, each with a phone or an address; phones as `+996…`.

    Role and organisation are as printed, the organisation's first words in the nominative.  What is called a
    fax is left out.
    """
    people: list[_Gathered] = []
    current = _Gathered()
    for piece in _pieces(lines):
        if current.reachable and _starts_another(piece):
            people.append(current)
            current = _Gathered()
        current.phones += [phone for phone in phones_in(piece) if phone not in current.phones]
        current.emails += [email for email in EMAIL.findall(piece) if email not in current.emails]
        if words := _words_of(piece):
            current.words.append(words)
    people.append(current)
    return tuple(_contact(one) for one in people if one.reachable)


def phones_in(text: str) -> list[str]:
    """Every telephone number of a text in the form `+996555123456`; faxes and extensions are left out.

    `0555 / 0500 123-456` is two numbers; a short number takes the area code of the one before it.
    """
    found: list[str] = []
    for chunk in re.split(r"[,;]|(?<=\d)\s+и\s+(?=\+?\d)", _EXTENSION.sub(" ", text)):
        chunk = EMAIL.sub(" ", chunk)
        for match in _PHONE.finditer(chunk):
            if _is_fax(chunk[: match.start()]) or find_dates(match[0]):
                continue
            found += [number for number in _numbers(match[0].strip(), found) if number not in found]
    return found


def _is_fax(before: str) -> bool:
    """Whether a number is a fax's alone: «тел./факс» is both."""
    return bool(_FAX.search(before)) and not _PHONE_AND_FAX.search(before)


def _numbers(written: str, before: list[str]) -> Iterator[str]:
    if shared := _SHARED_END.match(written):
        for code in (shared[1], shared[2]):
            yield from _valid(code + shared[3])
        return
    for part in re.split(r"\s*/\s*", written):
        digits = re.sub(r"\D", "", part)
        if 5 <= len(digits) <= 6 and before:
            yield from _valid(before[-1][: -len(digits)] + digits)
        elif len(digits) >= 9:
            yield from _valid(part)


def _valid(written: str) -> Iterator[str]:
    try:
        number = phonenumbers.parse(written, "KG")
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_possible_number(number):
        yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        line = one_line(line)
        if heading := HEADING.match(line):
            line = line[heading.end() :]
        yield from (piece for piece in re.split(r"\s*;\s*", line.lstrip(" :-–—•*")) if piece)


def _starts_another(piece: str) -> bool:
    return bool(_name_in(piece))


def _name_in(text: str) -> str:
    match = NAME.match(text.lstrip(" ,:–—-"))
    if not match or _BODY_WORDS.match(match[1]):
        return ""
    words = match[1].split()
    return "" if any(_BODY_WORDS.match(word) for word in words) else match[1]


def _name_at_end(text: str) -> str:
    """«Пресс-секретарь мэрии города Ош Дамира Образцова»: a name after the role without a comma between them."""
    match = _CLOSING_NAME.search(text)
    return match[1] if match and not any(_BODY_WORDS.match(word) for word in match[1].split()) else ""


def _words_of(piece: str) -> str:
    """A piece without numbers, addresses and their labels: what is left says who."""
    left = _EXTENSION.sub(" ", EMAIL.sub(" ", piece))
    left = _LABEL.sub(" ", _PHONE.sub(" ", left))
    left = re.sub(
        r"(?i)(?<!\w)(?:г|гор|ул|пр|просп|д|каб|кв)\.\s?[\w-]+(?:\s\d+\w?)?(?=\s*(?:,|$))", " ", left
    )
    left = re.sub(r"\(\s*\)|https?://\S+|www\.\S+", " ", left)
    return one_line(left).strip(" ,.:;/()–—-")


def _contact(one: _Gathered) -> Contact:
    text = re.sub(r"\s*,(?:\s*,)+", ",", ", ".join(one.words))
    name = _name_in(text)
    rest = text[text.find(name) + len(name) :] if name else text
    if not name and (name := _name_at_end(text)):
        rest = text[: text.rfind(name)]
    rest = rest.strip(" ,.:;–—-()")
    role, organisation = _role_and_organisation(rest)
    return Contact(_tidy_name(name), role, organisation, tuple(one.phones), tuple(one.emails))


def _tidy_name(name: str) -> str:
    """A surname in capitals is written as a name: «Нургуль ДЖАМАНКУЛОВА» → «Нургуль Джаманкулова»."""
    return re.sub(r"\w{2,}", lambda word: word[0].capitalize() if word[0].isupper() else word[0], name)


def _role_and_organisation(text: str) -> tuple[str, str]:
    if match := _KYRGYZ_ORGANISATION.match(text):
        return match[2].strip(" ,"), match[1].strip(" ,")
    for pattern in (_ORGANISATION, _ENGLISH_ORGANISATION, _ACRONYM):
        if match := pattern.search(text):
            role = re.sub(r"(?i)\s+(?:of|at)(?:\s+the)?$", "", text[: match.start(1)].strip(" ,:;–—-("))
            return role, _nominative(match[1].strip(" ,.:;–—-)"))
    return text, ""


def _nominative(organisation: str) -> str:
    """«Института политики развития» → «Институт политики развития»; other words are left as they are."""
    words = organisation.split()
    for at, word in enumerate(words[:3]):
        head = word.lower().strip('«»",.')
        if head in _NOMINATIVE:
            first = [_adjective(before, head) for before in words[:at]]
            noun = _NOMINATIVE[head] if at == 0 else _NOMINATIVE[head].lower()
            return _capital(" ".join([*first, noun, *words[at + 1 :]]))
    return organisation


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _adjective(word: str, noun: str) -> str:
    ending = "ое" if noun in _NEUTER else "ая" if noun in _FEMININE else "ый"
    return re.sub(r"(?:ого|ой)$", ending, word)
