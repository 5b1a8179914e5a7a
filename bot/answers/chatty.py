"""Which sentence of a message is the question, when the message has several.  Pure.

«Здравствуйте! Я бухгалтер, готовлю справку. На чьи деньги работает УУМУ? Спасибо»: only the third is asked.  What an
earlier sentence is about is what «его», «там» and a bare «кто донор?» in a later one mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answers.clues import Clues
from bot.answers.kinds import PRECISE, Target, Understanding
from bot.answers.sentences import is_question

Understand = Callable[[Clues], Understanding]
ReadSentence = Callable[[str, Target | None, tuple[str, ...]], Clues]
"""Reads a sentence, knowing what the sentences before it were about and which oblasts they named."""

_LISTS: Final = frozenset({"projects_by_region", "projects_by_organisation", "releases"})
_PLAIN: Final = 3
"""What a sentence weighs at least that is answered beside orders to the bot."""
_CONTACTS: Final = frozenset({"project_contact", "organisation_contact"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One sentence: what was recognised in it and what it was understood as."""

    clues: Clues
    understood: Understanding
    asked: bool

    @property
    def weight(self) -> int:
        """How much of a question of ours it is: 0 none, 1 it names a thing, 2 help, 3 a definition, 4 a fact."""
        understood = self.understood
        if understood.kind == "unknown":
            return 0
        precise = bool(PRECISE & set(understood.facts))
        if understood.kind == "term":
            precise = any(self.clues.asks_known_of(target.slug) for target in understood.targets)
        if understood.kind in _LISTS | _CONTACTS or precise:
            return 4
        if understood.facts or self.clues.has("project"):
            return 3
        return 2 if understood.kind == "help" else 1


def the_question(
    parts: Sequence[str], last_subject: Target | None, read: ReadSentence, understand: Understand
) -> Understanding | None:
    """What the sentence that asks is understood as; None where no sentence by itself is a question of ours."""
    read_parts = _understood(parts, last_subject, read, understand)
    ordered = any(part.clues.reading.surely("orders") for part in read_parts)
    found = [
        part for part in read_parts if not part.clues.small_talk and not part.clues.reading.surely("orders")
    ]
    asked = [part for part in found if part.asked]
    if not found:
        return None
    best = max(asked or found, key=lambda part: part.weight)
    if ordered and best.weight < _PLAIN:
        return None
    if best.weight < 2 and asked and any(part.clues.elsewhere for part in asked):
        return best.understood if best.weight == 0 else replace(best.understood, kind="unknown", targets=())
    if best.weight == 0 and asked:
        best = max(found, key=lambda part: part.weight)
    return _with_more_facts(best, found) if best.weight else None


def _understood(
    parts: Sequence[str], subject: Target | None, read: ReadSentence, understand: Understand
) -> Sequence[_Part]:
    found = []
    places: tuple[str, ...] = ()
    for part in parts:
        clues = read(part, subject, places)
        places = clues.regions or places
        understood = understand(clues)
        found.append(_Part(clues, understood, is_question(part)))
        subject = _subject(understood) or subject
    return found


def _subject(understood: Understanding) -> Target | None:
    targets = [one for one in understood.targets if one.kind in ("project", "organisation", "term")]
    return targets[0] if len(targets) == 1 == len(understood.targets) else None


def _with_more_facts(best: _Part, parts: Sequence[_Part]) -> Understanding:
    """«Кто финансирует УУМУ? До какого года?»: what else is asked of the same thing is answered too."""
    same = [part.understood for part in parts if _alike(part.understood, best.understood)]
    facts = tuple(dict.fromkeys(fact for understood in same for fact in understood.facts))
    return replace(best.understood, facts=facts)


def _alike(one: Understanding, other: Understanding) -> bool:
    return (one.kind, one.targets) == (other.kind, other.targets)
