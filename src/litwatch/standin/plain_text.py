"""EFetch's text forms: the MEDLINE (nbib) format, the abstract format and the list of identifiers.

Tags and their order follow NLM's "MEDLINE/PubMed Data Element (Field) Descriptions" and recorded answers. Fields that
no reader of the stand-in needs (grants, genes, investigators) are not written.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from lxml import etree

from litwatch.standin import docsum
from litwatch.standin.corpus import View

_WIDTH = 82
_NOTICE_TAGS = {
    "CommentIn": "CIN", "CommentOn": "CON", "ErratumIn": "EIN", "ErratumFor": "EFR", "RetractionIn": "RIN",
    "RetractionOf": "ROF", "UpdateIn": "UIN", "UpdateOf": "UOF", "ExpressionOfConcernIn": "ECI",
    "ExpressionOfConcernFor": "ECF", "RepublishedIn": "RPI", "RepublishedFrom": "RPF", "OriginalReportIn": "ORI",
    "CorrectedandRepublishedIn": "CRI", "CorrectedandRepublishedFrom": "CRF", "RetractedandRepublishedIn": "RRI",
    "RetractedandRepublishedFrom": "RRF", "SummaryForPatientsIn": "SPIN", "AssociatedDataset": "DDIN",
}  # fmt: skip


def write(kind: str, pmids: Sequence[int], view: View) -> str:
    """Write the records as ``uilist``, ``medline`` or ``abstract`` text; an absent one leaves NCBI's sentence."""
    if kind == "uilist":
        return "".join(f"{pmid}\n" for pmid in pmids if pmid in view)
    parts = []
    for number, pmid in enumerate(pmids, 1):
        element = view.element(pmid)
        if element is None:
            parts.append(f"id: {pmid} Error occurred: The following PMID is not available: {pmid}\n")
        elif kind == "medline":
            parts.append("\n".join(_medline(element)) + "\n")
        else:
            parts.append(f"{number}. {_abstract(element)}\n")
    return "\n" + "\n".join(parts) if kind == "medline" else "\n\n".join(parts)


def _medline(record: etree._Element) -> Iterator[str]:
    summary = docsum.summarise(record)
    citation = record.find("MedlineCitation")
    yield _field("PMID", summary.uid)
    if citation is not None:
        yield _field("OWN", citation.get("Owner", "NLM"))
        yield _field("STAT", citation.get("Status", ""))
    for tag, path in (("DCOM", "DateCompleted"), ("LR", "DateRevised")):
        if day := _day(record.find(f"MedlineCitation/{path}")):
            yield _field(tag, day)
    for issn, medium in ((summary.issn, "Print"), (summary.essn, "Electronic")):
        if issn:
            yield _field("IS", f"{issn} ({medium})")
    yield from _fields(("VI", summary.volume), ("IP", summary.issue), ("DP", summary.published))
    yield _field("TI", summary.title)
    yield from _fields(("PG", summary.pages))
    for place in record.iterfind(".//ELocationID"):
        yield _field("LID", f"{place.text} [{place.get('EIdType')}]")
    if summary.abstract:
        yield _field("AB", " ".join(f"{label}: {said}" if label else said for label, said in summary.abstract))
    for author in record.iterfind(".//AuthorList[1]/Author"):
        yield from _medline_author(author)
    yield from (_field("LA", language.text or "") for language in record.iterfind(".//Language"))
    yield from (_field("PT", kind) for kind in summary.types)
    if day := _day(record.find(".//ArticleDate")):
        yield _field("DEP", day)
    yield from _fields(
        ("PL", record.findtext(".//MedlineJournalInfo/Country") or ""),
        ("TA", summary.source),
        ("JT", summary.journal),
        ("JID", summary.nlm_id),
    )
    yield from (_field("SB", subset.text or "") for subset in record.iterfind(".//CitationSubset"))
    for heading in record.iterfind(".//MeshHeading"):
        yield _field("MH", "/".join(f"{'*' if p.get('MajorTopicYN') == 'Y' else ''}{p.text}" for p in heading))
    for notice in record.iterfind(".//CommentsCorrections"):
        mark = _NOTICE_TAGS.get(notice.get("RefType", ""))
        if mark:
            source, pmid = notice.findtext("RefSource") or "", notice.findtext("PMID")
            yield _field(mark, f"{source} PMID: {pmid}" if pmid else source)
    yield from (_field("OT", docsum.words(keyword)) for keyword in record.iterfind(".//Keyword"))
    moments = {entry.status: entry.moment for entry in summary.history}
    for tag, status in (("EDAT", "pubmed"), ("MHDA", "medline"), ("CRDT", "entrez")):
        yield from _fields((tag, moments.get(status, "")))
    for entry in summary.history:
        if entry.status not in ("pubmed", "medline", "entrez"):
            yield _field("PHST", f"{entry.moment} [{entry.status}]")
    yield from (_field("AID", f"{value} [{kind}]") for kind, value in summary.ids if kind in ("doi", "pii"))
    yield from _fields(("PST", summary.status), ("SO", f"{summary.source}. {summary.line}."))


def _medline_author(author: etree._Element) -> Iterator[str]:
    group, last = author.findtext("CollectiveName") or "", author.findtext("LastName") or ""
    if group:
        yield _field("CN", group)
    elif last:
        yield _field("FAU", ", ".join(part for part in (last, author.findtext("ForeName")) if part))
        yield _field("AU", docsum.author_name(author))
    for identifier in author.iterfind("Identifier"):
        yield _field("AUID", f"{identifier.get('Source')}: {identifier.text}")
    yield from (_field("AD", docsum.words(place)) for place in author.iterfind("AffiliationInfo/Affiliation"))


def _abstract(record: etree._Element) -> str:
    summary = docsum.summarise(record)
    line = f"{summary.source}. {summary.line}."
    if summary.doi:
        line += f" doi: {summary.doi}."
    blocks = [line, summary.title]
    if summary.authors:
        blocks.append(", ".join(summary.authors) + ".")
    blocks += [f"{label}: {said}" if label else said for label, said in summary.abstract]
    identity = [f"DOI: {summary.doi}"] if summary.doi else []
    identity += [f"PMCID: {value}" for kind, value in summary.ids if kind == "pmc"]
    indexed = " [Indexed for MEDLINE]" if summary.medline == "MEDLINE" else ""
    identity.append(f"PMID: {summary.uid}{indexed}")
    wrapped = ["\n".join(textwrap.wrap(block, 80, break_long_words=False)) for block in blocks]
    return "\n\n".join([*wrapped, "\n".join(identity)])


def _fields(*pairs: tuple[str, str]) -> Iterator[str]:
    return (_field(tag, value) for tag, value in pairs if value)


def _field(tag: str, value: str) -> str:
    lines = textwrap.wrap(value, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return f"{tag:<4}- " + "\n      ".join(lines)


def _day(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return "".join((element.findtext(part) or "01").zfill(2) for part in ("Year", "Month", "Day"))
