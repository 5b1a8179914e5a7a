"""Lists of projects: of an oblast, of a body, or all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiogram.utils.formatting import Bold

from bot.answers import cards
from bot.answers.cards import lines, record_source, source_line
from bot.answers.dating import said_place_in
from bot.answers.model import Answer, Button, SourceLine
from bot.answers.voice import Voice
from bot.answers.wording import record_name
from storage.registry import Project

LISTED: Final = 12
"""Projects that one answer lists; the rest are behind a button."""


class Listing(Voice):
    """Lists projects."""

    def by_region(self) -> Answer:
        """The projects of the oblasts meant, and those without any."""
        parts: list[Any] = []
        sources: list[SourceLine] = []
        for target in self.understood.targets:
            found = cards.chosen_projects(
                self.snapshot, self.today, territory=target.slug, state=self.understood.state
            )
            place = self.snapshot.places[target.slug].names.in_(self.tr.language)
            where = said_place_in(place, self.tr.language)
            parts.append(
                Bold(self._counted(self.tr.gettext("Projects {in_place}:", in_place=where), len(found)))
            )
            parts += self._items(found)
            if not found:
                parts.append(self.tr.gettext("The registry names no project there."))
            sources += [record_source(project) for project in found[:LISTED]]
        wide = self._everywhere()
        if wide:
            parts.append(self.tr.gettext("Without oblasts named in their sources:"))
            parts += self._items(wide)
            sources += [record_source(project) for project in wide[:LISTED]]
        return self._listed(parts, sources)

    def by_organisation(self) -> Answer:
        """The projects of the bodies meant, with their part in each."""
        parts: list[Any] = []
        sources: list[SourceLine] = []
        region = next((one.slug for one in self.understood.mentioned if one.kind == "place"), None)
        territory = self.snapshot.places[region].region if region else None
        for target in self.understood.targets:
            body = self.snapshot.organisations[target.slug]
            heading = self.tr.gettext("Projects of {name}:", name=record_name(body, self.tr))
            found = cards.chosen_projects(
                self.snapshot,
                self.today,
                organisation=target.slug,
                territory=territory,
                state=self.understood.state,
            )
            if territory:
                place = self.snapshot.places[territory].names.in_(self.tr.language)
                heading = f"{heading.removesuffix(':')}, {place}:"
            parts.append(Bold(self._counted(heading, len(found))))
            parts += self._items(found, target.slug)
            if not found:
                parts.append(self.tr.gettext("The registry names no projects of theirs."))
            sources += [record_source(project) for project in found[:LISTED]] or [record_source(body)]
        return self._listed(parts, sources)

    def all_projects(self) -> Answer:
        """Every project, or those of a state."""
        state = self.understood.state
        found = self._of_the_year(cards.chosen_projects(self.snapshot, self.today, state=state))
        heading = {
            None: self.tr.gettext("Projects in the registry:"),
            "active": self.tr.gettext("Projects that go on, as far as is known:"),
            "over": self.tr.gettext("Projects that are over:"),
        }[state]
        sources = tuple(dict.fromkeys(record_source(project) for project in found[:LISTED]))
        content = lines(
            heading,
            *self._items(found),
            source_line(sources, self.tr),
        )
        names = tuple(project.canonical for project in found)
        return self.made(content, sources=sources, entity=names or None)

    def _of_the_year(self, projects: Sequence[Project]) -> Sequence[Project]:
        """Of all projects those that begin or end in the year asked for, where one was."""
        if not (period := self.understood.period):
            return projects
        year, facts = period.since.year, self.understood.facts
        ends = [project for project in projects if project.ends and max(project.ends).year == year]
        starts = [project for project in projects if project.start and project.start.year == year]
        return ends if "end" in facts else starts if "start" in facts else [*starts, *ends]

    @staticmethod
    def _counted(heading: str, number: int) -> str:
        """«Проекты в Нарынской области (3):»."""
        return f"{heading.removesuffix(':')} ({number}):" if number else heading

    def _items(self, projects: Sequence[Project], body: str | None = None) -> list[Any]:
        """The first projects of a list, and how many more there are."""
        items: list[Any] = [
            cards.project_item(project, self.teller, roles=self._roles(project, body) if body else "")
            for project in projects[:LISTED]
        ]
        if left := len(projects) - LISTED if len(projects) > LISTED else 0:
            items.append(self.tr.ngettext("and {n} more project", "and {n} more projects", left))
        return items

    def _everywhere(self) -> list[Project]:
        chosen = cards.chosen_projects(self.snapshot, self.today, state=self.understood.state)
        return [project for project in chosen if not project.territories]

    def _roles(self, project: Project, body: str) -> str:
        roles = (
            (self.tr.gettext("donor"), project.donors),
            (self.tr.gettext("implementer"), project.implementers),
            (self.tr.gettext("partner"), project.partners),
        )
        return ", ".join(label for label, slugs in roles if body in slugs)

    def _listed(self, parts: Sequence[Any], sources: Sequence[SourceLine]) -> Answer:
        unique = tuple(dict.fromkeys(sources))
        buttons = tuple(
            Button("projects", self.tr.gettext("Their projects"), target)
            for target in self.understood.targets
        )
        return self.made(lines(*parts, source_line(unique, self.tr)), sources=unique, buttons=buttons)
