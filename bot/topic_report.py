"""How right a topic has been, in words, and what to do about it.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from bot.i18n import Translation
from storage.tag_corrections import Tally

PRECISION: Final = 0.97
"""Of a hundred releases with a topic, at most three are beside it; below this, something is to be done."""
RECALL: Final = 0.90
ENOUGH: Final = 10
"""Decisions of staff from which one can judge."""


def summed(tallies: Iterable[Tally]) -> Mapping[str, Tally]:
    """The months of each topic together."""
    months: defaultdict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        months[tally.topic].append(tally)
    return {
        topic: Tally(
            topic,
            "",
            given=sum(one.given for one in each),
            removed=sum(one.removed for one in each),
            added=sum(one.added for one in each),
            confirmed=sum(one.confirmed for one in each),
            doubted=sum(one.doubted for one in each),
        )
        for topic, each in months.items()
    }


def month_line(tally: Tally, tr: Translation) -> str:
    """A month: how much was found, what staff changed of it, and both shares."""
    year, month = map(int, tally.month.split("-"))
    counted = tr.gettext(
        "{month}: found {given}, taken off {removed}, added {added}",
        month=tr.month(date(year, month, 1)),
        given=tally.given,
        removed=tally.removed,
        added=tally.added,
    )
    shares = tr.gettext(
        "on topic {precision}, of all that is on topic {recall}",
        precision=share(tally.precision),
        recall=share(tally.recall),
    )
    return f"{counted} · {shares}"


def advice(tally: Tally, tr: Translation) -> tuple[str, ...]:
    """What a topic's corrections say, and what to do."""
    decided = tally.removed + tally.added + tally.confirmed
    said = []
    if tally.precision is not None and tally.precision < PRECISION:
        said.append(
            tr.gettext(
                "Too much is caught: {share} is on topic, {goal} is wanted. See below what was taken off, and "
                "write beside which words the rule does not hold.",
                share=share(tally.precision),
                goal=share(PRECISION),
            )
        )
    if tally.recall is not None and tally.recall < RECALL:
        said.append(
            tr.gettext(
                "Something is missed: {share} is found, {goal} is wanted. See below what was added, and add its "
                "words to the rules.",
                share=share(tally.recall),
                goal=share(RECALL),
            )
        )
    if not decided:
        said.append(tr.gettext("Staff have not decided on a single release yet: look through /queue."))
    elif decided < ENOUGH:
        said.append(
            tr.ngettext(
                "Staff have decided on {n} release only, too few to judge by: look through /queue.",
                "Staff have decided on {n} releases only, too few to judge by: look through /queue.",
                decided,
            )
        )
    return tuple(said) or (tr.gettext("The rules do well; nothing is to be done."),)


def share(part: float | None) -> str:
    """A share as it is said: `97 %`."""
    return "—" if part is None else f"{int(100 * part + 1e-9)} %"
