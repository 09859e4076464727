"""An article in JATS, PubMed Central's XML → blocks: the form in which nothing need be guessed.

Title, dates, sections, citations (``xref ref-type="bibr"``) and the reference list's columns are what the markup says.
Source of the elements' meaning: JATS 1.3 (ANSI/NISO Z39.96-2021) and PMC's tagging guidelines. No entity is resolved
and nothing is fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from litwatch.articles.bibliography.listed_entry import composed_line, composed_place, printed_name
from litwatch.articles.blocks import (
    CITE_CLOSE,
    CITE_OPEN,
    LINK_CLOSE,
    LINK_OPEN,
    SUP_CLOSE,
    SUP_OPEN,
    Block,
    BlockSort,
    Page,
    one_line,
)
from litwatch.articles.forms.xml_tree import children, first_child, parse_xml, tag_of, text_of, within
from litwatch.articles.model import Uncertainty
from litwatch.model.errors import ArticleUnreadable

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_NAMED_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_NUMERIC = re.compile(r"[\[(]?\s*\d{1,3}[a-z]?(?:\s*[,;–—-]\s*\d{1,3}[a-z]?)*\s*[\])]?")
_LABEL = re.compile(r"[\[(]?\s*(\d{1,3})\s*[\]).:]*")
_CITATIONS = frozenset({"element-citation", "mixed-citation", "nlm-citation", "citation"})
_UNPRINTED = frozenset({"tex-math", "graphic", "inline-graphic", "media", "object-id", "alt-text", "pub-id", "label"})
_ASIDE = frozenset({"ack", "fn-group", "bio", "notes", "permissions", "author-notes"})
_BLOCKS = frozenset(
    """p sec list table-wrap fig fig-group disp-quote boxed-text statement def-list disp-formula disp-formula-group
    table-wrap-group supplementary-material verse-group speech preformat array chem-struct-wrap""".split()
)
_IDENTIFIERS = {"pmid": "PMID: ", "doi": "doi:", "pmcid": "PMCID: ", "pmc": "PMCID: PMC"}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_XLINK = "{http://www.w3.org/1999/xlink}href"


def read_jats(source: str, name: str) -> Page:
    """Read one article in JATS; archives' wrappers around it (``pmc-articleset``, OAI-PMH) are looked through.

    Raises ArticleUnreadable for XML that is not well-formed, that declares entities, or that holds several articles.
    """
    root = _parse(source, name)
    articles = [node for node in root.iter() if tag_of(node) == "article" and first_child(node, "front") is not None]
    if not articles:
        raise ArticleUnreadable(f"{name}: this XML holds no <article> with a <front>; take it anew from its source.")
    if len(articles) > 1:
        raise ArticleUnreadable(f"{name}: this XML holds {len(articles)} articles; save each in a file of its own.")
    return _Walk(articles[0]).page()


def _parse(source: str, name: str) -> etree._Element:
    text = _NAMED_ENTITY.sub(lambda found: html.unescape(found[0]), _DECLARATION.sub("", source))
    return parse_xml(text.encode(), name)


def _first(node: etree._Element, *tags: str) -> str:
    """The text of the first element of the first of these names that has any."""
    return next((said for tag in tags for inner in within(node, tag) if (said := text_of(inner))), "")


@dataclass(slots=True)
class _Inline:
    """The text of a paragraph as it is put together."""

    parts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notes: list[etree._Element] = field(default_factory=list)
    """Footnotes that stand within the text."""


class _Walk:
    """One walk through an article."""

    def __init__(self, article: etree._Element) -> None:
        self._article = article
        self._blocks: list[Block] = []
        self._refs = [ref for ref in within(article, "ref") if not _is_apart(ref, article)]
        self._numbers = _numbers(self._refs)
        self._number_of: dict[str, int] = {}
        for ref, number in zip(self._refs, self._numbers, strict=True):
            for node in ref.iter():
                if node.get("id"):
                    self._number_of.setdefault(str(node.get("id")), number)

    def page(self) -> Page:
        front, meta = first_child(self._article, "front"), first_child(self._article, "front", "article-meta")
        matter: dict[str, object] = {}
        if front is not None and meta is not None:
            matter = _matter(meta)
            self._aside_front(front, meta)
            for abstract in children(meta, "abstract", "trans-abstract"):
                self._abstract(abstract)
        for tag in ("body", "floats-group"):
            for part in children(self._article, tag):
                self._block_children(part, 1)
        back = first_child(self._article, "back")
        if back is not None:
            self._back(back)
        self._references()
        notes = []
        for part in children(self._article, "sub-article", "response"):
            title = _first(part, "article-title") or "without a title"
            notes.append(Uncertainty("part-left-out", f"A part after the article was left out: {title[:200]}."))
        return Page(tuple(self._blocks), matter, tuple(notes))

    def _aside_front(self, front: etree._Element, meta: etree._Element) -> None:
        """Journal, authors, licence and whatever else stands above the text: furniture, so that it can be seen."""
        names = [_name(contrib) for contrib in within(meta, "contrib")]
        lines = [_first(front, "journal-title"), ", ".join(name for name in names if name)]
        notes = within(meta, "aff", "corresp", "license-p", "copyright-statement")
        lines += [one_line(_printed(node, "label")) for node in notes]
        self._blocks += [Block(BlockSort.ASIDE, line) for line in lines if line]

    def _abstract(self, abstract: etree._Element) -> None:
        title = text_of(first_child(abstract, "title")) or "Abstract"
        self._blocks.append(Block(BlockSort.HEADING, title, level=1))
        self._block_children(abstract, 2, skip_title=True)

    def _back(self, back: etree._Element) -> None:
        for part in back:
            if tag_of(part) in _ASIDE:
                inner = within(part, "p", "title") or [part]
                self._blocks += [Block(BlockSort.ASIDE, words) for node in inner if (words := text_of(node))]
            elif tag_of(part) == "ref-list":
                continue
            else:
                self._block_children(part, 1)

    def _references(self) -> None:
        if not self._refs:
            return
        lists = [node for node in within(self._article, "ref-list") if first_child(node, "title") is not None]
        title = text_of(first_child(lists[0], "title")) if lists else ""
        self._blocks.append(Block(BlockSort.HEADING, title or "References", level=1))
        key = 0
        for ref, number in zip(self._refs, self._numbers, strict=True):
            for place, citation in enumerate(_citations(ref)):
                text, links, columns = _entry(citation)
                if text:
                    own = number if place == 0 else None
                    self._blocks.append(
                        Block(BlockSort.NUMBERED, text, number=own, links=links, entry=key, columns=columns)
                    )
                    key += 1

    def _block_children(self, node: etree._Element, level: int, *, skip_title: bool = False) -> None:
        for child in node:
            tag = tag_of(child)
            if tag == "title" and not skip_title:
                self._heading(child, level)
            elif tag in ("sec", "app", "app-group", "glossary"):
                self._block_children(child, level + (tag == "sec" and tag_of(node) == "sec"))
            elif tag == "ref-list" or (tag == "title" and skip_title):
                continue
            elif tag:
                self._block(child, level, depth=0)

    def _heading(self, node: etree._Element, level: int) -> None:
        inline = _Inline()
        self._inline(node, inline)
        if text := one_line("".join(inline.parts)):
            self._blocks.append(Block(BlockSort.HEADING, text, level=level))

    def _block(self, node: etree._Element, level: int, depth: int) -> None:
        tag = tag_of(node)
        if tag == "list":
            self._list(node, level, depth)
        elif tag in ("table-wrap", "fig"):
            self._floating(node, level)
        elif tag == "sec":
            self._block_children(node, level + 1)
        elif tag == "p" or not any(
            tag_of(child) in _BLOCKS or tag_of(child) in ("title", "def-item") for child in node
        ):
            self._paragraph(node, level, Block(BlockSort.PARAGRAPH, "", prose=True))
        else:
            for child in node:
                if tag_of(child):
                    self._block(child, level, depth)

    def _paragraph(self, node: etree._Element, level: int, form: Block) -> None:
        """A paragraph in the form given; what stands inside it as a block of its own (a list, a table) follows."""
        inline = _Inline()
        inner: list[etree._Element] = []
        self._inline(node, inline, inner)
        text = "".join(inline.parts)
        if one_line(text):
            self._blocks.append(
                Block(
                    form.sort,
                    text,
                    depth=form.depth,
                    number=form.number,
                    continued=form.continued,
                    prose=form.prose,
                    links=tuple(inline.links),
                )
            )
        for block in inner:
            self._block(block, level, form.depth + (form.sort is not BlockSort.PARAGRAPH))
        for note in inline.notes:
            for part in children(note, "p") or [note]:
                self._paragraph(part, level, Block(BlockSort.PARAGRAPH, "", prose=True))

    def _list(self, node: etree._Element, level: int, depth: int) -> None:
        counts = (node.get("list-type") or "") in ("order", "alpha-lower", "alpha-upper", "roman-lower", "roman-upper")
        sort = BlockSort.NUMBERED if counts else BlockSort.BULLET
        for place, item in enumerate(children(node, "list-item"), start=1):
            is_first = True
            for child in item:
                if tag_of(child) in ("p", "title"):
                    number = place if counts and is_first else None
                    form = Block(sort, "", depth=depth, number=number, continued=not is_first)
                    self._paragraph(child, level, form)
                    is_first = False
                elif tag_of(child) in _BLOCKS:
                    self._block(child, level, depth + 1)

    def _floating(self, node: etree._Element, level: int) -> None:
        """A table or figure: its caption, the table's rows, and the notes below it."""
        for caption in children(node, "caption"):
            for child in caption:
                if tag_of(child):
                    self._paragraph(child, level, Block(BlockSort.PARAGRAPH, "", prose=True))
        for row in within(node, "tr"):
            cells = []
            inline = _Inline()
            for cell in children(row, "td", "th"):
                inline.parts = []
                self._inline(cell, inline)
                cells.append(one_line("".join(inline.parts)))
            if any(cells):
                self._blocks.append(Block(BlockSort.TABLE, " | ".join(cells), links=tuple(inline.links)))
        for foot in within(node, "table-wrap-foot"):
            for part in within(foot, "p") or [foot]:
                self._paragraph(part, level, Block(BlockSort.PARAGRAPH, "", prose=True))

    def _inline(
        self, node: etree._Element, into: _Inline, blocks: list[etree._Element] | None = None, *, raised: bool = False
    ) -> None:
        into.parts.append(node.text or "")
        for child in node:
            tag = tag_of(child)
            if tag in _BLOCKS and blocks is not None and tag != "p":
                blocks.append(child)
            elif tag == "fn":
                into.notes.append(child)
            elif tag == "xref" and child.get("ref-type") == "bibr":
                into.parts.append(self._citation(child))
            elif tag == "sup" and not raised:
                cites = any(inner.get("ref-type") == "bibr" for inner in within(child, "xref"))
                into.parts.append("" if cites else SUP_OPEN)
                self._inline(child, into, blocks, raised=True)
                into.parts.append("" if cites else SUP_CLOSE)
            elif tag == "break":
                into.parts.append("\n")
            elif tag and tag not in _UNPRINTED:
                if child.get(_XLINK):
                    into.links.append(str(child.get(_XLINK))[:2000])
                self._inline(child, into, blocks, raised=raised)
                if tag in ("p", "term"):
                    into.parts.append(" ")
            into.parts.append(child.tail or "")

    def _citation(self, node: etree._Element) -> str:
        """What an ``xref`` to the reference list prints, with the numbers of the entries that it names."""
        said = text_of(node)
        named = [self._number_of[rid] for rid in (node.get("rid") or "").split() if rid in self._number_of]
        if _NUMERIC.fullmatch(said):
            return LINK_OPEN + (",".join(map(str, named)) or said.strip("[]() ")) + LINK_CLOSE
        return said + (CITE_OPEN + ",".join(map(str, named)) + CITE_CLOSE if named else "")


