"""What happens when new records appear on an article's topic."""

from __future__ import annotations

from datetime import timedelta

import pytest

from litwatch.decisions.changes import find_new_records
from litwatch.decisions.evidence_level import grade
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.verdict import Status
from litwatch.model.topic import QuestionKind
from tests.spec.cases import CITED, NEW, UPDATED, heading, record, signals_of, verdict_on

ANIMALS = heading("D000818")


@pytest.mark.parametrize(
    ("types", "rank", "status"),
    [
        (("guideline",), 1, Status.REVIEW_NEEDED),
        (("systematic review", "review"), 2, Status.REVIEW_NEEDED),
        (("meta-analysis",), 2, Status.REVIEW_NEEDED),
        (("randomised trial",), 3, Status.NO_SIGNAL),
        (("clinical trial",), 4, Status.NO_SIGNAL),
        (("observational study",), 5, Status.NO_SIGNAL),
        (("review",), 6, Status.NO_SIGNAL),
        (("case report",), 6, Status.NO_SIGNAL),
        (("letter",), 7, Status.NO_SIGNAL),
        (("preprint", "systematic review"), 4, Status.NO_SIGNAL),
    ],
)
def test_the_level_of_a_new_record_decides_whether_it_asks_for_a_review(
    types: tuple[str, ...], rank: int, status: Status
) -> None:
    new = record(NEW, "Sleep and insulin resistance", *types)
    assert grade(new, QuestionKind.THERAPY).rank == rank
    assert verdict_on(new).status is status


def test_a_systematic_review_of_animals_or_a_retracted_one_asks_for_no_review() -> None:
    animals = record(NEW, "Sleep in mice", "systematic review", mesh=(ANIMALS,))
    retracted = record(NEW, "Sleep", "systematic review", "retracted publication")
    assert verdict_on(animals, retracted).status is Status.NO_SIGNAL
    assert len(signals_of(animals)) == 1, "it is marked and ordered, never excluded"


def test_a_review_on_the_topic_that_bears_on_no_sentence_asks_for_a_review_too() -> None:
    aside = record(NEW, "Gut flora", "systematic review")
    (signal,) = signals_of(aside)
    assert signal.sentences == ()
    assert verdict_on(aside).status is Status.REVIEW_NEEDED


def test_any_number_of_ordinary_new_records_is_no_verdict() -> None:
    many = [record(NEW + n, f"Sleep study {n}", "observational study") for n in range(200)]
    assert verdict_on(*many).status is Status.NO_SIGNAL
    assert len(signals_of(*many)) == 200


def test_a_record_that_a_reader_kept_asks_for_a_review_whatever_its_level() -> None:
    decided = verdict_on(record(NEW, "Sleep", "observational study"), kept={NEW: None})
    assert (decided.status, decided.fired[0].rule) == (Status.REVIEW_NEEDED, "V6")


def test_a_cited_or_already_seen_record_is_not_new() -> None:
    assert find_new_records([record(NEW), record(CITED)], {CITED}, {NEW}, UPDATED) == ()


@pytest.mark.parametrize("field", ["created", "entered", "mesh_dated"])
def test_each_of_the_three_dates_makes_a_record_new(field: str) -> None:
    old = dict.fromkeys(("created", "entered", "mesh_dated"), UPDATED - timedelta(days=400))
    assert find_new_records([record(NEW, "", **{**old, field: UPDATED})], (), (), UPDATED)
    assert not find_new_records([record(NEW, "", **old)], (), (), UPDATED)


def test_a_later_revision_does_not_make_an_old_record_new() -> None:
    old = dict.fromkeys(("created", "entered", "mesh_dated"), UPDATED - timedelta(days=400))
    assert not find_new_records([record(NEW, "", **old, revised=UPDATED + timedelta(days=5))], (), (), UPDATED)


def test_a_record_without_any_date_is_taken_as_new() -> None:
    undated: dict[str, object] = dict.fromkeys(("created", "entered", "mesh_dated"))
    assert find_new_records([record(NEW, "", **undated)], (), (), UPDATED)


def test_a_new_record_names_the_sentence_that_shares_its_words() -> None:
    (signal,) = signals_of(record(NEW, "Short sleep, sleep apnoea and insulin resistance", "observational study"))
    assert signal.sentences[0] == 2


def test_a_new_record_that_cites_what_the_article_cites_names_those_sentences() -> None:
    (signal,) = signals_of(record(NEW, "Unrelated words", "observational study", cites=(CITED,)))
    assert signal.sentences == (1, 2)
    assert Reason(ReasonCode.SHARES_REFERENCES, (1,)) in signal.reasons


def test_what_bears_on_a_sentence_stands_before_what_does_not_but_never_before_a_guideline() -> None:
    guideline = record(NEW, "Unrelated advice", "guideline")
    animals = record(NEW + 1, "Unrelated matters", "meta-analysis")
    sleep = record(NEW + 2, "Short sleep and sleep apnoea", "systematic review")
    trial = record(NEW + 3, "Unrelated words", "randomised trial")
    cohort = record(NEW + 4, "Short sleep and sleep apnoea in a cohort", "observational study")
    signals = signals_of(cohort, trial, sleep, animals, guideline)
    assert [signal.change.pmid - NEW for signal in signals] == [0, 2, 1, 4, 3]
