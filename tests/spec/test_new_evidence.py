"""What happens when new records appear on an article's topic."""

from __future__ import annotations

from datetime import timedelta

import pytest

from litwatch.diff import find_new_records
from litwatch.evidence import grade, mark
from litwatch.topics import QuestionKind
from litwatch.verdict import Status

from .cases import CITED, NEW, UPDATED, heading, record, signals_of, verdict_on

ANIMALS, HUMANS, COHORT = heading("D000818"), heading("D006801"), heading("D015331")


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


@pytest.mark.parametrize(
    ("title", "label", "rank"),
    [
        ("Sleep loss: a systematic review and meta-analysis", "Systematic review or meta-analysis", 2),
        ("Clinical practice guideline for insulin resistance", "Guideline", 1),
        ("Adherence to guidelines for insulin resistance", "Design not stated", 6),
        ("A randomized controlled trial of exercise", "Randomised trial", 3),
        ("Obesity and insulin: a Mendelian randomization study", "Design not stated", 6),
        ("Sleep and insulin in a birth cohort", "Observational study", 5),
        ("Insulin signalling", "Design not stated", 6),
    ],
)
def test_a_record_not_yet_indexed_is_graded_by_its_title_and_says_so(title: str, label: str, rank: int) -> None:
    level = grade(record(NEW, title), QuestionKind.THERAPY)
    assert (level.label, level.rank) == (label, rank)
    assert level.provisional is (label != "Design not stated"), "no word of the title decided"


def test_nlms_publication_type_outranks_the_title() -> None:
    level = grade(record(NEW, "A systematic review of guidelines", "editorial"), QuestionKind.THERAPY)
    assert (level.rank, level.provisional) == (7, False)


def test_a_cohort_stands_beside_trials_when_the_question_asks_for_causes() -> None:
    cohort = record(NEW, "Sleep", mesh=(COHORT,))
    assert (
        grade(cohort, QuestionKind.ETIOLOGY).rank
        == grade(record(NEW, "", "randomised trial"), QuestionKind.ETIOLOGY).rank
    )
    assert grade(cohort, QuestionKind.THERAPY).rank == 5


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (record(NEW, "Sleep", "preprint"), ("preprint",)),
        (record(NEW, "Sleep", "protocol"), ("protocol, no results",)),
        (record(NEW, "Sleep in mice", mesh=(ANIMALS,)), ("animals only",)),
        (record(NEW, "Sleep in mice and men", mesh=(ANIMALS, HUMANS)), ()),
        (record(NEW, "Sleep", "retracted publication"), ("retracted",)),
        (record(NEW, "Retraction: Sleep", "retraction notice"), ("notice about another paper",)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_a_reader_must_know_before_reading_on_is_marked(new: object, expected: tuple[str, ...]) -> None:
    assert mark(new) == expected  # type: ignore[arg-type]


def test_a_systematic_review_of_animals_or_a_retracted_one_asks_for_no_review() -> None:
    animals = record(NEW, "Sleep in mice", "systematic review", mesh=(ANIMALS,))
    retracted = record(NEW, "Sleep", "systematic review", "retracted publication")
    assert verdict_on(animals, retracted).status is Status.NO_SIGNAL
    assert len(signals_of(animals)) == 1, "it is marked and ordered, never excluded"


def test_any_number_of_ordinary_new_records_is_no_verdict() -> None:
    many = [record(NEW + n, f"Sleep study {n}", "observational study") for n in range(200)]
    assert verdict_on(*many).status is Status.NO_SIGNAL
    assert len(signals_of(*many)) == 200


def test_a_record_that_a_reader_kept_asks_for_a_review_whatever_its_level() -> None:
    decided = verdict_on(record(NEW, "Sleep", "observational study"), kept={NEW})
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
    assert any("cites 1 paper" in reason for reason in signal.reasons)
