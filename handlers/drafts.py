"""An announcement that is being written: what of it is there, and how it is kept in the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from aiogram.fsm.context import FSMContext

from bot.messages.albums import album_of
from bot.messages.announcement import words_of
from feeds.language import language_of
from storage.announcements import Content
from storage.audiences import Audience
from storage.errors import N_
from storage.languages import Language
from storage.parts import Part, parts_as_json, parts_from_json
from storage.staff import StaffMember
from storage.territory_tree import TerritoryTree

NOT_THEIRS: Final = N_("This announcement is for another territory.")
_ENOUGH_WORDS: Final = 5
"""Fewer say little about their language."""


@dataclass(frozen=True)
class Draft:
    """The text in the languages it has been written in, and for whom it is, once that is chosen."""

    content: Content = field(default_factory=dict)
    audience: Audience | None = None
    urgent: bool = False

    @property
    def first(self) -> tuple[Part, ...]:
        """The version that was written first; nothing where none was."""
        return next(iter(self.content.values()), ())

    @property
    def only_language(self) -> Language | None:
        """The language of the text, where it has been written in one."""
        return next(iter(self.content)) if len(self.content) == 1 else None

    def in_language(self, language: Language) -> Draft:
        """The draft whose only text is in another language than was thought."""
        (parts,) = self.content.values()
        return replace(self, content={language: parts})

    def with_version(self, language: Language, parts: tuple[Part, ...]) -> Draft:
        """The draft with its text in one more language, or another text in that language."""
        return replace(self, content={**self.content, language: parts})


async def load(state: FSMContext) -> Draft:
    """The draft of this conversation; an empty one where there is none."""
    return read(await state.get_data())


async def add_to_album(
    state: FSMContext, message_id: int, album: str, language: Language, part: Part
) -> Part | None:
    """Keeps a file of an album that arrives file by file, and returns the album as far as it is there.

    None where the files cannot be sent together.
    """
    data = await state.get_data()
    known = data.get("album") or {}
    items = known.get("items", {}) if known.get("id") == album else {}
    items = {**items, str(message_id): part.as_json()}
    await state.update_data(album={"id": album, "language": language, "items": items})
    return album_of({int(number): Part.from_json(item) for number, item in items.items()})


async def keep(state: FSMContext, draft: Draft) -> None:
    """Keeps the draft: a restart does not lose it."""
    await state.update_data(
        draft={language: parts_as_json(parts) for language, parts in draft.content.items()},
        audience=draft.audience.as_mapping() if draft.audience else None,
        urgent=draft.urgent,
        composed=None,
    )


def read(data: Mapping[str, Any]) -> Draft:
    """What `keep` wrote.  Pure."""
    content = {
        cast(Language, language): parts_from_json(parts)
        for language, parts in (data.get("draft") or {}).items()
    }
    audience = data.get("audience")
    chosen = None if audience is None else Audience.from_mapping(audience)
    return Draft(content, chosen, bool(data.get("urgent")))


def language_of_text(parts: tuple[Part, ...], of_author: Language) -> Language:
    """In which language something seems to be written; few words are taken for their author's.  Pure."""
    words = words_of(parts)
    seen = language_of(words, of_author)
    return seen if seen == "ky" or len(words.split()) >= _ENOUGH_WORDS else of_author


def within_rights(audience: Audience, member: StaffMember, tree: TerritoryTree) -> Audience:
    """The audience as far as a staff member may speak to it: in the territory of the role, or a part of that.  Pure."""
    return audience if may_act(member, audience, tree) else replace(audience, territory=member.territory)


def may_act(member: StaffMember, audience: Audience, tree: TerritoryTree) -> bool:
    """Whether a staff member may act on an announcement to this audience.  Pure."""
    return tree.covers(member.territory, audience.territory)
