"""Reads what ESummary and the text forms say about one record out of its XML: a summary in plain values.

Written from the element and not from ``litwatch.model.record``, because a summary shows things that litwatch has no use
for: print and electronic ISSN, every date of the record's history, PubMed's status sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

_STATUS: Final = {
    "MEDLINE": "PubMed - indexed for MEDLINE",
    "OLDMEDLINE": "PubMed - OLDMEDLINE",
    "In-Process": "PubMed - in process",
    "In-Data-Review": "PubMed - in process",
    "Publisher": "PubMed - as supplied by publisher",
}
"""MedlineCitation/@Status → RecordStatus; everything else is plain "PubMed"."""

_MARKUP: Final = frozenset({"b", "i", "sub", "sup", "u"})
_RAISED: Final = frozenset({"sub", "sup"})
_MONTHS: Final = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One date of the record's history."""

    status: str
    """received, accepted, entrez, pubmed, medline, …"""
    moment: str
    """``2019/02/23 06:00``."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One CommentsCorrections entry as ESummary shows it."""

    source: str
    kind: str
    """``Comment in``, ``Retraction in``."""
    pmid: str
    note: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a document summary says; empty strings where the record says nothing."""

    uid: str
    published: str
    electronic: str
    source: str
    authors: tuple[str, ...]
    title: str
    marked_title: str
    """The title with its ``<i> <b> <sub> <sup> <u>`` as text: summaries show them escaped (EDirectCookbook#38)."""
    volume: str
    issue: str
    pages: str
    language: tuple[str, ...]
    nlm_id: str
    issn: str
    """Of print; the linking ISSN where the record has only an electronic one and that is another."""
    essn: str
    linking: str
    types: tuple[str, ...]
    medline: str
    """MedlineCitation/@Status."""
    status: str
    """PublicationStatus: ppublish, epublish, aheadofprint."""
    model: str
    """Article/@PubModel: Print, Print-Electronic, Electronic, Electronic-Print, Electronic-eCollection."""
    ids: tuple[tuple[str, str], ...]
    history: tuple[Moment, ...]
    relations: tuple[Relation, ...]
    abstract: tuple[tuple[str, str], ...]
    """(label, text) of each part."""
    references: int
    """Entries of its own reference list."""
    journal: str
    places: tuple[tuple[str, str], ...]
    """ELocationID: (``doi`` or ``pii``, value)."""
    sort_date: str
    vernacular: str
    book: str
    publisher: str

    @property
    def doi(self) -> str:
        """The record's DOI, as printed."""
        return next((value for kind, value in self.ids if kind == "doi"), "")

    @property
    def publishing(self) -> str:
        """How it was published: ``ppublish+epublish`` if on both ways, nothing of a member of an electronic collection.

        Version 1 of a summary shows it so (recorded in 2021), version 2.0 and JSON as a number.
        """
        if self.electronic and self.model == "Electronic-eCollection" and self.status != "aheadofprint":
            return ""
        return "ppublish+epublish" if self.electronic and self.status == "ppublish" else self.status

    @property
    def released(self) -> str:
        """The day from which PMC shows the article, ``2026/07/01``; empty where the record does not say."""
        return next((entry.moment for entry in self.history if entry.status == "pmc-release"), "")[:10]

    @property
    def location(self) -> str:
        """Every ELocationID in one line: ``doi: 10.…``."""
        return ". ".join(f"{kind}: {value}" for kind, value in self.places)

    @property
    def record_status(self) -> str:
        """PubMed's sentence about how far the record has come."""
        return _STATUS.get(self.medline, "PubMed")

    @property
    def line(self) -> str:
        """The citation line without journal: ``2019 Feb 19;24(4):188-91``."""
        issue = f"({self.issue})" if self.issue else ""
        return f"{self.published};{self.volume}{issue}" + (f":{self.pages}" if self.pages else "")

    @property
    def sort_title(self) -> str:
        """The title in lower case without punctuation."""
        return " ".join(re.sub(r"[^\w]+", " ", self.title.lower()).split())


def summarise(record: etree._Element) -> Summary:
    """Read one PubmedArticle or PubmedBookArticle element."""
    book = record.find("BookDocument")
    citation = record.find("MedlineCitation")
    root = book if book is not None else citation if citation is not None else record
    title = root.find(".//ArticleTitle")
    if title is None or not words(title):
        title = root.find(".//VernacularTitle") if book is None else root.find(".//BookTitle")
    authors = next((listing for listing in root.iterfind(".//AuthorList") if listing.get("Type") != "editors"), None)
    issn = {element.get("IssnType"): element.text or "" for element in root.iterfind(".//ISSN")}
    published = _published(root.find(".//PubDate"))
    electronic = _written(root.find(".//ArticleDate"))
    article = root.find("Article")
    model = article.get("PubModel", "") if article is not None else ""
    in_collection = model == "Electronic-eCollection" and bool(electronic)
    linking = root.findtext("MedlineJournalInfo/ISSNLinking") or ""
    electronic_issn = issn.get("Electronic", "")
    return Summary(
        uid=root.findtext("PMID") or "",
        published=published or electronic,
        electronic=electronic,
        source=root.findtext("MedlineJournalInfo/MedlineTA") or root.findtext(".//ISOAbbreviation") or "",
        authors=tuple(name for author in (authors if authors is not None else ()) if (name := author_name(author))),
        title=words(title) if title is not None else "",
        marked_title=_marked(title) if title is not None else "",
        volume=root.findtext(".//JournalIssue/Volume") or "",
        issue=root.findtext(".//JournalIssue/Issue") or "",
        pages=_pages(root),
        language=tuple(element.text or "" for element in root.iterfind(".//Language")),
        nlm_id=root.findtext("MedlineJournalInfo/NlmUniqueID") or "",
        issn=issn.get("Print") or (linking if electronic_issn and linking != electronic_issn else ""),
        essn=electronic_issn,
        linking=linking,
        types=tuple(words(kind) for kind in root.iterfind(".//PublicationType")),
        medline=citation.get("Status", "") if citation is not None else "",
        status=record.findtext(".//PublicationStatus") or "",
        model=model,
        ids=_identifiers(record, root),
        history=tuple(_moment(element) for element in record.iterfind(".//History/PubMedPubDate")),
        relations=tuple(
            relation(element)
            for element in root.iterfind(".//CommentsCorrections")
            if element.get("RefType") != "Cites"  # a reference list of before 2019
        ),
        abstract=tuple((part.get("Label") or "", words(part)) for part in root.iterfind(".//Abstract/AbstractText")),
        references=sum(1 for _ in record.iterfind(".//ReferenceList/Reference")),
        journal=root.findtext(".//Journal/Title") or "",
        places=tuple((place.get("EIdType", ""), place.text) for place in root.iterfind(".//ELocationID") if place.text),
        sort_date=_sortable(electronic if in_collection else published or electronic),
        vernacular=root.findtext(".//VernacularTitle") or "",
        book=words(title_of_book) if (title_of_book := root.find(".//BookTitle")) is not None else "",
        publisher=root.findtext(".//PublisherName") or "",
    )


def words(element: etree._Element) -> str:
    """An element's whole text, markup dropped and blanks normalised."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def flat(element: etree._Element) -> str:
    """An element's whole text on one line, what is raised or lowered in brackets: ``CD4(+)``, ``m(-2)``."""
    return " ".join(_flat(element).split())


def flat_at(record: etree._Element, path: str) -> str:
    """``flat`` of the first element at a path; empty where there is none."""
    element = record.find(path)
    return flat(element) if element is not None else ""


def _flat(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            inner = _flat(child)
            parts.append(f"({inner})" if child.tag in _RAISED and inner.strip() else inner)
        parts.append(child.tail or "")
    return "".join(parts)


def _marked(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        inner = _marked(child)
        parts.append(f"<{child.tag}>{inner}</{child.tag}>" if child.tag in _MARKUP else inner)
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())


def author_name(author: etree._Element) -> str:
    """``Hambrick GW Jr``, or a group's name."""
    last = author.findtext("LastName")
    if not last:
        group = author.find("CollectiveName")
        return words(group) if group is not None else ""
    parts = (last, author.findtext("Initials"), author.findtext("Suffix"))
    return " ".join(part for part in parts if part)


def _published(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return element.findtext("MedlineDate") or _written(element)


def _written(element: etree._Element | None) -> str:
    if element is None:
        return ""
    year, month, day = (element.findtext(part) or "" for part in ("Year", "Month", "Day"))
    month = month or element.findtext("Season") or ""
    if month.isdigit() and 1 <= int(month) <= 12:
        month = list(_MONTHS)[int(month) - 1].capitalize()
    return " ".join(part for part in (year, month, day.lstrip("0")) if part)


def _sortable(written: str) -> str:
    match = re.match(r"(\d{4})(?:\s+([A-Za-z]{3}))?(?:\s+(\d{1,2})\b)?", written)
    if match is None:
        return ""
    month = _MONTHS.get((match[2] or "").lower(), 1)
    return f"{match[1]}/{month:02d}/{int(match[3] or 1):02d} 00:00"


def _pages(root: etree._Element) -> str:
    pages = root.findtext(".//Pagination/MedlinePgn")
    if pages:
        return pages
    first, last = (root.findtext(f".//Pagination/{part}") or "" for part in ("StartPage", "EndPage"))
    return f"{first}-{last}" if first and last else first


def _identifiers(record: etree._Element, root: etree._Element) -> tuple[tuple[str, str], ...]:
    own = record.find("PubmedData/ArticleIdList")
    listing = own if own is not None else root.find("ArticleIdList")
    found = [
        (element.get("IdType", "pubmed"), element.text or "") for element in (listing if listing is not None else ())
    ]
    if not any(kind == "pubmed" for kind, _ in found):
        found.insert(0, ("pubmed", root.findtext("PMID") or ""))
    return tuple(found)


def _moment(element: etree._Element) -> Moment:
    year, month, day = ((element.findtext(part) or "1").zfill(2) for part in ("Year", "Month", "Day"))
    hour, minute = ((element.findtext(part) or "0").zfill(2) for part in ("Hour", "Minute"))
    return Moment(element.get("PubStatus", ""), f"{year}/{month}/{day} {hour}:{minute}")


def relation(element: etree._Element) -> Relation:
    """Read one CommentsCorrections entry."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", element.get("RefType", "")).replace("and Republished", "and republished")
    shown = kind[:1] + kind[1:].lower()
    return Relation(
        element.findtext("RefSource") or "", shown, element.findtext("PMID") or "", element.findtext("Note") or ""
    )
