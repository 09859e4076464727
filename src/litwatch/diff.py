"""What differs: (what the article rests on, what was known before, what is observed now) → changes.

A change is a fact without judgement; it stays open until a person closes it. This module refuses to say
whether a change matters (``triage``) and what to do (``verdict``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.citations import Pmid
from litwatch.records import RETRACTED_PUBLICATION, Record, RefType


class ChangeKind(StrEnum):
    """The sorts of change; the first group concerns papers that the article cites."""

    CITED_RETRACTED = "cited record retracted"
    CITED_RETRACTED_REPUBLISHED = "cited record retracted and republished"
    CITED_CONCERN = "expression of concern about a cited record"
    CITED_ERRATUM = "erratum to a cited record"
    CITED_REPUBLISHED = "cited record corrected and republished"
    CITED_UPDATED = "newer version of a cited record"
    CITED_MISSING = "cited record no longer served by PubMed"
    NOTICE_WITHDRAWN = "notice about a cited record withdrawn"
    NEW_RECORD = "new record on the topic"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; (topic, kind, pmid, detail) is its identity: the same difference is one change for ever."""

    kind: ChangeKind
    pmid: Pmid
    """The cited or the new record, never the notice."""
    detail: str
    """What identifies it beyond the PMID: the notice's PMID or its citation line; empty for a new record."""
    notice_pmid: Pmid | None = None


_NOTICES: Mapping[RefType, ChangeKind] = {
    RefType.RETRACTION_IN: ChangeKind.CITED_RETRACTED,
    RefType.RETRACTED_AND_REPUBLISHED_IN: ChangeKind.CITED_RETRACTED_REPUBLISHED,
    RefType.EXPRESSION_OF_CONCERN_IN: ChangeKind.CITED_CONCERN,
    RefType.ERRATUM_IN: ChangeKind.CITED_ERRATUM,
    RefType.CORRECTED_AND_REPUBLISHED_IN: ChangeKind.CITED_REPUBLISHED,
    RefType.UPDATE_IN: ChangeKind.CITED_UPDATED,
}
"""NLM, "Errata, Retractions, and Other Linked Citations in PubMed": the "In" forms stand on the affected paper."""


def find_cited_changes(
    cited: Iterable[Pmid],
    before: Mapping[Pmid, Record],
    now: Mapping[Pmid, Record],
    missing: Iterable[Pmid] = (),
) -> tuple[Change, ...]:
    """Changes to the papers that an article cites, in the order of ``cited``.

    ``now`` holds what the citation sweep delivered, ``before`` the last observation of the same PMIDs; a PMID in
    ``missing`` was asked for and left out by PubMed, one in neither was not looked at and says nothing. Every
    notice that stands on a record is returned every time, also one that stood there before litwatch first looked
    (rule R-17: nobody told the article); the store keeps the first.
    """
    gone = frozenset(missing)
    changes: list[Change] = []
    for pmid in dict.fromkeys(cited):
        if pmid in gone:
            changes.append(Change(ChangeKind.CITED_MISSING, pmid, ""))
        record = now.get(pmid)
        if record is None:
            continue
        changes += _notice_changes(record)
        if pmid in before:
            standing = {(c.kind, c.detail) for c in _notice_changes(record)}
            changes += [
                Change(ChangeKind.NOTICE_WITHDRAWN, pmid, f"{old.kind}: {old.detail}", old.notice_pmid)
                for old in _notice_changes(before[pmid])
                if (old.kind, old.detail) not in standing and not _stands_otherwise(old, changes, pmid)
            ]
    return tuple(changes)


def _stands_otherwise(old: Change, now: Iterable[Change], pmid: Pmid) -> bool:
    """Whether a notice that PubMed had not linked to a PMID stands still, linked by now."""
    return old.notice_pmid is None and any(c.kind is old.kind and c.pmid == pmid for c in now)


def _notice_changes(record: Record) -> list[Change]:
    changes = [
        Change(_NOTICES[n.ref_type], record.pmid, f"PMID {n.pmid}" if n.pmid else n.source, n.pmid)
        for n in record.notices
        if n.ref_type in _NOTICES
    ]
    retracted = {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}
    if record.has_type(RETRACTED_PUBLICATION) and not any(c.kind in retracted for c in changes):
        # PubMed sometimes sets the publication type before it links the notice, or never links one.
        changes.insert(0, Change(ChangeKind.CITED_RETRACTED, record.pmid, "publication type Retracted Publication"))
    return changes


def find_new_records(
    found: Iterable[Record], cited: Collection[Pmid], seen: Collection[Pmid], since: date
) -> tuple[Change, ...]:
    """Records on the topic that the article could not know: neither cited nor seen before, and new since ``since``.

    New means that the record was created, entered or first indexed on ``since`` or later. All three count, because
    NLM sets the entry date back for papers that come over a year late, and because a record is found by its MeSH
    headings only once it has them (NLM Technical Bulletin, Nov–Dec 2008; rule R-22). A later revision of an older
    record does not make it new evidence. A record without any of these dates is taken as new.
    """
    changes = []
    for record in found:
        if record.pmid in cited or record.pmid in seen:
            continue
        days = [day for day in (record.created, record.entered, record.mesh_dated) if day is not None]
        if not days or max(days) >= since:
            changes.append(Change(ChangeKind.NEW_RECORD, record.pmid, ""))
    return tuple(changes)
