"""What a question asks, and about what.  Pure: takes the registry as it is and looks nothing else up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from bot.answers import guesses
from bot.answers.lexicon import CONCEPT, MONTH, NOT_OURS, PERSON, vocabulary
from bot.answers.periods import Period, period_of
from bot.answers.reading import Reading, language_of, read
from bot.answers.vocabulary import Span
from storage.languages import Language
from storage.registry import PartialDate, RegistrySnapshot

Kind = Literal[
    "project",
    "project_contact",
    "organisation",
    "organisation_contact",
    "term",
    "projects_by_region",
    "projects_by_organisation",
    "releases",
    "help",
    "unknown",
]
TargetKind = Literal["project", "organisation", "term", "place", "topic", "event"]

FACTS: Final = (
    "donor", "implementer", "partner", "end", "start", "when", "budget", "municipality", "where", "contribution",
    "head", "method", "law", "number", "successor", "event", "result", "how_many", "about", "what_is",
)  # fmt: skip
"""What can be asked of a thing, in the order in which it is answered when several are asked at once."""

_PRECISE: Final = frozenset(FACTS) - {"about", "what_is"}
_FUNDING: Final = ("donor", "implementer", "partner", "works", "contribution")
_MOST_UNKNOWN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """The thing meant."""

    kind: TargetKind
    slug: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question understood: what kind of answer, about what, which facts, in which language."""

    kind: Kind
    language: Language
    targets: tuple[Target, ...] = ()
    facts: tuple[str, ...] = ()
    period: Period | None = None
    state: Literal["active", "over"] | None = None
    """For lists: only the projects that go on, or only those that are over."""
    guesses: tuple[Target, ...] = ()
    """What may have been meant, when nothing certain was found."""
    followed_up: bool = False
    """Whether the subject was taken from the conversation."""
    event: str | None = None
    """The event asked about, by which the target was found."""
    mentioned: tuple[Target, ...] = field(default=())
    """Other things named in the question: the body in «работает ли в нём USAID»."""


def understand(
    question: str,
    snapshot: RegistrySnapshot,
    *,
    now: datetime,
    language: Language = "ru",
    last_subject: Target | None = None,
) -> Understanding:
    """What the question asks.

    `language` is used where the question itself does not show one; `last_subject` is what was spoken of before.
    """
    reading = read(question, vocabulary(snapshot))
    spoken = language_of(question, reading, language)
    return _Judge(reading, snapshot, spoken, now.date(), last_subject).judge()


