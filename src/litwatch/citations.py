"""Identifiers, references and how surely a reference is a PubMed record.

A ``Pmid`` or ``Doi`` is made only by its parse function, so whoever holds one need not check it again.
This module refuses to look anything up: finding candidates is ``entrez``'s work, judging them ``matching``'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Pmid = NewType("Pmid", int)
"""A PubMed identifier: a positive integer of at most nine digits (PubMed gives eight today)."""

Doi = NewType("Doi", str)
"""A DOI without prefix or resolver, lower-cased (DOIs compare without case, DOI Handbook 2.4)."""

_PMID = re.compile(r"(?:pmid:?\s*|pubmed:?\s*)?(0*[1-9]\d{0,8})", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC\s?([1-9]\d{2,8})(?!\d)", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)


def parse_pmid(text: str | int) -> Pmid:
    """Read a PMID from ``"PMID: 33116712"``, ``"33116712"`` or an integer.

    Raises ValueError for anything else, also for zero and for more than nine digits.

    >>> parse_pmid("PMID: 33116712")
    33116712
    """
    match = _PMID.fullmatch(str(text).strip())
    if match is None or not match[1].isascii():
        raise ValueError(f"{str(text)[:60]!r} is not a PMID (1 to 9 digits)")
    return Pmid(int(match[1]))


def parse_doi(text: str) -> Doi:
    """Read a DOI from its bare form, ``doi:10.…`` or a resolver's address; the result is lower-cased.

    A full stop, comma or closing bracket that a sentence left behind is dropped. Raises ValueError otherwise.

    >>> parse_doi("https://doi.org/10.2147/DMSO.S275898.")
    '10.2147/dmso.s275898'
    """
    match = _DOI.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:80]!r} is not a DOI (it should look like 10.1000/xyz)")
    doi = match[1].rstrip(".,;")
    for opening, closing in ("()", "[]"):
        while doi.endswith(closing) and doi.count(closing) > doi.count(opening):
            doi = doi[:-1].rstrip(".,;")
    return Doi(doi.lower())


class ReferenceKind(StrEnum):
    """What the article's list calls a reference."""

    GUIDELINE = "guideline"
    RESEARCH = "research"
    DRUG_LABEL = "drug label"
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
    NOT_FOUND = "not found"


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
