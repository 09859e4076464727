"""A Word document (DOCX: Office Open XML, ECMA-376) → blocks, from its parts and without Word.

Headings are what the document's styles call so, list numbers are counted as Word counts them, raised digits are
superscripts, and footnotes and endnotes that read like citations are the reference list. Deleted text of tracked
changes and hidden text are no text; macros, pictures and whatever else the archive holds are not opened.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

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
)
from litwatch.articles.forms.xml_tree import attribute, children, first_child, parse_xml, tag_of, text_of, within
from litwatch.articles.reference_list.reference_region import ends_in_year, is_reference_heading, looks_cited
from litwatch.model.errors import ArticleUnreadable

_DOCUMENT = "word/document.xml"
_LARGEST_PART = 20_000_000
"""Bytes of a part, unpacked; a book of 500 pages has 5 million. A part that unpacks to more is not read."""
_MOST_PARTS = 5000
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "sdtPr", "tblPr", "tcPr"})
_LONGEST_BOLD = 130
_MOST_LEVELS = 9


def read_word(data: bytes, name: str) -> Page:
    """Read a document's main text, its footnotes and endnotes; title and dates of its properties go to ``matter``.

    Raises ArticleUnreadable where it is encrypted, damaged, of another kind, or unpacks to more than an article has.
    """
    parts = _Parts(data, name)
    document = parts.read(_DOCUMENT)
    body = first_child(document, "body") if document is not None else None
    if body is None:
        raise ArticleUnreadable(f"{name}: this Word document holds no text; save it anew from Word or LibreOffice.")
    walk = _Walk(_read_styles(parts.read("word/styles.xml")), _read_lists(parts.read("word/numbering.xml")))
    walk.links = _read_links(parts.read("word/_rels/document.xml.rels"))
    walk.blocks_of(body)
    notes = {kind: _read_notes(parts.read(f"word/{kind}s.xml"), kind) for kind in ("footnote", "endnote")}
    return Page(_settle_notes(walk, notes), _matter(parts.read("docProps/core.xml")))


class _Parts:
    """The archive's parts, each read once it is known not to be too large."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self._infos = {info.filename: info for info in self._archive.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise self._damaged() from None
        if len(self._infos) > _MOST_PARTS:
            raise ArticleUnreadable(f"{name}: this Word document has more than {_MOST_PARTS:,} parts; save it anew.")

    def read(self, part: str) -> etree._Element | None:
        """A part's root; None where the document has no such part."""
        info = self._infos.get(part)
        if info is None:
            return None
        if info.file_size > _LARGEST_PART:
            raise ArticleUnreadable(
                f"{self._name}: this Word document unpacks to more than {_LARGEST_PART // 1_000_000} MB; an article"
                " file holds one article."
            )
        try:
            return parse_xml(self._archive.read(info), self._name)
        except (
            zipfile.BadZipFile,
            ValueError,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            zlib.error,
        ):
            raise self._damaged() from None

    def _damaged(self) -> ArticleUnreadable:
        return ArticleUnreadable(
            f"{self._name}: this Word document is damaged or encrypted; open it in Word or LibreOffice and save it"
            " anew."
        )


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says."""

    heading: int
    """1 to 9, 0 for running text."""
    list_id: str
    depth: int


@dataclass(frozen=True, slots=True)
class _ListLevel:
    """How one level of a list counts."""

    form: str
    """Word's name of the number's form: ``decimal``, ``bullet``, ``none``."""
    start: int


@dataclass(frozen=True, slots=True)
class _List:
    """One list definition; lists of one ``counter`` count on."""

    counter: str
    levels: Mapping[int, _ListLevel]


def _read_styles(root: etree._Element | None) -> Mapping[str, _Style]:
    styles: dict[str, _Style] = {}
    for node in within(root, "style") if root is not None else ():
        if attribute(node, "type") not in ("paragraph", ""):
            continue
        called = attribute(first_child(node, "name"), "val").casefold()
        level = called.removeprefix("heading ")
        heading = int(level) if level.isdecimal() and called.startswith("heading ") else 1 if called == "title" else 0
        outline = attribute(first_child(node, "pPr", "outlineLvl"), "val")
        if not heading and outline.isdecimal() and int(outline) < _MOST_LEVELS:
            heading = int(outline) + 1
        based = styles.get(attribute(first_child(node, "basedOn"), "val"))
        list_id, depth = _list_place(first_child(node, "pPr", "numPr"))
        if based is not None:
            heading, list_id = heading or based.heading, list_id or based.list_id
        styles[attribute(node, "styleId")] = _Style(min(heading, _MOST_LEVELS), list_id, depth)
    return styles


def _list_place(node: etree._Element | None) -> tuple[str, int]:
    """The list's id and the depth that a ``numPr`` names; no id where there is none, "0" where a list is taken off."""
    depth = attribute(first_child(node, "ilvl"), "val")
    return attribute(first_child(node, "numId"), "val"), min(int(depth), _MOST_LEVELS) if depth.isdecimal() else 0


