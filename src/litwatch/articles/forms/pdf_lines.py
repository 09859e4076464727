"""The signs of a PDF's pages → printed lines, in reading order, and which of them are running heads and page numbers.

Lines are put together in the order of the file, which in most journals runs down one column and then the next; two
columns that are written line by line are told apart by where they begin. Small raised digits get the private marks of
superscripts, and wide gaps become tabs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from litwatch.articles.blocks import SUP_CLOSE, SUP_OPEN, clean_source, one_line, without_marks

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
    | {"\x1b": "ff", "\x1c": "fi", "\x1d": "fl", "\x1e": "ffi", "\x1f": "ffl", "\x10": "“", "\x11": "”"}
    | {"\x15": "–", "\x16": "—", "\x88": "•"}
)
"""Signs for two or three letters; those below 32 are TeX's (Cork encoding), in fonts that do not say what they mean."""
_RAISED = re.compile(r"\d{1,3}(?:\s?[,;–‑-]\s?\d{1,3}){0,30}[,;]?")
_PAGE_NUMBER = re.compile(
    r"(?:\W{0,3}(?:p(?:age|\.)?|seite|pagina|página|page)\s?)?\d{1,5}(?:\s?(?:/|of|von|sur|de|di|van)\s?\d{1,5})?\W{0,3}",
    re.IGNORECASE,
)
_PRINTED_FROM = re.compile(
    r"(?:https?|file)://\S+(?:\s\d{1,3}/\d{1,3})?|\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d\b.{0,120}"
)
"""What a browser prints above and below each page: address, day and page number."""
LONE_NUMBER = re.compile(r"(\d{1,3})[.)]?(?:\s\1[.)]?)?")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_NUMBERED_APART = 5
"""So many lines of a number alone amid the pages are the numbers of a list, and none is taken for a page's."""
_RAISED_SIZE = 0.87
_NEAR = 40
"""So many runs of signs back a line's size and base are looked for."""
_COLUMN_GAP = 2.5
"""A gap of so many times the size of the print parts cells or columns."""
_SIGN_WIDTH = 0.5
"""The mean width of a sign by the size of its print, in the usual faces of text."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of signs in one face; places in points from the page's lower left corner."""

    x: float
    y: float
    size: float
    bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class PdfText:
    """What was taken out of a PDF: its own title (often wrong, often empty) and the fragments of each page."""

    title: str
    pages: tuple[tuple[Fragment, ...], ...]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One printed line; ``text`` with the private marks around raised digits, cells parted by tabs."""

    page: int
    x: float
    y: float
    size: float
    bold: bool
    text: str

    @property
    def plain(self) -> str:
        """The text without marks, blanks normalised."""
        return one_line(without_marks(self.text))


def printed_lines(printed: PdfText) -> tuple[list[PrintedLine], set[int]]:
    """The lines of all pages, and the places of those that are running heads or number a page."""
    lines = [line for number, page in enumerate(printed.pages) for line in _lines(number, _in_columns(page))]
    return lines, _running_heads(lines, len(printed.pages))


def _cleaned(text: str) -> str:
    return clean_source(text.translate(_LIGATURES)).replace("\n", " ")


def _in_columns(fragments: Sequence[Fragment]) -> list[Fragment]:
    """A page's fragments; where two columns are written line by line, the left column first."""
    rows = Counter(round(one.y) for one in fragments)
    starts = Counter(round(one.x / 4) for one in fragments if len(one.text) > 20)
    edges = [edge for edge, times in starts.most_common(2) if times >= 5]
    if len(edges) < 2:
        return list(fragments)
    left, right = sorted(4.0 * edge for edge in edges)
    if right - left < 150:
        return list(fragments)
    split = right - 6
    turns = sum(one.x < split <= after.x and rows[round(one.y)] > 1 for one, after in pairwise(fragments))
    if turns < 5:
        return list(fragments)  # the file itself runs down the columns
    top = max(one.y for one in fragments if one.x >= split and abs(one.x - right) < 8)
    wide = [one for one in fragments if one.x < split and one.y > top + 1]
    rest = [one for one in fragments if not (one.x < split and one.y > top + 1)]
    return [*wide, *(one for one in rest if one.x < split), *(one for one in rest if one.x >= split)]


def _lines(number: int, fragments: Sequence[Fragment]) -> Iterator[PrintedLine]:
    """The lines of one page in the order of the file."""
    run: list[Fragment] = []
    for one in fragments:
        if run and not _same_line(run, one):
            yield from _line(number, run)
            run = []
        run.append(replace(one, text=_cleaned(one.text)))
    if run:
        yield from _line(number, run)


def _same_line(run: Sequence[Fragment], one: Fragment) -> bool:
    near = run[-_NEAR:]
    size = max(part.size for part in near)
    base = next(part.y for part in near if part.size == size)
    return abs(one.y - base) <= 0.6 * max(size, one.size) and one.x >= run[-1].x - 1


def _line(number: int, run: Sequence[Fragment]) -> Iterator[PrintedLine]:
    size = Counter({part.size: 0 for part in run})
    for part in run:
        size[part.size] += len(part.text.strip())
    main = max(size, key=lambda one: (size[one], one))
    base = median(part.y for part in run if part.size == main)
    text = ""
    end: float | None = None
    for part in run:
        said = part.text
        if end is not None and part.x - end > _COLUMN_GAP * main and len(text.strip()) > 0:
            text = text.rstrip() + "\t"
            said = said.lstrip()
        bare = said.strip()
        if part.size <= _RAISED_SIZE * main and part.y > base + 0.1 * main and _RAISED.fullmatch(bare):
            text = f"{text.rstrip()}{SUP_OPEN}{bare}{SUP_CLOSE}"
        else:
            text += said
        end = part.x + _SIGN_WIDTH * part.size * len(part.text)
    bold = all(part.bold for part in run if part.text.strip())
    if text.strip():
        yield PrintedLine(number, run[0].x, base, main, bold, text.strip())


def _running_heads(lines: Sequence[PrintedLine], pages: int) -> set[int]:
    """The places of lines at the edge of a page that only number it, or stand there on several pages."""
    edges: list[int] = []
    for page in range(pages):
        own = sorted((at for at, line in enumerate(lines) if line.page == page), key=lambda at: -lines[at].y)
        edges += dict.fromkeys((*own[:2], *own[-2:]))
    shapes = {at: re.sub(r"\d+", "#", lines[at].plain.casefold()) for at in edges}
    on_pages = Counter(shape for shape, _ in {(shapes[at], lines[at].page) for at in edges})
    needed = max(2, pages // 4)
    lone = sum(LONE_NUMBER.fullmatch(line.plain) is not None for at, line in enumerate(lines) if at not in shapes)
    found = {
        at
        for at in edges
        if (lone < _NUMBERED_APART and _PAGE_NUMBER.fullmatch(lines[at].plain))
        or _PRINTED_FROM.fullmatch(lines[at].plain)
        or (on_pages[shapes[at]] >= needed and _LETTERS.search(shapes[at]) and len(shapes[at]) <= 200)
    }
    return found if len(found) < len(lines) else set()
