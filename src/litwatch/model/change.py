"""A change: one difference between what was known of a paper and what is observed now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from litwatch.model.identifiers import Pmid


class ChangeKind(StrEnum):
    """The kinds of change; all but the last concern papers that the article cites. The values are stored and sent."""

    CITED_RETRACTED = "retracted"
    CITED_RETRACTED_REPUBLISHED = "retracted_republished"
    CITED_PARTLY_RETRACTED = "partly_retracted"
    CITED_WITHDRAWN = "withdrawn"
    CITED_CONCERN = "concern"
    CITED_ERRATUM = "erratum"
    CITED_REPUBLISHED = "republished"
    CITED_UPDATED = "newer_version"
    CITED_REINSTATED = "reinstated"
    CITED_MISSING = "not_served"
    NOTICE_WITHDRAWN = "notice_taken_back"
    NEW_RECORD = "new_record"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; (topic, kind, pmid, detail) is its identity: the same difference is one change for ever."""

    kind: ChangeKind
    pmid: Pmid
    """The cited or the new record, never the notice."""
    detail: str
    """What identifies it beyond the PMID: the notice (``pmid:9``, ``retraction_watch:9``, ``by_type``, ``by_title``, or
    its citation line where PubMed links none), after the kind that ended where one did; empty for a new record."""
    notice_pmid: Pmid | None = None
    ended: ChangeKind | None = None
    """For REINSTATED and NOTICE_TAKEN_BACK: the kind of notice that is gone."""

    @classmethod
    def ending(cls, kind: ChangeKind, pmid: Pmid, ended: ChangeKind, notice: str, notice_pmid: Pmid | None) -> Self:
        """The end of a notice that stood as ``ended``; the same notice may end once as each kind."""
        return cls(kind, pmid, f"{ended}:{notice}", notice_pmid, ended)

    @property
    def notice(self) -> str:
        """What identifies the notice alone, as ``detail`` does for a notice that has not ended."""
        return self.detail.removeprefix(f"{self.ended}:") if self.ended else self.detail

    @property
    def is_about_cited(self) -> bool:
        """Whether it concerns a paper that the article rests on; such a one is never ranked away or capped."""
        return self.kind is not ChangeKind.NEW_RECORD
