"""What people are shown of one article: its Report.

These are plain values that the templates print; a figure that is not in the store cannot get here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from litwatch.articles.model import Article
from litwatch.decisions.ageing import expected_outdated
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.newer_versions import NewestVersion
from litwatch.decisions.notice_coverage import CoverageGap
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.ranking import EmbeddedTexts
from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.triage import Signal, order_among_equals
from litwatch.decisions.verdict import Fired, Rule, Status, Verdict
from litwatch.model.change import FOUND_ANNOUNCED, Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.lead import Lead
from litwatch.model.record import PartialDate, Record
from litwatch.model.reference import Match
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.mail_address import distinct_mailboxes
from litwatch.model.topic import Topic
from litwatch.references.lint import Finding
from litwatch.report import wording
from litwatch.report.basis import Basis
from litwatch.report.reason_sentences import say_decision_beside, say_reason
from litwatch.report.responsible_sentence import say_responsible


@dataclass(frozen=True, slots=True)
class NoticeCitation:
    """The notice behind a change to a cited paper, as a reader finds it."""

    line: str
    """Journal, date, volume and page, as NLM prints them; empty where PubMed links none."""
    note: str
    """What NLM notes beside the link ("Dosage error in published abstract"); mostly empty."""
    published: PartialDate | None
    """None where no source gives a date."""
    at_first_look: bool = False
    """Whether it stood when litwatch looked at the paper for this article for the first time."""
    newest: NewestVersion | None = None
    """For a newer version: the last of the versions that followed it."""

    def is_before(self, last_updated: date | None) -> bool:
        """Whether it was certainly out before the article's last update."""
        return self.published is not None and last_updated is not None and self.published.latest < last_updated

    def is_after(self, last_updated: date | None) -> bool:
        """Whether it certainly came after it."""
        return self.published is not None and last_updated is not None and self.published.earliest > last_updated


@dataclass(frozen=True, slots=True)
class ReportedSignal:
    """A signal with what a reader needs to judge it."""

    signal: Signal
    record: Record
    """The record concerned, as last observed."""
    first_seen: date
    """The day on which litwatch first reported the change."""
    deadline: date | None = None
    """For a notice, the last day on which it may be open without being told further up."""
    episodes: tuple[str, ...] = ()
    """The ids of the open episodes that it tells: what an answer to it is about."""
    notice: NoticeCitation | None = None
    """For a change that tells of a notice: which one."""
    decided: bool = False
    """Whether it was open when the board decided to update or withdraw the article."""
    survivor: Record | None = None
    """For a record that PubMed no longer serves, the one that most likely has its place."""
    events: tuple[ReportedSignal, ...] = ()
    """For a new record as ``listed_evidence`` gives it: what befell it since it was told, told and answered with it."""
    answered_by: tuple[str, ...] = ()
    """Whose answer does not count yet, because the topic asks a second reader; what they said is told to nobody."""
    kept_by: tuple[str, ...] = ()
    """Who has kept it as relevant: it stays open until the board reviews the article, and nobody need read it again."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody has said for the others to read."""

    by: str
    at: datetime
    text: str
    change: Change | None
    """What it is about; None for the whole article."""


@dataclass(frozen=True)
class Report:
    """One article's state on one day."""

    topic: Topic
    article: Article
    verdict: Verdict
    last_reviewed: date | None
    signals: tuple[ReportedSignal, ...]
    """All that are open, notices about cited papers first, then by priority, level and relevance."""
    matches: tuple[Match, ...]
    cited: tuple[Record, ...]
    """The records behind confirmed matches, as last observed."""
    findings: tuple[Finding, ...]
    sweeps: tuple[Sweep, ...]
    """The latest of each kind, failed ones included."""
    written_on: date
    surveyed_at: datetime
    demonstration: bool
    """True when any record comes from the invented demonstration corpus."""
    basis: Basis | None = None
    integrity: Mapping[Pmid, Integrity] = field(default_factory=dict)
    """How each cited paper stands, by whom and since when; empty where nothing was ever read."""
    answers: tuple[float, ...] = ()
    """What each answer about a new record is worth to the ranking, from 0 to 1 (``ranking.WORTH``)."""
    closed_leads: frozenset[str] = frozenset()
    """Entries of feeds, by ``Lead.name``, that a person has closed."""
    coverage_gaps: tuple[CoverageGap, ...] = ()
    """How the sources beside PubMed fall short."""
    decision: BoardDecision | None = None
    """What the board has decided to do about the article and is not done yet, with its due date."""
    responsible: ResponsiblePerson | None = None
    """Who is to see to the article, or was until their address left its list."""
    unwatched: tuple[int, ...] = ()
    """The places of the references of which no source tells whether they were retracted or corrected."""
    comments: tuple[Comment, ...] = ()
    """What people have said about it, oldest first; none on a change for which a second reader is asked."""
    embedded: EmbeddedTexts | None = None
    """The sentence model's part in the order of new records; None where it has none."""

    @property
    def episodes(self) -> tuple[str, ...]:
        """The ids of all episodes that it tells as open: what a review of the article is about."""
        return tuple(episode for reported in self.signals for episode in reported.episodes)

    # Every page, mail and feed asks for these two, some of them twenty times.

    @cached_property
    def ordered(self) -> tuple[ReportedSignal, ...]:
        """The signals in their order of telling (``order_signals``)."""
        return order_signals(self.signals)

    @cached_property
    def new_evidence(self) -> tuple[ReportedSignal, ...]:
        """As the function ``new_evidence`` says."""
        return _gather_evidence(self)


