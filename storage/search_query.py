"""What somebody searches for: words and phrases, each word with the forms it is found by.  Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from storage.analysis import tokens, word_forms
from storage.analysis.normalise import normalise

_PHRASE: Final = re.compile(r'"([^"]{2,200})"|«([^»]{2,200})»|“([^”]{2,200})”|„([^“”]{2,200})[“”]')
TITLE_MARK: Final = "^"
"""Before a title's word in the index of PostgreSQL: nothing that a term can hold."""
_BLANK: Final = "\N{MIDDLE DOT}"
"""Stands for a letter that is not read: no letter and no space itself."""
_LONGEST_QUESTION: Final = 400
_LONGEST_TERM: Final = 64
_NOT_TERM: Final = re.compile(r"[\W_]+")
_MOST_WORDS: Final = 12
_SMALL: Final = """
в во на по о об обо и а но или из от до для за с со к ко у при что как где кто это же ли бы про не ни
жана менен үчүн учун жөнүндө жонундо боюнча тууралуу деген да де бул ошол
the a an of in on at for to and or about by with is
"""
SMALL_WORDS: Final = frozenset(_SMALL.split())
"""Words that stand in every sentence and mean nothing by themselves."""
_MONTHS: Final = (
    ("январ", "january"), ("феврал", "february"), ("март", "march"), ("апрел", "april"), ("ма[йея]", "may"),
    ("июн", "june"), ("июл", "july"), ("август", "august"), ("сентябр", "september"), ("октябр", "october"),
    ("ноябр", "november"), ("декабр", "december"),
)  # fmt: skip
_MONTH: Final = "|".join(rf"(?P<m{number}>(?:{ru})\w*|{en})" for number, (ru, en) in enumerate(_MONTHS, 1))
_YEAR: Final = r"(?P<year>20[0-4]\d)(?:[- ]?(?:год[ауе]?|гг?\.?|жыл\w*))?"
_EDGES: Final = "с|со|до|после|к|ко|от|на|since|until|till|before|after|from|by|to|for"
"""Before a year that is no time of publication: it begins or ends what is meant, or a budget is for it."""
_PERIODS: Final = (
    re.compile(rf"(?:\b(?:за|в|с|in|from)\s+)?\b(?:{_MONTH})\s+{_YEAR}(?:\s+\w*ай\w*)?", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}[,\s]+(?:{_MONTH})(?:\s+ай\w*)?", re.IGNORECASE),
    re.compile(rf"\b(?:за|в|in)\s+(?:{_MONTH})(?=\s|$)(?!\s+\d)", re.IGNORECASE),
    re.compile(
        rf"\b(?:за|в|in)\s+{_YEAR}(?=\s|$|[?.!,])|\b(?P<year2>20[0-4]\d)[- ]?жыл(?!га|дан)\w*", re.IGNORECASE
    ),
    re.compile(rf"(?:\b(?P<edge>{_EDGES})\s+)?(?<![\w–-]){_YEAR}(?=\s|$|[?.!,])", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word as typed, and the forms one of which an indexed word must have."""

    typed: str
    forms: tuple[str, ...]


Phrase = tuple[SearchWord, ...]
"""Words that stand side by side."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """All words must be found, and each phrase's words side by side."""

    words: tuple[SearchWord, ...]
    phrases: tuple[Phrase, ...] = ()

    @property
    def every(self) -> tuple[SearchWord, ...]:
        """The words inside and outside of phrases, each once."""
        return tuple(dict.fromkeys((*self.words, *(word for phrase in self.phrases for word in phrase))))


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day up to and without the last."""

    since: date
    until: date


def read_query(text: str) -> SearchQuery:
    """Words and quoted phrases; small words such as «в» and «жана» do not count unless there is nothing else.

    What follows the first few hundred characters is not read.
    """
    text = text[:_LONGEST_QUESTION]
    phrases = [next(filter(None, match.groups())) for match in _PHRASE.finditer(text)]
    outside = [token.text for token in tokens(_PHRASE.sub(" ", text))]
    telling = [word for word in outside if word not in SMALL_WORDS]
    words = telling if telling or phrases else outside
    return SearchQuery(
        words=tuple(search_word(word) for word in dict.fromkeys(words[:_MOST_WORDS])),
        phrases=tuple(
            tuple(search_word(word) for word in said)
            for said in ([token.text for token in tokens(phrase)] for phrase in phrases[:3])
            if said
        ),
    )


def search_word(word: str) -> SearchWord:
    """One word with its primary form and, where there is one, its second reading."""
    forms = word_forms(normalise(word))
    return SearchWord(word, tuple(filter(None, map(clean_term, (forms.primary, forms.second)))))


def repaired(query: SearchQuery, used: Mapping[str, Sequence[str]]) -> SearchQuery:
    """The query with the words `used` instead of what was typed, in phrases too."""

    def words(typed: Iterable[SearchWord]) -> Iterator[SearchWord]:
        for word in typed:
            yield from map(search_word, used[word.typed]) if word.typed in used else (word,)

    return SearchQuery(
        tuple(dict.fromkeys(words(query.words))), tuple(tuple(words(phrase)) for phrase in query.phrases)
    )


def without_phrases(query: SearchQuery, unheard: Collection[Phrase]) -> SearchQuery:
    """The query with the words of these phrases wherever they stand."""
    loose = (word for phrase in unheard for word in phrase if word.typed not in SMALL_WORDS)
    return SearchQuery(
        tuple(dict.fromkeys((*query.words, *loose))),
        tuple(phrase for phrase in query.phrases if phrase not in unheard),
    )


def typed_phrase(phrase: Phrase) -> str:
    """A phrase as it was typed."""
    return " ".join(word.typed for word in phrase)


def clean_term(form: str) -> str:
    """A term of letters and digits alone, of bounded length: neither engine splits it again or stumbles over it."""
    return _NOT_TERM.sub("", form)[:_LONGEST_TERM]


def masked(text: str) -> str:
    """The text with everything quoted blanked out, each letter at its place."""
    return _PHRASE.sub(lambda quoted: _BLANK * len(quoted.group()), text)


def read_period(text: str, today: date) -> tuple[str, Period | None]:
    """A month or a year named in a question, and the question without it: «за июнь 2025», «2025-жылдын июнь айы».

    A month without a year is the last such month that has begun.  What has not begun is what texts speak of, not when
    they came out.  What is quoted is not read.
    """
    hidden = masked(text)
    for match in (match for pattern in _PERIODS for match in pattern.finditer(hidden)):
        period = _period(match, today)
        if period.since <= today and not match.groupdict().get("edge"):
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            return " ".join(rest.split()), period
    return text, None


def _period(match: re.Match[str], today: date) -> Period:
    groups = match.groupdict()
    month = next((number for number in range(1, 13) if groups.get(f"m{number}")), None)
    written = groups.get("year") or groups.get("year2")
    if month is None:
        year = int(written or today.year)
        return Period(date(year, 1, 1), date(year + 1, 1, 1))
    year = int(written) if written else today.year - (month > today.month)
    return Period(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))


def fts5_match(query: SearchQuery, column: str = "") -> str:
    """The query for FTS5's MATCH, every term quoted (https://www.sqlite.org/fts5.html#fts5_strings)."""
    scope = f"{{{column}}} : " if column else ""
    words = [scope + _either(word.forms) for word in query.words]
    phrases = [scope + _fts5_phrase(phrase) for phrase in query.phrases]
    return " AND ".join([*words, *phrases])


def _either(forms: Sequence[str]) -> str:
    return "(" + " OR ".join(f'"{form}"' for form in forms) + ")"


def _fts5_phrase(phrase: Iterable[SearchWord]) -> str:
    return '("' + " ".join(word.forms[0] for word in phrase if word.forms) + '")'


def tsquery(query: SearchQuery, title_only: bool = False) -> str:
    """The query for PostgreSQL, for a cast to `tsquery`, every term quoted, perhaps about titles alone."""
    mark = TITLE_MARK if title_only else ""
    words = ["(" + " | ".join(f"'{mark}{form}'" for form in word.forms) + ")" for word in query.words]
    said = [[word.forms[0] for word in phrase if word.forms] for phrase in query.phrases]
    phrases = ["(" + " <-> ".join(f"'{mark}{form}'" for form in forms) + ")" for forms in said]
    pairs = [f"'{pair}'" for forms in said for pair in title_pairs(forms)] if title_only else []
    return " & ".join([*words, *pairs, *phrases])


def title_terms(title: Sequence[str]) -> Iterator[str]:
    """What a title's words are in the index of PostgreSQL, in their order, marked as such."""
    return (TITLE_MARK + word for word in title)


def title_pairs(words: Sequence[str]) -> Iterator[str]:
    """The neighbours in a title as terms by themselves: which titles have a phrase the index then nearly knows."""
    return (f"{TITLE_MARK}{one}{TITLE_MARK}{other}" for one, other in pairwise(words))
