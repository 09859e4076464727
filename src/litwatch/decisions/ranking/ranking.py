"""Orders what is new for an article by what the article has: its question and the papers that it cites.

    signals → joined by trust → clinical importance → evened among neighbours → an order, with reasons

Deterministic: the same records in any order get the same scores. The order decides nothing and hides nothing (rules
R-05 and R-25).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from litwatch.decisions.ranking.comparisons import Compared, Signal
from litwatch.decisions.ranking.importance import measure_clinical, weigh_importance
from litwatch.decisions.ranking.judged_papers import Judged
from litwatch.decisions.ranking.learning import (
    clamp,
    estimate_recall,
    explore,
    find_why,
    learn,
    learn_weights,
    moved_between,
)
from litwatch.decisions.ranking.papers import ArticleProfile, Paper
from litwatch.decisions.ranking.term_matrix import Floats, Matrix
from litwatch.decisions.reason import Reason

IMPORTANCE = 0.3
"""Weight of clinical importance beside closeness, both in standard deviations."""
TRUSTED = 0.5
"""How much trust counts in a signal's weight: as its power of e, so that two nats more weigh e times as much."""
MEANT, ASKED = 0.3, 0.3
"""Weights of the meaning that a record shares with the cited papers, and with the question, where a sentence model has
read all of them; in standard deviations of closeness."""
NEIGHBOURS, EVENED = 10, 0.4
"""A record takes this share of its score from the records most like it (Zhou 2004, "local and global consistency")."""
_NORMAL = NormalDist()
READ_CLOSELY = 1000
"""So many of the closest records are weighed for importance and evened; the others follow in order of closeness."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records in an order, and why. Scores compare within one ranking only; higher is more relevant."""

    scores: Floats
    without_answers: Floats
    """The same before people's answers were used; equal to ``scores`` where there are none."""
    reasons: tuple[Reason | None, ...]
    """What the answers did to each record: told only of who came among the first by them, or left."""
    chances: Floats | None = None
    """That the board would keep each record, 0 where it has answered; None where that cannot be estimated."""

    @property
    def order(self) -> list[int]:
        """Places of the records as they are shown, some kept for what the answers might hide."""
        return explore(self.scores, self.without_answers)

    @property
    def shares(self) -> list[float]:
        """Each record's place as a number from 0 (last) to 1 (first), for a list that has other keys beside."""
        count = len(self.scores)
        place_of = {row: place for place, row in enumerate(self.order)}
        return [round(1 - (place_of[row] + 0.5) / count, 4) for row in range(count)]


def rank(profile: ArticleProfile, records: Sequence[Paper], background: Sequence[Paper] = ()) -> Floats:
    """A score for each record, without anybody's answers.

    ``background`` are other papers whose words say how common a word is; with few records it steadies the order.
    """
    return rank_with_answers(profile, records, (), background).scores