@dataclass(frozen=True, slots=True)
class FailedTopic:
    """A topic that could not be surveyed or even read."""

    slug: str
    reason: str
    for_editor: bool = True
    """Whether an editor can mend it; else the operator or a developer must."""


URGENCY = {status: rank for rank, status in enumerate(wording.STATUS_LABEL)}
"""A status's place in every queue, the most urgent first."""
_GRAVEST_FIRST = (
    ChangeKind.CITED_RETRACTED,
    ChangeKind.CITED_RETRACTED_REPUBLISHED,
    ChangeKind.CITED_PARTLY_RETRACTED,
    ChangeKind.CITED_WITHDRAWN,
    ChangeKind.CITED_CONCERN,
    ChangeKind.CITED_ERRATUM,
    ChangeKind.CITED_REPUBLISHED,
    ChangeKind.CITED_UPDATED,
    ChangeKind.CITED_REINSTATED,
    ChangeKind.CITED_MISSING,
    ChangeKind.NOTICE_WITHDRAWN,
    ChangeKind.FOUND_RETRACTED,
    ChangeKind.FOUND_RETRACTED_REPUBLISHED,
    ChangeKind.FOUND_PARTLY_RETRACTED,
    ChangeKind.FOUND_WITHDRAWN,
    ChangeKind.FOUND_CONCERN,
    ChangeKind.NEW_RECORD,
    ChangeKind.FOUND_RAISED,
    ChangeKind.FOUND_MISSING,
)
SERIOUSNESS = {kind: rank for rank, kind in enumerate(_GRAVEST_FIRST)}
"""A change's place in lists, 0 for the gravest."""
_ASKED_ALWAYS = {Rule.DECIDED, Rule.IDENTITY, Rule.CITATIONS, Rule.SEARCH, Rule.FINDS_NOTHING}
"""Said in every summary, also behind a graver reason: the board's decision, the questions to an editor without
whose answer the rest of the report may be wrong, references that no paper stands behind among them, and that the
search finds nothing."""
FOR_EDITORS = {Rule.IDENTITY, Rule.CITATIONS, Rule.SEARCH}
"""The verdict's rules on the article's identity, on the citations' form and on the search: an editor's errands."""
_SEARCHES = (SweepKind.TOPIC, SweepKind.CITATION)
"""The searches of PubMed that make a survey; the other sources stand beside them."""
_ANNOUNCING = {
    ChangeKind.CITED_RETRACTED,
    ChangeKind.CITED_PARTLY_RETRACTED,
    ChangeKind.CITED_CONCERN,
    ChangeKind.CITED_ERRATUM,
    *FOUND_ANNOUNCED,
}
"""Kinds whose notice is a mere announcement. What stands behind the others is a paper, and so evidence."""


def title_of(report: Report) -> str:
    """What the article is called."""
    return report.topic.called(report.article.question)


def order_signals(signals: Iterable[ReportedSignal]) -> tuple[ReportedSignal, ...]:
    """Notices first, gravest first; then new records in the order that triage gives them."""

    def key(reported: ReportedSignal) -> tuple[float, ...]:
        return (SERIOUSNESS[reported.signal.change.kind], *order_among_equals(reported.signal))

    return tuple(sorted(signals, key=key))


