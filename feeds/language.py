"""Which language a text is in: Kyrgyz, Russian or English.

Kyrgyz is often typed without its own letters, so its small words and endings count as much as ө, ү and ң.
Kyrgyz texts quote Russian names and the other way round: this says what most of a text is, and is not to be
trusted for a line.
"""

from __future__ import annotations

import re
from typing import Final

from storage.languages import Language

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 6_000
_KYRGYZ: Final = frozenset(
    re.findall(
        r"\w+",
        "жана менен үчүн учун боюнча бул бир деп болгон болуп эле да дагы аркылуу тарабынан кийин чейин ошондой өз оз "
        "анын алардын жергиликтүү жергиликтуу кеңеш кыргыз республикасынын болот эмес бар жок кошо "
        "өткөн откон жылы жылдын алып берүү беруу иш ага башкаруу өзүн катышты катышуучулар белгиледи айтты калды эки",
    )
)
_RUSSIAN: Final = frozenset(
    re.findall(
        r"\w+",
        "и в на с по для что это как не из к от за о об при или также который которые было были будет его их она они "
        "мы но а до со том между более органов самоуправления местного рамках области года году проекта развития",
    )
)
_KYRGYZ_LETTERS = re.compile("[өүңӨҮҢ]")
_KYRGYZ_ENDING = re.compile(
    r"(?:лардын|лердин|лордун|дарды|дерди|ндагы|ндеги|уучу|үүчү|ылган|илген|уулу|нын|нин|дын|дин)$"
)


_SHARED: Final = frozenset(
    {"айыл", "айыла", "өкмөт", "өкмөтү", "окмот", "окмоту", "аймак", "кенеш", "жогорку"}
)
"""Words of Kyrgyz that Russian takes as they are: they tell nothing where there are others."""
_RUSSIAN_ENDING = re.compile(
    r"(?:[оеи]го|[оеыи]му|[ыи]ми|[ая]ми|ться|тся|ости|ость|ени[еяю]|ани[еяю]|ск(?:ий|ая|ое|их|ой|ом)|н(?:ый|ая|ое|ых|ые|ой))$"
)


def language_of(text: str, default: Language = "ru") -> Language:
    """The language of a text, or `default` where there is nothing to tell by."""
    words = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    cyrillic = sum(1 for word in words if "\u0400" <= word[0] <= "\u04ff")
    if not words:
        return default
    if cyrillic * 2 < len(words):
        return "en"
    return _cyrillic_language(words, cyrillic)


def _cyrillic_language(words: list[str], cyrillic: int) -> Language:
    telling = [word for word in words if word not in _SHARED]
    russian = sum(1.0 for word in telling if word in _RUSSIAN)
    russian += sum(0.5 for word in telling if len(word) > 5 and _RUSSIAN_ENDING.search(word))
    kyrgyz = sum(1.0 for word in telling if word in _KYRGYZ)
    kyrgyz += sum(1.0 for word in telling if _KYRGYZ_LETTERS.search(word))
    kyrgyz += sum(0.5 for word in telling if len(word) > 5 and _KYRGYZ_ENDING.search(word))
    if not russian and not kyrgyz:
        return "ky" if len(telling) < len(words) else "ru"
    return "ky" if kyrgyz > russian and kyrgyz >= cyrillic * 0.04 else "ru"
