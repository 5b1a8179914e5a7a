"""How text becomes terms: one analyser for the index, the rules of topics and the questions people ask.

`analyse` for terms with their places, `terms` for the index, `canonical` for what somebody may have meant.
"""

from storage.analysis.kyrgyz import known_base, matches_known, stem
from storage.analysis.normalise import fold, is_cyrillic, normalise, normalise_word
from storage.analysis.repair import (
    canonical,
    is_word,
    joined_pairs,
    other_layout,
    skeleton,
    split_joined,
    to_cyrillic,
    to_latin,
)
from storage.analysis.russian import is_common_word, lemma
from storage.analysis.terms import Term, WordForms, analyse, second_terms, terms, word_forms
from storage.analysis.tokens import Token, tokens

ANALYSIS_VERSION = 2
"""Raised when the same text gives other terms than before, or stands otherwise in the index: an index made by another
version is rebuilt."""

__all__ = [
    "ANALYSIS_VERSION",
    "Term",
    "Token",
    "WordForms",
    "analyse",
    "canonical",
    "fold",
    "is_common_word",
    "is_cyrillic",
    "is_word",
    "joined_pairs",
    "known_base",
    "lemma",
    "matches_known",
    "normalise",
    "normalise_word",
    "other_layout",
    "second_terms",
    "skeleton",
    "split_joined",
    "stem",
    "terms",
    "to_cyrillic",
    "to_latin",
    "tokens",
    "word_forms",
]
