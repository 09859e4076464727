"""What a source can say against a paper, and one row of the Retraction Watch table that says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.model.identifiers import Doi, Pmid


class PaperState(StrEnum):
    """How a paper stands, gravest first."""

    RETRACTED = "retracted"
    RETRACTED_REPUBLISHED = "retracted and republished"
    PARTLY_RETRACTED = "partially retracted"
    """NLM has published partial retractions as errata since October 2016 (rule R-19)."""
    WITHDRAWN = "withdrawn"
    """Taken back by its publisher without NLM calling it retracted; for a Cochrane review mostly because it is old."""
    CONCERN = "expression of concern"
    REINSTATED = "reinstated"
    UPDATED = "updated by a newer version"
    REPUBLISHED = "corrected and republished"
    ERRATUM = "erratum"
    DELETED = "deleted from PubMed"
    MERGED = "merged with another record"
    MISSING = "no longer served by PubMed"
    COPIED = "published again elsewhere"
    COMMENTED = "commented on"
    SOUND = "no notice"


class Source(StrEnum):
    """Who said it."""

    PUBMED = "PubMed"
    WATCH = "Retraction Watch"


class Nature(StrEnum):
    """RetractionNature in the Retraction Watch table; all that there are (66,062 + 3,585 + 1,499 + 160 rows)."""

    RETRACTION = "Retraction"
    CONCERN = "Expression of concern"
    CORRECTION = "Correction"
    REINSTATEMENT = "Reinstatement"


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One row of the Retraction Watch table: a notice about a paper."""

    entry: int
    """Its Record ID."""
    nature: Nature
    noticed: date
    """The notice's date."""
    paper_pmid: Pmid | None
    paper_doi: Doi | None
    notice_pmid: Pmid | None
    notice_doi: Doi | None
    title: str
    """The paper's, as the table has it."""
    journal: str
    reasons: tuple[str, ...]

    @property
    def state(self) -> PaperState:
        """What the entry makes of its paper."""
        if self.nature is Nature.RETRACTION:
            return PaperState.WITHDRAWN if is_cochrane(self.journal) else PaperState.RETRACTED
        if self.nature is Nature.CORRECTION:
            told = " ".join((self.title, *self.reasons))
            return PaperState.PARTLY_RETRACTED if says_partial(told) else PaperState.ERRATUM
        return PaperState.CONCERN if self.nature is Nature.CONCERN else PaperState.REINSTATED


@dataclass(frozen=True, slots=True)
class WatchTable:
    """What a file of the Retraction Watch table held."""

    entries: tuple[WatchEntry, ...]
    rows: int
    """Rows with any content."""
    without_id: int
    """Rows that name their paper by neither PMID nor DOI."""
    about_notices: int
    """Rows whose "paper" is the notice of another row."""
    unreadable: int
    """Rows without a known nature or a date."""


_PARTIAL = re.compile(r"\bpartial(?:ly)?\W{1,3}retract", re.IGNORECASE)


def says_partial(text: str) -> bool:
    """Whether a notice's title, note or citation line calls it a partial retraction."""
    return bool(_PARTIAL.search(text))


def is_cochrane(journal: str | None) -> bool:
    """Whether a journal is the Cochrane Database of Systematic Reviews, which withdraws reviews when they are old."""
    return (
        bool(journal) and re.search(r"\bcochrane\b.{0,20}\b(?:database|db)\b", str(journal), re.IGNORECASE) is not None
    )
