"""Where an article's reference list begins and ends among its blocks.

A heading says so on most pages; without one, a list of kinds ("Guideline", "Research") or of lines that read like
citations at the end is taken, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from litwatch.articles.blocks import LOWER, SUP_CLOSE, SUP_OPEN, Block, BlockSort, carries_marker
from litwatch.articles.furniture.furniture_words import without_edit_link
from litwatch.articles.languages import folded, list_headings, source_headings
from litwatch.articles.model import Uncertainty
from litwatch.model.reference import ReferenceKind

_HEADING = re.compile(
    r"(?:\d{1,2}[.)]\s*)?(?:(?:key|selected|cited|numbered|full)\s+)?"
    r"(?:references?|reference list|list of references|sources?(?: cited)?|bibliography|"
    r"literature(?: cited)?|works cited|citations|publications|article (?:sources|references)|further reading|"
    r"(?:sources|notes|citations|literature) (?:and|&) references|(?:medical|scientific) (?:references|sources)|"
    r"references? (?:and|&) (?:sources|further reading))(?:\s*(?:\(\d{1,3}\)|\d{1,3}))?+\s*+:?",
    re.IGNORECASE,
)
_HEADING_LINK = re.compile(r"\s?[¶§🔗#]$")
_AMBIGUOUS = re.compile(
    r"(?:\d{1,2}[.)]\s*)?(?:sources?|literature|citations|publications|further reading)\s*:?", re.IGNORECASE
)
_FOOTNOTES = re.compile(
    r"(?:foot|end)?notes(?: and references)?:?|references and (?:foot|end)?notes:?|show references", re.IGNORECASE
)
"""Headings over a list that its markup marks as such; in plain text "Notes" may head anything."""
_LONGEST_HEADING = 60
_NOTES_ABOVE = 4
"""So many blocks may stand between a list's heading and its first entry."""
_REFERENCES = re.compile(
    r"(?:(?:show|view|hide|download|jump to) )?(?:all )?references(?: \(\d{1,3}\))?", re.IGNORECASE
)
_LABEL = re.compile(rf"{SUP_OPEN}\[?(\d{{1,3}})\]?{SUP_CLOSE}\s*\S|([⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}})\s*[^\s⁰¹²³⁴⁵⁶⁷⁸⁹]")
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.!?]")
_STOPS = re.compile(r"[.!?]\s")
_LONE_NUMBER = re.compile(r"[\[(]?\d{1,3}[\])]?[.:]?")
_KINDS = {
    "guideline": ReferenceKind.GUIDELINE,
    "guidelines": ReferenceKind.GUIDELINE,
    "clinical guideline": ReferenceKind.GUIDELINE,
    "clinical practice guideline": ReferenceKind.GUIDELINE,
    "practice guideline": ReferenceKind.GUIDELINE,
    "research": ReferenceKind.RESEARCH,
    "research article": ReferenceKind.RESEARCH,
    "research articles": ReferenceKind.RESEARCH,
    "research paper": ReferenceKind.RESEARCH,
    "study": ReferenceKind.RESEARCH,
    "studies": ReferenceKind.RESEARCH,
    "drug": ReferenceKind.DRUG_LABEL,
    "drugs": ReferenceKind.DRUG_LABEL,
    "drug label": ReferenceKind.DRUG_LABEL,
    "drug labels": ReferenceKind.DRUG_LABEL,
    "fda drug label": ReferenceKind.DRUG_LABEL,
    "fda drug labels": ReferenceKind.DRUG_LABEL,
    "fda label": ReferenceKind.DRUG_LABEL,
    "official fda drug label": ReferenceKind.DRUG_LABEL,
    "prescribing information": ReferenceKind.DRUG_LABEL,
    "website": ReferenceKind.OTHER,
    "web page": ReferenceKind.OTHER,
    "book": ReferenceKind.OTHER,
    "textbook": ReferenceKind.OTHER,
    "other": ReferenceKind.OTHER,
}
_YEAR_AT_END = re.compile(r"[^\n]{1,300}?[,.(]\s*(?:19|20)\d\d\)?\.?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CITED = re.compile(
    r"\bdoi\b|10\.\d{4,9}/|\bpmid\b|\bet al\b|(?:19|20)\d\d[^;\n]{0,12};\s*\d|\(\d{1,4}\)\s*:\s*\w?\d|https?://",
    re.IGNORECASE,
)
_IN_LINE = re.compile(r"(?:^|(?<=\s))(?:(\d{1,3})[.)]|[\[(](\d{1,3})[\])])\s+")
ENTRY_NUMBER = re.compile(
    r"\[\^?(\d{1,3})\]:?\s*|\((\d{1,3})\)\s+|(\d{1,3})[.)]\s+|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?![⁰¹²³⁴⁵⁶⁷⁸⁹])\s*(?=\S)"
)
"""The printed number at the start of an entry, in any of the usual forms."""