class _Judge:
    """One question being judged: each method is a rule that gives an understanding or passes."""

    def __init__(
        self,
        reading: Reading,
        snapshot: RegistrySnapshot,
        language: Language,
        today: date,
        last_subject: Target | None,
    ) -> None:
        self.reading = reading
        self.snapshot = snapshot
        self.language = language
        self.today = today
        self.last_subject = last_subject
        self.has = reading.has
        self.projects = self._narrowed(reading.values("project"))
        self.organisations = reading.values("organisation")
        self.places = reading.values("place")
        self.terms = reading.values("term")
        self.topics = reading.values("topic")
        self.events = reading.values("event")
        asked = reading.asked
        self.facts = tuple(fact for fact in FACTS if fact in asked)

    def judge(self) -> Understanding:
        """The first rule that applies decides."""
        rules = (
            self._not_ours,
            self._help,
            self._named_nearly,
            self._person,
            self._contact,
            self._term_defined,
            self._news,
            self._event,
            self._project,
            self._by_organisation,
            self._by_region,
            self._organisation,
            self._term,
            self._topic,
            self._all_projects,
            self._follow_up,
        )
        for rule in rules:
            if (understood := rule()) is not None:
                return understood
        return self._unknown()

    def _understood(self, kind: Kind, *targets: Target, **more: object) -> Understanding:
        values = {"facts": self.facts, **more}
        return Understanding(kind, self.language, tuple(targets), **values)  # type: ignore[arg-type]

    def _unknown(self) -> Understanding:
        return Understanding("unknown", self.language, guesses=self._guesses())

    def _guesses(self) -> tuple[Target, ...]:
        found = self._near(guesses.POSSIBLE)[:2]
        return tuple(Target(kind, slug) for kind, slug in found)  # type: ignore[arg-type]

    def _near(self, cutoff: float) -> list[tuple[str, str]]:
        """Names near to the question, with and without the words that ask."""
        for text in (self._residual(), " ".join(word.text for word in self.reading.words)):
            if found := guesses.near(text, self.snapshot, cutoff):
                return found
        return []

    def _residual(self) -> str:
        """What is left when the words that ask are taken away: perhaps a name."""
        asking = {
            at
            for span in self.reading.spans
            if span.only(CONCEPT, MONTH)
            for at in range(span.first, span.last + 1)
        }
        return " ".join(word.text for at, word in enumerate(self.reading.words) if at not in asking)

    @property
    def _named(self) -> bool:
        return bool(self.projects or self.organisations or self.events)

    @property
    def _mostly_unknown(self) -> bool:
        """Whether too many of the words that carry something were not recognised."""
        unknown = sum(map(len, self.reading.unknown))
        known = sum(span.letters for span in self.reading.spans if set(span.values(CONCEPT)) != {"filler"})
        return unknown > _MOST_UNKNOWN * (unknown + known)

    def _narrowed(self, projects: tuple[str, ...]) -> tuple[str, ...]:
        """Of a project and its successor with one name, the one that the question's words point to."""
        if self.has("both") or {"1", "2"} <= {word.text for word in self.reading.words}:
            return self._family(projects)
        shared = next(
            (span.values("project") for span in self.reading.spans if len(span.values("project")) > 1), ()
        )
        if not shared:
            return projects
        others = tuple(slug for slug in projects if slug not in shared)
        in_order = sorted(shared, key=lambda slug: self.snapshot.projects[slug].start or _SOME_DAY)
        if self.has("second"):
            return (in_order[1], *others)
        if self.has("first"):
            return (in_order[0], *others)
        bodies = set(self.reading.values("organisation"))
        if bodies and (own := [slug for slug in in_order if self._only_here(slug, shared, bodies)]):
            return (own[0], *others)
        if year := self._year():
            fitting = [slug for slug in in_order if self._goes_on_in(slug, year)]
            if len(fitting) == 1:
                return (fitting[0], *others)
        return tuple(dict.fromkeys((*in_order, *others)))

    def _family(self, projects: tuple[str, ...]) -> tuple[str, ...]:
        """The projects and those that share a name with them."""
        related = (
            slug
            for project in self.snapshot.data.projects
            for ambiguity in project.ambiguous
            if {project.slug, *ambiguity.others} & set(projects)
            for slug in (project.slug, *ambiguity.others)
        )
        return tuple(dict.fromkeys((*related, *projects)))

    def _only_here(self, slug: str, shared: tuple[str, ...], bodies: set[str]) -> bool:
        mine = bodies & _bodies(self.snapshot, slug)
        return bool(mine) and not any(
            mine & _bodies(self.snapshot, other) for other in shared if other != slug
        )

    def _goes_on_in(self, slug: str, year: int) -> bool:
        project = self.snapshot.projects[slug]
        if not project.start or not project.ends:
            return False
        if self.has("end"):
            return max(project.ends).year == year
        if self.has("start"):
            return project.start.year == year
        return project.start.year <= year <= max(project.ends).year

    def _year(self) -> int | None:
        years = [int(word.text) for word in self.reading.words if word.text.isdigit() and len(word.text) == 4]
        return next((year for year in years if 1990 <= year <= 2100), None)

    # rules, in their order

    def _not_ours(self) -> Understanding | None:
        perhaps = self.has("elsewhere") and not (self._named or self.has("project", "news"))
        if perhaps or self.reading.surely("orders", "elsewhere"):
            return Understanding("unknown", self.language)
        return self._unknown() if self._mostly_unknown and not self._surely_named else None

    @property
    def _surely_named(self) -> bool:
        """Whether anything was named, or might be, without typing errors in it."""
        named = [span for span in self.reading.spans if any(span.values(kind) for kind in _RECORDS)]
        return not named or any(span.score >= _SURE for span in named)

    def _help(self) -> Understanding | None:
        if (
            self.has("help")
            and not (self._greets() and self._says_more())
            and not (self._named and self.facts and not self.has("news"))
        ):
            return Understanding("help", self.language)
        return None

    def _greets(self) -> bool:
        """Whether all that speaks for help is a word such as «помощь» or «салам»."""
        spans = [span for span in self.reading.spans if "help" in span.values(CONCEPT)]
        return all(self.reading.words[span.first].forms & _CALLS for span in spans)

    def _says_more(self) -> bool:
        """Whether anything is said beside the words for help."""
        records = any(self.reading.values(kind) for kind in _RECORDS)
        return bool(self.reading.unknown or records or self.reading.concepts - _NOTHING_MORE)

    def _named_nearly(self) -> Understanding | None:
        """A name with mistakes that words alone could not repair, and names that only look like ours."""
        if self.reading.values(NOT_OURS) and not self._named:
            return Understanding("unknown", self.language)
        if self._named or self.places or self.topics or not self.reading.unknown:
            return None
        known = max((span.letters for span in self.reading.spans if span.values("term")), default=0)
        for kind, slug in self._near(guesses.CERTAIN)[:1]:
            if (kind == "term" and self.terms) or len(self.reading.text) < 2 * known:
                continue
            self.terms = ()
            match kind:
                case "project":
                    self.projects = (slug,)
                case "organisation":
                    self.organisations = (slug,)
                case "term":
                    self.terms = (slug,)
                case _:
                    self.events = (slug,)
        return None

    def _person(self) -> Understanding | None:
        people = self.reading.values(PERSON)
        if not people or self.projects:
            return None
        contact = next(contact for contact in self.snapshot.data.contacts if contact.slug == people[0])
        return self._understood(f"{contact.of_kind}_contact", Target(contact.of_kind, contact.of))  # type: ignore[arg-type]

    def _contact(self) -> Understanding | None:
        if not (self.has("contact") or (self.has("site") and not self.has("what_is"))):
            return None
        if self.projects:
            return self._understood("project_contact", *self._targets("project", self.projects))
        if self.organisations and not self.has("project"):
            return self._understood(
                "organisation_contact", *self._targets("organisation", self.organisations)
            )
        if self.events and (target := self._of_event()):
            kind: Kind = "project_contact" if target.kind == "project" else "organisation_contact"
            return self._understood(kind, target)
        return None

    def _term_defined(self) -> Understanding | None:
        """«Что такое ПДУУ в проекте УУМУ»: the term that the question word stands at, whatever else is named."""
        asked = next((span for span in self.reading.spans if "what_is" in span.values(CONCEPT)), None)
        term = self.reading.first_span("term")
        if not asked or not term or not self.terms or self._asks_precisely():
            return None
        if self.topics and self.has("news"):
            return None
        others = [
            span for span in self.reading.spans if span.values("project") or span.values("organisation")
        ]
        if any(_distance(asked, other) < _distance(asked, term) for other in others):
            return None
        return self._term_target(term.values("term")[0])

    def _asks_precisely(self) -> bool:
        return not _PRECISE.isdisjoint(self.facts)

    def _term_target(self, slug: str) -> Understanding:
        return self._understood("term", Target("term", slug))

    def _news(self) -> Understanding | None:
        if not self.has("news") or (self._asks_precisely() and not self._surely_news()):
            return None
        period = period_of(self.reading, self.today)
        targets = self._news_targets()
        if not targets and (
            not self._surely_news() or self._mostly_unknown or (not period and len(self.reading.unknown) > 1)
        ):
            return None
        return self._understood("releases", *targets, period=period)

    def _surely_news(self) -> bool:
        """Whether more than a mere «новый» speaks for news."""
        spans = [span for span in self.reading.spans if "news" in span.values(CONCEPT)]
        if all(span.score < _SURE for span in spans):
            return False
        return any(
            span.first != span.last
            or self.reading.words[span.first].text == "news"
            or not self.reading.words[span.first].forms & _NEW
            for span in spans
        )

    def _news_targets(self) -> tuple[Target, ...]:
        if self.projects:
            return self._targets("project", self.projects)
        topics = self.topics or tuple(filter(None, (self.snapshot.terms[slug].topic for slug in self.terms)))
        terms = () if topics else tuple(term for term in self.terms if term not in _GENERAL)
        regions = dict.fromkeys(self.snapshot.places[slug].region for slug in self.places)
        if self.events and not self.topics and not self.organisations and (target := self._of_event()):
            return (target,)
        return (
            *self._targets("topic", topics),
            *self._targets("term", terms),
            *self._targets("organisation", self.organisations),
            *self._targets("place", tuple(regions)),
        )

    def _event(self) -> Understanding | None:
        if not self.events or self.projects or not (target := self._of_event()):
            return None
        event = self.snapshot.events[self.events[0]]
        if event.projects:
            return self._understood("project", target, event=event.slug)
        targets = self._targets("organisation", event.organisations)
        return self._understood("releases", *targets, event=event.slug)

    def _of_event(self) -> Target | None:
        event = self.snapshot.events[self.events[0]]
        if event.projects:
            return Target("project", event.projects[0])
        return Target("organisation", event.organisations[0]) if event.organisations else None

    def _project(self) -> Understanding | None:
        if not self.projects:
            return None
        mentioned = (
            *self._targets("organisation", self.organisations),
            *self._targets("place", self.places),
        )
        return self._understood("project", *self._targets("project", self.projects), mentioned=mentioned)

    def _by_organisation(self) -> Understanding | None:
        if not self.organisations or not self._lists_projects():
            return None
        return self._understood(
            "projects_by_organisation",
            *self._targets("organisation", self.organisations),
            state=self._state(),
            mentioned=self._targets("place", self.places),
        )

    def _lists_projects(self) -> bool:
        """Whether the question about a body wants its projects rather than itself."""
        if self.has("project"):
            return True
        words = {word.text for word in self.reading.words}
        if not self.has("donor", "implementer", "partner"):
            return False
        return bool(words & _WHAT) or (self.has("list") and not self.has("who", "organisation"))

    def _by_region(self) -> Understanding | None:
        if not self.places or (self.organisations and not self.has("project", "except")):
            return None
        asked = self.has(
            "project", "list", "who", "works", "donor", "implementer", "organisation", "how_many"
        )
        topical = bool(self.terms or self.topics) and not self.has("project")
        if topical or (self._mostly_unknown if asked else bool(self.reading.unknown)):
            return None
        if self._about_people() or (not asked and (self.has("when", "start", "end", "budget"))):
            return None
        regions = tuple(dict.fromkeys(self.snapshot.places[slug].region for slug in self.places))
        return self._understood("projects_by_region", *self._targets("place", regions), state=self._state())

    def _about_people(self) -> bool:
        return self.has("contact", "head", "law", "method") and not self.has("project")

    def _organisation(self) -> Understanding | None:
        if not self.organisations:
            return None
        return self._understood("organisation", *self._targets("organisation", self.organisations))

    def _term(self) -> Understanding | None:
        if (
            not self.terms
            or (self.has("contact", "head") and not self.has("law"))
            or (self.places and not self.has("what_is"))
        ):
            return None
        if self._mostly_unknown and not self.has("what_is"):
            return None
        return self._term_target(self.terms[0])

    def _topic(self) -> Understanding | None:
        if not self.topics or self._mostly_unknown or self.has("contact"):
            return None
        return self._understood("releases", *self._targets("topic", self.topics))

    def _all_projects(self) -> Understanding | None:
        """«Какие проекты идут?»: every project, of a state perhaps."""
        wanted = self.has("list", "how_many", "works", "end", "about")
        if not self.has("project") or not wanted or self.reading.unknown or self.places:
            return None
        return self._understood("project", state=self._state())

    def _follow_up(self) -> Understanding | None:
        """«А кто исполнитель?» after something was spoken of."""
        subject = self.last_subject
        if (
            subject is None
            or self.reading.unknown
            or not (self.facts or self.has("contact", "site", "project"))
        ):
            return None
        if self.has("contact", "site") and subject.kind in ("project", "organisation"):
            return self._understood(f"{subject.kind}_contact", subject, followed_up=True)  # type: ignore[arg-type]
        if subject.kind == "organisation" and self.has("project"):
            return self._understood("projects_by_organisation", subject, followed_up=True)
        if subject.kind in ("project", "organisation", "term"):
            return self._understood(subject.kind, subject, followed_up=True)
        return None

    def _state(self) -> Literal["active", "over"] | None:
        words = {word.folded for word in self.reading.words}
        if words & _OVER:
            return "over"
        return "active" if words & _GOING_ON else None

    def _targets(self, kind: TargetKind, slugs: tuple[str, ...]) -> tuple[Target, ...]:
        return tuple(Target(kind, slug) for slug in slugs)


