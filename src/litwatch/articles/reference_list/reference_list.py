"""The blocks of a reference list → References in printed order, numbered or not.

Three shapes: entries of several lines (kind, title, "Journal, 2020"), one line an entry with or without number, and
title lines that alternate with source lines. An unnumbered entry is not given a number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from litwatch.articles.blocks import LOWER, Block, BlockSort, one_line
from litwatch.articles.model import Uncertainty
from litwatch.articles.reference_list.entry_columns import styles_of, with_columns
from litwatch.articles.reference_list.reference_entry import is_in_parts, read_entry
from litwatch.articles.reference_list.reference_region import ENTRY_NUMBER, ends_in_year, kind_of, looks_cited
from litwatch.model.reference import Reference, ReferenceKind

_BACK_SIGN = re.compile(r"^[\^↑↩]\s*(?:(?:[a-z]|[⁰¹²³⁴⁵⁶⁷⁸⁹.,]{1,4})\s)*")
"""What a wiki prints before an entry: a caret, and a letter for each place that cites it."""
_OWN_NUMBER = re.compile(
    r"\[\^?(\d{1,3})\][:.]?\s*|\(?(\d{1,3})(?:[.):]+\s*|\s*$)(?!\d)|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?![⁰¹²³⁴⁵⁶⁷⁸⁹])\s*|(\d{1,3})\s(?=[A-Z])"
)
_LINK_LINE = re.compile(
    r"(?:[\s|·,;.\[\]()»›>-]|pubmed|abstract|publisher|full|text|central|crossref|google|scholar|view|article|medline|"
    r"isi|cas|pmc|free|open|url|doi|link|https?://\S++)++",
    re.IGNORECASE,
)
"""A line of an entry that holds nothing but the names of links, or an address that is linked as well."""
_LONE = re.compile(r"[\[(]\d{1,3}[\])][.:]?|\d{1,3}[.):]|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")
_MOST_NUMBERED = 0.8
_BRACKETED = re.compile(r"\[\^?\d{1,3}\] ?\S")
"""A number that the entry prints itself; it counts before the one of the list item that holds the entry."""


@dataclass(slots=True)
class _Line:
    """One printed line of the list."""

    text: str
    number: int | None
    starts: bool
    """Whether its block says that an entry begins here (a list item, a table row)."""
    tight: bool
    links: tuple[str, ...]
    is_heading: bool
    entry: int | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Entry:
    """The lines of one entry."""

    kind: ReferenceKind | None = None
    kind_line: str = ""
    number: int | None = None
    lines: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    """Lines that hold only addresses or the names of links."""
    columns: dict[str, str] = field(default_factory=dict)
    """What the page's markup calls the entry's parts."""


def read_references(blocks: Sequence[Block]) -> tuple[tuple[Reference, ...], bool, tuple[Uncertainty, ...]]:
    """Read the list: (references, whether the page numbers them, what is uncertain)."""
    marked = [block for block in blocks if block.entry is not None]
    others = [block for block in blocks if block.entry is None]
    entries = [entry for entry in (*_by_markup(marked), *_entries(_lines(others))) if entry.lines or entry.kind_line]
    styled = styles_of([entry.columns for entry in entries])
    references = tuple(
        with_columns(
            read_entry(
                position,
                entry.number,
                kind=entry.kind,
                kind_line=entry.kind_line,
                lines=tuple(entry.lines),
                links=tuple(entry.links),
            ),
            entry.columns,
            styled,
        )
        for position, entry in enumerate(entries, start=1)
    )
    numbers = [ref.number for ref in references if ref.number is not None]
    notes: list[Uncertainty] = []
    repeated = sorted(number for number, times in Counter(numbers).items() if times > 1)
    if repeated:
        listed = ", ".join(map(str, repeated))
        notes.append(
            Uncertainty("reference-number-repeated", f"The list gives the same number to different entries: {listed}.")
        )
    if numbers and len(numbers) < len(references):
        notes.append(
            Uncertainty(
                "references-partly-numbered", f"Only {len(numbers)} of {len(references)} references have a number."
            )
        )
    notes += [
        Uncertainty(
            "reference-unclear", f"Reference {ref.position} was kept whole: its title could not be told from the rest."
        )
        for ref in references
        if not ref.title
    ]
    # A few lines without number among many with one leave the others' numbers as certain as they were.
    numbered = bool(numbers) and len(numbers) >= _MOST_NUMBERED * len(references) and not repeated
    # Nor does a single further one, such as a leaflet under "Further reading", beside a list that counts from 1.
    one_more = len(references) == len(numbers) + 1 and len(numbers) > 1
    counted = one_more and numbers == list(range(1, len(numbers) + 1))
    return references, numbered or counted or (bool(numbers) and len(numbers) == len(references)), tuple(notes)


def _by_markup(blocks: Sequence[Block]) -> list[_Entry]:
    """The entries that the page's markup names, each with all its blocks; a number of its own opens the first line."""
    entries: dict[int, _Entry] = {}
    for block in blocks:
        if block.entry is None:
            continue
        entry = entries.setdefault(block.entry, _Entry())
        entry.number = block.number if entry.number is None else entry.number
        entry.links += block.links
        entry.columns = {**dict(block.columns), **entry.columns}
        for text in block.lines:
            bare = _BACK_SIGN.sub("", text)
            if not entry.lines:
                bare = _own_number(entry, bare)
            if bare and _LINK_LINE.fullmatch(bare):
                entry.addresses.append(bare)
            elif bare:
                entry.lines.append(bare)
    for entry in entries.values():
        entry.lines = entry.lines or entry.addresses[:1]
        if len(entry.lines) > 1 and (kind := kind_of(entry.lines[0])) is not None:
            entry.kind, entry.kind_line, entry.lines = kind, entry.lines[0], entry.lines[1:]
        titled = "title" in entry.columns or len(entry.columns.get("bold", "").split()) > 2
        if (titled or any(looks_cited(line) for line in entry.lines)) and not is_in_parts(entry.lines):
            entry.lines = [one_line(" ".join(entry.lines))]
    return [entry for entry in entries.values() if entry.lines]


