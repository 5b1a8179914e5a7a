"""Oblasts, districts and cities by name.  Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from feeds.tagging_phrases import Phrasebook, Span, outermost
from feeds.tagging_text import Reading
from storage.registry.territories import TerritoryData, with_parents

_LIST_ENDS: Final = {
    "oblast": ("област", "облуст", "облусу", "облус", "обл", "oblast", "region", "province"),
    "district": ("район", "district", "raion", "rayon"),
    "city": ("город", "шаар", "cities", "city"),
    "municipality": ("айыл", "аймак", "аа"),
}
_LIST_WORDS: Final = frozenset(
    ["и", "а", "также", "жана", "менен", "да", "дагы", "and", "as", "well", "или", "же"]
)
_LONGEST_LIST: Final = 14
_BESIDE: Final = 2

_DATELINE: Final = re.compile(
    r"^[ \t(]*(?:(?:пресс-?релиз|press release)[.:]?[ \t]+)?(?:г\. ?|город |ш\. ?)?(?P<city>Бишкек|Bishkek)\w*[ \t]*"
    r"(?:$|[,.][ \t]*(?:\d|Кыргыз|КР\b|Kyrgyz|[a-z]{3,9}\.? \d)|[ \t]*[–—/)(-][ \t]*)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS: Final = re.compile(
    r"(?P<city>Бишкек|Bishkek)\w*,?[ \t]+(?:ул\b|улица|пр\b|пр-т|проспект|бульвар|мкр|[\w.]+ (?:street|str|көч))",
    re.IGNORECASE,
)
_DATELINE_WITHIN: Final = 400
_DISTANCE: Final = re.compile(
    r"\d+ ?(?:км|километр\w*|km|kilomet\w*) (?:от|from)(?: город\w*| г\.)? (?P<from>[А-ЯЁA-Z][\w-]+)"
    r"|(?P<of>[А-ЯӨҮҢ][\w-]+)(?: шаары)?[нтд][ае]н \d+ ?(?:км|чакырым)"
)

_PLACE: Final = r"[A-ZА-ЯЁӨҮҢ][\w]+(?:-[A-ZА-ЯЁӨҮҢ]\w+)?"
_JOINED: Final = rf"(?:{_PLACE}(?:[ ]?[–—][ ]?|[ ]-[ ])){{1,3}}{_PLACE}|(?:Бишкек|Ош|Bishkek|Osh)-{_PLACE}"
_ROUTE: Final = re.compile(
    rf"(?:(?i:трасс|автодорог|автотрасс|дорог|рейс|поезд|маршрут|перевал)\w*,? «?(?P<before>{_JOINED})"
    rf"|(?P<after>{_JOINED})»? (?i:трасс|автодорог|автотрасс|дорог|унаа|автожол|жол|каттам|рейс|road|highway|route)\w*)"
)
_STREET: Final = re.compile(
    r"(?:[ –-]+)?(?:тракт|переул|улиц|ул\.|шоссе|тупик|бульвар|проспект|пр-т|пр\.|мкр|микрорайон|көчө|пика?\b|чоку|"
    r"(?:street|avenue|lane|peak)\b)",
    re.IGNORECASE,
)
_BEFORE_STREET: Final = re.compile(
    r"(?:тракт|переулк|улиц(?!ах|ам)|ул\.|шоссе|тупик|бульвар|проспект|пр-т|пик\b|пик[аеу]\b|ущель)\w*[ «„\"]*$",
    re.IGNORECASE,
)
_STREET_ALONE: Final = re.compile(r"ская$")
_IN_QUOTES: Final = re.compile(r"[«“„\"]([^«»“”„\"\n]{2,40})[»”“\"]")
_KINDS: Final = re.compile(
    r"обл|район|город|шаар|айыл|аймак|oblast|region|district|city|raion|province", re.IGNORECASE
)
_NAME_WORDS: Final = 3
_SURNAME: Final = re.compile(r"(?:ов|ев|ин)(?:а|у|ым|ой|ду|дун|го|го)?$|^(?:уулу|кызы)")
_SURNAME_ITSELF: Final = re.compile(r"[а-я]{3}(?:ов|ев|баев)(?:а|у|ым|ой|дун|го)?$")
_ADJECTIVE: Final = re.compile(
    r"(?:ск|цк)(?:ий|ая|ое|ие|ого|ой|ом|ую|им|их|ими|ому)$|(?:чан|чанин|ц)[а-я]{0,4}$|[дтл][ыиу]к(?:т[ао]р)?[а-я]{0,6}$"
    r"|^(?:столи|борбор)"
)


class PlaceFinder:
    """Finds territories in a reading, in any inflection, old and new names.

    «Ошской и Баткенской областей» is the oblast, «в Оше» the city: a name in a list takes its kind from the
    word that ends the list.  The city in a dateline or a postal address is not what a release is about, nor are
    the ends of a road («трасса Бишкек — Ош»), nor a person called so («Нарын Айыпов»).
    """

    def __init__(self, territories: Sequence[TerritoryData]) -> None:
        self._territories = tuple(territories)
        self._sure: dict[str, list[TerritoryData]] = defaultdict(list)
        self._listed: dict[str, list[TerritoryData]] = defaultdict(list)
        for territory in self._territories:
            for phrase in territory.phrases:
                self._sure[phrase].append(territory)
            for phrase in territory.listed:
                self._listed[phrase].append(territory)
        against = (phrase for territory in self._territories for phrase in territory.unless)
        self._book = Phrasebook([*self._sure, *self._listed, *against])

    def find(self, reading: Reading) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
        """The territories with their parents, and each one named with the words that name it."""
        found = self._book.find(reading)
        places = self._places(found, reading)
        named: dict[str, str] = {}
        for span in outermost(places):
            for territory in places[span]:
                named.setdefault(territory.slug, reading.written(span.first, span.last))
        return with_parents(named, self._territories), list(named.items())

    def _places(self, found: dict[str, list[Span]], reading: Reading) -> dict[Span, list[TerritoryData]]:
        sure = [(phrase, spans) for phrase, spans in found.items() if phrase in self._sure]
        listed = [(phrase, spans) for phrase, spans in found.items() if phrase in self._listed]
        beside = {
            at for _, spans in (*sure, *listed) for span in spans for at in range(span.first, span.last + 1)
        }
        aside = _not_the_subject(reading) if sure else ()
        places: dict[Span, list[TerritoryData]] = defaultdict(list)
        for phrase, spans in sure:
            for span in spans:
                at = reading.words[span.first].start
                if _is_proper(phrase, span, reading) and not any(start <= at < end for start, end in aside):
                    places[span].extend(
                        each for each in self._sure[phrase] if not _other_thing(each, span, found)
                    )
        for phrase, spans in sure:
            namesakes = [each for each in self._listed.get(phrase, ()) if each.kind == "oblast"]
            for span in spans if namesakes else ():
                if places[span] and _among_oblasts(span, namesakes, places, reading):
                    places[span] = namesakes
        for phrase, spans in listed:
            for span in spans:
                meant = [
                    each
                    for each in self._listed[phrase]
                    if _in_list(each, span, beside, reading) or _among(each, span, places, reading)
                ]
                if meant:
                    places[span] = meant
        return {span: meant for span, meant in places.items() if meant}


def _among_oblasts(
    span: Span, oblasts: Sequence[TerritoryData], places: dict[Span, list[TerritoryData]], reading: Reading
) -> bool:
    """Whether a name that city and oblast share stands in a sentence with other oblasts («62 заявки из Оша, 59 из
    Нарына»), and not with the other city of its rank.
    """
    sentence = reading.words[span.first].sentence
    beside = [
        each
        for other, named in places.items()
        if other != span and reading.words[other.first].sentence == sentence
        for each in named
    ]
    if any(each.kind == "city" and each.parent is None for each in beside):
        return False
    own = {oblast.slug for oblast in oblasts}
    return any(each.kind == "oblast" and each.slug not in own for each in beside)


def _other_thing(territory: TerritoryData, span: Span, found: dict[str, list[Span]]) -> bool:
    return any(
        max(0, other.first - span.last, span.first - other.last) <= _BESIDE
        for phrase in territory.unless
        for other in found.get(phrase, ())
    )


def _in_list(territory: TerritoryData, span: Span, places: set[int], reading: Reading) -> bool:
    """Whether names of places and conjunctions lead from here to the word for the territory's kind."""
    ends = _LIST_ENDS[territory.kind]
    for at in range(span.last + 1, min(span.last + 1 + _LONGEST_LIST, len(reading.words))):
        word = reading.words[at]
        if word.sentence != reading.words[span.last].sentence:
            return False
        if word.folded.startswith(ends):
            return True
        if at not in places and word.folded not in _LIST_WORDS:
            return False
    return False


