"""BibTeX and biblatex files → entries. The library splits the file; an entry is decoded when it is asked for.

bibtexparser reads on after a faulty entry, where pybtex stops at the first: bibliographies are kept by hand. LaTeX's
accents, commands and formulas become Unicode through pylatexenc.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import partial

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import Entry
from pylatexenc.latex2text import LatexNodes2Text

from litwatch.articles.bibliography.listed_entry import (
    ListedEntry,
    pmcid_in,
    pmid_in_note,
    printed_name,
    year_in,
)
from litwatch.articles.blocks import clean_source, one_line
from litwatch.model.identifiers import doi_or_none, pmid_or_none

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its faults are returned, and told to the editor
_RANGE = re.compile(r"[–—-]+")
_BLOCK = re.compile(r"@\w+\s*+[{(]")
MOST_BLOCKS = 20_000
"""Entries of one file; the library's time grows faster than their number."""
_LONGEST_FIELD = 4000
_DEEPEST = 12
_DECODER = LatexNodes2Text(math_mode="text", strict_latex_spaces=False)
_SUBSCRIPT = re.compile(r"\$_\{?(\w{1,4})\}?\$")
_RAISED = re.compile(r"\$\^\{?(\w{1,4})\}?\$")


def read_bibtex(text: str) -> tuple[Mapping[str, Callable[[], ListedEntry]], tuple[str, ...]]:
    """The entries by key, each made when it is called, and what is wrong with others. Raises ValueError if too many."""
    if sum(1 for _ in _BLOCK.finditer(text)) > MOST_BLOCKS:
        raise ValueError(f"it has more than {MOST_BLOCKS:,} entries")
    library = parse_string(text)
    raw: dict[str, Entry] = {}
    for entry in library.entries:
        raw.setdefault(entry.key, entry)
    found: dict[str, Callable[[], ListedEntry]] = {}
    for key, entry in raw.items():
        found[key] = partial(_read, entry, raw)
        for alias in _field(entry, "ids").split(","):
            if alias.strip():
                found.setdefault(alias.strip(), found[key])
    faults = tuple(
        f"line {(block.start_line or 0) + 1} ({one_line((block.raw or '')[:60])} …)" for block in library.failed_blocks
    )
    return found, faults


def _field(entry: Entry, *names: str) -> str:
    """The first of these fields that an entry has, as it is written."""
    fields = {name.casefold(): field.value for name, field in entry.fields_dict.items()}
    return next((str(fields[name])[:_LONGEST_FIELD].strip() for name in names if fields.get(name)), "")


def _read(entry: Entry, others: Mapping[str, Entry]) -> ListedEntry:
    parent = others.get(_field(entry, "crossref", "xref"))

    def said(*names: str) -> str:
        return decoded(_field(entry, *names))

    def inherited(*names: str) -> str:
        return said(*names) or (decoded(_field(parent, *names)) if parent is not None else "")

    title, subtitle = said("title"), said("subtitle")
    if subtitle:
        title = f"{title}{'' if title.endswith(('?', '!', ':', '.')) else ':'} {subtitle}"
    source = inherited("journaltitle", "journal", "booktitle", "maintitle")
    if not source and parent is not None:
        source = decoded(_field(parent, "title"))
    names, is_cut = _people(_field(entry, "author") or _field(entry, "editor"))
    pubmed = _field(entry, "eprinttype", "archiveprefix").casefold() in ("pubmed", "pmid")
    note = f"{_field(entry, 'note')}\n{_field(entry, 'annote', 'annotation')}\n{_field(entry, 'addendum')}"
    return ListedEntry(
        key=entry.key,
        authors=names,
        is_cut=is_cut,
        title=title,
        source=source or inherited("publisher", "institution", "organization", "school", "howpublished"),
        year=year_in(inherited("year") or inherited("date")),
        volume=said("volume"),
        issue=said("number", "issue"),
        pages="-".join(
            map(str.strip, _RANGE.split(said("pages", "eid", "articleno", "article-number", "article_number")))
        ),
        doi=doi_or_none(_field(entry, "doi").strip("{}").replace("\\", "")),
        pmid=pmid_or_none(_field(entry, "pmid").strip("{}"))
        or (pmid_or_none(_field(entry, "eprint").strip("{}")) if pubmed else None)
        or pmid_in_note(note),
        pmcid=pmcid_in(_field(entry, "pmcid", "pmc")),
        url=re.sub(r"\\(?:url\s*)?|[{}]", "", _field(entry, "url")),
    )


def _people(written: str) -> tuple[tuple[str, ...], bool]:
    """The names of an author field, and whether it ends in "and others"."""
    names: list[str] = []
    is_cut = False
    for one in split_multiple_persons_names(one_line(written)):
        if one.casefold() == "others":
            is_cut = True
            continue
        if one.startswith("{") and one.endswith("}"):
            names.append(decoded(one))
            continue
        try:
            parts = parse_single_name_into_parts(one, strict=False)
        except InvalidNameError:
            names.append(decoded(one))
            continue
        family, given = decoded(" ".join([*parts.von, *parts.last])), decoded(" ".join(parts.first))
        names.append(printed_name(family, given, decoded(" ".join(parts.jr))))
    return tuple(name for name in names if name), is_cut


def decoded(written: str) -> str:
    """A field's text: accents and commands as Unicode, braces gone; raw where it is nested beyond reason.

    >>> decoded(r"{\\'E}tude of {CO}$_2$: 50% {\\ss} \\emph{in vivo} --- d'{\\'e}t\\'e")
    'Étude of CO2: 50% ß in vivo — d’été'
    """
    plain = _RAISED.sub(r"\1", _SUBSCRIPT.sub(r"\1", written))
    if "\\" in plain or "$" in plain or "{" in plain or "--" in plain or "``" in plain or "''" in plain:
        plain = re.sub(r"(?<!\\)%", r"\\%", plain)
        is_deep = _depth(plain) > _DEEPEST or "\\begin" in plain
        plain = re.sub(r"[{}\\$]", "", written) if is_deep else _DECODER.latex_to_text(plain)
    return one_line(clean_source(plain.replace("~", " ") if "~" in written and "\\~" not in written else plain))


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
