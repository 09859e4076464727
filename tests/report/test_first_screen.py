"""Which change leads a page, what is asked about it and by when, and which changes have a card of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.evidence_level import Design
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.triage import Level, Priority
from litwatch.decisions.verdict import Rule, Status
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision, Effect
from litwatch.report.actions import Reader
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.first_screen import MOST_CARDS, FirstScreen, lay_first_screen
from litwatch.report.view import arrange
from tests.factories import (
    DAY,
    FIRST_PMID,
    make_fired,
    make_match,
    make_report,
    make_retraction,
    make_signal,
    make_verdict,
)

REVIEW, GUIDELINE = Level(2, Design.SYSTEMATIC_REVIEW, False), Level(1, Design.GUIDELINE, False)


def laid_out(report: Report) -> FirstScreen:
    return lay_first_screen(report, arrange(report))


def record(n: int, level: Level = REVIEW, **changes: object) -> ReportedSignal:
    return make_signal(pmid=FIRST_PMID + 200 + n, level=level, priority=Priority.HIGH, **changes)


def urgent(*signals: ReportedSignal, rule: Rule = Rule.RETRACTED, status: Status = Status.REVIEW_NOW) -> Report:
    """A report whose first rule fired for its first signal."""
    verdict = make_verdict(status, fired=(make_fired(rule, status, pmids=(signals[0].signal.change.pmid,)),))
    return make_report(status, *signals, verdict=verdict)


def pmids(screen: FirstScreen) -> list[int]:
    """The cards' papers, the lead first."""
    return [card.reported.signal.change.pmid for card in ([screen.lead] if screen.lead else []) + list(screen.cards)]


def shown_somewhere(screen: FirstScreen) -> int:
    """How many changes stand on the page in full or by title, once each."""
    return (
        len(screen.cards)
        + (screen.lead is not None)
        + len(screen.notices)
        + sum(len(group.items) for group in screen.groups)
        + len(screen.further)
    )


def test_the_change_that_the_verdict_is_about_leads_with_its_question_and_its_own_deadline() -> None:
    due = DAY + timedelta(days=14)
    screen = laid_out(urgent(replace(make_retraction(), deadline=due), record(1, GUIDELINE)))
    assert pmids(screen) == [make_retraction().signal.change.pmid, FIRST_PMID + 201]
    assert screen.asks.startswith("Read the retraction notice, then decide whether")
    assert (screen.asked, screen.by, screen.at_reassessment) == (Reader.BOARD, due, False)
    assert screen.also == "1 new record (1 of level 1)"


def test_what_members_have_kept_is_not_to_be_read_again_and_what_is_left_is_said() -> None:
    kept = replace(make_retraction(), kept_by=("amy@example.org", "ben@example.org"))
    left = "Record the outcome for the article: unchanged, update, or withdraw."
    screen = laid_out(urgent(kept))
    assert screen.asks == f"2 members have kept it as relevant. {left}"
    assert left not in str(screen.actions), "said once"
    decision = BoardDecision(Decision.REVIEWED_UPDATE, DAY, "amy@example.org", "out", None, frozenset())
    decided = replace(urgent(replace(kept, decided=True)), decision=decision)
    assert laid_out(decided).asks == "2 members have kept it as relevant. Update the article, as the board decided."


def test_in_a_mail_that_leads_with_todays_news_the_verdicts_day_stays_that_of_its_own_change() -> None:
    overdue, later = DAY - timedelta(days=9), DAY + timedelta(days=14)
    retraction = replace(make_retraction(), deadline=overdue)
    concern = replace(make_signal(ChangeKind.CITED_CONCERN, FIRST_PMID + 7), deadline=later)
    report = urgent(retraction, concern)
    screen = lay_first_screen(report, arrange(report), leads=lambda each: each is concern)
    assert pmids(screen)[0] == FIRST_PMID + 7
    assert (screen.by, screen.lead_by) == (overdue, later)
    assert laid_out(report).lead_by is None, "the page's lead is the verdict's own change"


def test_a_new_record_that_leads_asks_what_it_does_to_the_text() -> None:
    report = urgent(record(1, GUIDELINE), record(2), rule=Rule.NEW_EVIDENCE, status=Status.REVIEW_NEEDED)
    screen = laid_out(report)
    assert screen.asks == "Read it, and decide whether it contradicts, reinforces or clarifies the text."
    assert (screen.by, screen.at_reassessment) == (report.verdict.reassess_on, True)
    assert screen.also == "1 more new record (1 of level 2)"


@pytest.mark.parametrize("count", [1, MOST_CARDS, MOST_CARDS + 1, 40])
def test_at_most_seven_cards_name_every_grave_change_and_nothing_is_lost(count: int) -> None:
    grave = [make_retraction(FIRST_PMID + n) for n in range(count)]
    signals = (*grave, record(1, GUIDELINE), *(record(n) for n in range(2, 60)))
    screen = laid_out(urgent(*signals))
    named = {card.reported.signal.change.pmid for card in screen.named}
    assert {each.signal.change.pmid for each in (*grave, signals[count])} <= {*pmids(screen), *named}
    assert len(pmids(screen)) + bool(named) == MOST_CARDS
    assert shown_somewhere(screen) == len(signals)


def test_what_a_member_finds_to_contradict_has_a_card_before_records_of_a_higher_level() -> None:
    contradicts = record(90, Level(4, Design.COHORT, False),
                         reasons=(Reason(ReasonCode.MEMBER_FINDS, words=(Effect.CONTRADICTS,)),))  # fmt: skip
    screen = laid_out(urgent(make_retraction(), *(record(n) for n in range(20)), contradicts))
    assert FIRST_PMID + 290 in pmids(screen)
    told = record(91, Level(6, Design.NOT_STATED, False), reasons=(Reason(ReasonCode.DISAGREEMENT),))
    assert FIRST_PMID + 291 in pmids(laid_out(urgent(make_retraction(), *(record(n) for n in range(20)), told)))


def test_a_quiet_report_folds_its_new_records_and_asks_for_nothing() -> None:
    report = make_report(Status.NO_SIGNAL, *(record(n, Level(5, Design.COHORT, False)) for n in range(3)),
                         matches=(make_match(1), make_match(2)))  # fmt: skip
    screen = laid_out(report)
    assert (pmids(screen), screen.folded_records, screen.by) == ([], 3, None)
    assert screen.asks.startswith("Nothing to do.")
    assert screen.actions == ()


def test_without_a_paper_behind_the_verdict_the_first_thing_to_do_is_asked() -> None:
    verdict = make_verdict(Status.REVIEW_NEEDED, fired=(make_fired(Rule.AGE, Status.REVIEW_NEEDED),))
    report = make_report(Status.REVIEW_NEEDED, record(1), verdict=replace(verdict, reassess_on=date(2026, 1, 1)))
    screen = laid_out(report)
    assert screen.lead is None
    assert screen.asks == "Record the outcome for the article: unchanged, update, or withdraw."
    assert screen.by == date(2026, 1, 1)
    assert pmids(screen) == [FIRST_PMID + 201]


def test_what_the_cards_say_is_not_said_again_under_what_else_to_do() -> None:
    concern = make_signal(ChangeKind.CITED_CONCERN, FIRST_PMID + 7)
    screen = laid_out(urgent(make_retraction(), concern))
    said = " ".join(text for _, texts in screen.actions for text in texts)
    assert "Read the retraction notice" not in said
    assert "expression of concern" not in said
    assert "Record the outcome for the article" in said
