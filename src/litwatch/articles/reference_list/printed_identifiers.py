"""The identifiers and addresses of a printed entry, and the entry without them and without what librarians add.

Access dates, "Published online …", "Erratum in: …" and bracketed notes are no part of a paper's title or source; only
the year under which it was published ahead of print is kept.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from litwatch.articles.blocks import one_line
from litwatch.model.identifiers import Doi, Pmid, find_doi, find_pmcid, find_pmid

_URL = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\((?:https?:|/)?[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_DATE = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)?\.?,?\s+)?(?:[^\W\d_]{3,10}\.?,?\s+)?(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?(?:19|20)\d\d"
    r"(?:\s+[A-Z][a-z]{2,8}\.?(?:\s+\d{1,2})?)?|\d{1,4}[./-]\d{1,2}[./-]\d{2,4})"
)
_AHEAD_OF_PRINT = re.compile(
    r"(?:\(|\[)?(?:(?<=[.;]\s)(?:last )?(?:updated|reviewed|modified|revised|posted|published)(?: on)?"
    r"|\b(?:(?:preprint )?posted online|published online|e-?pub|online first"
    r"|first published|available online|advance online publication))"
    r"\b(?: ahead of print)?[:,.]?\s*(?P<when>(?:on )?_DATE_)(?:\)|\])?[.;]?".replace("_DATE_", _DATE),
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOISE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"https?://[^\s<>\"“”]*(?:<[^\s<>\"“”]*>[^\s<>\"“”]*)*",
        r"(?:\b(?:dx\.|www\.)?doi\.org/+|\b(?:info:)?doi\s?[:：/]?\s*(?:info:)?)(?=10\.\d{4,9})",
        r"(?<![\d.])10\.\d{4,9}(?:\.\d{1,9}){0,3}(?:/|%2f)[^\s\"“”]+",
        r"\b(?:PubMed\s?)?PMID(?:\s(?:number|no\.))?\s?[:：#=.-]?\s*\(?\d{1,8}\b\)?\.?|\bPubMed(?:\s?ID)?\s?[:：#=]\s*\d{1,8}\b\.?",
        r"\bPMCID\s?[:：]?\s*(?=PMC|$)|\bPMC\s?\d{3,9}\b\.?",
        r"\bdoi\s?[:：]\s*(?=\s|$|\.)",
        # Access dates: no year of publication.
        rf"(?:\[|\()?\b(?:last )?(?:accessed|retrieved|cited|viewed|visited|consulted|abgerufen|consulté|zugriff)\b"
        rf"(?: on| am| le)?[:,]?\s*{_DATE}(?:,? (?:from|at|via))?(?:\]|\))?[.:;]?",
        r"(?:\[|\()(?:updated|modified|revised|last updated|as of|cited|accessed)\b[^\[\]()]{0,60}(?:\]|\))",
        r"\b(?:available|retrieved|accessed) (?:online )?(?:from|at|on)\b[:.]?(?=\s|$)(?:\s*the [^.]{0,60}\.)?",
        r"\bavailable from\s?[:.]?|\bepub ahead of print\.?|\b(?:online ahead of print|advance online publication)\.?"
        r"|\bin press\.?(?=\s*$)",
        r"(?:\[|\()(?:(?:doctoral|master['’]?s|phd|md|bachelor['’]?s)\s)?(?:dissertation|thesis"
        r"|(?:conference )?abstract|poster|(?:poster|conference|paper) presentation|package insert"
        r"|prescribing information|editorial|letter|press release|computer software|data ?set|video|podcast"
        r"|unpublished)(?:,[^\[\]()]{0,80})?(?:\]|\))",
        r"(?:(?<=[.?!]\s)\[published (?:correction|erratum|corrigendum)[^\[\]]{0,250}\]\.?"
        r"|\[published (?:correction|erratum|corrigendum)[^\[\]]{0,250}\])",
        r";\s(?:author(?:s['’]?)? reply|discussion|quiz|reply)\s[\w‐‑–-]{1,20}",
        r"(?<![\w/.@])www\.[^\s<>\"“”]+",
        r"^\((?:en|de|fr|es|it|nl|pt)\)(?=\s)|\[[JMCDRSNPZ](?:/OL)?\]|\bforthcoming\b(?=,? (?:19|20)\d\d|\.?$)",
        r"\[(?:internet|online|electronic resource|pubmed|google scholar|cross-?ref|pmc free article|free pmc article"
        r"|full text|free full text|epub ahead of print|preprint|web page|website|links?|medline|scopus)\]",
        r"(?:\[|\()(?:article|abstract|paper|text)? ?in [a-z]{4,12}(?:(?:,| and) [a-z]{4,12})*(?:; abstract in [a-z]+)?"
        r"(?:\]|\))",
        r"(?<=[.;]) (?:google scholar|cross-?ref|pubmed|medline|view (?:article|abstract|in article)|full text"
        r"|free full text|pmc free article|download citation|links?)(?=[.;]| |$)",
        r"(?<=\s)[»→↗⇒↑](?=\s|$)|^\s*[\^↑]\s*(?:[a-z](?=\s)\s*)*",
    )
)
_LATER_NOTICE = re.compile(
    r"(?:^|(?<=[.;)\]\d ]))\s?[\[(]?(?:(?:published )?(?:erratum|corrigendum|correction|retraction|addendum|comment"
    r"|expression of concern|update|summary for patients) (?:in|appears in|published in)"
    r"|retracted in|withdrawn in"
    r"|erratum|corrected and republished in"
    r"|republished (?:in|from)|reprinted in)\s?[:.](?=\s).*",
    re.IGNORECASE | re.DOTALL,
)
"""What an entry says of other papers: behind it, and never its own year or place."""
_ALONE = re.compile(r"\s?[\[(]?erratum\s?[:.]", re.IGNORECASE)
_LAST_BRACKETED = re.compile(r"(?<![\w-])[\w-]*[)\]]$")


def _is_title(text: str, notice: re.Match[str]) -> bool:
    """Whether the cited paper is the notice itself: "Example A. Erratum: Naps in bakers. Sleep Inv 18, 546 (2002)"."""
    if _ALONE.match(notice[0]) is None:
        return False
    before = text[: notice.start()].rstrip(" .;")
    bracketed = _LAST_BRACKETED.search(re.sub(r"\(\d{4}[a-z]?\)$", "", before))
    return not before[-1:].isdigit() and (bracketed is None or not any(map(str.isdigit, bracketed[0])))


def read_identifiers(text: str, links: tuple[str, ...]) -> tuple[Doi | None, Pmid | None, str | None]:
    """DOI, PMID and address as printed or linked; the first of each. ``text`` is an entry of one line."""
    places = (text, *map(_cited_by_link, links))
    doi = next(filter(None, map(find_doi, places)), None)
    pmid = next(filter(None, map(find_pmid, places)), None)
    url = next((_closed(found[0]) for place in places for found in _URL.finditer(place)), None)
    if url is None and (pmcid := find_pmcid(text)) is not None:
        url = f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"
    return doi, pmid, url[:500] if url else None


def _cited_by_link(address: str) -> str:
    """An address, or what it says that it leads to: publishers' links name the citing paper's DOI as well.

    Atypon's ``linkout?doi=OWN&key=CITED`` and ``doiOfLink``, HighWire's ``external-ref?access_num=CITED``.
    """
    place, _, query = address.partition("?")
    if "linkout" not in place.casefold() and "external-ref" not in place:
        return address
    said = {key.casefold(): values[0] for key, values in parse_qs(query[:4000], max_num_fields=60).items()}
    cited = said.get("doioflink") or said.get("key") or said.get("access_num") or ""
    if cited.isdecimal():
        is_pmid = said.get("dbid") == "8" or said.get("link_type", "").casefold() in ("med", "pubmed")
        return f"PMID: {cited}" if is_pmid else ""
    return cited


def _closed(address: str) -> str:
    """An address without what the sentence left behind; brackets that it opened itself stay."""
    before = ""
    while address != before:
        before = address
        address = address.rstrip(".,;:!*'’»|")
        for opening, closing in ("()", "[]", "{}"):
            if address.endswith(closing) and address.count(closing) > address.count(opening):
                address = address[:-1]
    return address


def without_identifiers(line: str) -> tuple[str, int | None]:
    """The line without what is read elsewhere, and the year of publication ahead of print where it says one."""
    bare = _MARKDOWN_LINK.sub(r"\1", line)
    notice = _LATER_NOTICE.search(bare)
    if notice is not None and notice.start() > 0 and not _is_title(bare, notice):
        bare = bare[: notice.start()]
    ahead: int | None = None
    for found in _AHEAD_OF_PRINT.finditer(bare):
        if found["when"] and (year := _YEAR.search(found["when"])) is not None:
            ahead = int(year[0])
    for pattern in (*_NOISE[:7], _AHEAD_OF_PRINT, *_NOISE[7:]):
        bare = pattern.sub(" ", bare)
    bare = re.sub(r"\(\s?[,;.]?\s?\)|\[\s?[,;.]?\s?\]|<\s?>", " ", one_line(bare))
    bare = re.sub(r" ([.,;])", r"\1", bare)
    return re.sub(r"(?<!\.)(?<!\. )\.(?: ?\.)+$", ".", one_line(bare).rstrip(" ,;|–—-")).lstrip("| ").strip(
        " *_"
    ), ahead
