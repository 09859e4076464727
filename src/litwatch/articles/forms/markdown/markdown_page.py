"""An article in Markdown, with or without YAML front matter → blocks.

CommonMark with tables. Reference definitions (``[1]: …``, ``[^1]: …``) are taken out first, because Markdown itself
would swallow or join them. Front matter that cannot be read is kept as text and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import count

from markdown_it import MarkdownIt
from markdown_it.token import Token

from litwatch.articles.bibliography.bibliography import Beside, nothing_beside
from litwatch.articles.blocks import BOLD, LINK_CLOSE, LINK_OPEN, SUP_CLOSE, SUP_OPEN, Block, BlockSort, Page
from litwatch.articles.forms.html_page import read_fragment
from litwatch.articles.forms.markdown.citation_keys import keys_in
from litwatch.articles.forms.markdown.kept_code import KeptCode
from litwatch.articles.forms.markdown.keyed_references import number_by_keys
from litwatch.articles.forms.markdown.obsidian_markdown import read_obsidian
from litwatch.articles.forms.markdown.pandoc_markdown import name_notes, read_pandoc, resolve_notes
from litwatch.articles.forms.plain_text_page import has_items, read_lines
from litwatch.articles.front_matter import has_front_matter, take_front_matter
from litwatch.articles.model import FileForm, Uncertainty

_DEFINITION = re.compile(r" {0,3}\[(\^?)([^\]\[\s]{1,40})\]:[ \t]+(\S.*)")
_ADDRESS_DEFINITION = re.compile(
    r"(?m)^ {0,3}\[(\d{1,3})\]:[ \t]+<?(?:https?://|www\.)[^\s>]+>?(?:\{[^}\n]*\})?[ \t]*$"
)
_LABEL_USE = re.compile(r"[^\[\]\d\s,;–-]\]\[(\d{1,3})\]")
_MARKER_USE = re.compile(r"(?<![\]!])\[(\d{1,3})\](?![\[(:])|(?<=\d\])\[(\d{1,3})\]")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_STRUCTURE = re.compile(r"(?m)^ {0,3}#{1,6} \S|^\[\^?\w{1,40}\]:[ \t]|^ {0,3}\|.*\|[ \t]*$|\*\*\S|\]\(https?://")
_NUMERIC = re.compile(r"\[?\^?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]?")


@cache
def _with_tables() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


@cache
def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark")


def is_markdown(source: str) -> bool:
    """Whether a text without a telling file name is Markdown: front matter, or structure that plain copies lack."""
    return has_front_matter(source) or _STRUCTURE.search(source) is not None


def read_markdown(source: str, name: str = "the article", beside: Beside = nothing_beside) -> Page:
    """Read Markdown (line ends already ``\\n``) into blocks, its reference list last.

    Raises ArticleUnreadable, with ``name``, where it cites by keys of a bibliography that is missing or cannot be read.
    """
    matter, rest, notes = take_front_matter(source)
    code = KeptCode()
    noted = read_obsidian(code.take_out(rest))
    plain = read_pandoc(name_notes(noted.text))
    rendered = [replace(entry, markdown=code.put_back(entry.markdown)) for entry in plain.rendered]
    keyed = number_by_keys(plain.text, matter, rendered, beside, name)
    rest = keyed.text if keyed.sources else resolve_notes(keyed.text, lambda _: ())[0]
    is_pandoc = plain.is_pandoc or bool(keyed.sources) or bool(keys_in(plain.text))
    form = FileForm.OBSIDIAN if noted.is_obsidian else FileForm.PANDOC if is_pandoc else FileForm.MARKDOWN
    rest, definitions, names = _definitions(code.put_back(rest), keyed.blocks)
    if not _STRUCTURE.search(rest) and re.search(r"(?m)^[ \t]*[•◦▪]", rest):
        blocks = list(read_lines(rest))  # a browser's copy in a file named .md
    else:
        blocks = _blocks(_with_tables().parse(rest))
    if names:
        listed = ", ".join(f"[^{label}] as {number}" for label, number in list(names.items())[:20])
        notes = (
            *notes,
            Uncertainty("named-footnotes", f"Footnotes with names were numbered by their order: {listed}."),
        )
    aside = [Block(BlockSort.ASIDE, code.put_back(text)) for text in (*noted.left_out, *code.dropped) if text]
    doubts = (*notes, *keyed.uncertain)
    return Page((*blocks, *aside, *keyed.blocks, *definitions), matter, doubts, keyed.sources, form)


def _definitions(source: str, listed: Sequence[Block]) -> tuple[str, list[Block], dict[str, int]]:
    """Take ``[1]: …`` and ``[^1]: …`` out of the source: (the rest, one block each, numbers given to names).

    ``listed`` are the blocks of the reference list that are known already.
    """
    lines = source.split("\n")
    kept: list[str] = []
    found: list[tuple[int, str]] = []
    names: dict[str, int] = {}
    addresses = _link_labels(source)
    defined = [match for line in lines if (match := _DEFINITION.fullmatch(line)) is not None and match[2].isdecimal()]
    taken = {int(match[2]) for match in defined if match[1] or match[2] not in addresses}
    taken |= {block.number for block in listed if block.number is not None}
    free = (number for number in count(1) if number not in taken)
    fenced = open_definition = False
    for line in lines:
        fenced ^= _FENCE.match(line) is not None
        match = None if fenced else _DEFINITION.fullmatch(line)
        if match is not None and (match[1] or (match[2].isdecimal() and match[2] not in addresses)):
            name = match[2]
            if not (name.isdecimal() and len(name) <= 3) and name not in names:
                names[name] = next(free)
            number = names[name] if name in names else int(name)
            found.append((number, match[3]))
            open_definition = True
        elif open_definition and line.strip() and (line.startswith(("    ", "\t", "  ")) or not kept[-1:]):
            found[-1] = (found[-1][0], found[-1][1] + "\n" + line.strip())
        else:
            open_definition = False
            kept.append(line)
    rest = "\n".join(kept)
    if names:
        rest = re.sub(
            r"\[\^([^\]\[\s]{1,40})\]", lambda mark: f"[^{names[mark[1]]}]" if mark[1] in names else mark[0], rest
        )
    blocks: list[Block] = []
    for key, (number, text) in enumerate(found, start=len(listed)):
        inner = _blocks(_commonmark().parse(text))
        words = "\n".join(block.text for block in inner)
        links = tuple(link for block in inner for link in block.links)
        blocks.append(Block(BlockSort.NUMBERED, words, number=number, links=links, entry=key))
    return rest, blocks, names


def _link_labels(source: str) -> set[str]:
    """The numbers that are Markdown's own link labels: defined as a bare address, used as ``[words][1]`` alone."""
    defined = {found[1] for found in _ADDRESS_DEFINITION.finditer(source)}
    if not defined:
        return set()
    labelled = {found[1] for found in _LABEL_USE.finditer(source)}
    cited = {found[1] for found in _MARKER_USE.finditer(source)}
    return {number for number in defined if number in labelled and number not in cited}