def _read_lists(root: etree._Element | None) -> Mapping[str, _List]:
    if root is None:
        return {}
    forms: dict[str, dict[int, _ListLevel]] = {}
    for node in children(root, "abstractNum"):
        levels = forms.setdefault(attribute(node, "abstractNumId"), {})
        for level in children(node, "lvl"):
            start = attribute(first_child(level, "start"), "val")
            form = _ListLevel(
                attribute(first_child(level, "numFmt"), "val"),
                int(start) if start.isdecimal() and len(start) < 5 else 1,
            )
            if (place := attribute(level, "ilvl")).isdecimal():
                levels[int(place)] = form
    lists = {}
    for node in children(root, "num"):
        own, shared = attribute(node, "numId"), attribute(first_child(node, "abstractNumId"), "val")
        restarts = bool(within(node, "startOverride"))
        lists[own] = _List(f"num {own}" if restarts else f"form {shared}", forms.get(shared, {}))
    return lists


def _read_links(root: etree._Element | None) -> Mapping[str, str]:
    found = within(root, "Relationship") if root is not None else ()
    return {attribute(node, "Id"): attribute(node, "Target")[:2000] for node in found}


def _read_notes(root: etree._Element | None, kind: str) -> Mapping[str, tuple[str, ...]]:
    """The paragraphs of each note by its id; the lines that part notes from the page are none."""
    if root is None:
        return {}
    notes = {}
    for node in children(root, kind):
        walk = _Walk({}, {})
        walk.blocks_of(node)
        texts = tuple(text for block in walk.blocks if (text := one_line(block.text)))
        if texts and attribute(node, "type") in ("", "normal"):
            notes[attribute(node, "id")] = texts
    return notes


@dataclass(slots=True)
class _Paragraph:
    """A paragraph as it is put together."""

    parts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    """Text boxes that are anchored in it."""
    bold: int = 0
    plain: int = 0


class _Walk:
    """One walk through a story of the document: its main text, or a note."""

    def __init__(self, styles: Mapping[str, _Style], lists: Mapping[str, _List]) -> None:
        self.blocks: list[Block] = []
        self.links: Mapping[str, str] = {}
        self.noted: list[tuple[str, str]] = []
        """The notes that the text refers to, (kind, id), each once, in order."""
        self._styles = styles
        self._lists = lists
        self._counts: dict[str, list[int]] = {}

    def blocks_of(self, node: etree._Element) -> None:
        """Add the blocks of everything below an element."""
        for child in node:
            tag = tag_of(child)
            if tag == "p":
                self._paragraph(child)
            elif tag == "tbl":
                for row in children(child, "tr"):
                    self._row(row)
            elif tag and tag not in _SKIPPED:
                self.blocks_of(child)

    def _row(self, row: etree._Element) -> None:
        cells: list[str] = []
        links: list[str] = []
        for cell in children(row, "tc"):
            paragraph = _Paragraph()
            for inner in within(cell, "p"):
                self._runs(inner, paragraph)
                paragraph.parts.append(" ")
            cells.append(one_line("".join(paragraph.parts)))
            links += paragraph.links
        if any(cells):
            self.blocks.append(Block(BlockSort.TABLE, " | ".join(cells), links=tuple(links)))

    def _paragraph(self, node: etree._Element) -> None:
        paragraph = _Paragraph()
        self._runs(node, paragraph)
        text = "".join(paragraph.parts)
        if one_line(text):
            self.blocks.append(self._formed(node, text, paragraph))
        for box in paragraph.boxes:
            self.blocks_of(box)

    def _formed(self, node: etree._Element, text: str, paragraph: _Paragraph) -> Block:
        """The block of a paragraph by its style and list."""
        links = tuple(paragraph.links)
        style = self._styles.get(attribute(first_child(node, "pPr", "pStyle"), "val"), _Style(0, "", 0))
        own = attribute(first_child(node, "pPr", "outlineLvl"), "val")
        heading = int(own) + 1 if own.isdecimal() and int(own) < _MOST_LEVELS else style.heading
        if heading:
            return Block(BlockSort.HEADING, text, level=heading, links=links)
        list_id, depth = _list_place(first_child(node, "pPr", "numPr"))
        list_id, depth = (list_id, depth) if list_id else (style.list_id, style.depth)
        if (counted := self._count(list_id, depth)) is not None:
            form, number = counted
            sort = BlockSort.BULLET if form == "bullet" else BlockSort.NUMBERED
            return Block(sort, text, depth=depth, number=None if form == "bullet" else number, links=links)
        plain = one_line(text)
        is_bold = bool(paragraph.bold) and not paragraph.plain and "\n" not in text
        if is_bold and len(plain) <= _LONGEST_BOLD and not plain.endswith((".", "!", ";", ",")):
            return Block(BlockSort.HEADING, plain.removesuffix(":"), level=BOLD, links=links)
        return Block(BlockSort.PARAGRAPH, text, links=links, prose=True)

    def _count(self, list_id: str, depth: int) -> tuple[str, int] | None:
        """The form and number of the next item of a list; None for what is no list."""
        known = self._lists.get(list_id)
        level = known.levels.get(depth) if known is not None else None
        if known is None or level is None or level.form in ("none", ""):
            return None
        counts = self._counts.setdefault(known.counter, [])
        del counts[depth + 1 :]
        while len(counts) <= depth:
            above = known.levels.get(len(counts))
            counts.append((above.start if above is not None else 1) - 1)
        counts[depth] += 1
        return level.form, counts[depth]

    def _runs(self, node: etree._Element, into: _Paragraph) -> None:
        for child in node:
            tag = tag_of(child)
            if tag == "r":
                self._run(child, into)
            elif tag == "hyperlink":
                into.links += [address for address in (self.links.get(attribute(child, "id"), ""),) if "//" in address]
                self._runs(child, into)
            elif tag and tag not in _SKIPPED:
                self._runs(child, into)

    def _run(self, node: etree._Element, into: _Paragraph) -> None:
        properties = first_child(node, "rPr")
        if _is_on(properties, "vanish"):
            return
        raised = attribute(first_child(properties, "vertAlign"), "val") == "superscript"
        text = "".join(self._signs(node, into))
        if not text:
            return
        if text.strip(" :"):
            is_bold = _is_on(properties, "b")
            into.bold += is_bold
            into.plain += not is_bold
        into.parts.append(SUP_OPEN + text + SUP_CLOSE if raised and LINK_OPEN not in text else text)

    def _signs(self, node: etree._Element, into: _Paragraph) -> Iterator[str]:
        for child in node:
            tag = tag_of(child)
            if tag == "t":
                yield child.text or ""
            elif tag in ("br", "cr"):
                yield "\n"
            elif tag == "tab":
                yield " "
            elif tag == "noBreakHyphen":
                yield "-"
            elif tag in ("footnoteReference", "endnoteReference"):
                key = (tag.removesuffix("Reference"), attribute(child, "id"))
                if key not in self.noted:
                    self.noted.append(key)
                yield f"{LINK_OPEN}{key[0]} {key[1]}{LINK_CLOSE}"
            elif tag == "AlternateContent":
                for choice in children(child, "Choice")[:1]:
                    into.boxes += within(choice, "txbxContent")
            elif tag in ("drawing", "pict"):
                into.boxes += within(child, "txbxContent")


