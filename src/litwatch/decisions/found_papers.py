"""What becomes of a new record after it was told: retracted, questioned, raised in level, or gone from PubMed.

A new record is told once, and what befalls it afterwards is a change of its own, told with it. Watched so is what
nobody has answered, what was put off, and what a member has kept: the board may use it. What a member has found not
relevant or already covered is not watched: that was said of the topic, not of the level.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.decisions.changes import find_cited_changes
from litwatch.decisions.evidence_level import grade
from litwatch.decisions.member_answers import Answer, weigh
from litwatch.model.change import FOUND_ANNOUNCED, Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, Decision, Effect
from litwatch.model.paper_notice import FurtherNotice
from litwatch.model.record import Record
from litwatch.model.topic import QuestionKind


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A new record that was told, with what people have said of it."""

    pmid: Pmid
    told_on: date
    is_watched: bool
    """Whether it is told what befalls it."""
    kept: bool = False
    """Whether a member has called it relevant, and no later word has closed that; a review of the article is none."""
    effect: Effect | None = None
    """What it does to the article, as the member who kept it said."""
    lost_on: date | None = None
    """Since when PubMed does not have it; None while it does."""


def judge_answers(pmid: Pmid, told_on: date, said: Sequence[Answer], *, readers: int = 1) -> FoundPaper:
    """What the answers to a new record, oldest first, mean for watching it.

    A review of the article as unchanged closes what nobody has answered, so that it is watched no more. It does not
    take back that a member has kept a paper: the board has looked at it and may rest on it. Where two ``readers`` are
    asked, one answer alone means nothing yet.
    """
    word = weigh((answer for answer in said if answer.decision in _OF_MEMBERS), readers=readers)
    last = weigh(said, readers=readers)
    if word is None or word.unpaired:
        return FoundPaper(pmid, told_on, last is None or bool(last.unpaired))
    if word.decision in _KEPT or word.differing:
        return FoundPaper(pmid, told_on, True, kept=True, effect=word.effect)
    put_off = word.decision is Decision.LATER and last is not None and last.decision is Decision.LATER
    return FoundPaper(pmid, told_on, put_off)


_OF_MEMBERS = ABOUT_A_CHANGE
_KEPT = frozenset({Decision.RELEVANT, Decision.INCLUDED_BEFORE})

_AS_FOUND: Mapping[ChangeKind, ChangeKind] = {
    ChangeKind.CITED_RETRACTED: ChangeKind.FOUND_RETRACTED,
    ChangeKind.CITED_RETRACTED_REPUBLISHED: ChangeKind.FOUND_RETRACTED_REPUBLISHED,
    ChangeKind.CITED_PARTLY_RETRACTED: ChangeKind.FOUND_PARTLY_RETRACTED,
    ChangeKind.CITED_WITHDRAWN: ChangeKind.FOUND_WITHDRAWN,
    ChangeKind.CITED_CONCERN: ChangeKind.FOUND_CONCERN,
    ChangeKind.CITED_MISSING: ChangeKind.FOUND_MISSING,
}
"""What is told of a new record of what is told of a cited paper; an erratum, a newer version and the like are not."""


def find_found_changes(
    told: Iterable[Pmid],
    when_told: Mapping[Pmid, Record],
    now: Mapping[Pmid, Record],
    missing: Collection[Pmid],
    *,
    question: QuestionKind,
    notices: Mapping[Pmid, Record] | None = None,
    further: Mapping[Pmid, Sequence[FurtherNotice]] | None = None,
) -> tuple[Change, ...]:
    """What has befallen new records since they were told, in the order of ``told``.

    ``when_told`` holds those that PubMed has changed since, as they were told; ``now`` those that are in hand, and
    ``missing`` those that PubMed left out. ``notices`` and ``further`` are as in ``find_cited_changes``: a notice of
    any source counts. What a record showed when it was told is not told again. Both levels are graded by the present
    rules for the topic's kind of ``question``, so that no rule's change is taken for a paper's.
    """
    found: list[Change] = []
    for pmid in dict.fromkeys(told):
        before = when_told.get(pmid) or now.get(pmid)
        known = {each.kind for each in _befallen(pmid, before, notices)} if before is not None else set()
        gone = [pmid] if pmid in missing else []
        record = {pmid: now[pmid]} if pmid in now else {}
        found += (
            Change(_AS_FOUND[change.kind], pmid, change.detail, change.notice_pmid)
            for change in find_cited_changes([pmid], {}, record, gone, notices=notices, watched=further)
            if change.kind in _AS_FOUND and change.kind not in known
        )
        if before is not None and (raised := _raise(before, now.get(pmid), question)) is not None:
            found.append(raised)
    return tuple(found)


def _befallen(pmid: Pmid, record: Record, notices: Mapping[Pmid, Record] | None) -> tuple[Change, ...]:
    return find_cited_changes([pmid], {}, {pmid: record}, notices=notices)


def _raise(before: Record, now: Record | None, question: QuestionKind) -> Change | None:
    """The rise in level; a retracted record and a notice have none."""
    if now is None or now.is_retracted or now.is_notice or before.is_notice:
        return None
    then, rank = grade(before, question).rank, grade(now, question).rank
    return Change(ChangeKind.FOUND_RAISED, now.pmid, f"{then}>{rank}") if rank < then else None


def read_raise(change: Change) -> tuple[int, int]:
    """The level, 1 to 7, at which a record was told, and its level now, of a FOUND_RAISED change."""
    then, _, now = change.detail.partition(">")
    return int(then), int(now)


def without_joined(new: Iterable[Change], events: Iterable[Change]) -> tuple[Change, ...]:
    """The new records without the notices of what befell others: these are told with the papers that they are about."""
    notices = {event.notice_pmid for event in events if event.kind in FOUND_ANNOUNCED}
    return tuple(change for change in new if change.pmid not in notices)
