"""How amounts, names, phases and lists are said in an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.answers.dating import said_span
from bot.i18n import Translation
from storage.analysis import is_common_word, known_base
from storage.registry import Money, Organisation, Phase, Project, Record

_KYRGYZ_OPENINGS: Final = frozenset(
    {
        "аякташы",
        "мөөнөтү",
        "кеңселери",
        "башкарманын",
        "баштапкы",
        "башкы",
        "жыйынтыктоочу",
        "бул",
        "өнөктөштөрү",
    }
)
"""Words that sentences of the registry begin with and that no list of words has."""


def said_money(money: Money, tr: Translation) -> str:
    """An amount in millions with the name of its currency."""
    millions = f"{money.amount / 1_000_000:.2f}".rstrip("0").rstrip(".")
    if tr.language != "en":
        millions = millions.replace(".", ",")
    match money.currency:
        case "USD":
            return tr.gettext("{millions} million US dollars", millions=millions)
        case "CHF":
            return tr.gettext("{millions} million Swiss francs", millions=millions)
        case other:
            return tr.gettext("{millions} million {currency}", millions=millions, currency=other)


def quoted(name: str, tr: Translation) -> str:
    """A name in the quotation marks of the language."""
    if "«" in name or "“" in name:
        return name
    return f"“{name}”" if tr.language == "en" else f"«{name}»"


def project_name(project: Project, tr: Translation) -> str:
    """A project's name in quotes, with the short name that people know."""
    name = project.names.in_(tr.language)
    long = project.full.in_(tr.language) if project.full else name
    short = project.short.in_(tr.language) if project.short else (name if long != name else "")
    if not short or short.startswith(long):
        return quoted(long, tr)
    return f"{quoted(long, tr)} ({short})"


def body_name(body: Organisation, tr: Translation) -> str:
    """A body's name, with its full or short name in brackets."""
    name = body.names.in_(tr.language)
    other = body.full or body.short
    spoken = other.in_(tr.language) if other else ""
    return f"{name} ({spoken})" if spoken and spoken != name else name


def brief_name(record: Record, tr: Translation) -> str:
    """The shortest name that people know a body by."""
    return record.called(tr.language)


def record_name(record: Record, tr: Translation) -> str:
    """A record's name as its kind is usually said."""
    if isinstance(record, Project):
        return project_name(record, tr)
    if isinstance(record, Organisation):
        return body_name(record, tr)
    name = record.names.in_(tr.language)
    full = record.full.in_(tr.language) if record.full else ""
    return f"{name} ({full})" if full and full != name else name


def joined(parts: Iterable[str], conjunction: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *before, last = [*parts] or [""]
    return f"{', '.join(before)} {conjunction} {last}" if before else last


def listed(parts: Iterable[str], tr: Translation) -> str:
    """Several things with “and” before the last."""
    return joined(parts, tr.gettext("and"))


def phase_line(phase: Phase, tr: Translation) -> str:
    """A phase with its dates: `Фаза 1: 1 ноября 2013 — 30 апреля 2019`"""
    span = said_span(phase.start, phase.ends, tr)
    return f"{phase.names.in_(tr.language)}: {span}" if phase.names else span


def inside(phrase: str) -> str:
    """A phrase as it stands inside a sentence: «Фаза 1» as «фаза 1», but names and abbreviations as they are."""
    first = phrase.split(maxsplit=1)[0].strip(":,;.—") if phrase else ""
    word = first.lower()
    known = is_common_word(word) or known_base(word) is not None or word in _KYRGYZ_OPENINGS
    ordinary = known and (first[1:].islower() or len(first) == 1)
    return phrase[:1].lower() + phrase[1:] if ordinary else phrase
