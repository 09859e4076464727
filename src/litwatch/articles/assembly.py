"""Blocks of a page → Article: every reader's output meets here, so that all forms of a page read alike.

Order: furniture off, references off, headings found, markers settled over the whole article, sentences cut, and
everything doubtful written down.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from litwatch.articles.blocks import Block, BlockSort, Page, carries_marker, one_line, without_marks
from litwatch.articles.furniture.furniture import PART, separate
from litwatch.articles.furniture.leftovers import is_leftover
from litwatch.articles.headings import find_headings, find_rows
from litwatch.articles.languages import examples
from litwatch.articles.markers.author_year import find_name_citations, name_entries
from litwatch.articles.markers.bare_numbers import Verdict
from litwatch.articles.markers.markers import EXPLICIT, Group, Style, author_year, find_markers
from litwatch.articles.model import Article, BlockKind, Marker, Section, Sentence, Uncertainty
from litwatch.articles.reference_list.list_numbering import in_place
from litwatch.articles.reference_list.reference_list import read_references
from litwatch.articles.reference_list.reference_region import split_references, unfold_inline_list
from litwatch.articles.sentences import sentence_spans
from litwatch.model.identifiers import find_doi, find_pmid
from litwatch.model.reference import Reference
from litwatch.model.text import phrases

_KINDS = {
    BlockSort.PARAGRAPH: BlockKind.PARAGRAPH,
    BlockSort.ASIDE: BlockKind.PARAGRAPH,
    BlockSort.BULLET: BlockKind.BULLET,
    BlockSort.NUMBERED: BlockKind.NUMBERED,
    BlockSort.TABLE: BlockKind.TABLE,
}


_RUNNING_WORD = re.compile(r"(?<![\w.])[^\W\d_A-ZÀ-ÖØ-Þ][^\W\d_]+")
_RUNNING_WORDS = 3
"""A line of furniture with so many words in small letters is prose, and a number in it may cite."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence that has no number yet, with what is uncertain in it."""

    text: str
    markers: tuple[Marker, ...]
    notes: tuple[tuple[str, str], ...]


def assemble(page: Page) -> Article:
    """Read an article out of a page's blocks; an article without a sentence comes back as such."""
    furnished = separate(page)
    body, entries, list_headings, list_notes = split_references(unfold_inline_list(furnished.body), PART)
    references, numbered, reference_notes = read_references(entries)
    marked = any(block.sort is BlockSort.HEADING for block in body)
    body = find_rows(body) if marked else find_headings(body)
    pieces, by_name = _cut(body, references)
    if by_name and not any(reference.number for reference in references):
        references, numbered = in_place(references), True
    sections, notes = _sections(body, pieces)
    leftovers = tuple(s.text for section in sections for s in section.sentences if is_leftover(s.text))
    headings = tuple(block.plain for block in list_headings)
    article = Article(
        furnished.question,
        furnished.last_updated,
        furnished.status,
        sections,
        references,
        numbered,
        leftovers,
        (),
        (*(block.plain for block in furnished.furniture), *headings),
        cites_by_name=by_name,
    )
    article = replace(article, cited_in_furniture=_cited_in_furniture(furnished.furniture, article))
    doubts = (
        *furnished.uncertain,
        *list_notes,
        *reference_notes,
        *_mapping_doubts(article),
        *_link_doubts(article, body),
        *notes,
    )
    return replace(article, uncertain=doubts)


def _cut(body: Sequence[Block], references: Sequence[Reference]) -> tuple[list[list[_Piece]], bool]:
    """For each block its sentences, markers taken out, and whether the article cites by name; headings have none."""
    texts = ["" if block.sort is BlockSort.HEADING else one_line(block.text.replace("\t", " | ")) for block in body]
    printed = {ref.number for ref in references if ref.number is not None}
    known = frozenset(printed or range(1, len(references) + 1))
    groups = find_markers(body, texts, known)
    if any(group.style in EXPLICIT and group.style is not Style.NAME for found in groups for group in found):
        by_name = False
    else:
        named = _name_groups(texts, references, groups)
        cited = [group for found in named for group in found if group.verdict >= Verdict.UNSURE]
        numeric = sum(group.verdict is Verdict.SURE for found in groups for group in found if group.style != Style.NAME)
        by_name = bool(cited) and len(cited) >= numeric
        groups = named if by_name else groups
    return [_pieces(text, found) for text, found in zip(texts, groups, strict=True)], by_name


