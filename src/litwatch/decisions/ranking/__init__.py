"""What is new for an article, most relevant first. ``docs/ranking.md`` says in words how.

papers     what is read of a record
terms      texts as word counts
signals    several ways to be close to an article, each with how far it can be trusted there
importance what could change a clinician's practice
learning   what people's answers add, and how much they leave to be seen
ranking    the order
"""

from __future__ import annotations

from litwatch.decisions.ranking.learning import FEWEST_ANSWERS, WORTH, Judged, RecallEstimate, estimate_recall
from litwatch.decisions.ranking.papers import ArticleProfile, Paper, paper_of
from litwatch.decisions.ranking.ranking import Ranking, rank, rank_with_answers

__all__ = [
    "FEWEST_ANSWERS",
    "WORTH",
    "ArticleProfile",
    "Judged",
    "Paper",
    "Ranking",
    "RecallEstimate",
    "estimate_recall",
    "paper_of",
    "rank",
    "rank_with_answers",
]
