"""What each rule of a verdict names: its papers, its figures and its days, and how the rules stand together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.triage import Priority, Signal
from litwatch.decisions.verdict import RULES, Fired, Rule, Status, Verdict, decide
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Effect
from litwatch.model.reference import Match, MatchCode, MatchReason, MatchState
from litwatch.model.sweep import SearchSign, SignCode
from litwatch.model.topic import Thresholds
from litwatch.references.lint import UNKNOWN_PMID, Finding, Severity

TODAY = date(2026, 11, 20)
UPDATED = TODAY - timedelta(days=100)
STATUS = {question.rule: question.status for question in RULES}


def signal(kind: ChangeKind, pmid: int = 1, priority: Priority = Priority.HIGH, **changes: Any) -> Signal:
    change = Change(kind, Pmid(pmid), changes.pop("detail", ""))
    return replace(Signal(change, priority, None, (), 0.5, ()), **changes)


def new(pmid: int, priority: Priority = Priority.MEDIUM, **changes: Any) -> Signal:
    return signal(ChangeKind.NEW_RECORD, pmid, priority, **changes)


def verdict(*signals: Signal, **given: Any) -> Verdict:
    usual: dict[str, Any] = {
        "kept": {},
        "findings": (),
        "matches": (),
        "settled": (),
        "failures": (),
        "last_updated": UPDATED,
        "last_reviewed": None,
        "searched_to": TODAY - timedelta(days=1),
        "thresholds": Thresholds(),
        "today": TODAY,
    }
    return decide(signals=signals, **(usual | given))


def fired(rule: Rule, *reasons: Reason, pmids: tuple[int, ...] = (), status: Status | None = None) -> Fired:
    return Fired(rule, status or STATUS[rule], tuple(map(Pmid, pmids)), reasons)


def test_without_anything_to_say_a_verdict_names_the_day_to_which_everything_is_searched() -> None:
    searched = TODAY - timedelta(days=1)
    clear = fired(Rule.CLEAR, Reason(ReasonCode.CLEAR, day=searched))
    assert verdict() == Verdict(Status.NO_SIGNAL, (clear,), TODAY, searched, UPDATED + timedelta(days=365))
    assert (clear.told, clear.told_overturned_by) == ("", ""), "only verdicts of old stores hold sentences"


@pytest.mark.parametrize(
    ("kinds", "rule", "code"),
    [
        ([ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED], Rule.RETRACTED, ReasonCode.RETRACTED),
        ([ChangeKind.CITED_UPDATED, ChangeKind.CITED_REPUBLISHED], Rule.NEWER_VERSION, ReasonCode.NEWER_VERSION),
        ([ChangeKind.CITED_REINSTATED], Rule.OTHER_NOTICE, ReasonCode.REINSTATED),
        ([ChangeKind.CITED_PARTLY_RETRACTED], Rule.OTHER_NOTICE, ReasonCode.PARTLY_RETRACTED),
        ([ChangeKind.CITED_WITHDRAWN], Rule.OTHER_NOTICE, ReasonCode.WITHDRAWN),
        ([ChangeKind.CITED_CONCERN], Rule.OTHER_NOTICE, ReasonCode.CONCERN),
        (
            [ChangeKind.CITED_ERRATUM, ChangeKind.NOTICE_WITHDRAWN],
            Rule.OTHER_NOTICE,
            ReasonCode.OTHER_NOTICE,
        ),
        ([ChangeKind.CITED_MISSING], Rule.OTHER_NOTICE, ReasonCode.GONE_FROM_PUBMED),
    ],
    ids=lambda value: getattr(value, "value", None),
)
def test_a_rule_about_cited_papers_names_each_paper_once_in_the_order_of_the_signals(
    kinds: list[ChangeKind], rule: Rule, code: ReasonCode
) -> None:
    told = [signal(kind, 9 - place) for place, kind in enumerate(kinds)]
    pmids = tuple(9 - place for place in range(len(kinds)))
    again = replace(told[0], change=replace(told[0].change, detail="another notice"))
    assert verdict(*told, again).fired == (fired(rule, Reason(code), pmids=pmids),)


@pytest.mark.parametrize(
    "kind", [ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED, ChangeKind.CITED_CONCERN]
)
def test_a_grave_notice_that_was_taken_back_is_another_notice(kind: ChangeKind) -> None:
    back = signal(kind, 3, Priority.MEDIUM)
    other = fired(Rule.OTHER_NOTICE, Reason(ReasonCode.OTHER_NOTICE), pmids=(3,))
    assert verdict(back).fired == (other,)
    assert verdict(back, signal(ChangeKind.CITED_ERRATUM, 3)).fired == (other,), "a paper is named once"


def test_a_notice_that_a_reinstatement_has_ended_fires_no_rule_of_its_own() -> None:
    assert verdict(signal(ChangeKind.CITED_RETRACTED, 3, outlived=True)).status is Status.NO_SIGNAL


def test_new_evidence_is_named_from_the_level_that_the_topic_asks_for() -> None:
    (told,) = verdict(new(1), new(2, Priority.LOW), new(3, Priority.HIGH), thresholds=Thresholds(review_level=3)).fired
    assert told == fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (3,)), pmids=(1, 3))


def test_the_effect_that_a_member_names_decides_by_which_rule_a_record_is_told() -> None:
    records = [new(number, Priority.MEDIUM if number < 5 else Priority.LOW) for number in range(1, 9)]
    effects = (Effect.CONTRADICTS, Effect.CLARIFIES, Effect.REINFORCES, None)
    kept = {Pmid(number): effects[(number - 1) % 4] for number in range(1, 9)}
    assert verdict(*records, kept=kept).fired == (
        fired(Rule.CONTRADICTED, Reason(ReasonCode.CONTRADICTED), pmids=(1, 5)),
        fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (2,)), pmids=(4,)),
        fired(Rule.KEPT, Reason(ReasonCode.KEPT), pmids=(2, 6, 8)),
    )
    cited = signal(ChangeKind.CITED_ERRATUM, 1)
    assert [each.rule for each in verdict(cited, kept=kept).fired] == [Rule.OTHER_NOTICE], "no new record"


def test_members_who_disagree_are_counted_with_the_papers_of_each_rule() -> None:
    disputed = (Reason(ReasonCode.DISAGREEMENT),)
    notices = [signal(ChangeKind.CITED_ERRATUM, number, reasons=disputed if number < 3 else ()) for number in (1, 2, 3)]
    told = verdict(*notices, new(9)).fired
    count = Reason(ReasonCode.DISAGREEMENT, (2,))
    assert told[0] == fired(Rule.OTHER_NOTICE, Reason(ReasonCode.OTHER_NOTICE), count, pmids=(1, 2, 3))
    assert told[1] == fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (2,)), pmids=(9,))


def test_the_citations_rule_names_what_is_wrong_with_which_references() -> None:
    error, warning = (Finding("L01", severity, "…", "…") for severity in (Severity.ERROR, Severity.WARNING))
    matches = [
        Match(1, MatchState.CONFIRMED, Pmid(1), 1.0, "pmid"),
        Match(2, MatchState.CANDIDATE, Pmid(2), 0.7, "title"),
        Match(3, MatchState.NOT_FOUND, None, 0.0, "title"),
        Match(4, MatchState.NOT_FOUND, None, 0.0, "pinned"),
        Match(5, MatchState.CONFIRMED, Pmid(5), 0.009, "pinned"),
        Match(6, MatchState.CONFIRMED, Pmid(6), 0.01, "pinned"),
        Match(7, MatchState.CONFIRMED, Pmid(7), 0.001, "title"),
    ]
    told = verdict(findings=[error, warning, error], matches=iter(matches), settled={4}).fired
    lint, unsure = Reason(ReasonCode.LINT_ERRORS, (2,)), Reason(ReasonCode.UNCONFIRMED, (2, 3))
    assert told == (fired(Rule.CITATIONS, lint, unsure, Reason(ReasonCode.UNLIKE_PIN, (5,))),)
    assert verdict(matches=matches[:1], findings=[warning]).status is Status.NO_SIGNAL


def test_printed_pmids_that_pubmed_does_not_have_are_named_apart_from_other_errors_and_unsure_references() -> None:
    matches = [
        Match(
            place,
            MatchState.NOT_FOUND,
            None,
            0.0,
            "pmid",
            MatchReason(MatchCode.NOTHING_FOUND, unknown_pmid=Pmid(97700000 + place)),
        )
        for place in (1, 2)
    ]
    findings = [Finding(UNKNOWN_PMID, Severity.ERROR, "…", "…", position=place) for place in (1, 2)]
    absent = Reason(ReasonCode.NOT_IN_PUBMED, (3, 1, 2), words=("97700001", "97700002"))
    told = verdict(findings=findings, matches=matches, printed_pmids=3).fired
    assert told == (fired(Rule.CITATIONS, absent),)
    other = Finding("L01", Severity.ERROR, "…", "…", position=1)
    beside = verdict(
        findings=[*findings, other], matches=[*matches, Match(3, MatchState.NOT_FOUND, None, 0.0, "title")]
    )
    first, *others = beside.fired[0].reasons
    assert first.numbers == (2, 1, 2)
    assert others == [Reason(ReasonCode.LINT_ERRORS, (1,)), Reason(ReasonCode.UNCONFIRMED, (3,))]


@pytest.mark.parametrize(
    ("updated", "reviewed", "reason", "again"),
    [
        (365, None, Reason(ReasonCode.LONG_SINCE_UPDATE, (365, 365), TODAY - timedelta(days=365)), 0),
        (900, 400, Reason(ReasonCode.LONG_SINCE_REVIEW, (400, 365), TODAY - timedelta(days=400)), -35),
        (400, 364, None, 1),
        (364, None, None, 1),
    ],
)
def test_age_counts_from_the_last_review_or_else_the_last_update(
    updated: int, reviewed: int | None, reason: Reason | None, again: int
) -> None:
    days = [None if each is None else TODAY - timedelta(days=each) for each in (updated, reviewed)]
    told = verdict(last_updated=days[0], last_reviewed=days[1])
    assert [each for each in told.fired if each.rule is Rule.AGE] == ([fired(Rule.AGE, reason)] if reason else [])
    assert told.reassess_on == TODAY + timedelta(days=again)


def test_an_article_that_cites_a_guideline_is_assessed_again_after_three_years_at_the_latest() -> None:
    late = Thresholds(reassess_after_days=2000)
    assert verdict(thresholds=late).reassess_on == UPDATED + timedelta(days=2000)
    assert verdict(thresholds=late, cites_guideline=True).reassess_on == UPDATED + timedelta(days=1095)


def test_what_could_not_be_checked_is_told_with_every_reason_behind_what_is_for_the_board() -> None:
    failures = tuple(
        Reason(code, text="…") for code in (ReasonCode.TOPIC_SWEEP_FAILED, ReasonCode.CITATION_SWEEP_FAILED)
    )
    signs = (SearchSign(SignCode.FINDS_TOO_LITTLE, None, 3, 5), SearchSign(SignCode.NEW_WARNING, UPDATED, text="x"))
    told = verdict(new(1), failures=failures, search_signs=signs, last_updated=None, another_since=UPDATED)
    assert told.status is Status.REVIEW_NEEDED
    assert told.reassess_on is None
    assert told.fired == (
        fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (2,)), pmids=(1,)),
        fired(Rule.IDENTITY, Reason(ReasonCode.ANOTHER_ARTICLE, day=UPDATED)),
        fired(Rule.AGE, Reason(ReasonCode.UNDATED)),
        fired(Rule.NOT_SEARCHED, *failures),
        fired(
            Rule.SEARCH,
            Reason(ReasonCode.FINDS_TOO_LITTLE, (3, 5)),
            Reason(ReasonCode.NEW_WARNING, day=UPDATED, text="x"),
        ),
    )
    before = fired(Rule.SEARCH, Reason(ReasonCode.NEW_WARNING, text="of an older night"))
    assert verdict(search_signs=signs, told_of_search=before).fired == (before,)


def decided(outcome: Decision = Decision.REVIEWED_UPDATE, **changes: Any) -> BoardDecision:
    return replace(BoardDecision(outcome, UPDATED, "Dr A", "why", None, frozenset()), **changes)


OLD = signal(ChangeKind.CITED_RETRACTED, 1)
SAID = Reason(ReasonCode.OPEN_WHEN_DECIDED, day=UPDATED)


@pytest.mark.parametrize(
    ("decision", "reasons"),
    [
        (decided(), [Reason(ReasonCode.UPDATE_DECIDED, day=UPDATED)]),
        (decided(Decision.REVIEWED_WITHDRAW), [Reason(ReasonCode.WITHDRAWAL_DECIDED, day=UPDATED)]),
        (
            decided(due=TODAY),
            [Reason(ReasonCode.UPDATE_DECIDED, day=UPDATED), Reason(ReasonCode.DUE, day=TODAY)],
        ),
        (
            decided(due=TODAY - timedelta(days=1)),
            [Reason(ReasonCode.UPDATE_DECIDED, day=UPDATED), Reason(ReasonCode.OVERDUE, day=TODAY - timedelta(days=1))],
        ),
    ],
    ids=["update", "withdraw", "due today", "due yesterday"],
)
def test_while_the_text_is_the_same_the_decision_stands_for_what_was_open_then(
    decision: BoardDecision, reasons: list[Reason]
) -> None:
    told = verdict(OLD, new(2), new(3), decision=decision, decided={OLD.change, new(3).change})
    assert told.fired == (
        fired(Rule.DECIDED, *reasons, pmids=(1, 3)),
        fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (2,)), pmids=(2,)),
        fired(Rule.RETRACTED, Reason(ReasonCode.RETRACTED), SAID, pmids=(1,), status=Status.REVIEW_NEEDED),
        fired(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (2,)), SAID, pmids=(3,)),
    )
    assert [each.is_beside_decision for each in told.fired] == [False, False, True, True]
    assert told.decided_to is decision.outcome


def test_once_the_text_has_changed_each_rule_asks_whether_that_settles_it() -> None:
    asks = Reason(ReasonCode.TEXT_CHANGED, day=TODAY, words=(UPDATED.isoformat(),))
    again = fired(Rule.RETRACTED, Reason(ReasonCode.RETRACTED), asks, pmids=(1,))
    changed = {"text_changed_on": TODAY, "due": UPDATED}
    told = verdict(OLD, decision=decided(**changed), decided=[OLD.change])
    assert told.fired == (again, fired(Rule.DECIDED, asks, pmids=(1,)))
    told = verdict(OLD, decision=decided(Decision.REVIEWED_WITHDRAW, **changed), decided=[OLD.change])
    word = Reason(ReasonCode.WITHDRAWAL_DECIDED, day=UPDATED)
    assert told.fired == (again, fired(Rule.DECIDED, word, asks, pmids=(1,)))


def test_what_is_told_beside_the_decision_stands_before_what_is_for_an_editor() -> None:
    late = [signal(ChangeKind.CITED_ERRATUM, 2), new(4)]
    old = [OLD, new(3, Priority.LOW)]
    told = verdict(
        *late,
        *old,
        kept={Pmid(3): None},
        decision=decided(),
        decided=[each.change for each in old],
        another_since=TODAY,
        findings=[Finding("L01", Severity.ERROR, "…", "…")],
    )
    assert [(each.rule, each.is_beside_decision) for each in told.fired] == [
        (Rule.DECIDED, False),
        (Rule.OTHER_NOTICE, False),
        (Rule.NEW_EVIDENCE, False),
        (Rule.RETRACTED, True),
        (Rule.KEPT, True),
        (Rule.IDENTITY, False),
        (Rule.CITATIONS, False),
    ]


def test_changes_that_were_open_then_count_as_any_other_where_no_decision_stands() -> None:
    told = verdict(OLD, decided=[OLD.change])
    assert told.fired == (fired(Rule.RETRACTED, Reason(ReasonCode.RETRACTED), pmids=(1,)),)
    assert told.decided_to is None
    assert [status.asks_for_review for status in Status] == [True, True, False, False]
