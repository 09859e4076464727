"""EFetch's abstract format: a record as a person reads it, in UTF-8, wrapped at 80 characters.

Blocks, their order and their forms as in answers of 2020 to 2025 that public repositories quote whole: the citation,
the title, the authors with the numbers of their affiliations, the notices about the record (``Retraction in``), the
abstract, its copyright, the identifiers, and the statement of interests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from lxml import etree

from litwatch.model.language_names import LANGUAGE_NAMES
from litwatch.standin import citation_line, docsum
from litwatch.standin.docsum import Summary
from litwatch.standin.line_breaks import broken
from litwatch.standin.medline_text import NOTICE_TAGS, source, undotted_heading

_WIDTH: Final = 81
"""A blank at a line's end included."""


def write(record: etree._Element, number: int, today: date) -> str:
    """One record, the ``number``-th of its answer; ``today`` tells whether PMC shows the article yet."""
    return "\n\n".join(block for block in _blocks(record, number, today) if block)


def _blocks(record: etree._Element, number: int, today: date) -> Iterator[str]:
    summary = docsum.summarise(record)
    yield f"{number}. {_wrapped(citation_line.cite(summary))}"  # the number does not count for the break
    title = record.find(".//ArticleTitle")
    yield _wrapped(docsum.flat(title) if title is not None and docsum.words(title) else summary.title)
    foreign = [LANGUAGE_NAMES.get(code, code) for code in summary.language if code not in ("eng", "und")]
    if foreign and "eng" not in summary.language:
        yield f"[Article in {', '.join(foreign)}]"
    yield from _people(record)
    yield from _notices(record)
    yield _abstract(record)
    for other in record.iterfind(".//OtherAbstract"):
        text = " ".join(docsum.flat(part) for part in other.iterfind("AbstractText"))
        yield _wrapped(f"{other.get('Type')}: {text}")
    yield _wrapped(docsum.flat_at(record, ".//Abstract/CopyrightInformation"))
    yield "\n".join(_identifiers(summary, today))
    if interests := docsum.flat_at(record, ".//CoiStatement"):
        yield _wrapped(f"Conflict of interest statement: {undotted_heading(interests)}")


def _people(record: etree._Element) -> Iterator[str]:
    places: dict[str, int] = {}
    authors = list(record.iterfind(".//AuthorList[1]/Author"))
    people = [_numbered(author, places) for author in authors if author.find("CollectiveName") is None]
    groups = [docsum.author_name(author) for author in authors if author.find("CollectiveName") is not None]
    named = "; ".join(part for part in (", ".join(filter(None, people)), "; ".join(groups)) if part)
    if named:
        yield _wrapped(named if named.endswith(".") else f"{named}.")
    investigators = [_numbered(person, places) for person in record.iterfind(".//InvestigatorList/Investigator")]
    if places:
        lines = ["Author information:", *(_wrapped(f"({n}){place}") for place, n in places.items())]
        yield "\n".join([*lines, "(#)Contributed equally"] if any(map(_shared, authors)) else lines)
    if investigators:
        yield _wrapped(f"Collaborators: {', '.join(filter(None, investigators))}.")


def _numbered(person: etree._Element, places: dict[str, int]) -> str:
    """A person's name with the numbers of their affiliations, which are added to ``places`` as they come."""
    own = [docsum.flat(place) for place in person.iterfind("AffiliationInfo/Affiliation")]
    marks = ("(#)" if _shared(person) else "") + "".join(
        f"({places.setdefault(place, len(places) + 1)})" for place in own if place
    )
    return docsum.author_name(person) + marks


def _shared(author: etree._Element) -> bool:
    """Whether the record says that several authors contributed equally, this one among them."""
    return author.get("EqualContrib") == "Y"


def _notices(record: etree._Element) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for notice in record.iterfind(".//CommentsCorrections"):
        if notice.get("RefType") in NOTICE_TAGS:
            kinds.setdefault(docsum.relation(notice).kind, []).append(source(notice))
    for kind, sources in kinds.items():
        lines = ["\n    ".join(line for line in broken(where, _WIDTH - 4)) for where in sources]
        yield "\n".join([kind, *(f"    {line}" for line in lines)])


def _abstract(record: etree._Element) -> str:
    parts = [(part.get("Label"), docsum.flat(part)) for part in record.iterfind(".//Abstract/AbstractText")]
    return "\n".join(_wrapped(f"{label}: {said}" if label else said) for label, said in parts)


def _identifiers(summary: Summary, today: date) -> Iterator[str]:
    released = summary.released
    coming = released > f"{today:%Y/%m/%d}"
    if summary.doi:
        yield f"DOI: {summary.doi}"
    for kind, value in summary.ids:
        if kind == "pmc":
            yield f"PMCID: {value}" + (f" [Available on {released.replace('/', '-')}]" if coming else "")
    yield f"PMID: {summary.uid}" + (" [Indexed for MEDLINE]" if summary.medline == "MEDLINE" else "")


def _wrapped(text: str) -> str:
    return "\n".join(broken(text, _WIDTH))
