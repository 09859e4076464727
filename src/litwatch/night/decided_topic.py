"""A topic after it was decided, inside its transaction: what the decision rests on is kept.

On the next night ``carried_topics`` holds it against what that night brought.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.decisions.carried_decision import find_last_day, may_stand
from litwatch.decisions.verdict import Rule
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.night.closed_night import (
    ClosedNight,
    NightBrought,
    digest_inputs,
    dois_borne,
    is_whole_night,
)
from litwatch.night.survey import Begun
from litwatch.reading.cited_paper_states import (
    further_notices,
    notices_on,
    read_linked,
)
from litwatch.reading.kept_report import keep_report
from litwatch.reading.known_papers import KnownPapers
from litwatch.report.contents import Report
from litwatch.store import Store
from litwatch.store.decision_grounds import GroundLaid
from litwatch.store.topic_night import TopicNight
from litwatch.strategy.date_ranges import counts_back


@dataclass(frozen=True, slots=True)
class DecidedTopic:
    """One topic inside its transaction, after it was decided."""

    begun: Begun
    closed: ClosedNight
    night: TopicNight
    report: Report
    opened: Collection[Change]
    unread: int
    """So many new records of before were not looked at again."""

    @property
    def new(self) -> set[Pmid]:
        """The new records that are told for the first time."""
        return {change.pmid for change in self.opened if change.kind is ChangeKind.NEW_RECORD}

    @property
    def records(self) -> dict[Pmid, Record]:
        """The records that the report shows, and tonight's."""
        shown = {each.record.pmid: each.record for each in self.report.signals}
        return {**{record.pmid: record for record in self.report.cited}, **shown, **self.closed.records}


def keep_grounds(decided: Sequence[DecidedTopic], brought: NightBrought, papers: KnownPapers, store: Store) -> None:
    """Keep what the decisions rest on, and the reports of those that can be carried on."""
    judged = store.last_judgement()
    shown = [record for each in decided for record in each.records.values()]
    papers.expect(
        others=[record.pmid for record in shown], dois=[doi for record in shown for doi in dois_borne(record)]
    )
    reports = [each.report for each in decided]
    put_off = store.put_off_days([report.topic.slug for report in reports], brought.now.date())
    grounds = [
        _lay_ground(each, brought, judged, papers, store, put_off=put_off.get(each.report.topic.slug, ()))
        for each in decided
    ]
    laid = [ground for ground in grounds if ground is not None]
    founded = {ground.topic for ground in laid}
    unfounded = [report.topic.slug for report in reports if report.topic.slug not in founded]
    store.lay_grounds(laid, unfounded=unfounded)
    kept = [
        document for report in reports if report.topic.slug in founded and (document := keep_report(report)) is not None
    ]
    store.keep_reports(kept, without=sorted({*unfounded, *founded} - {document.topic for document in kept}))
    standing = store.standing_now([ground.topic for ground in laid])
    store.settle_grounds(
        {
            topic: each.number
            for topic, each in standing.items()
            if not each.any_gone and (each.latest is None or each.latest <= brought.now)
        }
    )


def _lay_ground(
    decided: DecidedTopic,
    brought: NightBrought,
    judged: int,
    papers: KnownPapers,
    store: Store,
    *,
    put_off: Collection[date],
) -> GroundLaid | None:
    """What a decision rests on; None where it cannot be carried on.

    ``judged`` is the last judgement in the chain, ``put_off`` as of ``find_last_day``.
    """
    if not brought.believed:
        return None
    begun, closed, night, report = decided.begun, decided.closed, decided.night, decided.report
    new, records = decided.new, decided.records
    noticed = {pmid for pmid in new if pmid in records and records[pmid].notices}
    noticed |= further_notices(records, new, papers).keys() if new else set()
    known = report.basis.known_items if report.basis else None
    stands = may_stand(
        report.verdict,
        whole=is_whole_night(begun, closed, night),
        finds_something=closed.sweeps[0].found > 0 or bool(known and known.found),
        counts_back=counts_back(begun.topic.strategy),
        has_signs=bool(closed.sweeps[0].signs) or any(fired.rule is Rule.SEARCH for fired in report.verdict.fired),
        last_reviewed=begun.topic.last_reviewed,
        unread=decided.unread,
        befallen=len(noticed),
    )
    if not stands:
        return None
    linked = read_linked(records.values(), papers)
    pmids = {
        *records,
        *begun.claims.cited,
        *(match.pmid for match in begun.matches if match.pmid is not None),
        *(pmid for match in begun.matches for pmid in match.others),
        *(paper.pmid for paper in begun.told),
        *(each.signal.change.notice_pmid for each in report.signals if each.signal.change.notice_pmid is not None),
        *notices_on([*records.values(), *linked.values()], linked),
        *(night.related.pmids if night.related is not None else ()),
        *(store.answered_pmids(begun.topic.slug) if report.answers else ()),
    }
    dois = {doi for record in records.values() for doi in dois_borne(record)}
    dois |= {work.doi for work in begun.works}
    dois |= {reference.doi for reference in begun.article.references if reference.doi is not None}
    due = [each.deadline for each in report.signals if each.deadline is not None]
    due += [report.decision.due] if report.decision is not None and report.decision.due is not None else []
    due += [report.responsible.due] if report.responsible is not None and report.responsible.is_on_list else []
    return GroundLaid(
        begun.topic.slug,
        digest_inputs(begun, closed, night),
        report.verdict.decided_on,
        find_last_day(report.verdict, due=due, put_off=put_off),
        judged,
        frozenset(pmids),
        frozenset(dois),
    )
