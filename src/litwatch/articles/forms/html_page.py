"""A saved web page → blocks: headings, paragraphs, list items and table rows in reading order.

Walks the tree once, without recursion, so that no page is too deep. Scripts, styles and hidden parts are not text;
navigation, footers and forms are furniture by their markup. Nothing is fetched, and only HTML's own entities are
expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree, html

from litwatch.articles.blocks import (
    BOLD,
    LINK_CLOSE,
    LINK_OPEN,
    SUP_CLOSE,
    SUP_OPEN,
    Block,
    BlockSort,
    Page,
    one_line,
    without_marks,
)
from litwatch.articles.forms.linked_entries import (
    Entry,
    LinkedEntries,
    find_headed_lists,
    find_linked_entries,
    is_hidden,
    names_of,
)
from litwatch.articles.forms.page_metadata import read_metadata
from litwatch.articles.forms.page_regions import BLOCKS, find_furniture
from litwatch.articles.forms.plain_text_page import has_items, read_lines
from litwatch.articles.model import Uncertainty
from litwatch.articles.reference_list.entry_columns import column_named, columns_of_address, columns_of_coins
from litwatch.articles.reference_list.reference_region import is_reference_heading

_OPENING = re.compile(
    r"(?:\s++|<!--(?>.{0,2000}?-->)|<\?xml[^>]{0,200}+>)*+"
    r"<(?:!doctype html|html|head|body|article|main|section|div|h1|p|ul|ol|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_SKIPPED = frozenset(
    "script style noscript template svg math head object embed iframe canvas video audio select textarea option".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NUMERIC = re.compile(r"[\[(]?\^?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[\])]?")
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_BACK_NAMES = frozenset(
    "mw-cite-backlink cite-backlink footnote-back footnote-backref reversefootnote mw-linkback-text".split()
)
_PAGER = re.compile(
    rf"[\s|·,/«»‹›<>()\[\]…–-]*(?:{LINK_OPEN}\d{{1,3}}{LINK_CLOSE}[\s|·,/«»‹›<>()\[\]…–-]*){{2,}}\d{{0,3}}[\s|·»›>]*"
)
_LINK_WORDS = re.compile(
    r"(?:(?:pubmed(?: central| abstract|/(?:ncbi|medline)(?: \(nlm\))?)?|pmc(?: free article)?"
    r"|cross-?ref(?: \(doi\)| full text)?"
    r"|cross ref|google scholar|scholar|medline|(?:publisher|pubmed central|biomed central|free )?(?: ?full text)"
    r"|view (?:article|abstract|pdf)|view in (?:article|scopus)|abstract|article|cas|isi|web of science|scopus|worldcat"
    r"|adsabs|mathscinet|openurl|export citation|find it|download|return to (?:text|ref))[\s|,;®]{0,3}){1,8}+",
    re.IGNORECASE,
)
"""What links at the end of an entry are called: no words of the entry."""


_LABEL = re.compile(r"[\[(]?(\d{1,3})[\]).]{0,2}")
_LABEL_NAMES = frozenset(
    "bullet label order ref-label reflabel title-label reference-number m-label ltx_tag_bibitem".split()
)


@dataclass(slots=True)
class _Walk:
    """Where the walk through the tree stands."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    items: list[int | str | None] = field(default_factory=list)
    heading: int = 0
    aside: int = 0
    cells: list[list[str]] = field(default_factory=list)
    bold: int = 0
    plain: bool = False
    any_bold: bool = False
    preformatted: int = 0
    prose: bool = False
    """Inside a ``<p>``."""
    entry: Entry | None = None
    """The entry of the reference list that the walk is in."""
    begun: bool = False
    """Whether a block of that entry was closed already."""
    label: int | None = None
    """The number that an element of its own gave that entry."""
    columns: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """The columns that the entry's markup has named so far."""
    flushed: int = 0
    apart: dict[str, None] = field(default_factory=dict)
    """Furniture that stood within a line."""
    notes: int = 0
    """Numbers that link to a note of the page."""

    def write(self, text: str | None) -> None:
        """Add text; outside ``<pre>`` a line end is a blank."""
        if text:
            self.parts.append(text if self.preformatted else re.sub(r"[ \t\n\r\f]+", " ", text))
            if text.strip(" :\n\t"):
                if self.bold:
                    self.any_bold = True
                else:
                    self.plain = True

    def flush(self) -> None:
        """Close the running text as a block at its place."""
        text = "\n".join(one for line in "".join(self.parts).split("\n") if (one := one_line(line)))
        links, bold = tuple(self.links), self.any_bold and not self.plain
        self.parts, self.plain, self.any_bold = [], False, False
        self.flushed += 1
        if not without_marks(text).strip():
            return  # a link around a whole block keeps its address for that block
        self.links = []
        if self.entry is not None:
            self._entry_block(self.entry, text, links)
        elif self.blocks and self.blocks[-1].entry is not None and _LINK_WORDS.fullmatch(without_marks(text)):
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, links=(*last.links, *links))
        elif self.cells:
            self.cells[-1].append(text.replace("\n", " "))
        elif self.heading:
            text = text.replace("\n", " ")
            if self.aside and not is_reference_heading(without_marks(text)):
                self.blocks.append(Block(BlockSort.ASIDE, text, links=links))
            else:
                self.aside = 0  # an article's own footer may hold its references
                self.blocks.append(Block(BlockSort.HEADING, text, level=self.heading, links=links))
        elif self.aside:
            self.blocks += [Block(BlockSort.ASIDE, line, links=links) for line in text.split("\n")]
        elif _PAGER.fullmatch(text) and not any(link.startswith("#") for link in links):
            self.blocks.append(Block(BlockSort.ASIDE, text, links=links))
        elif self.lists and self.items:
            self._item(text, links)
        elif bold and "\n" not in text and len(text) <= 130 and not text.endswith((".", "!", ";", ",")):
            self.blocks.append(Block(BlockSort.HEADING, text.removesuffix(":"), level=BOLD, links=links))
        elif has_items(text):
            self.blocks += read_lines(text)
        else:
            self.blocks.append(Block(BlockSort.PARAGRAPH, text, prose=self.prose, links=links))

    def _entry_block(self, entry: Entry, text: str, links: tuple[str, ...]) -> None:
        number = None if self.begun else entry.number
        if not self.begun and self.blocks and self.blocks[-1].entry is None:
            label = _LABEL.fullmatch(without_marks(self.blocks[-1].text))
            if label is not None:  # the number in an element of its own, beside the entry's
                self.blocks.pop()
                number = number or int(label[1])
        if number is None and not self.begun and self.items and isinstance(self.items[-1], int):
            number = self.items[-1]
        number, self.label = (number or self.label, None) if not self.begun else (None, None)
        sort = BlockSort.NUMBERED if number is not None or self.begun else BlockSort.BULLET
        columns = tuple(self.columns.items())
        self.blocks.append(
            Block(sort, text, number=number, continued=self.begun, links=links, entry=entry.key, columns=columns)
        )
        self.begun, self.columns = True, {}

    def end_entry(self) -> None:
        """Leave the entry; what its last links say, which stood in no text of their own, is the entry's."""
        if self.entry is not None and self.blocks and self.blocks[-1].entry == self.entry.key:
            last = self.blocks[-1]
            columns = {**self.columns, **dict(last.columns)}
            self.blocks[-1] = replace(last, links=(*last.links, *self.links), columns=tuple(columns.items()))
        self.entry, self.links, self.columns = None, [], {}

    def _item(self, text: str, links: tuple[str, ...]) -> None:
        first = self.items[-1] != "continued"
        number = self.items[-1] if isinstance(self.items[-1], int) else None
        sort = BlockSort.BULLET if self.lists[-1] is None else BlockSort.NUMBERED
        self.blocks.append(
            Block(sort, text, depth=len(self.lists) - 1, number=number, continued=not first, links=links)
        )
        self.items[-1] = "continued"


