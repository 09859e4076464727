"""Citation markers in the blocks of an article: found in every usual form, judged by what the whole article does.

Superscripts, links of digits and square brackets say what they are. Round brackets and bare numbers do not: whether
they are markers depends on how this article cites, on the length of its list, and on the words around. What stays
doubtful is either taken and marked "not sure", or left in the text and said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from litwatch.articles.blocks import (
    CITE_CLOSE,
    CITE_OPEN,
    LINK_CLOSE,
    LINK_OPEN,
    LOWER,
    RAISE,
    SUP_CLOSE,
    SUP_OPEN,
    Block,
    BlockSort,
    without_marks,
)
from litwatch.articles.markers.bare_numbers import CANDIDATE, Verdict, is_after_stop, judge_after_stop, judge_within
from litwatch.articles.markers.marker_words import NAMED

_DASH = "–—‐‑‒−⁻-"
_SEPARATOR = rf"(?: ?[,;](?:\\? )?(?:and |& )?| ?[{_DASH}] ?| and | & )"
_NUMBERS = rf"\d{{1,3}}(?:{_SEPARATOR}\^?\d{{1,3}}){{0,40}}"
_SPOKEN = r"\[ ?(?:[Rr]efs?\.? ?)?\d{1,3} (?:to|through) \d{1,3} ?\]"
_LEAD = r"(?:(?:[Ss]ee(?: also)?|[Cc]f\.?|e\.g\.,?|[Rr]eviewed in) )?(?:[Rr]ef(?:erence)?s?\.? ?|#)?"
_PLACE = r"(?:, ?pp?\.? ?\d{1,4}(?:[–-]\d{1,4})?)?"
_BRACKET = re.compile(
    rf"\[\[{_NUMBERS}\]\]|\[ ?{_LEAD}\^?{_NUMBERS}{_PLACE} ?\](?: ?[,;{_DASH}]? ?\[\^?{_NUMBERS}\]){{0,40}}"
    rf"|{_SPOKEN}|(?:【\d{{1,3}}(?:[:†][^】]{{0,40}})?】){{1,20}}"
)
_PAREN = re.compile(rf"\((?:[Rr]ef(?:erence)?s?\.? ?)?{_NUMBERS}\)")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_UNICODE = re.compile(rf"[{_RAISED_DIGITS}]{{1,4}}(?: ?[,˒⁻–‐-] ?[{_RAISED_DIGITS}]{{1,4}}){{0,20}}")
_ONE_SUP = f"{SUP_OPEN}[^{SUP_OPEN}{SUP_CLOSE}]{{0,99}}{SUP_CLOSE}"
_SINGLE_SUP = re.compile(_ONE_SUP)
_SUP = re.compile(rf"{_ONE_SUP}(?: ?[,;–-]? ?{_ONE_SUP}){{0,40}}|\^[\[(]?{_NUMBERS}[\])]?\^|\$\^\{{{_NUMBERS}\}}\$")
_ONE_LINK = rf"[\[(]?{LINK_OPEN}[^{LINK_OPEN}{LINK_CLOSE}]{{0,99}}{LINK_CLOSE}[\])]?"
_LINK = re.compile(rf"{_ONE_LINK}(?: ?[,;–-]? ?{_ONE_LINK}){{0,40}}")
_GLUED = re.compile(
    rf"(?:(?<=[a-z)\]”\"%]\.)|(?<=[a-z]{{4}})|(?<=[a-z]{{3}}[,;:]))"
    rf"(\d{{1,3}}(?:[,{_DASH}]\d{{1,3}}|, \d{{1,3}}(?=(?:, ?\d{{1,3}}){{0,9}}(?:\s[A-Z“\"(]|\s*$))){{0,20}})"
    r"(?=[.,;:]?(?:\s|$))"
)
_SHORT_WORDS = frozenset("so on it do us up in of is be to go we me he by or if as at an am ok".split())
"""Words of two letters that end a sentence and are no abbreviation."""
_FOLD = str.maketrans(
    "０１２３４５６７８９［］（），；－～٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789[](),;--01234567890123456789"
)
"""Full-width and Arabic digits and signs as ASCII's, sign by sign, so that places in the text stay."""
_COUNTED = re.compile(
    r"\b(?:figs?|figures?|tables?|box|boxes|eqs?|equations?|sections?|chapters?|appendix|step)\b\.? ?"
    rf"(?:[\d ,;–{LINK_OPEN}{LINK_CLOSE}-]|and |& ){{0,30}}$",
    re.IGNORECASE,
)
"""What a linked number counts: "Figures 5, 6 and 7"."""
_UNIT = re.compile(r"(?:^|[\s(/·×^*\d])(?:[ms]|[ckmdnµμ]m|in|ft|yd)$|×$")
_SYMBOL = re.compile(r"(?:^|[\s(/·×^*\d])[A-Za-zχηρ]$")
_LETTER_NAMES = re.compile(
    r"\b(?:vitamins?|hepatitis|factor|type|class|group|influenza|stage|protein|bipolar) $", re.IGNORECASE
)
_AUTHOR_YEAR = re.compile(
    r"[(\[](?:see |e\.g\.,? |cf\. )?[A-Z][\w'’-]{1,30}"
    r"(?:,? (?:et al\.?|and [A-Z][\w'’-]{1,30}|& [A-Z][\w'’-]{1,30}))?,? (?:19|20)\d\d[a-z]?[^()\[\]]{0,200}[)\]]"
    r"|[A-Z][\w'’-]{1,30} (?:et al\.?|and colleagues) \((?:19|20)\d\d[a-z]?\)"
)
_LONGEST_RANGE = 50
_REACH = 300
_GAP = 4
"""A bare number this far above the highest known one can still be a marker; above it, hardly."""