def _is_proper(phrase: str, span: Span, reading: Reading) -> bool:
    """Whether the words name a place: with a capital, or an adjective («нарынские»), and no person or street."""
    words = reading.words[span.first : span.last + 1]
    if not any(word.capital for word in words) and reading.has_names:
        return any(_ADJECTIVE.search(word.folded) for word in words)
    if _is_street(span, reading):
        return False
    return len(words) > 1 or not (
        _before_surname(span, reading)
        or _is_surname(words[0].folded, phrase)
        or _after_first_name(span, reading)
    )


def _is_surname(word: str, phrase: str) -> bool:
    """Whether a surname was taken for an inflected place («Баткенов»)."""
    return "ов" not in phrase and _SURNAME_ITSELF.search(word) is not None


def _after_first_name(span: Span, reading: Reading) -> bool:
    """Whether it is somebody's surname («Болот Баетов»), though a place is called so too."""
    word = reading.words[span.first]
    if span.first == 0 or not _SURNAME_ITSELF.search(word.folded):
        return False
    before = reading.words[span.first - 1]
    return before.capital and not before.upper and word.start - before.end == 1


def _is_street(span: Span, reading: Reading) -> bool:
    """Whether a street or a mountain is called so: «Нарынский тракт», «улица Таласская», «на Баткенской:»."""
    start, end = reading.words[span.first].start, reading.words[span.last].end
    after = reading.text[end : end + 14]
    if _STREET.match(after) or _BEFORE_STREET.search(reading.text[max(0, start - 14) : start]):
        return True
    alone = not after.strip() or after[:1] in ":.;)"
    return alone and _STREET_ALONE.search(reading.words[span.last].folded) is not None


