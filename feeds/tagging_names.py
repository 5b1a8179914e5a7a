"""Projects and organisations by the names people call them.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from feeds.tagging_phrases import Phrasebook, Span, outermost
from feeds.tagging_text import Reading
from storage.analysis import fold, is_common_word, normalise, tokens

_CUES: Final = (
    "проект",
    "программ",
    "долбоор",
    "project",
    "programme",
    "журнал",
    "инициатив",
    "платформ",
    "партнерств",
)
_CUE_DISTANCE: Final = 3
_SHORT: Final = 3
_LONGEST_ABBREVIATION: Final = 8


@dataclass(frozen=True, slots=True)
class Alias:
    """A name by which texts speak of a record of the registry; `canonical` is the record's Russian name."""

    text: str
    kind: str
    slug: str
    canonical: str = ""


class NameFinder:
    """Finds aliases in a reading, in any inflection; of nested names the longest counts.

    A name of ordinary words («Голос граждан») counts when it is written as a name: with a capital, in quotes,
    or after a word such as «проект»; a single ordinary word («Муниципалитет») only in quotes or after such a
    word; an abbreviation of up to three letters only in capitals.
    """

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._aliases: dict[str, list[Alias]] = defaultdict(list)
        for alias in aliases:
            if phrase := _phrase(alias.text):
                self._aliases[phrase].append(alias)
        self._book = Phrasebook(self._aliases)

    def find(self, reading: Reading) -> list[tuple[Alias, str]]:
        """Each alias that stands in the reading with the words that do, in order of appearance, a record
        once.
        """
        places: dict[Span, list[Alias]] = defaultdict(list)
        for phrase, spans in self._book.find(reading).items():
            for span in spans:
                places[span].extend(
                    alias for alias in self._aliases[phrase] if _is_name(alias, span, reading)
                )
        named = [span for span in places if places[span]]
        found: dict[tuple[str, str], tuple[Alias, str]] = {}
        for span in outermost(named):
            for alias in _meant(places[span]):
                found.setdefault((alias.kind, alias.slug), (alias, reading.written(span.first, span.last)))
        return list(found.values())


def _phrase(text: str) -> str:
    return " ".join(token.text for token in tokens(text))


def _meant(aliases: Sequence[Alias]) -> Sequence[Alias]:
    """Of several records with one name, the one whose own name it is; all of them where it is nobody's own."""
    own = [alias for alias in aliases if fold(normalise(alias.text)) == fold(normalise(alias.canonical))]
    return own or aliases


def _is_name(alias: Alias, span: Span, reading: Reading) -> bool:
    first = reading.words[span.first]
    if _is_abbreviation(alias.text):
        return first.upper or (first.capital and first.end - first.start > _SHORT)
    if first.quoted or _after_cue(span, reading):
        return True
    if span.first == span.last and is_common_word(first.text):
        return False
    return first.capital


def _is_abbreviation(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return " " not in text and len(letters) <= _LONGEST_ABBREVIATION and all(map(str.isupper, letters))


def _after_cue(span: Span, reading: Reading) -> bool:
    before = reading.words[max(0, span.first - _CUE_DISTANCE) : span.first]
    sentence = reading.words[span.first].sentence
    return any(word.sentence == sentence and word.folded.startswith(_CUES) for word in before)
