"""What the store knows of a topic, put together as a report; no source is asked.

``litwatch report``, the index page and the digests are made from this, so that every figure is in the store.
``read_report`` shows the verdict that the last night left; ``decide_report`` decides it anew, for a night that has just
saved and for ``--as-of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from litwatch.articles.model import Article
from litwatch.decisions.accepted_signs import Acceptance, select_open
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.change_life import OpenChange, kept_among
from litwatch.decisions.reason import Reason, ReasonCode, find_failures
from litwatch.decisions.search_signs import finds_nothing, judge_recall, lint_signs
from litwatch.decisions.triage import Signal, triage
from litwatch.decisions.verdict import Rule, Verdict, decide
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid, is_invented, is_pmid
from litwatch.model.judgement import Effect, NamedRecord
from litwatch.model.record import Record, blank_record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.sweep import SearchSign, Sweep, SweepKind
from litwatch.model.topic import Pin, Topic
from litwatch.reading.board_answers import read_answers
from litwatch.reading.cited_paper_states import (
    read_coverage_gaps,
    read_integrity,
    read_linked,
    read_papers,
    read_survivors,
    read_unwatched,
    show_work,
    with_notices_of,
)
from litwatch.references.lint import Finding, lint
from litwatch.references.matching.proposals import keep_matches
from litwatch.references.sentences_citing import map_claims
from litwatch.report.basis import lay_basis
from litwatch.report.contents import NoticeCitation, Report, ReportedSignal, order_signals
from litwatch.report.notice_citations import cite_notice
from litwatch.store import Store
from litwatch.strategy.known_items import KnownItems


def last_review(topic: Topic, store: Store) -> date | None:
    """The later of the review that the editor noted in the topic file and the one recorded in the store."""
    return later_review(topic, store.last_reviewed(topic.slug))


def later_review(topic: Topic, recorded: date | None) -> date | None:
    """The later of the review that the editor noted in the topic file and the one ``recorded`` in the store."""
    return max((day for day in (topic.last_reviewed, recorded) if day), default=None)


def accepted_searches(topic: Topic, store: Store) -> Acceptance:
    """How far people have taken the topic's searches as they were."""
    return Acceptance(store.reviewed_night(topic.slug), topic.last_reviewed)


def with_confirmed(topic: Topic, article: Article, store: Store) -> Topic:
    """The topic with what people have confirmed of its references added to the editor's pins, which outrank it."""
    return add_confirmed(topic, article, store.confirmed_references(topic.slug))


def add_confirmed(topic: Topic, article: Article, confirmed: Iterable[NamedRecord]) -> Topic:
    """``with_confirmed``, from what people have ``confirmed``, oldest first."""
    pinned = {pin.position for pin in topic.pins if pin.pmid or pin.doi or pin.not_in_pubmed}
    named = {each.text: each.pmid for each in confirmed}
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


def read_report(topic: Topic, article: Article, store: Store, day: date) -> Report | None:
    """The article's report of a day, from the store alone; None before its first night.

    The verdict is the one that the last night left. Everything else is of now: the article's text, what people have
    judged since, what is open on ``day``. Raises store errors.
    """
    with store.reading():
        verdict = store.latest_verdict(topic.slug)
        return None if verdict is None else _read(topic, article, store, day, lambda _: verdict)


def decide_report(
    topic: Topic, article: Article, store: Store, day: date, *, searched_to: date | None, before: Verdict | None = None
) -> Report:
    """The same report with its verdict decided anew, by the present rules from what the store knows.

    A night decides so after it has saved what it brought, and so do the commands that ask what would have been said.
    ``searched_to`` is the last day that completed searches cover; ``before`` the last verdict that was kept, from which
    the word on the search is taken where the store is older than the signs that are kept with a sweep. Raises store
    errors.
    """
    told = [fired for fired in before.fired if fired.rule is Rule.SEARCH] if before is not None else []

    def decide_on(known: _Known) -> Verdict:
        signs = _find_signs(topic, known)
        return decide(
            signals=known.signals,
            kept=known.kept,
            findings=known.findings,
            matches=known.matches,
            settled=known.topic.settled,
            failures=find_failures(known.sweeps),
            search_signs=_open_signs(topic, signs, store),
            told_of_search=told[0] if told and any(sweep.signs is None for sweep in known.sweeps) else None,
            finds_nothing=_finds_nothing(topic, signs, known, store, searched_to),
            last_updated=article.last_updated,
            last_reviewed=known.last_reviewed,
            searched_to=searched_to,
            thresholds=topic.thresholds,
            cites_guideline=article.cites_guideline,
            another_since=store.asked_since(topic.slug),
            decision=known.decision,
            decided=known.decided,
            printed_pmids=sum(reference.pmid is not None for reference in article.references),
            today=day,
        )

    with store.reading():
        return _read(topic, article, store, day, decide_on)


