"""One record's bytes → Record, for journal articles; books differ and have their own module.

The lists that are most of a record come from ``regular`` where NLM wrote them in its usual form; the rest, and
whatever is unusual, is read from a tree. Both ways give the same record.
This module refuses to correct NLM: what is missing stays None, what has the wrong form is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from litwatch.citations import Pmid
from litwatch.errors import RecordUnreadable
from litwatch.pubmed_xml import books, parts
from litwatch.pubmed_xml.answer import RECORD_LIMIT, Gap, Slice, pmid_in
from litwatch.pubmed_xml.markup import text, text_or_none
from litwatch.pubmed_xml.regular import NOTHING_REGULAR, Regular, take_lists
from litwatch.records import (
    Journal,
    MeshHeading,
    MeshQualifier,
    Notice,
    OtherAbstract,
    Record,
    RecordKind,
    RegistryEntry,
)

# No entity can be declared in a slice (its document type stays outside), so an entity is an error, never a bomb.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)
_MATHML_PREFIX = b' xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def read_record(piece: Slice) -> Record:
    """Read one record. Raises RecordUnreadable, with its PMID where that can be read."""
    try:
        if piece.data.startswith(b"<PubmedBookArticle"):
            return books.read_book(_parse(piece.data, piece.namespaces))
        rest, found = take_lists(piece.data) if piece.plain else (piece.data, NOTHING_REGULAR)
        return _read_article(_parse(rest, piece.namespaces), found)
    except (etree.XMLSyntaxError, ValueError) as error:
        pmid = pmid_in(piece.data)
        named = f"PMID {pmid}" if pmid else "PMID unreadable"
        raise RecordUnreadable(
            f"record {piece.position} of the answer ({named}) cannot be read: {str(error)[:200]}; "
            "the records around it are not affected; fetch it again, or look it up at PubMed",
            pmid=pmid,
        ) from error


def read_gap(gap: Gap) -> tuple[Pmid, ...]:
    """The PMIDs that NLM deleted. Raises RecordUnreadable when anything else stands between the records."""
    try:
        return tuple(_deleted_pmids(_parse(b"<gap>" + gap.data + b"</gap>", b"")))
    except (etree.XMLSyntaxError, ValueError) as error:
        pmid = pmid_in(gap.data)
        named = f" (PMID {pmid})" if pmid else ""
        raise RecordUnreadable(
            f"behind record {gap.position} of the answer stands what is no record{named}: {str(error)[:200]}; "
            "fetch the answer again",
            pmid=pmid,
        ) from error


def _deleted_pmids(gap: etree._Element) -> Iterator[Pmid]:
    if any(between and between.strip() for between in (gap.text, *(child.tail for child in gap))):
        raise ValueError("text between the records")
    for child in gap:
        if child.tag not in {"DeleteCitation", "DeleteDocument"}:
            raise ValueError(f"an element {str(child.tag)[:60]!r} between the records")
        for element in child.iterchildren("PMID"):
            pmid = parts.pmid_from(text(element))
            if pmid is None:
                raise ValueError("a deleted PMID that is no number")
            yield pmid


def _parse(data: bytes, namespaces: bytes) -> etree._Element:
    if len(data) > RECORD_LIMIT:
        raise ValueError(f"it is larger than {RECORD_LIMIT >> 20} MB")
    try:
        return etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        if "Namespace prefix" not in str(error):
            raise
        declared = namespaces if b"xmlns:" in namespaces else _MATHML_PREFIX
        return etree.fromstring(b"<set" + declared + b">" + data + b"</set>", _PARSER)[0]


def _read_article(root: etree._Element, found: Regular) -> Record:
    halves = parts.first_of_each(root)
    citation = halves.get("MedlineCitation")
    if citation is None:
        raise ValueError("it has no MedlineCitation")
    fields = parts.first_of_each(citation)
    pmid = parts.pmid_from(text(fields.get("PMID")))
    article = fields.get("Article")
    if pmid is None or article is None:
        raise ValueError("it has no PMID" if pmid is None else "it has no Article")
    inner = parts.first_of_each(article)
    data = halves.get("PubmedData")
    outer = {} if data is None else parts.first_of_each(data)
    cites = found.cites
    if data is not None and "ReferenceList" in outer:
        cites += tuple(parts.cited_pmids(data.iterchildren("ReferenceList")))
    ids = parts.Identifiers()
    ids.add_list(outer.get("ArticleIdList"))
    if "ELocationID" in inner:
        ids.add_locations(article.iterchildren("ELocationID"))
    doi, *other_dois = ids.dois or (None,)
    history = found.history or parts.history(outer.get("History"))
    author_list = inner.get("AuthorList")
    journal = inner.get("Journal")
    return Record(
        pmid=pmid,
        version=parts.version_of(fields["PMID"]),
        kind=RecordKind.ARTICLE,
        status=citation.get("Status", ""),
        title=text(inner.get("ArticleTitle")),
        vernacular_title=text_or_none(inner.get("VernacularTitle")),
        abstract=parts.abstract_parts(inner.get("Abstract", ())),
        other_abstracts=_other_abstracts(citation) if "OtherAbstract" in fields else (),
        copyright=parts.copyright_of(inner.get("Abstract", ())),
        languages=tuple(text(child) for child in article if child.tag == "Language"),
        journal=_journal(journal, parts.pages(inner.get("Pagination")), fields.get("MedlineJournalInfo")),
        published=None if journal is None else parts.published_on(next(journal.iter("PubDate"), None)),
        electronic=parts.day_of(inner.get("ArticleDate")),
        entered=history.get("pubmed"),
        created=history.get("entrez"),
        mesh_dated=history.get("medline"),
        completed=parts.day_of(fields.get("DateCompleted")),
        revised=parts.day_of(fields.get("DateRevised")),
        publication_status=text_or_none(outer.get("PublicationStatus")),
        authors=found.authors or parts.authors(author_list),
        authors_complete=author_list is None or author_list.get("CompleteYN") != "N",
        publication_types=parts.publication_types(inner.get("PublicationTypeList", ())),
        mesh=found.mesh or _mesh(fields.get("MeshHeadingList", ())),
        substances=_substances(fields.get("ChemicalList", ()), fields.get("SupplMeshList", ())),
        keywords=parts.keywords(citation.iterchildren("KeywordList")) if "KeywordList" in fields else (),
        doi=doi,
        other_dois=tuple(other_dois),
        pmcid=ids.pmcid,
        pii=ids.pii,
        notices=found.notices or _notices(fields.get("CommentsCorrectionsList", ())),
        registry=_registry(inner.get("DataBankList", ())),
        cites=tuple(dict.fromkeys(cites)),
        publication_model=article.get("PubModel"),
        indexing_method=citation.get("IndexingMethod"),
    )


def _journal(journal: etree._Element | None, pages: str | None, medline: etree._Element | None) -> Journal:
    own = parts.texts(journal)
    issue = {} if journal is None else parts.texts(next(journal.iterchildren("JournalIssue"), None))
    known = parts.texts(medline)
    return Journal(
        title=own.get("Title") or None,
        abbreviation=known.get("MedlineTA") or own.get("ISOAbbreviation") or None,
        issn=own.get("ISSN") or known.get("ISSNLinking") or None,
        nlm_id=known.get("NlmUniqueID") or None,
        volume=issue.get("Volume") or None,
        issue=issue.get("Issue") or None,
        pages=pages,
        country=known.get("Country") or None,
    )


def _other_abstracts(citation: etree._Element) -> tuple[OtherAbstract, ...]:
    return tuple(
        OtherAbstract(other.get("Type", ""), other.get("Language", "eng"), found)
        for other in citation.iterchildren("OtherAbstract")
        if (found := parts.abstract_parts(other))
    )


def _mesh(headings: Iterable[etree._Element]) -> tuple[MeshHeading, ...]:
    found = []
    for heading in headings:
        descriptor, qualifiers = None, []
        for child in heading:
            if child.tag == "DescriptorName":
                descriptor = child
            elif child.tag == "QualifierName":
                qualifiers.append(MeshQualifier(child.get("UI", ""), text(child), child.get("MajorTopicYN") == "Y"))
        if descriptor is not None:
            major = descriptor.get("MajorTopicYN") == "Y"
            found.append(MeshHeading(descriptor.get("UI", ""), text(descriptor), major, tuple(qualifiers)))
    return tuple(found)


def _substances(chemicals: Iterable[etree._Element], supplementary: Iterable[etree._Element]) -> tuple[str, ...]:
    names = [text(name) for chemical in chemicals for name in chemical.iterchildren("NameOfSubstance")]
    return tuple(dict.fromkeys(filter(None, (*names, *map(text, supplementary)))))


def _notices(entries: Iterable[etree._Element]) -> tuple[Notice, ...]:
    found = ((entry.get("RefType", ""), parts.texts(entry)) for entry in entries)
    return tuple(
        parts.notice(word, given.get("RefSource", ""), given.get("PMID", ""), given.get("Note", ""))
        for word, given in found
    )


def _registry(banks: Iterable[etree._Element]) -> tuple[RegistryEntry, ...]:
    return tuple(
        RegistryEntry(text(next(bank.iterchildren("DataBankName"), None)), text(accession))
        for bank in banks
        for accession in bank.iter("AccessionNumber")
    )
