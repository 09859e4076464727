"""What becomes of a citation after it enters PubMed: the steps of its life, and ``Revision``, one dated state of it.

Ahead of print without MeSH, indexed weeks later, announced as retracted or corrected: each step is a function
(citation, day) → citation. Sources: NLM, "MEDLINE/PubMed XML Data Elements" (Status, History) and "Errata,
Retractions, and Other Linked Citations in PubMed".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from litwatch.model.identifiers import Pmid
from litwatch.model.record import RETRACTED_PUBLICATION, Notice, PublicationType, RefType
from litwatch.standin.citation_xml import Citation, write_article, write_article_set
from litwatch.standin.vocabulary import TYPES


@dataclass(frozen=True, slots=True)
class Revision:
    """What PubMed serves for a PMID from a day on, until the next revision of the same PMID.

    Of two revisions of one PMID with the same day, the later one in the sequence holds.
    """

    visible_from: date
    pmid: int
    xml: bytes | None
    """One ``<PubmedArticle>`` element in UTF-8, without declaration; None where the PMID is deleted."""


_SENT_BY_PUBLISHERS: Final = frozenset(
    {
        "Journal Article",
        "Letter",
        "Editorial",
        "Comment",
        "Preprint",
        "Review",
        "Case Reports",
        "Retracted Publication",
        "Retraction Notice",
        "Published Erratum",
        "Expression of Concern",
    }
)
"""Publication types that a record may carry before it is indexed; the methodological ones come with indexing."""

_ANSWERS: Final[Mapping[RefType, tuple[RefType, str]]] = {
    RefType.RETRACTION_IN: (RefType.RETRACTION_OF, "Retraction Notice"),
    RefType.EXPRESSION_OF_CONCERN_IN: (RefType.EXPRESSION_OF_CONCERN_FOR, "Expression of Concern"),
    RefType.ERRATUM_IN: (RefType.ERRATUM_FOR, "Published Erratum"),
    RefType.COMMENT_IN: (RefType.COMMENT_ON, "Comment"),
    RefType.UPDATE_IN: (RefType.UPDATE_OF, "Journal Article"),
    RefType.CORRECTED_AND_REPUBLISHED_IN: (RefType.CORRECTED_AND_REPUBLISHED_FROM, "Journal Article"),
    RefType.RETRACTED_AND_REPUBLISHED_IN: (RefType.RETRACTED_AND_REPUBLISHED_FROM, "Journal Article"),
}


def publication_types(*labels: str) -> tuple[PublicationType, ...]:
    """Publication types by label; KeyError for a label that ``TYPES`` lacks."""
    return tuple(PublicationType(TYPES[label], label) for label in labels)


def ahead_of_print(citation: Citation, day: date) -> Citation:
    """As the publisher sends it: no volume, no MeSH, no methodological publication type."""
    return replace(
        citation,
        status="Publisher",
        publication_status="aheadofprint",
        types=_unindexed_types(citation),
        volume=None,
        issue=None,
        pages=None,
        mesh=(),
        substances=(),
        mesh_dated=None,
        completed=None,
        indexing=None,
        revised=day,
    )


def in_process(citation: Citation, day: date) -> Citation:
    """Printed, with volume and pages, waiting for its headings and methodological publication types."""
    return replace(
        citation,
        status="In-Process",
        publication_status="ppublish",
        types=_unindexed_types(citation),
        mesh=(),
        substances=(),
        mesh_dated=None,
        completed=None,
        revised=day,
    )


def _unindexed_types(citation: Citation) -> tuple[PublicationType, ...]:
    types = tuple(kind for kind in citation.types if kind.label in _SENT_BY_PUBLISHERS)
    return types or publication_types("Journal Article")


def indexed(citation: Citation, day: date) -> Citation:
    """MEDLINE: headings and publication types are there; MeSH date and completion are ``day``."""
    return replace(
        citation,
        status="MEDLINE",
        publication_status="ppublish",
        indexing="Automated",
        mesh_dated=day,
        completed=day,
        revised=day,
    )


def citation_line(citation: Citation) -> str:
    """A RefSource: ``Demo J. 2020 Oct 9;13(2):3611-3616. doi: 10.5555/x``."""
    number = f";{citation.volume}" if citation.volume else ""
    number += f"({citation.issue})" if citation.issue else ""
    number += f":{citation.pages}" if citation.pages else ""
    doi = f" doi: {citation.doi}" if citation.doi else ""
    return f"{citation.periodical.abbreviation}. {citation.published}{number}.{doi}"


def announce(paper: Citation, notice: Citation, ref_type: RefType, day: date) -> Citation:
    """The paper as it stands once ``notice`` concerns it; a retraction also makes it a Retracted Publication.

    A notice with PMID 0 is named by its source only, as PubMed does with about one retraction in five.
    """
    entry = Notice(ref_type, citation_line(notice), Pmid(notice.pmid) if notice.pmid else None)
    types = paper.types
    if ref_type is RefType.RETRACTION_IN:
        types += publication_types("Retracted Publication")
    return replace(paper, notices=(*paper.notices, entry), types=types, revised=day)


def answer(notice: Citation, paper: Citation, ref_type: RefType) -> Citation:
    """The notice with its link back to the paper and its own publication type, for the paper's ``ref_type``."""
    back, label = _ANSWERS[ref_type]
    types = notice.types if any(k.label == label for k in notice.types) else notice.types + publication_types(label)
    return replace(notice, notices=(*notice.notices, Notice(back, citation_line(paper), Pmid(paper.pmid))), types=types)


def withdraw(paper: Citation, ref_type: RefType, day: date) -> Citation:
    """The paper without its notices of one type, as after a reinstatement."""
    types = paper.types
    if ref_type is RefType.RETRACTION_IN:
        types = tuple(kind for kind in types if kind.ui != RETRACTED_PUBLICATION)
    return replace(
        paper, notices=tuple(n for n in paper.notices if n.ref_type is not ref_type), types=types, revised=day
    )


def revision(citation: Citation, day: date) -> Revision:
    """The citation as served from ``day`` on."""
    return Revision(day, citation.pmid, write_article(citation))


def in_order(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """Sorted by day and PMID; revisions of one PMID on one day keep their order."""
    return tuple(sorted(revisions, key=lambda r: (r.visible_from, r.pmid)))


def served(revisions: Iterable[Revision], day: date) -> dict[int, bytes]:
    """What PubMed serves on a day: PMID → PubmedArticle bytes, ascending; ``revisions`` must be in order."""
    state: dict[int, bytes | None] = {r.pmid: r.xml for r in revisions if r.visible_from <= day}
    return {pmid: xml for pmid, xml in sorted(state.items()) if xml is not None}


def article_set(revisions: Iterable[Revision], day: date) -> bytes:
    """One PubmedArticleSet of everything served on a day; ``revisions`` must be in order."""
    return write_article_set(served(revisions, day).values())