def _blocks(tokens: Sequence[Token]) -> list[Block]:
    """Walk the token stream once; a list item's first paragraph carries its number."""
    blocks: list[Block] = []
    lists: list[int | None] = []  # the next number of each open list, None for bullets
    printed: list[bool] = []  # whether the numbers of each open list are those in its source
    fresh: list[bool] = []
    heading = 0
    cells: list[str] | None = None
    cell_links: list[str] = []
    for at, token in enumerate(tokens):
        if token.type == "bullet_list_open":
            lists.append(None)
            printed.append(False)
        elif token.type == "ordered_list_open":
            lists.append(int(token.attrs.get("start", 1)))
            printed.append(_counts_itself(tokens, at))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            printed.pop()
        elif token.type == "list_item_open":
            fresh.append(True)
            if printed[-1] and token.info.isdecimal():
                lists[-1] = int(token.info)
        elif token.type == "list_item_close":
            fresh.pop()
            if lists[-1] is not None:
                lists[-1] += 1
        elif token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "tr_open":
            cells, cell_links = [], []
        elif token.type == "tr_close" and cells is not None:
            blocks.append(Block(BlockSort.TABLE, " | ".join(cells), links=tuple(cell_links)))
            cells = None
        elif token.type == "inline":
            text, links, bold = _inline(token.children or ())
            if cells is not None:
                cells.append(text.replace("\n", " "))
                cell_links += links
            else:
                blocks += _placed(text, links, heading, lists, fresh, bold=bold)
        elif token.type in ("fence", "code_block"):
            blocks += read_lines(token.content)
        elif token.type == "html_block":
            blocks += read_fragment(token.content)
    return [block for block in blocks if block.plain]


