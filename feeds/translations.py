"""Which releases say the same in another language.  Pure.

A partner publishes in Kyrgyz and in Russian, often hours apart, under addresses that need not resemble each other, and
the same number in two languages is no proof.  What survives a translation is counted instead: numbers, days, names,
abbreviations, the places and projects that the tagger finds, and words both languages borrow.  What many of the
releases of those days share (the partner's own name, its project, its office) weighs little.  A page that names the
other one as itself in another language is believed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from feeds.addresses import canonical, without_language
from storage.analysis import fold, normalise
from storage.languages import Language
from storage.releases import NewRelease, Release, ReleaseTags

NEAR: Final = timedelta(days=7)
"""Publications further apart are not taken for translations unless their pages say so."""

LINKED_FROM: Final = 0.60
_BY_THEIR_PAGES: Final = 2.0
_FEWEST_SIGNS: Final = 4.0
"""Weight that two texts must share at least: one number, or one name, happens to stand in both of any two."""
_FEWEST_FIGURES: Final = 2
_SHARED_FIGURES: Final = 0.6
_SAME_ADDRESS: Final = 0.15
_SAME_IMAGE: Final = 0.25
_SAME_DAY: Final = 0.05
_MARGIN: Final = 0.10
"""How much better than the next one the best must be: two candidates alike are two releases of one event."""
_LONGEST: Final = 6_000

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[ \u00a0,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_DAY = re.compile(rf"(\d{{1,2}})(?:[\s-]+|-?чи\s+)({'|'.join(_MONTHS[:4])}|май|мая|{'|'.join(_MONTHS[5:])})")
_SENTENCE = re.compile(r"[.!?…:;]\s+|\n+|^|[«“\"]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.@/-]{2,}")

_WEIGHTS: Final[Mapping[str, float]] = {"#": 1.6, "d": 1.6, "N": 1.3, "A": 1.0, "L": 1.2, "t": 1.0, "w": 0.35}
"""By kind of sign: number, day, name, abbreviation, Latin, tag, borrowed word."""


@dataclass(frozen=True)
class Version:
    """A release as it is compared.  `key` is its number, or its identity where it has none yet."""

    key: int | str
    language: Language
    title: str
    text: str
    at: datetime
    url: str = ""
    alternates: tuple[str, ...] = ()
    """Addresses that its page names as itself in other languages."""
    image: str = ""
    tags: tuple[str, ...] = ()

    def names(self, other: Version) -> bool:
        """Whether its page says that the other is the same in another language."""
        return bool(other.url) and canonical(other.url) in map(canonical, self.alternates)

    @cached_property
    def signs(self) -> frozenset[str]:
        """What would be in a translation too."""
        return frozenset(_signs(self.title, self.text[:_LONGEST], self.tags))

    @cached_property
    def figures(self) -> frozenset[str]:
        """Its numbers and days."""
        return frozenset(sign for sign in self.signs if sign[0] in "#d")

    @cached_property
    def address(self) -> str:
        """The address without its language; "" where it names none."""
        bare = without_language(self.url)
        return bare if bare != canonical(self.url) else ""


def linked(releases: Sequence[NewRelease], known: Sequence[Release], now: datetime) -> list[NewRelease]:
    """New releases, in their order, with the elder ones that they translate named in them."""
    stored = {release.id: release for release in known}
    versions = [_stored(release) for release in reversed(known)]
    versions += [_new(release, now) for release in releases]
    found: dict[int | str, Version] = {}
    for elder, younger in translations(versions, lambda version: isinstance(version.key, str)):
        found.setdefault(younger.key, elder)
    return [_linked(release, found.get(release.identity), stored) for release in releases]


def translations(
    versions: Sequence[Version], is_new: Callable[[Version], bool]
) -> list[tuple[Version, Version]]:
    """Pairs of the same release in two languages, one of them new at least; the first of each is the elder.

    Each release is paired with one of another language at most, and only with its best.
    """
    rarity = _rarity(versions)
    images = Counter(version.image for version in versions if version.image)
    scored: list[tuple[float, int, int]] = []
    for at, one in enumerate(versions):
        for place in range(at):
            other = versions[place]
            if one.language != other.language and (is_new(one) or is_new(other)):
                score = likeness(other, one, rarity, images)
                if score >= LINKED_FROM - _MARGIN:
                    scored.append((score, place, at))
    return [(versions[first], versions[second]) for first, second in _matched(versions, scored)]


def likeness(
    one: Version, other: Version, rarity: Callable[[str], float], images: Mapping[str, int]
) -> float:
    """How surely two releases in different languages say the same: from `LINKED_FROM` on they are linked."""
    if one.names(other) or other.names(one):
        return _BY_THEIR_PAGES
    if abs(one.at - other.at) > NEAR or _contradict(one.figures, other.figures):
        return 0.0
    shared = sum(rarity(sign) for sign in one.signs & other.signs)
    if shared < _FEWEST_SIGNS:
        return 0.0
    least = min(_lasting(one.signs, rarity), _lasting(other.signs, rarity))
    score = min(shared / max(least, _FEWEST_SIGNS), 1.0)
    score += _SAME_ADDRESS * (bool(one.address) and one.address == other.address)
    score += _SAME_IMAGE * (bool(one.image) and one.image == other.image and images[one.image] == 2)
    return score + _SAME_DAY * (one.at.date() == other.at.date())


def _linked(release: NewRelease, elder: Version | None, stored: Mapping[int, Release]) -> NewRelease:
    match elder:
        case Version(key=int(number)):
            return replace(release, translation_of=stored[number].translation_of or number)
        case Version(key=str(identity)):
            return replace(release, translates=identity)
        case _:
            return release


def _stored(release: Release) -> Version:
    return Version(
        release.id,
        release.language,
        release.title,
        release.body or release.lead,
        release.dated,
        release.url or "",
        (),
        release.image_url or "",
        _slugs(release.tags),
    )


def _new(release: NewRelease, now: datetime) -> Version:
    return Version(
        release.identity,
        release.language,
        release.title,
        release.body or release.lead,
        release.published_at or now,
        release.url or "",
        tuple(release.extra.get("alternates", ())),
        release.image_url or "",
        _slugs(release.tags),
    )


def _slugs(tags: ReleaseTags) -> tuple[str, ...]:
    return (*tags.topics, *tags.territories, *tags.projects, *tags.organisations)


def _matched(
    versions: Sequence[Version], scored: Iterable[tuple[float, int, int]]
) -> Iterable[tuple[int, int]]:
    """The best pairs first; one that is hardly better than another for the same release is left alone."""
    taken: set[tuple[int, Language]] = set()
    best_first = sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2]))
    for score, first, second in best_first:
        ends = ((first, versions[second].language), (second, versions[first].language))
        if score < LINKED_FROM or any(end in taken for end in ends):
            continue
        taken.update(ends)
        rivals = (
            rival
            for rival, *pair in best_first
            if pair != [first, second]
            and any(
                place in pair and versions[_other(pair, place)].language == language
                for place, language in ends
            )
        )
        if score - max(rivals, default=0.0) >= _MARGIN:
            yield first, second


def _other(pair: Sequence[int], place: int) -> int:
    return pair[1] if pair[0] == place else pair[0]


def _contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts give different figures: a translation may leave some out, and keeps the others."""
    fewest = min(len(one), len(other))
    return fewest >= _FEWEST_FIGURES and len(one & other) < fewest * _SHARED_FIGURES


