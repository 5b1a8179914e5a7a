"""Activities as an IATI 2.03 file, and back.  Pure.

Reading is hardened: a document type is refused, no entity is resolved, nothing is fetched, size and number are bounded.
Elements that are not known are passed over, as the standard's extensions demand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Final

from lxml import etree

from storage.errors import N_
from storage.registry.activities import PREFIX, SHEET, Activity, Budget, Page, Texts, iso_date, texts
from storage.registry.file_bounds import MOST_BYTES, FileTooLarge, UnreadableFile
from storage.registry.sheets import Problem

MOST_ACTIVITIES: Final = 2_000
_MOST_MONEY: Final = Decimal(10) ** 13
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ORIGINAL: Final = "ru"
"""The language of a narrative that names none, in what we write."""
_COMMITMENTS: Final = ("2", "11")
"""TransactionType: outgoing and incoming commitment, asked in this order where there is no budget."""
_STATUSES: Final = frozenset("123456")
"""ActivityStatus: pipeline, implementation, finalisation, closed, cancelled, suspended."""
_ROLES: Final = frozenset("1234")
"""OrganisationRole: funding, accountable, extending, implementing."""
_DATES: Final = frozenset("1234")
"""ActivityDateType: planned start, actual start, planned end, actual end."""
_COUNTRY: Final = "KG"
_SECTOR: Final = "15112"
"""Of the DAC's five-digit list: decentralisation and support to subnational government, which is what we know of."""
_WEB_PAGE: Final = "A12"
"""DocumentCategory: the activity's web page."""
_NO_CODE: Final = N_("“{text}” is no code of the standard's list")
_ELSEWHERE: Final = N_("this activity is in {text}, not in Kyrgyzstan")