def _find_signs(topic: Topic, known: _Known) -> tuple[SearchSign, ...]:
    """What asks for a look at the search strategy, whether or not a review has closed it."""
    recall = judge_recall(known.known_items, topic.thresholds.known_item_recall)
    return (
        *(sign for sweep in known.sweeps for sign in sweep.signs or ()),
        *lint_signs(topic.strategy),
        *([recall] if recall else []),
    )


def _finds_nothing(
    topic: Topic, signs: tuple[SearchSign, ...], known: _Known, store: Store, searched_to: date | None
) -> Reason | None:
    if not finds_nothing(signs, store.search_yield(topic.slug, topic.strategy), known.known_items):
        return None
    accepted = accepted_searches(topic, store) != Acceptance()
    return Reason(ReasonCode.FINDS_NOTHING, day=searched_to, words=("reviewed",) if accepted else ())


def _open_signs(topic: Topic, signs: tuple[SearchSign, ...], store: Store) -> tuple[SearchSign, ...]:
    """Those of the signs that no review has closed yet."""
    told = store.told_of_search(topic.slug, topic.strategy) if signs else ()
    return select_open(signs, told, accepted_searches(topic, store) if told else Acceptance())


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows of an article, as far as a verdict is decided on it."""

    topic: Topic
    """With the references that people have confirmed."""
    signals: tuple[Signal, ...]
    kept: Mapping[Pmid, Effect | None]
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    sweeps: tuple[Sweep, ...]
    last_reviewed: date | None
    known_items: KnownItems | None
    """Which cited papers the strategy finds; None where only PubMed can read it."""
    decision: BoardDecision | None
    decided: frozenset[Change]
    """The open changes that were open when the board decided."""


def _read(topic: Topic, article: Article, store: Store, day: date, find_verdict: Callable[[_Known], Verdict]) -> Report:
    """Ask the store for everything that a report shows, and put it together."""
    topic = with_confirmed(topic, article, store)
    remembered = tuple(store.matches(topic.slug).values())
    matched = store.current_records([match.pmid for match in remembered if match.pmid is not None])
    unchanged = store.unchanged_references(topic.slug, article.references)
    matches = keep_matches(article.references, topic.pins, remembered, matched, unchanged)
    claims = map_claims(article, topic.pins, matches)
    standing = store.open_changes(topic.slug, on=day)
    related = store.related_papers(topic.slug)
    if related is not None and not related.question:
        related = None
    told = [*claims.cited, *(item.change.pmid for item in standing), *(related.pmids if related else ())]
    works = {
        number: show_work(number, each.doi, each.title or each.text)
        for number, each in claims.works.items()
        if each.doi
    }
    records = {**read_papers(told, store), **works}
    concerned = {*claims.cited, *claims.works, *(item.change.pmid for item in standing if item.change.is_about_cited)}
    befallen = {item.change.pmid for item in standing if item.change.is_about_found} - concerned
    survivors = read_survivors({*filter(is_pmid, concerned), *befallen}, store)
    records |= {p: with_notices_of(records[p], survivor) for p, survivor in survivors.items() if p in records}
    integrity = read_integrity({*concerned, *befallen}, store)
    answers, kept = read_answers(topic.slug, store), kept_among(standing)
    decision = _read_decision(topic, standing, store)
    decided = frozenset(item.change for item in standing if decision is not None and decision.names(item.episodes))
    changes = [item.change for item in standing]
    reviewed = last_review(topic, store)
    basis = lay_basis(
        topic,
        article,
        matches=matches,
        records=records,
        related=related,
        since=reviewed or article.last_updated,
        day=day,
    )
    known = _Known(
        topic=topic,
        signals=triage(
            changes,
            records,
            topic,
            article,
            claims,
            integrity=integrity,
            answers=answers,
            kept=kept,
            decision=decision,
            decided=decided,
            disputed={item.change: item.differing for item in standing if item.differing},
            settled={item.change: item.settlement for item in standing if item.settlement},
            told={paper.pmid: paper for paper in store.found_papers(topic.slug)} if befallen else {},
            survivors=survivors,
        ),
        kept=kept,
        findings=tuple(lint(article, topic.pins, matches, records)),
        matches=matches,
        sweeps=store.latest_sweeps(topic.slug),
        last_reviewed=reviewed,
        known_items=basis.known_items,
        decision=decision,
        decided=decided,
    )
    verdict = find_verdict(known)
    linked = read_linked([records[pmid] for pmid in (*concerned, *befallen) if pmid in records], store)
    looked_at = store.first_sightings(topic.slug, SweepKind.CITATION)

    def cite(change: Change, first_seen: date) -> NoticeCitation | None:
        pmid = change.pmid
        if pmid not in records:
            return None
        at_first_look = looked_at.get(pmid) == first_seen
        return cite_notice(change, records[pmid], linked, integrity.get(pmid), at_first_look=at_first_look)

    confirmed = [m.pmid for m in matches if m.state is MatchState.CONFIRMED and m.pmid is not None]
    return Report(
        topic=topic,
        article=article,
        verdict=verdict,
        last_reviewed=known.last_reviewed,
        signals=order_signals(_report_signals(known, standing, records, survivors, cite)),
        matches=matches,
        cited=tuple(records[pmid] for pmid in dict.fromkeys(confirmed) if pmid in records),
        findings=known.findings,
        sweeps=known.sweeps,
        written_on=day,
        surveyed_at=store.last_surveyed(topic.slug) or datetime.combine(verdict.decided_on, time(), UTC),
        demonstration=any(map(is_invented, records)),
        basis=basis,
        integrity={pmid: each for pmid, each in integrity.items() if pmid in concerned},
        answers=tuple(one.worth for one in answers),
        closed_leads=store.closed_leads(topic.slug),
        coverage_gaps=read_coverage_gaps(store, day),
        decision=decision,
        unwatched=read_unwatched(article.references, matches, store),
    )


def _read_decision(topic: Topic, standing: Iterable[OpenChange], store: Store) -> BoardDecision | None:
    """What the board has decided to do about the article, with its due date, unless it has been carried out."""
    decision = store.board_decision(topic.slug)
    if decision is None or decision.is_carried_out([episode for item in standing for episode in item.episodes]):
        return None
    return decision.due_within(topic.thresholds.carry_out_within_days)


def _report_signals(
    known: _Known,
    standing: Iterable[OpenChange],
    records: Mapping[Pmid, Record],
    survivors: Mapping[Pmid, Record],
    cite: Callable[[Change, date], NoticeCitation | None],
) -> Iterator[ReportedSignal]:
    """Each signal with its record, since when it is open and by when it must be answered."""
    opened = {item.change: item for item in standing}
    for signal in known.signals:
        first = opened[signal.change].opened_at.date()
        decided = signal.change in known.decided
        yield ReportedSignal(
            signal,
            records.get(signal.change.pmid) or _never_served(signal.change.pmid),
            first,
            _deadline(first, known, decided=decided) if signal.change.is_about_cited else None,
            opened[signal.change].episodes,
            cite(signal.change, first),
            decided,
            survivors.get(signal.change.pmid) if signal.change.kind in _LOST else None,
        )


_LOST = {ChangeKind.CITED_MISSING, ChangeKind.FOUND_MISSING}


def _deadline(first: date, known: _Known, *, decided: bool) -> date:
    """By when a notice must be answered; what was open at the board's decision waits until that is due."""
    usual = first + timedelta(days=known.topic.thresholds.escalate_after_days)
    return max(usual, known.decision.due) if decided and known.decision and known.decision.due else usual


def _never_served(pmid: Pmid) -> Record:
    """What can be shown of a record that PubMed has never delivered: that it has not."""
    return blank_record(pmid, f"PMID {pmid}, which PubMed has never delivered to litwatch", status="never delivered")