def _own_number(entry: _Entry, text: str) -> str:
    """The text without the number that the entry prints itself; it counts where the markup names none or the same."""
    found = _OWN_NUMBER.match(text)
    if found is None:
        return text
    number = int(next(group for group in found.groups() if group).translate(LOWER))
    if entry.number not in (None, number) and found[1] is None:
        return text
    entry.number = number if entry.number is None or found[1] else entry.number
    return text[found.end() :].strip()


def _lines(blocks: Sequence[Block]) -> list[_Line]:
    lines: list[_Line] = []
    for block in blocks:
        items = block.sort in (BlockSort.BULLET, BlockSort.NUMBERED, BlockSort.TABLE) and not block.continued
        for place, printed in enumerate(block.lines):
            text = _BACK_SIGN.sub("", printed)
            first = place == 0
            back = text != printed and bool(text)
            number = block.number if first and not block.continued else None
            rest = text
            if (
                (number is None or _BRACKETED.match(text))
                and (found := ENTRY_NUMBER.match(text)) is not None
                and text[found.end() :].strip()
            ):
                number, rest = (
                    int(next(group for group in found.groups() if group).translate(LOWER)),
                    text[found.end() :].strip(),
                )
            lines.append(
                _Line(
                    rest,
                    number,
                    back or (items and first),
                    block.tight or not first,
                    block.links if first else (),
                    block.sort is BlockSort.HEADING,
                )
            )
    return _bare_numbered(_lone_numbered(lines))


def _lone_numbered(lines: list[_Line]) -> list[_Line]:
    """A number with stop or bracket alone on its line belongs to the line below it, where the numbers count up."""
    lone = [at for at, line in enumerate(lines[:-1]) if line.number is None and _LONE.fullmatch(line.text)]
    numbers = [int(re.sub(r"\D", "", lines[at].text.translate(LOWER))) for at in lone]
    if len(lone) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return lines
    for at, number in zip(lone, numbers, strict=True):
        below = lines[at + 1]
        below.number, below.starts = number, True
    return [line for at, line in enumerate(lines) if at not in set(lone)]


