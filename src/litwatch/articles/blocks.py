"""Blocks: what the reader of each form hands on, before anyone knows what is article and what is page.

A block is a paragraph, heading, list item or table row in reading order. Three pairs of private characters inside its
text keep what plain letters cannot say: "this was superscript", "this was a link or button of digits only", and "the
words before this cite the entries with these numbers".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from litwatch.articles.model import FileForm, ListSource, Uncertainty

BOLD = 7
"""The level of a heading that is only a bold line: below all real ones."""

SUP_OPEN, SUP_CLOSE = "\ue000", "\ue001"
LINK_OPEN, LINK_CLOSE = "\ue002", "\ue003"
CITE_OPEN, CITE_CLOSE = "\ue004", "\ue005"
KEPT_OPEN, KEPT_CLOSE = "\ue006", "\ue007"
"""Around the number of a piece of code while a text is rewritten; no block has them."""
_MARKS = re.compile("[\ue000-\ue007]")
_MARKER = re.compile(
    rf"{SUP_OPEN}[\d,–-]+{SUP_CLOSE}|[{LINK_OPEN}{CITE_OPEN}]"
    r"|\[\^?\d{1,3}(?:[,–-] ?\d{1,3})*\]|\^\d[\d,–-]*\^|[⁰¹²³⁴-⁹]$"
)
_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

_PLAIN = "0123456789+-=()n"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"
_RAISABLE = re.compile(r"n|[^a-zA-Z]*")
RAISE = str.maketrans(_PLAIN, _RAISED)
LOWER = str.maketrans(_RAISED, _PLAIN)


class BlockSort(StrEnum):
    """What a block is by its form."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    TABLE = "table"
    ASIDE = "aside"
    """Furniture by its markup: navigation, footer, form."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block; ``text`` may hold line ends (where the source breaks a line on purpose) and the private marks."""

    sort: BlockSort
    text: str
    level: int = 0
    """A heading's level as the source gives it (7 for a bold line of its own), 0 where it gives none."""
    depth: int = 0
    """Nesting of a list item."""
    number: int | None = None
    """The number printed before a list item."""
    tight: bool = False
    """No blank line stands before it (plain text only)."""
    continued: bool = False
    """A further block of the same list item."""
    scored: bool = False
    """A table row: a bare number at its end is a value, not a marker."""
    prose: bool = False
    """Its markup says that it is a paragraph (HTML's ``<p>``), so its form alone makes no heading of it."""
    links: tuple[str, ...] = ()
    """Addresses that the block links to."""
    entry: int | None = None
    """Which entry of the reference list the block is part of, where the page's markup says so."""
    columns: tuple[tuple[str, str], ...] = ()
    """What the markup of an entry says that its parts are: ("title", …), ("journal", …), ("year", …)."""

    @property
    def plain(self) -> str:
        """The text in one line, without marks, blanks normalised."""
        return one_line(without_marks(self.text))

    @property
    def lines(self) -> tuple[str, ...]:
        """The text's lines, without marks and empty lines, blanks normalised."""
        lines = (one_line(line) for line in without_marks(self.text).split("\n"))
        return tuple(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Page:
    """A whole source as blocks, with what stood outside its text."""

    blocks: tuple[Block, ...]
    matter: Mapping[str, object] = field(default_factory=dict)
    """Front matter or meta elements; keys are lower-case, with ``_`` between words."""
    uncertain: tuple[Uncertainty, ...] = ()
    list_sources: tuple[ListSource, ...] = ()
    """Where the reference list among the blocks comes from, if the source does not print it."""
    form: FileForm | None = None
    """The source's form, where reading it tells more than its name."""


def one_line(text: str) -> str:
    """The text with every run of white space as one blank, none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def carries_marker(text: str) -> bool:
    """Whether a text with private marks holds what only a citation marker looks like: brackets, links, superscripts."""
    return _MARKER.search(text) is not None


def without_marks(text: str) -> str:
    """The text without the private marks; superscript digits are raised where Unicode has them."""
    if SUP_OPEN in text:
        text = re.sub(f"{SUP_OPEN}([^{SUP_OPEN}{SUP_CLOSE}]{{0,99}}){SUP_CLOSE}", _raised, text)
    return _MARKS.sub("", text)


def _raised(found: re.Match[str]) -> str:
    """Raised digits and signs in Unicode; raised words stay as they are, since only a few letters could be raised."""
    return found[1].translate(RAISE) if _RAISABLE.fullmatch(found[1]) else found[1]


def clean_source(text: str) -> str:
    """The source with one sort of line end, without invisible characters and without our private marks."""
    text = _MARKS.sub("�", _LINE_ENDS.sub("\n", text))
    return _CONTROL.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")
