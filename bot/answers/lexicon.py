"""The lexicon of questions as phrases, together with the names of the registry."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

from bot.answers.dating import KYRGYZ_MONTHS_OF
from bot.answers.vocabulary import Meaning, Phrase, Vocabulary
from storage.analysis import fold, normalise, tokens, word_forms
from storage.languages import LANGUAGES, Language
from storage.registry import RegistrySnapshot

CONCEPT: Final = "concept"
MONTH: Final = "month"
PERSON: Final = "person"
NOT_OURS: Final = "not"

_OTHER_MATTERS: Final = ("aside", "elsewhere")

_MONTHS: Final[dict[Language, str]] = {
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ky": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "en": "january february march april may june july august september october november december",
}


@lru_cache(maxsize=2)
def vocabulary(snapshot: RegistrySnapshot) -> Vocabulary:
    """Everything a question about this registry can name.

    A topic that staff made is ours, though its name («Дороги») stands among the words of other matters.
    """
    topics = [phrase for phrase in names(snapshot) if phrase.meaning.kind == "topic"]
    ours = {_lemmas(phrase.text) for phrase in topics}
    said = (
        phrase
        for phrase in lexicon()
        if phrase.meaning.value not in _OTHER_MATTERS or _lemmas(phrase.text) not in ours
    )
    return Vocabulary((*said, *names(snapshot)))


@lru_cache(maxsize=1)
def lexicon() -> tuple[Phrase, ...]:
    """The expressions of the lexicon and the months."""
    text = files("bot.answers").joinpath("lexicon.toml").read_text("utf-8")
    concepts = tomllib.loads(text)
    expressions = [
        Phrase(expression, Meaning(CONCEPT, concept), frozenset({language}))
        for concept, by_language in concepts.items()
        for language in LANGUAGES
        for expression in by_language.get(language, ())
    ]
    months = [
        Phrase(month, Meaning(MONTH, str(number)))
        for spoken in _MONTHS.values()
        for number, month in enumerate(spoken.split(), 1)
    ]
    months += [
        Phrase(of + ending, Meaning(MONTH, str(number)), frozenset({"ky"}))
        for number, of in enumerate(KYRGYZ_MONTHS_OF, 1)
        for ending in ("", "н")  # «июнунда», «июнундагы»: a base that takes the endings of a case
    ]
    return (*expressions, *months)


def names(snapshot: RegistrySnapshot) -> Iterator[Phrase]:
    """The names of records, places, topics and contact persons."""
    for alias in snapshot.aliases:
        yield _name(alias.text, Meaning(alias.kind, alias.slug))
    for project in snapshot.data.projects:
        for text in project.not_aliases:
            yield _name(text, Meaning(NOT_OURS, project.slug))
    for kind, records in (("place", snapshot.data.places), ("topic", snapshot.data.topics)):
        for record in records:
            for text in dict.fromkeys((*record.names.as_mapping().values(), *record.aliases)):
                yield _name(text, Meaning(kind, record.slug))
    for contact in snapshot.data.contacts:
        for text in contact.person.as_mapping().values() if contact.person else ():
            yield _name(text, Meaning(PERSON, contact.slug))
            yield _name(text.split()[-1], Meaning(PERSON, contact.slug))


def _lemmas(text: str) -> tuple[str, ...]:
    return tuple(fold(word_forms(token.text).primary) for token in tokens(normalise(text)))


def _name(text: str, meaning: Meaning) -> Phrase:
    return Phrase(text, meaning, loose=True)
