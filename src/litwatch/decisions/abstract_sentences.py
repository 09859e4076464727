"""An abstract's sentences, each with its part in the argument: background, aim, methods, results, conclusions.

The part is read from NLM's category and the journal's label, and from labels that stand inside the text ("Results:",
"…were compared.RESULTS A total of…"). A sentence under no label has no part; who reads it must go by its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from litwatch.articles.sentences import sentence_spans
from litwatch.decisions.sentence_cues import Cue, fold
from litwatch.model.record import AbstractPart

LONGEST_ABSTRACT = 20_000
"""What follows in a longer abstract is not read; PubMed's longest has a third of that."""

LONGEST_SENTENCE = 3_000
"""Characters; a longer sentence is a table or a list, and neither result nor facts are looked for in it."""


class Part(StrEnum):
    """What a sentence does in an abstract."""

    BACKGROUND = "background"
    AIM = "aim"
    METHODS = "methods"
    RESULTS = "results"
    CONCLUSIONS = "conclusions"
    OUTCOMES = "outcome_measures"
    OTHER = "other"
    """Under a label that is none of these, such as a registration."""
    NONE = "none"
    """Under no label."""


@dataclass(frozen=True, slots=True)
class AbstractSentence:
    """A sentence by its place in ``Record.abstract_text``."""

    start: int
    end: int
    """Not included."""
    text: str
    """Without a label that stands before it."""
    part: Part
    abstract_part: int
    """The AbstractText element that it stands in, counted from 0."""
    folded: str = field(repr=False)
    """The text as ``sentence_cues.fold`` gives it."""
    _said: dict[Cue, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was asked for so far: several readers ask for the same cues."""

    def says(self, *cues: Cue) -> bool:
        """Whether the sentence has one of the cues; each is looked for once."""
        for cue in cues:
            said = self._said.get(cue)
            if said is None:
                said = self._said[cue] = cue.is_in(self.folded)
            if said:
                return True
        return False


_LABELS = (
    (Part.OUTCOMES, r"(?:main |primary )?outcomes?(?: and)? measures?|main outcomes?"),
    (Part.AIM, r"aims?|objectives?|purpose|goals?|hypothes[ie]s"),
    (Part.RESULTS, r"results?|findings?|synthes[ei]s"),
    (Part.CONCLUSIONS, r"conclusions?|interpretations?|discussion|summary|significance|implications"),
    (
        Part.METHODS,
        r"methods?|methodology|design|setting|participants|patients|subjects|animals|interventions?"
        r"|procedures?|materials?"
        r"|measurements?|data|search|selection|evidence|approach|study|statistical|sample",
    ),
    (Part.BACKGROUND, r"backgrounds?|introduction|context|importance|rationale"),
)
_WORD_OF = tuple((part, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for part, words in _LABELS)
_NLM = {
    "BACKGROUND": Part.BACKGROUND,
    "OBJECTIVE": Part.AIM,
    "METHODS": Part.METHODS,
    "RESULTS": Part.RESULTS,
    "CONCLUSIONS": Part.CONCLUSIONS,
}
_CORE = (
    r"(?:main |key )?results?(?: and (?:discussion|conclusions?))?|(?:materials? and "
    r"|patients and )?methods?|(?:main )?findings?"
    r"|conclusions?(?:\s?(?:/|and)\s?implications?)?|background|introduction(?: and objectives?)?|objectives?|aims?"
)
_INLINE = re.compile(
    r"(?=[A-Z])(?:^|(?<=[.!?])|(?<=[.!?]\s)|(?<=\s)(?=[A-Z]{4}))(?:"
    rf"(?P<core>(?i:{_CORE}))(?:\s?:\s?|\s?\.\s?(?=[A-Z])|\s(?=[A-Z]))"
    r"|(?P<label>(?i:the aim|aim of (?:the|this) study|purpose|patients|subjects|participants|approach|design|setting"
    r"|interventions?|main outcome measures?|discussion|interpretation|significance(?: and conclusions?)?"
    r"|trial registration|registration|funding))\s?:\s?)"
)
"""A label inside the text: the usual ones before a colon, a full stop or a capital, others before a colon only."""
_RAISED_DOT = re.compile(r"(?<=\d)[·∙⋅](?=\d)")
_GLUED = re.compile(r"\.(?<=[a-z\d)%]{2}\.)(?=[A-Z][a-z])")


def part_of_label(label: str | None, nlm_category: str | None = None) -> Part:
    """What a label says of the sentences under it; the journal's own words go before NLM's category.

    Under a label of several words the results count, then the conclusions: "METHODS AND RESULTS", "STUDY CONCLUSIONS".

    >>> part_of_label("RESULTS AND CONCLUSIONS"), part_of_label("PATIENTS AND METHODS"), part_of_label(None)
    (<Part.RESULTS: 'results'>, <Part.METHODS: 'methods'>, <Part.NONE: 'none'>)
    """
    if not label:
        return _NLM.get(nlm_category or "", Part.NONE)
    found = [(match.start(), part) for part, words in _WORD_OF if (match := words.search(label))]
    parts = {part for _, part in found}
    if re.search(r"of (?:the )?review|registration|funding", label, re.IGNORECASE):
        return Part.AIM if Part.AIM in parts else Part.OTHER
    if Part.OUTCOMES in parts:
        return Part.OUTCOMES
    for telling in (Part.RESULTS, Part.CONCLUSIONS):
        if telling in parts:
            return telling
    if found:
        return min(found)[1]
    return _NLM.get(nlm_category or "", Part.OTHER)


@lru_cache(maxsize=1024)  # the result, the facts and what they bear on are read one after the other
def read_sentences(abstract: tuple[AbstractPart, ...]) -> tuple[AbstractSentence, ...]:
    """The sentences of the main abstract in their order; empty where there is none.

    Linear in the abstract's length, of which at most ``LONGEST_ABSTRACT`` characters are read.
    """
    sentences: list[AbstractSentence] = []
    at = 0
    for number, element in enumerate(abstract):
        at += len(element.label) + 2 if element.label else 0
        # "0·82" is how British journals print 0.82.
        text = _RAISED_DOT.sub(".", element.text[: max(0, LONGEST_ABSTRACT - at)])
        folded = fold(text)
        part = part_of_label(element.label, element.nlm_category)
        labels = list(_INLINE.finditer(text))
        forced = {found.start() for found in labels} | {found.end() for found in _GLUED.finditer(text)}
        begins = {found.start(): found for found in labels}
        for start, end in sentence_spans(text, forced | {found.end() for found in labels}):
            if start in begins:
                part = part_of_label(begins[start]["core"] or begins[start]["label"])
                if end <= begins[start].end():
                    continue
            sentences.append(AbstractSentence(at + start, at + end, text[start:end], part, number, folded[start:end]))
        at += len(element.text) + 1
    return tuple(sentences)


def read_short_sentences(abstract: tuple[AbstractPart, ...]) -> tuple[AbstractSentence, ...]:
    """Those of at most ``LONGEST_SENTENCE``."""
    return tuple(each for each in read_sentences(abstract) if len(each.text) <= LONGEST_SENTENCE)
