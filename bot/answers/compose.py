"""A question understood → the answer: the fact first, then the rest, then the source and its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from aiogram.utils.formatting import Bold, Text, TextLink

from bot.answers import cards
from bot.answers.cards import lines, record_source, source_line
from bot.answers.facts import Teller
from bot.answers.kinds import Target, Understanding
from bot.answers.model import Answer, Button, FoundRelease, ReleaseQuery, SourceLine
from bot.answers.wording import quoted, record_name
from bot.i18n import Translation, translation
from storage.registry import Event, PartialDate, Project, Record, RegistrySnapshot

LISTED = 12
"""Projects that one answer lists; the rest are behind a button."""

_RELEASES_SHOWN = 5
_ROLES = frozenset({"donor", "implementer", "partner", "where", "about", "what_is"})


def compose(
    understood: Understanding,
    snapshot: RegistrySnapshot,
    *,
    now: datetime,
    releases: Sequence[FoundRelease] = (),
) -> Answer:
    """The answer to a question understood.  Pure; `releases` are what `release_query` found, newest first."""
    return _Composer(understood, snapshot, now.date()).answer(releases)


def release_query(understood: Understanding, snapshot: RegistrySnapshot) -> ReleaseQuery | None:
    """Which releases the question wants, or None where it wants none."""
    if understood.kind != "releases":
        return None
    slugs = {kind: tuple(one.slug for one in understood.targets if one.kind == kind) for kind in _QUERIED}
    words = tuple(snapshot.terms[slug].names.ru for slug in slugs["term"])
    return ReleaseQuery(
        topics=slugs["topic"],
        projects=slugs["project"],
        organisations=slugs["organisation"],
        territories=slugs["place"],
        words=words,
        period=understood.period,
    )


_QUERIED = ("topic", "project", "organisation", "place", "term")


def entity_of(targets: Sequence[Target], snapshot: RegistrySnapshot) -> str | tuple[str, ...] | None:
    """The canonical names of what was meant: one, several, or None."""
    names = tuple(dict.fromkeys(canonical_name(target, snapshot) for target in targets))
    return names[0] if len(names) == 1 else (names or None)


def canonical_name(target: Target, snapshot: RegistrySnapshot) -> str:
    """The Russian name of a record, a place or a topic."""
    if target.kind == "place":
        return snapshot.places[target.slug].names.ru
    if target.kind == "topic":
        return snapshot.topics[target.slug].names.ru
    record = snapshot.record(target.kind, target.slug)
    return record.canonical if record else target.slug


class _Composer:
    def __init__(self, understood: Understanding, snapshot: RegistrySnapshot, today: date) -> None:
        self.understood = understood
        self.snapshot = snapshot
        self.today = today
        self.tr: Translation = translation(understood.language)
        self.teller = Teller(snapshot, self.tr, today)

    def answer(self, releases: Sequence[FoundRelease]) -> Answer:
        match self.understood.kind:
            case "project" if not self.understood.targets:
                return self._all_projects()
            case "project" if len(self.understood.targets) > 1:
                return self._several()
            case "project" | "organisation" | "term":
                return self._one()
            case "project_contact" | "organisation_contact":
                return self._contacts()
            case "projects_by_region":
                return self._by_region()
            case "projects_by_organisation":
                return self._by_organisation()
            case "releases":
                return self._releases(releases)
            case "help":
                return self._made(Text(self._abilities()))
            case _:
                return self._unknown()

    def _made(self, content: Text, **more: Any) -> Answer:
        targets = self.understood.targets
        values: dict[str, Any] = {
            "entity": entity_of(targets, self.snapshot),
            "subject": targets[0] if len(targets) == 1 else None,
            "understood": self.understood,
            **more,
        }
        return Answer(self.understood.kind, self.understood.language, content=content, **values)

    def _records(self) -> list[Record]:
        found = (self.snapshot.record(target.kind, target.slug) for target in self.understood.targets)
        return [record for record in found if record]

    # one thing, or two of one name

    def _one(self) -> Answer:
        record = self._records()[0]
        facts, sources, told = self._facts(record)
        rest = self._rest(record, told if facts else frozenset())
        all_sources = tuple(dict.fromkeys((*sources, record_source(record))))
        opening: list[Any] = [*facts] if facts else [Bold(record_name(record, self.tr))]
        content = lines(*opening, *rest, source_line(all_sources, self.tr))
        return self._made(content, facts=facts, sources=all_sources, buttons=self._buttons(record))

    def _facts(self, record: Record) -> tuple[tuple[str, ...], list[SourceLine], frozenset[str]]:
        """The sentences asked for, their sources, and the kinds of facts they tell."""
        sentences: list[str] = []
        sources: list[SourceLine] = []
        if event := self._event():
            sentences.append(event.about.in_(self.tr.language))
            sources.append(record_source(event))
        asked = set(self.understood.facts) - _ROLES
        if not asked or (asked == {"end"} and any(one.kind == "place" for one in self.understood.mentioned)):
            sentences += self._mentioned(record)
        told = set()
        wanted = self.understood.facts if not sentences else ()
        for fact, said in self.teller.asked(record, self._money_meant(wanted)):
            told.add(fact)
            sentences += said.sentences if said else [self.teller.missing(record)]
            sources += said.sources if said else []
        return tuple(dict.fromkeys(sentences)), sources, frozenset(told)

    def _money_meant(self, facts: tuple[str, ...]) -> tuple[str, ...]:
        """«Сколько дала Швейцария»: with a body named, how many means how much."""
        donors = any(one.kind == "organisation" for one in self.understood.mentioned)
        return tuple("budget" if donors and fact == "how_many" else fact for fact in facts)

    def _event(self) -> Event | None:
        return self.snapshot.events.get(self.understood.event or "")

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
            facts = () if told else (fact.text.in_(self.tr.language) for fact in record.facts)
            return [summary, *facts, cards.site_line(getattr(record, "site", None), self.tr)]
        said = told | ({"when"} if told & {"start", "end", "when"} else set())
        more: list[Any] = [summary, *cards.project_lines(record, self.teller, frozenset(said))]
        if not told & {"end"} and (record.is_over(self.today) or record.state == "unconfirmed"):
            more.append(self.teller.state(record))
        more += [fact.text.in_(self.tr.language) for fact in record.facts_about("note")]
        return more

    def _several(self) -> Answer:
        """Several projects of one name, or compared: the fact about each, and a choice."""
        records = self._records()
        parts: list[Any] = []
        if self._same_name():
            parts.append(self.tr.gettext("There are several projects of this name:"))
        facts: list[str] = []
        sources: list[SourceLine] = []
        for record in records:
            sentences, found, _ = self._facts(record)
            facts += sentences
            sources += [*found, record_source(record)]
            item = (
                cards.project_item(record, self.teller)
                if isinstance(record, Project)
                else Text(record.canonical)
            )
            parts += [item, *(f"  {sentence}" for sentence in sentences)]
        content = lines(*parts, source_line(sources, self.tr))
        return self._made(
            content,
            facts=tuple(facts),
            sources=tuple(dict.fromkeys(sources)),
            buttons=self._choice("card", records),
            suggestions=tuple(record.canonical for record in records),
        )

    def _same_name(self) -> bool:
        chosen = {target.slug for target in self.understood.targets}
        return any(
            chosen <= {project.slug, *ambiguity.others}
            for project in self.snapshot.data.projects
            for ambiguity in project.ambiguous
        )

    def _choice(self, action: Any, records: Sequence[Record]) -> tuple[Button, ...]:
        return tuple(
            Button(action, self._short(record), Target(_kind_of(record), record.slug)) for record in records
        )

    def _short(self, record: Record) -> str:
        return record.called(self.tr.language)

    # contacts

    def _contacts(self) -> Answer:
        parts: list[Any] = []
        sources: list[SourceLine] = []
        records = self._records()
        for record in records:
            found, where = self._contacts_of(record)
            parts += ["\u200b" if parts else None, found]
            sources += where
        unique = tuple(dict.fromkeys(sources))
        content = lines(*parts, source_line(unique, self.tr))
        buttons = tuple(
            Button("vcard", self.tr.gettext("Save contact"), Target(_kind_of(record), record.slug))
            for record in records
            if self.snapshot.contacts_of(_kind_of(record), record.slug)
        )
        more = self._choice("contacts", records) if len(records) > 1 else ()
        return self._made(content, sources=unique, buttons=(*more, *buttons))

    def _contacts_of(self, record: Record) -> tuple[Text, list[SourceLine]]:
        own = self.snapshot.contacts_of(_kind_of(record), record.slug)
        if own:
            blocks = [
                part
                for contact in own
                for part in (
                    cards.contact_lines(contact, self.snapshot, self.tr),
                    *cards.contact_warnings(contact, self.snapshot, self.tr, self.today),
                )
            ]
            site = cards.site_line(getattr(record, "site", None), self.tr)
            return lines(*blocks, site), [record_source(contact) for contact in own]
        return self._no_contacts(record), [record_source(record)]

    def _no_contacts(self, record: Record) -> Text:
        """No phone or e-mail is known: what is known instead, and whom else to ask."""
        parts: list[Any] = [
            self.tr.gettext(
                "The registry has no confirmed phone or e-mail of {name}.", name=record_name(record, self.tr)
            )
        ]
        parts.append(cards.site_line(getattr(record, "site", None), self.tr))
        if isinstance(record, Project):
            for slug in record.implementers:
                for contact in self.snapshot.contacts_of("organisation", slug)[:1]:
                    parts.append(self.tr.gettext("Its implementer can be reached:"))
                    parts.append(cards.contact_lines(contact, self.snapshot, self.tr))
                    parts += cards.contact_warnings(contact, self.snapshot, self.tr, self.today)
        return lines(*parts)

    # lists

    def _by_region(self) -> Answer:
        parts: list[Any] = []
        sources: list[SourceLine] = []
        for target in self.understood.targets:
            found = cards.chosen_projects(
                self.snapshot, self.today, territory=target.slug, state=self.understood.state
            )
            parts.append(Bold(self._heading(self.snapshot.places[target.slug].names.in_(self.tr.language))))
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

    def _by_organisation(self) -> Answer:
        parts: list[Any] = []
        sources: list[SourceLine] = []
        region = next((one.slug for one in self.understood.mentioned if one.kind == "place"), None)
        territory = self.snapshot.places[region].region if region else None
        for target in self.understood.targets:
            body = self.snapshot.organisations[target.slug]
            parts.append(Bold(self._heading(record_name(body, self.tr))))
            found = cards.chosen_projects(
                self.snapshot,
                self.today,
                organisation=target.slug,
                territory=territory,
                state=self.understood.state,
            )
            parts += self._items(found, target.slug)
            if not found:
                parts.append(self.tr.gettext("The registry names no projects of theirs."))
            sources += [record_source(project) for project in found[:LISTED]] or [record_source(body)]
        return self._listed(parts, sources)

    def _roles(self, project: Project, body: str) -> str:
        roles = (
            (self.tr.gettext("donor"), project.donors),
            (self.tr.gettext("implementer"), project.implementers),
            (self.tr.gettext("partner"), project.partners),
        )
        return ", ".join(label for label, slugs in roles if body in slugs)

    def _heading(self, name: str) -> str:
        return self.tr.gettext("Projects. {name}", name=name)

    def _listed(self, parts: Sequence[Any], sources: Sequence[SourceLine]) -> Answer:
        unique = tuple(dict.fromkeys(sources))
        buttons = tuple(
            Button("projects", self.tr.gettext("Their projects"), target)
            for target in self.understood.targets
        )
        return self._made(lines(*parts, source_line(unique, self.tr)), sources=unique, buttons=buttons)

    def _all_projects(self) -> Answer:
        state = self.understood.state
        found = cards.chosen_projects(self.snapshot, self.today, state=state)
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
        return self._made(content, sources=sources, entity=names or None)

    # releases

    def _releases(self, releases: Sequence[FoundRelease]) -> Answer:
        names = [self._said_target(target) for target in self.understood.targets]
        about = ", ".join(names)
        parts: list[Any] = []
        event = self._event()
        if event:
            parts.append(event.about.in_(self.tr.language))
        if releases:
            parts.append(self._news_heading(about))
            parts += [self._release(release) for release in releases[:_RELEASES_SHOWN]]
        elif not event:
            parts.append(self._nothing_new(about))
        found = tuple(
            SourceLine(release.source, release.url, _partial(release.day))
            for release in releases[:_RELEASES_SHOWN]
        )
        sources = (record_source(event), *found) if event else found
        content = lines(*parts, source_line([record_source(event)], self.tr) if event else None)
        facts = (event.about.in_(self.tr.language),) if event else ()
        return self._made(content, sources=sources, facts=facts)

    def _news_heading(self, about: str) -> Bold:
        if not about:
            return Bold(self.tr.gettext("The latest news"))
        return Bold(self.tr.gettext("News: {about}", about=about))

    def _nothing_new(self, about: str) -> str:
        period = self.understood.period
        if period:
            span = " — ".join(dict.fromkeys(map(self._said_day, (period.since, period.until))))
            if not about:
                return self.tr.gettext("I have no news for {period}.", period=span)
            return self.tr.gettext("I have no news about {about} for {period}.", about=about, period=span)
        if not about:
            return self.tr.gettext("I have no news yet.")
        return self.tr.gettext("I have no news about {about} yet.", about=about)

    def _said_day(self, day: date) -> str:
        return self.tr.day(day, self.today).removesuffix(" г.")

    def _release(self, release: FoundRelease) -> Text:
        day = f", {self.tr.day(release.day, self.today)}" if release.day else ""
        return Text("— ", TextLink(release.title, url=release.url), f" · {release.source}{day}")

    def _said_target(self, target: Target) -> str:
        if target.kind == "place":
            return self.snapshot.places[target.slug].names.in_(self.tr.language)
        if target.kind == "topic":
            return quoted(self.snapshot.topics[target.slug].names.in_(self.tr.language), self.tr)
        record = self.snapshot.record(target.kind, target.slug)
        return record_name(record, self.tr) if record else ""

    # help and not knowing

    def _abilities(self) -> str:
        return "\n".join(
            (
                self.tr.gettext("I tell what is new in local self-government and answer questions about it."),
                self.tr.gettext(
                    "Ask in your own words: who funds a project, how to reach it, what a word means."
                ),
                self.tr.gettext(
                    "/topics — subscribe or unsubscribe, /settings — how often and in which language, "
                    "/digest — what is new now, /help — all commands."
                ),
                self.tr.gettext("I am not a channel for official appeals."),
            )
        )

    def _unknown(self) -> Answer:
        guessed = [
            record
            for target in self.understood.guesses
            if (record := self.snapshot.record(target.kind, target.slug))
        ]
        desk = Button("desk", self.tr.gettext("Ask a person"))
        if guessed:
            names = ", ".join(quoted(self._short(record), self.tr) for record in guessed)
            content = Text(
                self.tr.gettext("I found no certain answer. Perhaps you mean: {names}?", names=names)
            )
            buttons = (*self._choice("card", guessed), desk)
            suggestions = tuple(record.canonical for record in guessed)
            return self._made(content, entity=None, buttons=buttons, suggestions=suggestions)
        content = lines(
            self.tr.gettext(
                "I know about projects, contacts and news of local self-government. "
                "This question I cannot answer."
            ),
            self.tr.gettext(
                "Ask, for example: “who funds Successful Aimak 2”, “contacts of PSI”, “what is PSER”."
            ),
        )
        return self._made(content, entity=None, buttons=(desk,))

    def _buttons(self, record: Record) -> tuple[Button, ...]:
        kind = _kind_of(record)
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


def _kind_of(record: Record) -> Any:
    return type(record).__name__.lower()


def _partial(day: date | None) -> PartialDate | None:
    return PartialDate(day.year, day.month, day.day) if day else None
