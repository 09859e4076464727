"""Plain text, as copied from a browser window → blocks: paragraphs, bullets and numbered items by their line's form.

Headings are not told apart here: a plain copy prints them like any other line, and ``headings`` needs the article
without its furniture to find them. No word is dropped: every line ends up in some block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from litwatch.articles.blocks import Block, BlockSort, Page
from litwatch.articles.furniture.furniture_words import without_edit_link

_BULLET = re.compile(r"([•◦▪●○■□‣⁃∙·➤►❖✓✔–—*+-]|o(?= {2,}))[ \t]+(?=\S)")
_LONE_BULLET = re.compile(r"[•◦▪●○■□‣⁃∙·➤►❖*+–-]")
_NUMBER = re.compile(r"\(?(\d{1,3})[.)][ \t]+(?=\S)|\(?[a-h]\)[ \t]+(?=\S)|(?:i{1,3}|iv|vi{0,3})[.)][ \t]+(?=\S)")
_LONE_NUMBER = re.compile(r"(\d{1,3})[.)]")
_LONE_GROUP = re.compile(r"[\[(]?\d{1,3}(?:\s*[,;–-]\s*\d{1,3}){0,9}[\])]?|[,;]")
_CELLS = re.compile(r"\t+| {3,}|\s\|\s")
_EDITED_LEVEL = 2
_LONGEST_HEADING = 220
_CLOSED = (".", "!", "?", ":", ";")
_RANK = {"◦": 1, "○": 1, "o": 1, "▪": 2, "■": 2, "□": 2}
_WRAP_WIDTH = 100
_WRAP_FULL = 55
_NUMBERED = "1."


@dataclass(slots=True)
class _Draft:
    """A block that may still grow."""

    sort: BlockSort
    lines: list[str]
    indent: int
    tight: bool
    depth: int = 0
    number: int | None = None

    def finished(self) -> Block:
        level = _EDITED_LEVEL if self.sort is BlockSort.HEADING else 0
        text = "\n".join(self.lines)
        return Block(self.sort, text, level=level, depth=self.depth, number=self.number, tight=self.tight)


@dataclass(slots=True)
class _Nesting:
    """The open list levels, outermost first, each by indent and glyph."""

    levels: list[tuple[int, str]]

    def place(self, indent: int, glyph: str) -> int:
        """The depth of a list item at this indent with this glyph."""
        while self.levels and self.levels[-1][0] > indent:
            self.levels.pop()
        same = [at for at, (level, sign) in enumerate(self.levels) if level == indent and sign == glyph]
        if same:
            del self.levels[same[0] + 1 :]
        elif self.levels and self.levels[-1][0] == indent and not _nests(self.levels[-1][1], glyph):
            self.levels[-1] = (indent, glyph)
        else:
            self.levels.append((indent, glyph))
        return len(self.levels) - 1


def _nests(outer: str, inner: str) -> bool:
    """Whether an item with the inner glyph at the outer's own indent still stands below it."""
    if outer == _NUMBERED:
        return inner != _NUMBERED
    return _RANK.get(inner, 0) > _RANK.get(outer, 0)


def read_text(source: str) -> Page:
    """Read a plain text (line ends already ``\\n``) into blocks; headings still look like paragraphs."""
    return Page(read_lines(source))


def read_lines(source: str) -> tuple[Block, ...]:
    """Read lines into blocks. A line without blank line before it stays a block of its own unless it continues one."""
    lines = source.split("\n")
    wrapped = _is_wrapped(lines)
    drafts: list[_Draft] = []
    nesting = _Nesting([])
    blank = True
    pending: tuple[str, int | None] | None = None
    for line in lines:
        expanded = line.expandtabs(4)
        content = line.strip()
        if not content:
            blank = True
            continue
        indent = len(expanded) - len(expanded.lstrip())
        if len(content) <= _LONGEST_HEADING and (edited := without_edit_link(content)) is not None:
            # A heading of a wiki, as a browser copies it: "Effects[edit]".
            drafts.append(_Draft(BlockSort.HEADING, [edited], indent, tight=False))
            nesting.levels.clear()
            pending, blank = None, True
            continue
        glyph, number, rest = _item(content)
        if pending is not None and glyph is None:
            glyph, number, rest = pending[0], pending[1], content
        pending = None
        if glyph is None and (lone := _lone_glyph(content)) is not None:
            pending = lone
            continue
        if glyph is not None:
            depth = nesting.place(indent, glyph)
            sort = BlockSort.NUMBERED if glyph == _NUMBERED else BlockSort.BULLET
            drafts.append(_Draft(sort, [rest], indent, not blank and bool(drafts), depth, number))
        elif drafts and _LONE_GROUP.fullmatch(content) and _takes_number(drafts[-1]):
            drafts[-1].lines[-1] += ("" if content in ",;" else " ") + content
        elif drafts and not blank and _continues(drafts[-1], content, indent, wrapped=wrapped):
            drafts[-1].lines.append(content)
        else:
            if not (drafts and drafts[-1].depth >= 0 and indent > drafts[-1].indent):
                nesting.levels.clear()
            drafts.append(_Draft(BlockSort.PARAGRAPH, [_CELLS.sub("\t", content)], indent, not blank and bool(drafts)))
        blank = False
    if pending is not None:
        drafts.append(
            _Draft(BlockSort.PARAGRAPH, [pending[0] if pending[1] is None else f"{pending[1]}."], 0, tight=False)
        )
    return tuple(draft.finished() for draft in drafts)


def has_items(lines: str) -> bool:
    """Whether any line of the text begins like a list item."""
    return any(_item(line.strip())[0] is not None for line in lines.split("\n"))


def _item(content: str) -> tuple[str | None, int | None, str]:
    """The glyph (``1.`` for any number), the number and the rest of a list item's line; no glyph for other lines."""
    if (found := _BULLET.match(content)) is not None:
        return found[1], None, content[found.end() :]
    if (found := _NUMBER.match(content)) is not None:
        return _NUMBERED, int(found[1]) if found[1] else None, content[found.end() :]
    return None, None, content


def _lone_glyph(content: str) -> tuple[str, int | None] | None:
    """The glyph and number of a line that holds nothing else; browsers copy some lists so."""
    if _LONE_BULLET.fullmatch(content):
        return content, None
    if (found := _LONE_NUMBER.fullmatch(content)) is not None:
        return _NUMBERED, int(found[1])
    return None


def _takes_number(draft: _Draft) -> bool:
    """Whether a line of digits only can be the marker of the block before it: that block must read as a sentence."""
    text = draft.lines[-1].rstrip(" 0123456789,;-–[]()")
    return text.endswith((".", "!", "?")) and len(text.split()) > 3


def _continues(draft: _Draft, content: str, indent: int, *, wrapped: bool) -> bool:
    """Whether a line directly below belongs to the same paragraph or item."""
    last = draft.lines[-1]
    closed = last.rstrip(" 0123456789,[]()").endswith(_CLOSED)
    if content[0].islower() and not closed:
        return True
    if draft.sort is not BlockSort.PARAGRAPH:
        if indent > draft.indent:
            return True
        if closed:
            return False
    return wrapped and len(last) >= _WRAP_FULL and "\t" not in last


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the file breaks its paragraphs at a fixed width: no long line, and full lines that run on."""
    longest = max((len(line) for line in lines), default=0)
    if longest > _WRAP_WIDTH:
        return False
    running = sum(
        len(line) >= _WRAP_FULL
        and bool(after.strip())
        and not line.rstrip().endswith(_CLOSED)
        and after.strip()[0].islower()
        for line, after in pairwise(lines)
    )
    return running >= 2
