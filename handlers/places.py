"""Choosing a territory: the oblasts, and what lies in each of them, a screen for each level.

A territory that has others in it takes a row: its own button, and one that opens what is in it.  Those that have
none stand two in a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.i18n import Translation
from bot.messages.parts import clip
from handlers.keyboards import button, chosen, pages
from handlers.screens import Row, in_columns
from storage.territory_tree import Territory, TerritoryTree

ON_A_PAGE = 10
_LONGEST_SLUG = 16
_BUTTON_HOLDS = 28


def code_of(slug: str) -> str:
    """A territory in the data of a button, of which there are 64 bytes: its slug, or a fingerprint of a long one."""
    if len(slug) <= _LONGEST_SLUG and ":" not in slug:
        return slug
    return "~" + hashlib.blake2b(slug.encode(), digest_size=5).hexdigest()


def slug_of(code: str, tree: TerritoryTree) -> str | None:
    """The territory that a button means; None where it is gone."""
    if code in tree:
        return code
    return next((each.slug for each in tree.all() if code_of(each.slug) == code), None)


def what_lies_in(tr: Translation, slug: str, tree: TerritoryTree) -> str:
    """What the territories in a territory are called together.  Pure."""
    return tr.gettext("Municipalities") if tree.parent(slug) else tr.gettext("Districts, cities")


@dataclass(frozen=True)
class PlaceChoice:
    """One level of the tree, with the chosen territories marked.

    `choose` and `open` say what a button carries that chooses a territory or opens a page of what is in it, both by
    its code; the empty code is the top.
    """

    tr: Translation
    tree: TerritoryTree
    marked: Collection[str]
    choose: Callable[[str], CallbackData]
    open: Callable[[str, int], CallbackData]

    def rows(self, within: str | None, page: int) -> tuple[Row, ...]:
        """The buttons of a level, page by page."""
        here = self.tree.under(within)
        first = max(0, min(page, (len(here) - 1) // ON_A_PAGE)) * ON_A_PAGE
        shown = here[first : first + ON_A_PAGE]
        code = code_of(within) if within else ""
        turn = pages(first // ON_A_PAGE, len(here), ON_A_PAGE, lambda to: self.open(code, to))
        parents = [each for each in shown if self.tree.under(each.slug)]
        leaves = [self._choice(each) for each in shown if not self.tree.under(each.slug)]
        return (
            *([self._choice(each), self._opening(each)] for each in parents),
            *in_columns(leaves, 2),
            turn,
        )

    def page_of(self, slug: str) -> int:
        """The page of its level on which a territory stands."""
        beside = [each.slug for each in self.tree.under(self.tree.parent(slug))]
        return beside.index(slug) // ON_A_PAGE if slug in beside else 0

    def whole(self, within: str) -> Row:
        """The button for all of a territory."""
        return [self._choice(self._territory(within), self.tr.gettext("All of it"))]

    def back(self, within: str) -> CallbackData:
        """The way to the level above, to the page that one came from."""
        above = self.tree.parent(within)
        return self.open(code_of(above) if above else "", self.page_of(within))

    def _choice(self, place: Territory, text: str = "") -> InlineKeyboardButton:
        name = text or clip(place.names.in_(self.tr.language), _BUTTON_HOLDS)
        return button(chosen(name, place.slug in self.marked), self.choose(code_of(place.slug)))

    def _opening(self, place: Territory) -> InlineKeyboardButton:
        inside = [slug for slug in self.marked if self.tree.lies_in(slug, place.slug)]
        return button(self._inside(place, inside) + " ▾", self.open(code_of(place.slug), 0))

    def _inside(self, place: Territory, held: Sequence[str]) -> str:
        """What stands on the button that opens a territory: what is chosen in it, if it is."""
        parts = what_lies_in(self.tr, place.slug, self.tree)
        match held:
            case []:
                return parts
            case [one]:
                return chosen(clip(self.tree.name(one, self.tr.language), _BUTTON_HOLDS - 4), is_chosen=True)
            case _:
                return chosen(f"{parts} · {len(held)}", is_chosen=True)

    def _territory(self, slug: str) -> Territory:
        territory = self.tree.get(slug)
        assert territory is not None
        return territory