def is_reference_heading(line: str) -> bool:
    """Whether a line is the heading of a reference list."""
    bare = _HEADING_LINK.sub("", line.strip(" #*_"))
    bare = without_edit_link(bare) or bare
    return _HEADING.fullmatch(bare) is not None or _in_words(bare) in list_headings() | source_headings()


def _in_words(heading: str) -> str:
    """A heading's words for comparing with those of other languages, without number, count and colon."""
    bare = (
        re.sub(r"^\d{1,2}[.)]\s*|(?<!\s)\s*+(?:\(\d{1,3}\)\s*+)?+:?$", "", heading)
        if len(heading) <= _LONGEST_HEADING
        else ""
    )
    return folded(bare)


def _is_ambiguous(heading: str) -> bool:
    """Whether a list's heading may stand over an article's own text as well."""
    return _AMBIGUOUS.fullmatch(heading) is not None or _in_words(heading) in source_headings() - list_headings()


def kind_of(line: str) -> ReferenceKind | None:
    """The kind that a list's line names, None where it names none."""
    return _KINDS.get(line.strip(" #*_:[]()").casefold())


def is_reference_kind(line: str) -> bool:
    """Whether a line holds nothing but the kind of the entry below it."""
    return kind_of(line) is not None


def looks_cited(line: str) -> bool:
    """Whether a line reads like one entry of a reference list."""
    return _YEAR.search(line) is not None and _CITED.search(line) is not None


def ends_in_year(line: str) -> bool:
    """Whether a line reads like ``Journal name, 2020``."""
    return len(line) <= 310 and _YEAR_AT_END.fullmatch(line) is not None


