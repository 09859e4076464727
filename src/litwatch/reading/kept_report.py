"""The last report of an article, kept when it was decided and brought to a later day without deciding anything anew.

Kept is what is dear to find: the signals with their reasons and places, the citation check, how each cited paper
stands. What belongs to the day is read when the report is: the verdict, the sweeps, the age, what is new beside the
strategy. As long as nothing differs on which the decision rests (``decisions/carried_decision.py``), this is what
``read_report`` puts together; where something does, there is no kept report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import orjson

from litwatch.articles.model import Article
from litwatch.config.rules_version import rules_version
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.carried_decision import Ground, stands_on
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.triage import Signal
from litwatch.decisions.verdict import Verdict
from litwatch.model.identifiers import Pmid, is_pmid
from litwatch.model.lead import Lead
from litwatch.model.record import Record
from litwatch.model.reference import Match
from litwatch.model.sweep import SearchSign
from litwatch.model.topic import Topic
from litwatch.reading.cited_paper_states import read_coverage_gaps, show_work
from litwatch.reading.stored_report import NEVER_DELIVERED, read_report
from litwatch.reading.text_embeddings import read_embedded
from litwatch.references.lint import Finding
from litwatch.references.sentences_citing import map_claims
from litwatch.report.basis import lay_basis
from litwatch.report.contents import Comment, NoticeCitation, Report, ReportedSignal
from litwatch.store import Store
from litwatch.store.documents import load, prepare_to_load
from litwatch.store.kept_reports import KeptDocument

_AT_ONCE = 50
"""So many kept reports are read while the store is held, some 40 records each. 150 at once took 103 MB, by fifty 52; by
ten they took half as long again."""


@dataclass(frozen=True, slots=True)
class KeptSignal:
    """A reported signal, its record by its PMID."""

    signal: Signal
    pmid: Pmid
    first_seen: date
    deadline: date | None
    episodes: tuple[str, ...]
    notice: NoticeCitation | None
    decided: bool
    answered_by: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptReport:
    """What of a report holds on every day on which its decision is carried on."""

    signals: tuple[KeptSignal, ...]
    matches: tuple[Match, ...]
    cited: tuple[Pmid, ...]
    findings: tuple[Finding, ...]
    demonstration: bool
    integrity: tuple[tuple[Pmid, Integrity], ...]
    answers: tuple[float, ...]
    closed_leads: tuple[str, ...]
    decision: BoardDecision | None
    unwatched: tuple[int, ...]
    last_reviewed: date | None
    others: tuple[Record, ...]
    """What is shown in place of records that the store does not have: works without one, what never came."""
    responsible: ResponsiblePerson | None = None
    comments: tuple[Comment, ...] = ()


def keep_report(report: Report) -> KeptDocument | None:
    """The report as the store keeps it; None for one that shows a record in the place of a lost one."""
    if any(each.survivor is not None or each.events for each in report.signals):
        return None
    kept = KeptReport(
        signals=tuple(
            KeptSignal(
                each.signal,
                each.record.pmid,
                each.first_seen,
                each.deadline,
                each.episodes,
                each.notice,
                each.decided,
                each.answered_by,
                each.kept_by,
            )
            for each in report.signals
        ),
        matches=report.matches,
        cited=tuple(record.pmid for record in report.cited),
        findings=report.findings,
        demonstration=report.demonstration,
        integrity=tuple(report.integrity.items()),
        answers=report.answers,
        closed_leads=tuple(sorted(report.closed_leads)),
        decision=report.decision,
        unwatched=report.unwatched,
        last_reviewed=report.last_reviewed,
        others=tuple(each.record for each in report.signals if not is_kept_by_store(each.record)),
        responsible=report.responsible,
        comments=report.comments,
    )
    text = orjson.dumps(kept, default=_plain).decode()
    return KeptDocument(report.topic.slug, digest_made_of(report.topic, report.article), text)


def is_kept_by_store(record: Record) -> bool:
    """Whether it is a record of PubMed's, and not what is shown in the place of one."""
    return is_pmid(record.pmid) and record.status != NEVER_DELIVERED


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def digest_made_of(topic: Topic, article: Article) -> str:
    """A digest of what a report is made of besides the store and the day; ``topic`` with what people have confirmed."""
    parts = (rules_version(), replace(topic, file=Path(), article=Path(), files=""), article)
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()


def read_reports(articles: Collection[tuple[Topic, Article]], store: Store, day: date) -> dict[str, Report]:
    """Articles' reports of a day, by slug: kept ones where they still stand, else as ``read_report`` reads them.

    Each topic comes with the references that people have confirmed. Articles that no night has surveyed are left out.
    Raises store errors.
    """
    found = read_kept_reports(articles, store, day)
    for topic, article in articles:
        if topic.slug not in found and (report := read_report(topic, article, store, day)) is not None:
            found[topic.slug] = report
    return {topic.slug: found[topic.slug] for topic, _ in articles if topic.slug in found}


