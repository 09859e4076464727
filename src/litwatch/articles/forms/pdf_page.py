"""The printed text of a PDF → blocks: paragraphs, headings, list items and references, told by their print.

A PDF holds signs with their places and sizes and no word on what is a heading, a marker or a reference (``pdf_lines``
makes lines of them). Words and addresses broken at a line's end are joined, and running heads and page numbers are
furniture. What cannot be known is said with every such article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from litwatch.articles.blocks import SUP_CLOSE, SUP_OPEN, Block, BlockSort, Page
from litwatch.articles.forms.pdf_lines import LONE_NUMBER, PdfText, PrintedLine, printed_lines
from litwatch.articles.model import Uncertainty
from litwatch.articles.reference_list.reference_region import is_reference_heading

_BULLET = re.compile(r"[•◦▪●○■□‣⁃∙·➤►❖✓✔]\s*")
_NUMBERED = re.compile(r"(?:(\d{1,3})[.)]\s{0,3}(?=\D)|[\[(](\d{1,3})[\])]\s{0,3}|(\d{1,3})\s{1,3}(?=[^\W\d_a-zß-ÿ]))")
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_AUTHOR = re.compile(
    rf"{_CAPITAL}[\w'’-]++(?: [\w'’-]++){{0,4}}(?:,? (?:{_CAPITAL}\.|{_CAPITAL}{{1,3}}\b)|; |\.? \(\d{{4}})"
)
"""How an entry begins: "Doe J", "Doe, J.", "Society of Naps. (2021)"."""
_ENTRY_END = re.compile(r"(?:[.)\]]|\d{4}[a-z]?|(?:https?://|doi:|10\.\d{4})\S*|» \S+)$")
_SENTENCE_END = re.compile(r"[.!?:;。][”\"’')\]]{0,2}$")
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})[-‐\u00ad]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS_END = re.compile(r"(?:https?://|doi:\s?|\b10\.\d{4,9}/)\S*[/._=&?-]$", re.IGNORECASE)
_LONGEST_ADDRESS = 300
_KEPT_HYPHEN = frozenset(
    """non self well double single placebo long short low high evidence patient meta follow post pre anti co cross
    open first second third two three one dose time risk age all body case cost health intention large small""".split()
)
"""First parts of words that keep their hyphen, where the article does not print the word whole elsewhere."""
_HEADING_SIZE = 1.12
_LONGEST_HEADING = 200
_GAP = 1.35
_UNTITLED = re.compile(r"untitled|microsoft word\b.*|.*\.(?:docx?|pdf|indd|tex|dvi|html?|qxd|rtf)", re.IGNORECASE)
_SHORT = 0.6
"""The share of a full line's signs below which a line ends its paragraph."""
_MOST_LEFT_OUT = 3
"""A list may leave out a number or two; any other number that begins one of its lines is a page or a volume."""
_BOLD_LEVEL = 7
"""The level of a heading that is told by its face or its words, not by its size."""
LIMITS = (
    "The article is the text of a PDF. Headings, paragraphs and the order of columns are told from the print alone;"
    " text in tables and figures may stand between sentences. Compare it with the page."
)


def read_pdf(printed: PdfText) -> Page:
    """Read the text of a PDF into blocks; running heads and page numbers come first, as furniture."""
    lines, heads = printed_lines(printed)
    furniture = dict.fromkeys(lines[at].plain for at in sorted(heads))
    text = [line for at, line in enumerate(lines) if at not in heads]
    blocks = [Block(BlockSort.ASIDE, line) for line in furniture]
    blocks += _Typography(text).blocks(text) if text else ()
    title = " ".join(printed.title.split())
    if not title or _UNTITLED.fullmatch(title):
        title = next((block.plain for block in blocks if block.level == 1 and block.sort is BlockSort.HEADING), "")
    matter: dict[str, object] = {"page_title": title} if title else {}
    return Page(tuple(blocks), matter, (Uncertainty("pdf-text", LIMITS),))


