"""Which word of the registry a question tells by what it means: «как называется, когда…».  Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.answers.reading import Reading
from bot.answers.words import words_of
from storage.registry import RegistrySnapshot, Term

_TELLING: Final = 5
"""Letters of a word that tells one definition from another."""
_ENOUGH: Final = 3


def defined(reading: Reading, snapshot: RegistrySnapshot) -> str | None:
    """The one term with most words of the question in its definition, of at least three; None where there is none."""
    asked = [word.forms for word in reading.words if len(word.text) >= _TELLING]
    alike = {
        slug: sum(not forms.isdisjoint(_defining(term)) for forms in asked)
        for slug, term in snapshot.terms.items()
    }
    most = max(alike.values(), default=0)
    likest = [slug for slug, number in alike.items() if number == most]
    return likest[0] if most >= _ENOUGH and len(likest) == 1 else None


@lru_cache(maxsize=1_024)
def _defining(term: Term) -> frozenset[str]:
    texts = (*term.names.as_mapping().values(), *term.definition.as_mapping().values())
    return frozenset(form for text in texts for word in words_of(text) for form in word.forms)