def _cited_in_furniture(furniture: Sequence[Block], article: Article) -> tuple[tuple[int, str], ...]:
    """The numbers that only lines of furniture cite, each with the first such line; names and affiliations do not cite.

    Only markers that say what they are count, in the style of the article where it cites by name.
    """
    lines = [block for block in furniture if len(_RUNNING_WORD.findall(block.plain)) >= _RUNNING_WORDS]
    texts = [one_line(block.text) for block in lines]
    listed = {ref.number or ref.position for ref in article.references}
    if article.cites_by_name:
        marked = _name_groups(texts, article.references, [() for _ in texts])
    else:
        marked = find_markers(lines, texts, frozenset(listed))
    cited: dict[int, str] = {}
    for block, text, groups in zip(lines, texts, marked, strict=True):
        for group in groups:
            behind = without_marks(text[: group.start])
            if group.style in EXPLICIT and group.verdict is Verdict.SURE and _RUNNING_WORD.search(behind):
                cited |= {number: block.plain for number in group.numbers if number in listed and number not in cited}
    return tuple(sorted((number, line) for number, line in cited.items() if number not in article.markers))


def _name_groups(
    texts: Sequence[str], references: Sequence[Reference], marked: Sequence[Sequence[Group]]
) -> list[list[Group]]:
    """For each block its citations by author and year: those that the markup links, and those that name an entry."""
    entries = name_entries(references)
    number_of = {ref.position: ref.number or ref.position for ref in references}
    found = []
    for text, groups in zip(texts, marked, strict=True):
        linked = [group for group in groups if group.style is Style.NAME]
        starts = {group.start for group in linked}
        for citation in find_name_citations(text, entries):
            if citation.end in starts:
                continue
            verdict = Verdict.UNSURE if citation.positions else Verdict.DOUBTFUL
            verdict = Verdict.SURE if citation.is_sure else verdict
            numbers = tuple(number_of[position] for position in citation.positions)
            linked.append(Group(citation.end, citation.end, numbers, citation.printed, Style.NAME, verdict))
        found.append(sorted(linked, key=lambda group: group.start))
    return found


def _pieces(text: str, groups: Sequence[Group]) -> list[_Piece]:
    """Cut one block's text into sentences and hang each marker on the sentence that it closes."""
    kept: list[str] = []
    anchors: list[tuple[int, Group]] = []
    forced: list[int] = []
    length = at = 0

    def keep(part: str) -> None:
        nonlocal length
        kept.append(part)
        length += len(part)

    for group in groups:
        taken = group.verdict >= Verdict.UNSURE
        before = text[at : group.start].rstrip() if taken else text[at : group.end]
        keep(without_marks(before))
        anchors.append((length, group))
        at = group.end
        if taken:
            if text[at : at + 1].isalnum():
                keep(" ")
            if before.endswith((".", "!", "?")) and text[at:].lstrip()[:1].isupper():
                forced.append(length)
            elif text[at : at + 1] in (".", "!", "?") and text[at + 1 : at + 2].isspace():
                forced.append(length + 1)
    keep(without_marks(text[at:]))
    joined = "".join(kept)
    spans = sentence_spans(joined, forced) or ([(0, length)] if groups else [])
    starts = [start for start, _ in spans]
    owned: list[list[Group]] = [[] for _ in spans]
    for offset, group in anchors:
        # The sentence that holds the character before the marker: also where the marker follows the full stop.
        owned[max(0, bisect_left(starts, offset) - 1)].append(group)
    return [_piece(joined[start:end], own) for (start, end), own in zip(spans, owned, strict=True)]


def _piece(text: str, groups: Sequence[Group]) -> _Piece:
    if groups:
        text = re.sub(r"\( ?[,;]? ?\)", "", one_line(text))  # what "([1], [2])" leaves
    tidy = re.sub(r" ([.,;:!?)])", r"\1", one_line(text))
    markers = tuple(
        Marker(number, group.printed, group.verdict is Verdict.SURE)
        for group in groups
        if group.verdict >= Verdict.UNSURE
        for number in group.numbers
    )
    notes: list[tuple[str, str]] = []
    for group in groups:
        if group.style is Style.NAME:
            notes += _name_doubts(group)
            continue
        shown = f"{group.printed!r} ({group.style.value})"
        if group.verdict is Verdict.UNSURE:
            detail = f" ({group.note})" if group.note else ""
            code = "bare-number" if not group.note else "marker-unclear"
            notes.append(
                (
                    code,
                    f"{shown} was taken for a citation marker, which is not certain{detail}",
                )
            )
        elif group.verdict is Verdict.DOUBTFUL:
            notes.append(
                (
                    "bare-number",
                    f"{shown} was left in the text; it might be a citation marker",
                )
            )
    cited = author_year(tidy)
    if cited is not None and not any(group.style is Style.NAME for group in groups):
        notes.append(("author-year", f"{cited[:80]!r} cites by author and year; it is kept as text, not as a marker"))
    return _Piece(tidy, markers, tuple(notes))


