"""What to do: signals and sweep outcomes → a verdict with every rule that fired.

The first rule that fires names the status; all that fired are listed. A sweep that did not complete is
``NOT_SURVEYED`` or is said beside a worse verdict; it is never "no signal". No rule counts new records (rule R-05:
neither time nor number of studies tracked the need). No verdict says that an article is right: a program cannot know
that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.reason import Reason, ReasonCode, reason_of
from litwatch.decisions.triage import Priority, Signal
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Effect
from litwatch.model.reference import Match, MatchState
from litwatch.model.sweep import SearchSign
from litwatch.model.topic import Thresholds
from litwatch.references.lint import UNKNOWN_PMID, Finding, Severity


class Status(StrEnum):
    """What the board should do with an article."""

    REVIEW_NOW = "review_now"
    REVIEW_NEEDED = "review_needed"
    NO_SIGNAL = "no_signal"
    NOT_SURVEYED = "not_surveyed"

    @property
    def asks_for_review(self) -> bool:
        """Whether the board must look at the article."""
        return self in {Status.REVIEW_NOW, Status.REVIEW_NEEDED}


class Rule(StrEnum):
    """The rules of the decision, by the ids that reports and ``docs/how-litwatch-decides.md`` print."""

    RETRACTED = "V1"
    NEWER_VERSION = "V2"
    OTHER_NOTICE = "V3"
    CITATIONS = "V4"
    NEW_EVIDENCE = "V5"
    KEPT = "V6"
    AGE = "V7"
    CLEAR = "V8"
    NOT_SEARCHED = "V9"
    SEARCH = "V10"
    CONTRADICTED = "V11"
    IDENTITY = "V12"
    DECIDED = "V13"
    FOUND = "V14"
    FINDS_NOTHING = "V15"
    UNREAD = "V16"
    ALL_READ = "V17"


@dataclass(frozen=True, slots=True)
class Question:
    """What one rule asks, and the status that it gives."""

    rule: Rule
    asks: str
    status: Status
    source: str
    """Ids of the surveillance literature's rules, as in ``docs/how-litwatch-decides.md``."""


RULES = (
    Question(Rule.RETRACTED, "Has a paper that the article cites been retracted?", Status.REVIEW_NOW, "R-16, R-17"),
    Question(
        Rule.CONTRADICTED,
        "Has a member found that a new record contradicts the article?",
        Status.REVIEW_NOW,
        "R-03, R-10",
    ),
    Question(
        Rule.DECIDED,
        "Has the board decided to update or to withdraw the article, and is that not done yet?",
        Status.REVIEW_NEEDED,
        "R-07, R-17",
    ),
    Question(
        Rule.NEWER_VERSION,
        "Is there a newer or corrected version of a paper that it cites?",
        Status.REVIEW_NEEDED,
        "R-07",
    ),
    Question(
        Rule.OTHER_NOTICE,
        "Is there an expression of concern, an erratum, a withdrawal or another notice about a paper that it cites?",
        Status.REVIEW_NEEDED,
        "R-18, R-19, R-21",
    ),
    Question(
        Rule.NEW_EVIDENCE,
        "Has new evidence of a high level appeared on its topic?",
        Status.REVIEW_NEEDED,
        "R-03, R-06",
    ),
    Question(
        Rule.KEPT,
        "Has a member kept a new record as relevant, and not only as reinforcing?",
        Status.REVIEW_NEEDED,
        "R-03, R-10",
    ),
    Question(
        Rule.FOUND,
        "Has a new record that a member kept been retracted or questioned since, or has PubMed lost it?",
        Status.REVIEW_NEEDED,
        "R-10, R-17",
    ),
    Question(
        Rule.UNREAD,
        "Where a question is watched without an article: is there a new record that nobody has read?",
        Status.REVIEW_NEEDED,
        "R-03, R-05",
    ),
    Question(
        Rule.IDENTITY,
        "May the article be another one than before under the same name?",
        Status.REVIEW_NEEDED,
        "R-17",
    ),
    Question(
        Rule.CITATIONS,
        "Is a marker without a reference, or a reference not identified?",
        Status.REVIEW_NEEDED,
        "R-21",
    ),
    Question(Rule.AGE, "Is the article due for re-assessment by its age?", Status.REVIEW_NEEDED, "R-07, R-08"),
    Question(Rule.NOT_SEARCHED, "Did a search not complete?", Status.NOT_SURVEYED, "R-33"),
    Question(
        Rule.SEARCH,
        "Does the strategy mean or find less than it should, or than it did?",
        Status.REVIEW_NEEDED,
        "R-22, R-33",
    ),
    Question(
        Rule.FINDS_NOTHING,
        "Does the strategy find nothing at all, and has somebody left it so?",
        Status.NO_SIGNAL,
        "R-22, R-33",
    ),
    Question(
        Rule.ALL_READ,
        "Where a question is watched without an article: has somebody read all that is new?",
        Status.NO_SIGNAL,
        "R-05, R-14",
    ),
    Question(Rule.CLEAR, "None of these?", Status.NO_SIGNAL, "R-05, R-14"),
)
"""In the order in which they are asked: the first that is answered yes gives the status.

It is the decision sketch of the surveillance literature (rules R-01 to R-19), but for the editor's own work, the
citations: it stands behind new evidence, because a board member reads the first reason.
"""