def notices(report: Report) -> tuple[ReportedSignal, ...]:
    """The open notices about cited papers, gravest first; those that are ``outlived`` are told with another."""
    return tuple(reported for reported in open_notices(report) if not reported.signal.outlived)


def open_notices(report: Report) -> tuple[ReportedSignal, ...]:
    """All open notices about cited papers, gravest first, those included that a reinstatement has ended."""
    return tuple(reported for reported in report.ordered if reported.signal.change.is_about_cited)


def told_with(told: ReportedSignal, report: Report) -> tuple[ReportedSignal, ...]:
    """What is told, and answered, with a change: with a reinstatement the open notices about the same paper that it has
    ended, with a new record what befell it since it was told.
    """
    change, notice = told.signal.change, told
    if not change.is_about_cited:
        joined = next((each.events for each in new_evidence(report) if each.signal.change == change), ())
        return tuple(each for each in joined if each.signal.change != change)
    if change.kind is not ChangeKind.CITED_REINSTATED or notice.signal.outlived:
        return ()
    return tuple(
        each for each in open_notices(report) if each.signal.outlived and each.signal.change.pmid == change.pmid
    )


def found_changes(report: Report) -> tuple[ReportedSignal, ...]:
    """Everything open about new records, what befell them included, each change by itself, most important first."""
    return tuple(reported for reported in report.ordered if not reported.signal.change.is_about_cited)


def new_evidence(report: Report) -> tuple[ReportedSignal, ...]:
    """The open new records, most important first, each once, with what befell it since it was told.

    Where the record itself is not open, because somebody has answered, what befell it stands for it. Records that
    PubMed no longer serves are none: ``lost_records``.
    """
    return report.new_evidence


def _gather_evidence(report: Report) -> tuple[ReportedSignal, ...]:
    found = [each for each in found_changes(report) if each.signal.change.kind is not ChangeKind.FOUND_MISSING]
    first: dict[Pmid, ReportedSignal] = {}
    for reported in sorted(found, key=lambda each: each.signal.change.kind is not ChangeKind.NEW_RECORD):
        first.setdefault(reported.signal.change.pmid, reported)
    events: dict[Pmid, list[ReportedSignal]] = {}
    for reported in found:
        if reported is not first[reported.signal.change.pmid] or reported.signal.change.is_about_found:
            events.setdefault(reported.signal.change.pmid, []).append(reported)
    return tuple(
        replace(reported, events=tuple(events.get(pmid, ())))
        for reported in found
        if reported is first[pmid := reported.signal.change.pmid]
    )


def listed_evidence(report: Report) -> tuple[ReportedSignal, ...]:
    """The open new records without those that are listed already, as what announces an open notice."""
    told = {each.signal.change.notice_pmid for each in report.signals if each.signal.change.kind in _ANNOUNCING}
    return tuple(reported for reported in new_evidence(report) if reported.signal.change.pmid not in told)


def lost_records(report: Report) -> tuple[ReportedSignal, ...]:
    """The new records that were told and that PubMed no longer serves: they are no evidence any more."""
    return tuple(each for each in found_changes(report) if each.signal.change.kind is ChangeKind.FOUND_MISSING)


def open_leads(report: Report) -> tuple[Lead, ...]:
    """The entries of feeds that name no paper in PubMed and that nobody has closed, in feed order."""
    return tuple(lead for sweep in report.sweeps for lead in sweep.leads if lead.name not in report.closed_leads)


def failures(report: Report) -> tuple[str, ...]:
    """Every way in which this night's look was not complete, one sentence each; empty only when all was seen."""
    return say_failures(report.verdict, report.sweeps)


class Looked(Protocol):
    """How one look ended."""

    @property
    def kind(self) -> SweepKind:
        """What was looked at."""

    @property
    def state(self) -> SweepState:
        """Whether it was complete."""

    @property
    def error(self) -> str | None:
        """Why it failed."""


def say_failures(verdict: Verdict, looks: Iterable[Looked]) -> tuple[str, ...]:
    """The failures of a night of that verdict and those looks."""
    looks = tuple(looks)
    said = [say_reason(fired) for fired in verdict.fired if fired.status is Status.NOT_SURVEYED]
    for look in looks:
        if look.state is SweepState.FAILED and not any(look.error and look.error in reason for reason in said):
            said.append(f"The {wording.words(look.kind)} did not complete: {look.error or 'no reason was recorded.'}")
    seen = {look.kind for look in looks}
    said += [f"No {wording.words(kind)} was made." for kind in _SEARCHES if kind not in seen]
    if verdict.status is Status.NOT_SURVEYED and not said:
        said.append("The article was not surveyed.")
    return tuple(said)


