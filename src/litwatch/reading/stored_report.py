"""What the store knows of a topic, put together as a report; no source is asked.

``litwatch report``, the index page and the digests are made from this, so that every figure is in the store.
``read_report`` shows the verdict that the last night left; ``decide_report`` decides it anew, for a night that has just
saved and for ``--as-of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from litwatch.articles.model import Article
from litwatch.decisions.accepted_signs import Acceptance, select_open
from litwatch.decisions.board_decision import BoardDecision, find_deadline
from litwatch.decisions.change_life import OpenChange, kept_among
from litwatch.decisions.notice_coverage import CoverageGap
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.ranking import EmbeddedTexts, Judged
from litwatch.decisions.reason import Reason, ReasonCode, find_failures
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.responsible_person import ResponsiblePerson, find_responsible_for, still_responsible
from litwatch.decisions.search_signs import finds_nothing, judge_recall, lint_signs
from litwatch.decisions.topic_verdict import decide_on_topic
from litwatch.decisions.triage import Signal, triage
from litwatch.decisions.verdict import Rule, Verdict, decide
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid, is_invented, is_pmid
from litwatch.model.judgement import Decision, Effect, NamedRecord
from litwatch.model.lead import Lead
from litwatch.model.record import Record, blank_record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.sweep import SearchSign, Sweep
from litwatch.model.topic import Pin, Topic
from litwatch.reading.board_answers import select_answers
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
from litwatch.reading.known_papers import KnownPapers, PaperSource
from litwatch.reading.text_embeddings import read_embedded, read_embeddings
from litwatch.reading.topic_memory import TopicMemory, read_memories
from litwatch.references.lint import Finding, lint
from litwatch.references.matching.proposals import keep_matches
from litwatch.references.sentences_citing import Claims, map_claims
from litwatch.report.basis import lay_basis
from litwatch.report.contents import Comment, NoticeCitation, Report, ReportedSignal, order_signals
from litwatch.report.notice_citations import cite_notice
from litwatch.store import Store
from litwatch.store.documents import prepare_to_load
from litwatch.strategy.known_items import KnownItems


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
    # While the store is held, it is only read: ranking takes a quarter of a second, which nobody else should wait for.
    prepare_to_load(Record, Verdict, RelatedPapers, tuple[Match, ...], tuple[SearchSign, ...], tuple[Lead, ...])
    with store.reading():
        verdict = store.latest_verdict(topic.slug)
        if verdict is None:
            return None
        papers = KnownPapers(store)
        memory = read_memories([(topic, article)], store, papers, day)[topic.slug]
        found = _find_papers(topic, article, memory, papers, day)
    return _put_together(found, lambda _: verdict)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An article whose verdict is to be decided, and what is not in the store for it."""

    topic: Topic
    article: Article
    searched_to: date | None
    """The last day that completed searches cover."""
    before: Verdict | None = None
    """The last verdict that was kept, from which the word on the search is taken where the store is older than the
    signs that are kept with a sweep."""


def decide_report(
    topic: Topic, article: Article, store: Store, day: date, *, searched_to: date | None, before: Verdict | None = None
) -> Report:
    """The same report with its verdict decided anew, by the present rules from what the store knows.

    A night decides so after it has saved what it brought, and so do the commands that ask what would have been said.
    ``searched_to`` and ``before`` as of ``ToDecide``. Raises store errors.
    """
    with store.reading():
        return decide_reports([ToDecide(topic, article, searched_to, before)], store, KnownPapers(store), day)[0]


