"""The piece of a release that shows why it was found, cut from the original.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from storage.analysis import Term, analyse

_WORDS: Final = 28
_BEFORE: Final = 6
_LONGEST_TEXT: Final = 20_000
_LOOKED_AT_FIRST: Final = 3_000
"""Characters: words of a search mostly stand near the beginning, and analysing is what a page of results costs."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text with the found words' places in it: (start, end) in code points of `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def mark(text: str, forms: Collection[str]) -> Snippet:
    """The whole text with the found words marked: for a title."""
    return Snippet(
        text, tuple((term.start, term.end) for term in analyse(text) if not term.forms.isdisjoint(forms))
    )


def cut(text: str, forms: Collection[str], words: int = _WORDS) -> Snippet:
    """About `words` words around the place where most different found words stand together.

    Without any of them, the beginning.  «…» stands where text was left out; white space is made single.
    """
    text = " ".join(text[:_LONGEST_TEXT].split())
    read = text if len(text) <= _LOOKED_AT_FIRST else text[:_LOOKED_AT_FIRST].rpartition(" ")[0]
    found = analyse(read)
    if len(read) < len(text) and all(term.forms.isdisjoint(forms) for term in found):
        read, found = text, analyse(text)
    if not found:
        return Snippet(text[:200])
    first = _best_start(found, forms, words)
    last = min(first + words, len(found)) - 1
    start = found[first].start if first else 0
    end = found[last].end if last < len(found) - 1 or len(read) < len(text) else len(text)
    head, tail = ("…" if start else ""), ("…" if end < len(text) else "")
    shift = len(head) - start
    marks = (
        (term.start + shift, term.end + shift)
        for term in found[first : last + 1]
        if not term.forms.isdisjoint(forms)
    )
    return Snippet(f"{head}{text[start:end]}{tail}", tuple(marks))


def _best_start(found: Sequence[Term], forms: Collection[str], words: int) -> int:
    hits = [at for at, term in enumerate(found) if not term.forms.isdisjoint(forms)]
    if not hits or len(found) <= words:
        return 0
    return max(
        (max(0, min(at - _BEFORE, len(found) - words)) for at in hits),
        key=lambda start: (_different(found[start : start + words], forms), -start),
    )


def _different(window: Sequence[Term], forms: Collection[str]) -> int:
    return len({form for term in window for form in term.forms if form in forms})
