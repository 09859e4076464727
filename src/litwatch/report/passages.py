"""A text cut into plain and marked stretches, and what a record states as its result.

Every stretch is printed and escaped on its own, so a mark can never change what a text says or let it act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from litwatch.decisions.compared_record import Span
from litwatch.decisions.quoted_fact import StatedFact, StatedFactKind
from litwatch.decisions.result_passage import NoResult, ResultPassage, find_result
from litwatch.decisions.stated_facts import find_facts
from litwatch.model.record import Record
from litwatch.model.text.safe_text import clip
from litwatch.report.contents import ReportedSignal

LONGEST = 600
"""A quoted passage has at most so many characters; an abstract without full stops is one long sentence."""
LONGEST_FACT = 160
"""The same for a fact of the line below it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """What a new record found, in its own words: one passage, and the facts of its study."""

    stretches: tuple[Stretch, ...]
    """The sentence that states the result, with the words marked that it shares with the article's; empty for none."""
    nothing: NoResult | None
    """Why there is none."""
    where: str
    """The abstract's label, or ``abstract`` where it has none."""
    sentences: tuple[int, ...]
    """The article's sentences that the record bears on, most concerned first."""
    facts: tuple[tuple[StatedFactKind, str], ...]
    """What the abstract says of the study, each as a quotation, in the order of telling; those that ``is_shown``."""


SHOWN = frozenset(
    {
        StatedFactKind.DESIGN,
        StatedFactKind.NUMBER,
        StatedFactKind.COMPARISON,
        StatedFactKind.OUTCOME,
        StatedFactKind.EFFECT,
    }
)
"""The kinds of facts that are shown; which, and why population is not, is told in ``docs/results.md``."""


def is_shown(fact: StatedFact) -> bool:
    """Whether report, desk and mail show a fact; the JSON file has the others too, marked as not shown."""
    return fact.kind in SHOWN and fact.of_sure_form


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


def stated(reported: ReportedSignal) -> Stated:
    """What the record states as its result, and the facts of its study, quoted from its abstract."""
    record = reported.record
    found = find_result(record)
    sentences = tuple(bearing.sentence for bearing in reported.signal.bearings)
    if isinstance(found, NoResult):
        return Stated((), found, "", sentences, _facts(record, None))
    at = record.abstract_offset(found.abstract_part)
    start, end = found.start - at, found.end - at
    words = [
        span
        for bearing in reported.signal.bearings
        if bearing.passage and bearing.passage.part == found.abstract_part
        for span in bearing.passage.words
        if start <= span[0] and span[1] <= end
    ]
    stretches = _shorten(_text(record, found.abstract_part), words, start, end)
    return Stated(stretches, None, _where(record, found.abstract_part), sentences, _facts(record, found))


def _facts(record: Record, result: ResultPassage | None) -> tuple[tuple[StatedFactKind, str], ...]:
    text = record.abstract_text
    return tuple(
        (fact.kind, clip(text[fact.start : fact.end], LONGEST_FACT))
        for fact in find_facts(record, result)
        if is_shown(fact)
    )


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


def _text(record: Record, part: int) -> str:
    return record.abstract[part].text


def _where(record: Record, part: int) -> str:
    return (record.abstract[part].label or "abstract").lower()
