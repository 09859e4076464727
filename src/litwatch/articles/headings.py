"""Headings and flattened tables of a plain copy, told from sentences by their form and their neighbours.

A plain copy prints a heading, a table's row and an item that lost its bullet alike: a short line without a full
stop. One or two such lines above text are headings; a run whose lines end in numbers is a table; a longer run is a
list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from litwatch.articles.blocks import Block, BlockSort, carries_marker
from litwatch.articles.furniture.furniture import PART

_SMALL_WORDS = frozenset(
    """a an and as at but by de for from in into is nor of off on onto or over per than the to under up vs vs. via with
    without""".split()
)
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|should|must|can|may|will|does|do|include|includes|reduces|increases|causes)\b"
)
_VALUE_AT_END = re.compile(
    r"(?:^|\s|\t|:\s?|[=≥≤<>±~+-])[<>≥≤±~+-]?\d+(?:[.,]\d+)?(?:\s*[-–]\s*\d+(?:[.,]\d+)?)?(?:\s*(?:%|points?))?"
)
_GROUP_AT_END = re.compile(r"\s\d{1,3}(?:\s?,\s?\d{1,3})+")
_LABELLED_NUMBER = re.compile(
    r"\b(?:type|stage|grade|step|phase|class|part|level|group|tier|line|day|week|month|year|category|section|chapter|table|figure|"
    r"option|question|covid|version|scenario|case|dose|cycle)[\s-]?\d{1,3}(?:[-–/]\d{1,3})?",
    re.IGNORECASE,
)
_INTERPRETATION = re.compile(r"(?:(?:total |risk )?scor(?:e|es|ing) )?interpretation\b", re.IGNORECASE)
_VALUE_WORDS = frozenset(
    """score scores point points value values grade weight total % n hr or rr ci dose range odds mean prevalence count
    frequency""".split()
)
_STRONG, _WEAK, _NONE = 2, 1, 0
_LONGEST = 130
_MOST_WORDS = 16


def find_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give the paragraphs that are headings or table rows their sort; everything else stays as it is."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and _shape(blocks[end]) > _NONE:
            end += 1
        if end == at:
            found.append(blocks[at])
            at += 1
            continue
        after = blocks[end] if end < len(blocks) else None
        found += _judge_run(list(blocks[at:end]), after)
        at = end
    return tuple(found)


def find_rows(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Give the rows of a flattened score table their sort, in a page whose headings are marked as such.

    Only where a word such as "Points" announces them; lines within one paragraph count as lines here.
    """
    found: list[Block] = []
    lines = [
        (at, replace(block, text=line, tight=place > 0))
        for at, block in enumerate(blocks)
        for place, line in enumerate(block.text.split("\n") if block.sort is BlockSort.PARAGRAPH else [block.text])
    ]
    rows: dict[int, list[Block]] = {}
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _shape(lines[end][1]) > _NONE:
            end += 1
        run = [line for _, line in lines[start:end]]
        after = lines[end][1] if end < len(lines) else None
        span = _table_rows(run, after) if len(run) > 2 else None
        if span is not None and any(_has_cue(line) for line in run[: span[1] + 1]):
            for place in range(span[0], span[1] + 1):
                rows.setdefault(lines[start + place][0], []).append(
                    replace(run[place], sort=BlockSort.TABLE, scored=True)
                )
        start = max(end, start + 1)
    for at, block in enumerate(blocks):
        whole = at in rows and len(rows[at]) == len(block.text.split("\n"))
        found += rows[at] if whole else [block]
    return tuple(found)


def _shape(block: Block) -> int:
    """How much a block's form is that of a heading or a table's row."""
    if block.sort is not BlockSort.PARAGRAPH or "\n" in block.text:
        return _NONE
    if "\t" in block.text:
        return _WEAK
    text = block.plain
    words = text.split()
    if not words or len(text) > _LONGEST or len(words) > _MOST_WORDS:
        return _NONE
    if PART.fullmatch(text):
        return _STRONG
    if text.endswith((".", ";", ",", "!", "…")) or (
        text[0].islower() and not text[:2].isupper() and text[1:2].islower()
    ):
        return _NONE
    titled = _is_titled(words)
    if text.endswith(":"):
        return _STRONG if titled and len(words) <= 8 else _NONE
    if ". " in text and not re.match(r"\w{1,3}\. ", text):
        return _NONE
    if titled:
        return _STRONG
    if _VERB.search(text) and len(words) > 6 and not text.endswith("?"):
        return _NONE
    return _WEAK


def _is_titled(words: Sequence[str]) -> bool:
    """Whether the words are capitalised as in a title; one word alone says nothing."""
    telling = [word for token in words for word in _WORD.findall(token)[:2] if word.casefold() not in _SMALL_WORDS]
    if len(telling) < 2:
        return False
    capital = sum(not word[0].islower() for word in telling)
    return capital >= max(2, round(0.75 * len(telling)))


def _is_interpretation(block: Block) -> bool:
    """Whether a line says what a score means: "Score interpretation: 0–1 low, 2–3 moderate"."""
    return _INTERPRETATION.match(block.plain) is not None and any(sign.isdigit() for sign in block.plain)