def _is_on(properties: etree._Element | None, name: str) -> bool:
    """Whether a run's property is set; Word writes "off" as a value."""
    node = first_child(properties, name)
    return node is not None and attribute(node, "val").casefold() not in ("0", "false", "off")


def _settle_notes(walk: _Walk, notes: Mapping[str, Mapping[str, tuple[str, ...]]]) -> tuple[Block, ...]:
    """The blocks with the notes that are citations numbered as a reference list, the others as paragraphs behind."""
    blocks = walk.blocks
    has_list = any(is_reference_heading(one_line(block.text)) for block in blocks)
    known = [(kind, key, notes[kind][key]) for kind, key in walk.noted if key in notes.get(kind, {})]
    citing = {
        kind
        for kind in notes
        if not has_list and _read_like_citations([texts for of_kind, _, texts in known if of_kind == kind])
    }
    number_of: dict[str, int] = {}
    behind: list[Block] = []
    entries: list[Block] = []
    for kind, key, texts in known:
        if kind in citing:
            number = number_of[f"{kind} {key}"] = len(number_of) + 1
            entries.append(Block(BlockSort.NUMBERED, " ".join(texts), number=number, entry=number))
        else:
            behind += [Block(BlockSort.PARAGRAPH, text, prose=True) for text in texts]
    if behind:
        at = next((i for i, block in enumerate(blocks) if is_reference_heading(one_line(block.text))), len(blocks))
        level = blocks[at].level if at < len(blocks) and blocks[at].sort is BlockSort.HEADING else 1
        blocks = [*blocks[:at], Block(BlockSort.HEADING, "Notes", level=level), *behind, *blocks[at:]]
    return (*(replace(block, text=_numbered(block.text, number_of)) for block in blocks), *entries)


def _read_like_citations(notes: Sequence[Sequence[str]]) -> bool:
    return bool(notes) and 2 * sum(map(_is_cited, map(" ".join, notes))) >= len(notes)


def _is_cited(note: str) -> bool:
    return looks_cited(note) or ends_in_year(note)


def _numbered(text: str, number_of: Mapping[str, int]) -> str:
    """The text with the number of each note that is a reference; the marks of other notes go."""
    pieces = text.split(LINK_OPEN)
    kept = [pieces[0]]
    for piece in pieces[1:]:
        key, _, rest = piece.partition(LINK_CLOSE)
        number = number_of.get(key)
        kept.append((f"{LINK_OPEN}{number}{LINK_CLOSE}" if number is not None else "") + rest)
    return "".join(kept)


def _matter(root: etree._Element | None) -> Mapping[str, object]:
    """Title and dates of the document's properties."""
    if root is None:
        return {}
    names = {"title": "page_title", "modified": "page_modified", "created": "page_published"}
    found = ((names[tag_of(node)], text_of(node)) for node in within(root, *names))
    return {key: said[:10] if key != "page_title" else said for key, said in found if said}
