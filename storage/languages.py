"""The languages the bot speaks, and names that have a form in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Language = Literal["ky", "ru", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


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
