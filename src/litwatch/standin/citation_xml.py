"""Writes invented PubMed citations as EFetch XML: ``Citation`` → PubmedArticle element, many → PubmedArticleSet.

Element order and attributes follow pubmed_250101.dtd. The values are plain and immutable, so that a record's life is a
row of ``dataclasses.replace``. Whether a record makes sense is not checked: a stand-in must be able to serve nonsense,
too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from litwatch.model.record import AbstractPart, Author, MeshHeading, Notice, PublicationType, RegistryEntry

PROLOG = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
"""Declaration and document type as EFetch sends them."""

_MONTHS = frozenset("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_SEASONS = frozenset("Spring Summer Fall Autumn Winter".split())
_TAG = r"(?:b|i|sub|sup|u)"
_INNERMOST = re.compile(rf"&lt;({_TAG})&gt;((?:(?!&lt;/?{_TAG}&gt;).)*)&lt;/\1&gt;", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Periodical:
    """A journal as MedlineJournalInfo and Journal describe it; None leaves an element out."""

    title: str
    abbreviation: str
    issn: str | None = None
    nlm_id: str | None = None
    country: str | None = None
    medium: str = "Internet"
    """JournalIssue/@CitedMedium: Internet or Print."""


@dataclass(frozen=True, slots=True)
class Cited:
    """One entry of a record's own reference list."""

    text: str
    pmid: int | None = None
    doi: str | None = None


