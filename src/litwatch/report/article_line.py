"""One article's line on what covers all articles: the index page, the feed and the calendar.

An ``ArticleLine`` holds what they tell of an article, in codes and days, and nothing more: so it can be kept beside the
verdict, and a page of thousands of articles is written without reading one report. What depends on the day on which
the page is written (age, what is overdue) is worked out from it then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from litwatch.decisions.ageing import expected_outdated
from litwatch.decisions.verdict import Status, Verdict
from litwatch.decisions.verdict_comparison import StandingSince
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.report import contents
from litwatch.report.contents import URGENCY, Report, aged


@dataclass(frozen=True, slots=True)
class Look:
    """How one look of an article's last night ended."""

    kind: SweepKind
    state: SweepState
    error: str | None


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """What index, feed and calendar tell of one article."""

    slug: str
    title: str
    verdict: Verdict
    looks: tuple[Look, ...]
    """The latest of each kind."""
    notices: int
    """Open notices about cited papers."""
    gravest: ChangeKind | None
    """Of these; None where there is none."""
    deadlines: tuple[date, ...]
    """Of these, by when each must be answered."""
    new_records: int
    """Open new records that are listed as such."""
    told: tuple[tuple[ChangeKind, int, str], ...]
    """Everything that is open, each by kind, PMID and detail, in that order."""
    newest: date | None
    """The day on which the last of it was first seen."""
    findings: int
    """Of the citation check."""
    last_updated: date | None
    last_reviewed: date | None
    hazard_ratio: float
    """How fast the field ages (``expected_outdated``)."""
    surveyed_at: datetime
    demonstration: bool
    decision: Decision | None
    """What the board has decided to do about the article and is not done yet."""
    since: StandingSince = field(default_factory=StandingSince)
    """Since when it stands so."""

    @property
    def failures(self) -> tuple[str, ...]:
        """Every way in which its last night's look was not complete, one sentence each."""
        return contents.say_failures(self.verdict, self.looks)

    @property
    def failing(self) -> tuple[SweepKind, ...]:
        """The kinds of look that failed."""
        return tuple(look.kind for look in self.looks if look.state is SweepState.FAILED)

    @property
    def summary(self) -> str:
        """The verdict in a few sentences."""
        return contents.sum_up(self.verdict)

    def outdated(self, on: date) -> float | None:
        """The share of texts of its age on a day, and of its field, that are expected to be out of date."""
        return expected_outdated(self.last_reviewed or self.last_updated, on, self.hazard_ratio)

    def is_overdue(self, on: date) -> bool:
        """Whether a notice is open past its deadline."""
        return any(deadline < on for deadline in self.deadlines)

    def urgency(self, on: date) -> contents.Urgency:
        """Its place in the feed of a day."""
        return contents.urgency(
            self.verdict.status,
            overdue=self.is_overdue(on),
            gravest=self.gravest,
            notices=self.notices,
            outdated=self.outdated(on),
            slug=self.slug,
        )

    def carried_to(self, verdict: Verdict, surveyed_at: datetime) -> ArticleLine:
        """The line after a night that found nothing different: only the verdict and the moment are tonight's."""
        now, before = ((each.status, tuple(fired.rule for fired in each.fired)) for each in (verdict, self.verdict))
        since = replace(
            self.since,
            verdict=(self.since.verdict or self.verdict.decided_on) if now == before else verdict.decided_on,
            due=(self.since.due or self.verdict.decided_on)
            if verdict.reassess_on == self.verdict.reassess_on
            else verdict.decided_on,
        )
        return replace(self, verdict=verdict, surveyed_at=surveyed_at, since=since)