_SOME_DAY: Final = PartialDate(9999)
_GENERAL: Final = frozenset({"msu", "omsu", "ayil-aimak"})
"""Terms so general that news «about» them are simply the news."""
_CALLS: Final = frozenset(
    {
        "помощь",
        "помочь",
        "помоги",
        "жардам",
        "help",
        "привет",
        "салам",
        "здравствуйте",
        "hello",
        "hi",
        "меню",
        "menu",
        "пауза",
        "pause",
    }
)
_NOTHING_MORE: Final = frozenset({"help", "time", "list", "about", "works", "who", "what_is"})
_RECORDS: Final = ("project", "organisation", "term", "event", "place", "topic")
_SURE: Final = 0.85
_NEW: Final = frozenset({"новый", "жаны", "new", "recent", "последний", "акыркы", "свежий"})
_WHAT: Final = frozenset(
    {
        "что",
        "чего",
        "кого",
        "кому",
        "чему",
        "кимге",
        "эмнеге",
        "эмне",
        "эмнелерди",
        "эмнени",
        "кимди",
        "кимдерди",
        "what",
    }
)
_OVER: Final = frozenset(
    {
        "завершены", "завершенные", "завершился", "завершились",
        "закончились", "закончены", "закрыты", "прошедшие",
        "прошлые",
        "аяктаган", "бүткөн", "буткон", "аяктады", "completed", "finished", "ended", "over", "closed", "past",
    }
)  # fmt: skip
_GOING_ON: Final = frozenset(
    {
        "сейчас", "действуют", "действующие", "идут", "текущие", "активные", "продолжаются", "ныне", "азыр", "учурда",
        "азыркы", "жүрүп", "журуп", "жаткан", "now", "current", "currently", "active", "ongoing", "running",
    }
)  # fmt: skip


def _bodies(snapshot: RegistrySnapshot, slug: str) -> set[str]:
    project = snapshot.projects[slug]
    return {*project.donors, *project.implementers, *project.partners}


def _distance(one: Span, other: Span) -> int:
    return max(other.first - one.last, one.first - other.last)
