"""Items in CSL's form (JSON or YAML), as Zotero, Mendeley and pandoc write them → entries.

Source of the fields: the CSL 1.0.2 data schema and pandoc's manual (``references:`` in a front matter).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import cast

from litwatch.articles.bibliography.listed_entry import (
    ListedEntry,
    pmcid_in,
    pmid_in_note,
    printed_name,
    year_in,
)
from litwatch.articles.blocks import clean_source, one_line
from litwatch.model.identifiers import doi_or_none, pmid_or_none

_TAGS = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span|p)\b[^<>]{0,200}>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,2}|_)(?=\S)([^*_]{1,300}?)(?<=\S)\1(?![\w*])")
_LONGEST = 4000
_MOST = 20_000


def find_items(loaded: object) -> list[Mapping[str, object]]:
    """The items of a loaded file or value: a list, or a mapping that holds one; empty for anything else."""
    if isinstance(loaded, Mapping):
        loaded = next((loaded[name] for name in ("references", "items") if isinstance(loaded.get(name), list)), None)
    if not isinstance(loaded, list) or len(loaded) > _MOST:
        return []
    items = [cast("Mapping[str, object]", item) for item in loaded if isinstance(item, Mapping)]
    return [item for item in items if _said(item, "title", "id", "DOI", "doi", "citation-key")]


def key_of(item: Mapping[str, object]) -> str:
    """The key by which a text cites an item."""
    return _said(item, "citation-key", "id") if "id" not in item else _said(item, "id")


def read_item(item: Mapping[str, object]) -> ListedEntry:
    """One item as an entry."""
    names, is_cut = _people(item.get("author") or item.get("editor"))
    note = str(item.get("note") or "")[:_LONGEST]
    volume_title = _said(item, "collection-title") if not _said(item, "container-title", "publisher") else ""
    return ListedEntry(
        key=key_of(item),
        authors=names,
        is_cut=is_cut,
        title=_said(item, "title", "title-short"),
        source=_said(item, "container-title", "container-title-short", "journalAbbreviation", "publisher")
        or volume_title,
        year=year_in(_date(item.get("issued")) or _said(item, "year")),
        volume=_said(item, "volume"),
        issue=_said(item, "issue"),
        pages=_said(item, "page", "number").replace("–", "-") if "page" in item else _said(item, "page-first"),
        doi=doi_or_none(_said(item, "DOI", "doi")),
        pmid=pmid_or_none(_said(item, "PMID", "pmid")) or pmid_in_note(note),
        pmcid=pmcid_in(_said(item, "PMCID", "pmcid")),
        url=_said(item, "URL", "url"),
    )


def _said(item: Mapping[str, object], *names: str) -> str:
    """The first of these fields that holds a text or a number, without its markup."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list) and value:
            value = value[0]  # Crossref gives title and container-title as lists
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            text = html.unescape(_TAGS.sub("", str(value)[:_LONGEST]))
            return one_line(clean_source(_EMPHASIS.sub(r"\2", text)))
    return ""


def _people(value: object) -> tuple[tuple[str, ...], bool]:
    people = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    names: list[str] = []
    for person in people[:1000]:
        if isinstance(person, str):
            names.append(one_line(clean_source(person[:300])))
        elif isinstance(person, Mapping):
            one = cast("Mapping[str, object]", person)
            particle = " ".join(part for part in (_said(one, "dropping-particle"), _said(one, "non-dropping-particle")))
            family = one_line(f"{particle} {_said(one, 'family')}")
            names.append(
                _said(one, "literal", "name")
                or printed_name(family, _said(one, "given"), _said(one, "suffix") if family else "")
            )
    is_cut = bool(names) and names[-1].casefold() in ("others", "et al", "et al.")
    return tuple(name for name in (names[:-1] if is_cut else names) if name), is_cut


def _date(value: object) -> str:
    """A date's words: ``{date-parts: [[2020, 5]]}``, ``{year: 2020}``, ``[{year: 2020}]``, ``2020-05``."""
    if isinstance(value, list):
        return _date(value[0]) if value else ""
    if not isinstance(value, Mapping):
        return str(value or "")[:40]
    parts = value.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    said = parts if isinstance(parts, str | int) else value.get("year") or value.get("literal") or value.get("raw")
    return str(said or "")[:40]
