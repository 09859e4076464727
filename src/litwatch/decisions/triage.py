"""What a change means: evidence level, the sentences it bears on, priority, each with its reason.

Levels and relevance order and mark; they never exclude (rule R-25), and nothing here touches a notice about a
cited paper: no filter, rank or cap may hide one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import cache
from importlib import import_module
from types import MappingProxyType

from litwatch.articles.model import Article
from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.evidence_level import Level, Mark, grade, mark
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.member_answers import Answer, Settlement, tell_disagreement, tell_settlement, tell_unpaired
from litwatch.decisions.paper_state import BY_TITLE, Integrity
from litwatch.decisions.ranking import ArticleProfile, Judged, Paper, key_of_text, paper_of
from litwatch.decisions.reason import SHARED_REFERENCES, SHARED_WORDS, Reason, ReasonCode
from litwatch.decisions.sentences_touched import Bearing, Bearings
from litwatch.model.change import FOUND_NOTICES, Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Effect
from litwatch.model.paper_notice import PaperState, is_further
from litwatch.model.record import Record
from litwatch.model.topic import Topic
from litwatch.references.sentences_citing import Claims
from litwatch.strategy import parse
from litwatch.strategy.plan import Plan, holds
from litwatch.strategy.published_filters import PUBLISHED
from litwatch.strategy.translation import translate

__all__ = ["Level", "Priority", "Signal", "order_among_equals", "triage"]


class Priority(IntEnum):
    """The AHRQ surveillance programme's scale, lower is more urgent (Newberry 2013)."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """A change with its meaning."""

    change: Change
    priority: Priority
    level: Level | None
    """None for changes to cited records and for notices."""
    reasons: tuple[Reason, ...]
    """Why it is told, most important first."""
    relevance: float
    """0 to 1: its place among the article's new records (``ranking``); orders those of one level, decides nothing."""
    sentences: tuple[int, ...]
    """Numbers of the article's sentences concerned, most concerned first."""
    marks: tuple[Mark, ...] = ()
    """What a member must know before reading on."""
    chance: float | None = None
    """For a new record, the estimated chance that the board would keep it, 0 where it has answered; None where unknown.
    Only sums over many records mean something."""
    bearings: tuple[Bearing, ...] = ()
    """Why a new record bears on each of its sentences, in their order: shared words, passage, shared references."""
    taken_back: bool = False
    """For an open notice that no longer stands."""
    outlived: bool = False
    """For an open notice that a reinstatement has ended: it is told as history with the reinstatement, which is open
    too, and asks for nothing of its own."""


_NONE_KEPT: Mapping[Pmid, Effect | None] = MappingProxyType({})
_NONE_TOLD: Mapping[Pmid, FoundPaper] = MappingProxyType({})
_NO_SURVIVORS: Mapping[Pmid, Record] = MappingProxyType({})
_NO_EMBEDDINGS: Mapping[str, bytes] = MappingProxyType({})
_NONE_SETTLED: Mapping[Change, Settlement] = MappingProxyType({})
_NONE_DISPUTED: Mapping[Change, Sequence[Answer]] = MappingProxyType({})

PLACED = 200
"""So many new records, the most urgent, are placed at sentences; a report shows far fewer in full."""


_PRIORITY: Mapping[ChangeKind, Priority] = {
    ChangeKind.CITED_RETRACTED: Priority.HIGH,
    ChangeKind.CITED_RETRACTED_REPUBLISHED: Priority.HIGH,
    ChangeKind.CITED_PARTLY_RETRACTED: Priority.HIGH,
    ChangeKind.CITED_WITHDRAWN: Priority.HIGH,
    ChangeKind.CITED_REINSTATED: Priority.MEDIUM,
    ChangeKind.CITED_UPDATED: Priority.HIGH,
    ChangeKind.CITED_CONCERN: Priority.HIGH,
    ChangeKind.CITED_REPUBLISHED: Priority.MEDIUM,
    ChangeKind.CITED_ERRATUM: Priority.MEDIUM,
    ChangeKind.CITED_MISSING: Priority.MEDIUM,
    ChangeKind.NOTICE_WITHDRAWN: Priority.MEDIUM,
}
"""Of changes to cited papers."""


