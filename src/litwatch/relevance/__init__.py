"""What is new for an article, most relevant first. ``docs/ranking.md`` says in words how.

papers     what is read of a record
terms      texts as word counts
signals    seven ways to be close to an article, each with how far it can be trusted there
importance what could change a clinician's practice
ranking    the order
"""

from __future__ import annotations

from litwatch.relevance.papers import ArticleProfile, Paper, paper_of
from litwatch.relevance.ranking import as_share, rank

__all__ = ["ArticleProfile", "Paper", "as_share", "paper_of", "rank"]
