"""The other half of a survey: what the night's fetch brought → what differs → what it means → what is kept and shown.

    close     each search and each look is closed: complete, or failed and why
    compare   how the cited papers stand, what is new, what is open
    judge     signals and verdict, by the core's rules
    finish    the night as the store keeps it, and the report as readers get it

Nothing is asked or written here: ``store.save_night`` keeps a night in one transaction, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litwatch.decisions.awaited_records import carry_forward
from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.ranking import Judged
from litwatch.decisions.search_signs import Sign
from litwatch.decisions.search_window import news_since_when_late
from litwatch.decisions.triage import Signal, triage
from litwatch.decisions.verdict import Verdict, decide
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import PaperState, WatchEntry
from litwatch.model.record import Record
from litwatch.model.sweep import Outstanding, Sweep, SweepKind, SweepState
from litwatch.night.fetch import Delivery
from litwatch.night.retraction_watch import WatchLook, close_watch
from litwatch.night.survey import Begun
from litwatch.night.sweeps import close_citation_sweep, close_feed, close_topic_sweep
from litwatch.night.weekly_looks import Aside
from litwatch.reading.board_answers import read_answers
from litwatch.reading.cited_papers import entries_about, notices_on, read_integrity
from litwatch.reading.stored_report import assemble
from litwatch.references.lint import Finding, lint
from litwatch.report.contents import Report
from litwatch.store import FateState, OpenChange, Store
from litwatch.store.topic_night import TopicNight


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What one night found out about one topic: what is to be kept, and what a reader would be shown."""

    night: TopicNight
    report: Report

    @property
    def failures(self) -> tuple[str, ...]:
        """One sentence for each sweep that did not complete."""
        return tuple(f"{sweep.kind}: {sweep.error}" for sweep in self.night.sweeps if sweep.state is SweepState.FAILED)


@dataclass(frozen=True, slots=True)
class _Closed:
    """The night's looks, closed, and the records that they brought."""

    sweeps: tuple[Sweep, ...]
    """The topic sweep and the citation sweep first."""
    signs: tuple[Sign, ...]
    """That the search strategy no longer means or finds what it did."""
    ledger: tuple[Outstanding, ...]
    records: Mapping[Pmid, Record]
    """Everything that was wanted and came."""
    telling: Mapping[Pmid, Record]
    """The records of notices that came tonight."""
    known_cited: Mapping[Pmid, Record]
    """The cited papers as last observed, tonight included."""
    watched: Mapping[Pmid, Sequence[WatchEntry]]
    """What the Retraction Watch table says of them."""
    linked: tuple[Pmid, ...]
    """The notices that stand on them."""
    served: frozenset[Pmid]
    """The cited papers that PubMed has served before."""

    @property
    def fresh(self) -> Mapping[Pmid, Record]:
        """Every record of tonight that says how a paper stands."""
        return {**self.records, **self.telling}


