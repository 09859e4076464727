"""EInfo and ESpell: what the database offers, and a better spelling of a term.

Field names, full names, flags and links are PubMed's of November 2025; the count is the corpus' own. ESpell knows the
words of the corpus' titles; its form, with an operator in small letters in the corrected term alone, is that of
February 2026.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from typing import Final

from litwatch.standin.corpus import View
from litwatch.standin.link_list import PUBMED_LINKS
from litwatch.standin.occasion import DATABASES, Occasion, header, prolog, text, wrong_database
from litwatch.standin.web import XML, Answer, json_answer

_ROOT = "eInfoResult"
_OPERATOR: Final = re.compile(r"\b(?:AND|OR|NOT)\b")
_FLAGS: Final = ("IsDate", "IsNumerical", "SingleToken", "Hierarchy", "IsHidden")
_FIELDS: Final = """
ALL NNNNN All Fields
UID NYYNY UID
FILT NNYNN Filter
TITL NNNNN Title
MESH NNYYN MeSH Terms
MAJR NNYYN MeSH Major Topic
JOUR NNYNN Journal
AFFL NNNNN Affiliation
ECNO NNYNN EC/RN Number
SUBS NNYNN Supplementary Concept
PDAT YNYNN Date - Publication
EDAT YNYNN Date - Entry
VOL NNYNN Volume
PAGE NNYNN Pagination
PTYP NNYYN Publication Type
LANG NNYNN Language
ISS NNYNN Issue
SUBH NNYYN MeSH Subheading
SI NNYNN Secondary Source ID
MHDA YNYNN Date - MeSH
TIAB NNNNN Title/Abstract
OTRM NNNNN Other Term
COLN NNNNN Author - Corporate
CNTY NNNNY Place of Publication
PAPX NNYNN Pharmacological Action
GRNT NNYNN Grants and Funding
MDAT YNYNN Date - Modification
CDAT YNYNN Date - Completion
PID NNYNY Publisher ID
FAUT NNYNN Author - First
FULL NNYNN Author
FINV NNYNN Investigator
TT NNNNN Transliterated Title
LAUT NNYNN Author - Last
PPDT YNYNY Print Publication Date
EPDT YNYNY Electronic Publication Date
LID NNYNN Location ID
CRDT YNYNN Date - Create
BOOK NNYNN Book
ED NNYNN Editor
ISBN NNYNN ISBN
PUBN NNYNN Publisher
AUCL NNYNY Author Cluster ID
EID NNYNY Extended PMID
DSO NNNNY DSO
AUID NNYNN Author - Identifier
PS NNYNN Subject - Personal Name
COIS NNNNN Conflict of Interest Statements
WORD NNNNN Text Word
P1DAT YNYNY P1DAT
"""


def einfo(occasion: Occasion) -> Answer:
    """Answer one EInfo request: the list of databases, or PubMed's description."""
    request = occasion.request
    if not request.get("db"):
        if request.wants_json:
            return json_answer({"header": header("einfo"), "einforesult": {"dblist": list(DATABASES)}})
        names = "".join(f"\t<DbName>{name}</DbName>\n" for name in DATABASES)
        return Answer(f"{prolog(_ROOT)}\n<{_ROOT}>\n<DbList>\n\n{names}</DbList>\n\n</{_ROOT}>\n".encode(), XML)
    if (refusal := wrong_database(occasion, _ROOT)) is not None:
        return refusal
    return _pubmed_as_json(occasion) if request.wants_json else _pubmed(occasion)