def is_html(source: str) -> bool:
    """Whether a text begins like a web page or a fragment of one."""
    return _OPENING.match(source[:20_000]) is not None


def read_html(root: html.HtmlElement | None) -> Page:
    """Read a parsed page into blocks; title and dates of its metadata go to ``matter``. None is an empty page."""
    if root is None:
        return Page(())
    blocks, notes = _walk(root)
    doubts = []
    if notes:
        message = (
            f"{notes} raised or bracketed numbers link to notes, figures or tables of the page, not to references."
        )
        doubts.append(Uncertainty("notes-left-out", message))
    return Page(tuple(blocks), read_metadata(root), tuple(doubts))


def read_fragment(source: str) -> list[Block]:
    """Read a piece of HTML from within another text."""
    root = parse_html(source)
    return [] if root is None else _walk(root)[0]


def parse_html(source: str) -> html.HtmlElement | None:
    """The tree of a page, without comments; None where there is nothing in it. Nothing is fetched."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")
    try:
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None


def _walk(root: html.HtmlElement) -> tuple[list[Block], int]:
    """The blocks of a page, and how many numbers of its text link to something else than a reference."""
    walk = _Walk()
    entries = find_linked_entries(root)
    furniture = find_furniture(root, {*entries.of, *entries.around, *find_headed_lists(root)}, entries.of)
    skipped: html.HtmlElement | None = None
    spans: list[_Span] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                walk.write(element.tail if element is not root else None)
            continue
        if event == "start":
            if tag in _SKIPPED or _is_left_out(element, entries):
                if walk.entry is not None and "Z3988" in str(element.get("class")):
                    walk.columns |= columns_of_coins(str(element.get("title") or ""))
                elif walk.entry is not None and "data-doi" in names_of(element):
                    walk.links.append("".join(map(str, element.itertext()))[:2000])
                skipped = element
                continue
            if element in furniture and tag in BLOCKS:
                walk.flush()
                walk.aside += 1
            _open(walk, element, tag, spans, entries, apart=element in furniture and tag not in BLOCKS)
            walk.write(element.text)
        else:
            _close(walk, element, tag, spans, entries)
            if element in furniture and tag in BLOCKS:
                walk.flush()
                walk.aside = max(0, walk.aside - 1)
            if element is not root:
                walk.write(element.tail)
    walk.flush()
    return [*walk.blocks, *(Block(BlockSort.ASIDE, text) for text in walk.apart)], walk.notes


@dataclass(frozen=True, slots=True)
class _Span:
    """An open inline element whose text will be looked at when it closes."""

    element: html.HtmlElement
    start: int
    """Where its text begins among the parts of the running block."""
    flushed: int
    """How many blocks had been closed before it."""
    apart: bool = False
    """Whether it is furniture within the line."""
    column: str = ""
    label: bool = False
    """Whether it holds an entry's number."""


