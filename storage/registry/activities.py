"""A project as an IATI 2.03 activity, and an activity as a project.  Pure.

The standard: https://iatistandard.org/en/iati-standard/203/activity-standard/ .  What it has no word for (other names,
facts, phases) is neither written nor changed by reading.  Codes of its lists that are used:
ActivityStatus 2 implementation, 4 closed; OrganisationRole 1 funding, 2 accountable, 3 extending, 4 implementing.
A partner goes out as extending: it has a part in the work and is neither who pays nor who carries it out.
The standard wants an organisation and a date of every activity: a project without them does not go out (`unsayable`).
A project whose state is unconfirmed goes out as implementation with a planned end: there is no code for not knowing.
Money for a phase goes out as a commitment on its first day: a budget of the standard is for one year at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from storage.analysis import fold, normalise, to_latin
from storage.errors import N_
from storage.registry.changes import Change, Fault, Holdings, Key, Values, difference, faults_after
from storage.registry.records import Money, PartialDate, Project, RegistryData
from storage.registry.sheets import Problem, WrongSheets
from storage.registry.shipped import build

PREFIX: Final = "KG-JARCHY-"
"""Before the slug in the identifiers we give; a publisher registered with IATI would put its own in its place."""
SHEET: Final = "iati"
_D_PORTAL: Final = "https://d-portal.org/q.html?aid="

Texts = tuple[tuple[str, str], ...]
"""Narratives: (language, text), sorted."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Money for a stretch of time, or committed on a day, in whole units of a currency."""

    start: date
    end: date
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page about an activity on the web: here the source of the record."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What an activity says of what the registry knows.  Bodies and places are names until they are looked up."""

    identifier: str
    title: Texts
    description: Texts = ()
    numbers: tuple[str, ...] = ()
    status: str | None = None
    """A code of ActivityStatus; None where nothing is said."""
    funders: tuple[Texts, ...] = ()
    implementers: tuple[Texts, ...] = ()
    companions: tuple[Texts, ...] = ()
    """Accountable and extending organisations: partners here."""
    start: date | None = None
    start_planned: bool = False
    end: date | None = None
    places: tuple[Texts, ...] = ()
    budgets: tuple[Budget, ...] = ()
    website: str | None = None
    updated: date | None = None
    publisher: str = ""
    page: Page | None = None
    line: int = 0
    lines: Mapping[Texts, int] = field(default_factory=dict, compare=False)
    """Where a body or a place is named that does not stand in the first line of the activity."""

    @property
    def closed(self) -> bool:
        """Whether nothing more is done: closed or cancelled."""
        return self.status in ("4", "5")

    @property
    def is_sayable(self) -> bool:
        """Whether it has what the standard's schema wants at least once: an organisation and a date."""
        return bool(self.funders or self.implementers or self.companions) and bool(self.start or self.end)

    @property
    def state(self) -> str | None:
        """The state of a project; None where nothing is said.  Of one that is suspended nobody knows the end."""
        if self.status is None:
            return None
        return "completed" if self.closed else "unconfirmed" if self.status == "6" else "active"


def activities(held: Holdings) -> tuple[Activity, ...]:
    """The projects of the registry as activities, those that the standard has no room for left out."""
    data = data_of(held)
    found = (activity_of(project, data) for project in data.projects)
    return tuple(activity for activity in found if activity.is_sayable)


def unsayable(held: Holdings) -> tuple[str, ...]:
    """The slugs of the projects that are no activities: no body with a part in them is known, or no date."""
    data = data_of(held)
    found = ((project, activity_of(project, data)) for project in data.projects)
    return tuple(project.slug for project, activity in found if not activity.is_sayable)


def activity_of(project: Project, data: RegistryData) -> Activity:
    """A project as an activity."""
    bodies = {body.slug: texts(body.names.as_mapping()) for body in data.organisations}
    places = {place.slug: texts(place.names.as_mapping()) for place in data.places}
    return Activity(
        identifier=PREFIX + project.slug,
        title=texts(project.names.as_mapping()),
        description=texts(project.summary.as_mapping()),
        numbers=project.numbers,
        status="4" if project.state == "completed" else "2",
        funders=tuple(bodies[slug] for slug in project.donors),
        implementers=tuple(bodies[slug] for slug in project.implementers),
        companions=tuple(bodies[slug] for slug in project.partners),
        start=project.start.first_day() if project.start else None,
        start_planned=bool(project.phases and project.phases[0].planned),
        end=max(project.ends).last_day() if project.ends else None,
        places=tuple(places[slug] for slug in project.territories),
        budgets=tuple(_budgets(project)),
        website=project.site,
        updated=project.as_of.first_day(),
        page=Page(project.source.title, project.source.url),
    )


