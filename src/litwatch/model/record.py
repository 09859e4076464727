"""A Record: one PubMed citation as observed, with every element that litwatch decides on.

Field names follow NLM's elements; publication types and MeSH headings carry NLM's unique ID, because labels
change and IDs do not. Source of the elements: NLM, "MEDLINE/PubMed XML Data Elements" and pubmed_250101.dtd.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import orjson

from litwatch.model.frozen import quickly_made
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.notice_titles import read_notice_title
from litwatch.model.paper_notice import PaperState


class DatePrecision(StrEnum):
    """How much of a publication date NLM was given."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    RANGE = "range"


@quickly_made
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A publication date with the precision that the journal gave; never rounded to 1 January in silence."""

    raw: str
    """As NLM prints it: ``2007 Nov-Dec``, ``2020 Oct 9``, ``1999 Spring``."""
    earliest: date
    latest: date
    """Both inclusive."""
    precision: DatePrecision


@quickly_made
@dataclass(frozen=True, slots=True)
class AbstractPart:
    """One AbstractText element; an unstructured abstract is one part without label."""

    label: str | None
    nlm_category: str | None
    text: str


@quickly_made
@dataclass(frozen=True, slots=True)
class OtherAbstract:
    """An abstract in another language or of another type; never merged into the main one."""

    type: str
    language: str
    parts: tuple[AbstractPart, ...]


@quickly_made
@dataclass(frozen=True, slots=True)
class Author:
    """A person (last_name) or a group (collective_name)."""

    last_name: str | None
    fore_name: str | None = None
    initials: str | None = None
    suffix: str | None = None
    collective_name: str | None = None
    orcid: str | None = None
    affiliations: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Journal:
    """Where it appeared; a book's title stands in ``title``."""

    title: str | None
    abbreviation: str | None
    issn: str | None
    nlm_id: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    """Start and end as printed, or an article number such as ``e26``."""
    country: str | None
    publisher: str | None = None
    """A book's."""


@quickly_made
@dataclass(frozen=True, slots=True)
class PublicationType:
    """Matched by ``ui`` (D016441 = Retracted Publication), shown by ``label``."""

    ui: str
    label: str


@quickly_made
@dataclass(frozen=True, slots=True)
class MeshQualifier:
    """A MeSH subheading; ``major`` may stand here and not on its heading."""

    ui: str
    label: str
    major: bool


@quickly_made
@dataclass(frozen=True, slots=True)
class MeshHeading:
    """A MeSH descriptor with its qualifiers."""

    ui: str
    label: str
    major: bool
    qualifiers: tuple[MeshQualifier, ...] = ()

    @property
    def is_major(self) -> bool:
        """Whether the heading or any of its qualifiers is a major topic, as PubMed's ``[majr]`` counts it."""
        return self.major or any(qualifier.major for qualifier in self.qualifiers)


class RefType(StrEnum):
    """CommentsCorrections/@RefType, the complete list of pubmed_250101.dtd.

    The "In" and "By" forms stand on the affected paper; "Of", "For", "On" and "From" on the notice or successor.
    """

    ASSOCIATED_DATASET = "AssociatedDataset"
    ASSOCIATED_PUBLICATION = "AssociatedPublication"
    CITES = "Cites"
    COMMENT_IN = "CommentIn"
    COMMENT_ON = "CommentOn"
    CORRECTED_AND_REPUBLISHED_IN = "CorrectedandRepublishedIn"
    CORRECTED_AND_REPUBLISHED_FROM = "CorrectedandRepublishedFrom"
    ERRATUM_IN = "ErratumIn"
    ERRATUM_FOR = "ErratumFor"
    EXPRESSION_OF_CONCERN_IN = "ExpressionOfConcernIn"
    EXPRESSION_OF_CONCERN_FOR = "ExpressionOfConcernFor"
    ORIGINAL_REPORT_IN = "OriginalReportIn"
    REPRINT_IN = "ReprintIn"
    REPRINT_OF = "ReprintOf"
    REPUBLISHED_IN = "RepublishedIn"
    REPUBLISHED_FROM = "RepublishedFrom"
    RETRACTED_AND_REPUBLISHED_IN = "RetractedandRepublishedIn"
    RETRACTED_AND_REPUBLISHED_FROM = "RetractedandRepublishedFrom"
    RETRACTION_IN = "RetractionIn"
    RETRACTION_OF = "RetractionOf"
    SUMMARY_FOR_PATIENTS_IN = "SummaryForPatientsIn"
    UPDATE_IN = "UpdateIn"
    UPDATE_OF = "UpdateOf"
    UNKNOWN = "unknown"
    """A type newer than this list; ``Notice.note`` starts with NLM's own word for it."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Notice:
    """One CommentsCorrections entry. PubMed gives no PMID for some retractions, so ``pmid`` may be None."""

    ref_type: RefType
    source: str
    """RefSource: the other paper's citation line."""
    pmid: Pmid | None
    note: str | None = None


