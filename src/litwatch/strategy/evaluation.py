"""A strategy against one record: does it find it, and if not, which clause is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from litwatch.model.record import Record
from litwatch.strategy.expression import Chain, Expression, Group, Operator, Term, as_written
from litwatch.strategy.fields import FieldKind
from litwatch.strategy.lexicon import GENERAL, Lexicon
from litwatch.strategy.plan import holds
from litwatch.strategy.translation import translate


def matches(expression: Expression, record: Record, *, today: date, lexicon: Lexicon = GENERAL) -> bool:
    """Whether PubMed would find ``record`` with this strategy, given that every phrase is in its phrase index.

    ``today`` is used by ``"last n days"``; ``lexicon`` may be that of a corpus. Raises StrategyError for ``#n``.
    """
    return holds(translate(expression, today=today, lexicon=lexicon).plan, record)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A clause because of which a record is not found."""

    clause: str
    """As written."""
    start: int
    end: int
    """Position in the strategy, end exclusive."""
    reason: str
    """One sentence for the editor."""


def why_not(expression: Expression, record: Record, *, today: date, lexicon: Lexicon = GENERAL) -> tuple[Obstacle, ...]:
    """The clauses that keep the strategy from finding ``record``; empty when it finds it.

    Mending every one of them (adding an alternative to a clause that must match, or narrowing one behind NOT) lets
    the record in.
    """
    if matches(expression, record, today=today, lexicon=lexicon):
        return ()
    match expression:
        case Group():
            return why_not(expression.inner, record, today=today, lexicon=lexicon)
        case Chain():
            return _why_not_chain(expression, record, today, lexicon)
        case _:
            return (Obstacle(as_written(expression), expression.start, expression.end, _reason(expression, record)),)


def _why_not_chain(chain: Chain, record: Record, today: date, lexicon: Lexicon) -> tuple[Obstacle, ...]:
    obstacles = why_not(chain.first, record, today=today, lexicon=lexicon)
    clauses = [as_written(chain.first)]
    for link in chain.links:
        clause = as_written(link.operand)
        clauses.append(f"{link.operator} {clause}")
        if link.operator is Operator.NOT:
            if matches(link.operand, record, today=today, lexicon=lexicon):
                reason = "The record matches this clause, and NOT excludes what matches it."
                obstacles += (Obstacle(f"NOT {clause}", link.start, link.operand.end, reason),)
            continue
        further = why_not(link.operand, record, today=today, lexicon=lexicon)
        if link.operator is Operator.AND:
            obstacles += further
        elif obstacles and further:
            start, end = chain.first.start, link.operand.end
            obstacles = (Obstacle(" ".join(clauses), start, end, _no_alternative(chain, record)),)
        else:
            obstacles = ()
    return obstacles


def _no_alternative(chain: Chain, record: Record) -> str:
    reason = "None of these alternatives matches the record."
    fields = [_field_kind(operand) for operand in (chain.first, *(link.operand for link in chain.links))]
    if not record.mesh and FieldKind.MESH in fields:
        reason += " It has no MeSH headings yet, so only words of its title and abstract can find it."
    return reason


def _field_kind(expression: Expression) -> FieldKind | None:
    if isinstance(expression, Term) and expression.tag and expression.tag.field:
        return expression.tag.field.kind
    return None


def _reason(expression: Expression, record: Record) -> str:
    field = expression.tag.field if isinstance(expression, Term) and expression.tag else None
    if field is None:
        return "The record does not match it anywhere."
    if field.kind is FieldKind.MESH and field.tag in {"mh", "majr", "sh"} and not record.mesh:
        return "The record has no MeSH headings yet: it is not indexed, so this clause cannot find it."
    if field.kind is FieldKind.DAYS:
        return f"The record's {field.name} is outside these days."
    if field.tag == "ab" and not record.abstract:
        return "The record has no abstract."
    return f"The record does not match it in {field.name}."
