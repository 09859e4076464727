"""Under which forms PubMed is asked for a word, and which truncation would find something else."""

from __future__ import annotations

import pytest

from litwatch.strategy.word_forms import key_of, phrase_terms, word_terms


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("statins", "statin*"),
        ("psychotherapies", "psychotherap*"),
        ("incontinence", "incontin*"),
        ("hypoglycemic", "hypoglycem* hypoglycaem*"),
        ("tumours", "tumour* tumors tumor"),
        ("originator", "originator*"),  # not origin*: original
        ("experience", "experience*"),  # not experi*: experiment
        ("genes", "genes gene"),  # not gene*: general
        ("ptsd", "ptsd"),  # an abbreviation has no plural unless records have it
        ("chemoprevention", "chemoprevent*"),  # no British "chaemoprevention"
        ("colorectal", "colorect*"),  # nor "colourectal"
    ],
)
def test_a_word_is_asked_for_in_all_its_forms_and_no_other(word: str, terms: str) -> None:
    assert word_terms(word) == [f"{term}[tiab]" for term in terms.split()]


def test_forms_that_records_have_are_added() -> None:
    assert word_terms("nudge", ["nudges", "nudging", "dough"]) == [
        f"{form}[tiab]" for form in ("nudge", "nudges", "nudging")
    ]


def test_a_phrase_has_its_singular_and_a_plural_only_where_records_have_it() -> None:
    assert phrase_terms(["beta", "blockers"]) == ['"beta blockers"[tiab:~0]', '"beta blocker"[tiab:~0]']
    assert phrase_terms(["heart", "failure"]) == ['"heart failure"[tiab:~0]']
    assert phrase_terms(["liver", "tumour"], {"tumours"}) == [
        f'"liver {form}"[tiab:~0]' for form in ("tumour", "tumor", "tumours", "tumors")
    ]


def test_a_stop_word_in_a_phrase_is_a_word_that_may_stand_between() -> None:
    assert phrase_terms(["quality", "of", "life"]) == ['"quality life"[tiab:~1]']


def test_both_spellings_and_numbers_have_one_key() -> None:
    for words in ("anaemias anemia", "tumours tumor", "oedema edema", "behavioural behavioral", "statins statin"):
        british, american = words.split()
        assert key_of(british) == key_of(american)
    assert key_of("chemotherapy") != key_of("haemotherapy")
