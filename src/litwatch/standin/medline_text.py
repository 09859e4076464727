"""EFetch's MEDLINE (nbib) format: one tagged field a line, in ASCII.

Tags, their order and their forms follow recorded answers of 2023 and 2026, a file of 2019 with a hundred records, and
for fields that none of these has (SI, OAB, PS, RF, GS, SFM, GN) NLM's "MEDLINE/PubMed Data Element (Field)
Descriptions". Lines are broken before the text is spelled in ASCII, so that a line with Greek letters is longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from litwatch.standin import citation_line, docsum
from litwatch.standin.docsum import Summary
from litwatch.standin.line_breaks import broken
from litwatch.standin.transliteration import in_ascii

_WIDTH: Final = 82
"""Characters of a line behind the tag, a blank at its end included."""
NOTICE_TAGS: Final = {
    "CommentIn": "CIN", "CommentOn": "CON", "ErratumIn": "EIN", "ErratumFor": "EFR", "RetractionIn": "RIN",
    "RetractionOf": "ROF", "UpdateIn": "UIN", "UpdateOf": "UOF", "ExpressionOfConcernIn": "ECI",
    "ExpressionOfConcernFor": "ECF", "RepublishedIn": "RPI", "RepublishedFrom": "RPF", "OriginalReportIn": "ORI",
    "CorrectedandRepublishedIn": "CRI", "CorrectedandRepublishedFrom": "CRF", "RetractedandRepublishedIn": "RRI",
    "RetractedandRepublishedFrom": "RRF", "PartialRetractionIn": "PRIN", "PartialRetractionOf": "PROF",
    "SummaryForPatientsIn": "SPIN", "AssociatedDataset": "DDIN", "AssociatedPublication": "DRIN",
}  # fmt: skip
"""CommentsCorrections/@RefType → the tag of its line."""
_HEADED: Final = re.compile(
    r"\A((?:declarations? of )?(?:competing|conflict(?:s|ing)?|potential conflicts?|interests?)(?: of)?"
    r"(?: interests?)?(?: statement)?)\. (?=[A-Z])",
    re.IGNORECASE,
)
"""A heading at the start of a conflict-of-interest statement; its full stop is not printed (recorded in 2023)."""

Field = tuple[str, str]
"""(tag, value); a field without a value is not written."""


def write(record: etree._Element) -> str:
    """One record as its lines, each with its line end."""
    return "".join(_line(tag, value) for tag, value in _fields(record) if value)


def undotted_heading(statement: str) -> str:
    """A conflict-of-interest statement as the text forms print it."""
    return _HEADED.sub(r"\1 ", statement)


def source(notice: etree._Element) -> str:
    """Where a notice stands, with its full stop: ``Lancet. 2010 Feb 6;375(9713):445.``"""
    said = docsum.words(where) if (where := notice.find("RefSource")) is not None else ""
    return said if not said or said.endswith((".", "?", "!")) else f"{said}."


def _line(tag: str, value: str) -> str:
    return f"{tag:<4}- " + "\n      ".join(map(in_ascii, broken(value, _WIDTH))) + "\n"


def _fields(record: etree._Element) -> Iterator[Field]:
    summary = docsum.summarise(record)
    yield from _identity(record, summary)
    yield from _publication(record, summary)
    for author in record.iterfind(".//AuthorList[1]/Author"):
        yield from _author(author)
    yield from (("LA", language) for language in summary.language)
    yield from _banks(record)
    yield from (("GR", _grant(grant)) for grant in record.iterfind(".//GrantList/Grant"))
    yield from (("PT", kind) for kind in summary.types)
    yield "TT", summary.vernacular
    yield "DEP", _day(record.find(".//ArticleDate"))
    yield "PL", record.findtext(".//MedlineJournalInfo/Country") or ""
    yield "TA", summary.source
    yield "JT", summary.journal
    yield "JID", summary.nlm_id
    yield from _subjects(record)
    yield from _identifiers(record, summary)
    yield "PST", summary.status
    yield "SO", citation_line.cite(summary)


def _identity(record: etree._Element, summary: Summary) -> Iterator[Field]:
    citation = record.find("MedlineCitation")
    yield "PMID", summary.uid
    if citation is not None:
        yield "OWN", citation.get("Owner", "NLM")
        yield "STAT", citation.get("Status", "")
    yield "DCOM", _day(record.find("MedlineCitation/DateCompleted"))
    yield "LR", _day(record.find("MedlineCitation/DateRevised"))


def _publication(record: etree._Element, summary: Summary) -> Iterator[Field]:
    for issn, medium in ((summary.essn, "Electronic"), (summary.issn, "Print"), (summary.linking, "Linking")):
        yield "IS", f"{issn} ({medium})" if issn else ""
    yield "BTI", summary.book
    yield "VI", summary.volume
    yield "IP", summary.issue
    yield "DP", summary.published
    title = record.find(".//ArticleTitle")
    yield "TI", docsum.flat(title) if title is not None and docsum.words(title) else summary.title
    yield "PG", summary.pages
    yield from (("LID", f"{value} [doi]") for kind, value in summary.places if kind == "doi")
    yield from (("LID", value) for kind, value in summary.places if kind == "pii")
    parts = [(part.get("Label"), docsum.flat(part)) for part in record.iterfind(".//Abstract/AbstractText")]
    yield "AB", " ".join(f"{label}: {said}" if label else said for label, said in parts)
    yield "CI", docsum.flat_at(record, ".//Abstract/CopyrightInformation")


def _author(author: etree._Element) -> Iterator[Field]:
    group, last = author.find("CollectiveName"), author.findtext("LastName") or ""
    if group is not None:
        yield "CN", docsum.words(group)
    elif last:
        yield "FAU", _full_name(author)
        yield "AU", docsum.author_name(author)
    for identifier in author.iterfind("Identifier"):
        yield "AUID", f"{identifier.get('Source')}: {identifier.text}"
    yield from (("AD", docsum.flat(place)) for place in author.iterfind("AffiliationInfo/Affiliation"))


def _full_name(person: etree._Element) -> str:
    given = " ".join(part for part in (person.findtext("ForeName"), person.findtext("Suffix")) if part)
    return ", ".join(part for part in (person.findtext("LastName"), given) if part)


def _banks(record: etree._Element) -> Iterator[Field]:
    for bank in record.iterfind(".//DataBankList/DataBank"):
        name = bank.findtext("DataBankName") or ""
        numbers = [number.text or "" for number in bank.iterfind("AccessionNumberList/AccessionNumber")]
        yield from (("SI", f"{name}/{number}") for number in numbers or ())
        if not numbers:
            yield "SI", name


def _grant(grant: etree._Element) -> str:
    parts = (grant.findtext(part) for part in ("GrantID", "Acronym", "Agency", "Country"))
    return "/".join(part for part in parts if part)


def _subjects(record: etree._Element) -> Iterator[Field]:
    for chemical in record.iterfind(".//ChemicalList/Chemical"):
        yield "RN", f"{chemical.findtext('RegistryNumber')} ({chemical.findtext('NameOfSubstance')})"
    yield from (("SB", subset.text or "") for subset in record.iterfind(".//CitationSubset"))
    for notice in record.iterfind(".//CommentsCorrections"):
        if tag := NOTICE_TAGS.get(notice.get("RefType", "")):
            pmid = notice.findtext("PMID")
            yield tag, f"{source(notice)} PMID: {pmid}".strip() if pmid else source(notice)
    yield from (("GS", symbol.text or "") for symbol in record.iterfind(".//GeneSymbol"))
    for heading in record.iterfind(".//MeshHeading"):
        yield "MH", "/".join(f"{'*' if p.get('MajorTopicYN') == 'Y' else ''}{p.text}" for p in heading)
    for person in record.iterfind(".//PersonalNameSubject"):
        yield "FPS", _full_name(person)
        yield "PS", docsum.author_name(person)
    yield "RF", record.findtext(".//NumberOfReferences") or ""


def _identifiers(record: etree._Element, summary: Summary) -> Iterator[Field]:
    moments = {entry.status: entry.moment for entry in summary.history}
    yield from (("PMC", value) for kind, value in summary.ids if kind == "pmc")
    yield from (("MID", value) for kind, value in summary.ids if kind == "mid")
    for other in record.iterfind(".//OtherAbstract"):
        text = " ".join(docsum.flat(part) for part in other.iterfind("AbstractText"))
        yield "OAB", f"{other.get('Type')}: {text}"
        yield "OABL", other.get("Language", "")
    for listing in record.iterfind(".//KeywordList"):
        yield "OTO", listing.get("Owner", "") if len(listing) else ""
        for keyword in listing.iterfind("Keyword"):
            yield "OT", f"{'*' if keyword.get('MajorTopicYN') == 'Y' else ''}{docsum.flat(keyword)}"
    yield "COIS", undotted_heading(docsum.flat_at(record, ".//CoiStatement"))
    yield from (("SFM", mission.text or "") for mission in record.iterfind(".//SpaceFlightMission"))
    for person in record.iterfind(".//InvestigatorList/Investigator"):
        yield "FIR", _full_name(person)
        yield "IR", docsum.author_name(person)
        yield from (("IRAD", docsum.flat(place)) for place in person.iterfind("AffiliationInfo/Affiliation"))
    yield from (("GN", docsum.words(note)) for note in record.iterfind(".//GeneralNote"))
    yield "EDAT", moments.get("pubmed", "")
    yield "MHDA", moments.get("medline", "")
    yield "PMCR", summary.released
    yield "CRDT", moments.get("entrez", "")
    yield from (("PHST", f"{entry.moment} [{entry.status}]") for entry in summary.history)
    for wanted in ("pii", "doi", "bookaccession"):
        yield from (("AID", f"{value} [{kind}]") for kind, value in summary.ids if kind == wanted)


def _day(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return "".join((element.findtext(part) or "01").zfill(2) for part in ("Year", "Month", "Day"))