def read_kept_reports(articles: Iterable[tuple[Topic, Article]], store: Store, day: date) -> dict[str, Report]:
    """The reports, by slug, of those articles whose last decision still stands on a day; the others are left out.

    Each topic comes with the references that people have confirmed (``with_confirmed``). Raises store errors.
    """
    given = [*articles]
    reports: dict[str, Report] = {}
    for start in range(0, len(given), _AT_ONCE):
        reports |= _read_some(given[start : start + _AT_ONCE], store, day)
    return reports


def _read_some(articles: Iterable[tuple[Topic, Article]], store: Store, day: date) -> dict[str, Report]:
    given = {topic.slug: (topic, article) for topic, article in articles}
    standing = _find_standing([*given], store, day)
    if not standing:
        return {}
    made_of = {slug: digest_made_of(*given[slug]) for slug in standing}
    prepare_to_load(KeptReport, Record, Verdict, RelatedPapers, tuple[SearchSign, ...], tuple[Lead, ...])
    with store.reading():
        documents = store.kept_reports([*standing])
        # The store was free in between, so that what has been decided anew since is left out.
        kept = {
            slug: load(KeptReport, documents[slug].text)
            for slug, ground in store.grounds([*documents]).items()
            if documents[slug].made_of == made_of[slug] and ground == standing[slug]
        }
        verdicts = store.latest_verdicts([*kept])
        related = store.related_papers_of([*kept])
        claims = {slug: map_claims(given[slug][1], given[slug][0].pins, each.matches) for slug, each in kept.items()}
        named = {
            slug: {
                *claims[slug].cited,
                *each.cited,
                *(signal.pmid for signal in each.signals),
                *(beside.pmids if (beside := related[slug]) is not None and beside.question else ()),
            }
            for slug, each in kept.items()
        }
        records = store.current_records(set().union(*named.values()))
        sweeps = store.latest_sweeps_of([*kept])
        surveyed = store.last_surveyed_of([*kept])
        gaps, embedded = read_coverage_gaps(store, day), read_embedded(store)
    reports = {}
    for slug, each in kept.items():
        topic, article = given[slug]
        own = {pmid: records[pmid] for pmid in sorted(named[slug]) if pmid in records}
        own |= {
            number: show_work(number, work.doi, work.title or work.text)
            for number, work in claims[slug].works.items()
            if work.doi
        }
        shown = own | {record.pmid: record for record in each.others}
        beside = related[slug]
        beside = beside if beside is not None and beside.question else None
        verdict = verdicts[slug]
        reports[slug] = Report(
            topic=topic,
            article=article,
            verdict=verdict,
            last_reviewed=each.last_reviewed,
            signals=tuple(_with_record(signal, shown) for signal in each.signals),
            matches=each.matches,
            cited=tuple(own[pmid] for pmid in each.cited),
            findings=each.findings,
            sweeps=sweeps[slug],
            written_on=day,
            surveyed_at=surveyed.get(slug) or datetime.combine(verdict.decided_on, time(), UTC),
            demonstration=each.demonstration,
            basis=lay_basis(
                topic,
                article,
                matches=each.matches,
                records=own,
                related=beside,
                since=each.last_reviewed or article.last_updated,
                day=day,
            ),
            integrity=dict(each.integrity),
            answers=each.answers,
            closed_leads=frozenset(each.closed_leads),
            coverage_gaps=gaps,
            decision=each.decision,
            responsible=each.responsible,
            comments=each.comments,
            unwatched=each.unwatched,
            embedded=embedded,
        )
    return reports


def _find_standing(slugs: Collection[str], store: Store, day: date) -> dict[str, Ground]:
    """What the last decisions rest on, by slug, of those that still stand on the day."""
    with store.reading():
        grounds = store.grounds(slugs)
        standing = store.standing_now([*grounds])
        judged = store.judged_since(min((ground.judgements for ground in grounds.values()), default=0))
    return {
        slug: ground
        for slug, ground in grounds.items()
        if stands_on(ground, day, judged=judged.get(slug, 0), standing=standing[slug].number)
    }


def _with_record(kept: KeptSignal, records: Mapping[Pmid, Record]) -> ReportedSignal:
    return ReportedSignal(
        kept.signal,
        records[kept.pmid],
        kept.first_seen,
        kept.deadline,
        kept.episodes,
        kept.notice,
        kept.decided,
        answered_by=kept.answered_by,
        kept_by=kept.kept_by,
    )
