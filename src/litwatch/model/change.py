"""A change: one difference between what was known of a paper and what is observed now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.identifiers import Pmid


class ChangeKind(StrEnum):
    """The sorts of change; the first group concerns papers that the article cites."""

    CITED_RETRACTED = "cited record retracted"
    CITED_RETRACTED_REPUBLISHED = "cited record retracted and republished"
    CITED_PARTLY_RETRACTED = "cited record partially retracted"
    CITED_WITHDRAWN = "cited record withdrawn"
    CITED_CONCERN = "expression of concern about a cited record"
    CITED_ERRATUM = "erratum to a cited record"
    CITED_REPUBLISHED = "cited record corrected and republished"
    CITED_UPDATED = "newer version of a cited record"
    CITED_REINSTATED = "cited record reinstated"
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
    """What identifies it beyond the PMID: the notice's PMID, its citation line or its number in the Retraction Watch
    table; empty for a new record."""
    notice_pmid: Pmid | None = None

    @property
    def is_about_cited(self) -> bool:
        """Whether it concerns a paper that the article rests on; such a one is never ranked away or capped."""
        return self.kind is not ChangeKind.NEW_RECORD
