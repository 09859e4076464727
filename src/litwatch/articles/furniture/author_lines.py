"""Authors, their affiliations and the table of contents at the top of a page, told by the form of their lines."""

from __future__ import annotations

import re

from litwatch.articles.blocks import Block, BlockSort
from litwatch.articles.furniture.furniture_words import is_authors_label, is_contents, names_institution
from litwatch.articles.languages import alternatives, languages

_DEGREES = r"(?:MD|PhD|MPH|MSc?|MBBS|MBChB|DO|RN|NP|PA-C|PharmD|DPhil|ScD|MA|BSc?|DDS|RD|FACP|FRCP)"
_ONE_PERSON = rf"[^\W\d_][^,;:]{{2,60}}(?:, {_DEGREES}){{1,6}}"
_PERSON = re.compile(rf"(?i:by )?{_ONE_PERSON}(?:[;,] (?i:and )?{_ONE_PERSON}){{0,9}}")
_LABELLED_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]*[^\W\d_][.'’]?){1,4} ?[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡]{1,6}")
_LABELLED = re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡]{1,3}[.)]? ?[^\W\d_]")
_CONJUNCTIONS = alternatives(word for language in languages() for word in language.conjunctions if word.isalpha())
_BETWEEN_NAMES = re.compile(rf"[;,]|\b(?:{_CONJUNCTIONS})\b|&", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.? ?[^\W\d].{0,80}$")
_CONTENTS_HEAD = 60
_NAMES_HEAD = 30
"""So many blocks from the top the names of a page's authors can stand, below menus."""
_LONG_LINE = 300


def is_person(text: str) -> bool:
    """Whether a line holds persons with their degrees and nothing else: "Jane Doe, MD, PhD"."""
    return _PERSON.fullmatch(text) is not None


def mark_contents_and_names(blocks: list[Block]) -> list[bool]:
    """For each block whether it is part of a table of contents, or of the authors' names and affiliations."""
    marked = [False] * len(blocks)
    listed = named = seen_text = False
    for index, block in enumerate(blocks[:_CONTENTS_HEAD]):
        text = block.plain
        if not text or block.entry is not None or block.sort is BlockSort.ASIDE:
            continue
        listed = listed and _CONTENTS_LINE.match(text) is not None and not text.endswith(".")
        listed = listed or is_contents(text)
        if index < _NAMES_HEAD and not seen_text:
            named = _is_author_line(text) or (named and _is_affiliation(text))
            seen_text = not named and len(text) > _LONG_LINE
        marked[index] = listed or (named and not seen_text)
    return marked


def _is_author_line(text: str) -> bool:
    """Whether a line lists names with labels of their affiliations: "Jane Doe¹, Bo Roe²,³"; two names at least."""
    if len(text) > 2000:
        return False
    parts = [part.strip(" .") for part in re.split(_BETWEEN_NAMES, text)]
    labels = [part for part in parts if part and not re.fullmatch(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡ ]{1,6}", part)]
    return len(labels) > 1 and all(_LABELLED_NAME.fullmatch(part) and part[0].isupper() for part in labels)


def _is_affiliation(text: str) -> bool:
    return len(text) < 400 and (
        (_LABELLED.match(text) is not None and names_institution(text)) or is_authors_label(text, alone=True)
    )
