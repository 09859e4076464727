"""PubMed's search fields: their tags, long names and what each one searches.

Names are those of EInfo (db=pubmed, version 2.0); tags and synonyms are those of the PubMed User Guide, "Search
field tags".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from litwatch.model.frozen import quickly_made


class FieldKind(StrEnum):
    """How a field is searched."""

    WORDS = "words"
    VALUES = "values"
    MESH = "mesh"
    AUTHOR = "author"
    DAYS = "days"
    NUMBER = "number"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Field:
    """One searchable field."""

    tag: str
    """The usual short tag, ``tiab``."""
    name: str
    """As QueryTranslation prints it, ``Title/Abstract``."""
    kind: FieldKind
    sections: tuple[str, ...]
    """Which parts of a record it searches; see ``searchable``."""
    synonyms: tuple[str, ...] = ()
    near: bool = False
    """Whether PubMed offers proximity search in it (User Guide, "Proximity search": ti, tiab and ad)."""
    explodes: bool = False
    """Whether ``:noexp`` means something."""


_TIAB = ("ti", "ab", "oab", "ot")
_TEXT_WORDS = (*_TIAB, "mh", "pt", "nm", "si", "cn")
_EVERYTHING = (*_TEXT_WORDS, "au", "ad", "ta", "tt", "rest")
_W, _V = FieldKind.WORDS, FieldKind.VALUES

FIELDS: tuple[Field, ...] = (
    Field("all", "All Fields", _W, _EVERYTHING, ("all field",)),
    Field("tiab", "Title/Abstract", _W, _TIAB, ("title/abstract", "title abstract"), near=True),
    Field("ti", "Title", _W, ("ti",), ("titl",), near=True),
    Field("tw", "Text Word", _W, _TEXT_WORDS, ("text", "word", "text words")),
    Field("ot", "Other Term", _W, ("ot",), ("otrm", "keyword")),
    Field("ad", "Affiliation", _W, ("ad",), ("affl",), near=True),
    Field("tt", "Transliterated Title", _W, ("tt",)),
    Field("mh", "MeSH Terms", FieldKind.MESH, ("mh",), ("mesh", "mesh term", "mesh heading"), explodes=True),
    Field("majr", "MeSH Major Topic", FieldKind.MESH, ("majr",), ("mesh major", "mesh majr"), explodes=True),
    Field("sh", "MeSH Subheading", FieldKind.MESH, ("sh",), ("subh", "subheading", "mesh subheadings"), explodes=True),
    Field("pt", "Publication Type", FieldKind.MESH, ("pt",), ("ptyp",), explodes=True),
    Field("sb", "Filter", FieldKind.FILTER, ("sb",), ("filt", "subset", "filters")),
    Field("ta", "Journal", _V, ("ta",), ("jour", "so", "journal title")),
    Field("la", "Language", _V, ("la",), ("lang",)),
    Field("nm", "Supplementary Concept", _V, ("nm",), ("subs", "substance", "substance name")),
    Field("rn", "EC/RN Number", _V, ("nm",), ("ecno", "ec/rn")),
    Field("si", "Secondary Source ID", _V, ("si",)),
    Field("aid", "Article Identifier", _V, ("aid",)),
    Field("doi", "DOI", _V, ("aid",)),
    Field("lid", "Location ID", _V, ("aid",)),
    Field("pmcid", "PMCID", _V, ("aid",), ("pmc",)),
    Field("auid", "Author - Identifier", _V, ("auid",)),
    Field("vi", "Volume", _V, ("vi",), ("vol",)),
    Field("ip", "Issue", _V, ("ip",), ("iss",)),
    Field("pg", "Pagination", _V, ("pg",), ("page",)),
    Field("pl", "Place of Publication", _V, ("pl",), ("cnty",)),
    Field("jid", "NLM Unique ID", _V, ("jid",), ("nlm id",)),
    Field("gr", "Grants and Funding", _V, ("gr",), ("grnt", "grant number")),
    Field("pa", "Pharmacological Action", _V, ("pa",), ("papx",)),
    Field("ps", "Subject - Personal Name", _V, ("ps",)),
    Field("ir", "Investigator", _V, ("ir",), ("finv",)),
    Field("isbn", "ISBN", _V, ("isbn",)),
    Field("book", "Book", _V, ("book",)),
    Field("ed", "Editor", _V, ("ed",)),
    Field("pid", "Publisher ID", _V, ("pid",)),
    Field("aucl", "Author Cluster ID", _V, ("aucl",)),
    Field("eid", "Extended PMID", _V, ("eid",)),
    Field("pubn", "Publisher", _V, ("pubn",)),
    Field("cois", "Conflict of Interest Statements", _W, ("cois",)),
    Field("au", "Author", FieldKind.AUTHOR, ("au",), ("full", "fau", "author name", "full author name")),
    Field("1au", "Author - First", FieldKind.AUTHOR, ("1au",), ("faut", "first author", "first author name")),
    Field("lastau", "Author - Last", FieldKind.AUTHOR, ("lastau",), ("laut", "last author", "last author name")),
    Field("cn", "Author - Corporate", _W, ("cn",), ("coln", "corporate author")),
    Field("dp", "Date - Publication", FieldKind.DAYS, ("dp",), ("pdat", "publication date")),
    Field("dep", "Electronic Publication Date", FieldKind.DAYS, ("dep",), ("epdt", "epdat")),
    Field("ppdt", "Print Publication Date", FieldKind.DAYS, ("ppdt",), ("ppdat",)),
    Field("edat", "Date - Entry", FieldKind.DAYS, ("edat",), ("entrez date", "entry date")),
    Field("crdt", "Date - Create", FieldKind.DAYS, ("crdt",), ("create date",)),
    Field("mhda", "Date - MeSH", FieldKind.DAYS, ("mhda",), ("mesh date",)),
    Field("lr", "Date - Modification", FieldKind.DAYS, ("lr",), ("mdat", "modification date")),
    Field("dcom", "Date - Completion", FieldKind.DAYS, ("dcom",), ("cdat", "completion date")),
    Field("uid", "UID", FieldKind.NUMBER, ("uid",), ("pmid",)),
)

BY_TAG: dict[str, Field] = {
    spelling: field
    for field in FIELDS
    for spelling in (field.tag, field.name.lower(), field.name.lower().replace(" - ", "-"), *field.synonyms)
}
ALL_FIELDS = BY_TAG["all"]

OTHER_NAMES = {
    "ab": "tiab", "abstract": "tiab", "tiabs": "tiab", "title abstract keyword": "tiab", "ti ab": "tiab",
    "ti,ab": "tiab", "issn": "ta", "journal name": "ta", "year": "dp", "py": "dp", "yr": "dp", "date": "dp",
    "dates": "dp", "2au": "au",
    "authors": "au", "aut": "au", "kw": "ot", "kf": "ot", "key": "ot", "keywords": "ot", "mp": "tw",
    "de": "mh", "descriptor": "mh", "publication types": "pt", "type": "pt", "limits": "filter", "abbr": "ta",
    "institution": "ad", "address": "ad", "in": "ad", "number": "uid", "id": "uid", "pmcid": "pmc", "nct": "si",
    "pii": "aid", "coi": "cois", "place": "pl", "country": "pl", "nlm": "jid", "stat": "sb", "status": "sb",
    "pst": "sb", "vt": "tt", "sub": "sh", "qualifier": "sh", "nlmid": "jid", "aff": "ad",
    "orcid": "auid", "cas": "rn", "registry number": "rn", "pubmed id": "uid", "publication year": "dp", "su": "mh",
    "exp": "mh", "corp": "cn", "trial": "si",
}  # fmt: skip
"""Tags that people write and PubMed does not have, with the one that does what they mean."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Tag:
    """What stands in the brackets behind a term."""

    written: str
    """Between the brackets, as typed."""
    start: int
    end: int
    """Position of the brackets in the strategy, end exclusive."""
    field: Field | None
    """None when PubMed does not know the tag: it then searches as if there were none, and names it in XML alone."""
    noexp: bool = False
    near: int | None = None
    """Words allowed between, of a proximity search; None for any other."""
    ignored: str | None = None
    """A modifier that PubMed passes over in silence, such as ``noexp`` behind a title."""


