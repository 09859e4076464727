"""What one term means: a plan, the words of QueryTranslation for it, and what PubMed reports beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from litwatch.strategy.characters import normalise_pattern, usable_wildcards
from litwatch.strategy.expression import Operator
from litwatch.strategy.plan import Plan, Steps


@dataclass(frozen=True, slots=True)
class Meaning:
    """A found term or expression; one that is not found is None instead."""

    plan: Plan
    shown: str
    joined: Operator | None = None
    """The operator that joins the parts of ``shown`` at its top, None for a single part."""


@dataclass(slots=True)
class Remarks:
    """What PubMed says beside a result, in its own lists; filled while translating."""

    translation_set: list[tuple[str, str]] = field(default_factory=list)
    phrases_not_found: list[str] = field(default_factory=list)
    phrases_ignored: list[str] = field(default_factory=list)
    quoted_phrases_not_found: list[str] = field(default_factory=list)


def join(meanings: Sequence[Meaning], operator: Operator) -> Meaning:
    """The meanings joined by one operator, in order; parts that are joined otherwise get parentheses."""
    if len(meanings) == 1:
        return meanings[0]
    shown = f" {operator} ".join(
        one.shown if place == 0 and one.joined is operator else parenthesised(one) for place, one in enumerate(meanings)
    )
    first, *rest = (one.plan for one in meanings)
    return Meaning(Steps(first, tuple((operator, plan) for plan in rest)), shown, operator)


def parenthesised(meaning: Meaning) -> str:
    """``meaning.shown``, in parentheses when it has more than one part."""
    return f"({meaning.shown})" if meaning.joined else meaning.shown


def shown_heading(label: str) -> str:
    """A heading as QueryTranslation prints it: without hyphens and apostrophes, which TranslationSet keeps (recorded).

    >>> shown_heading("blood-brain barrier")
    'blood brain barrier'
    """
    return " ".join(label.replace("-", " ").replace("'", " ").split())


def shown_text(text: str) -> str:
    """A term's text as QueryTranslation quotes it: as typed, or normalised when it holds more than words.

    ``Oura`` stays ``Oura``; ``[18F]FDG`` becomes ``18f fdg`` (both recorded).
    """
    usable = usable_wildcards(text)
    if all(char.isalnum() or char in " *" for char in usable):
        return " ".join(usable.split())
    return normalise_pattern(usable)
