"""References that a web page lists outside its text: ``citation_reference`` in meta elements, ``citation`` in JSON-LD.

Sources: Google Scholar's inclusion guidelines and Highwire's tags (``citation_title=…; citation_author=…``), and
schema.org's ``citation``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from lxml import html

from litwatch.articles.bibliography.listed_entry import ListedEntry, pmcid_in, printed_name, year_in
from litwatch.articles.bibliography.listed_references import ListedReferences
from litwatch.articles.blocks import one_line
from litwatch.articles.forms.page_metadata import ARTICLES, linked_data
from litwatch.articles.model import ListOrigin, ListSource
from litwatch.articles.reference_list.reference_entry import read_entry
from litwatch.model.identifiers import doi_or_none, find_doi, find_pmid, pmid_or_none

MOST_LISTED = 1000
_LONGEST = 3000
_PART = re.compile(r"(?:^|;)\s*+citation_(\w{2,40})\s*+=\s*+((?:[^;]|;(?!\s*+citation_))*+)")
_INITIALS_FIRST = re.compile(r"((?:[^\W\d_a-z]\.?[ -]?){1,4}) ((?:[^\W\d_]{1,4} ){0,3}[^\W\d_][\w'’-]+)")
_BODIES = ("organization", "corporation", "consortium")


def read_listed_references(root: html.HtmlElement) -> tuple[ListedReferences, ...]:
    """The lists that a page holds outside its text, the meta elements' first; each not empty."""
    metas = (meta for meta in root.iter("meta") if str(meta.get("name") or "").casefold() == "citation_reference")
    named = [_of_meta(one_line(str(meta.get("content") or ""))[:_LONGEST]) for meta in islice(metas, MOST_LISTED)]
    linked: list[ListedEntry | None] = []
    for node in linked_data(root):
        kinds = node.get("@type")
        if linked or not any(str(kind).casefold().endswith(ARTICLES) for kind in _each(kinds)):
            continue
        linked = [_of_linked_data(one) for one in _each(node.get("citation"))[:MOST_LISTED]]
    lists = ((ListOrigin.META, named), (ListOrigin.LINKED_DATA, linked))
    found = [(origin, tuple(entry for entry in entries if entry is not None)) for origin, entries in lists]
    return tuple(ListedReferences(ListSource(origin), entries) for origin, entries in found if entries)


def _of_meta(content: str) -> ListedEntry | None:
    """One entry: columns, or a text as it would be printed."""
    if "citation_" not in content:
        return _of_text(content)
    said: dict[str, list[str]] = {}
    for name, value in _PART.findall(content):
        if value.strip():
            said.setdefault(name.casefold(), []).append(value.strip())

    def first(*names: str) -> str:
        return next((said[name][0] for name in names if name in said), "")

    pages = "-".join(page for page in (first("firstpage"), first("lastpage")) if page)
    entry = ListedEntry(
        authors=tuple(_turned(name) for name in (*said.get("author", ()), *said.get("authors", ()))),
        title=first("title", "inbook_title"),
        source=first("journal_title", "journal_abbrev", "conference_title", "inbook_title", "publisher"),
        year=year_in(first("publication_date", "year", "date")),
        volume=first("volume"),
        issue=first("issue"),
        pages=first("pages") or pages,
        doi=doi_or_none(first("doi")),
        pmid=pmid_or_none(first("pmid")),
        pmcid=pmcid_in(first("pmcid")),
    )
    return entry if entry.title or entry.doi or entry.pmid else None


def _of_text(text: str) -> ListedEntry | None:
    text = one_line(text)[:_LONGEST]
    if len(text) < 10:
        return None
    read = read_entry(1, None, kind=None, kind_line="", lines=(text,), links=())
    year = str(read.year or "")
    return ListedEntry(
        authors=read.authors, title=read.title, source=read.source, year=year, doi=read.doi, pmid=read.pmid, text=text
    )


def _of_linked_data(value: object) -> ListedEntry | None:
    if isinstance(value, str):
        return _of_text(value)
    if not isinstance(value, Mapping):
        return None
    addresses = [_said(one) for key in ("@id", "sameAs", "url", "identifier") for one in _each(value.get(key))]
    marked = {
        _said(one.get("propertyID")).casefold(): _said(one.get("value"))
        for one in _each(value.get("identifier"))
        if isinstance(one, Mapping)
    }
    part = next((one for one in _each(value.get("isPartOf")) if one), None)
    whole = next((one for one in _each(part.get("isPartOf")) if one), part) if isinstance(part, Mapping) else part
    levels = [one for one in (value, part, whole) if isinstance(one, Mapping)]
    volume = next((said for one in levels if (said := _said(one.get("volumeNumber")))), "")
    issue = next((said for one in levels if (said := _said(one.get("issueNumber")))), "")
    pages = "-".join(said for key in ("pageStart", "pageEnd") if (said := _said(value.get(key))))
    entry = ListedEntry(
        authors=tuple(name for one in _each(value.get("author"))[:200] if (name := _person(one))),
        title=_said(value.get("headline")) or _said(value.get("name")),
        source=_named(whole) or _named(part) or _named(value.get("publisher")),
        year=year_in(_said(value.get("datePublished"))),
        volume=volume,
        issue=issue,
        pages=_said(value.get("pagination")) or pages,
        doi=doi_or_none(marked.get("doi", "")) or next((doi for one in addresses if (doi := find_doi(one))), None),
        pmid=pmid_or_none(marked.get("pmid", "") or marked.get("pubmed", ""))
        or next((pmid for one in addresses if "pubmed" in one and (pmid := find_pmid(one))), None),
    )
    if entry.title and not (entry.authors or entry.source or entry.year):
        # An entry as it is printed, in a field that is meant for titles.
        return _of_text(f"{entry.title} doi:{entry.doi}" if entry.doi else entry.title)
    return entry if entry.title or entry.doi or entry.pmid else _of_text(_said(value.get("text")))


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _said(value: object) -> str:
    return one_line(str(value))[:_LONGEST] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _named(value: object) -> str:
    return _said(value.get("name")) if isinstance(value, Mapping) else _said(value)


def _person(value: object) -> str:
    if not isinstance(value, Mapping):
        return _turned(_said(value))
    family = _said(value.get("familyName"))
    if family:
        return printed_name(family, _said(value.get("givenName")))
    name = _said(value.get("name"))
    words = name.split()
    if _said(value.get("@type")).casefold() == "person" and len(words) in (2, 3) and "," not in name:
        turned = _turned(name)
        return turned if turned != name or words[-1].isupper() else printed_name(words[-1], " ".join(words[:-1]))
    return name if _said(value.get("@type")).casefold().endswith(_BODIES) else _turned(name)


def _turned(name: str) -> str:
    """A name with its family name first where its form is clear: ``A. B. Doe``, ``Doe, Anna``; else as it is."""
    family, comma, given = name.partition(",")
    if comma and given.strip() and "," not in given:
        return printed_name(family.strip(), given.strip())
    found = _INITIALS_FIRST.fullmatch(name)
    return printed_name(found[2], found[1]) if found else name
