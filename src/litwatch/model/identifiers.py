"""PMIDs, DOIs and PMCIDs: made only here, by their parse functions."""

from __future__ import annotations

import hashlib
import re
from typing import NewType
from urllib.parse import unquote

Pmid = NewType("Pmid", int)
"""A PubMed identifier: a positive integer of at most nine digits (PubMed gives eight today).

A cited work that PubMed does not have goes by ``number_of_work``, which is negative."""


Doi = NewType("Doi", str)
"""A DOI without prefix or resolver, lower-cased (DOIs compare without case, DOI Handbook 2.4)."""


_PMID = re.compile(r"(?:(?:pmid|pubmed(?:\s?id)?)\s?[:：#=]?\s*)?(0*[1-9]\d{0,8})", re.IGNORECASE)
_PMID_IN_TEXT = (
    re.compile(
        r"\b(?:(?:pmid|pubmed\s?id)(?:\s(?:number|no\.))?\s?[:：#=.-]?|pubmed\s?[:：#=])\s?\(?(\d{1,8})(?![\d.]\d|\d)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:\bpubmed\.ncbi\.nlm\.nih\.gov|\bpubmed-ncbi-nlm-nih-gov\.[\w.-]{3,100}|\bpubmed\.(?:gov|com)|/pubmed|\bidentifiers\.org/pubmed|\beuropepmc\.org/[a-z]{4,12}/med)"
        r"[/:](?:m/)?(\d{1,8})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:pubmed|ncbi\.nlm\.nih\.gov)[^\s\"<>]{0,200}?[?&;](?:term|termtosearch|list_uids|uid|id|from_uid)=(\d{1,8})"
        r"(?=(?:\[|%5b)[a-z]|[&#;,.)\]\"'<>\s]|$)",
        re.IGNORECASE,
    ),
    re.compile(r"\beuropepmc\.org/[^\s\"<>]{0,200}?ext_id(?::|%3a)(\d{1,8})(?!\d)", re.IGNORECASE),
)
"""A PMID as people print it, and the links to PubMed and Europe PMC that hold one, the oldest forms among them."""

_PMCID = re.compile(r"\bPMC\s?([1-9]\d{2,8})(?!\d)", re.IGNORECASE)

_LONGEST_DOI = 2048
_CORE = r"10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,3}"
_DOI = re.compile(
    r"(?:(?:info:)?doi\s?[:/]?\s*)?(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/+|https?://[^\s\"]{3,500}?[/=:])?"
    rf"({_CORE}/\S+)",
    re.IGNORECASE,
)
_USUAL_DOI = re.compile(
    r"10\.(?!1101/|64898/)[0-9]{4,9}/(?:[\w()-]*+\.)*+[A-Za-z_()-]*+[0-9][\w()-]*+(?<=[^\W_])", re.ASCII
)
"""A bare DOI as most are: of no preprint with versions, and with a digit behind its last full stop, as no tail has."""
_DOI_IN_TEXT = re.compile(rf"(?<![\d.])({_CORE}(?:/|%2f)[^\s\"“”]+)", re.IGNORECASE)
_ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_SIGNS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad"), "：": ":"}
)
_BEHIND_DOI = re.compile(
    r"\?[\w.%-]*(?:=.*)?$|&[a-z_]+=.*$|#[a-z!:].*$|;jsessionid.*$"  # what an address asks for
    r"|</?(?:a|abbr|b|br|cite|div|em|i|li|p|span|strong|su[bp])\b.*$"
    r"|[;,.|]?(?:pmid|pmcid|epub)\b.*$|(?<=.)https?:.*$"
    r"|\[[a-z]{3}[a-z ]{2,20}\].*$"  # "[PubMed]", "[Google Scholar]"
    r"|/(?:full(?:[./-]?(?:text|html?|pdf)|/[a-z]{2})?|abstract|abs|e?pdf|pdf(?:direct|-viewer)|epub|meta|html?|summary"
    r"|references|figures?|citation|download|suppl(?:ementary-material|_file)?)/?$"
    r"|\.(?:full|full-text|abstract|extract|long|short|pdf(?:\+html)?|html?)$",
    re.IGNORECASE | re.DOTALL,
)
"""What publishers' addresses have behind a DOI: the page's form, a query, an anchor; markup and the next identifier."""
_BEFORE_NUMBER = re.compile(
    r"(/article(?:-abstract|-pdf|-lookup)?/doi/10\.\d{4,9}/[^\s?#]{1,200}?)/\d{3,9}(?:/[\w-]{1,200})?/?(?=[?#\s]|$)"
)
"""An address of Oxford's and other journals on Silverchair: behind the DOI stand the page's number and its title."""
_VERSION = re.compile(r"(10\.(?:1101|64898)/[\d.]{6,30})v\d{1,3}(?:\.[a-z-]{1,30})*", re.IGNORECASE)
"""A version of a bioRxiv or medRxiv preprint; all versions have one DOI."""


FIRST_INVENTED_PMID = 99_000_001
"""The demonstration's PMIDs start here; PubMed's own will not reach this number for decades."""


def is_invented(pmid: Pmid) -> bool:
    """Whether a record is one of the demonstration's: a report with such a record says that it is one."""
    return pmid >= FIRST_INVENTED_PMID