def _counts_itself(tokens: Sequence[Token], at: int) -> bool:
    """Whether the list that opens at a token numbers its items in the source: "1. 3. 5.", but not "1. 1. 1.".

    CommonMark counts on from the first number, whatever stands before the others; the article means what it prints.
    """
    numbers: set[str] = set()
    count = 0
    for place in range(at + 1, len(tokens)):
        token = tokens[place]
        if token.level == tokens[at].level:
            break
        if token.type == "list_item_open" and token.level == tokens[at].level + 1:
            numbers.add(token.info)
            count += 1
    return count == 1 or len(numbers) > 1


def _placed(
    text: str, links: tuple[str, ...], heading: int, lists: list[int | None], fresh: list[bool], *, bold: bool
) -> Sequence[Block]:
    """The block or blocks of one inline text at its place in headings and lists."""
    if heading:
        return [Block(BlockSort.HEADING, text, level=heading, links=links)]
    if lists:
        first = fresh[-1]
        fresh[-1] = False
        number = lists[-1] if first else None
        sort = BlockSort.BULLET if lists[-1] is None else BlockSort.NUMBERED
        return [Block(sort, text, depth=len(lists) - 1, number=number, continued=not first, links=links)]
    if bold and "\n" not in text and len(text) <= 130 and not text.rstrip().endswith((".", "!", ";", ",")):
        return [Block(BlockSort.HEADING, text.rstrip().removesuffix(":"), level=BOLD, links=links)]
    if has_items(text):
        return read_lines(text)
    return [Block(BlockSort.PARAGRAPH, text, links=links)]


def _inline(children: Sequence[Token]) -> tuple[str, tuple[str, ...], bool]:
    """Text with private marks, the addresses linked to, and whether all of it is bold."""
    parts: list[str] = []
    links: list[str] = []
    openings: list[int] = []
    strong = 0
    plain = 0
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
            plain += not strong and bool(child.content.strip(" :"))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image":
            parts.append(child.content.replace("\n", " "))
        elif child.type == "link_open":
            links.append(str(child.attrs.get("href", ""))[:2000])
            openings.append(len(parts))
        elif child.type == "link_close" and openings:
            start = openings.pop()
            label = "".join(parts[start:])
            if _NUMERIC.fullmatch(label.strip()):
                parts[start:] = [LINK_OPEN + label.strip().strip("[]") + LINK_CLOSE]
        elif child.type == "html_inline":
            parts.append(_tag(child.content))
        elif child.type == "strong_open":
            strong += 1
        elif child.type == "strong_close":
            strong -= 1
    text = "".join(parts)
    return (
        text,
        tuple(links),
        bool(text.strip()) and plain == 0 and any(child.type == "strong_open" for child in children),
    )


def _tag(content: str) -> str:
    """What an inline HTML tag means for the text."""
    tag = content.casefold().replace(" ", "")
    if tag.startswith("<sup"):
        return SUP_OPEN
    if tag == "</sup>":
        return SUP_CLOSE
    return "\n" if tag.startswith("<br") else ""
