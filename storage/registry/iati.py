"""Activities as an IATI 2.03 file, and back.  Pure.

Reading is hardened: a document type is refused, no entity is resolved, nothing is fetched, size and number are bounded.
Elements that are not known are passed over, as the standard's extensions demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from storage.errors import N_
from storage.registry.activities import PREFIX, SHEET, Activity, Budget, Texts, iso_date, texts
from storage.registry.sheets import Problem, WrongSheets
from storage.registry.workbook import MOST_BYTES, FileTooLarge, UnreadableFile

MOST_ACTIVITIES: Final = 2_000
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ORIGINAL: Final = "ru"
"""The language of a narrative that names none, in what we write."""
_COMMITMENTS: Final = ("2", "11")
"""TransactionType: outgoing and incoming commitment, asked in this order where there is no budget."""


def write(found: Iterable[Activity], now: datetime) -> bytes:
    """Activities as a file."""
    root = etree.Element("iati-activities", version="2.03")
    root.set("generated-datetime", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for activity in found:
        _write_activity(root, activity)
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


def _write_activity(root: Any, activity: Activity) -> None:
    element = etree.SubElement(root, "iati-activity", {_LANG: _ORIGINAL})
    if activity.updated:
        element.set("last-updated-datetime", f"{activity.updated.isoformat()}T00:00:00Z")
    etree.SubElement(element, "iati-identifier").text = activity.identifier
    reporting = etree.SubElement(element, "reporting-org", ref="KG-JARCHY", type="80")
    reporting.set("secondary-reporter", "1")
    _narratives(reporting, (("ru", activity.publisher),))
    _narratives(etree.SubElement(element, "title"), activity.title)
    _narratives(etree.SubElement(element, "description", type="1"), activity.description)
    for role, named in (("1", activity.funders), ("4", activity.implementers)):
        for names in named:
            _narratives(etree.SubElement(element, "participating-org", role=role), names)
    for number in activity.numbers:
        etree.SubElement(element, "other-identifier", ref=number, type="A9")
    etree.SubElement(element, "activity-status", code=activity.status)
    for kind, day in _dates(activity):
        etree.SubElement(element, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    if activity.website:
        contact = etree.SubElement(element, "contact-info", type="1")
        etree.SubElement(contact, "website").text = activity.website
    etree.SubElement(element, "recipient-country", code="KG", percentage="100")
    for names in activity.places:
        location = etree.SubElement(element, "location")
        _narratives(etree.SubElement(location, "name"), names)
    for budget in activity.budgets:
        _write_budget(element, budget)


def _dates(activity: Activity) -> Iterator[tuple[str, date]]:
    """ActivityDateType: 1 planned and 2 actual start, 3 planned and 4 actual end."""
    if activity.start:
        yield ("1" if activity.start_planned else "2"), activity.start
    if activity.end:
        yield ("4" if activity.closed else "3"), activity.end


def _write_budget(element: Any, budget: Budget) -> None:
    made = etree.SubElement(element, "budget", type="1", status="1")
    etree.SubElement(made, "period-start", {"iso-date": budget.start.isoformat()})
    etree.SubElement(made, "period-end", {"iso-date": budget.end.isoformat()})
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
    bodies = list(_bodies(element, language))
    start, planned = _day(element, "2", "1")
    end, _ = _day(element, "4", "3")
    status = element.find("activity-status")
    code = status.get("code", "") if status is not None else "2"
    return Activity(
        identifier=identifier,
        title=title,
        description=_said(element.find("description"), language),
        numbers=_numbers(element, identifier),
        closed=code in ("4", "5"),
        status=code,
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


def _bodies(element: Any, language: str) -> Iterator[tuple[str, Texts]]:
    for body in element.iterchildren("participating-org"):
        if names := _said(body, language):
            yield body.get("role", ""), names


def _numbers(element: Any, identifier: str) -> tuple[str, ...]:
    others = [(each.get("ref") or "").strip() for each in element.iterchildren("other-identifier")]
    own = [] if identifier.startswith(PREFIX) else [identifier]
    return tuple(dict.fromkeys(filter(None, (*others, *own))))


def _day(element: Any, actual: str, planned: str) -> tuple[date | None, bool]:
    """The actual day, else the planned one, and whether it is only planned."""
    days = {each.get("type"): each for each in element.iterchildren("activity-date")}
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
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 13 or not currency:
        raise _Unreadable(value, N_("“{text}” is no amount such as 4050000"), text)
    return Budget(start, end, int(amount.to_integral_value()), currency)


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