def decide_reports(asked: Sequence[ToDecide], store: Store, papers: KnownPapers, day: date) -> list[Report]:
    """``decide_report`` of several articles, in their order; the store is asked once for all of them.

    For the inside of a transaction that ``papers`` belongs to. Raises store errors.
    """
    memories = read_memories([(each.topic, each.article) for each in asked], store, papers, day)
    strategies = {each.topic.slug: each.topic.strategy for each in asked}
    since, yields = store.asked_since_of([*strategies]), store.search_yields_of(strategies)

    def decide_one(each: ToDecide) -> Report:
        topic, article, searched_to = each.topic, each.article, each.searched_to
        told = [fired for fired in each.before.fired if fired.rule is Rule.SEARCH] if each.before is not None else []

        def decide_on(known: _Known) -> Verdict:
            signs = _find_signs(topic, known)
            in_vain = finds_nothing(signs, yields[topic.slug], known.known_items)
            if article.is_absent:
                return decide_on_topic(
                    signals=known.signals,
                    kept=known.kept,
                    failures=find_failures(known.sweeps),
                    since=known.last_reviewed or topic.since,
                    searched_to=searched_to,
                    search_signs=_open_signs(topic, signs, store),
                    told_of_search=told[0] if told and any(sweep.signs is None for sweep in known.sweeps) else None,
                    finds_nothing=_tell_in_vain(topic, store, searched_to) if in_vain else None,
                    today=day,
                )
            return decide(
                signals=known.signals,
                kept=known.kept,
                findings=known.findings,
                matches=known.matches,
                settled=known.topic.settled,
                failures=find_failures(known.sweeps),
                search_signs=_open_signs(topic, signs, store),
                told_of_search=told[0] if told and any(sweep.signs is None for sweep in known.sweeps) else None,
                finds_nothing=_tell_in_vain(topic, store, searched_to) if in_vain else None,
                last_updated=article.last_updated,
                last_reviewed=known.last_reviewed,
                searched_to=searched_to,
                thresholds=topic.thresholds,
                cites_guideline=article.cites_guideline,
                another_since=since.get(topic.slug),
                decision=known.decision,
                decided=known.decided,
                printed_pmids=sum(reference.pmid is not None for reference in article.references),
                today=day,
            )

        return _put_together(_find_papers(topic, article, memories[topic.slug], papers, day), decide_on)

    return [decide_one(each) for each in asked]


def _find_signs(topic: Topic, known: _Known) -> tuple[SearchSign, ...]:
    """What asks for a look at the search strategy, whether or not a review has closed it."""
    recall = judge_recall(known.known_items, topic.thresholds.known_item_recall)
    return (
        *(sign for sweep in known.sweeps for sign in sweep.signs or ()),
        *lint_signs(topic.strategy),
        *([recall] if recall else []),
    )


