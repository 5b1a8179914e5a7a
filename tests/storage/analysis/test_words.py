"""Forms of one word are one term, and words that only look alike are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.analysis import (
    Term,
    analyse,
    canonical,
    fold,
    known_base,
    lemma,
    matches_known,
    normalise,
    other_layout,
    second_terms,
    skeleton,
    split_joined,
    stem,
    terms,
    to_cyrillic,
    to_latin,
    word_forms,
)

FOLDER = Path(__file__).parent


def pairs(language: str) -> list[tuple[str, str, bool]]:
    lines = (FOLDER / f"{language}_pairs.tsv").read_text("utf-8").splitlines()[1:]
    return [(base, word, verdict == "same") for base, word, verdict in (line.split("\t") for line in lines)]


def share_a_reading(one: str, other: str) -> bool:
    first, second = word_forms(normalise(one)), word_forms(normalise(other))
    return bool({first.primary, first.second} & {second.primary, second.second} - {""})


@pytest.mark.parametrize("language", ["russian", "kyrgyz"])
def test_there_are_three_hundred_pairs_true_and_false(language: str) -> None:
    found = pairs(language)
    assert len(found) >= 300
    assert len(set(found)) == len(found)
    assert sum(not same for _, _, same in found) >= 80


@pytest.mark.parametrize(("base", "word", "same"), pairs("russian"))
def test_russian_forms_come_together(base: str, word: str, same: bool) -> None:
    assert share_a_reading(base, word) is same


@pytest.mark.parametrize(("base", "word", "same"), pairs("kyrgyz"))
def test_kyrgyz_forms_of_a_known_word_are_known(base: str, word: str, same: bool) -> None:
    assert matches_known(base, word) is same


@pytest.mark.parametrize(("base", "word", "same"), pairs("kyrgyz"))
def test_typing_without_kyrgyz_letters_changes_nothing(base: str, word: str, same: bool) -> None:
    assert matches_known(fold(base), fold(word)) is same


@pytest.mark.parametrize("word", [word for _, word, same in pairs("kyrgyz") if same])
def test_a_stem_is_its_own_stem(word: str) -> None:
    assert stem(stem(word)) == stem(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("жашылдандыруунун", "жашылдандырууга"),
        ("белсенділердин", "белсенділерге"),
        ("көчмөндөрдүн", "көчмөндөргө"),
        ("кыштактарда", "кыштактын"),
    ],
)
def test_forms_of_a_word_nobody_listed_come_together(one: str, other: str) -> None:
    assert known_base(one) is None
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("сёл", "село"),
        ("женщин", "женщина"),
        ("ПСЭР".lower(), "псэр"),
        ("в", "в"),
        ("Нарынской".lower(), "нарынский"),
    ],
)
def test_lemmas(word: str, expected: str) -> None:
    assert lemma(normalise(word)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ёлка", "елка"),
        ("  А\u00a0Б \t в\n", "а б в"),
        ("«кавычки» “и” „так“", '"кавычки" "и" "так"'),
        ("тире — минус − дефис‑", "тире - минус - дефис-"),
        ("со\u00adдей\u200bствие", "содействие"),
        ("и\u0306", "й"),
        ("КЕҢЕШ", "кеңеш"),
    ],
)
def test_texts_are_brought_to_one_spelling(text: str, expected: str) -> None:
    assert normalise(text) == expected
    assert normalise(normalise(text)) == normalise(text)


def test_terms_know_their_place_in_the_original() -> None:
    text = "  «Айыл-окмоту» г.Ош, УА2: со\u00adдействие Ё"
    found = analyse(text)
    assert [text[term.start : term.end] for term in found] == [
        "Айыл", "окмоту", "г", "Ош", "УА", "2", "со\u00adдействие", "Ё",
    ]  # fmt: skip
    assert [term.text for term in found] == ["айыл", "окмот", "г", "ош", "уа", "2", "содействие", "е"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("А.Г.У.П. КР", ["агуп", "кр"]),
        ("А. Г. У. П.", ["агуп"]),
        ("М С У", ["м", "с", "у"]),
        ("П С Э Р", ["псэр"]),
        ("г.с.з. и п.с.э.р", ["гсз", "и", "псэр"]),
        ("и т.д. по тексту", ["и", "т", "д", "по", "текст"]),
        ("7F06122 и 2025г", ["7f06122", "и", "2025", "г"]),
        ("Hарын с латинской H", ["нарын", "с", "латинский", "h"]),
        ("USAIDдин колдоосу", ["usaid", "колдоо"]),
        ("DPIга", ["dpi"]),
        ("", []),
        ("—!?", []),
    ],
)
def test_abbreviations_numbers_and_mixed_alphabets(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_word_that_can_be_read_in_two_languages_has_both_readings() -> None:
    (term,) = analyse("кыштактарда")
    assert isinstance(term, Term)
    assert second_terms("кыштактарда")[0] in term.forms
    assert term.text in term.forms


def test_the_same_text_gives_the_same_terms_again() -> None:
    text = "Депутаты айылных кенешей жана айыл өкмөтүнүн кызматкерлери; women leaders"
    assert analyse(text) == analyse(text)
    assert [term.text for term in analyse(text)] == terms(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ghjtrns", "проекты"),
        ("gc'h", "псэр"),
        ("rjynfrns eeve", "контакты ууму"),
        ("вздш", "dpli"),
        ("пше", "git"),
    ],
)
def test_the_other_layout(typed: str, meant: str) -> None:
    assert meant in (other_layout(typed), *canonical(typed))


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("uspeshnyi aimak", "успешный аймак"),
        ("ijgiliktuu aimak", "ийгиликтуу аймак"),
        ("jergiliktuu demilge", "жергиликтуу демилге"),
        ("zhenshchiny lidery", "женщины лидеры"),
        ("ayil okmotu", "айыл окмоту"),
        ("institut politiki razvitia", "институт политики развития"),
        ("mestnye initsiativy", "местные инициативы"),
        ("Naryn", "нарын"),
    ],
)
def test_latin_letters_are_read_as_cyrillic(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uspeshnyi aimak", "Успешный аймак"),
        ("Uspeshny aymak", "Успешный аймак"),
        ("ijgiliktuu aymak", "Ийгиликтүү аймак"),
        ("Jergiliktuu", "жергиликтүү"),
        ("Dzhamankulova", "Жаманкулова"),
    ],
)
def test_a_name_sounds_the_same_in_both_alphabets(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Нарын", "Талас"), ("депутат", "депозит"), ("айыл", "аял")])
def test_different_names_sound_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_there_and_back_again() -> None:
    for word in ("демилге", "программа", "облус", "бюджет", "нарын"):
        assert to_cyrillic(to_latin(word)) == word


@pytest.mark.parametrize(
    ("joined", "parts"),
    [
        ("успешныйаймак", ("успешный", "аймак")),
        ("айылокмоту", ("айыл", "окмоту")),
        ("муниципалитет", None),
        ("абвгд", None),
    ],
)
def test_words_written_as_one_are_parted(joined: str, parts: tuple[str, str] | None) -> None:
    assert split_joined(joined) == parts


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Кто финансирует «Успешный аймак»?", 'кто финансирует "успешный аймак"?'),
        ("ghjtrns", "проекты"),
        ("uspeshnyi aimak", "успешный аймак"),
        ("ayil okmotu degen emne", "айыл окмоту деген эмне"),
        ("успешныйаймак", "успешный аймак"),
        ("what is USAID", "what is usaid"),
        ("who funds Successful Aimak 2", "who funds successful aimak 2"),
        ("Долбоорлор жөнүндө", "долбоорлор жонундо"),
        ("кто такой dpi", "кто такой dpi"),
        ("", ""),
    ],
)
def test_the_likeliest_reading_comes_first(question: str, first: str) -> None:
    assert canonical(question)[0] == first


def test_what_was_typed_is_always_among_the_readings() -> None:
    for question in ("ghjtrns", "uspeshnyi aimak", "айылокмоту", "qwrtpsd"):
        assert fold(normalise(question)) in canonical(question)


def test_names_that_the_caller_knows_count() -> None:
    assert canonical("zubra")[0] == "зубра"
    assert canonical("zubra", lambda word: word == "zubra")[0] == "zubra"
