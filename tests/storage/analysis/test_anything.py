"""Whatever text comes, analysis holds its promises."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.analysis import analyse, canonical, fold, normalise, skeleton, stem, terms
from storage.search_query import fts5_match, read_query, tsquery

ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяөүңАЙЫЛabcXYZ019 .,-—«»\"'\u00ad\u200b\u0306\n№/"
texts = st.text(st.one_of(st.sampled_from(ALPHABET), st.characters(codec="utf-8")), max_size=80)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_terms_lie_in_the_text_one_after_another(text: str) -> None:
    found = analyse(text)
    ends = [0, *(term.end for term in found)]
    for term, before in zip(found, ends, strict=False):
        assert before <= term.start < term.end <= len(text)
        assert term.text in term.forms
    assert [term.text for term in found] == terms(text)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_folding_and_normalising_twice_changes_nothing(text: str) -> None:
    once = fold(normalise(text))
    assert fold(once) == once
    assert normalise(normalise(text)) == normalise(text)


@given(texts)
@settings(max_examples=150, deadline=None)
def test_every_question_has_a_reading(text: str) -> None:
    assert fold(normalise(text)) in canonical(text)
    skeleton(text)
    stem(text)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_a_query_has_only_letters_and_digits_in_its_quotes(text: str) -> None:
    query = read_query(text)
    for word in query.every:
        assert all(form.isalnum() for form in word.forms)
    assert fts5_match(query).count('"') % 2 == 0
    assert tsquery(query).count("'") % 2 == 0
