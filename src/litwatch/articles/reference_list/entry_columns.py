"""What the markup of a reference list's entry says that its parts are: title, journal, year, DOI, PMID, authors.

Authors come joined by "; ". Sources: COinS spans (the OpenURL ContextObject in SPAN, as Wikipedia, Zotero and many
journals print it), links to Google Scholar's look-up, which name the columns that the publisher knows, the class names
of publishers' pages, and the elements of JATS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from litwatch.model.identifiers import doi_or_none, pmid_or_none
from litwatch.model.reference import Reference

_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = {
    "title": re.compile(
        r"(?:^|[-_])(?:article|ref|reference|cit|citation|chapter|hlfld|art)[-_]?title$", re.IGNORECASE
    ),
    "journal": re.compile(
        r"(?:^|[-_])(?:source|journal|journal[-_]?title|jrnl|jnl|jnl[-_]abbrev|ref[-_]journal|citation[-_]source)$",
        re.IGNORECASE,
    ),
    "year": re.compile(r"(?:^|[-_])(?:year|pub[-_]?year|pub[-_]date)$", re.IGNORECASE),
}
_SCHOLAR = {"title": "title", "journal": "journal", "publication_year": "year", "doi": "doi"}


def columns_of_coins(context: str) -> Mapping[str, str]:
    """The columns of a COinS span's ``title`` attribute; empty where it is none.

    >>> dict(columns_of_coins("rft.atitle=Naps&rft.jtitle=J+Invent&rft.date=2020-05&rft_id=info%3Apmid%2F99000001"))
    {'title': 'Naps', 'journal': 'J Invent', 'year': '2020', 'pmid': '99000001'}
    """
    said = parse_qs(context[:20_000], max_num_fields=400)
    found: dict[str, str] = {}
    for key, names in (("title", ("rft.atitle", "rft.btitle", "rft.title")), ("journal", ("rft.jtitle", "rft.stitle"))):
        value = next((said[name][0] for name in names if said.get(name)), "")
        if value:
            found[key] = value
    if (year := _YEAR.search(next(iter(said.get("rft.date", [])), ""))) is not None:
        found["year"] = year[0]
    for value in said.get("rft_id", []):
        for key in ("doi", "pmid"):
            if value.startswith(f"info:{key}/"):
                found[key] = value.removeprefix(f"info:{key}/")
    return found


def columns_of_address(address: str) -> Mapping[str, str]:
    """The columns that a link to Google Scholar's look-up names; empty for any other address."""
    path, _, query = address.partition("?")
    if "scholar_lookup" not in path:
        return {}
    said = parse_qs(query.lstrip("&")[:8000], max_num_fields=400)
    return {key: said[name][0] for name, key in _SCHOLAR.items() if said.get(name)}


def column_named(names: object, tag: str, known: Collection[str]) -> str:
    """The column that an inline element of an entry holds by its class names or, in bold and italics, by its look.

    ``known`` are the columns found before in the same entry.

    Bold and italics are called "bold" and "italic": whether they mean title and journal is for the whole list to say.
    """
    classes = str(names or "").split()
    if tag == "cite" and "citation" in classes:
        return ""  # Wikipedia's ``citation journal``: the whole entry
    for name in classes:
        for column, pattern in _NAMED.items():
            if column not in known and pattern.search(name):
                return column
    if tag in ("b", "strong") and "bold" not in known:
        return "bold"
    if tag in ("i", "em") and "bold" in known and "italic" not in known:
        return "italic"
    return ""


def styles_of(entries: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """What bold and italics mean in a list: "bold" in it where they hold titles, "italic" where they hold journals.

    Only where most entries have one bold part of several words: then the italics behind it name the journal.
    """
    bold = [entry["bold"] for entry in entries if "bold" in entry]
    if len(bold) < 2 or 2 * len(bold) < len(entries) or 4 * sum(len(text.split()) > 2 for text in bold) < 3 * len(bold):
        return frozenset()
    return frozenset({"bold", "italic"})


def with_columns(reference: Reference, columns: Mapping[str, str], styled: frozenset[str]) -> Reference:
    """The reference with the title, journal, year, DOI and PMID that the page's markup names and its text prints.

    ``styled`` is what ``styles_of`` found for the whole list. A column that the entry's text does not show is not
    taken: the reference is what is printed.
    """
    if not columns:
        return reference
    text = plain_letters(reference.text)

    def printed(column: str, look: str) -> str:
        value = columns.get(column) or (columns.get(look, "") if look in styled else "")
        value = " ".join(value.split()).strip(' "“”.,;:')
        return value if value and plain_letters(value) and plain_letters(value) in text else ""

    title, journal = printed("title", "bold"), printed("journal", "italic")
    year = int(columns["year"]) if columns.get("year", "").isdecimal() and columns["year"] in reference.text else None
    said = tuple(name for name in columns.get("authors", "").split("; ") if name)
    authors = said or reference.authors
    if (
        not said
        and title
        and any(plain_letters(title).startswith(plain_letters(name)[:40]) for name in authors if len(name) > 20)
    ):
        authors = ()
    return replace(
        reference,
        title=title or reference.title,
        source=journal if journal and plain_letters(journal) != plain_letters(title) else reference.source,
        year=year or reference.year,
        authors=authors,
        doi=reference.doi or doi_or_none(columns.get("doi", "")),
        pmid=reference.pmid or pmid_or_none(columns.get("pmid", "")),
    )


def plain_letters(text: str) -> str:
    """A text's letters and digits alone, without case: for comparing what is printed in two places."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
