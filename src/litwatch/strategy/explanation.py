"""A strategy explained: its steps as PubMed works them off, what PubMed makes of it, and its problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from litwatch.model.errors import StrategyError
from litwatch.strategy.expression import Chain, Expression, Group, Term, as_written
from litwatch.strategy.fields import Field, FieldKind
from litwatch.strategy.linting import lint_strategy
from litwatch.strategy.mesh_tree import MESH_IN_USE, PUBLICATION_TYPES
from litwatch.strategy.parser import parse
from litwatch.strategy.pasted_strategy import propose_translation
from litwatch.strategy.problems import StrategyProblem
from litwatch.strategy.translation import translate


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a strategy does, for the editor who wrote it."""

    tree: str
    """One step a line in the order of work, what stands in parentheses indented; empty when it cannot be read."""
    translation: str
    """QueryTranslation, as far as it is known without a corpus; empty when the strategy cannot be read."""
    problems: tuple[StrategyProblem, ...]
    proposal: str | None = None
    """A strategy of another database in PubMed's syntax, where that can be made."""

    @property
    def text(self) -> str:
        """All of it, for a terminal."""
        parts = [self.tree, "PubMed would search:", self.translation] if self.tree else []
        parts += [f"{one.severity} {one.code} at {one.position}: {one.message} {one.hint}" for one in self.problems]
        if self.proposal:
            parts += ["Proposed in PubMed's syntax; check it before you use it:", self.proposal]
        return "\n".join(parts if self.problems else [*parts, "No problems found."])


def explain(text: str, *, today: date | None = None) -> Explanation:
    """Explain a strategy; one that cannot be read has an empty tree and the reason among its problems.

    ``today`` is what ``"last 30 days"`` counts back from; without it such a clause is shown as written.
    """
    problems = lint_strategy(text)
    try:
        expression = parse(text)
        translation = translate(expression, today=today, history=lambda _number: ()).text
    except StrategyError:
        return Explanation("", "", problems, propose_translation(text))
    return Explanation("\n".join(_lines(expression, 0)), translation, problems, propose_translation(text))


def _lines(expression: Expression, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match expression:
        case Group():
            yield from _lines(expression.inner, depth)
        case Chain():
            yield from _step("", expression.first, depth)
            for link in expression.links:
                yield from _step(f"{link.operator} ", link.operand, depth)
        case Term():
            yield f"{indent}{as_written(expression)} — {_described(expression)}"
        case _:
            yield f"{indent}{as_written(expression)} — an earlier search"


def _step(operator: str, operand: Expression, depth: int) -> Iterator[str]:
    """One step from left to right: on the operator's own line when it is one term, else below it."""
    indent = "  " * depth
    if isinstance(operand, Group):
        if operator:
            yield f"{indent}{operator.strip()}"
        yield from _lines(operand.inner, depth + 1)
    else:
        yield from (f"{indent}{operator}{line.strip()}" for line in _lines(operand, 0))


def _covered(term: Term, field: Field) -> str:
    """How far a heading reaches: PubMed explodes every one, also those of which litwatch knows nothing below."""
    heading = term.text.partition("/")[0]
    if term.tag and term.tag.noexp:
        return "itself only"
    if field.tag == "pt" or MESH_IN_USE.edition is None:
        tree = PUBLICATION_TYPES if field.tag == "pt" else MESH_IN_USE
        known = len(tree.explode(heading)) - 1
        return f"with {known} narrower and what else PubMed has below it" if known else "and what PubMed has below it"
    if MESH_IN_USE.find(heading) is None:
        return f"not in MeSH {MESH_IN_USE.edition[0]}"
    narrower = len(MESH_IN_USE.explode(heading)) - 1
    return f"with {narrower} narrower" if narrower else "which has nothing below it"


def _described(term: Term) -> str:
    field = term.tag.field if term.tag else None
    if field is None:
        start = "unknown tag, searched as untagged: " if term.tag else ""
        return start + ("the phrase in All Fields" if term.quoted else "mapped by PubMed")
    if field.kind is FieldKind.MESH and field.tag != "sh":
        return f"{field.name}, {_covered(term, field)}"
    if term.tag and term.tag.near is not None and term.quoted:
        return f"{field.name}, within {term.tag.near} words of each other"
    return field.name
