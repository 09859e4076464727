"""Orders what is new for an article by what the article has: its question and the papers that it cites.

    signals → joined by trust → clinical importance → evened among neighbours → an order, with reasons

Deterministic: the same records in any order get the same scores. The order decides nothing and hides nothing (rules
R-05 and R-25). This module refuses to read labels, dates and the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from litwatch.relevance.importance import measure_clinical, weigh_importance
from litwatch.relevance.papers import ArticleProfile, Paper
from litwatch.relevance.signals import Compared, Signal
from litwatch.relevance.terms import Floats, Matrix

IMPORTANCE = 0.4
"""Weight of clinical importance beside closeness, both in standard deviations."""
NEIGHBOURS, EVENED = 10, 0.3
"""A record takes this share of its score from the records most like it (Zhou 2004, "local and global consistency")."""
READ_CLOSELY = 1000
"""So many of the closest records are weighed for importance and evened; the others follow in order of closeness."""


def rank(profile: ArticleProfile, records: Sequence[Paper], background: Sequence[Paper] = ()) -> Floats:
    """A score for each record, higher is more relevant; they compare within one call only.

    ``background`` are other papers whose words say how common a word is; with few records it steadies the order.
    """
    if not records:
        return np.zeros(0)
    order = sorted(range(len(records)), key=lambda i: (records[i].title, records[i].abstract, records[i].id))
    scores = np.empty(len(records))
    scores[order] = _rank_sorted(profile, [records[i] for i in order], background)
    return scores


def _rank_sorted(profile: ArticleProfile, records: Sequence[Paper], background: Sequence[Paper]) -> Floats:
    compared = Compared(profile, records, background)
    closeness = join(compared.measure())
    closest = np.sort(np.argsort(-closeness, kind="stable")[:READ_CLOSELY])
    read = closeness[closest]
    weight = IMPORTANCE * measure_clinical(profile.cited)
    read = read + weight * standardise(weigh_importance([records[i] for i in closest]))
    read = even_out(read, compared.text[closest])
    scores = closeness - closeness.max() + min(0.0, float(read.min())) - 1
    scores[closest] = read
    return np.asarray(scores)


def join(signals: Sequence[Signal]) -> Floats:
    """The signals' orders in one, each weighted by e to the power of its trust; mean 0, standard deviation 1."""
    trust = np.array([signal.trust for signal in signals])
    weights = np.exp(trust - trust.max())
    return standardise(sum(w * spread_ranks(s.scores) for w, s in zip(weights, signals, strict=True)))


def spread_ranks(scores: Floats) -> Floats:
    """Each score's rank as a normal deviate: what counts is the order, not a signal's own scale."""
    return standardise(ndtri((rankdata(scores) - 0.5) / len(scores)))


def standardise(values: Floats) -> Floats:
    """Mean 0 and standard deviation 1; all 0 where the values do not differ."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def even_out(scores: Floats, text: Matrix) -> Floats:
    """Scores after a few steps in which each record takes a share from its nearest neighbours."""
    n = len(scores)
    if n < 3:
        return scores
    likeness = np.asarray((text @ text.T).todense())
    np.fill_diagonal(likeness, 0)
    count = min(NEIGHBOURS, n - 1)
    least = np.partition(likeness, -count, axis=1)[:, -count, None]
    near = np.where(likeness >= least, likeness, 0)
    near = np.maximum(near, near.T)
    degree = np.sqrt(near.sum(axis=1) + 1e-9)
    graph = csr_array(near / degree[:, None] / degree[None, :])
    evened = scores
    for _ in range(6):
        evened = EVENED * (graph @ evened) + (1 - EVENED) * scores
    return evened


def as_share(scores: Floats) -> Floats:
    """Scores as numbers from 0 to 1, for a reader who sees one record alone."""
    return np.asarray(ndtr(standardise(scores)))
