"""Builds a record's XML from its MEDLINE text, so that an answer whose XML nobody recorded can be asked for again.

What the text does not say is chosen so that the text follows from it: a grant is one string, an abstract one part. So
the comparison shows tags, order, forms and line breaks, and not how a value comes out of real XML.
"""

from __future__ import annotations

import re
from collections import defaultdict
from xml.sax.saxutils import escape

from litwatch.standin.medline_text import NOTICE_TAGS

Fields = list[tuple[str, str]]
_FIELD = re.compile(r"^([A-Z]{2,4}) *- ?(.*)$")
_REF_TYPES = {tag: ref_type for ref_type, tag in NOTICE_TAGS.items()}


def medline_records(text: str) -> list[str]:
    """The records of a MEDLINE file, each from its PMID line on."""
    return re.split(r"\n\n(?=PMID)", text.strip("\n"))


def read_fields(record: str) -> Fields:
    """(tag, value) of each field, its lines joined."""
    fields: Fields = []
    for line in record.splitlines():
        if found := _FIELD.match(line):
            fields.append((found[1], found[2].strip()))
        elif line.strip() and fields:
            tag, value = fields[-1]
            fields[-1] = (tag, f"{value} {line.strip()}")
    return fields


def rebuild(record: str) -> bytes:
    """A PubmedArticle element from one record of MEDLINE text."""
    fields = read_fields(record)
    all_of: dict[str, list[str]] = defaultdict(list)
    for tag, value in fields:
        all_of[tag].append(value)

    def one(tag: str) -> str:
        return all_of[tag][0] if all_of[tag] else ""

    issn = {medium: number for number, medium in _split(r"(\S+) \((\w+)\)", all_of["IS"])}
    shown = next((medium for medium in ("Electronic", "Print") if medium in issn), "")
    ids = [("pubmed", one("PMID"))]
    ids += [(kind, each) for kind in ("pmc", "mid") for each in all_of[kind.upper()]]
    ids += [(kind, value) for value, kind in _split(r"(.*) \[(\w+)\]", all_of["AID"])]
    places = _split(r"(.*?)(?: \[(\w+)\])?", all_of["LID"])
    owner = {"Owner": one("OTO")} if one("OTO") else {}
    article = (
        _el("Journal",
            _el("ISSN", issn.get(shown, ""), IssnType=shown) if shown else "",
            _el("JournalIssue", _el("Volume", one("VI")), _el("Issue", one("IP")), _el("PubDate", _printed(one("DP")))),
            _el("Title", one("JT"))),
        _el("ArticleTitle", one("TI")),
        _el("Pagination", _el("MedlinePgn", one("PG"))) if one("PG") else "",
        *(_el("ELocationID", value, EIdType=kind or "pii") for value, kind in places),
        _el("Abstract", _el("AbstractText", one("AB")), _el("CopyrightInformation", one("CI"))),
        _el("AuthorList", _people(fields, "Author", "FAU", "AU", "AD")),
        *(_el("Language", each) for each in all_of["LA"]),
        _el("GrantList", *(_el("Grant", _el("GrantID", each)) for each in all_of["GR"])),
        *(_el("PublicationType", each) for each in all_of["PT"]),
        _el("VernacularTitle", one("TT")) if one("TT") else "",
        _el("ArticleDate", _day(one("DEP"))) if one("DEP") else "",
    )  # fmt: skip
    citation = (
        _el("PMID", one("PMID")),
        *(_el(name, _day(one(tag))) for name, tag in (("DateCompleted", "DCOM"), ("DateRevised", "LR")) if one(tag)),
        _el("Article", *article, PubModel=_model(one("SO"), one("PST"), one("DEP"))),
        _el("MedlineJournalInfo",
            _el("Country", one("PL")), _el("MedlineTA", one("TA")), _el("NlmUniqueID", one("JID")),
            _el("ISSNLinking", issn.get("Linking", ""))),
        _el("ChemicalList", *(
            _el("Chemical", _el("RegistryNumber", number), _el("NameOfSubstance", name))
            for number, name in _split(r"(\S+) \((.*)\)", all_of["RN"]))),
        *(_el("CitationSubset", each) for each in all_of["SB"]),
        *(_notice(tag, value) for tag, value in fields if tag in _REF_TYPES),
        *(_el("MeshHeading", *(_major("DescriptorName", part) for part in each.split("/"))) for each in all_of["MH"]),
        _el("KeywordList", *(_major("Keyword", each) for each in all_of["OT"]), **owner),
        _el("CoiStatement", one("COIS")),
        _el("InvestigatorList", _people(fields, "Investigator", "FIR", "IR", "IRAD")),
    )  # fmt: skip
    listed = _el("ArticleIdList", *(_el("ArticleId", value, IdType=kind) for kind, value in ids))
    history = _el("History", *map(_moment, all_of["PHST"]))
    pubmed = _el("PubmedData", history, _el("PublicationStatus", one("PST")), listed)
    return _el(
        "PubmedArticle", _el("MedlineCitation", *citation, Status=one("STAT"), Owner=one("OWN")), pubmed
    ).encode()


