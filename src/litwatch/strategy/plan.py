"""A strategy resolved to what is looked for: no tags, no synonyms, no names left; and its evaluation on one record.

A plan is made by ``translation`` and evaluated here on a record, in ``record_index`` on a corpus.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from litwatch.model.record import Record
from litwatch.strategy.characters import BREAK, WILDCARD, value_pattern, word_pattern
from litwatch.strategy.expression import Operator
from litwatch.strategy.searchable import days_of, text_of, values_of


@dataclass(frozen=True, slots=True)
class Nothing:
    """Matches no record: a term that PubMed does not find."""


@dataclass(frozen=True, slots=True)
class Words:
    """Consecutive words in one text of any of the sections; a word may hold ``*``."""

    sections: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Near:
    """All the words in any order in one text, with at most ``distance`` other words among them."""

    sections: tuple[str, ...]
    words: tuple[str, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Values:
    """Any of these whole values in the section."""

    section: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class ValuePattern:
    """Any value of the section that the pattern with ``*`` covers."""

    section: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Days:
    """A day of the field from ``first`` to ``last``, both inclusive."""

    field: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PmidRange:
    """PMIDs from ``first`` to ``last``, both inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pmids:
    """These PMIDs: an earlier result."""

    pmids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Steps:
    """Operands worked off from left to right."""

    first: Plan
    rest: tuple[tuple[Operator, Plan], ...]


Plan = Nothing | Words | Near | Values | ValuePattern | Days | PmidRange | Pmids | Steps


def either(plans: Collection[Plan]) -> Plan:
    """The plans joined by OR."""
    first, *rest = plans
    return Steps(first, tuple((Operator.OR, plan) for plan in rest)) if rest else first


def holds(plan: Plan, record: Record) -> bool:
    """Whether the record is what the plan looks for."""
    return _holds(plan, record, {})


def _holds(plan: Plan, record: Record, texts: dict[str, str]) -> bool:
    """``holds``; ``texts`` are those of the record's sections that a clause before has asked for."""
    match plan:
        case Nothing():
            return False
        case Words():
            return any(phrase_in(plan.words, _text(record, section, texts)) for section in plan.sections)
        case Near():
            return any(near_in(plan.words, plan.distance, _text(record, section, texts)) for section in plan.sections)
        case Values():
            return not plan.values.isdisjoint(values_of(record, plan.section))
        case ValuePattern():
            pattern = value_pattern(plan.pattern)
            return any(pattern.fullmatch(value) for value in values_of(record, plan.section))
        case Days():
            return any(plan.first <= day <= plan.last for day in days_of(record, plan.field))
        case PmidRange():
            return plan.first <= record.pmid <= plan.last
        case Pmids():
            return record.pmid in plan.pmids
        case Steps():
            result = _holds(plan.first, record, texts)
            for operator, operand in plan.rest:
                if operator is Operator.OR:
                    result = result or _holds(operand, record, texts)
                elif result:
                    result = _holds(operand, record, texts) is (operator is Operator.AND)
            return result


def _text(record: Record, section: str, texts: dict[str, str]) -> str:
    if section not in texts:
        texts[section] = text_of(record, section)
    return texts[section]


def phrase_in(words: str, text: str) -> bool:
    """Whether the normalised text of a section holds the phrase."""
    if WILDCARD in words:
        return word_pattern(words).search(text) is not None
    return f" {words} " in text


def near_in(words: tuple[str, ...], distance: int, text: str) -> bool:
    """Whether one text of the section holds all the words within ``len(words) + distance`` places, in any order."""
    return any(_near_in_one(words, distance, part.split()) for part in text.split(BREAK))


def _near_in_one(words: tuple[str, ...], distance: int, places: list[str]) -> bool:
    wanted = {word: words.count(word) for word in words}
    hits = [(place, word) for place, word in enumerate(places) if word in wanted]
    widest = len(words) + distance
    held = dict.fromkeys(wanted, 0)
    oldest = 0
    for place, word in hits:
        held[word] += 1
        while place - hits[oldest][0] >= widest:
            held[hits[oldest][1]] -= 1
            oldest += 1
        if all(held[one] >= count for one, count in wanted.items()):
            return True
    return False