def write(found: Iterable[Activity], now: datetime, left_out: Iterable[str] = ()) -> bytes:
    """Activities as a file; a note in it names the projects that were left out."""
    root = etree.Element("iati-activities", version="2.03")
    root.set("generated-datetime", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    if slugs := ", ".join(left_out):
        root.append(etree.Comment(f" Left out, with no known organisation or date: {slugs} "))
    for activity in found:
        _write_activity(root, activity, now.date())
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def read(data: bytes) -> tuple[tuple[Activity, ...], tuple[Problem, ...]]:
    """The activities of a file, and everything in them that cannot be read, each at its line.

    Raises FileTooLarge or UnreadableFile.
    """
    problems = _Problems()
    elements = list(islice(_parsed(data).iterchildren("iati-activity"), MOST_ACTIVITIES + 1))
    if len(elements) > MOST_ACTIVITIES:
        raise FileTooLarge()
    found = tuple(filter(None, (_read_activity(element, problems) for element in elements)))
    if not (found or problems.all):
        raise UnreadableFile(format="IATI 2.03")
    return found, tuple(problems.all)


class _Problems:
    """What cannot be read, gathered while reading goes on."""

    def __init__(self) -> None:
        self.all: list[Problem] = []

    def add(self, element: Any, problem: str, text: str) -> None:
        """Notes what is wrong with an element."""
        self.all.append(Problem(SHEET, element.sourceline or 1, element.tag, problem, {"text": text}))


def _parsed(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise FileTooLarge()
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise UnreadableFile(format="IATI 2.03")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(format="IATI 2.03") from error
    if root.tag != "iati-activities":
        raise UnreadableFile(format="IATI 2.03")
    return root


def _write_activity(root: Any, activity: Activity, today: date) -> None:
    """Elements stand in the order that the standard demands."""
    element = etree.SubElement(root, "iati-activity", {_LANG: _ORIGINAL})
    if activity.updated:
        element.set("last-updated-datetime", f"{activity.updated.isoformat()}T00:00:00Z")
    etree.SubElement(element, "iati-identifier").text = activity.identifier
    reporting = etree.SubElement(element, "reporting-org", ref=PREFIX.rstrip("-"), type="90")
    reporting.set("secondary-reporter", "1")
    _narratives(reporting, ((_ORIGINAL, "Жарчы"), ("en", "Jarchy")))
    _narratives(etree.SubElement(element, "title"), activity.title)
    _narratives(etree.SubElement(element, "description", type="1"), activity.description)
    parts = (("1", activity.funders), ("3", activity.companions), ("4", activity.implementers))
    for role, named in parts:
        for names in named:
            _narratives(etree.SubElement(element, "participating-org", role=role), names)
    for number in activity.numbers:
        etree.SubElement(element, "other-identifier", ref=number, type="A9")
    etree.SubElement(element, "activity-status", code=activity.status or "2")
    for kind, day in _dates(activity, today):
        etree.SubElement(element, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    if activity.website:
        contact = etree.SubElement(element, "contact-info", type="1")
        etree.SubElement(contact, "website").text = activity.website
    etree.SubElement(element, "recipient-country", code=_COUNTRY)
    for names in activity.places:
        location = etree.SubElement(element, "location")
        _narratives(etree.SubElement(location, "name"), names)
    etree.SubElement(element, "sector", vocabulary="1", code=_SECTOR)
    for budget in activity.budgets:
        _write_commitment(element, budget)
    if activity.page:
        link = etree.SubElement(element, "document-link", url=activity.page.url, format="text/html")
        _narratives(etree.SubElement(link, "title"), ((_ORIGINAL, activity.page.title),))
        etree.SubElement(link, "category", code=_WEB_PAGE)


def _dates(activity: Activity, today: date) -> Iterator[tuple[str, date]]:
    """ActivityDateType: 1 planned and 2 actual start, 3 planned and 4 actual end; what is to come is planned."""
    if activity.start:
        yield ("1" if activity.start_planned or activity.start > today else "2"), activity.start
    if activity.end:
        yield ("4" if activity.closed and activity.end <= today else "3"), activity.end


def _write_commitment(element: Any, budget: Budget) -> None:
    made = etree.SubElement(element, "transaction")
    etree.SubElement(made, "transaction-type", code=_COMMITMENTS[0])
    etree.SubElement(made, "transaction-date", {"iso-date": budget.start.isoformat()})
    value = {"currency": budget.currency, "value-date": budget.start.isoformat()}
    etree.SubElement(made, "value", value).text = str(budget.amount)


def _narratives(element: Any, said: Texts) -> None:
    for language, text in sorted(said, key=lambda each: each[0] != _ORIGINAL):
        narrative = etree.SubElement(element, "narrative")
        narrative.text = text
        if language != _ORIGINAL:
            narrative.set(_LANG, language)


def _read_activity(element: Any, problems: _Problems) -> Activity | None:
    """An activity as far as it can be read; None without an identifier or a title."""
    language = element.get(_LANG) or "en"
    identifier = (element.findtext("iati-identifier") or "").strip()
    title = _said(element.find("title"), language)
    if not identifier or not title:
        problems.add(element, N_("an identifier and a title are expected"), identifier)
        return None
    _check_country(element, problems)
    bodies = list(_bodies(element, language, problems))
    places = list(_places(element, language))
    days = _days(element, problems)
    start, planned = _day(days, "2", "1", problems)
    end, _ = _day(days, "4", "3", problems)
    return Activity(
        identifier=identifier,
        title=title,
        description=_said(element.find("description"), language),
        numbers=_numbers(element, identifier),
        status=_status(element, problems),
        funders=tuple(body.names for body in bodies if body.role == "1"),
        companions=tuple(body.names for body in bodies if body.role in ("2", "3")),
        implementers=tuple(body.names for body in bodies if body.role == "4"),
        start=start,
        start_planned=planned,
        end=end,
        places=tuple(names for names, _ in places),
        budgets=tuple(_budgets(element, problems)),
        website=_website(element),
        updated=_updated(element, problems),
        publisher=_publisher(element, language),
        page=_page(element, language),
        line=element.sourceline or 1,
        lines={**{body.names: body.line for body in bodies}, **dict(places)},
    )


def _said(element: Any, language: str) -> Texts:
    """The narratives of an element by language, each language once."""
    if element is None:
        return ()
    said: dict[str, str] = {}
    for narrative in element.iterchildren("narrative"):
        if text := " ".join("".join(narrative.itertext()).split()):
            said.setdefault((narrative.get(_LANG) or language).lower()[:2], text)
    return texts(said)


def _check_country(element: Any, problems: _Problems) -> None:
    """Refuses what is in other countries only; a project in several, or in a region, may be in Kyrgyzstan too."""
    countries = list(element.iterchildren("recipient-country"))
    codes = [country.get("code", "").strip().upper() for country in countries]
    if codes and _COUNTRY not in codes and element.find("recipient-region") is None:
        problems.add(countries[0], _ELSEWHERE, ", ".join(codes))


def _status(element: Any, problems: _Problems) -> str | None:
    status = element.find("activity-status")
    return None if status is None else _coded(status, "code", _STATUSES, problems)


def _coded(element: Any, attribute: str, codes: Collection[str], problems: _Problems) -> str | None:
    """A code of a list of the standard; None where it is none."""
    code: str = (element.get(attribute) or "").strip()
    if code in codes:
        return code
    problems.add(element, _NO_CODE, code)
    return None


@dataclass(frozen=True, slots=True)
class _Body:
    """An organisation with its part in an activity; its identifier is among its names: publishers may give that
    alone."""

    role: str
    names: Texts
    line: int


def _bodies(element: Any, language: str, problems: _Problems) -> Iterator[_Body]:
    for body in element.iterchildren("participating-org"):
        ref = (body.get("ref") or "").strip()
        names = (*_said(body, language), *((("", ref),) if ref else ()))
        if names and (role := _coded(body, "role", _ROLES, problems)):
            yield _Body(role, names, body.sourceline or 1)


def _numbers(element: Any, identifier: str) -> tuple[str, ...]:
    others = [(each.get("ref") or "").strip() for each in element.iterchildren("other-identifier")]
    own = [] if identifier.startswith(PREFIX) else [identifier]
    return tuple(dict.fromkeys(filter(None, (*others, *own))))


def _days(element: Any, problems: _Problems) -> Mapping[str, Any]:
    """The dates of an activity by their type."""
    days = {_coded(each, "type", _DATES, problems): each for each in element.iterchildren("activity-date")}
    return {kind: each for kind, each in days.items() if kind and each.get("iso-date")}


def _day(days: Mapping[str, Any], actual: str, planned: str, problems: _Problems) -> tuple[date | None, bool]:
    """The actual day, else the planned one, and whether it is only planned."""
    for kind in (actual, planned):
        if kind in days:
            return _date(days[kind], days[kind].get("iso-date"), problems), kind == planned
    return None, False


def _date(element: Any, text: str, problems: _Problems) -> date | None:
    try:
        return iso_date(text)
    except ValueError:
        problems.add(element, N_("“{text}” is no date such as 2016, 2016-10 or 2016-10-01"), text)
        return None


def _places(element: Any, language: str) -> Iterator[tuple[Texts, int]]:
    """The names of each place, and its line."""
    for location in element.iterchildren("location"):
        if names := _said(location.find("name"), language):
            yield names, location.sourceline or 1


def _budgets(element: Any, problems: _Problems) -> Iterator[Budget]:
    default = element.get("default-currency")
    budgets = list(element.iterchildren("budget"))
    for budget in budgets:
        start, end = budget.find("period-start"), budget.find("period-end")
        value = budget.find("value")
        if start is not None and end is not None and value is not None:
            first = _date(start, start.get("iso-date", ""), problems)
            last = _date(end, end.get("iso-date", ""), problems)
            yield from _money(value, first, last, default, problems)
    if not budgets:
        yield from _commitments(element, default, problems)


def _commitments(element: Any, default: str | None, problems: _Problems) -> Iterator[Budget]:
    for wanted in _COMMITMENTS:
        found = [each for each in element.iterchildren("transaction") if _code(each) == wanted]
        for transaction in found:
            value, on = transaction.find("value"), transaction.find("transaction-date")
            if value is not None and on is not None:
                day = _date(on, on.get("iso-date", ""), problems)
                yield from _money(value, day, day, default, problems)
        if found:
            return


def _code(transaction: Any) -> str:
    kind = transaction.find("transaction-type")
    return kind.get("code", "") if kind is not None else ""


def _money(
    value: Any, start: date | None, end: date | None, default: str | None, problems: _Problems
) -> Iterator[Budget]:
    """The amount of a budget or a commitment; nothing where it cannot be read."""
    text = (value.text or "").strip()
    currency = value.get("currency") or default or ""
    amount = _amount(text)
    known = re.fullmatch("[A-Z]{3}", currency)
    if amount is None:
        problems.add(value, N_("“{text}” is no amount such as 4050000"), text)
    if not known:
        problems.add(value, N_("“{text}” is no currency such as USD"), currency)
    if amount is not None and known and start and end:
        yield Budget(start, end, amount, currency)


def _amount(text: str) -> int | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return int(amount.to_integral_value()) if amount.is_finite() and abs(amount) <= _MOST_MONEY else None


def _page(element: Any, language: str) -> Page | None:
    for link in element.iterchildren("document-link"):
        categories = {category.get("code") for category in link.iterchildren("category")}
        said, url = dict(_said(link.find("title"), language)), (link.get("url") or "").strip()
        if _WEB_PAGE in categories and said and url.startswith(("http://", "https://")):
            return Page(said.get(_ORIGINAL) or next(iter(said.values())), url)
    return None


def _website(element: Any) -> str | None:
    for address in element.iterfind("contact-info/website"):
        text = (address.text or "").strip()
        if text.startswith(("http://", "https://")):
            return text
    return None


def _updated(element: Any, problems: _Problems) -> date | None:
    text = element.get("last-updated-datetime")
    return _date(element, text, problems) if text else None


def _publisher(element: Any, language: str) -> str:
    said = dict(_said(element.find("reporting-org"), language))
    return said.get("ru") or next(iter(said.values()), "")
