"""What somebody meant who typed in the wrong layout, in Latin letters, or without spaces."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from storage.analysis import kyrgyz, russian
from storage.analysis.normalise import fold, is_cyrillic, normalise

Known = Callable[[str], bool]

_QWERTY: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_JCUKEN: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю."
_TO_JCUKEN: Final = str.maketrans(_QWERTY + '~{}:"<>', _JCUKEN + "ёхъжэбю")
_TO_QWERTY: Final = str.maketrans(_JCUKEN[:-1], _QWERTY[:-1])

_TO_LATIN: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ү": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    }
)  # fmt: skip

_TO_CYRILLIC: Final = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("yo", "е"), ("jo", "е"), ("ye", "е"),
    ("ö", "о"), ("ü", "у"), ("ñ", "н"), ("ı", "ы"), ("ş", "ш"), ("ç", "ч"), ("ğ", "г"), ("x", "кс"), ("w", "в"),
    ("a", "а"), ("b", "б"), ("v", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("h", "х"), ("c", "к"), ("q", "к"), ("'", "ь"),
)  # fmt: skip
_VOWELS: Final = "aeiouyöü"

_SKELETON: Final = (
    ("shch", "s"), ("sch", "s"), ("sh", "s"), ("zh", "j"), ("dzh", "j"), ("dj", "j"), ("kh", "h"), ("ts", "c"),
    ("tz", "c"), ("ch", "c"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("w", "v"), ("ph", "f"), ("ö", "o"), ("ü", "u"),
    ("ñ", "n"), ("ı", "i"), ("ş", "s"), ("ç", "c"), ("ğ", "g"),
)  # fmt: skip
_SHORTEST_PART: Final = 4
_MOSTLY: Final = 0.5
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN_WORD: Final = re.compile(r"[a-z][a-z'ʼöüñışçğ]*")
_REPEATED: Final = re.compile(r"(.)\1+")
_VILLAGE: Final = re.compile(r"a(?:yi|iy|yy|i|y)l(?![eu])")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def other_layout(text: str) -> str:
    """What the same keys give in the other layout: `ghjtrns` → «проекты», «вздш» → `dpli`."""
    lowered = text.lower()
    latin = sum(letter in _QWERTY[:-1] for letter in lowered)
    cyrillic = sum(letter in _JCUKEN[:-1] for letter in lowered)
    return lowered.translate(_TO_JCUKEN if latin >= cyrillic else _TO_QWERTY)


def to_latin(text: str) -> str:
    """Cyrillic in Latin letters as signs and passports mostly have it: «Ийгиликтүү аймак» → `iygiliktuu aymak`."""
    return normalise(text).translate(_TO_LATIN)


def to_cyrillic(text: str) -> str:
    """A guess at Latin-typed Russian or Kyrgyz in Cyrillic: `uspeshnyi aimak` → «успешный аймак».

    `j` is ж before a vowel at the start of a word and й elsewhere (`jergiliktuu`, `ijgilik`); `y` and `i` beside a
    vowel are й.  Words with ө, ү, ң come out folded.
    """
    return _LATIN_WORD.sub(lambda match: _word_to_cyrillic(match.group()), normalise(text))


def _word_to_cyrillic(word: str) -> str:
    written, at = "", 0
    while at < len(word):
        letters, step = _next_letters(word, at)
        written += letters
        at += step
    return written


def _next_letters(word: str, at: int) -> tuple[str, int]:
    if at == 0 and (village := _VILLAGE.match(word)):
        return "айыл", village.end()
    if at == 0 and word[0] == "e":
        return "э", 1
    if word[at] == "c" and word[at + 1 : at + 2] in "iey":
        return "ц", 1
    if word.startswith("ye", at) and at + 2 == len(word) and word[at - 1 : at] not in _VOWELS:
        return "ые", 2
    if word.startswith("ia", at) and at and at + 2 == len(word):
        return "ия", 2
    if word[at] in "yji" and (glide := _glide(word, at)):
        return glide, 1
    for latin, cyrillic in _TO_CYRILLIC:
        if word.startswith(latin, at):
            return cyrillic, len(latin)
    return {"y": "ы", "j": "ж"}.get(word[at], word[at]), 1


def _glide(word: str, at: int) -> str:
    """й where `y`, `j` or `i` closes a syllable; "" where it is a letter of its own."""
    before, after = word[at - 1 : at] or " ", word[at + 1 : at + 2] or " "
    closes = before in _VOWELS and after not in _VOWELS
    if word[at] == "i":
        return "й" if closes and before in "aeouy" else ""
    if word[at] == "y" and before in "iy" and after == " ":
        return "й"
    return "й" if closes or (word[at] == "j" and before == "i") else ""


@lru_cache(maxsize=50_000)
def skeleton(text: str) -> str:
    """The sound of a name whatever the alphabet and the transliteration, for comparing.

    `uspeshnyi aimak`, `Uspeshny aymak` and «Успешный аймак» have one skeleton.  Different names can share one too.
    """
    latin = normalise(text).translate(_TO_LATIN)
    for written, sound in _SKELETON:
        latin = latin.replace(written, sound)
    words = (_word_skeleton(word) for word in _NOT_LETTERS.split(latin))
    return " ".join(word for word in words if word)


def _word_skeleton(word: str) -> str:
    if word[:1] == "j" and word[1:2] in _VOWELS:
        word = "J" + word[1:]
    word = re.sub(r"[yj]", "i", word).replace("J", "j")
    word = re.sub(r"i+([aou])", r"\1", word)
    return _REPEATED.sub(r"\1", word)


def split_joined(word: str, known: Known | None = None) -> tuple[str, str] | None:
    """Two known words written as one, or None: «успешныйаймак» → («успешный», «аймак»).

    A word that is itself known is not split; each part has at least four letters.  Of several ways the one with
    the longest shorter part is taken.
    """
    known = known or is_word
    plain = normalise(word)
    if known(plain):
        return None
    ways = ((plain[:cut], plain[cut:]) for cut in range(_SHORTEST_PART, len(plain) - _SHORTEST_PART + 1))
    split = [way for way in ways if known(way[0]) and known(way[1])]
    return max(split, key=lambda way: min(map(len, way)), default=None)


def joined_pairs(words: list[str]) -> list[str]:
    """Each two neighbours written as one: for a name that people write with and without its space or hyphen."""
    return [first + second for first, second in pairwise(words)]


def is_word(word: str) -> bool:
    """Whether a word is in the Russian dictionary, a form of a listed Kyrgyz base, or a listed English word."""
    plain = normalise(word)
    if not is_cyrillic(plain):
        return plain.isdigit() or plain in _english_words()
    return (
        russian.is_known(plain) or russian.override(plain) is not None or kyrgyz.known_base(plain) is not None
    )


@lru_cache(maxsize=1)
def _english_words() -> frozenset[str]:
    listed = files("storage.analysis").joinpath("english_words.txt").read_text("utf-8")
    return frozenset(
        word for line in listed.splitlines() if not line.startswith("#") for word in line.split()
    )


def canonical(question: str, known: Known | None = None) -> tuple[str, ...]:
    """The readings of what somebody typed, likeliest first, each normalised and folded.

    The first is what they typed unless another layout, another alphabet or parting joined words makes more known
    words of it.  `known` says which words the caller knows besides the dictionaries (names in the registry).
    """
    recognise = _recogniser(known)
    typed = fold(normalise(question))
    readings = [typed]
    if _suspicious(typed):
        readings += [fold(normalise(other_layout(question))), fold(to_cyrillic(question))]
        if "j" in typed:  # «jash» is «жаш» in Kyrgyz, «я» begins so in Russian alone
            readings.append(fold(to_cyrillic(typed.replace("j", "zh"))))
        if (
            known is not None and _known_share(typed, known) < _MOSTLY
        ):  # a name among words typed in Latin letters: «SDC kaisy dolboorlordu karjylait»
            readings += [_unless_known(typed, known), _unless_known(typed.replace("j", "zh"), known)]
    readings += [_part(text, recognise) for text in readings]
    return tuple(sorted(dict.fromkeys(readings), key=lambda text: -_known_share(text, recognise)))


def _unless_known(typed: str, known: Known) -> str:
    return _LATIN_WORD.sub(
        lambda match: match.group() if known(match.group()) else fold(_word_to_cyrillic(match.group())), typed
    )


def _recogniser(known: Known | None) -> Known:
    if known is None:
        return is_word
    return lambda word: known(word) or is_word(word)


def _suspicious(text: str) -> bool:
    """Latin letters outside English words, or not one known word (a Latin word typed in the Russian layout)."""
    words = _WORD.findall(text)
    foreign = [word for word in words if not is_cyrillic(word) and not is_word(word)]
    return bool(foreign) or not any(is_word(word) for word in words)


def _known_share(text: str, known: Known) -> float:
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    letters = sum(map(len, words))
    return sum(len(word) for word in words if known(word)) / letters if letters else 0.0


def _part(text: str, known: Known) -> str:
    return _WORD.sub(lambda match: " ".join(split_joined(match.group(), known) or (match.group(),)), text)