RETRACTED_PUBLICATION = "D016441"
RETRACTION_NOTICE = "D016440"
PUBLISHED_ERRATUM = "D016425"
EXPRESSION_OF_CONCERN = "D000075742"


@quickly_made
@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A DataBank accession, for example ClinicalTrials.gov / NCT01234567."""

    bank: str
    accession: str


class RecordKind(StrEnum):
    """PubMed's two sorts of citation."""

    ARTICLE = "article"
    BOOK = "book"


@quickly_made
@dataclass(frozen=True, slots=True)
class Record:
    """One PubMed citation as it stood when it was observed."""

    pmid: Pmid
    version: int
    kind: RecordKind
    status: str
    """MedlineCitation/@Status: Publisher, In-Data-Review, In-Process, MEDLINE, PubMed-not-MEDLINE, …"""
    title: str
    """The whole subtree's text, markup dropped; a translated title keeps its brackets."""
    vernacular_title: str | None
    abstract: tuple[AbstractPart, ...]
    other_abstracts: tuple[OtherAbstract, ...]
    copyright: str | None
    languages: tuple[str, ...]
    journal: Journal
    published: PartialDate | None
    """Publication date (DP): PubDate, or MedlineDate."""
    electronic: date | None
    """ArticleDate, type Electronic (DEP)."""
    entered: date | None
    """Entry date (EDAT): PubMedPubDate "pubmed". Set back by NLM when a record comes over a year late."""
    created: date | None
    """Create date (CRDT): PubMedPubDate "entrez"."""
    mesh_dated: date | None
    """MeSH date (MHDA): PubMedPubDate "medline"; equals the entry date until the record is indexed."""
    completed: date | None
    """DateCompleted (DCOM)."""
    revised: date | None
    """DateRevised (LR); moves on any edit."""
    publication_status: str | None
    """ppublish, epublish, aheadofprint."""
    authors: tuple[Author, ...]
    authors_complete: bool
    publication_types: tuple[PublicationType, ...]
    mesh: tuple[MeshHeading, ...]
    substances: tuple[str, ...]
    """Chemicals and supplementary concepts by label."""
    keywords: tuple[str, ...]
    doi: Doi | None
    """The article's own, from ArticleIdList or a valid ELocationID."""
    other_dois: tuple[Doi, ...]
    """Further valid DOIs of the same article, where the two places differ."""
    pmcid: str | None
    pii: str | None
    notices: tuple[Notice, ...]
    registry: tuple[RegistryEntry, ...]
    cites: tuple[Pmid, ...]
    """PMIDs of its own reference list, in order, without repeats."""
    publication_model: str | None = None
    """Article/@PubModel: Print, Print-Electronic, Electronic, Electronic-Print, Electronic-eCollection."""
    indexing_method: str | None = None
    """MedlineCitation/@IndexingMethod: Automated, Curated, NotIndexed; None means indexed by people."""

    @property
    def abstract_text(self) -> str:
        """The main abstract in one string, each part after its label; empty when there is none."""
        return "\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in self.abstract)

    def abstract_offset(self, part: int) -> int:
        """Where a part's own text begins in ``abstract_text``, in characters; ``part`` is counted from 0."""
        before = sum(len(each.text) + 1 + (len(each.label) + 2 if each.label else 0) for each in self.abstract[:part])
        label = self.abstract[part].label
        return before + (len(label) + 2 if label else 0)

    def has_type(self, *uis: str) -> bool:
        """Whether any of the record's publication types has one of these NLM unique IDs."""
        return any(kind.ui in uis for kind in self.publication_types)

    @property
    def is_notice(self) -> bool:
        """Whether it announces something about another paper (retraction, erratum, concern); not that paper."""
        announcing = {RefType.RETRACTION_OF, RefType.EXPRESSION_OF_CONCERN_FOR}  # files until 2014 give types no ID
        return self.has_type(RETRACTION_NOTICE, PUBLISHED_ERRATUM, EXPRESSION_OF_CONCERN) or any(
            notice.ref_type in announcing for notice in self.notices
        )

    @property
    def is_retracted(self) -> bool:
        """Whether the paper itself is retracted, by publication type, by a linked notice or by its title.

        A notice whose title says so may as well be about another paper; only who cites it can tell.
        """
        retracting = {RefType.RETRACTION_IN, RefType.RETRACTED_AND_REPUBLISHED_IN}
        return (
            self.has_type(RETRACTED_PUBLICATION)
            or any(notice.ref_type in retracting for notice in self.notices)
            or (self.told_by_title is PaperState.RETRACTED and not self.is_notice)
        )

    @property
    def told_by_title(self) -> PaperState | None:
        """What the title says against the paper; None where it says nothing, or says it of another paper.

        A record that PubMed links to the paper that it is about is a notice, whatever its title. One worded as a notice
        that is linked to no paper has taken its paper's place, whatever its publication type.
        """
        said = read_notice_title(self.title)
        linked = {notice.ref_type for notice in self.notices}
        if said is None or linked & _NOTICE_OF or (said.announces and linked & _ABOUT_ANOTHER):
            return None
        return said.state