def _tell_in_vain(topic: Topic, store: Store, searched_to: date | None) -> Reason:
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What is remembered of a topic and known of the papers that its report names."""

    topic: Topic
    """With the references that people have confirmed."""
    article: Article
    day: date
    memory: TopicMemory
    matches: tuple[Match, ...]
    claims: Claims
    related: RelatedPapers | None
    told: tuple[Pmid, ...]
    """The papers that the report may name, each as often as there is a reason to."""
    concerned: frozenset[Pmid]
    """The cited papers, and those that a notice is about."""
    befallen: frozenset[Pmid]
    """The new records of which something is open that befell them."""
    records: Mapping[Pmid, Record]
    survivors: Mapping[Pmid, Record]
    integrity: Mapping[Pmid, Integrity]
    answers: tuple[Judged, ...]
    embeddings: Mapping[str, bytes]
    linked: Mapping[Pmid, Record]
    coverage_gaps: tuple[CoverageGap, ...]
    unwatched: tuple[int, ...]
    embedded: EmbeddedTexts | None


def _find_papers(topic: Topic, article: Article, memory: TopicMemory, papers: PaperSource, day: date) -> _Found:
    """Everything that a report asks of the papers. Raises store errors."""
    topic = add_confirmed(topic, article, memory.confirmed)
    matched = papers.current_records([match.pmid for match in memory.matches if match.pmid is not None])
    matches = keep_matches(article.references, topic.pins, memory.matches, matched, memory.unchanged)
    claims = map_claims(article, topic.pins, matches)
    standing = memory.standing
    related = memory.related if memory.related is not None and memory.related.question else None
    told = (
        *claims.cited,
        *topic.known_papers,
        *(item.change.pmid for item in standing),
        *(related.pmids if related else ()),
    )
    works = {
        number: show_work(number, each.doi, each.title or each.text)
        for number, each in claims.works.items()
        if each.doi
    }
    records = {**read_papers(told, papers), **works}
    concerned = {*claims.cited, *claims.works, *(item.change.pmid for item in standing if item.change.is_about_cited)}
    befallen = {item.change.pmid for item in standing if item.change.is_about_found} - concerned
    survivors = read_survivors({*filter(is_pmid, concerned), *befallen}, papers)
    records |= {p: with_notices_of(records[p], survivor) for p, survivor in survivors.items() if p in records}
    answers = select_answers(memory.judgements, papers, readers=topic.readers)
    return _Found(
        topic=topic,
        article=article,
        day=day,
        memory=memory,
        matches=matches,
        claims=claims,
        related=related,
        told=told,
        concerned=frozenset(concerned),
        befallen=frozenset(befallen),
        records=records,
        survivors=survivors,
        integrity=read_integrity({*concerned, *befallen}, papers),
        answers=answers,
        embeddings=read_embeddings(
            [records[pmid] for pmid in told if pmid in records], answers, article.question, papers
        ),
        linked=read_linked([records[pmid] for pmid in (*concerned, *befallen) if pmid in records], papers),
        coverage_gaps=read_coverage_gaps(papers, day),
        unwatched=read_unwatched(article.references, matches, papers),
        embedded=read_embedded(papers),
    )


def _put_together(found: _Found, find_verdict: Callable[[_Known], Verdict]) -> Report:
    """A report of what was found; only ``find_verdict`` may ask more of the store."""
    topic, article, memory, standing = found.topic, found.article, found.memory, found.memory.standing
    records, matches, concerned, integrity = found.records, found.matches, found.concerned, found.integrity
    kept = kept_among(standing)
    decision = _select_decision(topic, standing, memory.decision)
    decided = frozenset(item.change for item in standing if decision is not None and decision.names(item.episodes))
    reviewed = later_review(topic, memory.reviewed)
    basis = lay_basis(
        topic,
        article,
        matches=matches,
        records=records,
        related=found.related,
        since=reviewed or topic.since or article.last_updated,
        day=found.day,
    )
    known = _Known(
        topic=topic,
        signals=triage(
            [item.change for item in standing],
            records,
            topic,
            article,
            found.claims,
            integrity=integrity,
            answers=found.answers,
            kept=kept,
            decision=decision,
            decided=decided,
            disputed={item.change: item.differing for item in standing if item.differing},
            settled={item.change: item.settlement for item in standing if item.settlement},
            unpaired={item.change: item.unpaired for item in standing if item.unpaired},
            told={paper.pmid: paper for paper in memory.told} if found.befallen else {},
            survivors=found.survivors,
            embeddings=found.embeddings,
        ),
        kept=kept,
        findings=() if article.is_absent else tuple(lint(article, topic.pins, matches, records)),
        matches=matches,
        sweeps=memory.sweeps,
        last_reviewed=reviewed,
        known_items=basis.known_items,
        decision=decision,
        decided=decided,
    )
    verdict = find_verdict(known)

    def cite(change: Change, first_seen: date) -> NoticeCitation | None:
        pmid = change.pmid
        if pmid not in records:
            return None
        at_first_look = memory.looked_at.get(pmid) == first_seen
        return cite_notice(change, records[pmid], found.linked, integrity.get(pmid), at_first_look=at_first_look)

    confirmed = [m.pmid for m in matches if m.state is MatchState.CONFIRMED and m.pmid is not None]
    return Report(
        topic=topic,
        article=article,
        verdict=verdict,
        last_reviewed=known.last_reviewed,
        signals=order_signals(_report_signals(known, standing, records, found.survivors, cite)),
        matches=matches,
        cited=tuple(records[pmid] for pmid in dict.fromkeys(confirmed) if pmid in records),
        findings=known.findings,
        sweeps=known.sweeps,
        written_on=found.day,
        surveyed_at=memory.surveyed_at or datetime.combine(verdict.decided_on, time(), UTC),
        demonstration=any(map(is_invented, records)),
        basis=basis,
        integrity={pmid: each for pmid, each in integrity.items() if pmid in concerned},
        answers=tuple(one.worth for one in found.answers),
        closed_leads=memory.closed_leads,
        coverage_gaps=found.coverage_gaps,
        decision=decision,
        comments=_find_comments(memory),
        responsible=_find_responsible(topic, memory, is_carried_out=decision is None),
        unwatched=found.unwatched,
        embedded=found.embedded,
    )


def _select_decision(
    topic: Topic, standing: Iterable[OpenChange], decision: BoardDecision | None
) -> BoardDecision | None:
    """What the board has decided to do about the article, with its due date, unless it has been carried out."""
    if decision is None or decision.is_carried_out([episode for item in standing for episode in item.episodes]):
        return None
    return decision.due_within(topic.thresholds.carry_out_within_days)


def _find_comments(memory: TopicMemory) -> tuple[Comment, ...]:
    """The comments that anybody may read: none on a change of which a second reader is asked, none on the article that
    the name stood for before."""
    blind = {item.change for item in memory.standing if item.unpaired}
    found: list[Comment] = []
    for said in (chained.judgement for chained in memory.judgements):
        if said.decision is Decision.NEW_ARTICLE:
            found = []
        elif said.decision is Decision.COMMENT and said.change not in blind:
            found.append(Comment(said.by, said.at, said.reason, said.change))
    return tuple(found)


def _find_responsible(topic: Topic, memory: TopicMemory, *, is_carried_out: bool) -> ResponsiblePerson | None:
    """Who is to see to the article; ``is_carried_out``: nothing is left of the board's last decision."""
    found = find_responsible_for(topic, (chained.judgement for chained in memory.judgements))
    return still_responsible(found, memory.decision, is_carried_out=is_carried_out)