class _Typography:
    """What an article's print means, learnt from all its lines: the size of text, of headings, the leading."""

    def __init__(self, lines: Sequence[PrintedLine]) -> None:
        weight: Counter[float] = Counter()
        for line in lines:
            weight[line.size] += len(line.text)
        self._body = weight.most_common(1)[0][0]
        larger = sorted((size for size in weight if size > _HEADING_SIZE * self._body), reverse=True)
        self._levels = {size: level for level, size in enumerate(larger, start=1)}
        steps = [one.y - after.y for one, after in pairwise(lines) if one.page == after.page and one.size == after.size]
        self._leading = median([step for step in steps if 0 < step < 3 * self._body] or [1.2 * self._body])
        widths = sorted(len(line.plain) for line in lines if line.size == self._body)
        self._full = widths[9 * len(widths) // 10]
        self._words = Counter(
            word.casefold() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.plain)
        )

    def blocks(self, lines: Sequence[PrintedLine]) -> Iterator[Block]:
        """The blocks of all lines, in their order."""
        group: list[PrintedLine] = []
        list_level = 0
        """The level of the reference list's heading while its list goes on, else 0."""
        numbers: bool | None = None
        """Whether the list's entries print numbers, once the first is seen."""
        last = 0
        for line in lines:
            level = self._level(line)
            if group and list_level and numbers is None and not self._level(group[0]):
                numbers = _number_of(group[0], listed=True) is not None
            item = self._is_item(line, listed=bool(list_level) and numbers is not False, last=last)
            if group and (item or self._parts(group, line, listed=bool(list_level))):
                yield self._block(group, listed=bool(list_level) and numbers is not False)
                if own := self._level(group[0]):
                    if is_reference_heading(" ".join(one.plain for one in group)):
                        list_level, numbers, last = own, None, 0
                    elif own <= list_level < _BOLD_LEVEL or (own == list_level == _BOLD_LEVEL and group[0].bold):
                        list_level = 0
                group = []
                item = self._is_item(line, listed=bool(list_level) and numbers is not False, last=last)
            if item and not level:
                last = _number_of(line, listed=bool(list_level)) or last
            group.append(line)
        yield self._block(group, listed=bool(list_level) and numbers is not False)

    def _is_item(self, line: PrintedLine, *, listed: bool, last: int) -> bool:
        """Whether a line begins an item that counts on; any other number begins a line by chance."""
        number = None if self._level(line) else _number_of(line, listed=listed)
        if number is None:
            return False
        return last < number <= last + _MOST_LEFT_OUT if listed else number in (1, last + 1)

    def _level(self, line: PrintedLine) -> int:
        """A heading's level by the size of its print, the last one for a short bold line, 0 for text."""
        plain = line.plain
        if len(plain) > _LONGEST_HEADING or not any(sign.isalpha() for sign in plain) or "\t" in line.text:
            return 0
        if line.size in self._levels:
            return self._levels[line.size]
        if is_reference_heading(plain) and plain[0].isupper():
            return _BOLD_LEVEL
        closed = plain.endswith((".", ",", ";"))
        is_short = line.bold and line.size >= 0.95 * self._body and not closed and 2 * len(plain) <= _LONGEST_HEADING
        return _BOLD_LEVEL if is_short else 0

    def _parts(self, group: Sequence[PrintedLine], line: PrintedLine, *, listed: bool) -> bool:
        """Whether a line begins a block of its own."""
        before, level = group[-1], self._level(line)
        if level != self._level(before) or _BULLET.match(line.text):
            return True
        if level:
            leading = self._leading * line.size / self._body
            return before.page != line.page or not 0 <= before.y - line.y <= _GAP * leading
        if listed and len(group) == 1 and LONE_NUMBER.fullmatch(before.plain):
            return False
        closed = _SENTENCE_END.search(before.plain) is not None or before.text.endswith(SUP_CLOSE)
        if "\t" in line.text or "\t" in before.text:
            return True
        if listed and _number_of(group[0], listed=True) is None and _begins_entry(group, line):
            return True
        if before.page != line.page or line.y > before.y:
            # The next column or page: a sentence goes on, a new one may be of the same paragraph or not.
            return not listed and closed and not line.plain[:1].islower()
        if before.y - line.y > _GAP * self._leading:
            return not line.plain[:1].islower() or closed
        if abs(line.size - before.size) > 0.15 * before.size:
            return True
        if listed:
            return False
        if before.text.endswith(("-", "\u00ad")):
            return False
        if len(before.plain) < _SHORT * self._full * self._body / before.size and not line.plain[:1].islower():
            return True  # no line within a paragraph is that short
        if len(group) == 1:
            return closed and line.x < before.x - 4 * line.size
        return closed and line.x > before.x + 0.5 * line.size and group[0].x > before.x - 1

    def _block(self, group: Sequence[PrintedLine], *, listed: bool) -> Block:
        text = self._joined(group)
        level = self._level(group[0])
        if level:
            return Block(BlockSort.HEADING, text, level=level)
        if (bullet := _BULLET.match(text)) is not None:
            return Block(BlockSort.BULLET, text[bullet.end() :])
        number = _number_of(group[0], listed=listed)
        if number is None:
            return Block(BlockSort.PARAGRAPH, text, prose=len(group) > 1)
        printed = re.match(
            rf"(?:{SUP_OPEN}{number}{SUP_CLOSE}|[\[(]?{number}[\])]?[.)]?(?: {number}[.)]?(?= ))?)\s*", text
        )
        return Block(BlockSort.NUMBERED, text[printed.end() :] if printed else text, number=number)

    def _joined(self, group: Sequence[PrintedLine]) -> str:
        """The lines' text in one line, words and addresses that the lines break put together."""
        text = ""
        for line in group:
            said, end = line.text, text[-_LONGEST_ADDRESS:]
            if not text:
                text = said
            elif (broken := _BROKEN_WORD.search(end)) is not None and (first := _FIRST_WORD.match(said)) is not None:
                text = text[:-1] if _is_one_word(broken[1], first[0], text[-1], self._words) else text
                text += said
            elif text.endswith(("-", "–")) and said[:1].isdigit():
                text += said  # a range of pages
            elif _ADDRESS_END.search(end) is not None and said[:1].isalnum():
                text += said
            else:
                text = f"{text} {said}"
        return text