def wanted_changes(
    found: Iterable[Activity], held: Holdings, today: date, problems: Iterable[Problem] = ()
) -> tuple[Change, ...]:
    """What activities want changed; what is not in them stays.

    Raises WrongSheets that names everything that is wrong, each at its line and element, `problems` included.
    """
    data, wanted, lines = data_of(held), dict[Key, Values](), dict[Key, int]()
    reader = _Bodies(data)
    wrong = [*problems]
    for activity in found:
        project = _known(activity, data)
        slug = project.slug if project else _slug(activity)
        before = activity_of(project, data) if project else None
        key = ("project", slug)
        if key in lines:
            wrong.append(Problem(SHEET, activity.line, "iati-identifier", _TWICE, {}))
        lines[key] = activity.line
        values = _merged(activity, before, held.get(key, {}), reader, today)
        if values is not None:
            wanted[key] = {"slug": slug, **values}
    changes = difference(held, wanted)
    unfit = (_placed(fault, lines) for fault in faults_after(held, changes, today))
    if wrong := [*wrong, *reader.problems, *unfit]:
        raise WrongSheets(sorted(wrong, key=lambda problem: (not problem.row, problem.row)))
    return changes


_ELEMENTS: Final[Mapping[str, str]] = {
    "slug": "iati-identifier",
    "names": "title",
    "summary": "description",
    "donors": "participating-org",
    "implementers": "participating-org",
    "partners": "participating-org",
    "numbers": "other-identifier",
    "territories": "location",
    "phases": "activity-date",
    "budgets": "budget",
    "site": "contact-info",
    "source": "document-link",
    "as_of": "last-updated-datetime",
}
"""In which element of the standard a field of ours stands."""
_TWICE: Final = N_("this record stands in another row already")
_UNKNOWN: Final = N_("“{text}” is not in the registry")


class _Bodies:
    """Looks organisations and places up by any of their names."""

    def __init__(self, data: RegistryData) -> None:
        self.problems: list[Problem] = []
        self._bodies = {
            _folded(name): body.slug
            for body in data.organisations
            for names in (body.names, body.short, body.full)
            for name in (*(names.as_mapping().values() if names else ()), *body.aliases)
        }
        self._places = {
            _folded(name): place.slug
            for place in data.places
            for name in (*place.names.as_mapping().values(), *place.aliases)
        }

    def bodies(self, named: Iterable[Texts], activity: Activity) -> list[str]:
        return self._slugs(named, self._bodies, activity, "participating-org")

    def places(self, named: Iterable[Texts], activity: Activity) -> list[str]:
        return self._slugs(named, self._places, activity, "location")

    def _slugs(
        self, named: Iterable[Texts], known: Mapping[str, str], activity: Activity, element: str
    ) -> list[str]:
        slugs = []
        for names in named:
            slug = next((known[_folded(name)] for _, name in names if _folded(name) in known), None)
            if slug is None:
                text, line = names[0][1] if names else "", activity.lines.get(names, activity.line)
                self.problems.append(Problem(SHEET, line, element, _UNKNOWN, {"text": text}))
            elif slug not in slugs:
                slugs.append(slug)
        return slugs


def _merged(
    activity: Activity, before: Activity | None, held: Values, reader: _Bodies, today: date
) -> dict[str, Any] | None:
    """The values of a project with what the activity says; None where it says nothing new."""
    values: dict[str, Any] = dict(held)
    sections: dict[str, Callable[[], Any]] = {
        "title": lambda: values.update(names=_names(activity.title, held.get("names"))),
        "description": lambda: values.update(
            summary=_names(activity.description or activity.title, held.get("summary"))
        ),
        "numbers": lambda: values.update(numbers=list(activity.numbers)),
        "state": lambda: values.update(state=activity.state),
        "funders": lambda: values.update(donors=reader.bodies(activity.funders, activity)),
        "implementers": lambda: values.update(implementers=reader.bodies(activity.implementers, activity)),
        "companions": lambda: values.update(partners=reader.bodies(activity.companions, activity)),
        "places": lambda: values.update(territories=reader.places(activity.places, activity)),
        "start": lambda: values.update(phases=_with_first(values, activity)),
        "end": lambda: values.update(phases=_with_last(values, activity)),
        "budgets": lambda: values.update(_with_budgets(values, activity.budgets)),
        "website": lambda: values.update(site=activity.website),
    }
    changed = [name for name in sections if _says_new(name, activity, before)]
    for name in changed:
        sections[name]()
    if not changed:
        return None
    as_of = activity.updated or today
    return {**values, "as_of": as_of.isoformat(), "source": _source(activity, held)}


