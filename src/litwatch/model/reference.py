"""Identifiers, references and how surely a reference is a PubMed record.

A ``Pmid`` or ``Doi`` is made only by its parse function, so whoever holds one need not check it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.identifiers import _PMCID, Doi, Pmid


class ReferenceKind(StrEnum):
    """What the article's list calls a reference."""

    GUIDELINE = "guideline"
    RESEARCH = "research"
    DRUG_LABEL = "drug_label"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of an article's reference list, as printed there."""

    position: int
    """1-based place in the list, in printed order, whether or not the list is numbered."""
    number: int | None
    """The printed number, or None where the list prints none."""
    kind: ReferenceKind
    title: str
    source: str
    """Journal, publisher or body, as printed; may be empty."""
    year: int | None
    authors: tuple[str, ...] = ()
    pmid: Pmid | None = None
    """As printed in the article or pinned by the topic file; never looked up."""
    doi: Doi | None = None
    url: str | None = None
    text: str = ""
    """The whole entry as printed, blanks normalised."""
    label: str = ""
    """What the page prints above the entry to sort it ("Research"); no word of the entry itself."""

    @property
    def pmcid(self) -> str | None:
        """The PubMed Central identifier that the entry prints or links to, as PubMed writes it (``PMC`` and digits)."""
        found = _PMCID.search(self.text) or _PMCID.search(self.url or "")
        return f"PMC{found[1]}" if found else None


class MatchState(StrEnum):
    """How a reference stands to PubMed."""

    CONFIRMED = "confirmed"
    CANDIDATE = "candidate"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Match:
    """What became of looking one reference up."""

    position: int
    """The reference's place in the list."""
    state: MatchState
    pmid: Pmid | None
    """The record it is (CONFIRMED) or most likely is (CANDIDATE)."""
    confidence: float
    """0 to 1; how often a record that agreed as well was the paper, as measured (``matching``)."""
    method: str
    """``pinned``, ``pmid``, ``store``, ``doi``, ``pmcid``, ``ecitmatch`` or ``title``: which look-up found it."""
    reason: str
    """One sentence for the editor: what agreed, what did not."""
    others: tuple[Pmid, ...] = ()
    """Competing records, best first."""