ORDER: Mapping[Rule, int] = {question.rule: place for place, question in enumerate(RULES)}
_STATUS = {question.rule: question.status for question in RULES}


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that fired."""

    rule: Rule
    status: Status
    pmids: tuple[Pmid, ...]
    reasons: tuple[Reason, ...] = ()
    """At least one, but for what an older litwatch stored."""
    told: str = ""
    """The sentence of a verdict that was stored before reasons had codes; shown as it is."""
    told_overturned_by: str = ""
    """The same for what would take the reason away."""

    @property
    def is_beside_decision(self) -> bool:
        """Whether it is only told beside the board's decision to update or to withdraw the article."""
        return any(reason.code is ReasonCode.OPEN_WHEN_DECIDED for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of one night on one article."""

    status: Status
    fired: tuple[Fired, ...]
    """In the rules' order; the first names the status."""
    decided_on: date
    searched_to: date | None
    """Last day that completed topic sweeps cover; None before the first."""
    reassess_on: date | None

    @property
    def is_of_topic(self) -> bool:
        """Whether there is no article, but only a question (``topic_verdict``)."""
        return any(fired.rule in {Rule.UNREAD, Rule.ALL_READ} for fired in self.fired)

    @property
    def decided_to(self) -> Decision | None:
        """REVIEWED_UPDATE or REVIEWED_WITHDRAW, where it tells that the board has decided so; else None."""
        codes = {reason.code for fired in self.fired for reason in fired.reasons if fired.rule is Rule.DECIDED}
        if not codes:
            return None
        withdrawn = ReasonCode.WITHDRAWAL_DECIDED in codes
        return Decision.REVIEWED_WITHDRAW if withdrawn else Decision.REVIEWED_UPDATE


_RESEMBLES = 0.01
"""A pinned record of less confidence than this is no longer worth showing as a candidate either."""

_RETRACTED = {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}


def decide(
    *,
    signals: Sequence[Signal],
    kept: Mapping[Pmid, Effect | None],
    findings: Iterable[Finding],
    matches: Iterable[Match],
    settled: Collection[int],
    failures: Sequence[Reason],
    last_updated: date | None,
    last_reviewed: date | None,
    searched_to: date | None,
    thresholds: Thresholds,
    today: date,
    search_signs: Sequence[SearchSign] = (),
    told_of_search: Fired | None = None,
    finds_nothing: Reason | None = None,
    cites_guideline: bool = False,
    another_since: date | None = None,
    decision: BoardDecision | None = None,
    decided: Collection[Change] = (),
    printed_pmids: int = 0,
) -> Verdict:
    """The verdict on one article, from its open signals and what could not be checked.

    ``kept`` holds new records that a person has called relevant, with what they do to the article; ``settled`` the
    places in the reference list that a person has declared not to be in PubMed; ``failures`` a reason for each sweep
    that did not complete (``find_failures``); ``search_signs`` what shows that the search strategy no longer means or
    finds what it did; ``told_of_search`` stands for them as an older night told them, kept as it is; ``finds_nothing``
    that no search of the article can find a paper, which is never all clear, although it asks nobody again what has
    been accepted; an article that
    ``cites_guideline`` is re-assessed after three years at the latest (rule R-07); ``another_since`` is
    the day since which an editor is asked whether it is still the same article.

    ``decision`` is what the board has decided to do about the article and nobody has done, ``decided`` the changes that
    were open then. While the text is the same, these are told beside the decision and ask for nothing by themselves;
    once it has changed, each rule asks whether the new text settles it. ``printed_pmids`` is the number of references
    that print a PMID.
    """
    reassess_after = thresholds.reassess_after_days
    if cites_guideline:
        reassess_after = min(reassess_after, thresholds.guideline_reassess_after_days)
    decided_changes = frozenset(decided if decision is not None else ())
    beside_decision = _on_changes([signal for signal in signals if signal.change in decided_changes], kept, thresholds)
    found = [
        *_on_changes([signal for signal in signals if signal.change not in decided_changes], kept, thresholds),
        *(_on_decision(decision, beside_decision, today) if decision is not None else ()),
        *_on_citations(findings, matches, settled, printed_pmids),
        *_on_age(last_updated, last_reviewed, reassess_after, today),
    ]
    if another_since is not None:
        found.append(_fire(Rule.IDENTITY, Reason(ReasonCode.ANOTHER_ARTICLE, day=another_since)))
    if failures:
        found.append(_fire(Rule.NOT_SEARCHED, *failures))
    if told_of_search is not None:
        found.append(told_of_search)
    elif search_signs:
        found.append(_fire(Rule.SEARCH, *map(reason_of, search_signs)))
    elif finds_nothing is not None:
        found.append(_fire(Rule.FINDS_NOTHING, finds_nothing))
    last_checked = last_reviewed or last_updated
    reassess_on = last_checked + timedelta(days=reassess_after) if last_checked else None
    fired = sorted(found, key=_place)
    if not fired:
        fired = [_fire(Rule.CLEAR, Reason(ReasonCode.CLEAR, day=searched_to))]
    return Verdict(fired[0].status, tuple(fired), today, searched_to, reassess_on)


def carry_on(verdict: Verdict, *, searched_to: date | None, today: date) -> Verdict:
    """The verdict of a later day on which nothing that it rests on differs (``carried_decision``).

    It is what ``decide`` says on that day: only how far the search reaches and how old the article is are told anew.
    """
    fired = tuple(
        replace(each, reasons=tuple(_count_days(reason, searched_to, today) for reason in each.reasons))
        for each in verdict.fired
    )
    return replace(verdict, fired=fired, decided_on=today, searched_to=searched_to)


def _count_days(reason: Reason, searched_to: date | None, today: date) -> Reason:
    if reason.code in {ReasonCode.CLEAR, ReasonCode.FINDS_NOTHING}:
        return replace(reason, day=searched_to)
    if reason.code in {ReasonCode.LONG_SINCE_REVIEW, ReasonCode.LONG_SINCE_UPDATE} and reason.day is not None:
        return replace(reason, numbers=((today - reason.day).days, *reason.numbers[1:]))
    return reason


def _place(fired: Fired) -> tuple[int, bool, int]:
    """Where a rule stands among those that fired: what is told beside the board's decision stands behind what came
    since, and before what is for an editor."""
    place = ORDER[fired.rule]
    return ORDER[Rule.KEPT] if fired.is_beside_decision else place, fired.is_beside_decision, place


def _fire(rule: Rule, *reasons: Reason, pmids: tuple[Pmid, ...] = ()) -> Fired:
    return Fired(rule, _STATUS[rule], pmids, reasons)


def _on_changes(
    signals: Sequence[Signal], kept: Mapping[Pmid, Effect | None], thresholds: Thresholds
) -> tuple[Fired, ...]:
    found = (
        *_on_cited_papers([signal for signal in signals if not signal.outlived]),
        *_on_contradiction(signals, kept),
        *_on_new_evidence(signals, kept, thresholds),
        *_on_found_papers(signals),
    )
    disputed = {s.change.pmid for s in signals if any(r.code is ReasonCode.DISAGREEMENT for r in s.reasons)}
    return tuple(_tell_disputed(each, disputed) for each in found)


def _tell_disputed(fired: Fired, disputed: Collection[Pmid]) -> Fired:
    """The rule with the word that members disagree about so many of its papers."""
    number = sum(pmid in disputed for pmid in fired.pmids)
    return replace(fired, reasons=(*fired.reasons, Reason(ReasonCode.DISAGREEMENT, (number,)))) if number else fired


def _on_decision(decision: BoardDecision, carried: Sequence[Fired], today: date) -> Iterable[Fired]:
    """The decision, and what it is carried by: the rules that fire for what was open when it was decided."""
    pmids = tuple(dict.fromkeys(pmid for each in carried for pmid in each.pmids))
    code = ReasonCode.WITHDRAWAL_DECIDED if decision.is_withdrawal else ReasonCode.UPDATE_DECIDED
    decided, said, waits = Reason(code, day=decision.decided_on), decision.tell(), decision.text_changed_on is None
    if not waits:
        reasons = [decided, said] if decision.is_withdrawal else [said]
    elif decision.due is None:
        reasons = [decided]
    else:
        late = ReasonCode.OVERDUE if decision.due < today else ReasonCode.DUE
        reasons = [decided, Reason(late, day=decision.due)]
    yield _fire(Rule.DECIDED, *reasons, pmids=pmids)
    for each in carried:
        # The board has looked at it and decided: until somebody does what it decided, it need not look again at once.
        status = Status.REVIEW_NEEDED if waits else each.status
        yield replace(each, status=status, reasons=(*each.reasons, said))


def _on_cited_papers(signals: Sequence[Signal]) -> Iterable[Fired]:
    def select(*kinds: ChangeKind, high: bool | None = None) -> tuple[Pmid, ...]:
        chosen = [s for s in signals if s.change.kind in kinds]
        if high is not None:
            chosen = [s for s in chosen if (s.priority is Priority.HIGH) is high]
        return tuple(dict.fromkeys(s.change.pmid for s in chosen))

    taken_back = select(*_RETRACTED, ChangeKind.CITED_CONCERN, high=False)
    other = select(ChangeKind.CITED_ERRATUM, ChangeKind.NOTICE_WITHDRAWN)
    told = (
        (Rule.RETRACTED, ReasonCode.RETRACTED, select(*_RETRACTED, high=True)),
        (
            Rule.NEWER_VERSION,
            ReasonCode.NEWER_VERSION,
            select(ChangeKind.CITED_UPDATED, ChangeKind.CITED_REPUBLISHED),
        ),
        (Rule.OTHER_NOTICE, ReasonCode.REINSTATED, select(ChangeKind.CITED_REINSTATED)),
        (Rule.OTHER_NOTICE, ReasonCode.PARTLY_RETRACTED, select(ChangeKind.CITED_PARTLY_RETRACTED)),
        (Rule.OTHER_NOTICE, ReasonCode.WITHDRAWN, select(ChangeKind.CITED_WITHDRAWN)),
        (Rule.OTHER_NOTICE, ReasonCode.CONCERN, select(ChangeKind.CITED_CONCERN, high=True)),
        (Rule.OTHER_NOTICE, ReasonCode.GONE_FROM_PUBMED, select(ChangeKind.CITED_MISSING)),
        (Rule.OTHER_NOTICE, ReasonCode.OTHER_NOTICE, tuple(dict.fromkeys([*taken_back, *other]))),
    )
    for rule, code, papers in told:
        if papers:
            yield _fire(rule, Reason(code), pmids=papers)


def _on_citations(
    findings: Iterable[Finding], matches: Iterable[Match], settled: Collection[int], printed_pmids: int
) -> Iterable[Fired]:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    told = list(matches)
    reported = {finding.position for finding in errors if finding.code == UNKNOWN_PMID}
    absent = {
        m.position: m.reason.unknown_pmid
        for m in told
        if m.position in reported and m.reason is not None and m.reason.unknown_pmid is not None
    }
    errors = [each for each in errors if each.code != UNKNOWN_PMID or each.position not in absent]
    said = {*settled, *absent}
    unsure = [m for m in told if m.state is not MatchState.CONFIRMED and m.position not in said]
    doubtful = [m for m in told if m.method == "pinned" and m.pmid is not None and m.confidence < _RESEMBLES]
    reasons = []
    if absent:
        printed = max(printed_pmids, len(absent))
        reasons.append(
            Reason(ReasonCode.NOT_IN_PUBMED, (printed, *absent), words=tuple(str(pmid) for pmid in absent.values()))
        )
    if errors:
        reasons.append(Reason(ReasonCode.LINT_ERRORS, (len(errors),)))
    if unsure:
        reasons.append(Reason(ReasonCode.UNCONFIRMED, tuple(match.position for match in unsure)))
    if doubtful:
        reasons.append(Reason(ReasonCode.UNLIKE_PIN, tuple(match.position for match in doubtful)))
    if reasons:
        yield _fire(Rule.CITATIONS, *reasons)


def _on_contradiction(signals: Sequence[Signal], kept: Mapping[Pmid, Effect | None]) -> Iterable[Fired]:
    new = [signal.change.pmid for signal in _evidence(signals)]
    if opposed := tuple(pmid for pmid in dict.fromkeys(new) if kept.get(pmid) is Effect.CONTRADICTS):
        yield _fire(Rule.CONTRADICTED, Reason(ReasonCode.CONTRADICTED), pmids=opposed)


def _on_new_evidence(
    signals: Sequence[Signal], kept: Mapping[Pmid, Effect | None], thresholds: Thresholds
) -> Iterable[Fired]:
    """A record whose effect a member has named is told by CONTRADICTED, by KEPT, or, where it only reinforces, by no
    rule (R-10).
    """
    new = _evidence(signals)
    coded = {pmid for pmid, effect in kept.items() if effect is not None}
    high = _distinct(s.change.pmid for s in new if s.priority <= Priority.MEDIUM and s.change.pmid not in coded)
    if high:
        yield _fire(Rule.NEW_EVIDENCE, Reason(ReasonCode.NEW_EVIDENCE, (thresholds.review_level,)), pmids=high)
    told = {Effect.CONTRADICTS, Effect.REINFORCES}
    chosen = _distinct(
        s.change.pmid
        for s in new
        if s.change.pmid in kept and s.change.pmid not in high and kept[s.change.pmid] not in told
    )
    if chosen:
        yield _fire(Rule.KEPT, Reason(ReasonCode.KEPT), pmids=chosen)


def _evidence(signals: Iterable[Signal]) -> list[Signal]:
    """The new records, and what was told of a risen level: it stands for a record that was put off."""
    return [s for s in signals if s.change.kind in {ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED}]


def _distinct(pmids: Iterable[Pmid]) -> tuple[Pmid, ...]:
    return tuple(dict.fromkeys(pmids))


def _on_found_papers(signals: Sequence[Signal]) -> Iterable[Fired]:
    """What befell new records that a member had kept; of others it is told, and asks for nothing."""
    used = [s for s in signals if s.change.is_about_found and s.change.kind is not ChangeKind.FOUND_RAISED]
    if kept := _distinct(s.change.pmid for s in used if s.priority is Priority.MEDIUM):
        yield _fire(Rule.FOUND, Reason(ReasonCode.FOUND_BEFALLEN), pmids=kept)


def _on_age(last_updated: date | None, last_reviewed: date | None, after: int, today: date) -> Iterable[Fired]:
    since = last_reviewed or last_updated
    if since is None:
        yield _fire(Rule.AGE, Reason(ReasonCode.UNDATED))
    elif since + timedelta(days=after) <= today:
        code = ReasonCode.LONG_SINCE_REVIEW if last_reviewed else ReasonCode.LONG_SINCE_UPDATE
        yield _fire(Rule.AGE, Reason(code, ((today - since).days, after), since))