def _source(activity: Activity, held: Values) -> Mapping[str, str]:
    """The page that the activity names; of one of ours where it is from already; else the publisher's data."""
    if activity.page:
        return {"title": activity.page.title, "url": activity.page.url}
    if activity.identifier.startswith(PREFIX) and "source" in held:
        known: Mapping[str, str] = held["source"]
        return known
    return {"title": activity.publisher or "IATI", "url": _D_PORTAL + activity.identifier}


def _says_new(name: str, activity: Activity, before: Activity | None) -> bool:
    """Whether a section is there and is not what is known; of a new project it only has to be there."""
    said = getattr(activity, name)
    if before is None:
        return bool(said) or name in ("description", "numbers")
    return said != getattr(before, name) and said not in (None, ())


def _names(said: Texts, held: Mapping[str, str] | None) -> dict[str, str]:
    names = {**(held or {}), **{language: text for language, text in said if language in ("ky", "ru", "en")}}
    if said and "ru" not in names:
        names["ru"] = said[0][1]
    return names


def _with_first(values: Values, activity: Activity) -> list[dict[str, Any]]:
    phases = [dict(phase) for phase in values.get("phases", [])] or [{}]
    phases[0]["start"] = str(activity.start)
    phases[0]["planned"] = activity.start_planned
    return phases


def _with_last(values: Values, activity: Activity) -> list[dict[str, Any]]:
    phases = [dict(phase) for phase in values.get("phases", [])] or [{}]
    phases[-1]["ends"] = [str(activity.end)]
    return phases


def _with_budgets(values: Values, budgets: Iterable[Budget]) -> dict[str, Any]:
    """The sum in each currency, for the project as a whole: the amounts of its phases give way to it."""
    sums: dict[str, int] = {}
    for budget in budgets:
        sums[budget.currency] = sums.get(budget.currency, 0) + budget.amount
    phases = [
        {name: value for name, value in phase.items() if name not in ("amount", "currency")}
        for phase in values.get("phases", [])
    ]
    return {
        "phases": phases,
        "budgets": [{"amount": amount, "currency": currency} for currency, amount in sums.items()],
    }


def _budgets(project: Project) -> Iterable[Budget]:
    for phase in project.phases:
        if phase.budget and phase.start:
            yield _committed(phase.start.first_day(), phase.budget)
    first = project.start.first_day() if project.start else project.as_of.first_day()
    yield from (_committed(first, money) for money in project.budgets)


def _committed(on: date, money: Money) -> Budget:
    return Budget(on, on, money.amount, money.currency)


def _known(activity: Activity, data: RegistryData) -> Project | None:
    slug = activity.identifier.removeprefix(PREFIX)
    numbers = {activity.identifier, *activity.numbers}
    for project in data.projects:
        if project.slug == slug or (numbers & set(project.numbers)):
            return project
    return None


def _slug(activity: Activity) -> str:
    """A slug for a new project: its English name, else its name in Latin letters."""
    said = dict(activity.title)
    name = said.get("en") or to_latin(next(iter(said.values()), activity.identifier))
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-")


def _placed(fault: Fault, lines: Mapping[Key, int]) -> Problem:
    if fault.key not in lines:
        return Problem("projects", 0, fault.key[1], fault.problem, fault.words)
    element = _ELEMENTS.get(re.sub(r" \d+$", "", fault.path[0]), ", ".join(fault.path))
    return Problem(SHEET, lines[fault.key], element, fault.problem, fault.words)


def data_of(held: Holdings) -> RegistryData:
    """The records that are held."""
    raw: dict[str, list[Values]] = {}
    for (kind, _), values in held.items():
        if kind != "alias":
            raw.setdefault(kind, []).append(values)
    return build(raw, {kind: kind for kind in raw})


def texts(names: Mapping[str, str]) -> Texts:
    """Names as narratives."""
    return tuple(sorted((language, " ".join(text.split())) for language, text in names.items()))


def _folded(name: str) -> str:
    return fold(normalise(name))


def iso_date(text: str) -> date:
    """A day of xsd:date, whatever zone it names; raises ValueError."""
    return PartialDate.parse(text.strip()[:10]).first_day()
