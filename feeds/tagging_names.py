"""Projects and organisations by the names people call them.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from feeds.tagging_phrases import Phrasebook, Span, outermost
from feeds.tagging_text import Reading
from storage.analysis import fold, is_common_word, known_base, matches_known, normalise, tokens

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
_GIVING: Final = (
    "финансир", "поддержк", "поддержива", "средств", "грант", "правительств", "помощ", "каржыла", "колдоо", "каражат",
    "жардам", "окмот", "fund", "support", "grant", "government", "financ",
)  # fmt: skip
_GIVING_DISTANCE: Final = 4
_COUNTRIES: Final = frozenset(
    [
        "сша",
        "акш",
        "швейцария",
        "великобритания",
        "британия",
        "улуу британия",
        "uk",
        "united kingdom",
        "switzerland",
    ]
)
_PEOPLES: Final = frozenset(
    [
        "американский",
        "американские",
        "америкалык",
        "американцы",
        "британский",
        "британиялык",
        "британцы",
        "british",
    ]
) | frozenset(["швейцарский", "швейцарские", "швейцариялык", "швейцарцы", "swiss"])
_SAID_SHORTER: Final = (
    ("местного самоуправления", "МСУ"),
    ("государственной службы", "госслужбы"),
    ("Государственное агентство", "Госагентство"),
    ("жергиликтүү өз алдынча башкаруу", "ЖӨБ"),
)
_OF_THE_FIELD: Final = frozenset(["мсу", "омсу", "жоб"])
_UNITS: Final = frozenset(["dpi", "psi"])
_FORMS: Final = frozenset(["мкк"])
_FEW: Final = 2
_LONG: Final = 5
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

    A name counts when it is written as one: with a capital, or in quotes.  One of two ordinary words («Голос
    граждан») not merely at the beginning of a sentence; a single ordinary word («Муниципалитет») in quotes or after
    a word such as «журнал»; an abbreviation of up to three letters in capitals.  A country is a donor where money is
    spoken of.  Adjectives of countries («швейцарский») do not count.
    """

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._aliases: dict[str, list[Alias]] = defaultdict(list)
        for alias in aliases:
            for text in _said_shorter(alias):
                if (phrase := _phrase(text)) and phrase not in _PEOPLES:
                    self._aliases[phrase].append(replace(alias, text=text))
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
        kinds = dict.fromkeys(alias.kind for aliases in places.values() for alias in aliases)
        named = (
            (span, alias)
            for kind in kinds
            for span, aliases in _longest(places, kind).items()
            for alias in _meant(aliases)
        )
        found: dict[tuple[str, str], tuple[Alias, str]] = {}
        for span, alias in sorted(named, key=lambda each: each[0]):
            found.setdefault((alias.kind, alias.slug), (alias, reading.written(span.first, span.last)))
        return list(found.values())


def _longest(places: Mapping[Span, Sequence[Alias]], kind: str) -> dict[Span, list[Alias]]:
    """The names of one kind that are no part of a longer one; a body named within a project's name counts."""
    of_kind = {span: [alias for alias in aliases if alias.kind == kind] for span, aliases in places.items()}
    return {span: of_kind[span] for span in outermost(span for span in of_kind if of_kind[span])}


def _said_shorter(alias: Alias) -> set[str]:
    """The name itself, and with the usual abbreviations for some or all of its words."""
    texts = {alias.text}
    for full, short in _SAID_SHORTER:
        texts |= {text.replace(full, short) for text in texts}
    return texts


def _phrase(text: str) -> str:
    return " ".join(token.text for token in tokens(text))


def _meant(aliases: Sequence[Alias]) -> Sequence[Alias]:
    """Of several records with one name, the one whose own name it is; all of them where it is nobody's own."""
    own = [alias for alias in aliases if fold(normalise(alias.text)) == fold(normalise(alias.canonical))]
    return own or aliases