def number_of_work(doi: Doi) -> Pmid:
    """The number by which a cited work that PubMed does not have is kept where papers go by PMID: below zero, and made
    from its DOI, so that it is the same in every store.
    """
    return Pmid(-1 - (int.from_bytes(hashlib.sha256(doi.encode()).digest()[:4]) & 0x7FFF_FFFF))


def is_pmid(number: Pmid) -> bool:
    """Whether it is PubMed's own, and not a ``number_of_work``."""
    return number > 0


def parse_pmid(text: str | int) -> Pmid:
    """Read a PMID from ``"PMID: 33116712"``, ``"33116712"`` or an integer.

    Raises ValueError for anything else, also for zero and for more than nine digits.

    >>> parse_pmid("PMID: 33116712")
    33116712
    """
    match = _PMID.fullmatch(str(text).strip())
    if match is None or not match[1].isascii():
        raise ValueError(f"{str(text)[:60]!r} is not a PMID (1 to 9 digits)")
    return Pmid(int(match[1]))


def pmid_or_none(text: str) -> Pmid | None:
    """The PMID that a field holds; None for an empty field and for anything else."""
    try:
        return parse_pmid(text) if text else None
    except ValueError:
        return None


def find_pmid(text: str) -> Pmid | None:
    """The first PMID that a text or an address names as one; None where it names none.

    >>> find_pmid("https://www.ncbi.nlm.nih.gov/pubmed/?term=33116712")
    33116712
    """
    for pattern in _PMID_IN_TEXT:
        for found in pattern.finditer(text):
            if found[1].isascii() and int(found[1]):
                return Pmid(int(found[1]))
    return None


def parse_doi(text: str) -> Doi:
    """Read a DOI from its bare form, ``doi:10.…`` or an address that holds one; the result is lower-cased.

    One that is percent-encoded, as in an address, is decoded, so that both forms are the same DOI. What an address has
    behind it (``/full``, ``.full.pdf``, ``?query``, the version of a preprint) is dropped, and so is the punctuation or
    closing bracket that a sentence left there; brackets of its own stay. Raises ValueError otherwise.

    >>> parse_doi("https://doi.org/10.2147/DMSO.S275898.")
    '10.2147/dmso.s275898'
    >>> parse_doi("https://doi.org/10.1016%2FS0140-6736%2820%2931180-6")
    '10.1016/s0140-6736(20)31180-6'
    >>> parse_doi("https://www.example.org/articles/10.5555/naps.2020.00123/full?via=list")
    '10.5555/naps.2020.00123'
    """
    if len(text) <= _LONGEST_DOI and _USUAL_DOI.fullmatch(text):  # a file has tens of thousands of them
        lowered = text.lower()
        if "pm" not in lowered and "epub" not in lowered:  # the beginnings of tails
            return Doi(lowered)
    plain = text.strip()
    if len(plain) <= _LONGEST_DOI:
        decoded = _decoded(_BEFORE_NUMBER.sub(r"\1", plain)).lstrip("<[( ")
        # A query may hold an encoded blank, which is no part of the DOI before it.
        match = _DOI.fullmatch(decoded if " " in plain else decoded.partition(" ")[0])
        if match is not None and (doi := _without_tail(match[1])).partition("/")[2]:
            return Doi(doi.lower())
    raise ValueError(f"{text[:80]!r} is not a DOI (it should look like 10.1000/xyz)")


def doi_or_none(text: str) -> Doi | None:
    """The DOI that a field holds; None for an empty field and for anything else."""
    try:
        return parse_doi(text) if text else None
    except ValueError:
        return None


def find_doi(text: str) -> Doi | None:
    """The first DOI in a text or an address, in any of the forms of ``parse_doi``; None where there is none.

    >>> find_doi("Naps. J Naps 2020;1:2. doi:10.5555/NAPS.1.")
    '10.5555/naps.1'
    """
    for found in _DOI_IN_TEXT.finditer(_BEFORE_NUMBER.sub(r"\1", text)):
        try:
            return parse_doi(found[1])
        except ValueError:
            continue
    return None


def find_pmcid(text: str) -> str | None:
    """The first identifier of PubMed Central in a text or an address, as PubMed writes it; None where there is none.

    >>> find_pmcid("PMCID: pmc 1234567")
    'PMC1234567'
    """
    found = _PMCID.search(text)
    return f"PMC{found[1]}" if found else None


def _decoded(text: str) -> str:
    """The text without percent signs, entities of markup and the hyphens that typesetters put in."""
    while _ENCODED.search(text) and (further := unquote(text)) != text:
        text = further
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text.translate(_SIGNS)


def _without_tail(doi: str) -> str:
    before = ""
    while before != doi:
        before = doi
        doi = _BEHIND_DOI.sub("", doi, count=1).rstrip(".,;:!?*'’”»|")
        doi = match[1] if (match := _VERSION.fullmatch(doi)) else doi
        for opening, closing in ("()", "[]", "{}", "<>"):
            if doi.endswith(closing) and doi.count(closing) > doi.count(opening):
                doi = doi[:-1]
    return doi