@dataclass(frozen=True, slots=True)
class Substance:
    """A ChemicalList entry; registry number "0" as NLM prints it where there is none."""

    ui: str
    name: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Everything that an invented record says. Titles and abstracts may hold ``<i> <b> <sub> <sup> <u>`` in pairs."""

    pmid: int
    title: str
    periodical: Periodical
    published: str
    """PubDate as printed: ``2020``, ``2020 Oct``, ``2020 Oct 9``, ``1999 Spring``; anything else is a MedlineDate."""
    created: date | None
    """CRDT (PubStatus entrez); None writes no History at all."""
    types: tuple[PublicationType, ...]
    entered: date | None = None
    """EDAT (PubStatus pubmed); None means the create date."""
    mesh_dated: date | None = None
    """MHDA (PubStatus medline); None means the entry date, as before indexing."""
    received: date | None = None
    accepted: date | None = None
    completed: date | None = None
    revised: date | None = None
    electronic: date | None = None
    status: str = "Publisher"
    indexing: str | None = None
    """IndexingMethod: Automated, Curated, NotIndexed."""
    publication_status: str = "ppublish"
    model: str = "Print-Electronic"
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pii: str | None = None
    pmc: str | None = None
    abstract: tuple[AbstractPart, ...] = ()
    plain_summary: str | None = None
    """An OtherAbstract of type plain-language-summary."""
    copyright: str | None = None
    authors: tuple[Author, ...] = ()
    language: str = "eng"
    mesh: tuple[MeshHeading, ...] = ()
    substances: tuple[Substance, ...] = ()
    keywords: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    registry: tuple[RegistryEntry, ...] = ()
    references: tuple[Cited, ...] = ()


def write_article(citation: Citation) -> bytes:
    """Write one ``<PubmedArticle>`` element, UTF-8, without declaration."""
    entered = citation.entered or citation.created
    method = f' IndexingMethod="{citation.indexing}"' if citation.indexing else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="{citation.status}" Owner="NLM"{method}>'
        f'<PMID Version="1">{citation.pmid}</PMID>'
        f"{_day('DateCompleted', citation.completed)}{_day('DateRevised', citation.revised)}{_article(citation)}"
        f"{_journal_info(citation.periodical)}{_substances(citation.substances)}"
        f"{'<CitationSubset>IM</CitationSubset>' if citation.status == 'MEDLINE' else ''}"
        f"{_notices(citation.notices)}{_mesh(citation.mesh)}{_plain_summary(citation.plain_summary)}"
        f"{_keywords(citation.keywords)}</MedlineCitation><PubmedData>{_history(citation, entered)}"
        f"<PublicationStatus>{citation.publication_status}</PublicationStatus>{_article_ids(citation)}"
        f"{_references(citation.references)}</PubmedData></PubmedArticle>"
    ).encode()


def write_article_set(articles: Iterable[bytes], deleted: Iterable[int] = ()) -> bytes:
    """Join PubmedArticle elements, in the order given, and a DeleteCitation for the deleted PMIDs, if any.

    An empty set is written as NLM sends it for an unknown PMID, against its own DTD.
    """
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    tail = f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
    return b"".join((PROLOG.encode(), b"<PubmedArticleSet>", *articles, f"{tail}</PubmedArticleSet>".encode()))


def _article(citation: Citation) -> str:
    places = (("doi", citation.doi), ("pii", citation.pii))
    locations = "".join(f'<ELocationID EIdType="{k}" ValidYN="Y">{_plain(v)}</ELocationID>' for k, v in places if v)
    pages = _pages(citation.pages, optional=bool(locations))
    kinds = "".join(
        f'<PublicationType UI="{kind.ui}">{_plain(kind.label)}</PublicationType>' for kind in citation.types
    )
    online = _day("ArticleDate", citation.electronic, ' DateType="Electronic"')
    return (
        f'<Article PubModel="{citation.model}">{_journal(citation)}'
        f"<ArticleTitle>{_rich(citation.title)}</ArticleTitle>{pages}{locations}{_abstract(citation)}"
        f"{_authors(citation.authors)}<Language>{citation.language}</Language>{_registry(citation.registry)}"
        f"<PublicationTypeList>{kinds}</PublicationTypeList>{online}</Article>"
    )


def _journal(citation: Citation) -> str:
    periodical = citation.periodical
    issn = f'<ISSN IssnType="Electronic">{periodical.issn}</ISSN>' if periodical.issn else ""
    return (
        f'<Journal>{issn}<JournalIssue CitedMedium="{periodical.medium}">{_element("Volume", citation.volume)}'
        f"{_element('Issue', citation.issue)}<PubDate>{_publication_date(citation.published)}</PubDate></JournalIssue>"
        f"{_element('Title', periodical.title)}{_element('ISOAbbreviation', periodical.abbreviation)}</Journal>"
    )


def _journal_info(periodical: Periodical) -> str:
    return (
        f"<MedlineJournalInfo>{_element('Country', periodical.country)}{_element('MedlineTA', periodical.abbreviation)}"
        f"{_element('NlmUniqueID', periodical.nlm_id)}{_element('ISSNLinking', periodical.issn)}</MedlineJournalInfo>"
    )


def _publication_date(printed: str) -> str:
    words = printed.split()
    dated = 1 <= len(words) <= 3 and len(words[0]) == 4 and words[0].isdecimal() and words[0].isascii()
    dated = dated and all(word in _MONTHS or word in _SEASONS for word in words[1:2])
    if not dated or (len(words) == 3 and (words[1] in _SEASONS or not words[2].isdecimal())):
        return f"<MedlineDate>{_plain(printed)}</MedlineDate>"
    names = ("Year", "Season" if len(words) > 1 and words[1] in _SEASONS else "Month", "Day")
    return "".join(f"<{name}>{word.zfill(2)}</{name}>" for name, word in zip(names, words, strict=False))


def _pages(pages: str | None, *, optional: bool) -> str:
    if not pages:
        return "" if optional else "<Pagination><MedlinePgn></MedlinePgn></Pagination>"
    first, dash, last = pages.partition("-")
    end = f"<EndPage>{_plain(last)}</EndPage>" if dash else ""
    return f"<Pagination>{_element('StartPage', first)}{end}{_element('MedlinePgn', pages)}</Pagination>"


def _abstract(citation: Citation) -> str:
    if not citation.abstract:
        return ""
    parts = "".join(
        f"<AbstractText{_attribute('Label', part.label)}{_attribute('NlmCategory', part.nlm_category)}>"
        f"{_rich(part.text)}</AbstractText>"
        for part in citation.abstract
    )
    return f"<Abstract>{parts}{_element('CopyrightInformation', citation.copyright)}</Abstract>"


def _authors(authors: tuple[Author, ...]) -> str:
    if not authors:
        return ""
    return f'<AuthorList CompleteYN="Y">{"".join(map(_author, authors))}</AuthorList>'


def _author(author: Author) -> str:
    orcid = f'<Identifier Source="ORCID">{author.orcid}</Identifier>' if author.orcid else ""
    places = "".join(
        f"<AffiliationInfo><Affiliation>{_plain(place)}</Affiliation></AffiliationInfo>"
        for place in author.affiliations
    )
    if author.collective_name:
        name = _element("CollectiveName", author.collective_name)
    else:
        name = (
            f"{_element('LastName', author.last_name)}{_element('ForeName', author.fore_name)}"
            f"{_element('Initials', author.initials)}{_element('Suffix', author.suffix)}"
        )
    return f'<Author ValidYN="Y">{name}{orcid}{places}</Author>'


def _registry(entries: tuple[RegistryEntry, ...]) -> str:
    if not entries:
        return ""
    banks = "".join(
        f"<DataBank>{_element('DataBankName', entry.bank)}<AccessionNumberList>"
        f"{_element('AccessionNumber', entry.accession)}</AccessionNumberList></DataBank>"
        for entry in entries
    )
    return f'<DataBankList CompleteYN="Y">{banks}</DataBankList>'


def _substances(substances: tuple[Substance, ...]) -> str:
    if not substances:
        return ""
    entries = "".join(
        f'<Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="{substance.ui}">{_plain(substance.name)}'
        "</NameOfSubstance></Chemical>"
        for substance in substances
    )
    return f"<ChemicalList>{entries}</ChemicalList>"


def _notices(notices: tuple[Notice, ...]) -> str:
    if not notices:
        return ""
    entries = "".join(
        f'<CommentsCorrections RefType="{notice.ref_type}"><RefSource>{_plain(notice.source)}</RefSource>'
        + (f'<PMID Version="1">{notice.pmid}</PMID>' if notice.pmid else "")
        + f"{_element('Note', notice.note)}</CommentsCorrections>"
        for notice in notices
    )
    return f"<CommentsCorrectionsList>{entries}</CommentsCorrectionsList>"


def _mesh(headings: tuple[MeshHeading, ...]) -> str:
    if not headings:
        return ""
    entries = "".join(
        f'<MeshHeading><DescriptorName UI="{heading.ui}" MajorTopicYN="{_yes(heading.major)}">{_plain(heading.label)}'
        "</DescriptorName>"
        + "".join(
            f'<QualifierName UI="{q.ui}" MajorTopicYN="{_yes(q.major)}">{_plain(q.label)}</QualifierName>'
            for q in heading.qualifiers
        )
        + "</MeshHeading>"
        for heading in headings
    )
    return f"<MeshHeadingList>{entries}</MeshHeadingList>"


def _plain_summary(text: str | None) -> str:
    if not text:
        return ""
    opening = '<OtherAbstract Type="plain-language-summary" Language="eng">'
    return f"{opening}<AbstractText>{_rich(text)}</AbstractText></OtherAbstract>"


def _keywords(keywords: tuple[str, ...]) -> str:
    if not keywords:
        return ""
    entries = "".join(f'<Keyword MajorTopicYN="N">{_plain(keyword)}</Keyword>' for keyword in keywords)
    return f'<KeywordList Owner="NOTNLM">{entries}</KeywordList>'


def _history(citation: Citation, entered: date | None) -> str:
    if citation.created is None:
        return ""
    days = (
        ("received", citation.received, ""),
        ("accepted", citation.accepted, ""),
        ("medline", citation.mesh_dated or entered, "<Hour>6</Hour><Minute>0</Minute>"),
        ("pubmed", entered, "<Hour>6</Hour><Minute>0</Minute>"),
        ("entrez", citation.created, "<Hour>6</Hour><Minute>0</Minute>"),
    )
    entries = "".join(
        f'<PubMedPubDate PubStatus="{status}"><Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>'
        f"{clock}</PubMedPubDate>"
        for status, day, clock in days
        if day
    )
    return f"<History>{entries}</History>"


def _article_ids(citation: Citation) -> str:
    ids = (("pubmed", str(citation.pmid)), ("pmc", citation.pmc), ("doi", citation.doi), ("pii", citation.pii))
    entries = "".join(f'<ArticleId IdType="{kind}">{_plain(value)}</ArticleId>' for kind, value in ids if value)
    return f"<ArticleIdList>{entries}</ArticleIdList>"


def _references(references: tuple[Cited, ...]) -> str:
    if not references:
        return ""
    entries = "".join(f"<Reference>{_element('Citation', r.text)}{_reference_ids(r)}</Reference>" for r in references)
    return f"<ReferenceList>{entries}</ReferenceList>"


def _reference_ids(cited: Cited) -> str:
    doi = f'<ArticleId IdType="doi">{_plain(cited.doi)}</ArticleId>' if cited.doi else ""
    pmid = f'<ArticleId IdType="pubmed">{cited.pmid}</ArticleId>' if cited.pmid else ""
    return f"<ArticleIdList>{doi}{pmid}</ArticleIdList>" if doi or pmid else ""


def _day(element: str, day: date | None, attributes: str = "") -> str:
    if day is None:
        return ""
    inner = f"<Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>"
    return f"<{element}{attributes}>{inner}</{element}>"


def _element(name: str, text: str | None) -> str:
    return f"<{name}>{_plain(text)}</{name}>" if text else ""


def _attribute(name: str, value: str | None) -> str:
    return f' {name}="{_plain(value)}"' if value else ""


def _yes(flag: bool) -> str:  # noqa: FBT001 - MajorTopicYN is a flag
    return "Y" if flag else "N"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _rich(text: str) -> str:
    text, found = _plain(text), "<" in text
    while found:
        text, pairs = _INNERMOST.subn(r"<\1>\2</\1>", text)
        found = pairs > 0
    return text