def _is_name(alias: Alias, span: Span, reading: Reading) -> bool:
    first = reading.words[span.first]
    if fold(normalise(alias.text)) in _COUNTRIES:
        return first.capital and _beside_giving(span, reading)
    if _is_abbreviation(alias.text):
        written_so = first.upper or (first.capital and first.end - first.start > _SHORT)
        return written_so and not (
            _is_unit_or_form(span, reading) or _stands_for_other_words(first.text, alias, reading)
        )
    if first.quoted or _named_within(span, reading) or _is_site_called_so(alias, span, reading):
        return True
    if alias.kind == "organisation" and span.last - span.first + 1 >= _LONG:
        return True
    ordinary = _ordinary_words(span, reading, _OF_THE_FIELD if alias.kind == "project" else frozenset())
    if alias.kind == "project" and ordinary == span.last - span.first + 1 and _begins_sentence(span, reading):
        return _is_own_name(alias) and _after_heading(span, reading)
    informal = alias.text.islower() and not _is_own_name(alias)
    if span.first == span.last and (ordinary or informal):
        return first.capital and _after_cue(span, reading)
    if not _is_own_name(alias) and ordinary == span.last - span.first + 1 <= _FEW:
        return first.capital and (_after_cue(span, reading) or not _begins_sentence(span, reading))
    return first.capital or (_is_own_name(alias) and _after_cue(span, reading))


def _named_within(span: Span, reading: Reading) -> bool:
    """Whether a word after the first is written as a name: «журнала „Муниципалитет“»."""
    within = reading.words[span.first + 1 : span.last + 1]
    return any(word.quoted or (word.capital and not word.upper) for word in within)


def _is_site_called_so(alias: Alias, span: Span, reading: Reading) -> bool:
    """Whether it is a site that has no other name («donors.kg»); the address of a body is not its name."""
    return "." in alias.text and _is_own_name(alias) and "." in reading.written(span.first, span.last)


def _after_heading(span: Span, reading: Reading) -> bool:
    """Whether a sentence that begins with ordinary words goes on as after a name: «Успешный аймак: итоги»."""
    after = reading.text[reading.words[span.last].end :].lstrip(' »”"')
    return reading.words[span.last].text.isdigit() or after[:1] in (":", "")


def _is_unit_or_form(span: Span, reading: Reading) -> bool:
    """Whether it is a unit («300 DPI», «30 PSI») or the legal form of a company («МКК „Салым“»)."""
    word, before = reading.words[span.first], reading.words[max(0, span.first - 1)]
    if word.upper and word.folded in _UNITS and before.text.isdigit():
        return True
    return word.folded in _FORMS and reading.text[reading.words[span.last].end :].lstrip()[:1] in '«“„"('


def _stands_for_other_words(abbreviation: str, alias: Alias, reading: Reading) -> bool:
    """Whether the text itself spells the abbreviation out as something else: «программа реабилитации (ИПР)»."""
    size = len(abbreviation)
    for at, word in enumerate(reading.words):
        if word.text != abbreviation or reading.text[word.start - 1 : word.start] != "(" or at < size:
            continue
        spelt = reading.words[at - size : at]
        if "".join(each.text[0] for each in spelt) == abbreviation:
            own = [token.text for token in tokens(alias.canonical)]
            return bool(own) and not any(
                matches_known(fold(own[0]), each.folded) or each.text[:4] == own[0][:4] for each in spelt
            )
    return False


def _is_own_name(alias: Alias) -> bool:
    """Whether it is what the record is called, or has «аймак», as no ordinary two words do."""
    folded = fold(normalise(alias.text))
    return folded == fold(normalise(alias.canonical)) or "аймак" in folded


def _ordinary_words(span: Span, reading: Reading, also: frozenset[str] = frozenset()) -> int:
    words = reading.words[span.first : span.last + 1]
    return sum(
        is_common_word(word.text) or known_base(word.text) is not None or word.folded in also
        for word in words
    )


def _begins_sentence(span: Span, reading: Reading) -> bool:
    return span.first == 0 or reading.words[span.first - 1].sentence != reading.words[span.first].sentence


def _beside_giving(span: Span, reading: Reading) -> bool:
    """Whether money or support is spoken of beside a country: then its government is the donor."""
    sentence = reading.words[span.first].sentence
    beside = reading.words[max(0, span.first - _GIVING_DISTANCE) : span.last + 1 + _GIVING_DISTANCE]
    return any(word.sentence == sentence and word.folded.startswith(_GIVING) for word in beside)


def _is_abbreviation(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return " " not in text and len(letters) <= _LONGEST_ABBREVIATION and all(map(str.isupper, letters))


def _after_cue(span: Span, reading: Reading) -> bool:
    before = reading.words[max(0, span.first - _CUE_DISTANCE) : span.first]
    sentence = reading.words[span.first].sentence
    return any(word.sentence == sentence and word.folded.startswith(_CUES) for word in before)
