"""Questions that staff have answered for good: the same question gets the same answer, with who says so and when."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.answers.cards import lines, source_line
from bot.answers.dating import said_date
from bot.answers.kinds import Understanding
from bot.answers.model import Answer, SourceLine
from bot.i18n import translation
from storage.analysis import terms
from storage.registry import Faq, RegistrySnapshot

ALIKE: Final = 0.7
"""The part of the words of two questions that must be in both for one to be taken for the other."""
_FEWEST: Final = 2

Words = frozenset[str]


def same_question(question: str, snapshot: RegistrySnapshot) -> Faq | None:
    """The answered question that says the same words, in any form and order."""
    if not snapshot.faqs:
        return None
    asked = frozenset(terms(question))
    return next((faq for words, faq in _patterns(snapshot) if words == asked), None)


def like_question(question: str, snapshot: RegistrySnapshot) -> Faq | None:
    """The answered question that says nearly the same words; None where none or more than one does."""
    if not snapshot.faqs:
        return None
    asked = frozenset(terms(question))
    alike = {faq.slug: faq for words, faq in _patterns(snapshot) if _alike(words, asked)}
    return next(iter(alike.values())) if len(alike) == 1 else None


def answer_of(faq: Faq, understood: Understanding) -> Answer:
    """What staff answer, with its source, or the staff themselves, and the date."""
    tr = translation(understood.language)
    text = faq.answer.in_(understood.language)
    if faq.source:
        source = SourceLine(faq.source.title, faq.source.url, faq.as_of)
        said_by = source_line([source], tr)
    else:
        source = SourceLine(tr.gettext("staff"), "", faq.as_of)
        said_by = lines(tr.gettext("Source: staff, {date}", date=said_date(faq.as_of, tr)))
    return Answer(
        kind="faq",
        language=understood.language,
        entity=None,
        content=lines(text, said_by),
        facts=(text,),
        sources=(source,),
        understood=understood,
    )


@lru_cache(maxsize=2)
def _patterns(snapshot: RegistrySnapshot) -> tuple[tuple[Words, Faq], ...]:
    return tuple(
        (words, faq)
        for faq in snapshot.faqs.values()
        for question in faq.questions
        if (words := frozenset(terms(question)))
    )


def _alike(one: Words, other: Words) -> bool:
    shared = len(one & other)
    return shared >= _FEWEST and shared / len(one | other) >= ALIKE