def _judge_run(run: list[Block], after: Block | None) -> list[Block]:
    """Sort a run of heading-like lines; ``after`` is the block of text below it, None at the end of the article."""
    rows = _table_rows(run, after)
    if rows is not None:
        first, last = rows
        cued = any(_has_cue(block) for block in run[: last + 1])
        rows_found = run[first : last + 1]
        tabbed = any("\t" in block.text for block in rows_found)
        named = sum(": " in block.plain for block in rows_found) * 2 > len(rows_found)
        grouped = any(_GROUP_AT_END.search(" " + block.plain) for block in rows_found)
        listed = not cued and not tabbed and (named or grouped)
        while listed and named and first > 0 and ": " in run[first - 1].plain:
            first -= 1
        scored = cued or not tabbed
        middle = [
            block if listed else replace(block, sort=BlockSort.TABLE, scored=scored) for block in run[first : last + 1]
        ]
        below = run[last + 1 :]
        return [
            *_judge_plain(run[:first], run[first] if run[first:] else after),
            *middle,
            *(_judge_run(below, after) if below else []),
        ]
    return _judge_plain(run, after)


def _table_rows(run: list[Block], after: Block | None) -> tuple[int, int] | None:
    """First and last index of a table's rows within a run, None where there is no table."""
    tabbed = [at for at, block in enumerate(run) if "\t" in block.text]
    if len(tabbed) >= 2:
        return tabbed[0], tabbed[-1]
    valued = [at for at, block in enumerate(run) if _ends_in_value(block)]
    if len(valued) < 2:
        return None
    first, last = valued[0], valued[-1]
    if len(valued) < (last - first + 1) / 2:
        return None
    if first > 0 and _is_column_header(run[first - 1]) and not _names_columns(run[first]):
        first -= 1
    spaced = after is None or not after.tight  # else headings stand as close as rows
    while last + 1 < len(run) and ((spaced and run[last + 1].tight) or _INTERPRETATION.match(run[last + 1].plain)):
        last += 1  # a row of words directly below, and what the sum means
    return first, last


def _ends_in_value(block: Block) -> bool:
    text = block.plain
    tail = text[-24:]
    if any(found.end() == len(text) for found in _LABELLED_NUMBER.finditer(text)):
        return False
    return any(found.end() == len(tail) for found in _VALUE_AT_END.finditer(tail))


def _is_column_header(block: Block) -> bool:
    """Whether a line reads like a table's head: several words, the last names a value."""
    words = block.plain.casefold().split()
    return len(words) >= 2 and words[-1].strip("()") in _VALUE_WORDS and len(words) <= 6


def _names_columns(block: Block) -> bool:
    """Whether a line names several columns itself: "Feature 1 point 2 points 3 points"."""
    named = [word.strip("()") in _VALUE_WORDS for word in block.plain.casefold().split()]
    return named[-1] and sum(named) > 1


def _has_cue(block: Block) -> bool:
    words = {word.strip("():,") for word in block.plain.casefold().split()}
    return bool(words & {"score", "scores", "points", "point", "criteria", "criterion", "value", "weight", "scale"})


def _judge_plain(run: list[Block], after: Block | None) -> list[Block]:
    """Sort a run without a table: headings above text, otherwise lines of a list."""
    if not run:
        return []
    shapes = [_shape(block) for block in run]
    if after is None:
        return [_as_heading(run[0]), *run[1:]] if shapes[0] == _STRONG and len(run) > 1 else run
    if len(run) <= 3:
        judged = [_as_heading(block) if shape == _STRONG else block for block, shape in zip(run, shapes, strict=True)]
        if shapes[-1] == _WEAK and _heads(run[-1], after):
            judged[-1] = _as_heading(run[-1])
        return judged
    strong_tail = len(run)
    while strong_tail > 0 and shapes[strong_tail - 1] == _STRONG and len(run) - strong_tail < 2:
        strong_tail -= 1
    head = 1 if shapes[0] == _STRONG else 0
    return [
        _as_heading(block) if at < head or at >= strong_tail else replace(block, sort=BlockSort.TABLE)
        for at, block in enumerate(run)
    ]


def _heads(line: Block, after: Block) -> bool:
    """Whether a plain short line is the heading of the text below it."""
    if len(line.plain.split()) > 12:
        return False
    if not after.tight or after.sort is not BlockSort.PARAGRAPH:
        return True
    return len(line.plain.split()) <= 3 and (
        len(after.plain.split()) >= 6 or after.plain.rstrip("0123456789, ").endswith(".")
    )


def _as_heading(block: Block) -> Block:
    """The line as heading; one that carries markers, or that its source says is a paragraph, stays text."""
    if carries_marker(block.text) or (block.prose and not PART.fullmatch(block.plain)):
        return block
    if _is_interpretation(block):
        return replace(block, sort=BlockSort.TABLE, scored=True)
    return replace(block, sort=BlockSort.HEADING, text=block.plain.rstrip(":").rstrip() or block.plain)
