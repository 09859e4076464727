"""A text cut into plain and marked stretches, and the passages of a record that bear on the article.

Every stretch is printed and escaped on its own, so a mark can never change what a text says or let it act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from litwatch.decisions.sentences_touched import Bearing, Span
from litwatch.model.record import Record
from litwatch.report.contents import ReportedSignal

LONGEST = 600
"""A quoted passage has at most so many characters; an abstract without full stops is one long sentence."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A passage of a record with the article's sentences that it bears on."""

    sentences: tuple[int, ...]
    where: str
    """The abstract's label, ``abstract`` where it has none, or ``title``."""
    stretches: tuple[Stretch, ...]


def cut(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> tuple[Stretch, ...]:
    """The text from ``start`` to ``end`` as stretches in their order; together they are that text, character by
    character. Spans may overlap or stand in any order; two that only a blank or a hyphen parts are one mark.
    """
    end = len(text) if end is None else end
    inside = sorted((max(a, start), min(b, end)) for a, b in spans if a < end and b > start and a < b)
    merged: list[Span] = []
    for a, b in inside:
        if merged and (a <= merged[-1][1] or text[merged[-1][1] : a] in {" ", "-"}):
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    edges = [start, *(edge for span in merged for edge in span), end]
    pieces = (Stretch(text[a:b], marked=place % 2 == 1) for place, (a, b) in enumerate(pairwise(edges)))
    return tuple(piece for piece in pieces if piece.text)


def _shorten(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> tuple[Stretch, ...]:
    """``cut``, ended by an ellipsis where the text is longer than ``LONGEST``."""
    end = len(text) if end is None else end
    stretches = cut(text, spans, start, min(end, start + LONGEST))
    return (*stretches, Stretch("…", marked=False)) if end - start > LONGEST else stretches


def said(reported: ReportedSignal) -> tuple[Said, ...]:
    """The record's passages that bear on the article, each once, in the order of the sentences."""
    record = reported.record
    together: dict[tuple[int | None, int, int], list[Bearing]] = {}
    for bearing in reported.signal.bearings:
        passage = bearing.passage
        if passage is not None and _fits(record, passage.part, passage.end):
            together.setdefault((passage.part, passage.start, passage.end), []).append(bearing)
    found = []
    for (part, start, end), bearings in together.items():
        text = _text(record, part)
        words = [span for bearing in bearings if bearing.passage for span in bearing.passage.words]
        sentences = tuple(bearing.sentence for bearing in bearings)
        found.append(Said(sentences, _where(record, part), _shorten(text, words, start, end)))
    return tuple(found)


def abstract(reported: ReportedSignal) -> tuple[tuple[str | None, tuple[Stretch, ...]], ...]:
    """The abstract's parts by label, the passages that bear on the article marked whole."""
    passages = [bearing.passage for bearing in reported.signal.bearings if bearing.passage]
    return tuple(
        (part.label, cut(part.text, [(each.start, each.end) for each in passages if each.part == number]))
        for number, part in enumerate(reported.record.abstract)
    )


def sentence(number: int, text: str, items: Iterable[ReportedSignal]) -> tuple[Stretch, ...]:
    """An article's sentence, with the words that these records share with it marked."""
    bearings = (bearing for reported in items for bearing in reported.signal.bearings)
    return _shorten(text, [span for bearing in bearings if bearing.sentence == number for span in bearing.words])


def offset_in_abstract(record: Record, part: int) -> int:
    """Where a part's own text begins in ``record.abstract_text``, in characters."""
    before = sum(len(each.text) + 1 + (len(each.label) + 2 if each.label else 0) for each in record.abstract[:part])
    label = record.abstract[part].label
    return before + (len(label) + 2 if label else 0)


def _text(record: Record, part: int | None) -> str:
    return record.title if part is None else record.abstract[part].text


def _fits(record: Record, part: int | None, end: int) -> bool:
    """Whether the place lies within the record as it is now."""
    return (part is None or part < len(record.abstract)) and end <= len(_text(record, part))


def _where(record: Record, part: int | None) -> str:
    return "title" if part is None else (record.abstract[part].label or "abstract").lower()