def untold_failures(report: Report) -> tuple[str, ...]:
    """The failures that are no matter of the board's: a feed names PMIDs that PubMed does not have.

    The article was searched all the same. Report and index tell it to the editor, and the night to the operator.
    """
    named = [each.error for each in report.sweeps if names_unknown(each) and each.error]
    return tuple(each for each in failures(report) if any(error in each for error in named))


def names_unknown(sweep: Sweep) -> bool:
    """Whether it is a feed that failed for nothing but PMIDs that PubMed does not have."""
    failed = sweep.kind is SweepKind.FEED and sweep.state is SweepState.FAILED
    return failed and bool(sweep.missing and sweep.error) and not sweep.unreadable


def board_failures(report: Report) -> tuple[str, ...]:
    """What a member must know of what was not complete: all failures but ``untold_failures``."""
    untold = untold_failures(report)
    return tuple(each for each in failures(report) if each not in untold)


def search_failed(report: Report) -> bool:
    """Whether PubMed was not searched to the end, for new papers or for notices about cited ones."""
    failed = {each.kind for each in report.sweeps if each.state is SweepState.FAILED}
    complete = {each.kind for each in report.sweeps} - failed
    unsurveyed = any(fired.status is Status.NOT_SURVEYED for fired in report.verdict.fired)
    return unsurveyed or report.verdict.status is Status.NOT_SURVEYED or not {*_SEARCHES} <= complete


def failed_beside(report: Report) -> tuple[SweepKind, ...]:
    """The sources beside the search of PubMed that failed, each once; without ``untold_failures``."""
    failed = {each.kind for each in report.sweeps if each.state is SweepState.FAILED and not names_unknown(each)}
    return tuple(kind for kind in SweepKind if kind in wording.SOURCE_FAILED and kind in failed)


def sweeps_told(report: Report) -> tuple[Sweep, ...]:
    """The sweeps that a page tells of: where there is no article, not the one of what it cites."""
    if not report.article.is_absent:
        return report.sweeps
    return tuple(sweep for sweep in report.sweeps if sweep.kind is not SweepKind.CITATION)


def gaps(report: Report) -> tuple[str, ...]:
    """What completed sweeps could not deliver: records left out by PubMed or not readable, with their PMIDs."""
    said = []
    for sweep in report.sweeps:
        if sweep.missing:
            pmids = ", ".join(str(pmid) for pmid in sweep.missing)
            said.append(f"The {wording.words(sweep.kind)} asked for records that PubMed did not deliver: PMID {pmids}.")
        said += [
            f"PMID {pmid} came in the {wording.words(sweep.kind)} but could not be read: {why}"
            for pmid, why in sweep.unreadable
        ]
    return tuple(said)


def headline(report: Report) -> str:
    """The verdict in one sentence, without the status's own words; why a search failed stands in ``failures``."""
    return say_verdict(report.verdict)


def say_verdict(verdict: Verdict) -> str:
    """A report's ``headline`` from its verdict alone."""
    if verdict.status is Status.NOT_SURVEYED:
        return "The search was incomplete, so nothing can be said about new evidence. This is not an all-clear."
    if verdict.fired:
        return say_reason(verdict.fired[0])
    return "Nothing asks for a review." if verdict.status is Status.NO_SIGNAL else "No reason was recorded."


def finds_nothing(report: Report) -> bool:
    """Whether the article's search can show no new paper, so that no words may call it clear."""
    return any(fired.rule is Rule.FINDS_NOTHING for fired in report.verdict.fired)


def board_summary(report: Report) -> str:
    """The verdict's ``sum_up`` without what an editor is asked behind a graver reason: ``errands``.

    Where the topic names editors, what they are asked is no headline either.
    """
    verdict = report.verdict
    if report.topic.editors and not only_errands(report):
        verdict = replace(verdict, fired=tuple(each for each in verdict.fired if each.rule not in FOR_EDITORS))
    return sum_up(verdict, _ASKED_ALWAYS - FOR_EDITORS)