def _report_signals(
    known: _Known,
    standing: Iterable[OpenChange],
    records: Mapping[Pmid, Record],
    survivors: Mapping[Pmid, Record],
    cite: Callable[[Change, date], NoticeCitation | None],
) -> Iterator[ReportedSignal]:
    """Each signal with its record, since when it is open and by when it must be answered."""
    opened = {item.change: item for item in standing}
    days = known.topic.thresholds.escalate_after_days
    for signal in known.signals:
        first = opened[signal.change].opened_at.date()
        decided = signal.change in known.decided
        yield ReportedSignal(
            signal,
            records.get(signal.change.pmid) or _never_served(signal.change.pmid),
            first,
            find_deadline(first, days, known.decision if decided else None) if signal.change.is_about_cited else None,
            opened[signal.change].episodes,
            cite(signal.change, first),
            decided,
            survivors.get(signal.change.pmid) if signal.change.kind in _LOST else None,
            answered_by=tuple(answer.by for answer in opened[signal.change].unpaired),
            kept_by=opened[signal.change].kept_by,
        )


_LOST = {ChangeKind.CITED_MISSING, ChangeKind.FOUND_MISSING}


NEVER_DELIVERED = "never delivered"
"""The status of what stands in the place of a record that PubMed has never delivered."""


def _never_served(pmid: Pmid) -> Record:
    """What can be shown of a record that PubMed has never delivered: that it has not."""
    return blank_record(pmid, f"PMID {pmid}, which PubMed has never delivered to litwatch", status=NEVER_DELIVERED)