class Written(str):
    """Text that is XML already."""

    __slots__ = ()


def _el(name: str, *inner: str, **attributes: str) -> Written:
    """An element; what is no XML yet is escaped."""
    marks = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    content = "".join(each if isinstance(each, Written) else escape(each) for each in inner)
    return Written(f"<{name}{marks}>{content}</{name}>")


def _split(form: str, values: list[str]) -> list[tuple[str, ...]]:
    """The groups of each value that has the form."""
    return [found.groups(default="") for each in values if (found := re.fullmatch(form, each))]


def _model(source: str, status: str, electronic: str) -> str:
    for sign, model in (("eCollection", "Electronic-eCollection"), (" Print ", "Electronic-Print")):
        if sign in source:
            return model
    if not electronic:
        return "Print"
    return "Electronic" if status == "epublish" else "Print-Electronic"


def _day(digits: str) -> Written:
    return Written(_el("Year", digits[:4]) + _el("Month", digits[4:6]) + _el("Day", digits[6:]))


def _printed(written: str) -> Written:
    plain = re.fullmatch(r"(\d{4})(?: ([A-Z][a-z]{2}))?(?: (\d{1,2}))?", written)
    if plain is None:
        return _el("MedlineDate", written)
    parts = zip(("Year", "Month", "Day"), plain.groups(), strict=True)
    return Written("".join(_el(name, part) for name, part in parts if part))


def _people(fields: Fields, element: str, full: str, short: str, place: str) -> Written:
    """Authors or investigators; of ``short`` come the initials, whichever of the two lines stands first."""
    people: list[str] = []
    pending: dict[str, str] = {}
    for tag, value in fields:
        if tag == "CN" and element == "Author":
            people.append(_el("CollectiveName", value))
        elif tag in (full, short):
            pending[tag] = value
            if len(pending) == 2:
                last, _, fore = pending[full].partition(", ")
                initials = pending[short].removeprefix(last).strip()
                people.append(_el("LastName", last) + _el("ForeName", fore) + _el("Initials", initials))
                pending = {}
        elif tag == "AUID" and people and element == "Author":
            name, _, identifier = value.partition(": ")
            people[-1] += _el("Identifier", identifier, Source=name)
        elif tag == place and people:
            people[-1] += _el("AffiliationInfo", _el("Affiliation", value))
    return Written("".join(_el(element, Written(person)) for person in people))


def _notice(tag: str, value: str) -> Written:
    source, _, pmid = value.partition(" PMID: ")
    number = _el("PMID", pmid) if pmid else ""
    return _el("CommentsCorrections", _el("RefSource", source), number, RefType=_REF_TYPES[tag])


def _major(name: str, value: str) -> Written:
    return _el(name, value.removeprefix("*"), MajorTopicYN="NY"[value.startswith("*")])


def _moment(value: str) -> Written:
    found = re.fullmatch(r"(\d{4})/(\d\d)/(\d\d)(?: (\d\d):(\d\d))? \[(.+)\]", value)
    year, month, day, hour, minute, status = found.groups(default="0") if found else ("0",) * 6
    parts = (("Year", year), ("Month", month), ("Day", day), ("Hour", hour), ("Minute", minute))
    return _el("PubMedPubDate", *(_el(name, part) for name, part in parts), PubStatus=status)
