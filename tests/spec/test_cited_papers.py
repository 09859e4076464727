"""What happens when something is said about a paper that an article cites."""

from __future__ import annotations

import pytest

from litwatch.decisions.changes import find_cited_changes
from litwatch.decisions.triage import Priority
from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.record import Record, RefType
from tests.spec.cases import CITED, NEW, NOTICE, OTHER_CITED, noticed, record, signals_of, verdict_on


@pytest.mark.parametrize(
    ("shown", "status", "rule"),
    [
        (RefType.RETRACTION_IN, Status.REVIEW_NOW, "V1"),
        (RefType.RETRACTED_AND_REPUBLISHED_IN, Status.REVIEW_NOW, "V1"),
        (RefType.UPDATE_IN, Status.REVIEW_NEEDED, "V2"),
        (RefType.CORRECTED_AND_REPUBLISHED_IN, Status.REVIEW_NEEDED, "V2"),
        (RefType.EXPRESSION_OF_CONCERN_IN, Status.REVIEW_NEEDED, "V3"),
        (RefType.ERRATUM_IN, Status.REVIEW_NEEDED, "V3"),
        (RefType.COMMENT_IN, Status.NO_SIGNAL, "V8"),
        (RefType.SUMMARY_FOR_PATIENTS_IN, Status.NO_SIGNAL, "V8"),
        (RefType.RETRACTION_OF, Status.NO_SIGNAL, "V8"),
    ],
)
def test_the_notice_on_a_cited_paper_names_the_verdict(shown: RefType, status: Status, rule: str) -> None:
    decided = verdict_on(noticed(shown))
    assert (decided.status, decided.fired[0].rule) == (status, rule)


def test_a_retraction_without_a_notice_pmid_counts_as_much() -> None:
    decided = verdict_on(noticed(RefType.RETRACTION_IN, notice=None, source="J Ex. 2026;1:2"))
    assert decided.status is Status.REVIEW_NOW
    assert decided.fired[0].pmids == (CITED,)


def test_the_publication_type_alone_marks_a_paper_as_retracted() -> None:
    assert verdict_on(record(CITED, "Sleep loss", "retracted publication")).status is Status.REVIEW_NOW


def test_publication_type_and_notice_together_are_one_change() -> None:
    both = record(CITED, "Sleep loss", "retracted publication", notices=noticed(RefType.RETRACTION_IN).notices)
    assert [signal.change for signal in signals_of(both)] == [
        Change(ChangeKind.CITED_RETRACTED, CITED, f"pmid:{NOTICE}", NOTICE)
    ]


def test_a_notice_that_stood_before_the_first_look_is_told_all_the_same() -> None:
    assert find_cited_changes([CITED], {}, {CITED: noticed(RefType.RETRACTION_IN)})


def test_a_retraction_taken_back_is_told_and_still_asks_for_a_review() -> None:
    before = noticed(RefType.RETRACTION_IN)
    signals = signals_of(record(CITED), before=(before,))
    assert [s.change.kind for s in signals] == [ChangeKind.CITED_REINSTATED]
    assert verdict_on(record(CITED), before=(before,)).status is Status.REVIEW_NEEDED


@pytest.mark.parametrize(
    "before",
    [record(CITED, "Sleep loss", "retracted publication"), noticed(RefType.RETRACTION_IN, notice=None)],
    ids=["publication type first", "notice without PMID first"],
)
def test_a_retraction_that_pubmed_links_later_is_not_taken_for_withdrawn(before: Record) -> None:
    signals = signals_of(noticed(RefType.RETRACTION_IN), before=(before,))
    assert [s.change.kind for s in signals] == [ChangeKind.CITED_RETRACTED]


def test_a_record_that_pubmed_no_longer_serves_is_told() -> None:
    changes = find_cited_changes([CITED, OTHER_CITED], {}, {OTHER_CITED: record(OTHER_CITED)}, missing=[CITED])
    assert changes == (Change(ChangeKind.CITED_MISSING, CITED, ""),)


def test_a_cited_paper_that_was_not_looked_at_says_nothing() -> None:
    assert find_cited_changes([CITED], {CITED: noticed(RefType.RETRACTION_IN)}, {}) == ()


def test_the_sentences_that_rest_on_a_retracted_paper_are_named() -> None:
    (signal,) = signals_of(noticed(RefType.RETRACTION_IN))
    assert signal.sentences == (1, 2)
    assert signal.priority is Priority.HIGH


def test_a_notice_stands_before_the_best_new_evidence() -> None:
    first, second = signals_of(record(NEW, "Sleep and insulin resistance", "guideline"), noticed(RefType.ERRATUM_IN))
    assert first.change.kind is ChangeKind.CITED_ERRATUM
    assert second.change.kind is ChangeKind.NEW_RECORD


def test_the_worst_rule_names_the_status_and_every_rule_is_listed() -> None:
    decided = verdict_on(
        noticed(RefType.RETRACTION_IN), noticed(RefType.ERRATUM_IN, OTHER_CITED), record(NEW, "New advice", "guideline")
    )
    assert decided.status is Status.REVIEW_NOW
    assert [fired.rule for fired in decided.fired] == ["V1", "V3", "V5"]