@dataclass(frozen=True, slots=True)
class _Compared:
    """What differs from what was known."""

    changes: tuple[Change, ...]
    """Tonight's, those that were known before included."""
    standing: tuple[OpenChange, ...]
    """All that are open, tonight's new ones last."""
    integrity: Mapping[Pmid, Integrity]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What it means."""

    newest: Mapping[Pmid, Record]
    """The records that the open changes concern, as last observed."""
    findings: tuple[Finding, ...]
    answers: tuple[Judged, ...]
    signals: tuple[Signal, ...]
    verdict: Verdict


def finish_survey(
    begun: Begun,
    delivery: Delivery,
    aside: Aside,
    *,
    store: Store,
    run: str,
    now: datetime,
    notices: Delivery,
    watch: WatchLook | None,
) -> Surveyed:
    """Compare what was delivered with what was known, and decide. Raises store errors.

    ``notices`` is what became of fetching the records of notices themselves, ``watch`` what became of reading the
    Retraction Watch table, None where the settings name none.
    """
    closed = _close(begun, delivery, store=store, now=now, notices=notices, watch=watch)
    compared = _compare(begun, delivery, closed, store, now)
    judged = _judge(begun, closed, compared, store, now.date())
    report = assemble(
        begun.topic,
        begun.article,
        findings=judged.findings,
        matches=begun.matches,
        signals=judged.signals,
        standing=compared.standing,
        records={**_beside_records(aside, store), **judged.newest, **closed.known_cited},
        integrity=compared.integrity,
        verdict=judged.verdict,
        sweeps=closed.sweeps,
        last_reviewed=begun.last_reviewed,
        surveyed_at=now,
        day=now.date(),
        beside=aside.beside,
        answers=judged.answers,
        closed_leads=store.closed_leads(begun.topic.slug),
    )
    return Surveyed(_to_keep(begun, closed, compared.changes, judged.verdict, aside, run=run, now=now), report)


def _close(
    begun: Begun, delivery: Delivery, *, store: Store, now: datetime, notices: Delivery, watch: WatchLook | None
) -> _Closed:
    records = {pmid: delivery.records[pmid] for pmid in begun.wanted if pmid in delivery.records}
    ledger = _carry_forward(begun, delivery, now)
    served = frozenset(store.known(begun.cited))
    by_feed = frozenset(begun.led_to).difference(begun.look.found)
    topic_sweep, signs = close_topic_sweep(
        begun.topic,
        begun.look,
        tuple(dict.fromkeys((*begun.look.wanted, *begun.waited_for))),
        [item for item in ledger if item.pmid not in by_feed],
        delivery,
    )
    known_cited = {**store.current_records(begun.claims.cited), **records}
    linked = notices_on(known_cited.values())
    watched = entries_about(known_cited, begun.cited, store)
    sweeps = (
        topic_sweep,
        close_citation_sweep(begun.cited, begun.unresolved, delivery, served, linked=linked, notices=notices),
        *(
            close_feed(followed, [item for item in ledger if item.pmid in by_feed], delivery)
            for followed in begun.leads
        ),
        *((close_watch(watch, begun.cited, watched),) if watch is not None else ()),
    )
    telling = {pmid: notices.records[pmid] for pmid in linked if pmid in notices.records}
    return _Closed(sweeps, tuple(signs), ledger, records, telling, known_cited, watched, linked, served)


def _compare(begun: Begun, delivery: Delivery, closed: _Closed, store: Store, now: datetime) -> _Compared:
    topic, today = begun.topic.slug, now.date()
    left_out = delivery.left_out(begun.cited)
    integrity = read_integrity(begun.cited, store, on=today, fresh=closed.fresh, missing=left_out)
    changes = (
        *find_cited_changes(
            begun.cited,
            store.records_last_seen(topic, SweepKind.CITATION),
            closed.records,
            [pmid for pmid in left_out if pmid in closed.served],
            notices={**store.current_records(closed.linked), **closed.fresh},
            watched=closed.watched,
            restored=[pmid for pmid, each in integrity.items() if each.sayings[0].state is PaperState.REINSTATED],
        ),
        *_find_news(begun, closed.records, store),
    )
    recorded = store.recorded_changes(topic, among=[change.pmid for change in changes])
    standing = store.open_changes(topic, on=today)
    still_open = {item.change for item in standing}
    again = _gone_again(changes, store)
    standing += tuple(
        OpenChange(change, now, None)
        for change in changes
        if change not in recorded or (change in again and change not in still_open)
    )
    before = {item.change.pmid for item in standing if item.change.is_about_cited} - integrity.keys()
    integrity |= read_integrity(before, store, on=today, fresh=closed.fresh)
    return _Compared(changes, standing, integrity)


def _judge(begun: Begun, closed: _Closed, compared: _Compared, store: Store, today: date) -> _Judged:
    topic, article = begun.topic, begun.article
    open_changes = [item.change for item in compared.standing]
    newest = {**store.current_records([change.pmid for change in open_changes]), **closed.records}
    findings = tuple(lint(article, topic.pins, begun.matches, closed.known_cited))
    answers, kept = read_answers(topic.slug, store), store.kept(topic.slug, on=today)
    signals = triage(
        open_changes,
        newest,
        topic,
        article,
        begun.claims,
        integrity=compared.integrity,
        answers=answers,
        kept=kept,
    )
    searched = closed.sweeps[0].state is SweepState.COMPLETE
    failed = [sweep for sweep in closed.sweeps[:2] if sweep.state is SweepState.FAILED]
    verdict = decide(
        signals=signals,
        kept=kept,
        findings=findings,
        matches=begun.matches,
        settled=topic.settled,
        # A feed is a hint beside the searches: that it failed is told, but the article was surveyed without it.
        failures=[f"The {sweep.kind} did not complete: {sweep.error}" for sweep in failed],
        search_signs=[sign.clause for sign in closed.signs],
        last_updated=article.last_updated,
        last_reviewed=begun.last_reviewed,
        searched_to=begun.look.window.last if searched else begun.windows.reached,
        thresholds=topic.thresholds,
        cites_guideline=article.cites_guideline,
        today=today,
    )
    return _Judged(newest, findings, answers, signals, verdict)


def _to_keep(
    begun: Begun,
    closed: _Closed,
    changes: tuple[Change, ...],
    verdict: Verdict,
    aside: Aside,
    *,
    run: str,
    now: datetime,
) -> TopicNight:
    records = closed.records
    how = {item.pmid: item.how for item in closed.ledger}
    return TopicNight(
        topic=begun.topic.slug,
        run=run,
        surveyed_at=now,
        sweeps=closed.sweeps,
        records=tuple(record for _, record in sorted({**aside.records, **closed.telling, **records}.items())),
        sightings=(
            *((pmid, SweepKind.TOPIC) for pmid in begun.look.wanted if pmid in records),
            *((pmid, SweepKind.CITATION) for pmid in begun.cited if pmid in records),
            *((pmid, SweepKind.FEED) for pmid in begun.led_to if pmid in records),
            *((pmid, how[pmid]) for pmid in begun.waited_for if pmid in records),
        ),
        matches=begun.matches,
        changes=changes,
        verdict=verdict,
        outstanding=closed.ledger,
        beside=aside.beside,
    )


def _beside_records(aside: Aside, store: Store) -> Mapping[Pmid, Record]:
    return {**store.current_records(aside.beside.pmids), **aside.records} if aside.beside else {}


def _find_news(begun: Begun, records: Mapping[Pmid, Record], store: Store) -> tuple[Change, ...]:
    """The new records among what tonight's search found, its feeds named, and earlier nights were left without."""
    topic, cited = begun.topic.slug, begun.claims.cited
    named = [pmid for pmid in dict.fromkeys((*begun.look.found, *begun.led_to)) if pmid in records]
    late = [item for item in begun.ledger if item.pmid in records]
    seen = store.sightings(topic, among=[*named, *(item.pmid for item in late)])
    changes = list(find_new_records([records[pmid] for pmid in named], cited, seen, begun.windows.since))
    for item in late:
        then = news_since_when_late(begun.windows.since, item.since.date())
        changes += find_new_records([records[item.pmid]], cited, seen, then)
    return tuple(dict.fromkeys(changes))


def _gone_again(changes: Iterable[Change], store: Store) -> frozenset[Change]:
    """Cited records that PubMed had served again and tonight serves no more: a closed change of this kind reopens."""
    gone = [change for change in changes if change.kind is ChangeKind.CITED_MISSING]
    fates = store.fates([change.pmid for change in gone])
    returned = {pmid for pmid, fate in fates.items() if fate.state is FateState.RETURNED}
    return frozenset(change for change in gone if change.pmid in returned)


def _carry_forward(begun: Begun, delivery: Delivery, now: datetime) -> tuple[Outstanding, ...]:
    found = begun.look.found
    return carry_forward(
        begun.ledger,
        announced={**dict.fromkeys(begun.led_to, SweepKind.FEED), **dict.fromkeys(found, SweepKind.TOPIC)},
        delivered=delivery.records.keys() | begun.look.known,
        missing=delivery.missing,
        unreadable=delivery.unreadable,
        searched=begun.look.error is None and not any(followed.error for followed in begun.leads),
        now=now,
    )
