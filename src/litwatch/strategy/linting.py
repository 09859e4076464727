"""All lint rules over one strategy: what PubMed passes over without a word.

PubMed ignores nearly every mistake and answers with a plausible number, so a saved strategy is checked before it runs
every night.
"""

from __future__ import annotations

from litwatch.model.errors import StrategyError
from litwatch.model.severity import Severity
from litwatch.strategy import character_rules, coverage_rules, pasted_rules, syntax_rules
from litwatch.strategy.expression import terms
from litwatch.strategy.parser import parse, scan
from litwatch.strategy.problems import Reading, StrategyProblem


def lint_strategy(text: str) -> tuple[StrategyProblem, ...]:
    """Every problem of a strategy, in the order of the text; an unreadable one is a problem too, nothing is raised.

    The shipped tree that headings are looked up in is small, so an unknown heading is only noted, and only when it
    looks like one that the tree has.
    """
    refused: StrategyError | None = None
    expression = None
    try:
        expression = parse(text)
    except StrategyError as error:
        refused = error
    tokens = scan(text[:100_000])
    reading = Reading(text, tokens, expression, terms(expression) if expression else ())
    rules = (*syntax_rules.RULES, *character_rules.RULES, *pasted_rules.RULES, *coverage_rules.RULES)
    found = [problem for rule in rules for problem in rule(reading)]
    if refused is not None:
        hint = "Mend this first; most rules could not look at the rest."
        found.append(reading.problem(("S01-unreadable", Severity.ERROR), 0, 0, str(refused), hint))
    return tuple(sorted(found, key=lambda problem: (problem.position, problem.code)))
