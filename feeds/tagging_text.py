"""A release as sentences of words, ready for the phrases of rules.  Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from storage.analysis import fold, tokens

_RELATED: Final = re.compile(
    r"^[ \t]*(?:похожие материалы|читайте также|по теме|другие новости|ещ[её] по теме|смотрите также|рекомендуем"
    r"|окшош материалдар|дагы окуңуз|related (?:articles|news|materials)|read also|see also)[ \t]*:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED: Final = r"[«\"“][^»\"”\n]{2,70}[»\"”]"
_ABOUT_ITSELF: Final = re.compile(
    r"(?:^[ \t]*|(?<=[.!?»”\")] ))"
    rf"(?:(?:о (?:нас|компании|фонде|союзе|банке|проекте|партн[её]рстве|журнале|программе(?= {_QUOTED}))"
    r"|об (?:ассоциации|организации|институте|агентстве|объединении|академии|авторе))"
    rf"(?: (?:{_QUOTED}|(?-i:[A-ZА-Я]{{2,8}})))*"
    rf"|(?:для )?справк[аи]|справочно|биз (?:жөнүндө|тууралуу)|маалымат үчүн|маалымдама"
    rf"|(?:{_QUOTED} )?(?:долбоору?|уюму?|фонду?|өнөктөштү(?:к|гү)|биримди(?:к|ги)|институту?) (?:жөнүндө|тууралуу)"
    r"|about (?:us|the (?:project|partnership|company|union|institute|association|fund|foundation))"
    r"|notes? (?:to|for) editors|(?:контакт\w*|подробност\w*) для сми|media contacts?)"
    r"[ \t]*(?:[.:]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_SAID_BEFORE: Final = 15
"""How many words at least stand before a part in which the sender tells of itself."""

_SENTENCE_END: Final = re.compile(r"[.!?…]+[»”\")]*\s+(?=[«“\"(]?[A-ZА-ЯЁӨҮҢ\d])|[\n\r]+|;\s")
_SHORT_WORD: Final = re.compile(r"(?:^|[\s(«\".])[^\W\d_]{1,3}\Z")
_OPENING: Final = "«“„\"'‘‹("


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a release: normalised and folded, its place in the whole text, and how it is written."""

    text: str
    folded: str
    start: int
    end: int
    sentence: int
    capital: bool
    upper: bool
    quoted: bool


@dataclass(frozen=True)
class Reading:
    """Title and text as one string of words; the title is sentence 0."""

    text: str
    words: tuple[Word, ...]
    title_end: int
    ends: int
    """How many of the words are the release itself; after them its sender tells of itself («О нас», «О проекте»)."""

    @cached_property
    def proper(self) -> Reading:
        """The release itself, without what its sender says of itself under every release."""
        return self if self.ends == len(self.words) else replace(self, words=self.words[: self.ends])

    def in_title(self, word: int) -> bool:
        """Whether the word with this number belongs to the title."""
        return self.words[word].start < self.title_end

    def written(self, first: int, last: int) -> str:
        """The original text from one word to another, inclusive."""
        return self.text[self.words[first].start : self.words[last].end]

    @cached_property
    def has_names(self) -> bool:
        """Whether capitals stand inside sentences too, so that a word without one is no name."""
        pairs = zip(self.words, self.words[1:], strict=False)
        return any(word.capital and word.sentence == last.sentence for last, word in pairs)

    @cached_property
    def shouting(self) -> bool:
        """Whether the title is written in capitals, so that capitals tell nothing there."""
        letters = [letter for letter in self.text[: self.title_end] if letter.isalpha()]
        return bool(letters) and sum(letter.isupper() for letter in letters) > len(letters) * 0.7


def read(title: str, text: str) -> Reading:
    """The words of a title and a text; what follows a heading such as «Похожие материалы» is not part of it."""
    body = _without_related(text)
    whole = f"{title.strip()}\n{body}"
    title_end = len(title.strip())
    breaks = _sentence_breaks(whole)
    words: list[Word] = []
    sentence, at = 0, 0
    for token in tokens(whole):
        while at < len(breaks) and breaks[at] <= token.start:
            sentence, at = sentence + 1, at + 1
        written = whole[token.start : token.end]
        words.append(
            Word(
                text=token.text,
                folded=fold(token.text),
                start=token.start,
                end=token.end,
                sentence=sentence,
                capital=written[0].isupper(),
                upper=written.isupper() and len(written) > 1,
                quoted=token.start > 0 and whole[token.start - 1] in _OPENING,
            )
        )
    return Reading(whole, tuple(words), title_end, _ends(whole, title_end, words))


def _ends(text: str, title_end: int, words: Sequence[Word]) -> int:
    """How many words stand before the part that tells of the sender; all of them where there is none."""
    starts = [word.start for word in words]
    for heading in _ABOUT_ITSELF.finditer(text, title_end):
        if (before := bisect_left(starts, heading.start())) >= _SAID_BEFORE:
            return before
    return len(words)


def _without_related(text: str) -> str:
    heading = _RELATED.search(text)
    return text[: heading.start()] if heading else text


def _sentence_breaks(text: str) -> list[int]:
    ends = (match for match in _SENTENCE_END.finditer(text))
    return [match.end() for match in ends if not _after_abbreviation(text, match)]


def _after_abbreviation(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop belongs to an initial or an abbreviation («г. Ош», «им. Ж. Абдрахманова»)."""
    if not end.group().startswith(".") or "\n" in end.group():
        return False
    return _SHORT_WORD.search(text[max(0, end.start() - 6) : end.start()]) is not None
