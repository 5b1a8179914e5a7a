"""The languages the bot speaks, and names that have a form in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Language = Literal["ky", "ru", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

Reads = Literal["ky-ru", "ru-ky", "ky", "ru", "en", "all"]
"""In which languages somebody is told of releases.

`ky` and `ru`: never the other of the two.  `ky-ru`, `ru-ky` and `en`: everything, but of a release that came in several
languages only the one in the first of them.  `all`: everything in every language.
"""

_ORDERS: Final[dict[Reads, tuple[Language, ...]]] = {
    "ky": ("ky", "en"),
    "ru": ("ru", "en"),
    "ky-ru": ("ky", "ru", "en"),
    "ru-ky": ("ru", "ky", "en"),
    "en": ("en", "ru", "ky"),
    "all": (),
}


READS: Final[tuple[Reads, ...]] = get_args(Reads)


def reads_of(chosen: str | None, language: Language) -> Reads:
    """What was chosen, or the chat's own language first where nothing was."""
    for reads in READS:
        if reads == chosen:
            return reads
    own: dict[Language, Reads] = {"ky": "ky-ru", "ru": "ru-ky", "en": "en"}
    return own[language]


def order_of(reads: Reads) -> tuple[Language, ...]:
    """The languages of one and the same release, the one to tell first; none where each is told."""
    return _ORDERS[reads]


def unread_of(reads: Reads) -> Language | None:
    """The language in which nothing is told."""
    match reads:
        case "ky":
            return "ru"
        case "ru":
            return "ky"
        case _:
            return None


def as_language(code: str | None, default: Language = "ky") -> Language:
    """The supported language for a code such as `ru` or `ru-RU`, else the default."""
    base = (code or "").lower().replace("_", "-").split("-")[0]
    return base if base in LANGUAGES else default


@dataclass(frozen=True, slots=True)
class Names:
    """A name in up to three languages; the Russian form is always there and is the canonical one."""

    ru: str
    ky: str = ""
    en: str = ""

    def in_(self, language: Language) -> str:
        """The name in a language, or the Russian one where that is missing."""
        return getattr(self, language) or self.ru

    @classmethod
    def from_mapping(cls, names: Mapping[str, str]) -> Names:
        """Reads `{"ru": …, "ky": …, "en": …}`; raises KeyError without `ru`."""
        return cls(ru=names["ru"], ky=names.get("ky", ""), en=names.get("en", ""))

    def as_mapping(self) -> dict[str, str]:
        """The names that are there, as stored in a JSON column."""
        return {code: name for code in LANGUAGES if (name := getattr(self, code))}
