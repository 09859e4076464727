"""A block's text → its sentences, by where they begin and end. Linear in the text's length.

Abbreviations, initials, decimals and "e.g." do not end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from litwatch.articles.languages import languages
from litwatch.articles.markers.marker_words import ABBREVIATIONS, MAY_END

_ABBREVIATIONS = ABBREVIATIONS.union(*(language.abbreviations for language in languages()))

_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"”’')\]]{0,3}(?=\s)|[。！？]++[」』）”]{0,2}")
_LONGEST_BRACKET = 300
_OPENERS = "([{\"“‘'«¿¡•"


def sentence_spans(text: str, forced: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Start and end of each sentence; ``forced`` are offsets where one ends in any case."""
    ends = sorted(
        {found.end() for found in _STOP.finditer(text) if _ends(text, found)}
        | {at for at in forced if 0 < at < len(text)}
    )
    spans = []
    start = 0
    for end in (*ends, len(text)):
        while start < end and text[start].isspace():
            start += 1
        last = end
        while last > start and text[last - 1].isspace():
            last -= 1
        if last > start:
            spans.append((start, last))
        start = end
    return spans


def _is_bracketed(text: str, at: int) -> bool:
    """Whether a place lies within a round bracket that has been open for not too long."""
    before = text[max(0, at - _LONGEST_BRACKET) : at]
    return before.rfind("(") > before.rfind(")")


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop followed by a blank ends its sentence."""
    following = text[stop.end() : stop.end() + 40].lstrip().lstrip(_OPENERS)
    if not following or stop[0][0] in "。！？":
        return True
    if following[0].islower():
        # A name such as mTOR or pH may begin a sentence; any other small letter does not.
        return len(following) > 1 and following[1].isupper() and not stop[0].startswith("…")
    if stop[0][0] != ".":
        return True
    if stop[0].startswith(".."):
        return following[0].isupper()
    words = re.split(r"[\s(\[“\"/]", text[max(0, stop.start() - 60) : stop.start()])
    word = words[-1]
    lowered = word.casefold()
    if lowered in _ABBREVIATIONS:
        return lowered in MAY_END and following[0].isupper()
    if (following[0].isdigit() or len(word) == 1) and _is_bracketed(text, stop.start()):
        return False  # "(Smith et al., 2019, p. 3)", "(z. B. Müller, 2019)"
    before = words[-2] if len(words) > 1 else ""
    # "vitamin D. The" ends, "Dr. J. Smith" and "by J. Smith" do not.
    is_initial = len(word) == 1 and word.isupper() and (before[:1].isupper() or before in ("by", "and"))
    return not is_initial
