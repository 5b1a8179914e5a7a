"""What a question tells of instead of naming it: a project by its body and more, a word by what it means.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from bot.answers.namesakes import year_in
from bot.answers.reading import Reading
from bot.answers.words import words_of
from storage.languages import Names
from storage.registry import Project, RegistrySnapshot, Term

_LETTERS: Final = 5
"""Of a word that tells one thing from another."""
_OF_A_PROJECT, _OF_A_TERM = 2, 3
"""Such words that a question shares with the name of what it means, or with the definition."""


def project_told(bodies: Sequence[str], reading: Reading, snapshot: RegistrySnapshot) -> str | None:
    """The one project of these bodies that the other words of the question tell apart: by the year of its beginning or
    by words of its name; None where they do not.
    """
    projects = {project.slug: project for body in bodies for project in snapshot.projects_of(body)}
    year = year_in(reading)
    begun = [slug for slug, one in projects.items() if year and one.start and one.start.year == year]
    if len(begun) == 1:
        return begun[0]
    return _likest({slug: _shared(reading, _naming(one)) for slug, one in projects.items()}, _OF_A_PROJECT)


def term_told(reading: Reading, snapshot: RegistrySnapshot) -> str | None:
    """The one term whose definition shares most words with the question; None where none shares enough."""
    return _likest(
        {slug: _shared(reading, _defining(one)) for slug, one in snapshot.terms.items()}, _OF_A_TERM
    )


def _likest(alike: Mapping[str, int], least: int) -> str | None:
    most = max(alike.values(), default=0)
    likest = [slug for slug, number in alike.items() if number == most]
    return likest[0] if most >= least and len(likest) == 1 else None


def _shared(reading: Reading, forms: frozenset[str]) -> int:
    words = {word.text: word.forms for word in reading.words if len(word.text) >= _LETTERS}
    return sum(not of_word.isdisjoint(forms) for of_word in words.values())


@lru_cache(maxsize=4_096)
def _naming(project: Project) -> frozenset[str]:
    return _forms((*_texts(project.names), *_texts(project.full or project.names), *project.aliases))


@lru_cache(maxsize=1_024)
def _defining(term: Term) -> frozenset[str]:
    return _forms((*_texts(term.names), *_texts(term.definition)))


def _texts(names: Names) -> tuple[str, ...]:
    return tuple(names.as_mapping().values())


def _forms(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(form for text in texts for word in words_of(text) for form in word.forms)
