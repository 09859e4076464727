"""A first search strategy for an article, from its question and the papers that it cites.

Two are made. The *sensitive* one joins by AND those concepts of the question that the cited papers share, each by its
headings, words and what else the cited papers call it. The *precise* one joins every concept that half of these papers
meet, or asks for one of them in title and major heading. Headings always stand beside words, because a new paper has
none. A suggestion is a start for an editor, not a finished strategy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.strategy.concept_terms import CitedPapers, ConceptTerms, add_further, without_covered, write_own
from litwatch.strategy.question_concepts import QuestionRead, read_question
from litwatch.strategy.term_frequency import TermFrequency

KEPT_SENSITIVE = (0.85, 0.7, 0.5)
"""Shares of the cited papers found by any one concept that the sensitive strategy keeps; the next is tried where with
the one before every combination of concepts finds too much. One of eight may always be lost: articles also cite papers
on something else."""

KEPT_PRECISE = 0.6
"""Share of what the sensitive strategy finds that the precise one keeps."""


SCREENED = 150.0
"""Records a month that one person screens for one article, some 40 a week."""


class Width(StrEnum):
    """Which of the two a suggestion is."""

    SENSITIVE = "sensitive"
    PRECISE = "precise"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed strategy and how it fares on the cited papers."""

    width: Width
    strategy: str
    found: tuple[Pmid, ...]
    missed: tuple[Pmid, ...]
    further: tuple[str, ...]
    """Its terms that the question does not have: the first to be doubted."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What could be made of a question and its cited papers."""

    question: QuestionRead
    proposals: tuple[Suggestion, ...]
    """The sensitive one first; the precise one is missing where nothing narrower finds a cited paper."""
    concepts: tuple[ConceptTerms, ...] = ()
    """Those that the cited papers speak of, with the terms for each."""
    left_out: tuple[str, ...] = ()
    """Concepts of the question of which no cited paper speaks."""
    from_papers_alone: bool = False
    """Whether no word of the question stands in any cited paper, so that only the papers were gone by."""


def suggest(question: str, cited: Sequence[Record], today: date, frequency: TermFrequency | None = None) -> Suggestions:
    """Strategies for the question; no proposals where it has no concept, or the cited papers no title.

    ``frequency`` tells what is too common to be added; without it the list of common words does. ``today`` is asked by
    the evaluator. Any text may stand in question and records: what is proposed can be parsed and passes the linter.
    """
    frequency = frequency or TermFrequency()
    read = read_question(question)
    papers = CitedPapers((record for record in cited if record.title.strip()), today)
    if not read.concepts or not papers.every:
        return Suggestions(read, ())
    own = [write_own(concept, papers, frequency) for concept in read.concepts]
    met = [each for each in own if papers.find(*each.own)]
    alone = not met
    if alone:
        own = [ConceptTerms(" and ".join(each.name for each in own), ())]
    filled = [add_further(each, [other for other in met if other is not each], papers, frequency) for each in own]
    whole = _without_repeats([each for each in filled if papers.find(*each.whole)])
    left_out = tuple(each.name for each in filled if not papers.find(*each.whole))
    if not whole:
        return Suggestions(read, (), (), left_out, alone)
    sensitive = _choose(whole, papers, frequency)
    proposals = [_judge(Width.SENSITIVE, [each.whole for each in sensitive], sensitive, papers)]
    precise = _narrow(sensitive, whole, papers, proposals[0])
    return Suggestions(read, (*proposals, *precise), tuple(whole), left_out, alone)


def _without_repeats(concepts: Sequence[ConceptTerms]) -> list[ConceptTerms]:
    """The same term in two concepts stays in the first; a concept that loses all its terms goes."""
    seen: set[str] = set()
    kept = []
    for each in concepts:
        core, broad, further = (
            tuple(term for term in terms if term.lower() not in seen) for terms in (each.core, each.broad, each.further)
        )
        seen.update(term.lower() for term in (*core, *broad, *further))
        if core or broad or further:
            kept.append(replace(each, core=core, broad=broad, further=further))
    return kept


