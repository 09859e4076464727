"""The decision as a table: what is the case with an article, and what litwatch then says of it.

The tests hold the program to every row, and ``document`` prints them for the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.verdict import Status, Verdict
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Effect
from litwatch.model.record import Notice, Record, RefType
from litwatch.model.reference import Match, MatchState
from litwatch.model.sweep import SearchSign, SignCode
from litwatch.model.topic import Thresholds
from litwatch.references.lint import Finding, Severity
from tests.spec.cases import (
    CITED,
    MATCHES,
    NEW,
    NOTICE,
    OTHER_CITED,
    TODAY,
    befallen,
    heading,
    noticed,
    record,
    signals_of,
    topic_verdict_on,
    verdict_on,
)

FAILED = (Reason(ReasonCode.TOPIC_SWEEP_FAILED, text="PubMed did not answer."),)
_FAILED = {"failures": FAILED}
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Case:
    """One situation, and the status and rules that must follow."""

    situation: str
    status: Status
    rules: tuple[str, ...]
    records: tuple[Record, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)

    def decide(self) -> Verdict:
        """What litwatch says."""
        return verdict_on(*self.records, **self.given)


@dataclass(frozen=True)
class QuestionCase(Case):
    """The same where there is no article."""

    def decide(self) -> Verdict:
        """What litwatch says."""
        return topic_verdict_on(*self.records, **self.given)


NOW, NEEDED, CLEAR, BLIND = Status.REVIEW_NOW, Status.REVIEW_NEEDED, Status.NO_SIGNAL, Status.NOT_SURVEYED
_UNSURE = (MATCHES[0], Match(2, MatchState.CANDIDATE, OTHER_CITED, 0.7, "title"))
_ABSENT = (MATCHES[0], Match(2, MatchState.NOT_FOUND, None, 0.0, "pinned"))
_TAKEN_BACK = {"before": (noticed(RefType.RETRACTION_IN),)}
_PART = Notice(RefType.ERRATUM_IN, "J Ex. 2026", Pmid(NOTICE + 1), "Partial retraction")
_REVIEW = record(NEW, "Sleep and insulin", "systematic review")
_PHRASE = '"siesta therapy"[tiab]'
_LOST_CLAUSE = SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text=_PHRASE, words=(_PHRASE,))
_UPDATE = BoardDecision(
    Decision.REVIEWED_UPDATE,
    date(2026, 11, 1),
    "Dr Example",
    "leave the trial out",
    date(2026, 12, 1),
    frozenset({"0123456789abcdef"}),
)
_RETRACTION = frozenset(signal.change for signal in signals_of(noticed(RefType.RETRACTION_IN)))
_LATER_RETRACTED = record(
    NEW,
    "Sleep and insulin",
    "systematic review",
    notices=(Notice(RefType.RETRACTION_IN, "J Ex. 2026", Pmid(NOTICE)),),
)
_COHORTS = tuple(record(NEW + n, f"Sleep study {n}", "observational study") for n in range(200))

ON_CITED_PAPERS = (
    Case("A cited paper is retracted.", NOW, ("V1",), (noticed(RefType.RETRACTION_IN),)),
    Case(
        "PubMed marks a cited paper as retracted and links no notice yet.",
        NOW,
        ("V1",),
        (record(CITED, "Sleep", "retracted publication"),),
    ),
    Case(
        "A cited paper is retracted and published again.",
        NOW,
        ("V1",),
        (noticed(RefType.RETRACTED_AND_REPUBLISHED_IN),),
    ),
    Case(
        "PubMed no longer shows a retraction that it showed before.",
        NEEDED,
        ("V3",),
        (record(CITED),),
        _TAKEN_BACK,
    ),
    Case(
        "The same, and a partial retraction before it, which PubMed links still, was never closed.",
        NEEDED,
        ("V3",),
        (record(CITED, notices=(_PART,)),),
        {"before": (record(CITED, notices=(_PART, *noticed(RefType.RETRACTION_IN).notices)),), "still_open": True},
    ),
    Case(
        "A part of a cited paper is retracted; NLM lists that among the errata.",
        NEEDED,
        ("V3",),
        (record(CITED, notices=(Notice(RefType.ERRATUM_IN, "J Ex. 2026", NOTICE, "Partial retraction"),)),),
    ),
    Case(
        "A cited Cochrane review is withdrawn by its publisher.",
        NEEDED,
        ("V3",),
        (record(CITED, "WITHDRAWN: Sleep loss and insulin"),),
    ),
    Case(
        "A newer version of a cited paper appears (a Cochrane review).", NEEDED, ("V2",), (noticed(RefType.UPDATE_IN),)
    ),
    Case(
        "A cited paper is corrected and published again.",
        NEEDED,
        ("V2",),
        (noticed(RefType.CORRECTED_AND_REPUBLISHED_IN),),
    ),
    Case(
        "A journal expresses concern about a cited paper.",
        NEEDED,
        ("V3",),
        (noticed(RefType.EXPRESSION_OF_CONCERN_IN),),
    ),
    Case("An erratum to a cited paper appears.", NEEDED, ("V3",), (noticed(RefType.ERRATUM_IN),)),
    Case("A cited paper is commented on.", CLEAR, ("V8",), (noticed(RefType.COMMENT_IN),)),
    Case(
        "A retraction, an erratum and a new guideline at once: the gravest names the status, all are told.",
        NOW,
        ("V1", "V3", "V5"),
        (
            noticed(RefType.RETRACTION_IN),
            noticed(RefType.ERRATUM_IN, OTHER_CITED),
            record(NEW, "New advice", "guideline"),
        ),
    ),
)

ON_NEW_EVIDENCE = (
    Case("A guideline appears on the topic.", NEEDED, ("V5",), (record(NEW, "Advice", "guideline"),)),
    Case("A systematic review or meta-analysis appears.", NEEDED, ("V5",), (_REVIEW,)),
    Case(
        "A systematic review appears that bears on no sentence in particular: being on the topic is enough.",
        NEEDED,
        ("V5",),
        (record(NEW, "Gut flora", "systematic review"),),
    ),
    Case(
        "A record that NLM has not typed yet calls itself a systematic review.",
        NEEDED,
        ("V5",),
        (record(NEW, "Sleep and insulin: a systematic review"),),
    ),
    Case("A randomised trial appears.", CLEAR, ("V8",), (record(NEW, "Sleep", "randomised trial"),)),
    Case(
        "A randomised trial appears, and the board has set the level to 3.",
        NEEDED,
        ("V5",),
        (record(NEW, "Sleep", "randomised trial"),),
        {"thresholds": Thresholds(review_level=3)},
    ),
    Case(
        "A preprint calls itself a systematic review.",
        CLEAR,
        ("V8",),
        (record(NEW, "Sleep: a systematic review", "preprint"),),
    ),
    Case(
        "A systematic review of animal studies appears.",
        CLEAR,
        ("V8",),
        (record(NEW, "Sleep in mice", "systematic review", mesh=(heading("D000818"),)),),
    ),
    Case(
        "A new systematic review has been retracted itself.",
        CLEAR,
        ("V8",),
        (record(NEW, "Sleep", "systematic review", "retracted publication"),),
    ),
    Case("Two hundred observational studies appear: a count is no signal.", CLEAR, ("V8",), _COHORTS),
    Case(
        "A member keeps one of them as relevant.",
        NEEDED,
        ("V6",),
        _COHORTS,
        {"kept": {NEW: None}},
    ),
    Case(
        "A member finds that one of them contradicts the article.",
        NOW,
        ("V11",),
        _COHORTS,
        {"kept": {NEW: Effect.CONTRADICTS}},
    ),
    Case(
        "A member finds that one of them clarifies the article.",
        NEEDED,
        ("V6",),
        _COHORTS,
        {"kept": {NEW: Effect.CLARIFIES}},
    ),
    Case(
        "A member finds that the new systematic review only reinforces the article.",
        CLEAR,
        ("V8",),
        (_REVIEW,),
        {"kept": {NEW: Effect.REINFORCES}},
    ),
    Case(
        "A new systematic review that nobody has answered about is retracted after it was told.",
        CLEAR,
        ("V8",),
        (),
        {"signals": befallen(_LATER_RETRACTED, ChangeKind.FOUND_RETRACTED)},
    ),
    Case(
        "A new paper that a member has kept is retracted after it was told.",
        NEEDED,
        ("V14",),
        (),
        {"signals": befallen(_LATER_RETRACTED, ChangeKind.FOUND_RETRACTED, kept=True, answered=True)},
    ),
    Case(
        "PubMed no longer has a new paper that a member has kept.",
        NEEDED,
        ("V14",),
        (),
        {"signals": befallen(_REVIEW, ChangeKind.FOUND_MISSING, kept=True, answered=True)},
    ),
    Case(
        "PubMed no longer has a new systematic review that nobody has answered about.",
        CLEAR,
        ("V8",),
        (),
        {"signals": befallen(_REVIEW, ChangeKind.FOUND_MISSING, answered=True)},
    ),
    Case(
        "A new paper that was put off is typed as a systematic review after it was told.",
        NEEDED,
        ("V5",),
        (),
        {"signals": befallen(_REVIEW, ChangeKind.FOUND_RAISED, detail="6>2", answered=True)},
    ),
    Case(
        "A new record contradicts the article, and a cited paper has a newer version.",
        NOW,
        ("V11", "V2"),
        (record(NEW, "Sleep", "observational study"), noticed(RefType.UPDATE_IN)),
        {"kept": {NEW: Effect.CONTRADICTS}},
    ),
)

ON_ITSELF = (
    Case(
        "A marker in the text has no reference.",
        NEEDED,
        ("V4",),
        (),
        {"findings": (Finding("L01", Severity.ERROR, "marker without reference", "add it"),)},
    ),
    Case(
        "A reference is never cited: a warning for the editor, no review.",
        CLEAR,
        ("V8",),
        (),
        {"findings": (Finding("L02", Severity.WARNING, "reference never cited", "remove it"),)},
    ),
    Case("A reference is only probably a certain PubMed record.", NEEDED, ("V4",), (), {"matches": _UNSURE}),
    Case(
        "The editor has said that a reference is not in PubMed.",
        CLEAR,
        ("V8",),
        (),
        {"matches": _ABSENT, "settled": {2}},
    ),
    Case(
        "The article was updated a year ago and not reviewed since.",
        NEEDED,
        ("V7",),
        (),
        {"last_updated": TODAY - YEAR},
    ),
    Case(
        "The article was updated two years ago and reviewed last week.",
        CLEAR,
        ("V8",),
        (),
        {"last_updated": TODAY - 2 * YEAR, "last_reviewed": TODAY - timedelta(days=7)},
    ),
    Case(
        "The board re-assesses after five years, the article cites a guideline and is three years old.",
        NEEDED,
        ("V7",),
        (),
        {
            "last_updated": TODAY - 3 * YEAR,
            "thresholds": Thresholds(reassess_after_days=1825),
            "cites_guideline": True,
        },
    ),
    Case(
        "Question and references are others than before: it may be another article. An editor is asked.",
        NEEDED,
        ("V12",),
        (),
        {"another_since": date(2026, 3, 10)},
    ),
    Case(
        "The board has decided that the article be updated, because a cited paper is retracted: the retraction waits "
        "for the update.",
        NEEDED,
        ("V13", "V1"),
        (noticed(RefType.RETRACTION_IN),),
        {"decision": _UPDATE, "decided": _RETRACTION},
    ),
    Case(
        "The same, and the update is late.",
        NEEDED,
        ("V13", "V1"),
        (noticed(RefType.RETRACTION_IN),),
        {"decision": replace(_UPDATE, due=TODAY - timedelta(days=1)), "decided": _RETRACTION},
    ),
    Case(
        "The board has decided that the article be updated, and then a cited paper is retracted.",
        NOW,
        ("V1", "V13"),
        (noticed(RefType.RETRACTION_IN),),
        {"decision": _UPDATE},
    ),
    Case(
        "The text has changed since the decision: does that settle the retraction that was open then?",
        NOW,
        ("V1", "V13"),
        (noticed(RefType.RETRACTION_IN),),
        {"decision": replace(_UPDATE, text_changed_on=TODAY), "decided": _RETRACTION},
    ),
    Case(
        "The board has decided to withdraw the article, because a cited paper is retracted.",
        NEEDED,
        ("V13", "V1"),
        (noticed(RefType.RETRACTION_IN),),
        {"decision": replace(_UPDATE, outcome=Decision.REVIEWED_WITHDRAW), "decided": _RETRACTION},
    ),
    Case(
        "The text has changed since the board decided to withdraw the article.",
        NEEDED,
        ("V13",),
        (),
        {"decision": replace(_UPDATE, outcome=Decision.REVIEWED_WITHDRAW, text_changed_on=TODAY)},
    ),
    Case("The article shows no date.", NEEDED, ("V7",), (), {"last_updated": None}),
)

ON_THE_SEARCH = (
    Case("Everything was searched and nothing was found.", CLEAR, ("V8",)),
    Case("PubMed did not answer: never an all-clear.", BLIND, ("V9",), (), {"failures": FAILED}),
    Case(
        "PubMed did not answer, and a cited paper is known to be retracted.",
        NOW,
        ("V1", "V9"),
        (noticed(RefType.RETRACTION_IN),),
        {"failures": FAILED},
    ),
    Case(
        "PubMed interprets the search differently than before.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (SearchSign(SignCode.UNDERSTOOD_OTHERWISE, date(2026, 3, 10)),)},
    ),
    Case(
        "PubMed does not know a phrase that every paper must have.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (_LOST_CLAUSE,)},
    ),
    Case(
        "The strategy has an error that PubMed passes over without a word.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (SearchSign(SignCode.STRATEGY_ERROR, text="[tiab]", words=("S03-tag-on-group",)),)},
    ),
    Case(
        "PubMed leaves a word out of a run of words, so that the search finds more than was meant.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (SearchSign(SignCode.WORD_LEFT_OUT, text="siesta therapy", words=("therapy",)),)},
    ),
    Case(
        "The strategy was edited and finds next to nothing of what it found before.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 40, 40),)},
    ),
    Case(
        "The strategy misses most of the papers that the article cites.",
        NEEDED,
        ("V10",),
        (),
        {"search_signs": (SearchSign(SignCode.MISSES_CITED_PAPERS, None, 4, 5, words=tuple("1234")),)},
    ),
    Case(
        "The strategy finds nothing at all, and a review has left it so: asked no more, and never all clear.",
        CLEAR,
        ("V15",),
        (),
        {"finds_nothing": Reason(ReasonCode.FINDS_NOTHING, day=TODAY, words=("reviewed",))},
    ),
)

ON_A_TOPIC = (
    QuestionCase("Nothing new.", CLEAR, ("V17",), ()),
    QuestionCase("A new record of any level, read by nobody.", NEEDED, ("V16",), _COHORTS[:1]),
    QuestionCase(
        "Two new records, one of them kept as relevant.", NEEDED, ("V16",), _COHORTS[:2], {"kept": {NEW: None}}
    ),
    QuestionCase("All new records kept as relevant.", CLEAR, ("V17",), _COHORTS[:1], {"kept": {NEW: None}}),
    QuestionCase("A new record, and a search that did not complete.", NEEDED, ("V16", "V9"), _COHORTS[:1], _FAILED),
    QuestionCase("Nothing new, and a search that did not complete.", BLIND, ("V9", "V17"), (), _FAILED),
    QuestionCase(
        "Nothing new, and a strategy of which PubMed does not know a clause.",
        NEEDED,
        ("V10", "V17"),
        (),
        {"search_signs": (_LOST_CLAUSE,)},
    ),
    QuestionCase(
        "The strategy finds nothing at all.",
        CLEAR,
        ("V15", "V17"),
        (),
        {"finds_nothing": Reason(ReasonCode.FINDS_NOTHING, day=TODAY)},
    ),
)

CHAPTERS: tuple[tuple[str, tuple[Case, ...]], ...] = (
    ("What happens to the papers that an article cites", ON_CITED_PAPERS),
    ("What is new on its topic", ON_NEW_EVIDENCE),
    ("The article itself", ON_ITSELF),
    ("The search", ON_THE_SEARCH),
    ("A question that is watched without an article", ON_A_TOPIC),
)
CASES = tuple(case for _, cases in CHAPTERS for case in cases)
