"""What reports and digests say, before anything is rendered: order, failures, actions, subject, recipients."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.triage import Priority
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.digest.digest import compose_digest
from litwatch.digest.schedule import compare, marks_of
from litwatch.digest.subject_line import subject
from litwatch.model.change import ABOUT_NEW, ChangeKind
from litwatch.model.judgement import Decision
from litwatch.model.message import ListLook
from litwatch.model.reference import MatchState
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.topic import Pin
from litwatch.report import contents
from litwatch.report.actions import Reader, list_actions
from litwatch.report.article_line import index_entry, line_of, order_entries
from litwatch.report.contents import FailedTopic, Report
from tests.factories import (
    DAY,
    FIRST_PMID,
    make_article,
    make_digest,
    make_finding,
    make_fired,
    make_match,
    make_record,
    make_report,
    make_retraction,
    make_signal,
    make_sweep,
    make_topic,
    make_verdict,
)


def fired(
    rule: str, status: Status = Status.REVIEW_NEEDED, reason: str = "A reason.", pmids: tuple[int, ...] = ()
) -> Fired:
    return make_fired(Rule(rule), status, reason, pmids)


def report_with_rules(*rules: Fired, **changes: object) -> Report:
    status = rules[0].status
    return make_report(status, **{"verdict": make_verdict(status, fired=rules), "matches": (), **changes})


def failed_report(error: str = "NCBI gave no answer.") -> Report:
    return make_report(
        Status.NOT_SURVEYED,
        topic=make_topic("dark"),
        verdict=make_verdict(Status.NOT_SURVEYED, fired=(fired("V9", Status.NOT_SURVEYED, f"Not complete: {error}"),)),
        sweeps=(make_sweep(state=SweepState.FAILED, error=error), make_sweep(SweepKind.CITATION)),
    )


def test_notices_come_before_new_records_whatever_their_priority() -> None:
    erratum = make_signal(ChangeKind.CITED_ERRATUM, FIRST_PMID + 5, priority=Priority.LOW)
    guideline = make_signal(priority=Priority.HIGH, rank=1)
    assert contents.order_signals([guideline, erratum]) == (erratum, guideline)


def test_a_retraction_comes_before_every_other_notice() -> None:
    kinds = [kind for kind in ChangeKind if kind is not ChangeKind.NEW_RECORD]
    told = [make_signal(kind, FIRST_PMID + n) for n, kind in enumerate(reversed(kinds))]
    assert [each.signal.change.kind for each in contents.order_signals(told)] == kinds


def test_new_records_are_ordered_by_priority_then_level_then_relevance_then_newest() -> None:
    best = make_signal(pmid=FIRST_PMID, priority=Priority.MEDIUM, rank=6)
    level = make_signal(pmid=FIRST_PMID + 1, priority=Priority.LOW, rank=3, relevance=0.1)
    near = make_signal(pmid=FIRST_PMID + 2, priority=Priority.LOW, rank=5, relevance=0.9)
    newer = make_signal(pmid=FIRST_PMID + 4, priority=Priority.LOW, rank=5, relevance=0.2)
    older = make_signal(pmid=FIRST_PMID + 3, priority=Priority.LOW, rank=5, relevance=0.2)
    unknown = make_signal(pmid=FIRST_PMID + 9, priority=Priority.LOW, rank=None, relevance=1.0)
    wanted = (best, level, near, newer, older, unknown)
    assert contents.order_signals(reversed(wanted)) == wanted


def test_a_failed_sweep_is_a_failure_even_when_the_verdict_forgets_it() -> None:
    report = make_report(sweeps=(make_sweep(state=SweepState.FAILED, error="502"), make_sweep(SweepKind.CITATION)))
    assert contents.failures(report) == ("The topic sweep did not complete: 502",)


def test_a_sweep_that_was_never_made_is_a_failure() -> None:
    assert contents.failures(make_report(sweeps=(make_sweep(),))) == ("No citation sweep was made.",)


def test_a_failure_that_the_verdict_tells_is_told_once() -> None:
    assert contents.failures(failed_report("502")) == ("Not complete: 502",)


def test_a_complete_night_has_no_failure() -> None:
    assert contents.failures(make_report()) == ()


def test_records_that_were_not_delivered_or_not_readable_are_gaps_with_their_pmids() -> None:
    sweep = make_sweep(missing=(FIRST_PMID,), unreadable=((FIRST_PMID + 1, "no title"),))
    gaps = contents.gaps(make_report(sweeps=(sweep, make_sweep(SweepKind.CITATION))))
    assert len(gaps) == 2
    assert str(FIRST_PMID) in gaps[0]
    assert "no title" in gaps[1]


def test_the_headline_of_an_article_not_surveyed_is_no_all_clear() -> None:
    assert "not an all-clear" in contents.headline(failed_report())


def test_an_all_clear_asks_nobody_for_anything_and_names_the_next_date() -> None:
    (action,) = list_actions(make_report(matches=()))
    assert action.text == "Nothing to do. The next re-assessment is due on 16 February 2027."


def test_a_failed_sweep_asks_the_operator_and_never_says_nothing_to_do() -> None:
    actions = list_actions(failed_report())
    assert Reader.OPERATOR in {action.reader for action in actions}
    assert not any("Nothing to do" in action.text for action in actions)


def test_each_sort_of_notice_is_asked_for_once() -> None:
    told = (make_retraction(), make_retraction(FIRST_PMID + 101))
    report = make_report(Status.REVIEW_NOW, *told, matches=())
    assert sum("retraction notice" in action.text for action in list_actions(report)) == 1


@pytest.mark.parametrize(("rules", "place"), [(("V11", "V2"), 0), (("V1", "V11"), 1)])
def test_what_contradicts_the_article_is_to_be_read_first_unless_a_cited_paper_fell(
    rules: tuple[str, ...], place: int
) -> None:
    report = replace(report_with_rules(*map(fired, rules), matches=()), signals=(make_retraction(),))
    texts = [action.text for action in list_actions(report)]
    assert "contradict the article" in texts[place]


def test_citations_alone_are_the_editors_work_and_not_the_boards() -> None:
    report = report_with_rules(fired("V4"), findings=(make_finding(),), matches=(make_match(3, None),))
    actions = list_actions(report)
    assert {action.reader for action in actions} == {Reader.EDITOR}
    assert "entry 3" in actions[1].text


def test_a_reference_that_an_editor_has_settled_is_not_asked_for_again() -> None:
    pin = Pin(None, 3, None, None, not_in_pubmed=True)
    candidate = make_match(4, FIRST_PMID, state=MatchState.CANDIDATE)
    report = make_report(topic=make_topic(pins=(pin,)), matches=(make_match(3, None), candidate))
    (action,) = list_actions(report)
    assert "entry 4" in action.text


def test_reports_are_ordered_by_status_then_by_the_gravest_notice_then_by_age() -> None:
    now = make_report(Status.REVIEW_NOW, topic=make_topic("a"))
    retracted = make_report(Status.REVIEW_NEEDED, make_retraction(), topic=make_topic("d"))
    old = make_report(Status.REVIEW_NEEDED, topic=make_topic("c"), last_reviewed=date(2020, 1, 1))
    young = make_report(Status.REVIEW_NEEDED, topic=make_topic("b"))
    dark = failed_report()
    clear = make_report(topic=make_topic("clear"))
    wanted = (now, retracted, old, young, dark, clear)
    assert contents.order_reports(reversed(wanted)) == wanted


def test_the_index_puts_incomplete_articles_before_complete_ones_of_the_same_status() -> None:
    whole = index_entry(line_of(make_report(topic=make_topic("a"))), on=DAY, link="a/x.html")
    torn = index_entry(line_of(make_report(topic=make_topic("b"), sweeps=(make_sweep(),))), on=DAY, link="b/x.html")
    assert [entry.slug for entry in order_entries([whole, torn])] == ["b", "a"]


ANNOUNCING = {
    ChangeKind.CITED_RETRACTED,
    ChangeKind.CITED_PARTLY_RETRACTED,
    ChangeKind.CITED_CONCERN,
    ChangeKind.CITED_ERRATUM,
}


@pytest.mark.parametrize("kind", sorted({*ChangeKind} - ABOUT_NEW))
def test_only_a_record_that_announces_an_open_notice_is_not_listed_again_as_new_evidence(kind: ChangeKind) -> None:
    told = make_signal(kind, FIRST_PMID + 7, notice_pmid=FIRST_PMID + 900)
    behind, other = make_signal(pmid=FIRST_PMID + 900), make_signal(pmid=FIRST_PMID + 3)
    report = make_report(Status.REVIEW_NEEDED, told, behind, other)
    wanted = {other} if kind in ANNOUNCING else {other, behind}
    assert set(contents.listed_evidence(report)) == wanted
    assert set(contents.new_evidence(report)) == {other, behind}
    assert index_entry(line_of(report), on=DAY, link="a/x.html").new_records == len(wanted)


def test_an_index_entry_counts_notices_apart_from_new_records() -> None:
    entry = index_entry(
        line_of(make_report(Status.REVIEW_NOW, make_retraction(), make_signal())), on=DAY, link="a/x.html"
    )
    assert (entry.notices, entry.new_records) == (1, 1)


def test_a_member_is_told_of_the_own_articles_only_whatever_the_case_of_the_address() -> None:
    own = make_report(topic=make_topic("own", recipients=("Board@Example.org",)))
    other = make_report(topic=make_topic("other", recipients=("someone@example.org",)))
    digest = compose_digest("board@example.org", DAY, [other, own])
    assert digest.reports == (own,)


def test_a_digest_is_a_demonstration_when_any_of_its_reports_is() -> None:
    digest = compose_digest("board@example.org", DAY, [make_report(), make_report(demonstration=True)])
    assert digest.demonstration


SUBJECTS = [
    ([make_report()], "All clear: 1 article searched, no signal"),
    (
        [make_report(Status.REVIEW_NOW, make_retraction())],
        "1 article needs review: a cited trial was retracted; new: 1 notice",
    ),
    (
        [
            make_report(Status.REVIEW_NOW, make_retraction(), make_retraction(FIRST_PMID + 101)),
            make_report(Status.REVIEW_NEEDED, make_signal(), topic=make_topic("b")),
        ],
        "2 articles need review: 2 cited trials were retracted; new: 2 notices and 1 record",
    ),
    (
        [report_with_rules(fired("V5", pmids=(FIRST_PMID,)), fired("V4"), signals=(make_signal(), make_signal()))],
        "1 article needs review: 1 new record of evidence level 2 or better; new: 1 record",
    ),
    (
        [report_with_rules(fired("V6", pmids=(FIRST_PMID, FIRST_PMID + 1)), fired("V7"), signals=(make_signal(),))],
        "1 article needs review: a member has kept 2 new records; new: 1 record",
    ),
    (
        [report_with_rules(fired("V4"), fired("V7"), signals=(make_signal(rank=5),))],
        "1 article needs review: the citations need an editor; new: 1 record",
    ),
    (
        [report_with_rules(fired("V7"), signals=(make_signal(rank=6, first_seen=date(2026, 11, 1)),))],
        "1 article still needs review: a re-assessment is due; nothing new",
    ),
    (
        [report_with_rules(fired("V7"), article=make_article(last_updated=None), last_reviewed=None)],
        "1 article needs review: no date of update or review is known",
    ),
    (
        [
            report_with_rules(
                fired("V2"),
                fired("V3"),
                signals=(
                    make_signal(ChangeKind.CITED_ERRATUM, FIRST_PMID + 7),
                    make_signal(ChangeKind.CITED_UPDATED, FIRST_PMID + 8),
                ),
            )
        ],
        "1 article needs review: a cited paper has a newer version; new: 2 notices",
    ),
    (
        [report_with_rules(fired("V3"), signals=(make_retraction(priority=Priority.MEDIUM),))],
        "1 article needs review: a notice concerns a cited paper; new: 1 notice",
    ),
    (
        [
            report_with_rules(fired("V4"), topic=make_topic("a")),
            report_with_rules(fired("V5", pmids=(FIRST_PMID,)), topic=make_topic("b"), signals=(make_signal(),)),
        ],
        "2 articles need review: 1 new record of evidence level 2 or better; new: 1 record",
    ),
    ([report_with_rules(fired("V7"))], "1 article needs review: a re-assessment is due"),
    ([report_with_rules(fired("V4"))], "1 article needs review: the citations need an editor"),
    ([failed_report()], "1 article could not be searched"),
    (
        [make_report(Status.REVIEW_NOW, make_retraction(first_seen=date(2026, 11, 1)))],
        "1 article still needs review: a cited trial was retracted; nothing new",
    ),
    ([], "No article was searched"),
]


@pytest.mark.parametrize(("own", "wanted"), SUBJECTS, ids=[wanted for _, wanted in SUBJECTS])
def test_the_subject_says_it_all(own: list[Report], wanted: str) -> None:
    before = [each for report in own for each in report.signals if each.first_seen < DAY]
    told = frozenset(episode for each in before for episode in each.episodes)
    assert subject(make_digest(*own, told=told, new_marks=() if told else None)) == wanted


def test_an_article_that_needed_a_review_yesterday_still_does_with_nothing_new() -> None:
    due = report_with_rules(fired("V7"), topic=make_topic("a"))
    two = [due, report_with_rules(fired("V4"), topic=make_topic("b"))]
    assert subject(make_digest(due, again=frozenset("a"), new_marks=())) == (
        "1 article still needs review: a re-assessment is due; nothing new"
    )
    assert subject(make_digest(*two, again=frozenset("ab"))).startswith("2 articles still need review: ")
    assert subject(make_digest(*two, again=frozenset("a"))).startswith("2 articles need review: ")
    found = report_with_rules(fired("V5", pmids=(FIRST_PMID,)), signals=(make_signal(),), topic=make_topic("a"))
    assert subject(make_digest(found, again=frozenset("a"))).startswith("1 article needs review: 1 new record")


def test_a_pmid_of_a_feed_that_pubmed_does_not_know_is_an_editors_errand_and_a_silent_feed_is_told() -> None:
    feed = make_sweep(
        SweepKind.FEED, state=SweepState.FAILED, error="J: a feed names PMID 9, which PubMed does not have"
    )
    wrong = make_report(sweeps=(make_sweep(), make_sweep(SweepKind.CITATION), replace(feed, missing=(FIRST_PMID,))))
    assert subject(make_digest(wrong)) == "All clear: 1 article searched, no signal"
    assert contents.board_failures(wrong) == ()
    (said,) = contents.failures(wrong)
    assert "which PubMed does not have" in said, "report, index and operator are told"
    silent = make_report(sweeps=(make_sweep(), make_sweep(SweepKind.CITATION), replace(feed, error="J did not answer")))
    assert subject(make_digest(silent)) == "a feed could not be read for 1 article"


def test_the_subject_says_which_source_failed_and_for_how_many_articles() -> None:
    table = make_sweep(SweepKind.WATCH, state=SweepState.FAILED, error="the table ends within a field")
    searched = (make_sweep(), make_sweep(SweepKind.CITATION), table)
    blind = [make_report(topic=make_topic(slug), sweeps=searched) for slug in "abc"]
    dark = failed_report()
    assert subject(make_digest(*blind, replace(dark, sweeps=(*dark.sweeps, table)))) == (
        "1 article could not be searched; Retraction Watch could not be checked for 3 articles"
    )
    crossref = replace(table, kind=SweepKind.UPDATES)
    assert subject(make_digest(make_report(sweeps=(*searched, crossref)))) == (
        "Retraction Watch could not be checked for 1 article; Crossref could not be checked for 1 article"
    )
    assert subject(make_digest(make_report(sweeps=(make_sweep(),)))) == "1 article could not be searched"


def test_only_a_failed_search_promises_that_the_next_run_covers_the_same_days() -> None:
    searched = (make_sweep(), make_sweep(SweepKind.CITATION))
    feed = make_sweep(SweepKind.FEED, state=SweepState.FAILED, error="a feed names PMID 9, which PubMed does not have")
    cases = {
        (Reader.OPERATOR, "The Retraction Watch table could not be read"): replace(feed, kind=SweepKind.WATCH),
        (Reader.OPERATOR, "Crossref could not be asked"): replace(feed, kind=SweepKind.UPDATES),
        (Reader.OPERATOR, "A feed could not be read"): feed,
        (Reader.EDITOR, "A feed names PMIDs that PubMed does not have"): replace(feed, missing=(FIRST_PMID,)),
    }
    for (reader, said), sweep in cases.items():
        action = list_actions(make_report(sweeps=(*searched, sweep)))[-1]
        assert (action.reader, action.text.startswith(said)) == (reader, True)
        assert "covers the same days" not in action.text
    assert any("covers the same days" in each.text for each in list_actions(failed_report()))


def test_only_a_list_that_says_what_the_last_one_said_has_nothing_new() -> None:
    unsure = report_with_rules(fired("V4"), topic=make_topic("a"))
    aged = report_with_rules(fired("V7"), topic=make_topic("b"))
    first = compare(make_digest(unsure), ListLook())
    assert subject(first) == "1 article needs review: the citations need an editor"
    last = ListLook(sent_on=DAY, marks=marks_of(first))
    assert subject(compare(make_digest(unsure), last)).endswith("; nothing new")
    assert "nothing new" not in subject(compare(make_digest(unsure, aged), last))


def person(due: date, address: str = "board@example.org") -> ResponsiblePerson:
    return ResponsiblePerson(address, "chair@example.org", DAY - timedelta(days=9), due)


DISPUTED = replace(make_retraction().signal, reasons=(Reason(ReasonCode.DISAGREEMENT),))
SENT_FOR = {
    "You are to see to 1 article by 2 December 2026; ": {"responsible": person(date(2026, 12, 2))},
    "Your day for 1 article has passed; ": {"responsible": person(DAY - timedelta(days=1))},
    "The responsible person’s day for 1 article has passed; ": {
        "responsible": person(DAY - timedelta(days=1), "lee@example.org")
    },
    "Members disagree about 1 article; ": {"signals": (replace(make_retraction(), signal=DISPUTED),)},
    "1 deadline passed; ": {"signals": (replace(make_retraction(), deadline=DAY - timedelta(days=1)),)},
    "You are to see to 1 article by 2 December 2026; members disagree about 1 article; ": {
        "responsible": person(date(2026, 12, 2)),
        "signals": (replace(make_retraction(), signal=DISPUTED),),
    },
}


@pytest.mark.parametrize("wanted", SENT_FOR)
def test_the_subject_leads_with_what_the_mail_is_sent_for_and_says_it_once(wanted: str) -> None:
    before = make_report(Status.REVIEW_NOW, make_retraction())
    after = replace(before, **SENT_FOR[wanted])
    told = {"told": frozenset(before.episodes), "again": frozenset({before.topic.slug})}
    last = ListLook(sent_on=DAY, marks=marks_of(make_digest(before, **told)))
    digest = compare(make_digest(after, **told), last)
    assert digest.says_something_new
    assert subject(digest) == wanted + "1 article still needs review: a cited trial was retracted"
    again = compare(digest, ListLook(sent_on=DAY, marks=marks_of(digest)))
    assert not again.says_something_new
    assert subject(again).endswith("; nothing new")
    news = subject(replace(digest, told=frozenset()))
    assert news.startswith("1 article needs review: a cited trial was retracted; "), "a graver change leads"
    assert news.endswith("; new: 1 notice")


def test_the_end_of_a_failure_is_what_the_mail_is_sent_for() -> None:
    last = ListLook(sent_on=DAY, marks=marks_of(make_digest(failed_report())))
    assert compare(make_digest(failed_report()), last).says_something_new, "on each day"
    mended = compare(make_digest(make_report()), last)
    assert mended.says_something_new
    assert subject(mended) == "All clear: 1 article searched, no signal; 1 article searched again after a failure"


@pytest.mark.parametrize(
    ("outcomes", "others", "wanted"),
    [
        ([Decision.REVIEWED_WITHDRAW], 0, "withdraw it"),
        ([Decision.REVIEWED_WITHDRAW], 2, "withdraw 1"),
        ([Decision.REVIEWED_UPDATE], 1, "update 1"),
        ([Decision.REVIEWED_UPDATE] * 2, 0, "update them"),
        ([Decision.REVIEWED_WITHDRAW] * 2, 1, "withdraw 2"),
        ([Decision.REVIEWED_WITHDRAW, Decision.REVIEWED_UPDATE], 0, "withdraw or update them"),
    ],
)
def test_a_subject_says_how_many_of_its_articles_the_board_decided_about(
    outcomes: list[Decision], others: int, wanted: str
) -> None:
    decided = [
        report_with_rules(
            fired("V13"),
            topic=make_topic(f"d{n}"),
            decision=BoardDecision(outcome, DAY, "Dr A", "why", None, frozenset()),
        )
        for n, outcome in enumerate(outcomes)
    ]
    aged = [report_with_rules(fired("V7"), topic=make_topic(f"o{n}")) for n in range(others)]
    assert subject(make_digest(*decided, *aged)).partition(": ")[2] == f"the board decided to {wanted}"


def test_a_subject_with_several_articles_says_how_many_of_them_a_member_contradicts_or_may_be_others() -> None:
    aged = report_with_rules(fired("V7"), topic=make_topic("o"))
    opposed = report_with_rules(fired("V11", pmids=(FIRST_PMID,)))
    assert "contradicts it" in subject(make_digest(opposed))
    assert "contradicts 1 of them" in subject(make_digest(opposed, aged))
    assert "is 1 of them still the same article?" in subject(make_digest(report_with_rules(fired("V12")), aged))


def test_a_summary_names_invented_references_behind_a_retraction() -> None:
    absent = Reason(ReasonCode.NOT_IN_PUBMED, (13, *range(2, 14)), words=tuple(str(97700000 + n) for n in range(2, 14)))
    citations = Fired(Rule.CITATIONS, Status.REVIEW_NEEDED, (), (absent,))
    retracted = Fired(Rule.RETRACTED, Status.REVIEW_NOW, (FIRST_PMID,), (Reason(ReasonCode.RETRACTED),))
    said = contents.sum_up(report_with_rules(retracted, citations).verdict)
    assert said.startswith("A paper that the article cites has been retracted. For an editor: ")
    assert "12 of the 13 printed PMIDs do not exist in PubMed: references 2–13;" in said


_CHANGED = Reason(ReasonCode.TEXT_CHANGED, day=date(2026, 12, 9), words=("2026-11-30",))
_RETRACTED = Reason(ReasonCode.RETRACTED)
_WITHDRAW = Reason(ReasonCode.WITHDRAWAL_DECIDED, day=date(2026, 11, 30))


def _summary(*reasons: Reason, decided: tuple[Reason, ...]) -> str:
    retracted = Fired(Rule.RETRACTED, Status.REVIEW_NOW, (FIRST_PMID,), reasons)
    return contents.sum_up(report_with_rules(retracted, Fired(Rule.DECIDED, Status.REVIEW_NEEDED, (), decided)).verdict)


def test_a_retraction_after_a_text_change_is_not_asked_to_be_settled_by_it() -> None:
    assert _summary(_RETRACTED, decided=(_CHANGED,)) == (
        "A paper that the article cites has been retracted. Separately, the board decided on 2026-11-30 that the"
        " article be updated; the text changed on 2026-12-09: does that settle what was decided?"
    )
    assert _summary(_RETRACTED, decided=(_WITHDRAW, _CHANGED)) == (
        "A paper that the article cites has been retracted. Separately, the board decided on 2026-11-30 to withdraw"
        " the article; it still stands, and its text changed on 2026-12-09: does that settle what was decided?"
    )


def test_a_retraction_that_was_open_at_the_decision_asks_its_question_once() -> None:
    asked = (
        "A paper that the article cites has been retracted. The text changed on 2026-12-09, after the decision of"
        " 2026-11-30. Does this settle it?"
    )
    assert _summary(_RETRACTED, _CHANGED, decided=(_CHANGED,)) == asked
    assert _summary(_RETRACTED, _CHANGED, decided=(_WITHDRAW, _CHANGED)) == (
        f"{asked} The board decided on 2026-11-30 to withdraw the article; it still stands."
    )


def test_an_article_whose_search_finds_nothing_is_never_called_clear() -> None:
    blind = report_with_rules(fired("V15", status=Status.NO_SIGNAL), topic=make_topic("a"))
    assert subject(make_digest(blind, make_report())) == (
        "No review needed: 2 articles searched, and the search of 1 article finds nothing"
    )


@pytest.mark.parametrize(("first", "second"), [("V4", "V5"), ("V7", "V1"), ("V5", "V4")])
def test_the_subject_tells_the_rule_that_the_articles_own_headline_tells(first: str, second: str) -> None:
    signals = (make_signal(), make_retraction())
    rules = [fired(rule, reason=rule, pmids=(FIRST_PMID,)) for rule in (first, second)]
    alone = subject(make_digest(report_with_rules(rules[0], signals=signals)))
    both = report_with_rules(*rules, signals=signals)
    assert subject(make_digest(both)) == alone
    assert contents.headline(both) == first


def test_a_paper_retracted_in_two_articles_is_one_paper_in_the_subject() -> None:
    told = [make_report(Status.REVIEW_NOW, make_retraction(), topic=make_topic(slug)) for slug in "ab"]
    assert subject(make_digest(*told)) == "2 articles need review: a cited trial was retracted; new: 1 notice"


def test_the_subject_names_failed_articles_beside_a_review_and_never_says_all_clear() -> None:
    digest = make_digest(make_report(), failed=(FailedTopic("gout", "bad file"),))
    assert subject(digest) == "1 article could not be searched"


def test_an_article_that_failed_twice_over_is_counted_once() -> None:
    digest = make_digest(failed_report(), failed=(FailedTopic("dark", "no answer"),))
    assert subject(digest) == "1 article could not be searched"


def test_no_outside_text_can_reach_the_subject() -> None:
    evil = "x\r\nBcc: everybody@example.org"
    signal = make_retraction(record=make_record(FIRST_PMID + 100, title=evil))
    level = make_signal(reasons=(Reason(ReasonCode.PASSES_FILTER, words=(evil,)),))
    report = make_report(Status.REVIEW_NOW, signal, level, topic=make_topic(title=evil))
    assert "Bcc" not in subject(make_digest(report, failed=(FailedTopic("a", evil),)))


def test_an_article_with_an_overdue_notice_stands_before_its_equals_and_is_told_further_up() -> None:
    topic = make_topic("late", escalate_to=("chair@example.org",))
    late = replace(make_retraction(first_seen=date(2026, 11, 1)), deadline=date(2026, 11, 15))
    told = make_report(Status.REVIEW_NOW, late, topic=topic)
    fresh = make_report(Status.REVIEW_NOW, replace(make_retraction(), deadline=date(2026, 12, 6)))
    assert contents.order_reports([fresh, told])[0] is told
    assert contents.overdue(told) == (late,)
    assert contents.overdue(fresh) == ()
    assert set(contents.escalate(told).topic.recipients) == {"board@example.org", "chair@example.org"}
    assert contents.escalate(fresh) is fresh
    assert subject(make_digest(told)).endswith("a cited trial was retracted, past the deadline; new: 1 notice")
    assert "past the deadline" not in subject(make_digest(fresh))


def test_the_subject_calls_late_only_what_is_late() -> None:
    late = replace(make_signal(ChangeKind.CITED_CONCERN, first_seen=date(2026, 11, 1)), deadline=date(2026, 11, 15))
    both = make_report(Status.REVIEW_NOW, late, replace(make_retraction(), deadline=date(2026, 12, 6)))
    wanted = "1 article needs review: a cited trial was retracted; 1 notice past the deadline; new: 2 notices"
    assert subject(make_digest(both)) == wanted


def test_the_subject_leads_with_a_reinstatement_as_the_verdict_does() -> None:
    signals = [make_signal(kind) for kind in (ChangeKind.CITED_PARTLY_RETRACTED, ChangeKind.CITED_REINSTATED)]
    assert "reinstated" in subject(make_digest(report_with_rules(fired("V3"), signals=tuple(signals))))