def only_errands(report: Report) -> bool:
    """Whether the article asks for nothing but an editor's hand, and its topic names editors to be told."""
    asking = [fired.rule for fired in report.verdict.fired if fired.status.asks_for_review]
    return bool(report.topic.editors and asking) and FOR_EDITORS.issuperset(asking)


def errands(report: Report) -> str:
    """What the readers of a digest are told of what an editor is asked behind a graver reason; empty for nothing.

    Where the topic names editors, they have it in a mail of their own.
    """
    return "" if report.topic.editors else editors_part(report)


def editors_part(report: Report) -> str:
    """What an editor is asked behind a graver reason; empty for nothing."""
    return " ".join(say_reason(fired) for fired in report.verdict.fired[1:] if fired.rule in FOR_EDITORS)


def sum_up(verdict: Verdict, always: Collection[Rule] = _ASKED_ALWAYS) -> str:
    """The headline, and behind a graver reason the board's decision and what an editor is asked (``always``)."""
    behind = [_say_behind(fired, verdict.fired[0]) for fired in verdict.fired if fired.rule in always]
    return " ".join(said for said in dict.fromkeys((say_verdict(verdict), *behind)) if said)


def _say_behind(fired: Fired, first: Fired) -> str:
    """A reason behind the headline's; of the board's decision only what the headline has not asked already."""
    if fired.rule is not Rule.DECIDED or first is fired:
        return say_reason(fired)
    if not any(reason.code is ReasonCode.TEXT_CHANGED for reason in first.reasons):
        return say_decision_beside(fired)
    unasked = tuple(reason for reason in fired.reasons if reason.code is not ReasonCode.TEXT_CHANGED)
    return say_reason(replace(fired, reasons=unasked)) if unasked else ""


def is_overdue(reported: ReportedSignal, day: date) -> bool:
    """Whether a notice is open past its deadline; each night says so again until a person closes it (rule R-17)."""
    return reported.deadline is not None and reported.deadline < day


def overdue(report: Report) -> tuple[ReportedSignal, ...]:
    """The notices that are open past their deadline, gravest first."""
    return tuple(reported for reported in notices(report) if is_overdue(reported, report.written_on))


def is_person_late(report: Report) -> bool:
    """Whether the day of the responsible person has passed and the article still asks for something."""
    asks = report.verdict.status.asks_for_review
    return report.responsible is not None and report.responsible.is_late(report.written_on, asks_for_review=asks)


def responsible(report: Report, reader: str = "") -> str:
    """Who is to do what about the article, and until when; ``reader`` is told "you" of themselves. Empty for nobody."""
    decision = report.decision
    return say_responsible(
        report.responsible,
        decided_to=decision.outcome if decision is not None and decision.text_changed_on is None else None,
        asks_for_review=report.verdict.status.asks_for_review,
        day=report.written_on,
        reader=reader,
    )


def escalate(report: Report) -> Report:
    """The report with those among its recipients whom its topic names for what is overdue, if anything is."""
    if not report.topic.escalate_to or not (overdue(report) or is_person_late(report)):
        return report
    told = distinct_mailboxes((*report.topic.recipients, *report.topic.escalate_to))
    return replace(report, topic=replace(report.topic, recipients=told))


def order_reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Most urgent first (``urgency``)."""

    def key(report: Report) -> Urgency:
        told = notices(report)
        return urgency(
            report.verdict.status,
            overdue=bool(overdue(report)),
            gravest=told[0].signal.change.kind if told else None,
            notices=len(told),
            outdated=outdated(report),
            slug=report.topic.slug,
        )

    return tuple(sorted(reports, key=key))


Urgency = tuple[int, bool, int, int, float, str]


def urgency(
    status: Status, *, overdue: bool, gravest: ChangeKind | None, notices: int, outdated: float | None, slug: str
) -> Urgency:
    """An article's place in feed and mail: status, overdue notices, the gravest, their number, then age."""
    place = SERIOUSNESS[gravest] if gravest is not None else len(SERIOUSNESS)
    return URGENCY[status], not overdue, place, -notices, -aged(outdated), slug


def outdated(report: Report) -> float | None:
    """The share of texts of this age and field that are expected to be out of date; None for an undated article."""
    since = report.last_reviewed or report.article.last_updated
    return expected_outdated(since, report.written_on, report.topic.thresholds.hazard_ratio)


def aged(share: float | None) -> float:
    """For ordering: an article of unknown age stands before every dated one."""
    return 1.0 if share is None else share