def rank_with_answers(
    profile: ArticleProfile, records: Sequence[Paper], answers: Sequence[Judged], background: Sequence[Paper] = ()
) -> Ranking:
    """Rank records by the article and by what people have said about others; answers may concern records too."""
    worth = {one.paper.id: one.worth for one in answers}
    known = {paper.id for paper in records}
    pool = [*records, *{one.paper.id: one.paper for one in answers if one.paper.id not in known}.values()]
    if not pool:
        return Ranking(np.zeros(0), np.zeros(0), ())
    order = sorted(range(len(pool)), key=lambda i: (pool[i].title, pool[i].abstract, pool[i].id))
    back = np.argsort(order)[: len(records)]
    sorted_pool = [pool[i] for i in order]
    compared = Compared(profile, sorted_pool, background)
    orders, weights = line_up(compared.measure())
    weights /= max(float((orders @ weights).std()), 1e-9)
    if meaning := compared.compare_meaning():
        orders = np.column_stack([orders, *map(spread_ranks, meaning)])
        weights = np.append(weights, (MEANT, ASKED))
    closeness = standardise(orders @ weights)
    judged = np.array([place for place, paper in enumerate(sorted_pool) if paper.id in worth], dtype=np.int64)
    said = np.array([worth[sorted_pool[place].id] for place in judged], dtype=np.float64)
    # What was answered about is read closely too, wherever it stands.
    closest = np.union1d(np.argsort(-closeness, kind="stable")[:READ_CLOSELY], judged).astype(np.int64)
    importance = standardise(weigh_importance([sorted_pool[place] for place in closest]))
    features = np.column_stack([orders[closest], importance])
    weights = np.append(weights, IMPORTANCE * measure_clinical(profile.cited))
    read = features @ weights
    text = compared.text[closest]
    graph = draw_neighbours(text)
    plain = _below(closeness, closest, even_out(read, graph))
    if not len(judged):
        return Ranking(plain[back], plain[back], (None,) * len(records))
    answered = np.searchsorted(closest, judged)
    read = features @ learn_weights(features[answered], said, weights)
    learnt = even_out(clamp(read + learn(text, answered, said), answered, said), graph)
    scores = _below(closeness, closest, learnt)
    likeness = np.asarray((compared.text @ compared.text[judged].T).todense())
    likeness[judged, np.arange(len(judged))] = 0  # none is a similar paper of its own
    moved = moved_between(scores[back], plain[back]).tolist()
    reasons = tuple(find_why(likeness[place], said, step) for place, step in zip(back, moved, strict=True))
    order_without = np.argsort(-plain, kind="stable")
    place_of = np.argsort(order_without)
    estimate = estimate_recall((place_of[judged] + 1).tolist(), said.tolist(), len(pool))
    chances = estimate.chances[place_of][back] if estimate else None
    return Ranking(scores[back], plain[back], reasons, chances)


def _below(closeness: Floats, closest: NDArray[np.int64], read: Floats) -> Floats:
    """All scores: those that were read closely, and the others in their order below them."""
    scores = closeness - closeness.max() + min(0.0, float(read.min())) - 1
    scores[closest] = read
    return np.asarray(scores)


def line_up(signals: Sequence[Signal]) -> tuple[Floats, Floats]:
    """The signals' orders, a column each, and their weights: e to the power of half the trust, the highest 1."""
    trust = np.array([signal.trust for signal in signals])
    return np.column_stack([spread_ranks(signal.scores) for signal in signals]), np.exp(TRUSTED * (trust - trust.max()))


def spread_ranks(scores: Floats) -> Floats:
    """Each score's rank as a normal deviate: what counts is the order, not a signal's own scale."""
    _, value, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank_of = np.cumsum(count) - (count - 1) / 2  # the mean of the ranks that equal scores share
    deviates = np.array([*map(_NORMAL.inv_cdf, (rank_of - 0.5) / len(scores))])
    return standardise(deviates[value])


def standardise(values: Floats) -> Floats:
    """Mean 0 and standard deviation 1; all 0 where the values do not differ."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def even_out(scores: Floats, graph: Matrix, share: float = EVENED) -> Floats:
    """Scores after a few steps in which each record takes a ``share`` from its nearest neighbours."""
    evened = scores
    for _ in range(6):
        evened = share * (graph @ evened) + (1 - share) * scores
    return evened


def draw_neighbours(text: Matrix) -> Matrix:
    """Each row joined with the rows most like it, both ways, weighted by likeness and evened by degree."""
    n = text.shape[0]
    if n < 3:
        return csr_array((n, n))
    likeness = np.asarray((text @ text.T).todense())
    np.fill_diagonal(likeness, 0)
    count = min(NEIGHBOURS, n - 1)
    least = np.partition(likeness, -count, axis=1)[:, -count, None]
    near = np.where(likeness >= least, likeness, 0)
    near = np.maximum(near, near.T)
    degree = np.sqrt(near.sum(axis=1) + 1e-9)
    return csr_array(near / degree[:, None] / degree[None, :])
