"""ESummary: document summaries in version 1 XML, version 2.0 XML and JSON.

Names, order and types as in recorded answers; an unknown identifier is an error in its own place, what is no
identifier an error of the answer. ``pmcrefcount`` counts the references of an article in PMC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from litwatch.model.language_names import LANGUAGE_NAMES
from litwatch.standin import docsum
from litwatch.standin.docsum import Summary
from litwatch.standin.occasion import (
    WINDOW,
    Occasion,
    forgotten,
    header,
    prolog,
    read_ids,
    refuse,
    split_ids,
    text,
    wrong_database,
)
from litwatch.standin.web import XML, Answer, json_answer

_ROOT = "eSummaryResult"
_MOST_IN_JSON: Final = 500
_V2_PROLOG: Final = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSummaryResult PUBLIC "-//NLM//DTD esummary pubmed '
    '20160808//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20160808/esummary_pubmed.dtd">'
)
_ABSENT: Final = "cannot get document summary"
_STATUS_NUMBERS: Final = {"epublish": "3", "ppublish": "4", "aheadofprint": "10", "ppublish+epublish": "256", "": "258"}
"""PubStatus as version 1 says it → its number in version 2.0 and JSON."""
_ID_NUMBERS: Final = {"pubmed": 1, "doi": 3, "pii": 4, "pmcid": 5, "pmc": 8, "mid": 8, "rid": 8, "eid": 8}


def esummary(occasion: Occasion) -> Answer:
    """Answer one ESummary request."""
    request = occasion.request
    if (refusal := wrong_database(occasion, _ROOT)) is not None:
        return refusal
    modern = request.get("version") == "2.0"
    pmids = _wanted(occasion)
    if isinstance(pmids, Answer):
        return pmids
    invalid = _invalid(occasion)
    if request.wants_json:
        if len(pmids) > _MOST_IN_JSON:
            message = f"Too many UIDs in request. Maximum number of UIDs is {_MOST_IN_JSON} for JSON format output."
            return json_answer({"header": header("esummary"), "error": message})
        return _as_json(occasion, pmids, invalid)
    return _version_2(occasion, pmids, invalid) if modern else _version_1(occasion, pmids, invalid)


def _wanted(occasion: Occasion) -> list[int] | Answer:
    request = occasion.request
    key = request.get("query_key")
    if key:
        kept = occasion.recall(key)
        if kept is None:
            return forgotten(occasion, _ROOT)
        return list(occasion.bend("pmids", occasion.page(kept.pmids[:WINDOW])))
    if "id" not in request.parameters:
        return _refused(occasion, "Neither query_key nor id specified")
    if not split_ids(request.parameters["id"]):
        return _refused(occasion, "Empty id list - nothing todo")
    pmids, _ = read_ids(request.parameters["id"])
    return list(occasion.bend("pmids", occasion.page(pmids)))


def _invalid(occasion: Occasion) -> str:
    """What NCBI says of the first identifier that is none; empty where all are."""
    if occasion.request.get("query_key"):
        return ""
    parts = split_ids(occasion.request.parameters.get("id", ()))
    wrong = ((place, part) for place, part in enumerate(parts) if read_ids((part,))[1])
    return next((f"Invalid uid {part} at position= {place}" for place, part in wrong), "")


def _refused(occasion: Occasion, message: str) -> Answer:
    if occasion.request.wants_json:
        return json_answer({"header": header("esummary"), "esummaryresult": [message]})
    return refuse(occasion, _ROOT, message)


def _summary(occasion: Occasion, pmid: int) -> Summary | None:
    element = occasion.view.element(pmid)
    return None if element is None else docsum.summarise(element)


def _version_1(occasion: Occasion, pmids: list[int], invalid: str) -> Answer:
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n", f"\t<ERROR>{text(invalid)}</ERROR>\n" if invalid else ""]
    for pmid in pmids:
        summary = _summary(occasion, pmid)
        if summary is None:
            parts.append(f"\t<ERROR>UID={pmid}: {_ABSENT}</ERROR>\n")
        else:
            parts.append(f"<DocSum>\n\t<Id>{summary.uid}</Id>\n" + "".join(_items(summary, occasion)) + "</DocSum>\n\n")
    return Answer("".join((*parts, f"</{_ROOT}>\n")).encode(), XML)


def _items(summary: Summary, occasion: Occasion) -> Iterator[str]:
    yield _item("PubDate", "Date", summary.published)
    yield _item("EPubDate", "Date", summary.electronic)
    yield _item("Source", "String", summary.source)
    yield _listing("AuthorList", [("Author", "String", name) for name in summary.authors])
    yield _item("LastAuthor", "String", summary.authors[-1] if summary.authors else "")
    yield _item("Title", "String", summary.marked_title)
    yield _item("Volume", "String", summary.volume)
    yield _item("Issue", "String", summary.issue)
    yield _item("Pages", "String", summary.pages)
    yield _listing("LangList", [("Lang", "String", LANGUAGE_NAMES.get(code, code)) for code in summary.language])
    yield _item("NlmUniqueID", "String", summary.nlm_id)
    yield _item("ISSN", "String", summary.issn)
    yield _item("ESSN", "String", summary.essn)
    yield _listing("PubTypeList", [("PubType", "String", kind) for kind in summary.types])
    yield _item("RecordStatus", "String", summary.record_status)
    yield _item("PubStatus", "String", summary.publishing)
    yield _listing("ArticleIds", [(kind, "String", value) for kind, value in _ids(summary, occasion)])
    if summary.doi:
        yield _item("DOI", "String", summary.doi)
    yield _listing("History", [(entry.status, "Date", entry.moment) for entry in summary.history])
    yield _listing("References", [(relation.kind, "String", relation.source) for relation in summary.relations])
    yield _item("HasAbstract", "Integer", str(int(bool(summary.abstract))))
    yield _item("PmcRefCount", "Integer", str(_references(summary) or 0))
    yield _item("FullJournalName", "String", summary.journal)
    yield _item("ELocationID", "String", summary.location)
    yield _item("SO", "String", summary.line)


def _item(name: str, kind: str, value: str) -> str:
    return f'\t<Item Name="{text(name)}" Type="{kind}">{text(value)}</Item>\n'


def _listing(name: str, items: list[tuple[str, str, str]]) -> str:
    if not items:
        return f'\t<Item Name="{name}" Type="List"></Item>\n'
    inner = "".join("\t" + _item(*item) for item in items)
    return f'\t<Item Name="{name}" Type="List">\n{inner}\t</Item>\n'


def _version_2(occasion: Occasion, pmids: list[int], invalid: str) -> Answer:
    parts = [
        f'{_V2_PROLOG}\n<{_ROOT}>\n<DocumentSummarySet status="OK">\n'
        f"<DbBuild>Build-{occasion.now:%Y.%m.%d.%H.%M}</DbBuild>\n\n",
        f"<ERROR>{text(invalid)}</ERROR>\n" if invalid else "",
    ]
    for pmid in pmids:
        summary = _summary(occasion, pmid)
        inner = (
            f"\t<error>{_ABSENT}</error>\n" if summary is None else _elements(_members(summary, occasion), _ELEMENTS, 1)
        )
        parts.append(f'<DocumentSummary uid="{pmid}">\n{inner}</DocumentSummary>\n\n')
    return Answer("".join((*parts, f"</DocumentSummarySet>\n</{_ROOT}>\n")).encode(), XML)


def _as_json(occasion: Occasion, pmids: list[int], invalid: str) -> Answer:
    result: dict[str, Any] = {"uids": [str(pmid) for pmid in pmids]}
    for pmid in pmids:
        summary = _summary(occasion, pmid)
        said = {"error": _ABSENT} if summary is None else _escaped(_members(summary, occasion))
        result[str(pmid)] = {"uid": str(pmid), **said}
    said = {"error": invalid} if invalid else {}
    return json_answer({"header": header("esummary"), **said, "result": result})


def _escaped(value: Any) -> Any:
    """The value with every string escaped for XML: NCBI's JSON is made from its XML and shows ``&amp;``."""
    match value:
        case str():
            return text(value)
        case list():
            return [_escaped(item) for item in value]
        case dict():
            return {name: _escaped(item) for name, item in value.items()}
    return value


