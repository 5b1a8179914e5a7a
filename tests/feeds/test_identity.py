"""New, changed, unchanged, or a copy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.identity import (
    Changed,
    Copy,
    KnownReleases,
    New,
    Unchanged,
    best_copy,
    containment,
    content_hash,
    decide,
    release_identity,
    shingles,
    sketch,
)
from feeds.items import Item
from storage.releases import KnownRelease

TEXT = (
    "Жители двадцати айылных аймаков выбрали на открытых слушаниях инициативы, которые профинансирует местный бюджет. "
    "Конкурс проводится второй год подряд, поступило сто сорок три заявки на ремонт детских садов, освещение и "
    "уборку пастбищ."
)
OTHER = (
    "Академия государственного управления начала обучение резерва муниципальных кадров из всех областей страны. "
    "Слушатели проведут две недели в аудиториях, а затем пройдут практику в айыл окмоту под руководством наставников."
)
ITEM = Item(id="g1", title="Инициативы выбраны", url="https://a.example/1", body=TEXT)


def known(item: Item, number: int = 5) -> KnownRelease:
    return KnownRelease(number, release_identity(item), "a.example/1", item.title, content_hash(item))


def test_an_item_is_new_then_unchanged_then_changed() -> None:
    assert decide(ITEM, content_hash(ITEM), None) == New()
    assert decide(ITEM, content_hash(ITEM), known(ITEM)) == Unchanged(5)
    edited = replace(ITEM, body=TEXT + " Добавлено предложение.")
    assert decide(edited, content_hash(edited), known(ITEM)) == Changed(5, major=False)
    renamed = replace(ITEM, title="Другой заголовок")
    assert decide(renamed, content_hash(renamed), known(ITEM)) == Changed(5, major=True)


@pytest.mark.parametrize("body", [TEXT.upper(), TEXT.replace(" ", "  "), TEXT.replace(",", " —")])
def test_case_space_and_punctuation_are_no_change(body: str) -> None:
    assert content_hash(replace(ITEM, body=body)) == content_hash(ITEM)


def test_an_item_is_known_by_identity_before_address() -> None:
    moved = KnownRelease(1, "g1", "a.example/old", "", "")
    same_address = KnownRelease(2, "g0", "a.example/1", "", "")
    known = KnownReleases([same_address, moved])
    assert known.find("g1", "a.example/1") == moved
    assert known.find("g9", "a.example/1") == same_address
    assert known.find("g9", "") is None


def test_a_long_identity_is_short_and_still_its_own() -> None:
    one, other = (replace(ITEM, id="x" * 2000 + end) for end in "ab")
    assert len(release_identity(one)) <= 512
    assert release_identity(one) != release_identity(other)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT.split(". ")[0],
        "Новый заголовок партнёра\n" + TEXT,
        TEXT + "\nПодробности для СМИ: Асан Пробный: 0555 123456",
        TEXT.replace("сто сорок три", "143"),
    ],
)
def test_copies_share_at_least_half_of_their_shingles(copy: str) -> None:
    found = best_copy(shingles(copy), {1: shingles(OTHER), 7: shingles(TEXT)})
    assert found is not None and found.of == 7 and found.certain


def test_texts_about_the_same_thing_are_not_copies() -> None:
    assert best_copy(shingles(OTHER), {7: shingles(TEXT)}) is None


def test_a_doubtful_pair_is_told_apart_from_a_certain_one() -> None:
    words = [f"слово{number}" for number in range(100)]
    half = " ".join(words[:43] + [f"иное{number}" for number in range(57)])
    found = best_copy(shingles(half), {1: shingles(" ".join(words))})
    assert found is not None and not found.certain


def test_the_eldest_of_equal_originals_is_the_original() -> None:
    assert best_copy(shingles(TEXT), {9: shingles(TEXT), 3: shingles(TEXT)}) == Copy(3, 1.0)


def test_a_headline_is_too_short_to_be_a_copy() -> None:
    assert containment(shingles("Объявлен конкурс на лучшую инициативу"), shingles(TEXT)) == 0.0


def test_a_common_footer_makes_no_copy() -> None:
    footer = "\nПодробности для СМИ: " + " ".join(f"слово{number}" for number in range(80))
    one, other = (f"{text}\n{text[:40]}{footer}" for text in (TEXT, OTHER))
    assert containment(shingles(one), shingles(other)) == 0.0


def test_a_sketch_is_the_smallest_hashes() -> None:
    full = shingles(TEXT)
    assert sketch(full, 5) == frozenset(sorted(full)[:5])
    assert all(-(2**63) <= value < 2**63 for value in full)
