"""What differs: (what the article rests on, what was known before, what is observed now) → changes.

A change is a fact without judgement; it stays open until a person closes it. This module refuses to say
whether a change matters (``triage``) and what to do (``verdict``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from litwatch.citations import Pmid


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
