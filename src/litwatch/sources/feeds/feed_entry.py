"""One entry of a feed as a lead: which paper it names, and its title as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from litwatch.model.identifiers import Doi, Pmid, find_doi, find_pmid
from litwatch.model.lead import Lead

_TAG = re.compile(
    r"</?(?P<name>[a-z][a-z0-9]{0,15}(?::[a-z]{1,15})?)"
    r"(?:\s{1,9}[\w:-]{1,40}\s?=\s?(?:\"[^\"]{0,999}\"|'[^']{0,999}'|[^\s\"'<>]{1,999})){0,20}\s{0,9}/?>",
    re.IGNORECASE,
)
"""A tag, and not ``p <0.05 and q > 3``: what stands in it must look like attributes."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_BLOCKS = frozenset("br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split())
"""Tags that part words; the rest may stand within one."""
_SAYS_DOI = re.compile(r"\b(?:doi\.org/|(?:doi|digital object identifier)\s?[:：]?\s{0,3})(?=10\.\d{4})", re.IGNORECASE)
_SAYS_PMID = re.compile(r"\bPMID\s?[:：]?\s?(?=\d)", re.IGNORECASE)
_ABOUT_ANOTHER = re.compile(
    r"\b(?:(?:correction|corrigendum|erratum|errata|retraction|expression of concern|comment|commentary|reply|response"
    r"|update|addendum) (?:to|of|on|for|in)|corrects|retracts|retracted|replaces|cites|citing|cited|see also"
    r"|references?:|original (?:article|paper))\b",
    re.IGNORECASE,
)
"""What stands before the identifier of another paper."""
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 5_000, 20_000
_BEFORE = 80
"""Characters before an identifier in a description that tell whose it is."""


def read_entry(entry: Any) -> Lead:
    """An entry, as feedparser gives it, as a lead.

    What names the paper is, in this order: the entry's id, its identifiers (``dc:identifier``, ``prism:doi``,
    ``prism:url``; one a line), its links, and at last a DOI or PMID that the description prints as its own.
    """
    link = str(entry.get("link", ""))
    names = [*_lines(entry, "id", "dc_identifier", "prism_doi", "prism_url"), *_addresses(entry), link]
    pmid = next((found for name in names if (found := find_pmid(name))), None)
    doi = next((named for name in names if (named := find_doi(name))), None)
    if pmid is None and doi is None:
        pmid, doi = _named_by_description(entry)
    shown = link if scheme_of(link) in {"http", "https"} else None
    return Lead(plain_text(str(entry.get("title", ""))[:_LONGEST_TITLE])[:500], pmid, doi, shown)


def plain_text(markup: str) -> str:
    """The text that a reader of a title or description sees, on one line.

    Publishers escape it never, once or twice; a "<" that begins no tag is a character of the text.
    """
    text = markup
    for _ in range(2):
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub(_between, text))
    return " ".join(_TAG.sub(_between, text).split())


def _between(tag: re.Match[str]) -> str:
    return " " if tag["name"].lower() in _BLOCKS else ""


def _lines(entry: Any, *keys: str) -> Iterator[str]:
    for key in keys:
        yield from str(entry.get(key, "")).splitlines()


def _addresses(entry: Any) -> Iterator[str]:
    """The entry's own addresses; those of other kinds (``related``, ``replies``) may lead to other papers.

    arXiv gives the DOI of the published paper as a related link of that title.
    """
    for link in entry.get("links", ()):
        if link.get("rel", "alternate") in {"alternate", "canonical", "self"} or link.get("title") == "doi":
            yield str(link.get("href", ""))


def _named_by_description(entry: Any) -> tuple[Pmid | None, Doi | None]:
    """The one PMID or DOI that the description prints, unless its words say that it is another paper's.

    Links behind the words are not looked at: they lead to glossaries, other papers and trackers.
    """
    described = [str(entry.get("summary", "")), *(str(part.get("value", "")) for part in entry.get("content", ()))]
    pmids: set[Pmid | None] = set()
    dois: set[Doi | None] = set()
    for text in (plain_text(each[:_LONGEST_DESCRIPTION]) for each in described):
        of_pmid, of_doi = list(_SAYS_PMID.finditer(text)), list(_SAYS_DOI.finditer(text))
        if any(_ABOUT_ANOTHER.search(text[max(0, one.start() - _BEFORE) : one.start()]) for one in (*of_pmid, *of_doi)):
            return None, None
        pmids |= {find_pmid(text[one.start() : one.end() + 12]) for one in of_pmid}
        dois |= {find_doi(text[one.end() : one.end() + 300]) for one in of_doi}
    return (pmids.pop() if len(pmids) == 1 else None), (dois.pop() if len(dois) == 1 else None)


def scheme_of(address: str) -> str:
    """The scheme of an address, such as ``https``; empty where it is none."""
    try:
        return urlsplit(address).scheme
    except ValueError:  # "http://[x": a bracket that opens no IPv6 address
        return ""
