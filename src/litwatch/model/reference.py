"""Identifiers, references and how surely a reference is a PubMed record.

A ``Pmid`` or ``Doi`` is made only by its parse function, so whoever holds one need not check it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.identifiers import Doi, Pmid, find_pmcid


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
    """The printed number, or None where the list prints none; the place where an editor vouches for it, or where the
    text cites by author and year."""
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
        return find_pmcid(self.text) or find_pmcid(self.url or "")


class MatchState(StrEnum):
    """How a reference stands to PubMed."""

    CONFIRMED = "confirmed"
    CANDIDATE = "candidate"
    NOT_FOUND = "not_found"


class Feature(StrEnum):
    """What a reference and a record can agree or differ in."""

    TITLE = "title"
    TITLE_BUT_SPELLING = "title_but_spelling"
    TITLE_WITHOUT_SUBTITLE = "title_without_subtitle"
    FIRST_AUTHOR = "first_author"
    AN_AUTHOR = "an_author"
    """Another than the first."""
    AUTHOR = "author"
    YEAR = "year"
    JOURNAL = "journal"
    VOLUME = "volume"
    FIRST_PAGE = "first_page"
    DOI = "doi"
    PMCID = "pmcid"
    PMID = "pmid"


class MatchCode(StrEnum):
    """Why a match is what it is. ``number``, ``pmid`` and ``doi`` are those of ``MatchReason``."""

    COMPARED = "compared"
    PINNED = "pinned"
    PIN_UNREADABLE = "pin_unreadable"
    PIN_UNKNOWN = "pin_unknown"
    """``pmid``: the pinned one."""
    PINNED_DOI_UNKNOWN = "pinned_doi_unknown"
    """``doi``: the pinned one."""
    SAID_ABSENT = "said_absent"
    """An editor says that it is not in PubMed."""
    NOTHING_FOUND = "nothing_found"
    NONE_RESEMBLES = "none_resembles"
    """``number``: the records found; ``pmid``: the nearest."""
    DRUG_LABEL = "drug_label"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """Why a match is what it is, without words of ours; ``report/match_sentences.py`` has them."""

    code: MatchCode
    agreed: tuple[Feature, ...] = ()
    differing: tuple[Feature, ...] = ()
    years_apart: int = 0
    rivals: tuple[Pmid, ...] = ()
    """Records that fit as well."""
    is_notice: bool = False
    """One of the two is a notice about a paper."""
    is_unsure: bool = False
    """Too little agrees."""
    number: int = 0
    pmid: Pmid | None = None
    doi: Doi | None = None
    is_unanswered: bool = False
    """ECitMatch was to be asked and did not answer."""
    unknown_pmid: Pmid | None = None
    """The printed PMID, if PubMed has no such record."""


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
    """``pinned``, ``pmid``, ``store``, ``doi``, ``pmcid``, ``ecitmatch``, ``title``, ``place``: what found it."""
    reason: MatchReason | None = None
    """What agreed, what did not; None only with ``told``."""
    others: tuple[Pmid, ...] = ()
    """Competing records, best first."""
    told: str = ""
    """The sentence that stands for the reason in a match stored before reasons had codes."""