def triage(
    changes: Iterable[Change],
    records: Mapping[Pmid, Record],
    topic: Topic,
    article: Article,
    claims: Claims,
    *,
    integrity: Mapping[Pmid, Integrity] | None = None,
    answers: Sequence[Judged] = (),
    kept: Mapping[Pmid, Effect | None] = _NONE_KEPT,
    decision: BoardDecision | None = None,
    decided: Collection[Change] = (),
    disputed: Mapping[Change, Sequence[Answer]] = _NONE_DISPUTED,
    settled: Mapping[Change, Settlement] = _NONE_SETTLED,
    unpaired: Mapping[Change, Sequence[Answer]] = _NONE_DISPUTED,
    told: Mapping[Pmid, FoundPaper] = _NONE_TOLD,
    survivors: Mapping[Pmid, Record] = _NO_SURVIVORS,
    embeddings: Mapping[str, bytes] = _NO_EMBEDDINGS,
) -> tuple[Signal, ...]:
    """Every change with its meaning, in order of urgency: changes to cited papers first, in every case.

    ``records`` holds the latest observation of each record concerned; a change whose record was never delivered still
    gives a signal; ``paper_state`` says which notices stand, and ``answers`` what people said about new records, which
    moves others like them; ``kept`` names the open ones that a member has kept, which then say so, as the ``decided``
    do, which were open when the board took its ``decision`` on the article; ``disputed`` holds the answers of members
    who disagree, ``settled`` how they were settled, which is told first; ``told`` says when a new record was told and
    whether a member has kept it, ``survivors`` which record most likely has the place of one that PubMed no longer
    serves; ``embeddings`` what a sentence model has made of texts, by their keys. New records follow by level, then by
    relevance, then by PMID; the first ``PLACED`` of them name the sentences that they bear on, and then stand before
    those that bear on none.
    """
    changes = tuple(changes)
    cited = {pmid: records[pmid] for pmid in sorted({*claims.cited, *topic.known_papers}) if pmid in records}
    new = [records[c.pmid] for c in changes if not c.is_about_cited and c.pmid in records]
    ranked = _rank_new(new, cited.values(), article, answers, embeddings)
    known = integrity or {}

    def judge(change: Change) -> Signal:
        pmid, record = change.pmid, records.get(change.pmid)
        if change.is_about_cited:
            return _judge_cited(change, record, claims, known.get(pmid), survivors.get(pmid))
        if change.is_about_found:
            return _judge_found(
                change,
                record,
                topic,
                integrity=known.get(pmid),
                told=told.get(pmid),
                survivor=survivors.get(pmid),
            )
        return _judge_new(change, record, topic, claims, ranked)

    signals = _discount([judge(change) for change in changes])
    signals = [_tell_kept(each, kept) for each in _mark_outlived(signals)]
    if decision is not None:
        said = decision.tell()
        signals = [replace(s, reasons=(*s.reasons, said)) if s.change in decided else s for s in signals]
    signals = [
        replace(
            each,
            reasons=(
                *tell_disagreement(disputed.get(each.change, ())),
                *tell_settlement(settled.get(each.change)),
                *tell_unpaired(unpaired.get(each.change, ())),
                *each.reasons,
            ),
        )
        for each in signals
    ]
    ordered = sorted(signals, key=_urgency)
    cited = {pmid: records[pmid] for pmid in claims.sentences_of if pmid in records}
    found = [records[each.change.pmid] for each in ordered if each.level and each.change.pmid in records]
    bearings = Bearings(article, claims.sentences_of, cited, found)
    first_new = next((place for place, each in enumerate(ordered) if not each.change.is_about_cited), len(ordered))
    placed = ordered[first_new : first_new + PLACED]
    ordered[first_new : first_new + PLACED] = [_place(each, records.get(each.change.pmid), bearings) for each in placed]
    return tuple(sorted(ordered, key=_urgency))