def _rarity(versions: Collection[Version]) -> Callable[[str], float]:
    """What a sign weighs: by its kind, and the less the more of the releases have it."""
    having = Counter(sign for version in versions for sign in version.signs)
    most = math.log((len(versions) + 10) / 2)

    def weight(sign: str) -> float:
        rare = math.log((len(versions) + 10) / max(having[sign], 2)) / most
        return _WEIGHTS[sign[0]] * rare

    return weight


def _lasting(signs: Iterable[str], rarity: Callable[[str], float]) -> float:
    """What of a text should be in its translation: most words are not."""
    return sum(rarity(sign) for sign in signs if sign[0] != "w")


def _signs(title: str, text: str, tags: Iterable[str]) -> Iterable[str]:
    whole = f"{title}\n{text}"
    yield from (f"t{tag}" for tag in tags)
    for day, month in _DAY.findall(normalise(whole)):
        yield f"d{int(day)}.{month[:3] if month[:2] != 'ма' or month[:3] == 'мар' else 'май'}"
    days = {match.start(1) for match in _DAY.finditer(normalise(whole))}
    yield from _numbers(whole, days)
    yield from (f"L{word.casefold()}" for word in _LATIN.findall(whole))
    yield from _words(whole)


def _numbers(whole: str, days: Collection[int]) -> Iterable[str]:
    for match in _NUMBER.finditer(whole):
        number = _plain(match[0])
        if match.start() not in days and (len(number) > 1 or number > "3"):
            yield f"#{number}"


def _plain(number: str) -> str:
    """`1 250 000` and `1,250,000` as 1250000, `6,4` as 6.4."""
    bare = re.sub(r"[ \u00a0,](?=\d{3}(?!\d))", "", number)
    return bare.replace(",", ".")


def _words(whole: str) -> Iterable[str]:
    openings = {match.end() for match in _SENTENCE.finditer(whole)}
    for match in _WORD.finditer(whole):
        word = match[0]
        if not "а" <= word[0].casefold() <= "ӿ":
            continue
        bare = fold(normalise(word))
        if word.isupper() and 2 <= len(word) <= 8:
            yield f"A{bare}"
        elif len(bare) < 4:
            continue
        elif word[0].isupper() and match.start() not in openings:
            yield f"N{_stem(bare)}"
        else:
            yield f"w{_stem(bare)}"


def _stem(word: str) -> str:
    """The beginning of a word, which its endings in either language leave alone."""
    return word[: max(4, min(6, len(word) - 2))]