def line_of(report: Report, since: StandingSince | None = None) -> ArticleLine:
    """The line of a report; ``since`` is what the store says of its standing."""
    told, standing = contents.notices(report), [each.signal.change for each in report.signals]
    return ArticleLine(
        slug=report.topic.slug,
        title=contents.title_of(report),
        verdict=report.verdict,
        looks=tuple(Look(sweep.kind, sweep.state, sweep.error) for sweep in report.sweeps),
        notices=len(told),
        gravest=told[0].signal.change.kind if told else None,
        deadlines=tuple(sorted({each.deadline for each in told if each.deadline is not None})),
        new_records=len(contents.listed_evidence(report)),
        told=tuple(sorted((change.kind, change.pmid, change.detail) for change in standing)),
        newest=max((each.first_seen for each in report.signals), default=None),
        findings=len(report.findings),
        last_updated=report.article.last_updated,
        last_reviewed=report.last_reviewed,
        hazard_ratio=report.topic.thresholds.hazard_ratio,
        surveyed_at=report.surveyed_at,
        demonstration=report.demonstration,
        decision=report.decision.outcome if report.decision else None,
        since=since or StandingSince(),
    )


@dataclass(frozen=True, slots=True)
class PastReport:
    """An earlier report of an article, for the index."""

    day: date
    status: Status
    link: str
    """Relative to the index page: ``<slug>/<day>.html``."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One article's line on the index page."""

    slug: str
    title: str
    status: Status
    headline: str
    failures: tuple[str, ...]
    """How the search was not complete; said whatever the status."""
    notices: int
    """Open notices about cited papers."""
    new_records: int
    """Open new records."""
    findings: int
    last_updated: date | None
    last_reviewed: date | None
    searched_to: date | None
    reassess_on: date | None
    written_on: date
    """The day of the newest report."""
    surveyed_on: date
    """The day of the last survey."""
    link: str
    """Of the newest report, relative to the index page."""
    outdated: float | None = None
    """The share of texts of this age and field that are expected to be out of date; None for an undated article."""
    history: tuple[PastReport, ...] = ()
    """The last earlier reports, newest first."""
    before_history: int = 0
    """How many reports came before those, in the article's folder."""
    demonstration: bool = False
    decision: Decision | None = None
    """What the board has decided to do about the article and is not done yet."""
    of_topic: bool = False
    """Whether it is a question without an article."""

    def is_current(self, on: date) -> bool:
        """Whether it is searched to the day before a day or later: NLM's files of a day tell of the one before."""
        return self.searched_to is not None and self.searched_to >= on - timedelta(days=1)


def order_entries(entries: Iterable[IndexEntry]) -> tuple[IndexEntry, ...]:
    """The index page's queue, the most urgent first (``entry_key``)."""
    return tuple(sorted(entries, key=entry_key))


def entry_key(entry: IndexEntry) -> tuple[int, bool, int, float, str]:
    """An entry's place in the queue: status, incomplete ones, notices, then age (rule R-05: order only)."""
    return URGENCY[entry.status], not entry.failures, -entry.notices, -aged(entry.outdated), entry.slug


def order_lines(lines: Iterable[ArticleLine], on: date) -> tuple[ArticleLine, ...]:
    """The feed's order of a day."""
    return tuple(sorted(lines, key=lambda line: line.urgency(on)))


def index_entry(
    line: ArticleLine,
    *,
    on: date,
    link: str,
    written_on: date | None = None,
    history: tuple[PastReport, ...] = (),
    before_history: int = 0,
) -> IndexEntry:
    """The index line of an article on a day; ``link`` leads from the index page to its newest report.

    ``written_on`` is the day of that report, where it is another one.
    """
    return IndexEntry(
        slug=line.slug,
        title=line.title,
        status=line.verdict.status,
        headline=line.summary,
        failures=line.failures,
        notices=line.notices,
        new_records=line.new_records,
        findings=line.findings,
        last_updated=line.last_updated,
        last_reviewed=line.last_reviewed,
        outdated=line.outdated(on),
        searched_to=line.verdict.searched_to,
        reassess_on=line.verdict.reassess_on,
        written_on=written_on or on,
        surveyed_on=line.surveyed_at.date(),
        link=link,
        history=history,
        before_history=before_history,
        demonstration=line.demonstration,
        decision=line.decision,
        of_topic=line.verdict.is_of_topic,
    )
