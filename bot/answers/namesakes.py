"""Which of several projects with one name a question means.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.answers.reading import Reading
from storage.registry import PartialDate, RegistrySnapshot

_SOME_DAY: Final = PartialDate(9999)
_MORE: Final = frozenset(
    {
        "больше",
        "меньше",
        "дольше",
        "дороже",
        "чем",
        "коп",
        "аз",
        "кобуроок",
        "караганда",
        "more",
        "less",
        "than",
        "bigger",
    }
)
_YEARS: Final = range(1990, 2101)


def narrowed(reading: Reading, snapshot: RegistrySnapshot) -> tuple[str, ...]:
    """The projects that the question names; of namesakes only the one that its other words point to, if they do.

    A number («первый», «второй»), a body that has a part in one of them, or a year in which only one went on.
    """
    named = reading.values("project")
    first_and_second = reading.has("first") and reading.has("second")
    if first_and_second or reading.has("both") or {"1", "2"} <= {word.text for word in reading.words}:
        return _with_namesakes(named, snapshot)
    if len(named) == 1 and _compared_with_another(named[0], reading, snapshot):
        return _with_namesakes(named, snapshot)
    spans = (span.values("project") for span in reading.spans)
    shared = next((slugs for slugs in spans if len(slugs) > 1), ())
    if not shared:
        return named
    in_order = _in_order(shared, snapshot)
    others = tuple(slug for slug in named if slug not in shared)
    return (*_pointed_to(in_order, reading, snapshot), *others)


def _compared_with_another(slug: str, reading: Reading, snapshot: RegistrySnapshot) -> bool:
    """«У второго денег больше, чем у первого»: the namesake is meant too, though only by its number."""
    if not (_MORE & {word.folded for word in reading.words}):
        return False
    in_order = _in_order(_with_namesakes((slug,), snapshot), snapshot)
    others = [concept for concept, other in zip(("first", "second"), in_order, strict=False) if other != slug]
    return len(in_order) > 1 and reading.has(*others)


def _in_order(slugs: Sequence[str], snapshot: RegistrySnapshot) -> list[str]:
    return sorted(slugs, key=lambda slug: snapshot.projects[slug].start or _SOME_DAY)


def _pointed_to(in_order: Sequence[str], reading: Reading, snapshot: RegistrySnapshot) -> Sequence[str]:
    if reading.has("second"):
        return in_order[1:2]
    if reading.has("first"):
        return in_order[:1]
    bodies = set(reading.values("organisation"))
    own = [slug for slug in in_order if _takes_part(bodies, slug, snapshot)]
    if len(own) == 1:
        return own
    year = year_in(reading)
    fitting = [slug for slug in in_order if year and _goes_on_in(slug, year, reading, snapshot)]
    return fitting if len(fitting) == 1 else in_order


def _with_namesakes(projects: tuple[str, ...], snapshot: RegistrySnapshot) -> tuple[str, ...]:
    related = (
        slug
        for project in snapshot.data.projects
        for ambiguity in project.ambiguous
        if {project.slug, *ambiguity.others} & set(projects)
        for slug in (project.slug, *ambiguity.others)
    )
    return tuple(dict.fromkeys((*related, *projects)))


def _takes_part(bodies: set[str], slug: str, snapshot: RegistrySnapshot) -> bool:
    project = snapshot.projects[slug]
    return bool(bodies & {*project.donors, *project.implementers, *project.partners})


def _goes_on_in(slug: str, year: int, reading: Reading, snapshot: RegistrySnapshot) -> bool:
    project = snapshot.projects[slug]
    if not project.start or not project.ends:
        return False
    last = max(project.ends).year
    if reading.has("end"):
        return last == year
    return project.start.year == year if reading.has("start") else project.start.year <= year <= last


def year_in(reading: Reading) -> int | None:
    """The first year that the question names."""
    numbers = [int(word.text) for word in reading.words if word.text.isdigit() and len(word.text) == 4]
    return next((number for number in numbers if number in _YEARS), None)
