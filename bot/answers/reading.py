"""A question as typed → the reading of it in which most is recognised.

Other layouts, other alphabets and joined words give other readings; what was typed wins unless another one makes
more sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.answers.lexicon import CONCEPT, MONTH
from bot.answers.vocabulary import Span, Vocabulary
from bot.answers.words import Word, words_of
from storage.analysis import canonical, is_common_word, is_cyrillic, is_word, known_base, other_layout
from storage.languages import Language

MAX_LENGTH: Final = 1_000
"""Characters of a question that are read; longer texts are not questions."""

_FILLER: Final = "filler"
_KYRGYZ_LETTERS: Final = frozenset("өүңӨҮҢ")
_KYRGYZ_TENSE: Final = re.compile(r"(?:ып|ип|уп|айт|ейт|от|ыбы|иби|убу|ганбы|генби|дыбы|диби)$")
_RUSSIAN_FORM: Final = re.compile(r"(?:[аяеоюй]|ов|ев|ом|ем|[аяыи][мх]|ами|ями)$")
_TWO_ALPHABETS: Final = re.compile(
    r"(?<=[A-Za-z]{2})(?=[А-Яа-яЁёӨөҮүҢң]{2})|(?<=[А-Яа-яЁёӨөҮүҢң]{2})(?=[A-Za-z]{2})"
)
_CLEAR_LEAD: Final = 0.12
_SLIGHT_LEAD: Final = 0.03
_MISTYPED: Final = 0.85


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with what was recognised in it."""

    text: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...]

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts named anywhere in the question, but for filler."""
        return frozenset(value for span in self.spans for value in span.values(CONCEPT)) - {_FILLER}

    @property
    def asked(self) -> frozenset[str]:
        """The concepts outside of names: «аймак» in «Успешный аймак» asks nothing."""
        return frozenset(
            value for span in self.spans if span.only(CONCEPT, MONTH) for value in span.values(CONCEPT)
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words that nothing was recognised in; numbers are not counted."""
        taken = {at for span in self.spans for at in range(span.first, span.last + 1)}
        return tuple(
            word.text for at, word in enumerate(self.words) if at not in taken and not word.text.isdigit()
        )

    def values(self, kind: str) -> tuple[str, ...]:
        """What is meant of a kind, in the order of the question, each once."""
        return tuple(dict.fromkeys(value for span in self.spans for value in span.values(kind)))

    def first_span(self, kind: str) -> Span | None:
        """The first span with a meaning of this kind."""
        return next((span for span in self.spans if span.values(kind)), None)

    def has(self, *concepts: str) -> bool:
        """Whether any of the concepts is named."""
        return not self.concepts.isdisjoint(concepts)

    def surely(self, *concepts: str) -> bool:
        """Whether any of the concepts is named without typing errors."""
        return any(
            span.score > _MISTYPED and not set(span.values(CONCEPT)).isdisjoint(concepts)
            for span in self.spans
        )

    def plainly(self, *concepts: str) -> bool:
        """Whether a word without typing errors means one of the concepts and nothing else."""
        wanted = {*concepts, _FILLER}
        return any(
            span.score > _MISTYPED
            and span.only(CONCEPT)
            and not set(span.values(CONCEPT)).isdisjoint(concepts)
            and set(span.values(CONCEPT)) <= wanted
            for span in self.spans
        )

    def share(self) -> float:
        """The share of letters that something was recognised in, weighted by how surely."""
        letters = sum(len(word.text) for word in self.words)
        return sum(span.score * span.letters for span in self.spans) / letters if letters else 0.0


def read(question: str, vocabulary: Vocabulary) -> Reading:
    """The reading of a question in which most is recognised."""
    text = _TWO_ALPHABETS.sub(" ", question[:MAX_LENGTH])
    best = _reading(text, vocabulary)
    lead = _CLEAR_LEAD if is_cyrillic(text) else _SLIGHT_LEAD
    if best.share() > 1 - lead:
        return best
    for other in _others(text, vocabulary):
        reading = _reading(other, vocabulary)
        if reading.share() > best.share() + (lead if best.text == text else 0):
            best = reading
    return best


def _others(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    yield from canonical(text, vocabulary.knows)
    yield other_layout(text)


def _reading(text: str, vocabulary: Vocabulary) -> Reading:
    words = words_of(text)
    return Reading(text, words, vocabulary.spans(words))


def language_of(question: str, reading: Reading, hint: Language) -> Language:
    """The language to answer in: that of the question, or the hint where the question does not tell."""
    if _KYRGYZ_LETTERS & set(question):
        return "ky"
    votes: dict[Language, float] = {"ky": 0.0, "ru": 0.0, "en": 0.0}
    for span in reading.spans:
        for language in span.languages:
            votes[language] += span.letters / len(span.languages) ** 2
    for word in reading.words:
        _vote(word.text, votes)
    typed_cyrillic = is_cyrillic(reading.text)
    if typed_cyrillic:
        votes["en"] = 0.0
    elif votes["en"] or not any(votes.values()):
        return "en" if votes["en"] else hint
    best = max(votes.values())
    leaders = [language for language, given in votes.items() if given == best]
    if len(leaders) == 1:
        return leaders[0]
    if typed_cyrillic and any(map(_is_inflected_russian, reading.words)):
        return "ru"
    return hint if hint in leaders else "ru"


def _is_inflected_russian(word: Word) -> bool:
    """Whether a word stands in a form that only Russian has: «сайт Союза», «полномочия»."""
    return _RUSSIAN_FORM.search(word.text) is not None and is_common_word(word.text)


def _vote(word: str, votes: dict[Language, float]) -> None:
    """A word of one dictionary alone speaks a little for its language: «госагентство», «тушунбойм»."""
    russian, kyrgyz = is_common_word(word), known_base(word) is not None
    if not is_cyrillic(word):
        votes["en"] += len(word) if is_word(word) else 0
    elif russian != kyrgyz:
        votes["ru" if russian else "ky"] += 1
    elif not russian and _KYRGYZ_TENSE.search(word):
        votes["ky"] += 1