def _before_surname(span: Span, reading: Reading) -> bool:
    """Whether it is a first name («Нарын Айыпов», «Талас уулу»)."""
    after = reading.words[span.last + 1 : span.last + 2]
    if not after or after[0].start - reading.words[span.last].end != 1:
        return False
    if after[0].sentence != reading.words[span.last].sentence:
        return False
    spoken_so = after[0].capital or after[0].folded.startswith(("уулу", "кызы"))
    return spoken_so and _SURNAME.search(after[0].folded) is not None


def _among(
    territory: TerritoryData, span: Span, places: dict[Span, list[TerritoryData]], reading: Reading
) -> bool:
    """Whether it stands beside a place of the same oblast, or a city beside any: «Кербен, Каракол, Кант»."""
    before, after = span.first - 1, span.last + 1
    if before >= 0 and reading.words[before].folded in _LIST_WORDS:
        before -= 1
    if after < len(reading.words) and reading.words[after].folded in _LIST_WORDS:
        after += 1
    return (
        any(
            territory.kind == "city" or (each.parent and each.parent == territory.parent)
            for other, named in places.items()
            if other.last == before or other.first == after
            for each in named
        )
        and reading.words[span.first].capital
    )


def _not_the_subject(reading: Reading) -> list[tuple[int, int]]:
    """Where the text names places only as the place of writing, in an address, as the ends of a road, or in a name of
    something else.
    """
    distances = (match.span(match.lastgroup or 0) for match in _DISTANCE.finditer(reading.text))
    matches: Iterable[re.Match[str]] = (
        *_DATELINE.finditer(reading.text, reading.title_end, reading.title_end + _DATELINE_WITHIN),
        *_ADDRESS.finditer(reading.text),
    )
    roads = (match.span(match.lastgroup or 0) for match in _ROUTE.finditer(reading.text))
    names = (match.span(1) for match in _IN_QUOTES.finditer(reading.text) if _is_called(match.group(1)))
    return [*(match.span("city") for match in matches), *distances, *roads, *names]


def _is_called(quoted: str) -> bool:
    """Whether a few words in quotes are what something is called («Талас», «Нарын плаза»), not what was said."""
    return (
        len(quoted.split()) <= _NAME_WORDS
        and not _KINDS.search(quoted)
        and not quoted.endswith((".", "!", "?", ","))
    )