class Style(StrEnum):
    """The form in which a group of markers is printed."""

    SUPERSCRIPT = "superscript"
    LINK = "link"
    BRACKET = "square bracket"
    PAREN = "round bracket"
    AFTER_STOP = "bare number after the full stop"
    WITHIN = "bare number"
    GLUED = "number glued to a word"
    NAME = "author and year"
    """The words stay in the text; the group is empty, or a private mark behind them."""


EXPLICIT = (Style.SUPERSCRIPT, Style.LINK, Style.BRACKET, Style.NAME)
_BARE = (Style.AFTER_STOP, Style.WITHIN)


@dataclass(frozen=True, slots=True)
class Group:
    """A printed group of numbers at ``start`` to ``end`` of its block's text."""

    start: int
    end: int
    numbers: tuple[int, ...]
    printed: str
    style: Style
    verdict: Verdict
    note: str = ""
    """Why it is not sure, where the form alone does not say it."""


def find_markers(blocks: Sequence[Block], texts: Sequence[str], known: frozenset[int]) -> list[list[Group]]:
    """For each block its groups that are or might be markers, settled, in order.

    ``texts`` are the blocks' texts in one line with the private marks; ``known`` the numbers that the reference list
    prints, or 1 … n for an unnumbered list of n entries.
    """
    folded = [text.translate(_FOLD) for text in texts]
    found = [_find_groups(block, text) for block, text in zip(blocks, folded, strict=True)]
    return _settle(found, known, folded)


def author_year(text: str) -> str | None:
    """The first author-year citation in a text, such as ``(Smith et al., 2020)``; it is no marker."""
    match = _AUTHOR_YEAR.search(text)
    return match[0] if match else None


def _find_groups(block: Block, text: str) -> list[Group]:
    """All candidates of a block by form and neighbours, none overlapping."""
    groups: list[Group] = []
    taken = bytearray(len(text))

    def add(
        match: re.Match[str], numbers: tuple[int, ...] | None, style: Style, verdict: Verdict, note: str = ""
    ) -> None:
        taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
        if numbers is not None:
            groups.append(Group(match.start(), match.end(), numbers, _printed(match[0]), style, verdict, note))

    def is_free(match: re.Match[str]) -> bool:
        return not any(taken[match.start() : match.end()])

    for match in _LINK.finditer(text):
        # "in the table [5]" is a citation, "table 5" is none.
        counted = match[0][0] != "[" and _COUNTED.search(text[max(0, match.start() - 60) : match.start()]) is not None
        add(match, _read_numbers(match[0]), Style.LINK, Verdict.TEXT if counted else Verdict.SURE)
    for match in _superscripts(text):
        if is_free(match):
            add(match, _read_numbers(match[0]), Style.SUPERSCRIPT, _judge_superscript(text, match))
    for match in _UNICODE.finditer(text):
        if is_free(match):
            add(
                match,
                _read_numbers(match[0].translate(LOWER).replace("˒", ",")),
                Style.SUPERSCRIPT,
                _judge_superscript(text, match),
            )
    for match in _BRACKET.finditer(text):
        if is_free(match):
            add(
                match,
                _read_numbers(re.sub(r"[:†][^】]*|, ?pp?\b[^\]]*", "", match[0])),
                Style.BRACKET,
                _judge_bracket(text, match),
            )
    for match in _PAREN.finditer(text):
        if is_free(match):
            if match[0].startswith(("(ref", "(Ref")):
                add(match, _read_numbers(match[0]), Style.BRACKET, Verdict.SURE)  # says itself what it is
            else:
                add(match, _read_numbers(match[0]), Style.PAREN, _judge_paren(text, match))
    for pattern in (CANDIDATE, _GLUED):
        for match in pattern.finditer(text):
            if is_free(match):
                group = _bare_group(block, text, match, glued=pattern is _GLUED)
                if group is not None:
                    taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                    groups.append(group)
    return sorted(groups, key=lambda group: group.start)


