"""Answers about one project, body or term, or about several of one name."""

from __future__ import annotations

from typing import Any, Final

from aiogram.utils.formatting import Bold, Text

from bot.answers import cards
from bot.answers.cards import lines, record_source, source_line
from bot.answers.kinds import BY_THE_WAY, Target
from bot.answers.model import Answer, Button, SourceLine
from bot.answers.voice import Voice, kind_of
from bot.answers.wording import inside, record_name
from storage.registry import Project, Record, Term

_ROLES: Final = frozenset({"donor", "implementer", "partner", "where", "phase", "about", "what_is"})


class Things(Voice):
    """Says the fact that was asked for, and then what else is worth knowing."""

    def one(self) -> Answer:
        """The fact asked for first, then the thing itself, then the source."""
        record = self.records()[0]
        facts, sources, told = self._facts(record)
        facts = self._naming(record, facts)
        rest = self._rest(record, told if facts else frozenset())
        all_sources = tuple(dict.fromkeys((*sources, record_source(record))))
        opening: list[Any] = [*facts] if facts else [Bold(record_name(record, self.tr))]
        more = (part for part in rest if part not in facts)
        content = lines(*opening, *more, source_line(all_sources, self.tr))
        return self.made(content, facts=facts, sources=all_sources, buttons=self._buttons(record))

    def _naming(self, record: Record, facts: tuple[str, ...]) -> tuple[str, ...]:
        """The facts, the first of them with the name of the thing, since it is read and forwarded alone."""
        if not facts or isinstance(record, Term) or any(name in facts[0] for name in self._names(record)):
            return facts
        return (f"{record_name(record, self.tr)}: {inside(facts[0])}", *facts[1:])

    def _names(self, record: Record) -> set[str]:
        names = (record.names, record.short, record.full)
        return {name.in_(self.tr.language) for name in names if name}

    def several(self) -> Answer:
        """Several things, of one name or compared: the fact about each, and a choice."""
        records = self.records()
        parts: list[Any] = []
        if self._same_name():
            parts.append(self.tr.gettext("There are several projects of this name:"))
        facts: list[str] = []
        sources: list[SourceLine] = []
        for record in records:
            sentences, found, _ = self._facts(record)
            facts += sentences
            sources += [*found, record_source(record)]
            parts += [self._item(record), *(f"  {sentence}" for sentence in sentences)]
        content = lines(*parts, source_line(sources, self.tr))
        return self.made(
            content,
            facts=tuple(facts),
            sources=tuple(dict.fromkeys(sources)),
            buttons=self.choice("card", records),
            suggestions=tuple(record.canonical for record in records),
        )

    def _item(self, record: Record) -> Text:
        if isinstance(record, Project):
            return cards.project_item(record, self.teller)
        return Text("— ", Bold(record_name(record, self.tr)), f": {self.teller.summary(record)}")

    def _same_name(self) -> bool:
        chosen = {target.slug for target in self.understood.targets}
        return any(
            chosen <= {project.slug, *ambiguity.others}
            for project in self.snapshot.data.projects
            for ambiguity in project.ambiguous
        )

    def _facts(self, record: Record) -> tuple[tuple[str, ...], list[SourceLine], frozenset[str]]:
        """The sentences asked for, their sources, and the kinds of facts they tell."""
        sentences: list[str] = []
        sources: list[SourceLine] = []
        if event := self.event():
            sentences.append(event.about.in_(self.tr.language))
            sources.append(record_source(event))
        asked_for = set(self.understood.facts)
        asked = asked_for - _ROLES
        if not asked or (asked == {"end"} and any(one.kind == "place" for one in self.understood.mentioned)):
            sentences += self._mentioned(record)
        told: set[str] = set()
        wanted = self.understood.facts if not sentences or "partner" in asked_for else ()
        for fact, said in self.teller.asked(record, self._money_meant(wanted)):
            if said is None and (self._by_the_way(record, fact) or (fact == "how_many" and told)):
                continue
            told.add(fact)
            sentences += said.sentences if said else [self.teller.missing(record)]
            sources += said.sources if said else []
        return tuple(dict.fromkeys(sentences)), sources, frozenset(told)

    def _by_the_way(self, record: Record, fact: str) -> bool:
        """«Что значит ГЧП в муниципалитете»: a word beside the question, not another question."""
        return isinstance(record, Term) and (fact in BY_THE_WAY or "what_is" in self.understood.facts)

    def _money_meant(self, facts: tuple[str, ...]) -> tuple[str, ...]:
        """«Сколько дала Швейцария»: with a body named, how many means how much."""
        donors = any(one.kind == "organisation" for one in self.understood.mentioned)
        return tuple("budget" if donors and fact == "how_many" else fact for fact in facts)

    def _mentioned(self, record: Record) -> list[str]:
        """What another thing named in the question is to this project."""
        if not isinstance(record, Project):
            return []
        sentences = []
        for other in self.understood.mentioned:
            if other.kind == "organisation":
                sentences.append(self.teller.role(record, self.snapshot.organisations[other.slug]))
            elif other.kind == "place":
                region = self.snapshot.places[other.slug].region
                sentences.append(self.teller.presence(record, region))
        return sentences

    def _rest(self, record: Record, told: frozenset[str]) -> list[Any]:
        """What is worth knowing beside the fact: the summary, and for a project who, when and where."""
        summary = self.teller.summary(record)
        if not isinstance(record, Project):
            others = [fact for fact in record.facts if fact.kind != "period"]
            facts = () if told else (fact.text.in_(self.tr.language) for fact in others)
            return [summary, *facts, cards.site_line(getattr(record, "site", None), self.tr)]
        said = told | ({"when"} if told & {"start", "end", "when", "phase"} else set())
        more: list[Any] = [summary, *cards.project_lines(record, self.teller, frozenset(said))]
        if not told & {"end"} and (record.is_over(self.today) or record.state == "unconfirmed"):
            more.append(self.teller.state(record))
        more += [fact.text.in_(self.tr.language) for fact in record.facts_about("note")]
        return more

    def _buttons(self, record: Record) -> tuple[Button, ...]:
        kind = kind_of(record)
        target = Target(kind, record.slug)
        if kind == "term":
            return ()
        buttons = [
            Button("card", self.tr.gettext("Card"), target),
            Button("contacts", self.tr.gettext("Contacts"), target),
        ]
        if kind == "project":
            buttons.append(Button("news", self.tr.gettext("News"), target))
        if kind == "organisation" and self.snapshot.projects_of(record.slug):
            buttons.append(Button("projects", self.tr.gettext("Their projects"), target))
        return tuple(buttons)