def _members(summary: Summary, occasion: Occasion) -> dict[str, Any]:
    """The members of a JSON summary after ``uid``; version 2.0 XML has the same ones under other names."""
    return {
        "pubdate": summary.published,
        "epubdate": summary.electronic,
        "source": summary.source,
        "authors": [{"name": name, "authtype": "Author", "clusterid": ""} for name in summary.authors],
        "lastauthor": summary.authors[-1] if summary.authors else "",
        "title": summary.marked_title,
        "sorttitle": summary.sort_title,
        "volume": summary.volume,
        "issue": summary.issue,
        "pages": summary.pages,
        "lang": list(summary.language),
        "nlmuniqueid": summary.nlm_id,
        "issn": summary.issn,
        "essn": summary.essn,
        "pubtype": list(summary.types),
        "recordstatus": summary.record_status,
        "pubstatus": _STATUS_NUMBERS.get(summary.publishing, "4"),
        "articleids": [
            {"idtype": kind, "idtypen": _ID_NUMBERS.get(kind, 8), "value": value}
            for kind, value in _ids(summary, occasion)
        ],
        "history": [{"pubstatus": entry.status, "date": entry.moment} for entry in summary.history],
        "references": [
            {
                "refsource": relation.source,
                "reftype": relation.kind,
                "pmid": int(relation.pmid) if relation.pmid.isdigit() else "",
                "note": relation.note,
            }
            for relation in summary.relations
        ],
        "attributes": ["Has Abstract"] if summary.abstract else [],
        "pmcrefcount": _references(summary),
        "fulljournalname": summary.journal,
        "elocationid": summary.location,
        "doctype": "book" if summary.book else "citation",
        "srccontriblist": [],
        "booktitle": summary.book,
        "medium": "",
        "edition": "",
        "publisherlocation": "",
        "publishername": summary.publisher,
        "srcdate": "",
        "reportnumber": "",
        "availablefromurl": "",
        "locationlabel": "",
        "doccontriblist": [],
        "docdate": "",
        "bookname": "",
        "chapter": "",
        "sortpubdate": summary.sort_date,
        "sortfirstauthor": summary.authors[0] if summary.authors else "",
        "vernaculartitle": summary.vernacular,
    }