def _name_doubts(group: Group) -> list[tuple[str, str]]:
    """What is not certain in a citation by author and year."""
    if group.verdict is Verdict.DOUBTFUL:
        return [("author-year-unlinked", f"“{group.printed}” names no entry of the reference list")]
    if group.verdict is Verdict.SURE:
        return []
    listed = " or ".join(map(str, group.numbers))
    if len(group.numbers) > 1:
        return [("author-year-ambiguous", f"“{group.printed}” may mean entry {listed} of the reference list")]
    return [("author-year-ambiguous", f"“{group.printed}” was taken for entry {listed}, whose authors differ")]


def _sections(
    body: Sequence[Block], pieces: Sequence[Sequence[_Piece]]
) -> tuple[tuple[Section, ...], tuple[Uncertainty, ...]]:
    """Number the sentences through the article and put them under their headings."""
    levels = _heading_levels(body)
    sections: list[Section] = []
    notes: list[Uncertainty] = []
    heading, level = "", 0
    sentences: list[Sentence] = []
    number = 0

    def close() -> None:
        if sentences or level > 0:
            sections.append(Section(heading, level, tuple(sentences)))

    for at, block in enumerate(body):
        if block.sort is BlockSort.HEADING:
            close()
            heading, level, sentences = block.plain, levels[at], []
            if carries_marker(block.text):
                message = f"The heading “{_short(heading)}” carries a citation marker, which stands for no sentence."
                notes.append(Uncertainty("marker-in-heading", message))
            continue
        for piece in pieces[at]:
            number += 1
            sentences.append(Sentence(number, piece.text, piece.markers, _KINDS[block.sort], block.depth))
            notes += [Uncertainty(code, f"{message}: “{_short(piece.text)}”.", number) for code, message in piece.notes]
    close()
    return tuple(sections), tuple(notes)


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:60] + " … " + text[-27:]


_SERIES = re.compile(r"(step|phase|stage|part|option|question|scenario|tier|line|level)\s+\w{1,4}\b", re.IGNORECASE)


def _heading_levels(body: Sequence[Block]) -> dict[int, int]:
    """Levels from 1: the source's own where it has them, else parts, their headings, and headings below one."""
    at = [index for index, block in enumerate(body) if block.sort is BlockSort.HEADING]
    given = sorted({body[index].level for index in at})
    if any(given):
        return {index: given.index(body[index].level) + 1 for index in at}
    has_parts = any(PART.fullmatch(body[index].plain) for index in at)
    levels: dict[int, int] = {}
    counted: dict[str, int] = {}  # "Step 2" stands where "Step 1" stood
    for place, index in enumerate(at):
        above = at[place - 1] if place else None
        series = _SERIES.match(body[index].plain)
        if PART.fullmatch(body[index].plain) or (place == 0 and not has_parts):
            levels[index] = 1
        elif above is not None and above == index - 1 and levels[above] > 1:
            levels[index] = levels[above] + 1
        else:
            levels[index] = 2
        if series is not None:
            levels[index] = counted.setdefault(series[1].casefold(), levels[index])
    return levels


def _mapping_doubts(article: Article) -> list[Uncertainty]:
    """What the numbers of markers and references say about each other."""
    markers, count = article.markers, len(article.references)
    if not markers and count:
        return [
            Uncertainty("no-markers", f"The list has {count} references, but no citation marker was found in the text.")
        ]
    if not markers:
        return []
    if not count:
        return [
            Uncertainty(
                "no-references",
                f"The text cites {_spread(markers)}, but the page has no reference list; headings looked for were"
                f" {examples()} and their like.",
            )
        ]
    doubts = []
    if not article.references_numbered:
        message = (
            f"The text cites {_spread(markers)} and the page lists {phrases.count(count, 'reference')} without numbers"
        )
        message += ": which marker means which is not certain."
        doubts.append(Uncertainty("mapping-uncertain", message))
    highest = max([ref.number for ref in article.references if ref.number is not None] or [count])
    if markers[-1] > highest:
        message = f"The markers go up to {markers[-1]}, the reference list only to {highest}."
        doubts.append(Uncertainty("markers-exceed-references", message))
    return doubts


def _link_doubts(article: Article, body: Sequence[Block]) -> list[Uncertainty]:
    """What an article says that has links to papers in place of a reference list."""
    if article.references:
        return []
    linked = {find_pmid(link) or find_doi(link) for block in body for link in block.links} - {None}
    if not linked:
        return []
    papers = phrases.count(len(linked), "paper")
    message = f"The text links to {papers}, and the page has no reference list: what is only linked is not watched."
    return [Uncertainty("links-without-list", message)]


def _spread(numbers: Sequence[int]) -> str:
    """Ascending numbers as ``1–6, 9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
