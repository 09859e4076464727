"""What is new for an article, most relevant first. ``docs/ranking.md`` says in words how.

papers         what is read of a record
judged_papers  what people's answers are worth
embedded_text  what a sentence model reads of a text, and by what its embedding is kept
sentence_model embeddings of texts, where a site has installed a model
term_matrix    texts as word counts
comparisons    several ways to be close to an article, each with how far it can be trusted there
importance     what could change a clinician's practice
learning       what people's answers add, and how much they leave to be seen
ranking        the order

The package itself gives the values that a ranking takes. Import ``rank`` and ``estimate_recall`` from their modules
where something is ranked: they load SciPy, which takes longer than most commands.
"""

from __future__ import annotations

from litwatch.decisions.ranking.embedded_text import MINILM, EmbeddedTexts, ModelFacts, key_of_text, text_read
from litwatch.decisions.ranking.judged_papers import DOUBT, FEWEST_ANSWERS, WORTH, Judged
from litwatch.decisions.ranking.papers import ArticleProfile, Paper, paper_of

__all__ = [
    "DOUBT",
    "FEWEST_ANSWERS",
    "MINILM",
    "WORTH",
    "ArticleProfile",
    "EmbeddedTexts",
    "Judged",
    "ModelFacts",
    "Paper",
    "key_of_text",
    "paper_of",
    "text_read",
]
