"""What a question asks, and about what.  Pure: takes the registry as it is and looks nothing else up.

The rules stand in their order at the end; the first that applies decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.answers import cue_words
from bot.answers.chatty import the_question
from bot.answers.clues import GENERAL, Clues
from bot.answers.descriptions import project_told, term_told
from bot.answers.kinds import ASPECTS, Kind, Target, TargetKind, Understanding
from bot.answers.learned import likely_facts, likely_kinds
from bot.answers.lexicon import CONCEPT, PERSON, vocabulary
from bot.answers.periods import period_of
from bot.answers.reading import MAX_LENGTH, language_of, read
from bot.answers.second_reading import reconsidered
from bot.answers.sentences import sentences
from bot.answers.vocabulary import Span
from storage.languages import Language
from storage.registry import RegistrySnapshot

__all__ = ["Kind", "Target", "TargetKind", "Understanding", "understand"]


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
    whole = Clues(reading, snapshot, spoken, now.date(), last_subject)
    by_rules = _in_parts(question, whole, snapshot, now, last_subject)
    understood = reconsidered(by_rules, whole, likely_kinds(reading), likely_facts(reading))
    if understood.kind != "unknown" or understood.mentioned:
        return understood
    return replace(understood, words=whole.search_words)


def _in_parts(
    question: str, whole: Clues, snapshot: RegistrySnapshot, now: datetime, last_subject: Target | None
) -> Understanding:
    parts = sentences(question[:MAX_LENGTH])
    if len(parts) < 2:
        return _by_rules(whole)

    def read_part(part: str, subject: Target | None, places: tuple[str, ...]) -> Clues:
        return Clues(
            read(part, vocabulary(snapshot)),
            snapshot,
            whole.language,
            now.date(),
            subject,
            places,
            same_message=subject != last_subject,
        )

    return the_question(parts, last_subject, read_part, _by_rules) or _by_rules(whole)


def _by_rules(clues: Clues) -> Understanding:
    for rule in _RULES:
        if (understood := rule(clues)) is not None:
            return understood
    return _unknown(clues)


def _understood(clues: Clues, kind: Kind, *targets: Target, **more: Any) -> Understanding:
    return Understanding(kind, clues.language, targets, **{"facts": clues.facts, **more})


def _unknown(clues: Clues) -> Understanding:
    return Understanding("unknown", clues.language, guesses=clues.guesses())


def _targets(kind: TargetKind, slugs: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(Target(kind, slug) for slug in slugs)


def _not_ours(clues: Clues) -> Understanding | None:
    perhaps = clues.has("elsewhere", "aside") and not (
        clues.named or clues.wants_news or clues.has("project")
    )
    if clues.only_looks_like_ours or clues.reading.surely("orders"):
        return Understanding("unknown", clues.language)
    if clues.reading.plainly("elsewhere") and not clues.asks_of_a_name:
        return Understanding("unknown", clues.language)
    if (perhaps or clues.reading.plainly("aside")) and not clues.asks_ours:
        return Understanding("unknown", clues.language)
    if clues.names_a_stranger:
        return _unknown(clues)
    return _unknown(clues) if clues.mostly_unknown and not clues.surely_named else None


def _help(clues: Clues) -> Understanding | None:
    if clues.small_talk and clues.has("greeting"):
        return Understanding("help", clues.language)
    of_a_record = clues.named and (clues.facts or clues.wants_contact) and not clues.wants_news
    about_a_thing = of_a_record or (clues.terms and clues.has("what_is", "naming"))
    if not clues.has("help") or clues.merely_greets or about_a_thing:
        return None
    return Understanding(
        "help", clues.language, aspect=next((one for one in ASPECTS if clues.has(one)), None)
    )


def _person(clues: Clues) -> Understanding | None:
    people = clues.reading.values(PERSON)
    if not people or clues.projects:
        return None
    contact = next(contact for contact in clues.snapshot.data.contacts if contact.slug == people[0])
    return _contact_of(clues, Target(contact.of_kind, contact.of))


def _contact(clues: Clues) -> Understanding | None:
    if not clues.wants_contact:
        return None
    if clues.projects:
        return _understood(clues, "project_contact", *_targets("project", clues.projects))
    if clues.organisations and not clues.has("project"):
        return _understood(clues, "organisation_contact", *_targets("organisation", clues.organisations))
    holder = _holder(clues)
    return _contact_of(clues, holder) if holder else None


def _contact_of(clues: Clues, target: Target) -> Understanding:
    kind: Kind = "project_contact" if target.kind == "project" else "organisation_contact"
    return _understood(clues, kind, target)


def _term_defined(clues: Clues) -> Understanding | None:
    """«Что такое ПДУУ в проекте УУМУ»: the term that the question word stands at, whatever else is named."""
    spans = clues.reading.spans
    asked = next((span for span in spans if "what_is" in span.values(CONCEPT)), None)
    term = clues.reading.first_span("term")
    if not asked or not term or not clues.terms or (clues.topics and clues.has("news")):
        return None
    if clues.asks_known_of(clues.terms[0]):
        return None
    others = [
        span
        for span in spans
        if span.values("project") or span.values("organisation") or "head" in span.values(CONCEPT)
    ]
    if any(_distance(asked, other) < _distance(asked, term) for other in others):
        return None
    if clues.has("both"):
        return _understood(clues, "term", *_targets("term", clues.terms))
    return _understood(clues, "term", Target("term", clues.terms[0]))


def _distance(one: Span, other: Span) -> int:
    return max(other.first - one.last, one.first - other.last)


def _compared(clues: Clues) -> Understanding | None:
    """«Чем айыл окмоту отличается от айылного аймака»."""
    terms = _targets("term", clues.compared)
    return _understood(clues, "term", *terms) if terms and not clues.named else None


def _term_told(clues: Clues) -> Understanding | None:
    """«Как называется, когда муниципалитеты вместе оказывают услугу»: the word that means it."""
    called = cue_words.CALLED & {word.folded for word in clues.reading.words}
    if not called or clues.named or not GENERAL.issuperset(clues.terms):
        return None
    slug = term_told(clues.reading, clues.snapshot)
    return _understood(clues, "term", Target("term", slug)) if slug else None


def _figures(clues: Clues) -> Understanding | None:
    """«Сколько женщин в местных кенешах»: figures that a word has, not news of the topic."""
    if not clues.has("how_many") or clues.named or clues.has("news"):
        return None
    figures = [clues.snapshot.topics[slug].figures for slug in clues.topics]
    terms = [slug for slug in figures if slug and clues.snapshot.terms[slug].facts_about("number")]
    return _understood(clues, "term", Target("term", terms[0])) if terms else None


def _news(clues: Clues) -> Understanding | None:
    if not clues.wants_news or (clues.precise and not clues.surely_news) or clues.asks_figures_of_named:
        return None
    period = period_of(clues.reading, clues.today)
    targets = _news_targets(clues)
    strange = clues.mostly_unknown or (not period and len(clues.reading.unknown) > 1)
    if not targets and (strange or not (clues.surely_news or clues.all_recognised)):
        return None
    return _understood(clues, "releases", *targets, period=period)


def _news_targets(clues: Clues) -> tuple[Target, ...]:
    if clues.projects:
        return _targets("project", clues.projects)
    if clues.last_subject and clues.of_the_subject and (clues.same_message or clues.is_short):
        return (clues.last_subject,)
    holder = _holder(clues)
    if holder and not clues.topics and not clues.organisations:
        return (holder,)
    of_terms = (clues.snapshot.terms[slug].topic for slug in clues.terms)
    topics = clues.topics or tuple(topic for topic in of_terms if topic)
    introduced = clues.regions and clues.has("people")  # «мен Нарындан кенештин депутаты болом»: who asks
    terms = () if topics or introduced else tuple(term for term in clues.terms if term not in GENERAL)
    return (
        *_targets("topic", topics),
        *_targets("term", terms),
        *_targets("organisation", clues.organisations),
        *_targets("place", clues.regions),
    )


def _event(clues: Clues) -> Understanding | None:
    holder = _holder(clues)
    if clues.events and clues.organisations and not clues.projects:
        event = clues.snapshot.events[clues.events[0]]
        if own := tuple(slug for slug in clues.organisations if slug in event.organisations):
            return _understood(clues, "releases", *_targets("organisation", own), event=event.slug)
    if not holder or (clues.projects and not (holder.slug in clues.projects and clues.asks_of_the_event)):
        return None
    event = clues.snapshot.events[clues.events[0]]
    if event.projects:
        return _understood(clues, "project", holder, event=event.slug)
    return _understood(clues, "releases", *_targets("organisation", event.organisations), event=event.slug)


def _holder(clues: Clues) -> Target | None:
    """The project or body that held the event named."""
    if not clues.events:
        return None
    event = clues.snapshot.events[clues.events[0]]
    if event.projects:
        return Target("project", event.projects[0])
    return Target("organisation", event.organisations[0]) if event.organisations else None


def _by_method(clues: Clues) -> Understanding | None:
    """«Какой проект подготовил методики ПСЭР»: the project that is said to have made them."""
    if not (clues.has("project") and clues.has("method")) or clues.projects:
        return None
    makers = [project.slug for project in clues.snapshot.data.projects if project.facts_about("method")]
    return _understood(clues, "project", Target("project", makers[0])) if len(makers) == 1 else None


def _others(clues: Clues) -> Understanding | None:
    """«Что ещё финансирует SDC, кроме УУМУ?»: the project named is the one that is not meant."""
    if not clues.excepted:
        return None
    if clues.organisations:
        bodies = _targets("organisation", clues.organisations)
        return _understood(clues, "projects_by_organisation", *bodies, state=clues.state)
    if clues.regions:
        return _understood(clues, "projects_by_region", *_targets("place", clues.regions), state=clues.state)
    return None


def _project(clues: Clues) -> Understanding | None:
    if not clues.projects:
        return None
    bodies = (
        () if clues.has("except") else clues.organisations
    )  # «кто кроме швейцарцев»: the others are asked for
    mentioned = (*_targets("organisation", bodies), *_targets("place", clues.regions))
    return _understood(clues, "project", *_targets("project", clues.projects), mentioned=mentioned)


def _shared(clues: Clues) -> Understanding | None:
    """«Партнёрство Союза МСУ, ИПР и АМУЦА», «проект Хельветас и ИПР»: the one project that has all of them."""
    if len(clues.organisations) < 2 or clues.many_projects or not clues.has("project", "partner"):
        return None
    bodies = set(clues.organisations)
    shared = [
        project.slug
        for project in clues.snapshot.data.projects
        if bodies <= {*project.donors, *project.implementers, *project.partners}
    ]
    return _understood(clues, "project", Target("project", shared[0])) if len(shared) == 1 else None


def _project_told(clues: Clues) -> Understanding | None:
    """«Швейцарский проект про подотчётность: сколько муниципалитетов»: told by its body and by words of its name."""
    if clues.projects or not clues.precise or clues.many_projects or not clues.has("project"):
        return None
    slug = project_told(clues.organisations, clues.reading, clues.snapshot)
    return _understood(clues, "project", Target("project", slug)) if slug else None


def _by_organisation(clues: Clues) -> Understanding | None:
    if not clues.organisations or not clues.lists_projects:
        return None
    bodies, places = _targets("organisation", clues.organisations), _targets("place", clues.regions)
    return _understood(clues, "projects_by_organisation", *bodies, state=clues.state, mentioned=places)


def _by_region(clues: Clues) -> Understanding | None:
    listing = ("project", "list", "who", "works", "donor", "implementer", "organisation")
    asked = clues.has(*listing)
    if not clues.regions or (clues.organisations and not clues.has("project", "except")):
        return None
    if clues.last_subject and clues.last_subject.kind == "place" and clues.is_short:
        asked = True  # «а в Оше?» after the projects of another place
    if asked and not clues.has("project") and (clues.asks_of_people or len(clues.reading.unknown) > 1):
        return None
    if clues.mostly_unknown if asked else clues.reading.unknown:
        return None
    topical = set(clues.terms) - GENERAL or clues.topics or clues.has("contact", "head", "law", "method")
    if (topical and not clues.has("project")) or (not asked and clues.has("when", "start", "end", "budget")):
        return None
    return _understood(clues, "projects_by_region", *_targets("place", clues.regions), state=clues.state)


def _organisation(clues: Clues) -> Understanding | None:
    bodies = _targets("organisation", clues.organisations)
    return _understood(clues, "organisation", *bodies) if bodies else None


def _term(clues: Clues) -> Understanding | None:
    defined = clues.has("what_is", "naming") or clues.asks_which_of_two
    about_people = clues.has("contact", "head") and not clues.has("law")
    if clues.has("project") and not defined and GENERAL.issuperset(clues.terms):
        return None  # «проекты местного самоуправления»: the projects are meant
    if not clues.terms or about_people or ((clues.regions or clues.mostly_unknown) and not defined):
        return None
    return _understood(clues, "term", Target("term", clues.terms[0]))


def _topic(clues: Clues) -> Understanding | None:
    if not clues.topics or clues.mostly_unknown or clues.has("contact"):
        return None
    return _understood(clues, "releases", *_targets("topic", clues.topics))


def _all_projects(clues: Clues) -> Understanding | None:
    """«Какие проекты идут?»: every project, of a state perhaps."""
    wanted = clues.has("list", "how_many", "works", "end", "start", "about")
    if not clues.has("project") or not wanted or clues.reading.unknown or clues.regions:
        return None
    if not clues.many_projects:
        return None
    return _understood(clues, "project", state=clues.state, period=period_of(clues.reading, clues.today))


def _follow_up(clues: Clues) -> Understanding | None:
    """«А кто исполнитель?» after something was spoken of."""
    subject = clues.last_subject
    if subject is None or (clues.reading.unknown and not (clues.same_message and clues.of_the_subject)):
        return None
    contact = clues.wants_contact
    if not (clues.facts or contact or clues.wants_news or clues.has("project")):
        return None
    match subject.kind:
        case "project" | "organisation" if contact:
            return _contact_of(clues, subject)
        case "organisation" | "project" if clues.wants_news:
            return _understood(clues, "releases", subject)
        case "organisation" if clues.has("project"):
            return _understood(clues, "projects_by_organisation", subject)
        case "project" if clues.has("project") and not clues.facts:
            return None
        case "project" | "organisation" | "term":
            return _understood(clues, subject.kind, subject)
    return None


_RULES: Final[tuple[Callable[[Clues], Understanding | None], ...]] = (
    _term_told,
    _not_ours,
    _help,
    _person,
    _contact,
    _compared,
    _term_defined,
    _figures,
    _news,
    _event,
    _by_method,
    _others,
    _project,
    _shared,
    _project_told,
    _by_organisation,
    _by_region,
    _organisation,
    _term,
    _topic,
    _follow_up,
    _all_projects,
)