def _is_apart(node: etree._Element, article: etree._Element) -> bool:
    """Whether an element belongs to a part with a list of its own (a reviewer's report, a reply)."""
    return any(tag_of(above) in ("sub-article", "response") for above in _above(node, article))


def _above(node: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    parent = node.getparent()
    while parent is not None and parent is not top:
        yield parent
        parent = parent.getparent()


def _numbers(refs: list[etree._Element]) -> list[int]:
    """Each entry's printed label where all have one of their own, else its place in the list."""
    labels = [_LABEL.fullmatch(text_of(first_child(ref, "label"))) for ref in refs]
    printed = [int(label[1]) for label in labels if label]
    return printed if len(set(printed)) == len(refs) else list(range(1, len(refs) + 1))


def _citations(ref: etree._Element) -> list[etree._Element]:
    """The citations of one ``ref``; of two forms of one citation the structured one."""
    found = []
    for child in ref:
        if tag_of(child) == "citation-alternatives":
            found += children(child, "element-citation")[:1] or children(child, *_CITATIONS)[:1]
        elif tag_of(child) in (*_CITATIONS, "note"):
            found.append(child)
    return found or [ref]


def _entry(node: etree._Element) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """A citation's text as printed or, where it has only columns, in Vancouver style; its links; its columns."""
    names = _people(node)
    source = _first(node, "source")
    title = _first(node, "article-title", "chapter-title", "part-title", "data-title") or source
    journal = source if source != title else _first(node, "publisher-name")
    year = found[0] if (found := re.search(r"(?:1[89]|20)\d\d", _first(node, "year"))) else ""
    ids = _identifiers(node)
    links = tuple(str(link.get(_XLINK) or text_of(link))[:2000] for link in within(node, "ext-link", "uri"))
    is_printed = tag_of(node) not in ("element-citation", "nlm-citation") and re.search(r"[.,;:]", _between(node))
    text = (
        _printed(node, "pub-id", "object-id")
        if is_printed
        else _composed(node, names, title, journal, _first(node, "year"))
    )
    text = text or text_of(node)
    for kind, value in ids.items():
        if value not in text:
            text += f" {_IDENTIFIERS.get(kind, '')}{value}."
    columns = {"title": title, "journal": journal, "year": year, "authors": "; ".join(names)}
    columns |= {kind: ids[kind] for kind in ("doi", "pmid") if kind in ids}
    return one_line(text), links, tuple((key, value) for key, value in columns.items() if value)


def _identifiers(node: etree._Element) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for inner in within(node, "pub-id", "ext-link", "article-id"):
        kind = (inner.get("pub-id-type") or inner.get("ext-link-type") or "").casefold()
        if kind in _IDENTIFIERS and (value := text_of(inner)) and " " not in value:
            found.setdefault("pmcid" if kind == "pmc" and value.startswith("PMC") else kind, value)
    return found


def _between(node: etree._Element) -> str:
    """The text that stands between the columns of a citation."""
    return "".join([node.text or "", *(child.tail or "" for child in node)])


def _printed(node: etree._Element, *without: str) -> str:
    """All text of an element but that of the inner elements of these names."""
    parts: list[str] = []

    def walk(inner: etree._Element) -> None:
        if tag_of(inner) and tag_of(inner) not in without:
            parts.append(inner.text or "")
            for child in inner:
                walk(child)
                parts.append(child.tail or "")

    walk(node)
    return "".join(parts)


def _composed(node: etree._Element, names: list[str], title: str, journal: str, year: str) -> str:
    volume, issue = _first(node, "volume"), _first(node, "issue")
    pages = "-".join(page for page in (_first(node, "fpage"), _first(node, "lpage")) if page)
    pages = _first(node, "page-range") or pages or _first(node, "elocation-id")
    cut = bool(within(node, "etal"))
    place = composed_place(year, volume, issue, pages)
    return composed_line(tuple(names), title, journal, place, is_cut=cut)


def _people(node: etree._Element) -> list[str]:
    """Authors as "Family AB", bodies by their names; editors only where there are no authors."""
    groups = within(node, "person-group")
    authors = [group for group in groups if group.get("person-group-type") in (None, "author", "allauthors")]
    listed = authors or groups or [node]
    return [name for group in listed for one in within(group, "name", "string-name", "collab") if (name := _name(one))]


def _name(node: etree._Element) -> str:
    family, given = _first(node, "surname"), _first(node, "given-names")
    if not family:
        return _first(node, "collab") or (text_of(node) if tag_of(node) in ("collab", "string-name") else "")
    return printed_name(family, given, _first(node, "suffix"))


def _matter(meta: etree._Element) -> dict[str, object]:
    """Title and dates: the first day of publication, and of a later version if one is named."""
    matter: dict[str, object] = {}
    group = first_child(meta, "title-group")
    title, subtitle = text_of(first_child(group, "article-title")), text_of(first_child(group, "subtitle"))
    if title:
        matter["title"] = f"{title}{'' if title[-1] in '?!:.' else ':'} {subtitle}" if subtitle else title
    published = [day for node in children(meta, "pub-date") if (day := _day(node)) is not None]
    updated = [
        day
        for node in within(meta, "date")
        if (node.get("date-type") or "") in ("updated", "corrected", "version") and (day := _day(node)) is not None
    ]
    if published:
        matter["page_published"] = min(published).isoformat()
    if updated:
        matter["page_modified"] = max(updated).isoformat()
    return matter


def _day(node: etree._Element) -> date | None:
    """A date with its day; None where the day is not given or there is none such."""
    year, month, day = (text_of(first_child(node, part)) for part in ("year", "month", "day"))
    if month[:3].casefold() in _MONTHS:
        month = str(_MONTHS.index(month[:3].casefold()) + 1)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