def _tell_kept(signal: Signal, kept: Mapping[Pmid, Effect | None]) -> Signal:
    """The signal of a new record with what a member said of it first, where one kept it.

    One that contradicts or clarifies the article goes before all other new records: the verdict may rest on it.
    """
    if signal.change.kind not in _EVIDENCE or signal.change.pmid not in kept:
        return signal
    effect = kept[signal.change.pmid]
    said = Reason(ReasonCode.MEMBER_FINDS, words=(effect.value,)) if effect else Reason(ReasonCode.KEPT)
    first = effect in {Effect.CONTRADICTS, Effect.CLARIFIES}
    return replace(signal, reasons=(said, *signal.reasons), priority=Priority.HIGH if first else signal.priority)


def _place(signal: Signal, record: Record | None, bearings: Bearings) -> Signal:
    """The signal of a new record with the sentences that it bears on."""
    found = bearings.find(record) if record is not None else ()
    if not found:
        return signal
    sentences = tuple(bearing.sentence for bearing in found)
    shared = [SHARED_WORDS] if any(bearing.words for bearing in found) else []
    shared += [SHARED_REFERENCES] if not shared or any(bearing.references for bearing in found) else []
    reason = Reason(ReasonCode.CLOSEST_TO, sentences, words=tuple(shared))
    return replace(signal, reasons=(*signal.reasons, reason), sentences=sentences, bearings=found)


def _urgency(signal: Signal) -> tuple[float, ...]:
    return (not signal.change.is_about_cited, *order_among_equals(signal))


def order_among_equals(signal: Signal) -> tuple[float, ...]:
    """A key that sorts signals of one kind: priority, evidence level, relevance, the newest PMID first.

    A new record that bears on no sentence stands behind those of its priority that do, unless it is a guideline.
    """
    rank = signal.level.rank if signal.level else 8
    aside = not signal.change.is_about_cited and not signal.sentences and rank > 1
    return (signal.priority, aside, rank, -signal.relevance, -signal.change.pmid)


def _judge_cited(
    change: Change, record: Record | None, claims: Claims, integrity: Integrity | None, survivor: Record | None
) -> Signal:
    priority, code = _PRIORITY[change.kind], ReasonCode.CITES
    if change.pmid not in claims.cited and change.pmid not in claims.works:
        code = ReasonCode.NO_LONGER_CITES
    elif change.pmid in claims.unconfirmed:
        code = ReasonCode.LIKELY_CITES
    sentences = claims.sentences_of.get(change.pmid, ())
    reasons, taken_back = [Reason(code)], False
    if sentences:
        reasons.append(Reason(ReasonCode.SENTENCES_DEPEND, sentences))
    if change.kind is ChangeKind.CITED_MISSING and integrity is not None:
        reasons += _tell_lost(integrity, survivor)
    if change.kind is ChangeKind.NOTICE_WITHDRAWN:
        reasons.append(Reason(ReasonCode.NOTICE_NAMED))
    elif change.kind not in _WITHOUT_NOTICE and record is not None and not _stands(change, record, integrity):
        reasons.append(Reason(ReasonCode.NOTICE_TAKEN_BACK))
        priority, taken_back = Priority.MEDIUM, True
    marks = mark(record) if record else ()
    return Signal(change, priority, None, tuple(reasons), 1.0, sentences, marks, taken_back=taken_back)


def _tell_lost(integrity: Integrity, survivor: Record | None) -> list[Reason]:
    """What became of a record that PubMed no longer serves, as far as that is known."""
    if survivor is not None:
        return [Reason(ReasonCode.SURVIVOR, (survivor.pmid,), text=survivor.title)]
    states = [event.state for event in integrity.history if event.state in _GONE and not event.ended]
    return [Reason(_GONE[states[-1]])] if states else []


_EVIDENCE = frozenset({ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED})
"""Kinds by which a new record counts as evidence of its level."""


