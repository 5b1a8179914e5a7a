"""Activities as an IATI 2.03 file, and back.  Pure.

Reading is hardened: a document type is refused, no entity is resolved, nothing is fetched, size and number are bounded.
Elements that are not known are passed over, as the standard's extensions demand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from storage.errors import N_
from storage.registry.activities import PREFIX, SHEET, Activity, Budget, Page, Texts, iso_date, texts
from storage.registry.sheets import Problem, WrongSheets
from storage.registry.workbook import MOST_BYTES, FileTooLarge, UnreadableFile

MOST_ACTIVITIES: Final = 2_000
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


def write(found: Iterable[Activity], now: datetime) -> bytes:
    """Activities as a file."""
    root = etree.Element("iati-activities", version="2.03")
    root.set("generated-datetime", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for activity in found:
        _write_activity(root, activity, now.date())
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def read(data: bytes) -> tuple[Activity, ...]:
    """The activities of a file.  Raises FileTooLarge, UnreadableFile, or WrongSheets naming line and element."""
    root = _parsed(data)
    found: list[Activity] = []
    problems: list[Problem] = []
    for element in root.iterchildren("iati-activity"):
        if len(found) + len(problems) >= MOST_ACTIVITIES:
            raise FileTooLarge()
        try:
            found.append(_read_activity(element))
        except _Unreadable as error:
            problems.append(error.problem)
    if problems:
        raise WrongSheets(problems)
    if not found:
        raise UnreadableFile(format="IATI 2.03")
    return tuple(found)


class _Unreadable(Exception):
    def __init__(self, element: Any, problem: str, text: str) -> None:
        self.problem = Problem(SHEET, element.sourceline or 1, element.tag, problem, {"text": text})
        super().__init__(problem)


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
    for role, named in (("1", activity.funders), ("4", activity.implementers)):
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


def _read_activity(element: Any) -> Activity:
    language = element.get(_LANG) or "en"
    identifier = (element.findtext("iati-identifier") or "").strip()
    title = _said(element.find("title"), language)
    if not identifier or not title:
        raise _Unreadable(element, N_("an identifier and a title are expected"), identifier)
    _check_country(element)
    bodies = list(_bodies(element, language))
    start, planned = _day(element, "2", "1")
    end, _ = _day(element, "4", "3")
    return Activity(
        identifier=identifier,
        title=title,
        description=_said(element.find("description"), language),
        numbers=_numbers(element, identifier),
        status=_status(element),
        funders=tuple(names for role, names in bodies if role == "1"),
        companions=tuple(names for role, names in bodies if role in ("2", "3")),
        implementers=tuple(names for role, names in bodies if role == "4"),
        start=start,
        start_planned=planned,
        end=end,
        places=tuple(_places(element, language)),
        budgets=tuple(_budgets(element)),
        website=_website(element),
        updated=_updated(element),
        publisher=_publisher(element, language),
        page=_page(element, language),
        line=element.sourceline or 1,
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


def _check_country(element: Any) -> None:
    """Refuses what is in other countries only; a project in several, or in a region, may be in Kyrgyzstan too."""
    countries = list(element.iterchildren("recipient-country"))
    codes = [country.get("code", "").strip().upper() for country in countries]
    if codes and _COUNTRY not in codes and element.find("recipient-region") is None:
        raise _Unreadable(countries[0], _ELSEWHERE, ", ".join(codes))


def _status(element: Any) -> str | None:
    status = element.find("activity-status")
    return None if status is None else _coded(status, "code", _STATUSES)


def _coded(element: Any, attribute: str, codes: Collection[str]) -> str:
    """A code of a list of the standard."""
    code: str = (element.get(attribute) or "").strip()
    if code not in codes:
        raise _Unreadable(element, _NO_CODE, code)
    return code


def _bodies(element: Any, language: str) -> Iterator[tuple[str, Texts]]:
    """Role and names, the identifier among these: publishers may give that alone."""
    for body in element.iterchildren("participating-org"):
        ref = (body.get("ref") or "").strip()
        if names := (*_said(body, language), *((("", ref),) if ref else ())):
            yield _coded(body, "role", _ROLES), names


def _numbers(element: Any, identifier: str) -> tuple[str, ...]:
    others = [(each.get("ref") or "").strip() for each in element.iterchildren("other-identifier")]
    own = [] if identifier.startswith(PREFIX) else [identifier]
    return tuple(dict.fromkeys(filter(None, (*others, *own))))


def _day(element: Any, actual: str, planned: str) -> tuple[date | None, bool]:
    """The actual day, else the planned one, and whether it is only planned."""
    days = {_coded(each, "type", _DATES): each for each in element.iterchildren("activity-date")}
    for kind in (actual, planned):
        if kind in days and days[kind].get("iso-date"):
            return _date(days[kind], days[kind].get("iso-date")), kind == planned
    return None, False


def _date(element: Any, text: str) -> date:
    try:
        return iso_date(text)
    except ValueError as error:
        raise _Unreadable(
            element, N_("“{text}” is no date such as 2016, 2016-10 or 2016-10-01"), text
        ) from error


def _places(element: Any, language: str) -> Iterator[Texts]:
    for location in element.iterchildren("location"):
        if names := _said(location.find("name"), language):
            yield names


def _budgets(element: Any) -> Iterator[Budget]:
    default = element.get("default-currency")
    budgets = list(element.iterchildren("budget"))
    for budget in budgets:
        start, end = budget.find("period-start"), budget.find("period-end")
        value = budget.find("value")
        if start is not None and end is not None and value is not None:
            yield _money(
                value, _date(start, start.get("iso-date", "")), _date(end, end.get("iso-date", "")), default
            )
    if not budgets:
        yield from _commitments(element, default)


def _commitments(element: Any, default: str | None) -> Iterator[Budget]:
    for wanted in _COMMITMENTS:
        found = [each for each in element.iterchildren("transaction") if _code(each) == wanted]
        for transaction in found:
            value, on = transaction.find("value"), transaction.find("transaction-date")
            if value is not None and on is not None:
                day = _date(on, on.get("iso-date", ""))
                yield _money(value, day, day, default)
        if found:
            return


def _code(transaction: Any) -> str:
    kind = transaction.find("transaction-type")
    return kind.get("code", "") if kind is not None else ""


def _money(value: Any, start: date, end: date, default: str | None) -> Budget:
    text = (value.text or "").strip()
    currency = value.get("currency") or default
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise _Unreadable(value, N_("“{text}” is no amount such as 4050000"), text) from error
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 13:
        raise _Unreadable(value, N_("“{text}” is no amount such as 4050000"), text)
    if not currency or not re.fullmatch("[A-Z]{3}", currency):
        raise _Unreadable(value, N_("“{text}” is no currency such as USD"), currency or "")
    return Budget(start, end, int(amount.to_integral_value()), currency)


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


def _updated(element: Any) -> date | None:
    text = element.get("last-updated-datetime")
    return _date(element, text) if text else None


def _publisher(element: Any, language: str) -> str:
    said = dict(_said(element.find("reporting-org"), language))
    return said.get("ru") or next(iter(said.values()), "")