_NEAR = re.compile(r"~\s*(\d{1,4})")


def read_tag(written: str, start: int) -> Tag:
    """Read a tag's inner text, such as ``tiab``, `` MeSH : noexp `` or ``Title/Abstract:~3``, whatever its case.

    ``start`` is the position of the opening bracket. Nothing is refused: what PubMed ignores is kept in ``ignored``.
    """
    field, noexp, near, ignored = _meaning(written)
    return Tag(written, start, start + len(written) + 2, field, noexp, near, ignored)


@lru_cache(maxsize=1024)
def _meaning(written: str) -> tuple[Field | None, bool, int | None, str | None]:
    """A tag's field, whether it says ``:noexp``, the words that it allows between, and what PubMed ignores of it."""
    name, colon, modifier = re.sub(r"\s+", " ", written).strip().lower().partition(":")
    field = BY_TAG.get(re.sub(r" ?([/-]) ?", lambda found: found[1], name).strip()) or BY_TAG.get(name.strip())
    modifier = modifier.strip()
    if not colon or field is None:
        return field, False, None, modifier if colon else None
    near = _NEAR.fullmatch(modifier)
    if near and field.near:
        return field, False, int(near[1]), None
    if modifier in {"noexp", "no exp"} and field.explodes:
        return field, True, None, None
    return field, False, None, modifier