_NOTICE_OF = {RefType.RETRACTION_OF, RefType.EXPRESSION_OF_CONCERN_FOR}
_ABOUT_ANOTHER = {
    RefType.ERRATUM_FOR,
    RefType.COMMENT_ON,
    RefType.UPDATE_OF,
    RefType.CORRECTED_AND_REPUBLISHED_FROM,
    RefType.RETRACTED_AND_REPUBLISHED_FROM,
}
"""What stands, beside ``_NOTICE_OF``, on a record that is about another paper or takes its place by right."""


def blank_record(pmid: Pmid, title: str, *, status: str) -> Record:
    """A record of which no more than this is known; with ``replace`` the rest can be given."""
    return Record(
        pmid=pmid,
        version=1,
        kind=RecordKind.ARTICLE,
        status=status,
        title=title,
        vernacular_title=None,
        abstract=(),
        other_abstracts=(),
        copyright=None,
        languages=(),
        journal=Journal(None, None, None, None, None, None, None, None),
        published=None,
        electronic=None,
        entered=None,
        created=None,
        mesh_dated=None,
        completed=None,
        revised=None,
        publication_status=None,
        authors=(),
        authors_complete=True,
        publication_types=(),
        mesh=(),
        substances=(),
        keywords=(),
        doi=None,
        other_dois=(),
        pmcid=None,
        pii=None,
        notices=(),
        registry=(),
        cites=(),
    )


def record_json(record: Record) -> bytes:
    """The record as the store keeps it.

    ``publisher`` stands in it only where there is one, so that articles in older stores keep their texts and hashes.
    """
    return orjson.dumps(record).replace(b',"publisher":null', b"")  # within a value the quotes would be escaped


def content_hash(record: Record) -> str:
    """SHA-256 (64 hex digits) over every field; equal hashes mean that nothing was observed to change."""
    return hashlib.sha256(record_json(record)).hexdigest()
