"""PubMed search strategies: read, explain, lint and evaluate them the way PubMed does, without PubMed.

Three uses: the editors' check of a strategy before it runs every night, the reason why a cited paper is not found by
its own strategy, and the search of the stand-in server.
"""

from __future__ import annotations

from litwatch.strategy.evaluation import Obstacle, matches, why_not
from litwatch.strategy.explanation import Explanation, explain
from litwatch.strategy.expression import Expression, as_written
from litwatch.strategy.linting import lint_strategy
from litwatch.strategy.parser import parse
from litwatch.strategy.problems import StrategyProblem
from litwatch.strategy.translation import Translation, translate

__all__ = [
    "Explanation",
    "Expression",
    "Obstacle",
    "StrategyProblem",
    "Translation",
    "as_written",
    "explain",
    "lint_strategy",
    "matches",
    "parse",
    "translate",
    "why_not",
]