def _bare_numbered(lines: list[_Line]) -> list[_Line]:
    """Numbers without stop or bracket ("1 Smith A …", or alone on a line) count where they count up from 1."""
    if any(line.number is not None for line in lines):
        return lines
    leading = [
        (at, int(first))
        for at, line in enumerate(lines)
        if (first := line.text.split(maxsplit=1)[0]).isdecimal() and first.isascii() and len(first) <= 3
    ]
    if [number for _, number in leading] != list(range(1, len(leading) + 1)) or len(leading) < 2:
        return lines
    for at, number in leading:
        lines[at].number = number
        lines[at].text = lines[at].text.partition(" ")[2].strip()
    # A number alone on its line belongs to the line below it.
    kept: list[_Line] = []
    waiting: int | None = None
    for line in lines:
        if not line.text:
            waiting = line.number
            continue
        if waiting is not None:
            line.number, waiting = waiting, None
        kept.append(line)
    return kept


def _entries(lines: list[_Line]) -> list[_Entry]:
    """Group the lines into entries by the strongest sign that the list gives."""
    if not lines:
        return []
    kinds = [at for at, line in enumerate(lines) if kind_of(line.text) is not None]
    if kinds and _kinds_head_entries(lines, kinds):
        return _by_kind_line(lines)
    if any(line.number is not None for line in lines):
        return _by_start(lines, [line.number is not None for line in lines])
    if any(line.starts for line in lines):
        return _by_start(lines, [line.starts for line in lines])
    plain = [line for line in lines if kind_of(line.text) is None]
    if _alternates(plain):
        return _by_start(lines, [not ends_in_year(line.text) for line in lines])
    if any(line.tight for line in lines) and not all(line.tight for line in lines[1:]):
        return _by_start(lines, [not line.tight for line in lines])
    return _by_start(lines, [True] * len(lines))


def _kinds_head_entries(lines: list[_Line], kinds: list[int]) -> bool:
    """Whether each kind line heads one entry; else it heads a group of them."""
    for start, end in zip(kinds, [*kinds[1:], len(lines)], strict=True):
        below = lines[start + 1 : end]
        if sum(line.number is not None or line.starts for line in below) > 1 - (below == []):
            numbered = sum(line.number is not None for line in below)
            # A number printed before the next kind line ("2." above "Research") is that line's.
            if numbered > 1 or any(line.starts for line in below[:-1]):
                return False
        if sum(ends_in_year(line.text) for line in below) > 1:
            return False
    return True


def _by_kind_line(lines: list[_Line]) -> list[_Entry]:
    entries: list[_Entry] = []
    for line in lines:
        kind = kind_of(line.text)
        if kind is not None or not entries:
            entries.append(_Entry(kind, line.text if kind is not None else "", line.number))
            if kind is not None:
                entries[-1].links += line.links
                continue
        entry = entries[-1]
        entry.number = line.number if entry.number is None else entry.number
        entry.lines.append(line.text)
        entry.links += line.links
    return entries


def _by_start(lines: list[_Line], starts: list[bool]) -> list[_Entry]:
    """One entry from each starting line; a kind line between entries holds for all below it."""
    entries: list[_Entry] = []
    kind: ReferenceKind | None = None
    kind_line = ""
    for line, start in zip(lines, starts, strict=True):
        named = kind_of(line.text)
        if named is not None:
            if start and line.number is not None:
                entries.append(_Entry(named, line.text, line.number, links=list(line.links)))
                kind, kind_line = None, ""
            else:
                kind, kind_line = named, line.text
            continue
        if start or not entries or (kind_line and entries[-1].kind is not kind and not line.tight):
            entries.append(_Entry(kind, kind_line, line.number))
        entries[-1].lines.append(one_line(line.text))
        entries[-1].links += line.links
    return entries


def _alternates(lines: list[_Line]) -> bool:
    """Whether title lines alternate with lines that read ``Journal, 2020``."""
    if len(lines) < 2 or len(lines) % 2:
        return False
    return all(ends_in_year(line.text) == bool(at % 2) for at, line in enumerate(lines))
