"""Papers that somebody has answered about, as the ranking learns from them; without its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decisions.ranking.papers import Paper
from litwatch.model.judgement import Decision

WORTH = {
    Decision.RELEVANT: 1.0,
    Decision.INCLUDED_BEFORE: 1.0,
    Decision.ALREADY_COVERED: 0.5,
    Decision.NOT_RELEVANT: 0.0,
    Decision.EXCLUDED_BEFORE: 0.0,
}
"""What an answer teaches. "Later" teaches nothing: it says when to ask again. A paper that tells nothing new is on the
subject all the same."""
FEWEST_ANSWERS = 10
"""Fewer answers say nothing about the rest."""

DOUBT = 3.0
"""Four times in five, what was left to be kept lay between its estimate divided by this and times this
(docs/performance.md)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A paper that somebody has answered about, and what the answer is worth from 0 to 1."""

    paper: Paper
    worth: float