def espell(occasion: Occasion) -> Answer:
    """Answer one ESpell request: each word that no title uses is replaced by the nearest one that a title does use."""
    term = occasion.request.get("term")
    known: dict[str, int] = occasion.view.derived("spelling", _title_words)
    spelled: list[str] = []
    corrected = []
    written = 0
    for match in re.finditer(r"[^\W\d_]{4,}", term):
        word = match[0].lower()
        near = [] if word in known else difflib.get_close_matches(word, known, n=1, cutoff=0.75)
        if near:
            spelled.append(f"<Original>{text(term[written : match.start()])}</Original><Replaced>{near[0]}</Replaced>")
            corrected.append(term[written : match.start()] + near[0])
            written = match.end()
    rest = term[written:]
    whole = _OPERATOR.sub(lambda found: found[0].lower(), "".join(corrected) + rest) if spelled else ""
    if rest and spelled:
        spelled.append(f"<Original>{text(rest)}</Original>")
    correction = f"<CorrectedQuery>{text(whole)}</CorrectedQuery>" if whole else "<CorrectedQuery/>"
    inner = f"<SpelledQuery>{''.join(spelled)}</SpelledQuery>" if spelled else "<SpelledQuery/>"
    body = (
        '<?xml version="1.0"?>\n<!DOCTYPE eSpellResult PUBLIC "-//NLM//DTD eSpellResult, 23 November 2004//EN" '
        '"https://www.ncbi.nlm.nih.gov/entrez/query/DTD/eSpell.dtd">\n<eSpellResult>\n\t<Database>pubmed</Database>\n'
        f"\t<Query>{text(term)}</Query>\n\t{correction}\n\t{inner}\n\t<ERROR/>\n"
        "</eSpellResult>\n"
    )
    return Answer(body.encode(), XML)


def _fields() -> list[tuple[str, str, str]]:
    rows = (line.split(" ", 2) for line in _FIELDS.split("\n") if line)
    return [(name, flags, full) for name, flags, full in rows]


def _pubmed(occasion: Occasion) -> Answer:
    now = occasion.now
    lines = [
        f"{prolog(_ROOT)}\n<{_ROOT}>\n\t<DbInfo>\n\t\t<DbName>pubmed</DbName>\n\t\t<MenuName>PubMed</MenuName>\n"
        "\t\t<Description>PubMed bibliographic record</Description>\n"
        f"\t\t<DbBuild>Build-{now:%Y.%m.%d.%H.%M}</DbBuild>\n"
        f"\t\t<Count>{len(occasion.view)}</Count>\n\t\t<LastUpdate>{now:%Y/%m/%d %H:%M}</LastUpdate>\n\t\t<FieldList>\n"
    ]
    for name, flags, full in _fields():
        marks = "".join(f"\t\t\t\t<{flag}>{mark}</{flag}>\n" for flag, mark in zip(_FLAGS, flags, strict=True))
        lines.append(
            f"\t\t\t<Field>\n\t\t\t\t<Name>{name}</Name>\n\t\t\t\t<FullName>{text(full)}</FullName>\n"
            f"\t\t\t\t<Description>{text(full)}</Description>\n\t\t\t\t<TermCount/>\n{marks}\t\t\t</Field>\n"
        )
    lines.append("\t\t</FieldList>\n\t\t\t<LinkList>\n")
    lines += [
        f"\t\t\t<Link>\n\t\t\t\t<Name>{name}</Name>\n\t\t\t\t<Menu>{text(menu)}</Menu>\n"
        f"\t\t\t\t<Description>{text(said)}</Description>\n\t\t\t\t<DbTo>{target}</DbTo>\n\t\t\t</Link>\n"
        for name, target, menu, said in PUBMED_LINKS
    ]
    lines.append(f"\t\t</LinkList>\n\t</DbInfo>\n\n</{_ROOT}>\n")
    return Answer("".join(lines).encode(), XML)


def _pubmed_as_json(occasion: Occasion) -> Answer:
    fields = [
        {
            "name": name,
            "fullname": full,
            "description": full,
            "termcount": "",
            **{flag.lower(): mark for flag, mark in zip(_FLAGS, flags, strict=True)},
        }
        for name, flags, full in _fields()
    ]
    links = [
        {"name": name, "menu": menu, "description": said, "dbto": target} for name, target, menu, said in PUBMED_LINKS
    ]
    described = {
        "dbname": "pubmed",
        "menuname": "PubMed",
        "description": "PubMed bibliographic record",
        "dbbuild": f"Build-{occasion.now:%Y.%m.%d.%H.%M}",
        "count": str(len(occasion.view)),
        "lastupdate": f"{occasion.now:%Y/%m/%d %H:%M}",
        "fieldlist": fields,
        "linklist": links,
    }
    return json_answer({"header": header("einfo"), "einforesult": {"dbinfo": [described]}})


def _title_words(view: View) -> dict[str, int]:
    words = Counter(
        word for record in view.records.values() for word in re.findall(r"[^\W\d_]{4,}", record.title.lower())
    )
    return dict(words.most_common(50_000))