def _number_of(line: PrintedLine, *, listed: bool) -> int | None:
    """The number that a line begins with as an item; ``[1]`` and a bare number only below the list's heading."""
    plain = line.text
    if listed and (lone := LONE_NUMBER.fullmatch(line.plain)) is not None:
        return int(lone[1])
    if plain.startswith(SUP_OPEN) and listed:
        found = re.match(rf"{SUP_OPEN}(\d{{1,3}}){SUP_CLOSE}", plain)
        return int(found[1]) if found else None
    match = _NUMBERED.match(plain)
    if match is None:
        return None
    if match[1]:
        return int(match[1])
    return int(match[2] or match[3]) if listed else None


def _begins_entry(group: Sequence[PrintedLine], line: PrintedLine) -> bool:
    """Whether a line of a list without numbers begins an entry: the others hang, or it begins with an author."""
    before = group[-1]
    if line.page == before.page and before.x > line.x + 0.5 * line.size and line.y < before.y:
        return abs(line.x - group[0].x) <= 1
    ends = _ENTRY_END.search(before.plain) is not None
    return abs(line.x - before.x) <= 1 and ends and _AUTHOR.match(line.plain) is not None


def _is_one_word(first: str, second: str, sign: str, words: Counter[str]) -> bool:
    """Whether a hyphen at a line's end only breaks the word; the article's own spelling elsewhere decides first."""
    if sign == "\u00ad" or not second[0].islower():
        return sign == "\u00ad"
    whole, hyphened = f"{first}{second}".casefold(), f"{first}-{second}".casefold()
    if words[whole] != words[hyphened]:
        return words[whole] > words[hyphened]
    return first.casefold() not in _KEPT_HYPHEN
