"""Cards of projects, bodies, contacts and terms, and lists of projects, as formatted text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import phonenumbers
from aiogram.utils.formatting import Bold, Code, Text, TextLink

from bot.answers.dating import said_as_of, said_in, said_span
from bot.answers.facts import Teller
from bot.answers.model import SourceLine
from bot.answers.wording import (
    body_name,
    brief_name,
    phase_line,
    project_name,
    quoted,
    record_name,
    said_money,
)
from bot.i18n import Translation
from storage.registry import (
    Contact,
    Organisation,
    Project,
    Record,
    RegistrySnapshot,
    Term,
)

FRESH_FOR: Final = timedelta(days=365)
"""A contact older than this is shown with a warning."""
_KYRGYZ_PHONE: Final = re.compile(r"\A(\+996 \d{3}) (\d{3}) (\d{3})\Z")
PAGE: Final = 6
"""Projects on one page of a list."""

State = Literal["active", "over"]


def lines(*parts: object) -> Text:
    """Parts one under another; empty ones are left out."""
    kept = [part for part in parts if part not in (None, "", ())]
    joined: list[Any] = []
    for part in kept:
        joined += ["\n", part] if joined else [part]
    return Text(*joined)


def source_line(sources: Iterable[SourceLine], tr: Translation) -> Text:
    """Where it is from, linked, and as of when."""
    parts: list[Any] = []
    for source in newest(sources):
        dated = ""
        if source.date:
            dated = ", " + tr.gettext("as of {date}", date=said_as_of(source.date, tr))
        parts += ["; " if parts else "", TextLink(source.title, url=source.url), dated]
    return Text(tr.gettext("Source:") + " ", *parts) if parts else Text()


def newest(sources: Iterable[SourceLine]) -> list[SourceLine]:
    """Each source once, with its newest date, in order of appearance."""
    found: dict[tuple[str, str], SourceLine] = {}
    for source in sources:
        key = (source.title, source.url)
        known = found.get(key)
        if known is None or (source.date and (not known.date or known.date < source.date)):
            found[key] = source
    return list(found.values())


def record_source(record: Record | Contact) -> SourceLine:
    """The source of a record as an answer shows it."""
    return SourceLine(record.source.title, record.source.url, record.as_of)


def said_phone(phone: str, tr: Translation) -> str:
    """A phone as the partners print it: `+996 312 976530`, those of other countries as is usual there."""
    number = phonenumbers.parse(phone, None)
    extension, number.extension = number.extension, None
    said = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    said = _KYRGYZ_PHONE.sub(r"\1 \2\3", said)
    if not extension:
        return said
    return tr.gettext("{phone} ext. {extension}", phone=said, extension=extension)


def project_card(project: Project, snapshot: RegistrySnapshot, tr: Translation, today: date) -> Text:
    """Everything about a project that fits a message: who, when, where, how much, what for."""
    teller = Teller(snapshot, tr, today)
    return lines(
        Bold(project_name(project, tr)),
        project.summary.in_(tr.language),
        *project_lines(project, teller),
        *_numbers(project, teller),
        *(_written(project, tr)),
        teller.state(project),
        site_line(project.site, tr),
        source_line([record_source(project)], tr),
    )


def project_lines(project: Project, teller: Teller, without: frozenset[str] = frozenset()) -> list[str]:
    """Donor, implementer, years and territories, a line each, but for what was said already."""
    tr = teller.tr
    told = {
        "donor": (tr.gettext("Donor: {names}"), teller.bodies(project.donors)),
        "implementer": (tr.gettext("Carried out by: {names}"), teller.bodies(project.implementers)),
        "when": (tr.gettext("Years: {names}"), said_span(project.start, project.ends, tr)),
        "where": (tr.gettext("Territories: {names}"), teller.places(project.territories)),
    }
    return [
        label.replace("{names}", value)
        for key, (label, value) in told.items()
        if value and key not in without
    ]


def _numbers(project: Project, teller: Teller) -> list[str]:
    tr = teller.tr
    amounts = [phase.budget for phase in project.phases if phase.budget] + list(project.budgets)
    found = (
        [tr.gettext("Budget: {names}", names="; ".join(said_money(one, tr) for one in amounts))]
        if amounts
        else []
    )
    if len(project.phases) > 1:
        found += [phase_line(phase, tr) for phase in project.phases]
    return found


def _written(project: Project, tr: Translation) -> list[str]:
    return [fact.text.in_(tr.language) for fact in project.facts if fact.kind not in ("state", "partner")]


def site_line(site: str | None, tr: Translation) -> Text | None:
    """The site of a project or a body."""
    if not site:
        return None
    shown = site.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return Text(tr.gettext("Site:") + " ", TextLink(shown, url=site))


def organisation_card(body: Organisation, snapshot: RegistrySnapshot, tr: Translation) -> Text:
    """What a body is, what it takes part in, its site."""
    projects = ", ".join(
        quoted(project.names.in_(tr.language), tr) for project in snapshot.projects_of(body.slug)
    )
    return lines(
        Bold(body_name(body, tr)),
        body.about.in_(tr.language),
        *(fact.text.in_(tr.language) for fact in body.facts if fact.kind != "period"),
        tr.gettext("Projects: {names}", names=projects) if projects else None,
        site_line(body.site, tr),
        source_line([record_source(body)], tr),
    )


def term_card(term: Term, tr: Translation) -> Text:
    """A word and what it means."""
    return lines(
        Bold(record_name(term, tr)),
        term.definition.in_(tr.language),
        *(fact.text.in_(tr.language) for fact in term.facts),
        source_line([record_source(term)], tr),
    )


def contact_card(contact: Contact, snapshot: RegistrySnapshot, tr: Translation, today: date) -> Text:
    """How to reach somebody: phones and addresses that a tap copies, when they were published, and warnings."""
    return lines(
        contact_lines(contact, snapshot, tr),
        *contact_warnings(contact, snapshot, tr, today),
        source_line([record_source(contact)], tr),
    )


def contact_lines(contact: Contact, snapshot: RegistrySnapshot, tr: Translation) -> Text:
    """Whose contact it is, phones, fax and e-mail."""
    person = contact.person.in_(tr.language) if contact.person else ""
    role = contact.role.in_(tr.language)
    record = snapshot.record(contact.of_kind, contact.of)
    heading = record_name(record, tr) if record else ""
    return lines(
        Bold(heading),
        f"{person}, {role}" if person else role[:1].upper() + role[1:],
        _copied(tr.gettext("Phone:") + " ", (said_phone(phone, tr) for phone in contact.phones)),
        _copied(tr.gettext("Fax:") + " ", (said_phone(phone, tr) for phone in contact.fax)),
        _copied(tr.gettext("E-mail:") + " ", contact.emails),
    )


def contact_warnings(contact: Contact, snapshot: RegistrySnapshot, tr: Translation, today: date) -> list[str]:
    """When it was published, that it may be out of date, that the project is over."""
    project = snapshot.projects.get(contact.of) if contact.of_kind == "project" else None
    said = tr.gettext("Published {date}.", date=said_in(contact.as_of, tr))
    if today - contact.as_of.last_day() > FRESH_FOR:
        said += " " + tr.gettext("That is more than a year ago: it may have changed.")
    warnings = [said]
    if project and (project.is_over(today) or project.state == "unconfirmed"):
        warnings.append(Teller(snapshot, tr, today).state(project))
    return warnings


def _copied(label: str, values: Iterable[str]) -> Text | None:
    parts: list[Any] = []
    for value in values:
        parts += [", ", Code(value)] if parts else [Code(value)]
    return Text(label, *parts) if parts else None


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """One page of a list of projects."""

    content: Text
    projects: tuple[Project, ...]
    page: int
    pages: int


def projects_list(
    snapshot: RegistrySnapshot,
    tr: Translation,
    today: date,
    *,
    territory: str | None = None,
    organisation: str | None = None,
    state: State | None = None,
    page: int = 0,
) -> ProjectsPage:
    """The projects of an oblast, of a body, or all; only those that go on, or are over; a page of them."""
    chosen = chosen_projects(snapshot, today, territory=territory, organisation=organisation, state=state)
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = chosen[page * PAGE : (page + 1) * PAGE]
    teller = Teller(snapshot, tr, today)
    content = (
        lines(*(project_item(project, teller) for project in shown))
        if shown
        else Text(tr.gettext("No such projects in the registry."))
    )
    return ProjectsPage(content, tuple(shown), page, pages)


def chosen_projects(
    snapshot: RegistrySnapshot,
    today: date,
    *,
    territory: str | None = None,
    organisation: str | None = None,
    state: State | None = None,
) -> Sequence[Project]:
    """The projects that fit every condition, the current ones first."""
    found = snapshot.projects_of(organisation) if organisation else snapshot.all_projects()
    return [
        project
        for project in found
        if (territory is None or territory in project.territories)
        and (state is None or _fits(project, state, today))
    ]


def _fits(project: Project, state: State, today: date) -> bool:
    return project.is_over(today) if state == "over" else not project.is_over(today)


def project_item(project: Project, teller: Teller, roles: str = "") -> Text:
    """A project in a list: name, donor or the roles of the body that is spoken of, years, whether it is over."""
    tr = teller.tr
    donors = (brief_name(teller.snapshot.organisations[slug], tr) for slug in project.donors)
    details = [
        roles or ", ".join(donors),
        said_span(project.start, project.ends, tr),
        _state_word(project, teller),
    ]
    rest = "; ".join(filter(None, details))
    return Text("— ", Bold(project_name(project, tr)), f": {rest}" if rest else "")


def _state_word(project: Project, teller: Teller) -> str:
    if project.state == "unconfirmed":
        return teller.tr.gettext("its end is not confirmed")
    if project.is_over(teller.today):
        return teller.tr.gettext("over")
    return teller.tr.gettext("goes on") if project.ends else ""