def unfold_inline_list(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give a list that runs on in one paragraph ("Sources: 1. … 2. …") a heading and a block for each entry."""
    unfolded: list[Block] = []
    for block in blocks:
        title, colon, rest = block.text.partition(":")
        found = list(_IN_LINE.finditer(rest)) if colon and is_reference_heading(title) else []
        starts: list[re.Match[str]] = []
        for match in found:
            if int(match[1] or match[2]) == len(starts) + 1:
                starts.append(match)
        if not starts or rest[: starts[0].start()].strip():
            unfolded.append(block)
            continue
        unfolded.append(replace(block, text=title + colon, links=()))
        ends = [match.start() for match in starts[1:]] + [len(rest)]
        for number, (match, end) in enumerate(zip(starts, ends, strict=True), start=1):
            unfolded.append(Block(BlockSort.NUMBERED, rest[match.end() : end].strip(), number=number))
    return tuple(unfolded)


def split_references(
    blocks: Sequence[Block], is_part: re.Pattern[str]
) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Block, ...], tuple[Uncertainty, ...]]:
    """Divide an article's blocks into (body, reference entries, headings and notes of lists, what is uncertain).

    Entries that the page's markup names come first; then what stands below a heading. ``is_part`` matches headings over
    a part of the answer, where a list in plain text ends.
    """
    taken = _marked_entries(blocks)
    regions = _headed_regions(blocks, is_part, taken)
    empty = [region for region in regions if len(region) == 1 and blocks[region[0]].sort is BlockSort.HEADING]
    telling = [region for region in regions if _reads_as_list([blocks[at] for at in region[1:]])]
    if telling or taken:
        regions = telling
    else:
        # "Sources" and "Literature" are also what an article may speak of; other headings say what they head.
        regions = [region for region in regions if not _is_ambiguous(blocks[region[0]].plain)] or (
            [] if regions and all(_is_prose(blocks, region) for region in regions) else regions
        )
    if taken:
        regions += [region for region in empty if region not in regions]
    for start, *below in regions:
        taken[start] = True
        taken |= dict.fromkeys(below, False)
        for at in _foreign([blocks[place] for place in below]):
            taken[below[at]] = True
    notes: tuple[Uncertainty, ...] = ()
    taken = taken or _footnotes(blocks)
    if not taken:
        first = _unheaded_start(blocks)
        if first is not None:
            taken = dict.fromkeys(range(first, len(blocks)), False)
            message = "No heading announces the reference list; the entries at the end of the page are taken for it."
            notes = (Uncertainty("references-without-heading", message),)
    if taken:
        # A tab or a link that is called "References" is the list's, too.
        taken |= {at: True for at, block in enumerate(blocks) if at not in taken and _is_list_tab(block)}
    body = tuple(block for at, block in enumerate(blocks) if at not in taken)
    entries = tuple(block for at, block in enumerate(blocks) if taken.get(at) is False)
    headings = tuple(block for at, block in enumerate(blocks) if taken.get(at))
    return body, entries, headings, notes


def _marked_entries(blocks: Sequence[Block]) -> dict[int, bool]:
    """The blocks that the markup calls entries (False), with the heading and the notes directly above them (True)."""
    taken: dict[int, bool] = {at: False for at, block in enumerate(blocks) if block.entry is not None}
    for at in sorted(taken):
        if at - 1 in taken:
            continue
        above = range(at - 1, max(-1, at - 1 - _NOTES_ABOVE), -1)
        for place in above:
            if place in taken:
                break
            if is_reference_heading(blocks[place].plain) or _FOOTNOTES.fullmatch(blocks[place].plain):
                between = range(place + 1, at)
                other = any(0 < blocks[one].level <= blocks[place].level for one in between)
                taken |= dict.fromkeys([place] if other else [place, *between], True)
                break
    return taken


def _footnotes(blocks: Sequence[Block]) -> dict[int, bool]:
    """Numbered notes below "Notes" or "Footnotes", else blocks behind the text that raised numbers from 1 begin.

    Affiliations look alike, but stand above the text and not behind sentences that cite.
    """
    for start, heading in enumerate(blocks):
        if heading.sort is not BlockSort.HEADING or not _FOOTNOTES.fullmatch(heading.plain):
            continue
        below = range(start + 1, len(blocks))
        end = next((at for at in below if blocks[at].sort is BlockSort.HEADING), len(blocks))
        numbered = [at for at in range(start + 1, end) if blocks[at].number is not None or _label_of(blocks[at])]
        if numbered and numbered[0] == start + 1:
            return {start: True} | dict.fromkeys(range(start + 1, end), False)
    labelled = [(at, label) for at, block in enumerate(blocks) if (label := _label_of(block)) is not None]
    if len(labelled) < 2 or [label for _, label in labelled] != list(range(1, len(labelled) + 1)):
        return {}
    before, after = blocks[: labelled[0][0]], blocks[labelled[-1][0] + 1 :]
    cites = any(carries_marker(block.text) and _SENTENCE_END.search(block.plain) for block in before)
    ended = not any(carries_marker(block.text) for block in after)
    short = sum(len(block.text) for block in after) <= sum(len(block.text) for block in before)
    return {at: False for at, _ in labelled} if cites and ended and short else {}


def _label_of(block: Block) -> int | None:
    """The raised number that a paragraph begins with, None where it begins otherwise."""
    found = _LABEL.match(block.text) if block.sort is BlockSort.PARAGRAPH else None
    return int((found[1] or found[2]).translate(LOWER)) if found else None


def _headed_regions(blocks: Sequence[Block], is_part: re.Pattern[str], taken: dict[int, bool]) -> list[list[int]]:
    """For each heading of a list its index and those of the blocks below it; what is taken already stays out."""
    explicit = any(block.sort is BlockSort.HEADING for block in blocks)
    starts = [
        at
        for at, block in enumerate(blocks if taken else blocks[:-1])
        if block.sort in (BlockSort.HEADING, BlockSort.PARAGRAPH, BlockSort.ASIDE)
        and block.entry is None
        and is_reference_heading(block.plain)
    ]
    marked = [at for at in starts if blocks[at].sort is BlockSort.HEADING]
    starts = marked if explicit and marked else starts[-1:]
    regions = []
    for start in starts:
        region = [start]
        for at in range(start + 1, len(blocks)):
            if at in starts or at in taken or _ends_list(blocks[at], blocks[start], is_part):
                break
            region.append(at)
        if start not in taken:
            regions.append(region)
    return regions


def _reads_as_list(below: Sequence[Block]) -> bool:
    """Whether the blocks below a heading read like references rather than like text of the article."""
    if any(is_reference_kind(block.plain) for block in below):
        return True
    whole = [block for block in below if not block.continued and block.plain]
    cited = sum(
        looks_cited(block.plain)
        or ends_in_year(block.plain)
        or _is_numbered(block)
        or any(map(_names_paper, block.links))
        for block in whole
    )
    return bool(whole) and 3 * cited >= len(whole)


def _is_list_tab(block: Block) -> bool:
    return block.sort is not BlockSort.HEADING and bool(block.links) and _REFERENCES.fullmatch(block.plain) is not None


def _is_numbered(block: Block) -> bool:
    return _YEAR.search(block.plain) is not None and (
        block.sort in (BlockSort.NUMBERED, BlockSort.BULLET) or ENTRY_NUMBER.match(block.plain) is not None
    )


def _names_paper(address: str) -> bool:
    return "doi.org/" in address or "pubmed" in address or "/pmc/" in address


def _is_prose(blocks: Sequence[Block], region: Sequence[int]) -> bool:
    """Whether what stands below a heading is running text: paragraphs of several sentences, or cited sentences."""
    below = [blocks[at] for at in region[1:]]
    prose = [block for block in below if block.sort is BlockSort.PARAGRAPH and len(_STOPS.findall(block.plain)) > 1]
    return 2 * len(prose) > len(below) or any(carries_marker(block.text) for block in below)


def _foreign(below: Sequence[Block]) -> list[int]:
    """Which blocks of a numbered list are no entries: remarks above the first number, and lines below the last."""
    numbered = [at for at, block in enumerate(below) if block.number is not None or ENTRY_NUMBER.match(block.plain)]
    if len(numbered) < 2:
        return []
    return [
        at
        for at, block in enumerate(below)
        if (at < numbered[0] or at > numbered[-1])
        and block.sort in (BlockSort.PARAGRAPH, BlockSort.HEADING)
        and not block.tight
        and not _YEAR.search(block.plain)
        and not is_reference_kind(block.plain)
        and not _LONE_NUMBER.fullmatch(block.plain)
        and not looks_cited(block.plain)
        and not any(map(_names_paper, block.links))
    ]


def _ends_list(block: Block, heading: Block, is_part: re.Pattern[str]) -> bool:
    if is_part.fullmatch(block.plain):
        return True
    if block.sort is not BlockSort.HEADING or is_reference_kind(block.plain):
        return False
    return block.level <= heading.level or heading.level == 0


def _unheaded_start(blocks: Sequence[Block]) -> int | None:
    """Where entries begin that no heading announces, None where there are none."""
    for at in range(1, len(blocks) - 1):
        following = blocks[at + 1 : at + 4]
        if is_reference_kind(blocks[at].plain) and any(ends_in_year(block.plain) for block in following):
            return at
    first = len(blocks)
    while first > 1 and _is_cited_entry(blocks[first - 1]):
        first -= 1
    return first if len(blocks) - first >= 2 else None


def _is_cited_entry(block: Block) -> bool:
    numbered = block.number is not None or ENTRY_NUMBER.match(block.plain) is not None
    return numbered and looks_cited(block.plain)