def _superscripts(text: str) -> Iterator[re.Match[str]]:
    """The raised groups of a text; a unit's power is one of its own, also where a marker follows it directly."""
    at = 0
    while (match := _SUP.search(text, at)) is not None:
        single = _SINGLE_SUP.match(text, match.start())
        if single is not None and text[single.end() : single.end() + 1] == SUP_OPEN:
            match = single if _judge_superscript(text, single) is Verdict.TEXT else match
        yield match
        at = match.end()


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    """So much of the text before and after a group as its judgement can need."""
    return text[max(0, match.start() - _REACH) : match.start()], text[match.end() : match.end() + _REACH]


def _printed(text: str) -> str:
    """The group as a reader sees it."""
    plain = re.sub(f"[{SUP_OPEN}{SUP_CLOSE}{LINK_OPEN}{LINK_CLOSE}{CITE_OPEN}{CITE_CLOSE}]", "", text)
    return plain.translate(RAISE) if SUP_OPEN in text and "[" not in plain else plain


def _read_numbers(text: str) -> tuple[int, ...] | None:
    """The numbers of a group, ranges filled in; None where it cannot be one (zero, a range too long or backwards)."""
    numbers: list[int] = []
    for first, last in re.findall(rf"(\d+)(?: ?[{_DASH}] ?(\d+))?", _in_signs(text)):
        low, high = int(first), int(last or first)
        if not 0 <= high - low <= _LONGEST_RANGE:
            return None
        numbers += range(low, high + 1)
    return tuple(dict.fromkeys(numbers)) if numbers and min(numbers) > 0 and max(numbers) < 1000 else None


def _in_signs(text: str) -> str:
    """Only digits, dashes, commas and semicolons; "3 to 5" in square brackets is a range in words."""
    return re.sub(rf"[^\d,;{_DASH}]+", " ", re.sub(r"(?<=\d) (?:to|through) (?=\d)", "-", text))


def _judge_superscript(text: str, match: re.Match[str]) -> Verdict:
    before, after = _around(text, match)
    if not before.strip() and after.strip():
        return Verdict.TEXT  # the label of a note, an affiliation or a line of a table
    digits = without_marks(match[0]).translate(LOWER)
    if before[-1:].isdigit():
        if re.search(r"(?:^|[^\d.,])10$", before[-4:]) and digits != "1":
            return Verdict.TEXT
        return Verdict.SURE if re.search(r"(?:^|\D)(?:19|20)\d\d$", before[-6:]) else Verdict.UNSURE
    if after[:1] in ("⁺", "⁻", "⁄", "/") or re.search(r"[+⁺⁻-]$|^[⁻-]", without_marks(match[0])):
        return Verdict.TEXT  # a charge, a negative power, a fraction
    if _UNIT.search(before[-4:]) and digits in ("2", "3", "4"):
        return Verdict.TEXT
    if _SYMBOL.search(before[-4:]):
        if _LETTER_NAMES.search(before[:-1]):
            return Verdict.SURE  # "vitamin D³": a name that ends in a letter, not a power
        return Verdict.TEXT if digits in ("2", "3") and before[-2:-1] != "/" else Verdict.UNSURE
    if (
        after[:1].isalpha()
        and (not before or not before[-1].isalnum())
        and not before.rstrip().endswith((".", ",", ";"))
    ):
        return Verdict.TEXT  # an isotope, ¹⁸F
    return Verdict.SURE


