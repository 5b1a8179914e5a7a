"""Every sentence a person can see is translated, once in each language, with the same placeholders."""

from __future__ import annotations

import string
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from bot.i18n import catalogue_files, read_catalogue
from storage.languages import Language

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "feeds", "storage")
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "N_": None}
TRANSLATED: tuple[Language, ...] = ("ru", "ky")
PLURAL_FORMS = {"ru": 3, "ky": 2}

Id = str | tuple[str, ...]


@cache
def said_in_code() -> dict[Id, str]:
    """Every message id in the code, with the place where it is."""
    found: dict[Id, str] = {}
    for room in ROOMS:
        for name, line, message, *_ in extract_from_dir(
            str(ROOT / room), method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found[message if isinstance(message, str) else tuple(message)] = f"{room}/{name}:{line}"
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def translations(language: Language) -> dict[Id, tuple[str, ...]]:
    """Message ids to their strings, all rooms together."""
    known: dict[Id, tuple[str, ...]] = {}
    for path in catalogue_files(language):
        for message in read_catalogue(path):
            if message.id and not message.fuzzy:
                strings = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                known[message.id if isinstance(message.id, str) else tuple(message.id)] = strings
    return known


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: Language) -> None:
    known = translations(language)
    missing = [
        f"{place}: {message!r}"
        for message, place in said_in_code().items()
        if not all(known.get(message, ("",)))
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: Language) -> None:
    left = [message for message in translations(language) if message not in said_in_code()]
    assert not left, "\n".join(map(repr, left))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_translated_in_two_rooms(language: Language) -> None:
    counted = Counter(
        message.id if isinstance(message.id, str) else tuple(message.id)
        for path in catalogue_files(language)
        for message in read_catalogue(path)
        if message.id
    )
    assert not [message for message, times in counted.items() if times > 1]


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders_and_have_every_plural_form(language: Language) -> None:
    wrong: list[str] = []
    for message, strings in translations(language).items():
        ids = (message,) if isinstance(message, str) else message
        wanted = set().union(*(placeholders(text) for text in ids))
        optional = set() if isinstance(message, str) else {"n"}
        wrong += [
            f"{message!r}: {text!r}"
            for text in strings
            if not wanted - optional <= placeholders(text) <= wanted | optional
        ]
        if len(ids) == 2 and len(strings) != PLURAL_FORMS[language]:
            wrong.append(f"{message!r}: {len(strings)} plural forms")
    assert not wrong, "\n".join(wrong)


def test_the_code_is_searched() -> None:
    assert len(said_in_code()) > 20