_ELEMENTS: Final = {
    "pubdate": "PubDate", "epubdate": "EPubDate", "source": "Source", "authors": "Authors", "lastauthor": "LastAuthor",
    "title": "Title", "sorttitle": "SortTitle", "volume": "Volume", "issue": "Issue", "pages": "Pages", "lang": "Lang",
    "nlmuniqueid": "NlmUniqueID", "issn": "ISSN", "essn": "ESSN", "pubtype": "PubType", "recordstatus": "RecordStatus",
    "pubstatus": "PubStatus", "articleids": "ArticleIds", "history": "History", "references": "References",
    "attributes": "Attributes", "pmcrefcount": "PmcRefCount", "fulljournalname": "FullJournalName",
    "elocationid": "ELocationID", "doctype": "DocType", "srccontriblist": "SrcContribList", "booktitle": "BookTitle",
    "medium": "Medium", "edition": "Edition", "publisherlocation": "PublisherLocation",
    "publishername": "PublisherName", "srcdate": "SrcDate", "reportnumber": "ReportNumber",
    "availablefromurl": "AvailableFromURL", "locationlabel": "LocationLabel", "doccontriblist": "DocContribList",
    "docdate": "DocDate", "bookname": "BookName", "chapter": "Chapter", "sortpubdate": "SortPubDate",
    "sortfirstauthor": "SortFirstAuthor", "vernaculartitle": "VernacularTitle", "name": "Name", "authtype": "AuthType",
    "clusterid": "ClusterID", "idtype": "IdType", "idtypen": "IdTypeN", "value": "Value", "date": "Date",
    "refsource": "RefSource", "reftype": "RefType", "pmid": "PMID", "note": "Note",
}  # fmt: skip
"""JSON member → element of version 2.0."""

_INSIDE: Final = {
    "authors": "Author", "articleids": "ArticleId", "history": "PubMedPubDate", "references": "Reference",
    "lang": "string", "pubtype": "flag", "attributes": "flag",
}  # fmt: skip


def _elements(members: dict[str, Any], names: dict[str, str], depth: int) -> str:
    indent = "\t" * depth
    parts = []
    for member, value in members.items():
        name = names[member]
        if isinstance(value, list):
            inner = "".join(
                f"{indent}\t<{_INSIDE[member]}>\n{_elements(item, names, depth + 2)}{indent}\t</{_INSIDE[member]}>\n"
                if isinstance(item, dict)
                else f"{indent}\t<{_INSIDE[member]}>{text(item)}</{_INSIDE[member]}>\n"
                for item in value
            )
            parts.append(f"{indent}<{name}>\n{inner}{indent}</{name}>\n" if inner else f"{indent}<{name}></{name}>\n")
        else:
            parts.append(f"{indent}<{name}>{text(value)}</{name}>\n" if value != "" else f"{indent}<{name}/>\n")
    return "".join(parts)


def _ids(summary: Summary, occasion: Occasion) -> Iterator[tuple[str, str]]:
    for kind, value in summary.ids:
        yield kind, value
        if kind == "pmc":
            yield "pmcid", _pmcid(summary, value, occasion)


def _pmcid(summary: Summary, pmc: str, occasion: Occasion) -> str:
    """``pmc-id: PMC1;manuscript-id: NIHMS2;embargo-date: 2026/07/01;``: the last until PMC shows the article."""
    manuscript = next((value for kind, value in summary.ids if kind == "mid"), "")
    released = summary.released
    return (
        f"pmc-id: {pmc};"
        + (f"manuscript-id: {manuscript};" if manuscript else "")
        + (f"embargo-date: {released};" if released > f"{occasion.today:%Y/%m/%d}" else "")
    )


def _references(summary: Summary) -> int | str:
    """The number of references of an article in PMC, else an empty text."""
    in_pmc = any(kind == "pmc" for kind, _ in summary.ids)
    return summary.references if in_pmc and summary.references else ""
