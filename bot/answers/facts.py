"""The sentence that answers what was asked of a thing, taken from the registry and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.answers.dating import either, said_in, said_place_in, said_span, said_until
from bot.answers.kinds import TERM_FACTS
from bot.answers.model import SourceLine
from bot.answers.wording import (
    body_name,
    inside,
    listed,
    phase_line,
    project_name,
    quoted,
    record_name,
    said_money,
)
from bot.i18n import Translation
from storage.errors import N_
from storage.languages import LANGUAGES, Language
from storage.registry import Fact, Organisation, Project, Record, RegistrySnapshot, Term

_SUMMARIES: Final = frozenset({"about", "what_is"})
_ONLY_ALONE: Final = {
    "how_many": frozenset(
        {"municipality", "budget", "event", "contribution", "number", "when", "end", "start"}
    ),
    "when": frozenset({"start", "end", "phase"}),
    "start": frozenset({"phase"}),
    "end": frozenset({"phase"}),
    "phase": frozenset({"budget", "municipality", "donor", "implementer"}),
    "implementer": frozenset({"event"}),
    "about": frozenset(),
    "partner": frozenset(),
}
_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences about one thing asked for, and where they are from beside the record's own source."""

    sentences: tuple[str, ...]
    sources: tuple[SourceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Teller:
    """Says facts about records in one language on one day."""

    snapshot: RegistrySnapshot
    tr: Translation
    today: date

    def asked(self, record: Record, facts: Iterable[str]) -> list[tuple[str, Said | None]]:
        """Per fact asked for, what the registry says, or None; at most three, without those that others imply."""
        wanted = tuple(facts)
        kept = [
            fact
            for fact in wanted
            if fact not in _SUMMARIES and not (_ONLY_ALONE.get(fact, frozenset()) & set(wanted))
        ]
        return [(fact, self.say(record, fact)) for fact in kept[:_MOST]]

    def say(self, record: Record, fact: str) -> Said | None:
        """What the registry says about one thing, or None where it says nothing."""
        if fact == "naming":
            return self._named(record)
        match record:
            case Project():
                teller = _OF_PROJECTS.get(fact)
                return teller(self, record) if teller else None
            case Organisation():
                return self._of_body(record, fact)
            case Term():
                return self._written(record, TERM_FACTS.get(fact, fact))
        return None

    def _named(self, record: Record) -> Said:
        """How the thing is called in each language."""
        named = {
            language: quoted(_full_name(record, language), self.tr) + _short_name(record, language)
            for language in LANGUAGES
        }
        return Said((self.tr.gettext("In Kyrgyz: {ky}; in Russian: {ru}; in English: {en}.", **named),))

    def summary(self, record: Record) -> str:
        """What the thing is, in a sentence."""
        match record:
            case Project():
                return record.summary.in_(self.tr.language)
            case Organisation():
                return record.about.in_(self.tr.language)
            case Term():
                return record.definition.in_(self.tr.language)
        return ""

    def missing(self, record: Record) -> str:
        """That the registry does not have what was asked."""
        return self.tr.gettext(
            "The registry does not say this about {name}.", name=record_name(record, self.tr)
        )

    def state(self, project: Project) -> str:
        """Whether the project goes on, as far as is known."""
        ends = project.ends
        written = project.facts_about("state")
        if project.state == "unconfirmed" and written:
            return written[0].text.in_(self.tr.language)
        name = project_name(project, self.tr)
        if project.is_over(self.today):
            if not ends:
                return self.tr.gettext("{project} is over.", project=name)
            when = either(ends, said_in, self.tr)
            if project.as_of < max(ends):
                return self.tr.gettext(
                    "{project} was to end {when}; nothing later is known.", project=name, when=when
                )
            return self.tr.gettext("{project} is over, it ended {when}.", project=name, when=when)
        if not ends:
            return self.tr.gettext(
                "{project} goes on, as far as is known; its end is not known.", project=name
            )
        end = either(ends, said_until, self.tr)
        return self.tr.gettext("{project} goes on, it is to last until {end}.", project=name, end=end)

    def bodies(self, slugs: Iterable[str]) -> str:
        """Organisations by their slugs, in words."""
        return listed((body_name(self.snapshot.organisations[slug], self.tr) for slug in slugs), self.tr)

    def places(self, slugs: Iterable[str]) -> str:
        """Oblasts by their slugs, in words."""
        return ", ".join(self.snapshot.places[slug].names.in_(self.tr.language) for slug in slugs)

    def role(self, project: Project, body: Organisation) -> str:
        """What a body is to a project, or that the registry does not name it there."""
        values = {"body": body_name(body, self.tr), "project": project_name(project, self.tr)}
        for slugs, sentence in (
            (project.donors, N_("{body} is a donor of {project}.")),
            (project.implementers, N_("{body} carries out {project}.")),
            (project.partners, N_("{body} is a partner of {project}.")),
        ):
            if body.slug in slugs:
                return self.tr.gettext(sentence, **values)
        return self.tr.gettext("The registry does not name {body} among those of {project}.", **values)

    def presence(self, project: Project, region: str) -> str:
        """Whether a project works in an oblast, as far as its sources say."""
        place = said_place_in(self.places([region]), self.tr.language)
        values = {"project": project_name(project, self.tr), "in_place": place}
        if region in project.territories and project.is_over(self.today):
            return self.tr.gettext("Yes, {project} worked {in_place}; it is over.", **values)
        if region in project.territories:
            return self.tr.gettext("Yes, {project} works {in_place}.", **values)
        if project.territories:
            return self.tr.gettext("The registry does not say that {project} works {in_place}.", **values)
        return self.tr.gettext("The sources of {project} name no oblasts.", **values)

    def source_of(self, fact: Fact) -> SourceLine:
        """Where a fact is from."""
        return SourceLine(fact.source.title, fact.source.url, fact.as_of)

    # of projects

    def _donor(self, project: Project) -> Said | None:
        return self._with_facts(project, self._funded(project) if project.donors else "", "donor")

    def _funded(self, project: Project) -> str:
        number, values = len(project.donors), self._with_bodies(project, project.donors)
        if project.is_over(self.today):
            return self.tr.ngettext(
                "{project} was funded by {bodies}.", "{project} was funded by {bodies}.", number, **values
            )
        return self.tr.ngettext(
            "{project} is funded by {bodies}.", "{project} is funded by {bodies}.", number, **values
        )

    def _implementer(self, project: Project) -> Said | None:
        sentence = self._carried_out(project) if project.implementers else ""
        return self._with_facts(project, sentence, "implementer")

    def _carried_out(self, project: Project) -> str:
        number, values = len(project.implementers), self._with_bodies(project, project.implementers)
        if project.is_over(self.today):
            return self.tr.ngettext(
                "{project} was carried out by {bodies}.",
                "{project} was carried out by {bodies}.",
                number,
                **values,
            )
        return self.tr.ngettext(
            "{project} is carried out by {bodies}.", "{project} is carried out by {bodies}.", number, **values
        )

    def _with_bodies(self, project: Project, slugs: Iterable[str]) -> dict[str, str]:
        return {"project": project_name(project, self.tr), "bodies": self.bodies(slugs)}

    def _partner(self, project: Project) -> Said | None:
        if project.partners and not project.facts_about("partner"):
            sentence = self.tr.gettext(
                "Partners of {project}: {bodies}.",
                project=project_name(project, self.tr),
                bodies=self.bodies(project.partners),
            )
            return Said((sentence,))
        return self._written(project, "partner")

    def _when(self, project: Project) -> Said | None:
        name = project_name(project, self.tr)
        if len(project.phases) > 1:
            whole = said_span(project.start, project.ends, self.tr)
            lines = "; ".join(inside(phase_line(phase, self.tr)) for phase in project.phases)
            return self._with_facts(
                project,
                self.tr.gettext("{project}: {period} ({phases}).", project=name, period=whole, phases=lines),
                "period",
            )
        if project.phases:
            span = phase_line(project.phases[0], self.tr)
            sentence = self.tr.gettext("{project}: {period}.", project=name, period=span)
            return self._with_facts(
                project, sentence, "state" if project.state == "unconfirmed" else "period"
            )
        return self._written(project, "period")

    def _start(self, project: Project) -> Said | None:
        if not project.start:
            return self._written(project, "period")
        when = said_in(project.start, self.tr)
        name = project_name(project, self.tr)
        return Said((self.tr.gettext("{project} started {when}.", project=name, when=when),))

    def _end(self, project: Project) -> Said | None:
        if not project.ends and not project.facts_about("state"):
            return self._with_facts(project, self.state(project), "period")
        sources = tuple(self.source_of(fact) for fact in project.facts_about("state"))
        disagreeing = [phase for phase in project.phases[:-1] if len(phase.ends) > 1]
        sentences = (
            self.state(project),
            *(self._disagreement(phase_line(phase, self.tr)) for phase in disagreeing),
        )
        return Said(sentences, sources)

    def _disagreement(self, line: str) -> str:
        return self.tr.gettext("Sources disagree about one end: {period}.", period=line)

    def _where(self, project: Project) -> Said | None:
        sentence = ""
        if project.territories:
            sentence = self.tr.gettext(
                "Territories of {project}: {places}.",
                project=project_name(project, self.tr),
                places=self.places(project.territories),
            )
        return self._with_facts(project, sentence, "where")

    def _municipalities(self, project: Project) -> Said | None:
        counted = [phase for phase in project.phases if phase.municipalities]
        sentence = ""
        if counted and (len(counted) > 1 or not project.facts_about("municipalities")):
            counts = "; ".join(self._count(phase.municipalities or 0, phase.names) for phase in counted)
            sentence = self.tr.gettext(
                "{project}: {counts}.", project=project_name(project, self.tr), counts=counts
            )
        return self._with_facts(project, sentence, "municipalities")

    def _count(self, number: int, names: object) -> str:
        said = self.tr.ngettext("{n} municipality", "{n} municipalities", number)
        name = inside(getattr(names, self.tr.language, "")) if names else ""
        return f"{name} — {said}" if name else said

    def _budget(self, project: Project) -> Said | None:
        parts = [
            f"{inside(phase.names.in_(self.tr.language))} — {said_money(phase.budget, self.tr)}"
            if phase.names
            else said_money(phase.budget, self.tr)
            for phase in project.phases
            if phase.budget
        ]
        parts += [said_money(budget, self.tr) for budget in project.budgets]
        if not parts:
            return self._written(project, "budget")
        name = project_name(project, self.tr)
        sentence = self.tr.gettext("Budget of {project}: {amounts}.", project=name, amounts="; ".join(parts))
        return self._with_facts(project, sentence, "budget")

    def _numbers(self, project: Project) -> Said | None:
        if not project.numbers:
            return None
        name = project_name(project, self.tr)
        return Said(
            (
                self.tr.gettext(
                    "The donor's number of {project}: {number}.",
                    project=name,
                    number=", ".join(project.numbers),
                ),
            )
        )

    def _successor(self, project: Project) -> Said | None:
        """The namesake that began after it."""
        namesakes = (self.snapshot.projects[slug] for one in project.ambiguous for slug in one.others)
        later = [one for one in namesakes if one.start and project.start and one.start > project.start]
        if not later:
            return None
        names = {"project": project_name(project, self.tr), "next": project_name(later[0], self.tr)}
        return Said((self.tr.gettext("{project} was followed by {next}.", **names),))

    def _events(self, project: Project) -> Said | None:
        return self._written(project, "event", "initiative", "result")

    def _results(self, project: Project) -> Said | None:
        return self._written(project, "result", "initiative")

    def _method(self, project: Project) -> Said | None:
        return self._written(project, "method")

    def _contribution(self, project: Project) -> Said | None:
        return self._written(project, "contribution")

    # of bodies

    def _of_body(self, body: Organisation, fact: str) -> Said | None:
        if fact == "end":
            return self._closed(body) or self._written(body, "state")
        if fact == "successor" and body.successor:
            return Said((body.about.in_(self.tr.language),))
        if fact in ("when", "start", "phase"):
            return self._written(body, "period")
        return self._written(body, {"partner": "initiative", "how_many": "number"}.get(fact, fact))

    def _closed(self, body: Organisation) -> Said | None:
        if not body.closed:
            return None
        name = body_name(body, self.tr)
        return Said((self.tr.gettext("{body} no longer exists.", body=name),))

    # written facts

    def _written(self, record: Record, *kinds: str) -> Said | None:
        return self._with_facts(record, "", *kinds)

    def _with_facts(self, record: Record, sentence: str, *kinds: str) -> Said | None:
        facts = [fact for kind in kinds for fact in record.facts_about(kind)]
        sentences = tuple(filter(None, (sentence, *(fact.text.in_(self.tr.language) for fact in facts))))
        return Said(sentences, tuple(self.source_of(fact) for fact in facts)) if sentences else None


def _full_name(record: Record, language: Language) -> str:
    full = record.full.as_mapping().get(language) if record.full else None
    return full or record.names.as_mapping().get(language) or record.names.ru


def _short_name(record: Record, language: Language) -> str:
    """The abbreviation in brackets, where the language has both a full name and a short one."""
    full = record.full.as_mapping().get(language) if record.full else None
    short = record.short.as_mapping().get(language) if record.short else None
    name = short or (record.names.as_mapping().get(language) if full else None)
    return f" ({name})" if name and name != _full_name(record, language) else ""


_OF_PROJECTS: Final[Mapping[str, Callable[[Teller, Project], Said | None]]] = {
    "donor": Teller._donor,
    "implementer": Teller._implementer,
    "partner": Teller._partner,
    "when": Teller._when,
    "phase": Teller._when,
    "start": Teller._start,
    "end": Teller._end,
    "where": Teller._where,
    "municipality": Teller._municipalities,
    "how_many": Teller._municipalities,
    "budget": Teller._budget,
    "number": Teller._numbers,
    "event": Teller._events,
    "result": Teller._results,
    "contribution": Teller._contribution,
    "method": Teller._method,
    "successor": Teller._successor,
}
