"""What a reading of a question offers to go by: things named, facts asked, and how sure all that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from bot.answers import cue_words, guesses
from bot.answers.kinds import FACTS, PRECISE, TERM_FACTS, State, Target
from bot.answers.lexicon import CONCEPT, MONTH, NOT_OURS
from bot.answers.namesakes import narrowed
from bot.answers.reading import Reading
from storage.languages import Language
from storage.registry import RegistrySnapshot

RECORDS: Final = ("project", "organisation", "term", "event", "place", "topic")
"""The kinds of things that can be named."""

GENERAL: Final = frozenset({"msu", "omsu", "ayil-aimak"})
"""Terms so general that beside another one, or in a question for news, they are not what is meant."""

_DONORS_NUMBER: Final = re.compile(r"7f\d{4,6}\Z")
_MOST_UNKNOWN: Final = 0.5
_SURE: Final = 0.85
_NOTHING_MORE: Final = frozenset({"help", "time", "list", "about", "works", "who", "what_is"})
_TALK: Final = frozenset({"filler", "greeting"})
_QUOTED: Final = re.compile(r"[«\"“„][^»\"”“]{3,80}[»\"”]")
_CITIES: Final = frozenset({"bishkek", "osh-city"})
_SHORTEST_NAME: Final = 3
_SHORT: Final = 2
_SEARCHED: Final = 6
"""Words that are looked for in releases at most: longer texts are no search."""
_OF_EVENTS: Final = frozenset({"event", "naming", "how_many", "municipality"})
_ASK_OF_NOTHING: Final = frozenset(
    {"filler", "news", "mention", "what_is", "about", "list", "who", "greeting", "time", "works"}
)
"""Concepts whose words are not looked for in releases."""
_LIKELY: Final = 0.75
_LONG_NAME: Final = 15
"""Letters of a name in which a slip or two leave no doubt."""


@dataclass(frozen=True)
class Clues:
    """A question as far as its words were recognised, with what was spoken of before."""

    reading: Reading
    snapshot: RegistrySnapshot
    language: Language
    today: date
    last_subject: Target | None = None
    places_before: tuple[str, ...] = ()
    """The oblasts that earlier sentences of the message named."""
    same_message: bool = False
    """Whether `last_subject` was named earlier in this very message."""

    def has(self, *concepts: str) -> bool:
        """Whether any of the concepts is named."""
        return self.reading.has(*concepts)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts asked for."""
        places = {"ayil-okmotu", "ayil-aimak"} & set(self.reading.values("term"))
        counted = {"municipality"} if self.projects and self.has("how_many") and places else set()
        told = {"event"} if self.projects and "local_initiatives" in self.topics else set()
        asked = self.reading.asked | counted | told | ({"number"} if self.number_meant else set())
        if not self.named:
            asked -= {"successor"}  # «что стало», «эмне болду» without a body: what has happened
        if not self.has("how_many"):
            asked -= {"staff"}  # «поговорить с сотрудниками проекта»
            if not self.named and "donor" in asked:
                asked -= {"budget"}  # «кто платит за местную инициативу, бюджет или жители»
        if asked & PRECISE - {"naming"}:
            asked -= {"naming"}  # «кто финансирует УУМУ, ответьте на кыргызском»
        return tuple(fact for fact in FACTS if fact in asked)

    @cached_property
    def number_meant(self) -> bool:
        """Whether «номер» is the one that a donor gives a project, not a phone."""
        words = {form for word in self.reading.words for form in word.forms}
        if not self.projects:
            return False
        if any(_DONORS_NUMBER.match(word.text) for word in self.reading.words):
            return True
        if not (words & cue_words.NUMBERS or "number" in self.reading.asked):
            return False
        return self.has("register") or "sdc" in self.organisations

    @cached_property
    def precise(self) -> bool:
        """Whether a particular fact is asked for."""
        return not PRECISE.isdisjoint(self.facts)

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """The projects meant."""
        return narrowed(self.reading, self.snapshot) or self._nearly("project")

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """The bodies named; «швейцарская» beside another body only says where that one is from."""
        spans = [span for span in self.reading.spans if span.values("organisation")]
        plain = [span for span in spans if not self.reading.words[span.first].forms & cue_words.ORIGINS]
        found = (slug for span in plain or spans for slug in span.values("organisation"))
        return tuple(dict.fromkeys(found)) or self._nearly("organisation")

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The events named."""
        return self.reading.values("event") or self._nearly("event")

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The terms named, unless they are a part of a longer name with mistakes in it."""
        if self._near_name:
            return self._nearly("term")
        named = self.reading.values("term")
        special = tuple(slug for slug in named if slug not in GENERAL)
        return special if special and not self.has("how_many") else named

    def asks_known_of(self, term: str) -> bool:
        """Whether a fact is asked that the registry has of the term, beside what it means."""
        kinds = {fact.kind for fact in self.snapshot.terms[term].facts}
        return any(TERM_FACTS.get(fact, fact) in kinds for fact in PRECISE.intersection(self.facts))

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics named."""
        return self.reading.values("topic")

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The oblasts and cities that the places named lie in."""
        places = self.reading.values("place")
        named = tuple(dict.fromkeys(self.snapshot.places[slug].region for slug in places))
        here = tuple(dict.fromkeys(self._oblast_meant(slug, named) for slug in named))
        wanted = self.has("project") or self.wants_news
        return here or (self.places_before if wanted and not self.named else ())

    def _oblast_meant(self, region: str, named: tuple[str, ...]) -> str:
        """«Нарын менен Ош», «Ош, не город, а область»: the oblast and not the city of its name."""
        namesake = self.snapshot.places[region].namesake
        if namesake is None:
            return region
        words = [word.folded for word in self.reading.words]
        oblast_said = any(
            word.startswith(cue_words.OBLAST) and not _is_denied(words, at, at)
            for at, word in enumerate(words)
        )
        cities = {slug for slug in named if slug in _CITIES} - {region}
        among_oblasts = len(named) > 1 and not cities
        return namesake if among_oblasts or oblast_said else region

    @cached_property
    def wants_contact(self) -> bool:
        """Whether a way to reach somebody is asked for; «письмо» says so only where nothing else is asked."""
        if self.number_meant or self.counts_people:
            return False
        about_a_site = self.has("what_is") or (self.has("about") and self._is_media)
        named_site = self.has("site") and not about_a_site and not self.surely_news
        if named_site or (self.has("contact", "number") and not self._denied("contact")):
            return True
        if self.has("person") and self.named:
            return True
        return self.has("writing") and not (self.precise or self.has("what_is", "project", "news"))

    @property
    def _is_media(self) -> bool:
        """Whether what is named is itself a site or a journal: «сайт» then says only what it is."""
        kinds = {self.snapshot.organisations[slug].kind for slug in self.organisations}
        return kinds == {"media"}

    def _denied(self, concept: str) -> bool:
        """Whether every word for it is denied: «не телефон», «телефондуку эмес»."""
        texts = [word.folded for word in self.reading.words]
        spans = [span for span in self.reading.spans if concept in span.values(CONCEPT)]
        return bool(spans) and all(_is_denied(texts, span.first, span.last) for span in spans)

    @cached_property
    def wants_news(self) -> bool:
        """Whether news are asked for; «написано» says so only where nothing else is asked."""
        if self.has("news"):
            return not self._is_media or self._says_new
        asks_else = self.precise or self.has("what_is", "project", "contact", "help")
        about = cue_words.ABOUT & {word.folded for word in self.reading.words}
        return self.has("mention") and not asks_else and bool(about or self.has("time"))

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """The terms of which the difference is asked, two and more."""
        if not self.has("difference"):
            return ()
        named = self.reading.values("term")
        return named if len(named) > 1 else ()

    @cached_property
    def named(self) -> bool:
        """Whether a project, a body or an event is named."""
        return bool(self.projects or self.organisations or self.events)

    @cached_property
    def asks_ours(self) -> bool:
        """Whether something of ours is asked for plainly, whatever else is mentioned in passing."""
        if self.has("help") and self.reading.surely("help") and not self.merely_greets and not self.named:
            return True
        if self._surely("project"):
            return True
        if self._surely("organisation", "event") and not self._merely_of_a_country:
            return bool(self.precise or self.wants_news or self.has("contact", "site", "what_is", "about"))
        if self._surely("place") and (self.many_projects or (self.surely_news and self.has("news"))):
            return True  # «проекты по воде в Нарыне», «новости про дороги в Оше»
        if not self._surely("term"):
            return False
        paid = self.has("donor", "contribution") and any(map(self.asks_known_of, self.terms))
        return self._defines or self.has("naming") or paid

    @property
    def _merely_of_a_country(self) -> bool:
        """Whether bodies are named just by where they are from: «швейцарские часы», «виза в Швейцарию»."""
        countries = cue_words.ORIGINS | cue_words.COUNTRIES
        spans = [span for span in self.reading.spans if span.values("organisation")]
        return bool(spans) and all(
            span.first == span.last and self.reading.words[span.first].forms & countries for span in spans
        )

    @cached_property
    def asks_of_a_name(self) -> bool:
        """Whether a fact or contact of a project is asked for, or the site of a body: no other matter ends that."""
        spans = [
            span for span in self.reading.spans if span.score >= _SURE and span.letters >= _SHORTEST_NAME
        ]
        of_project = any(span.values("project") for span in spans) and (self.precise or self.wants_contact)
        of_body = any(span.values("organisation") for span in spans) and self.has("site")
        return of_project or of_body

    @cached_property
    def of_the_subject(self) -> bool:
        """Whether nothing of ours is named, so that what was spoken of just before is meant: «адрес остался?»."""
        return not self.named and not self.terms and not self.topics and not self.reading.values("place")

    @property
    def goes_on(self) -> bool:
        """Whether it goes on from what was spoken of before: nothing is named, or just another place."""
        if self.last_subject is None:
            return False
        return self.of_the_subject or (self.last_subject.kind == "place" and self.is_short)

    @property
    def is_short(self) -> bool:
        """Whether it is so short that it goes on from what was said: «а новости?», «а в Оше?»."""
        said = [span for span in self.reading.spans if set(span.values(CONCEPT)) != {"filler"}]
        return len(said) + len(self.reading.unknown) <= _SHORT

    @cached_property
    def asks_figures_of_named(self) -> bool:
        """«Сколько муниципалитетов, как писали в прессе», «что стало с ГАМСУМО»: a fact, though news are mentioned."""
        asked = set(self.facts)
        counted = bool(self.projects) and self.has("how_many") and self.precise
        paid = bool(self.projects) and bool(asked & {"donor", "implementer"}) and not self._says_new
        closed = bool(self.organisations) and {"end", "successor"} <= asked
        made = bool(self.terms) and {"method", "when"} <= asked
        return counted or paid or closed or made

    @property
    def _says_new(self) -> bool:
        words = {form for word in self.reading.words for form in word.forms}
        return bool(words & cue_words.NEWS)

    @cached_property
    def counts_people(self) -> bool:
        """Whether it is asked how many people came."""
        return self.has("how_many") and bool(cue_words.PEOPLE & {word.folded for word in self.reading.words})

    @cached_property
    def asks_of_the_event(self) -> bool:
        """Whether nothing is asked of the project named but what its event is, or how many came."""
        return self.counts_people or not (PRECISE & set(self.facts)) - _OF_EVENTS

    @cached_property
    def asks_which_of_two(self) -> bool:
        """«Айыл окмоту — это исполнительный орган или совет?»: what the word means decides."""
        return bool(cue_words.OR & {word.folded for word in self.reading.words}) and self._surely("term")

    @cached_property
    def excepted(self) -> bool:
        """Whether a project is named only to be left out: «кроме УУМУ»."""
        spans = self.reading.spans
        after = next((span.last for span in spans if "except" in span.values(CONCEPT)), None)
        if after is None:
            return False
        before_kyrgyz = [span for span in spans if span.last == after - 1 and span.values("project")]
        if before_kyrgyz and self.language == "ky":
            return True
        named = [span for span in spans if span.first > after and any(map(span.values, RECORDS))]
        return bool(named) and bool(named[0].values("project"))

    @cached_property
    def names_a_stranger(self) -> bool:
        """Whether a project is named in quotation marks that the registry does not have."""
        if not self.has("project") or self.named:
            return False
        return any(self._strange(*quoted.span()) for quoted in _QUOTED.finditer(self.reading.text))

    def _strange(self, start: int, end: int) -> bool:
        words = self.reading.words
        inside = {at for at, word in enumerate(words) if start <= word.start and word.end <= end}
        known = {
            at
            for span in self.reading.spans
            for at in range(span.first, span.last + 1)
            if not span.only(CONCEPT) or set(span.values(CONCEPT)) != {"filler"}
        }
        ours = any(
            span.first in inside and any(span.values(kind) for kind in RECORDS if kind != "place")
            for span in self.reading.spans
        )
        return bool(inside - known) and not ours

    @cached_property
    def _defines(self) -> bool:
        """Whether «что такое» is said of the term; a bare «эмне» far from it asks for something else."""
        spans = self.reading.spans
        asking = [span for span in spans if "what_is" in span.values(CONCEPT)]
        terms = [span for span in spans if span.values("term")]
        return any(
            one.first != one.last or min(abs(one.first - term.last), abs(term.first - one.last)) <= 1
            for one in asking
            for term in terms
        )

    @cached_property
    def asks_of_people(self) -> bool:
        """Whether it is asked who governs a place, or how many live there: not what projects do."""
        return self.has("head", "how_many", "event", "staff", "people", "law", "when", "start")

    @cached_property
    def many_projects(self) -> bool:
        """Whether projects are spoken of in the plural."""
        return any(cue_words.MANY_PROJECTS.match(word.folded) for word in self.reading.words)

    @cached_property
    def elsewhere(self) -> bool:
        """Whether it is plainly about other matters."""
        return self.reading.surely("orders", "elsewhere", "aside")

    @cached_property
    def small_talk(self) -> bool:
        """Whether nothing but a greeting, thanks or words that carry nothing stand there."""
        spans = self.reading.spans
        talk = all(span.only(CONCEPT) and set(span.values(CONCEPT)) <= _TALK for span in spans)
        return talk and not self.reading.unknown and bool(spans)

    def _surely(self, *kinds: str) -> bool:
        return any(
            (span.score >= _SURE or (span.score >= _LIKELY and span.letters >= _LONG_NAME))
            and any(span.values(kind) for kind in kinds)
            for span in self.reading.spans
        )

    @cached_property
    def only_looks_like_ours(self) -> bool:
        """Whether the name of another thing stands there that is only like one of the registry."""
        plainly = any(self.reading.values(kind) for kind in ("project", "organisation", "event"))
        return bool(self.reading.values(NOT_OURS)) and not plainly

    @cached_property
    def mostly_unknown(self) -> bool:
        """Whether too many of the words that carry something were not recognised."""
        unknown = sum(map(len, self.reading.unknown))
        spans = (span for span in self.reading.spans if set(span.values(CONCEPT)) != {"filler"})
        return unknown > _MOST_UNKNOWN * (unknown + sum(span.letters for span in spans))

    @cached_property
    def all_recognised(self) -> bool:
        """Whether every word of several was recognised, if with typing errors."""
        return len(self.reading.words) > 1 and not self.reading.unknown

    @cached_property
    def surely_named(self) -> bool:
        """Whether nothing was named, or something without typing errors in it."""
        named = [span for span in self.reading.spans if any(span.values(kind) for kind in RECORDS)]
        return not named or any(span.score >= _SURE for span in named)

    @cached_property
    def surely_news(self) -> bool:
        """Whether more than a mere «новый» speaks for news."""
        if not self.wants_news:
            return False
        spans = [span for span in self.reading.spans if {"news", "mention"} & set(span.values(CONCEPT))]
        if all(span.score < _SURE for span in spans):
            return False
        firsts = [(span, self.reading.words[span.first]) for span in spans]
        return any(
            span.first != span.last or word.text == "news" or not word.forms & cue_words.NEW
            for span, word in firsts
        )

    @cached_property
    def merely_greets(self) -> bool:
        """Whether «привет» or «помогите» stands before a question about something else."""
        spans = [span for span in self.reading.spans if "help" in span.values(CONCEPT)]
        calls = all(self.reading.words[span.first].forms & cue_words.CALLS for span in spans)
        records = any(self.reading.values(kind) for kind in RECORDS)
        return calls and bool(self.reading.unknown or records or self.reading.concepts - _NOTHING_MORE)

    @cached_property
    def lists_projects(self) -> bool:
        """Whether a question about a body wants its projects rather than itself."""
        if self.has("project"):
            return True
        helped = self.has("works") and cue_words.HELPED & {word.text for word in self.reading.words}
        if helped:
            return True
        if not self.has("donor", "implementer", "partner"):
            return False
        if self.has("where") and not self.projects:
            return True  # «где ИПР исполнитель»
        objects = cue_words.OBJECTS & {word.text for word in self.reading.words}
        return bool(objects) or (self.has("list") and not self.has("who", "organisation"))

    @cached_property
    def state(self) -> State | None:
        """Whether only projects that go on, or only those that are over, are wanted."""
        words = {word.folded for word in self.reading.words}
        if words & cue_words.OVER:
            return "over"
        return "active" if words & cue_words.GOING_ON else None

    @cached_property
    def search_words(self) -> str:
        """The words that carry something, to be looked for in releases; "" where the question is not for those."""
        if self.reading.surely("orders") or self.reading.plainly("elsewhere") or self.small_talk:
            return ""
        asking = {
            at
            for span in self.reading.spans
            if span.only(CONCEPT, MONTH) and set(span.values(CONCEPT)) <= _ASK_OF_NOTHING
            for at in range(span.first, span.last + 1)
        }
        words = [word.text for at, word in enumerate(self.reading.words) if at not in asking]
        return " ".join(words) if 0 < len(words) <= _SEARCHED else ""

    def guesses(self) -> tuple[Target, ...]:
        """The two records that are named, if not what is asked of them is known, or whose names are nearest."""
        found = (
            self._named_records()[:2]
            or list(guesses.near_words(self.reading, self.snapshot, guesses.POSSIBLE))[:2]
        )
        return tuple(Target(kind, slug) for kind, slug in found)  # type: ignore[arg-type]  # kinds of aliases

    def _named_records(self) -> list[tuple[str, str]]:
        """The projects, bodies and terms named without typing errors."""
        sure = [span for span in self.reading.spans if span.score >= _SURE]
        found = [
            (kind, slug)
            for kind in ("project", "organisation", "term")
            for span in sure
            for slug in span.values(kind)
        ]
        return [one for one in dict.fromkeys(found) if one[1] not in GENERAL]

    def _nearly(self, kind: str) -> tuple[str, ...]:
        return self._near_name[1] if self._near_name and self._near_name[0] == kind else ()

    @cached_property
    def _near_name(self) -> tuple[str, tuple[str, ...]] | None:
        """A name with mistakes that could not be repaired word by word: its kind, and all that it names."""
        plainly = any(self.reading.values(kind) for kind in RECORDS if kind != "term")
        if plainly or self.only_looks_like_ours or not self.reading.unknown:
            return None
        known = max((span.letters for span in self.reading.spans if span.values("term")), default=0)
        near = guesses.near_words(self.reading, self.snapshot, guesses.CERTAIN)
        kind, _ = next(iter(near), ("", ""))
        if not kind or (kind == "term" and known) or len(self.reading.text) < 2 * known:
            return None
        nearest = max(near.values())
        return kind, tuple(slug for (of, slug), score in near.items() if of == kind and score == nearest)


def _is_denied(words: Sequence[str], first: int, last: int) -> bool:
    """Whether it is said of these words that they are not meant."""
    return words[max(0, first - 1) : first] == ["не"] or words[last + 1 : last + 2] == ["эмес"]
