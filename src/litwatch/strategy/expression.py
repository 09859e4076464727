"""A strategy as a tree: terms, groups and chains, each with its place in the text.

A chain keeps its operators in the order written, because PubMed has no precedence: it works from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.frozen import quickly_made
from litwatch.strategy.fields import Tag


class Operator(StrEnum):
    """The three that PubMed knows."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"


@quickly_made
@dataclass(frozen=True, slots=True)
class Term:
    """A word, run of words, quoted phrase, date or range with at most one tag."""

    text: str
    """Without quotes and tag, blanks normalised to one."""
    quoted: bool
    tag: Tag | None
    start: int
    end: int
    """Position in the strategy, end exclusive, tag included."""
    until: str | None = None
    """The upper end of a range ``text:until[tag]``."""


@quickly_made
@dataclass(frozen=True, slots=True)
class HistoryReference:
    """``#3``: the result of an earlier search in the same session."""

    number: int
    start: int
    end: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Group:
    """Parentheses around an expression."""

    inner: Expression
    tag: Tag | None
    """A tag behind the closing parenthesis, which PubMed ignores in silence."""
    start: int
    end: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Link:
    """One further operand of a chain."""

    operator: Operator
    operand: Expression
    implicit: bool
    """Whether AND was not written but follows from two terms standing side by side."""
    start: int
    """Position of the operator, or of the operand when it is implicit."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators, worked off strictly from left to right."""

    first: Expression
    links: tuple[Link, ...]
    start: int
    end: int


Expression = Term | HistoryReference | Group | Chain


def walk(expression: Expression) -> Iterator[Expression]:
    """Every node, parents before children, in the order of the text."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Group):
            waiting.append(node.inner)
        elif isinstance(node, Chain):
            waiting.extend(link.operand for link in reversed(node.links))
            waiting.append(node.first)


def terms(expression: Expression) -> tuple[Term, ...]:
    """The terms in the order of the text."""
    return tuple(node for node in walk(expression) if isinstance(node, Term))


def as_written(expression: Expression) -> str:
    """The expression in PubMed's syntax, blanks normalised; parsing it again gives an equal meaning."""
    match expression:
        case Term():
            text = f'"{expression.text}"' if expression.quoted else expression.text
            if expression.until is not None:
                text += f':"{expression.until}"' if expression.quoted else f":{expression.until}"
            return text + (f"[{expression.tag.written}]" if expression.tag else "")
        case HistoryReference():
            return f"#{expression.number}"
        case Group():
            return f"({as_written(expression.inner)})" + (f"[{expression.tag.written}]" if expression.tag else "")
        case Chain():
            parts = [as_written(expression.first)]
            parts += [
                ("" if link.implicit else f"{link.operator} ") + as_written(link.operand) for link in expression.links
            ]
            return " ".join(parts)
