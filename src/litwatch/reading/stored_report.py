"""What the store knows of a topic, put together as the report a reader sees; no source is asked.

``litwatch report``, the index page and the digests are made from this, so that every figure is in the store. The
verdict is the one that the last night left; it is not decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from litwatch.articles.model import Article
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.ranking import Judged
from litwatch.decisions.related_papers import Beside
from litwatch.decisions.triage import Signal, triage
from litwatch.decisions.verdict import Verdict
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record, blank_record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.sweep import Sweep
from litwatch.model.topic import Pin, Topic
from litwatch.reading.board_answers import read_answers
from litwatch.reading.cited_papers import read_integrity
from litwatch.references.lint import Finding, lint
from litwatch.references.matching.confidence import judge
from litwatch.references.sentences_citing import map_claims
from litwatch.report.basis import lay_basis
from litwatch.report.contents import Report, ReportedSignal, order_signals
from litwatch.store import OpenChange, Store

INVENTED_PMIDS = 99_000_001
"""The demonstration corpus's PMIDs start here; PubMed's own will not reach this number for decades."""


def last_review(topic: Topic, store: Store) -> date | None:
    """The later of the review that the editor noted in the topic file and the one recorded in the store."""
    return max((day for day in (topic.last_reviewed, store.last_reviewed(topic.slug)) if day), default=None)


def with_confirmed(topic: Topic, article: Article, store: Store) -> Topic:
    """The topic with what people have confirmed of its references added to the editor's pins, which outrank it."""
    pinned = {pin.position for pin in topic.pins if pin.pmid or pin.doi or pin.not_in_pubmed}
    named = {each.text: each.pmid for each in store.confirmed_references(topic.slug)}
    pins = [
        Pin(None, reference.position, named[name], None)
        for reference in article.references
        if (name := name_reference(reference)) in named and reference.position not in pinned
    ]
    return replace(topic, pins=(*topic.pins, *pins)) if pins else topic


def name_reference(reference: Reference) -> str:
    """What a confirmed reference is known by as long as the article prints it so: its words, not its place."""
    words = reference.text or f"{reference.title} {reference.source} {reference.year or ''}"
    return " ".join(f"{reference.label} {words}".split())


def recall_report(topic: Topic, article: Article, store: Store, day: date) -> Report | None:
    """The report of the last night, with what people have judged since; None before the first night."""
    verdict = store.latest_verdict(topic.slug)
    if verdict is None:
        return None
    topic = with_confirmed(topic, article, store)
    remembered = tuple(store.matches(topic.slug).values())
    known = store.current_records([match.pmid for match in remembered if match.pmid is not None])
    matches = keep_matches(article.references, topic.pins, remembered, known)
    claims = map_claims(article, topic.pins, matches)
    standing = store.open_changes(topic.slug, on=day)
    beside = store.beside(topic.slug)
    told = [*claims.cited, *(item.change.pmid for item in standing), *(beside.pmids if beside else ())]
    records = store.current_records(told)
    concerned = {*claims.cited, *(item.change.pmid for item in standing if item.change.is_about_cited)}
    integrity = read_integrity(concerned, store, on=day)
    answers = read_answers(topic.slug, store)
    return assemble(
        topic,
        article,
        findings=lint(article, topic.pins, matches, records),
        matches=matches,
        signals=triage(
            [item.change for item in standing],
            records,
            topic,
            article,
            claims,
            integrity=integrity,
            answers=answers,
            kept=store.kept(topic.slug, on=day),
        ),
        standing=standing,
        records=records,
        integrity=integrity,
        verdict=verdict,
        sweeps=store.latest_sweeps(topic.slug),
        last_reviewed=last_review(topic, store),
        surveyed_at=store.last_surveyed(topic.slug) or datetime.combine(verdict.decided_on, time(), UTC),
        day=day,
        beside=beside,
        answers=answers,
        closed_leads=store.closed_leads(topic.slug),
    )


def keep_matches(
    references: Iterable[Reference], pins: Iterable[Pin], matches: Iterable[Match], known: Mapping[Pmid, Record]
) -> tuple[Match, ...]:
    """Remembered matches for the list as it stands now, without asking anybody.

    Matches are kept by place, and an editor may have moved the entries: each confirmed record goes to the reference
    that it verifies, and a reference that none verifies has no match. Pins hold for their place.
    """
    remembered = tuple(matches)
    pinned = {pin.position for pin in pins if pin.position is not None and (pin.pmid or pin.doi or pin.not_in_pubmed)}
    candidates = [known[pmid] for match in remembered if (pmid := match.pmid) is not None and pmid in known]
    by_place = {match.position: match for match in remembered}
    kept = []
    for reference in references:
        old = by_place.get(reference.position)
        if old is not None and old.method == "pinned" and reference.position in pinned:
            kept.append(old)
            continue
        judged = judge(reference, candidates, old.method if old is not None else "title")
        if judged.state is MatchState.CONFIRMED:
            kept.append(judged)
        elif old is not None and old.state is not MatchState.CONFIRMED:
            kept.append(old)
    return tuple(kept)


def assemble(
    topic: Topic,
    article: Article,
    *,
    findings: Iterable[Finding],
    matches: Iterable[Match],
    signals: Iterable[Signal],
    standing: Iterable[OpenChange],
    records: Mapping[Pmid, Record],
    integrity: Mapping[Pmid, Integrity],
    verdict: Verdict,
    sweeps: Iterable[Sweep],
    last_reviewed: date | None,
    surveyed_at: datetime,
    day: date,
    beside: Beside | None = None,
    answers: Iterable[Judged] = (),
    closed_leads: frozenset[str] = frozenset(),
) -> Report:
    """Join a night's parts to the report of ``day``; ``records`` holds the newest observation of each one concerned."""
    opened = {item.change: item.opened_at.date() for item in standing}
    matches = tuple(matches)
    confirmed = [m.pmid for m in matches if m.state is MatchState.CONFIRMED and m.pmid is not None]
    reported = (
        ReportedSignal(
            signal,
            records.get(signal.change.pmid) or _never_served(signal.change.pmid),
            first := opened.get(signal.change, day),
            first + timedelta(days=topic.thresholds.escalate_after_days) if signal.change.is_about_cited else None,
        )
        for signal in signals
    )
    return Report(
        topic=topic,
        article=article,
        verdict=verdict,
        last_reviewed=last_reviewed,
        signals=order_signals(reported),
        matches=matches,
        cited=tuple(records[pmid] for pmid in dict.fromkeys(confirmed) if pmid in records),
        findings=tuple(findings),
        sweeps=tuple(sweeps),
        written_on=day,
        surveyed_at=surveyed_at,
        demonstration=any(pmid >= INVENTED_PMIDS for pmid in records),
        basis=lay_basis(
            topic,
            article,
            matches=matches,
            records=records,
            beside=beside,
            since=last_reviewed or article.last_updated,
            day=day,
        ),
        integrity=integrity,
        answers=tuple(one.worth for one in answers),
        closed_leads=closed_leads,
    )


def _never_served(pmid: Pmid) -> Record:
    """What can be shown of a record that PubMed has never delivered: that it has not."""
    return blank_record(pmid, f"PMID {pmid}, which PubMed has never delivered to litwatch", status="never delivered")