def _is_left_out(element: html.HtmlElement, entries: LinkedEntries) -> bool:
    """Whether an element is no text to anybody: hidden, or the way back from an entry; a hidden list is read."""
    if element in entries.of or element in entries.around:
        return False
    if "class" in element.attrib and names_of(element) & _BACK_NAMES:
        return True
    return is_hidden(element) or bool({"z3988", "data-doi"} & names_of(element))


def _open(
    walk: _Walk, element: html.HtmlElement, tag: str, spans: list[_Span], entries: LinkedEntries, *, apart: bool
) -> None:
    if element in entries.of:
        walk.flush()
        walk.entry, walk.begun, walk.columns, walk.seen = entries.of[element], False, {}, set()
        walk.label = None
    if tag == "br":
        walk.parts.append("\n")
        return
    if tag not in BLOCKS:
        column = ""
        if walk.entry is not None:
            column = column_named(element.get("class"), tag, walk.seen)
            walk.seen.add(column)
        if tag == "a" and element.get("href"):
            walk.links.append(str(element.get("href"))[:2000])
            if walk.entry is not None and "scholar" in walk.links[-1]:
                walk.columns |= columns_of_address(walk.links[-1])
        label = walk.entry is not None and not walk.begun and bool(names_of(element) & _LABEL_NAMES)
        if tag in ("a", "button") or apart or column or label:
            spans.append(_Span(element, len(walk.parts), walk.flushed, apart, column, label))
        elif _is_raised(element, tag):
            walk.parts.append(SUP_OPEN)
        if walk.entry is not None and "ltx_bibblock" in str(element.get("class")):
            walk.write(" ")  # LaTeXML's parts of an entry, each shown on a line of its own
        if tag in ("b", "strong"):
            walk.bold += 1
        elif tag == "img" and walk.entry is None and "".join(walk.parts[-8:]).strip():
            walk.write(element.get("alt"))
        return
    walk.flush()
    if walk.entry is None and (level := _heading_level(element, tag)):
        walk.heading = level
    elif tag == "p":
        walk.prose = True
    elif tag in ("ul", "ol", "dl"):
        walk.lists.append(_start(element) if tag == "ol" else None)
    elif tag in ("li", "dd", "dt"):
        if not walk.lists:
            walk.lists.append(None)
        _number_item(walk, element)
    elif tag == "tr":
        walk.cells.append([])
    elif tag == "pre":
        walk.preformatted += 1


