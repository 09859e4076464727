"""A stated fact: a phrase of an abstract by its place, and which sentences may tell how this study was done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from litwatch.decisions.abstract_sentences import AbstractSentence, Part
from litwatch.decisions.result_passage import is_aim


class StatedFactKind(StrEnum):
    """What a fact is about, in the order of telling."""

    DESIGN = "design"
    NUMBER = "number"
    POPULATION = "population"
    COMPARISON = "comparison"
    OUTCOME = "primary_outcome"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A phrase of the abstract that states a fact."""

    kind: StatedFactKind
    start: int
    end: int
    """In ``Record.abstract_text``, in characters; the end is not included."""
    of_sure_form: bool = True
    """Whether at least 95 in 100 phrases of its form were right on labelled abstracts (docs/results.md)."""


def quote(
    kind: StatedFactKind, sentence: AbstractSentence, found: re.Match[str], *, of_sure_form: bool = True
) -> StatedFact:
    """The fact that a match in a sentence states by its group ``quote``."""
    start, end = found.span("quote")
    return StatedFact(kind, sentence.start + start, sentence.start + end, of_sure_form)


def own_sentences(sentences: Iterable[AbstractSentence]) -> Iterator[AbstractSentence]:
    """The sentences that may tell how this study was done."""
    return (
        each
        for each in sentences
        if each.part not in {Part.BACKGROUND, Part.CONCLUSIONS, Part.OTHER}
        or (each.part is Part.BACKGROUND and is_aim(each))
    )