def _judge_found(
    change: Change,
    record: Record | None,
    topic: Topic,
    *,
    integrity: Integrity | None,
    told: FoundPaper | None,
    survivor: Record | None,
) -> Signal:
    """What befell a new record after it was told; where a member has kept it, the board may use it, and must look."""
    reasons = [Reason(ReasonCode.TOLD_BEFORE, day=told.told_on if told else None)]
    if change.kind is ChangeKind.FOUND_MISSING and integrity is not None:
        reasons += _tell_lost(integrity, survivor)
    taken_back = change.kind in FOUND_NOTICES and record is not None and not _stands(change, record, integrity)
    if taken_back:
        reasons.append(Reason(ReasonCode.NOTICE_TAKEN_BACK))
    kept = told is not None and told.kept
    if told is not None and kept:
        reasons.append(
            Reason(ReasonCode.MEMBER_FINDS, words=(told.effect.value,)) if told.effect else Reason(ReasonCode.KEPT)
        )
    marks = mark(record) if record is not None else ()
    level = grade(record, topic.question_kind) if record is not None and not record.is_notice else None
    priority = Priority.MEDIUM if kept else Priority.LOW
    if change.kind is ChangeKind.FOUND_RAISED and level is not None and not kept:
        priority = _weigh(level, marks, topic)
    return Signal(change, priority, level, tuple(reasons), 0.0, (), marks, taken_back=taken_back)


def _weigh(level: Level, marks: Collection[Mark], topic: Topic) -> Priority:
    sound = not {Mark.RETRACTED, Mark.NO_RESULTS, Mark.ANIMALS} & set(marks)
    return Priority.MEDIUM if level.rank <= topic.thresholds.review_level and sound else Priority.LOW


def _discount(signals: Sequence[Signal]) -> list[Signal]:
    """A new record that has been retracted since, by whatever source, is no evidence of its level any more."""
    standing = [each.change for each in signals if not each.taken_back]
    kinds = {ChangeKind.FOUND_RETRACTED, ChangeKind.FOUND_RETRACTED_REPUBLISHED}
    retracted = {change.pmid for change in standing if change.kind in kinds}

    def counts(signal: Signal) -> bool:
        return signal.change.kind not in _EVIDENCE or signal.change.pmid not in retracted

    return [each if counts(each) else replace(each, priority=Priority.LOW) for each in signals]


def _mark_outlived(signals: Sequence[Signal]) -> list[Signal]:
    """After a reinstatement the paper's history is one thing to look at: the newest reinstatement tells it.

    All stays open until a person closes it. Where a retraction stands by any source, nothing is history.
    """
    retracted = {each.change.pmid for each in signals if each.change.kind in _RETRACTED and not each.taken_back}
    newest = {each.change.pmid: each.change for each in signals if each.change.kind is ChangeKind.CITED_REINSTATED}
    told = {pmid: reinstatement for pmid, reinstatement in newest.items() if pmid not in retracted}

    def is_history(signal: Signal) -> bool:
        reinstatement = told.get(signal.change.pmid)
        return reinstatement is not None and signal.change != reinstatement and _is_over(signal)

    return [replace(each, outlived=True) if is_history(each) else each for each in signals]


def _is_over(signal: Signal) -> bool:
    """Whether a notice is one that a reinstatement can end, and has ended."""
    change = signal.change
    if change.kind is ChangeKind.NOTICE_WITHDRAWN:
        return change.ended in _CAN_END
    return change.kind is ChangeKind.CITED_REINSTATED or (change.kind in _CAN_END and signal.taken_back)


_RETRACTED = frozenset({ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED})
_CAN_END = _RETRACTED | {ChangeKind.CITED_PARTLY_RETRACTED, ChangeKind.CITED_WITHDRAWN, ChangeKind.CITED_CONCERN}
"""Kinds of notice that are over once their paper is reinstated. An erratum or a newer version is not."""