def _is_raised(element: html.HtmlElement, tag: str) -> bool:
    """Whether an inline element is superscript: by its tag, or as word processors write it, by its style."""
    return tag == "sup" or (tag == "span" and _RAISED.search(str(element.get("style") or "")) is not None)


def _heading_level(element: html.HtmlElement, tag: str) -> int:
    """The level of a heading element, also one by its role (WAI-ARIA: level 2 where it names none); else 0."""
    if element.get("role") != "heading":
        return _HEADINGS.get(tag, 0)
    level = str(element.get("aria-level") or "2")
    return int(level) if level in "123456" and len(level) == 1 else 2


def _start(element: html.HtmlElement) -> int:
    start = str(element.get("start") or "").strip()
    if start.isdecimal() and len(start) <= 4:
        return int(start)
    return 1 if element.get("reversed") is None else len(element.findall("li"))


def _number_item(walk: _Walk, element: html.HtmlElement) -> None:
    value = str(element.get("value") or "").strip()
    number = walk.lists[-1]
    if number is not None:
        number = int(value) if value.isdecimal() and len(value) <= 4 else number
        parent = element.getparent()
        walk.lists[-1] = number + (1 if parent is None or parent.get("reversed") is None else -1)
    walk.items.append(number)
    if element.get("aria-current") == "step":
        walk.write("✓ ")


def _close(walk: _Walk, element: html.HtmlElement, tag: str, spans: list[_Span], entries: LinkedEntries) -> None:
    if tag == "br":
        return
    if tag not in BLOCKS:
        if spans and spans[-1].element is element:
            _close_span(walk, spans.pop(), entries)
        elif _is_raised(element, tag):
            walk.parts.append(SUP_CLOSE)
        if tag in ("b", "strong"):
            walk.bold = max(0, walk.bold - 1)
        if element in entries.of:
            walk.flush()
            walk.end_entry()
        return
    if tag in ("td", "th") and walk.cells and walk.entry is None:
        if not "".join(walk.parts).strip():
            walk.parts = []
        walk.flush()
        return
    walk.flush()
    if element in entries.of:
        walk.end_entry()
    if _heading_level(element, tag):
        walk.heading = 0
    elif tag == "p":
        walk.prose = False
    elif tag in ("ul", "ol", "dl"):
        if walk.lists:
            walk.lists.pop()
    elif tag in ("li", "dd", "dt"):
        if walk.items:
            walk.items.pop()
    elif tag == "tr" and walk.cells:
        cells = walk.cells.pop()
        if cells and walk.cells:
            walk.cells[-1].append(" | ".join(cells))
        elif cells:
            sort = BlockSort.ASIDE if walk.aside else BlockSort.TABLE
            walk.blocks.append(Block(sort, " | ".join(cells)))
    elif tag == "pre":
        walk.preformatted = max(0, walk.preformatted - 1)


def _close_span(walk: _Walk, span: _Span, entries: LinkedEntries) -> None:
    """What the text of a link, of a part of an entry, or of furniture within a line means."""
    if span.flushed != walk.flushed:
        return  # a link around whole blocks
    element = span.element
    label = "".join(walk.parts[span.start :])
    plain = without_marks(label).strip()
    if span.apart:
        del walk.parts[span.start :]
        if plain:
            walk.apart[one_line(plain)] = None
        return
    if span.label and _LABEL.fullmatch(plain) and not "".join(walk.parts[: span.start]).strip():
        del walk.parts[span.start :]
        walk.label = int(plain.strip("[]() ."))
        return
    if span.column:
        if plain:
            walk.columns.setdefault(span.column, one_line(plain))
        return
    if element in entries.back or (walk.entry is not None and _LINK_WORDS.fullmatch(one_line(plain).strip("[](). "))):
        del walk.parts[span.start :]
    elif element in entries.notes:
        if SUP_OPEN in label or plain.startswith("[") or _in_superscript(walk):
            del walk.parts[span.start :]
            walk.notes += 1
    elif _NUMERIC.fullmatch(plain):
        raised = SUP_OPEN in label
        digits = plain.strip("[]()")
        walk.parts[span.start :] = [
            (SUP_OPEN if raised else LINK_OPEN) + digits + (SUP_CLOSE if raised else LINK_CLOSE)
        ]


def _in_superscript(walk: _Walk) -> bool:
    """Whether the running text is within a superscript that is still open."""
    for part in reversed(walk.parts[-20:]):
        if SUP_CLOSE in part:
            return False
        if SUP_OPEN in part:
            return True
    return False