def _judge_bracket(text: str, match: re.Match[str]) -> Verdict:
    """Brackets mean markers, except after a value, where they hold its range: "65 [60-70]"."""
    before = _around(text, match)[0].rstrip()
    is_range = re.search(r"[-–—]", match[0]) is not None and (before[-1:].isdigit() or before.endswith("%"))
    return Verdict.DOUBTFUL if is_range else Verdict.SURE


def _judge_paren(text: str, match: re.Match[str]) -> Verdict:
    """Round brackets hold markers at the end of a clause; before a word they mostly count points: "(1) first"."""
    before, after = (part.strip() for part in _around(text, match))
    if not before or not (before[-1].isalpha() or before[-1] in ')%."”’,;'):
        return Verdict.TEXT
    if not after or after[0] in ".,;:?!)" or (before[-1] == "." and after[0].isupper()):
        return Verdict.SURE
    return Verdict.UNSURE if before[-1] not in ".,;" else Verdict.TEXT


def _bare_group(block: Block, text: str, match: re.Match[str], *, glued: bool) -> Group | None:
    numbers = _read_numbers(match[1])
    if numbers is None:
        return None
    before, after = _around(text, match)
    if glued:
        word = re.split(r"[\s(/]", before.rstrip(".,;:"))[-1]
        is_address = "/" in before.split()[-1] or "www." in before.split()[-1]
        if word.casefold().strip("-") in NAMED or is_address:
            return None
        stopped = before.endswith(".")
        if stopped:
            if not is_after_stop(before) or (len(word) < 3 and word not in _SHORT_WORDS and not word.endswith("%")):
                return None
            verdict = judge_after_stop(match[1], after)
            return Group(match.start(), match.end(), numbers, match[1], Style.AFTER_STOP, verdict)
        style = Style.AFTER_STOP if before[-1] in ",;:" else Style.GLUED
        return Group(match.start(), match.end(), numbers, match[1], style, Verdict.UNSURE)
    if is_after_stop(before):
        style, verdict = Style.AFTER_STOP, judge_after_stop(match[1], after)
    else:
        style, verdict = Style.WITHIN, judge_within(before, match[1], after)
    if block.sort is BlockSort.TABLE and verdict > Verdict.DOUBTFUL:
        if before.rstrip().endswith("|") or (block.scored and len(numbers) == 1):
            verdict = Verdict.DOUBTFUL if block.scored else Verdict.TEXT
        else:
            verdict = Verdict.UNSURE
    if verdict is Verdict.TEXT:
        return None
    return Group(match.start(), match.end(), numbers, match[1], style, verdict)