_GONE = {
    PaperState.DELETED: ReasonCode.RECORD_DELETED,
    PaperState.MERGED: ReasonCode.RECORD_MERGED,
}
_WITHOUT_NOTICE = frozenset({ChangeKind.CITED_MISSING, ChangeKind.CITED_REINSTATED})
"""Kinds that no notice on the record can take back by going."""


def _stands(change: Change, record: Record, integrity: Integrity | None) -> bool:
    if integrity is not None and change.detail in integrity.standing | integrity.outlived:
        return change.detail in integrity.standing
    if is_further(change.detail):
        return integrity is None
    if change.notice_pmid is not None:
        return any(notice.pmid == change.notice_pmid for notice in record.notices)
    if change.detail == BY_TITLE:
        return record.told_by_title is not None
    return record.is_retracted or any(notice.source == change.detail for notice in record.notices)


def load_ranking() -> None:
    """Load what ``triage`` ranks with, half a second of SciPy, before a store is held."""
    import_module("litwatch.decisions.ranking.ranking")


def _rank_new(
    new: Iterable[Record],
    cited: Iterable[Record],
    article: Article,
    answers: Sequence[Judged],
    embeddings: Mapping[str, bytes],
) -> Mapping[Pmid, tuple[float, Reason | None, float | None]]:
    """Each new record's place among them, from 0 to 1, what people's answers did to it, and its chance to be kept."""
    records = {record.pmid: _read_paper(paper_of(record), embeddings) for record in new}
    if not records:
        return {}
    from litwatch.decisions.ranking.ranking import rank_with_answers  # noqa: PLC0415 - loads SciPy: half a second

    sentences = tuple(s.text for s in article.sentences if s.text not in article.leftovers)
    question = article.question or ""
    papers = tuple(_read_paper(paper_of(record), embeddings) for record in cited)
    asked = embeddings.get(key_of_text(question), b"") if embeddings else b""
    judged = [replace(one, paper=_read_paper(one.paper, embeddings)) for one in answers]
    profile = ArticleProfile(question, papers, sentences, asked)
    ranking = rank_with_answers(profile, list(records.values()), judged)
    chances = ranking.chances.tolist() if ranking.chances is not None else [None] * len(records)
    return dict(zip(records, zip(ranking.shares, ranking.reasons, chances, strict=True), strict=True))


def _read_paper(paper: Paper, embeddings: Mapping[str, bytes]) -> Paper:
    """The paper with its embedding, if there is one."""
    found = embeddings.get(key_of_text(paper.title, paper.abstract)) if embeddings else None
    return replace(paper, embedding=found) if found else paper


def _judge_new(
    change: Change,
    record: Record | None,
    topic: Topic,
    claims: Claims,
    ranked: Mapping[Pmid, tuple[float, Reason | None, float | None]],
) -> Signal:
    if record is None:
        return Signal(change, Priority.LOW, None, (Reason(ReasonCode.NOT_DELIVERED),), 0.0, ())
    marks = mark(record)
    shared_references = [pmid for pmid in record.cites if pmid in claims.sentences_of]
    relevance, learnt, chance = ranked[change.pmid]
    if record.is_notice:
        reason = Reason(ReasonCode.NOTICE_ABOUT_ANOTHER)
        return Signal(change, Priority.LOW, None, (reason,), relevance, (), marks, chance)
    level = grade(record, topic.question_kind)
    reasons = [Reason(ReasonCode.LEVEL)]
    reasons += [Reason(ReasonCode.MARKED)] if marks else []
    if named := tuple(name for name in topic.filters if holds(_plan_of(name), record)):
        reasons.append(Reason(ReasonCode.PASSES_FILTER, words=named))
    if shared_references:
        reasons.append(Reason(ReasonCode.SHARES_REFERENCES, (len(shared_references),)))
    reasons += [learnt] if learnt else []
    priority = _weigh(level, marks, topic)
    return Signal(change, priority, level, tuple(reasons), relevance, (), marks, chance)


@cache
def _plan_of(name: str) -> Plan:
    # No published filter speaks of a day.
    return translate(parse(PUBLISHED[name]), today=date.max).plan