def _choose(concepts: Sequence[ConceptTerms], papers: CitedPapers, frequency: TermFrequency) -> list[ConceptTerms]:
    """The fewest concepts that find what the cited papers ask for and no more than a person can screen.

    Rather a cited paper is lost than the only thing asked for be "viruses". Where every combination finds too much, as
    many concepts are joined as the cited papers allow. Where nobody knows what one finds, it has two at least.
    """
    tried: list[tuple[int, int, list[ConceptTerms]]] = [
        (size, len(_found([each.whole for each in chosen], papers)), list(chosen))
        for size in range(1, len(concepts) + 1)
        for chosen in combinations(concepts, size)
    ]
    most = max(found for _, found, _ in tried)
    for share in KEPT_SENSITIVE:
        few = [
            one
            for one in tried
            if one[1] >= share * most
            and (_finds_few(one[2], frequency) if frequency.is_known else one[0] > 1 or len(concepts) == 1)
        ]
        if few:
            return min(few, key=lambda one: (one[0], -one[1]))[2]
    kept = [one for one in tried if one[1] >= KEPT_SENSITIVE[0] * most]
    return max(kept, key=lambda one: one[:2])[2]


def _finds_few(concepts: Sequence[ConceptTerms], frequency: TermFrequency) -> bool:
    return frequency.per_month_of([without_covered(each.whole) for each in concepts]) <= SCREENED


def _narrow(
    sensitive: Sequence[ConceptTerms], concepts: Sequence[ConceptTerms], papers: CitedPapers, wide: Suggestion
) -> list[Suggestion]:
    """The precise strategy: with more concepts, fewer wordings, or a concept in title and major heading."""
    enough = max(1, math.ceil(KEPT_PRECISE * len(wide.found)))
    chosen = list(sensitive)
    clauses = [each.whole for each in chosen]
    rest = sorted((each for each in concepts if each not in chosen), key=lambda each: -len(papers.find(*each.whole)))
    for each in rest:
        if len(_found([*clauses, each.whole], papers)) >= enough:
            chosen.append(each)
            clauses.append(each.whole)
    for place, each in enumerate(chosen):
        for terms in (each.own, each.core):
            fewer = [*clauses[:place], terms, *clauses[place + 1 :]]
            if terms and terms != clauses[place] and len(_found(fewer, papers)) >= enough:
                clauses = fewer
    if len(chosen) == len(sensitive):
        tried = []
        for place in range(len(chosen)):
            narrowed = tuple(map(_in_title, without_covered(clauses[place])))
            tried.append([*clauses[:place], narrowed, *clauses[place + 1 :]])
        best = max(tried, key=lambda one: len(_found(one, papers)))
        if len(_found(best, papers)) >= enough or clauses == [each.whole for each in sensitive]:
            clauses = best
    if not _found(clauses, papers):
        return []
    return [_judge(Width.PRECISE, clauses, chosen, papers)]


def _in_title(term: str) -> str:
    return term.replace("[tiab", "[ti").replace("[mh]", "[majr]")


def _found(clauses: Iterable[Sequence[str]], papers: CitedPapers) -> frozenset[Pmid]:
    found = papers.every
    for clause in clauses:
        found &= papers.find(*clause)
    return found


def _judge(
    width: Width, clauses: Sequence[Sequence[str]], concepts: Sequence[ConceptTerms], papers: CitedPapers
) -> Suggestion:
    strategy = _write(clauses)
    hits = papers.find(strategy)
    used = {term for clause in clauses for term in without_covered(clause)}
    return Suggestion(
        width,
        strategy,
        tuple(record.pmid for record in papers.records if record.pmid in hits),
        tuple(record.pmid for record in papers.records if record.pmid not in hits),
        tuple(term for each in concepts for term in each.further if term in used),
    )


def _write(clauses: Iterable[Sequence[str]]) -> str:
    """Clauses joined by AND, the alternatives of each by OR."""
    written = [without_covered(clause) for clause in clauses]
    alone = len(written) == 1
    return " AND ".join(
        " OR ".join(clause) if alone or len(clause) == 1 else f"({' OR '.join(clause)})" for clause in written
    )