def _settle(found: list[list[Group]], known: frozenset[int], texts: Sequence[str]) -> list[list[Group]]:
    """Weigh each candidate by what the whole article does."""
    sure = Counter(group.style for groups in found for group in groups if group.verdict is Verdict.SURE)
    explicit = sum(sure[style] for style in EXPLICIT)
    bare = sum(sure[style] for style in _BARE)
    glued = sum(group.style is Style.GLUED for groups in found for group in groups)
    rounded = explicit == 0 and sure[Style.PAREN] >= max(2, bare)
    bracketed = explicit > bare or (rounded and sure[Style.PAREN] > bare)
    after_rules = sure[Style.AFTER_STOP] >= 3 and sure[Style.AFTER_STOP] >= 2 * sure[Style.WITHIN]
    ceiling = _ceiling(found, known)
    cited = {
        n for groups in found for g in groups if g.style in EXPLICIT and g.verdict is Verdict.SURE for n in g.numbers
    }
    lone = not known and explicit + bare + sure[Style.PAREN] < 2

    def settled(group: Group, index: int, groups: list[Group], text: str) -> Group:
        verdict = group.verdict
        if group.style is Style.NAME:
            return group
        if group.style is Style.SUPERSCRIPT or group.style is Style.LINK or group.style is Style.BRACKET:
            return _settle_explicit(group, known, ceiling=None if explicit > bare else ceiling)
        if group.style is Style.PAREN:
            missing = verdict is Verdict.SURE and set(group.numbers) <= known and not cited & set(group.numbers)
            if missing and explicit and text[: group.start].rstrip().endswith("."):
                verdict = Verdict.UNSURE
            elif not rounded:
                weak = known and explicit + bare == 0 and verdict is Verdict.SURE
                verdict = (
                    Verdict.UNSURE
                    if weak
                    else (
                        Verdict.DOUBTFUL if verdict is Verdict.SURE and max(group.numbers) <= ceiling else Verdict.TEXT
                    )
                )
            elif verdict is Verdict.UNSURE and _counts_points(groups):
                verdict = Verdict.TEXT
        elif group.style is Style.GLUED:
            only = glued >= 3 and explicit + bare + sure[Style.PAREN] < glued
            verdict = Verdict.SURE if only and known else Verdict.UNSURE
            if explicit + bare + sure[Style.PAREN] > glued:
                verdict = Verdict.TEXT
        elif bracketed:
            # Articles mix forms: a number that stands like a marker and is cited in no other place is looked at.
            missing = verdict is Verdict.SURE and set(group.numbers) <= known and not cited & set(group.numbers)
            if missing and explicit:
                verdict = Verdict.UNSURE if group.style is Style.AFTER_STOP else Verdict.DOUBTFUL
            else:
                few = verdict is Verdict.SURE and explicit + sure[Style.PAREN] < 3 * bare
                verdict = Verdict.DOUBTFUL if few else Verdict.TEXT
        elif group.style is Style.WITHIN and after_rules and verdict > Verdict.DOUBTFUL:
            verdict = Verdict.DOUBTFUL if _answered_after(group, index, groups, text) else Verdict.UNSURE
        if verdict is Verdict.UNSURE and group.style is Style.WITHIN and _is_confirmed_range(group, known):
            verdict = Verdict.SURE
        if max(group.numbers) > ceiling and verdict > Verdict.DOUBTFUL:
            verdict = Verdict.UNSURE if group.style is Style.AFTER_STOP else Verdict.DOUBTFUL
        if lone and verdict is Verdict.SURE:
            verdict = Verdict.UNSURE
        return replace(group, verdict=verdict)

    return [
        [
            one
            for index, group in enumerate(groups)
            if (one := settled(group, index, groups, text)).verdict > Verdict.TEXT
        ]
        for groups, text in zip(found, texts, strict=True)
    ]


def _ceiling(found: list[list[Group]], known: frozenset[int]) -> int:
    """The highest number that can be a marker: known ones, and candidates that follow without a wide gap."""
    ceiling = max(known, default=0)
    for number in sorted({n for groups in found for g in groups if g.verdict is Verdict.SURE for n in g.numbers}):
        if number <= ceiling + _GAP:
            ceiling = max(ceiling, number)
    return ceiling


def _settle_explicit(group: Group, known: frozenset[int], *, ceiling: int | None) -> Group:
    """Two raised digits without comma mean two markers where the list is too short for the number.

    ``ceiling`` is None in an article that cites by brackets or superscripts: there a high number is a marker too.
    """
    number = group.numbers[0]
    if group.style is Style.SUPERSCRIPT and len(group.numbers) == 1 and number > 9 and number > max(known, default=0):
        digits = tuple(int(digit) for digit in str(number))
        if known and len(digits) == 2 and 0 < digits[0] < digits[1] <= max(known):
            note = f"read as {digits[0]} and {digits[1]}, because the list has no {number}"
            return replace(group, numbers=digits, verdict=min(group.verdict, Verdict.UNSURE), note=note)
    if ceiling is not None and max(group.numbers) > ceiling and group.verdict is Verdict.SURE:
        return replace(group, verdict=Verdict.UNSURE, note="its number is far above all others")
    return group


def _counts_points(groups: list[Group]) -> bool:
    """Whether a block's round brackets count points in its own text: (1) … (2) …, each before a word."""
    counting = [
        g.numbers[0] for g in groups if g.style is Style.PAREN and g.verdict < Verdict.SURE and len(g.numbers) == 1
    ]
    return counting == list(range(1, len(counting) + 1)) and len(counting) > 1


def _answered_after(group: Group, index: int, groups: list[Group], text: str) -> bool:
    """Whether a marker after the full stop follows a number that stands before it."""
    if index + 1 >= len(groups) or groups[index + 1].style is not Style.AFTER_STOP:
        return False
    return text[group.end : groups[index + 1].start].strip() in (".", "!", "?", ").", ".)")


def _is_confirmed_range(group: Group, known: frozenset[int]) -> bool:
    """Whether a bare range such as 2-4 is known number by number, and the list is longer than it."""
    return ("-" in group.printed or "–" in group.printed) and bool(known) and set(group.numbers) < known
