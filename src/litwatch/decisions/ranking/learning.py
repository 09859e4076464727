"""What people's answers teach the ranking, and what they must not: no answer hides a record, none touches a notice.

A ``Judged`` paper is one that somebody has answered about. Records like those that were kept move up, records like
those that were set aside move down, by regression on the answers (kernel ridge on TF-IDF, closed form) and by clamping
the answered papers while scores are evened among neighbours. Every tenth place goes to the record that would stand
highest without any answer, so that early answers cannot blind the ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litwatch.decisions.ranking.judged_papers import DOUBT, FEWEST_ANSWERS
from litwatch.decisions.ranking.term_matrix import Floats, Matrix
from litwatch.decisions.reason import Reason, ReasonCode

CLAMPED = 3.0
"""Standard deviations by which an answered paper stands above or below the middle while scores are evened."""
STRENGTH = 6.0
"""Of the regression's lesson, in standard deviations for a record like every kept paper and unlike the others."""
STEADINESS = 100.0
"""How hard a comparison's weight is to move: as if it had been seen right in so many answers."""
EXPLORED = 10
"""One place in so many goes to the ranking without answers."""
SIMILAR = 0.1
"""Cosine from which two papers are called similar to a reader; unrelated abstracts have about 0.02."""


def learn(text: Matrix, judged: NDArray[np.int64], worth: Floats) -> Floats:
    """What the answers add to each row's score; all 0 without answers.

    ``judged`` are the rows answered about and ``worth`` their answers; rows have length 1.
    """
    if not len(judged):
        return np.zeros(text.shape[0])
    answered = text[judged]
    likeness = np.asarray((answered @ answered.T).todense())
    lesson = np.linalg.solve(likeness + np.eye(len(judged)), worth - worth.mean())
    return STRENGTH * np.asarray(text @ (answered.T @ lesson), dtype=np.float64).ravel()


def to_chance(logits: Floats) -> Floats:
    """The chances, 0 to 1, whose odds have these logarithms."""
    return np.exp(-np.logaddexp(0, -logits))


def learn_weights(features: Floats, worth: Floats, weights: Floats) -> Floats:
    """The weights of comparisons (and of importance) that explain the answers, not far from those before them.

    ``features`` has a row an answered paper and a column a weight. Logistic regression whose penalty pulls towards
    ``weights``; the level is free. The new weights are scaled to the old ones' length: answers say which comparison to
    trust, not how much the article's papers count beside neighbours.
    """
    if not len(worth) or worth.min() == worth.max():
        return weights
    design = np.column_stack([features, np.ones(len(worth))])
    before = np.append(weights, 0.0)
    pull = np.append(np.full(len(weights), STEADINESS), 0.01)
    found = before
    for _ in range(30):  # Newton's method; the penalty makes it convex and bounded
        chance = to_chance(design @ found)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curve, design.T @ (worth - chance) - pull * (found - before))
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    learnt = found[:-1]
    length = float(np.linalg.norm(learnt))
    return learnt * float(np.linalg.norm(weights)) / length if length > 1e-9 else weights


def clamp(scores: Floats, judged: NDArray[np.int64], worth: Floats) -> Floats:
    """Scores in which the answered rows stand clearly above or below the middle, by their answers."""
    clamped = scores.copy()
    own = scores[judged]
    clamped[judged] = np.where(worth > 0.5, np.maximum(own, 0) + CLAMPED, own)
    clamped[judged] = np.where(worth < 0.5, np.minimum(own, 0) - CLAMPED, clamped[judged])
    return clamped


def explore(scores: Floats, without_answers: Floats) -> list[int]:
    """Rows in the order in which they are shown: by score, but each tenth by its score without answers."""
    by_score = iter(np.argsort(-scores, kind="stable").tolist())
    by_rule = iter(np.argsort(-without_answers, kind="stable").tolist())
    shown: dict[int, None] = {}
    for place in range(1, len(scores) + 1):
        source = by_rule if place % EXPLORED == 0 else by_score
        shown[next(row for row in source if row not in shown)] = None
    return list(shown)


FIRST = 20
"""About so many new records a board reads in one go; a digest prints half of them unless its topic says otherwise."""


def moved_between(scores: Floats, without_answers: Floats) -> NDArray[np.int64]:
    """What the answers did to each record: 1 brought among the first, -1 taken from them, 0 neither.

    Answers move every score a little, so that only who crosses this line tells a reader anything. Of a short list the
    line is drawn behind the first quarter: who reads all of it is not told that a record moved by a place or two.
    """
    first = min(FIRST, len(scores) // 4)
    now, then = (np.argsort(np.argsort(-each, kind="stable")) < first for each in (scores, without_answers))
    return now.astype(np.int64) - then.astype(np.int64)


def find_why(likeness: Floats, worth: Floats, moved: int) -> Reason | None:
    """What the answers did to one record; None where they did nothing that a reader would notice.

    ``likeness`` is the record's cosine with each answered paper, ``moved`` as ``moved_between`` tells it.
    """
    kept = int(np.count_nonzero((likeness >= SIMILAR) & (worth > 0.5)))
    set_aside = int(np.count_nonzero((likeness >= SIMILAR) & (worth < 0.5)))
    if moved > 0 and kept:
        return Reason(ReasonCode.RANKED_HIGHER, (kept,))
    if moved < 0 and set_aside:
        return Reason(ReasonCode.RANKED_LOWER, (set_aside,))
    return None


@dataclass(frozen=True, slots=True)
class RecallEstimate:
    """How much of what matters has been seen, and how that is known."""

    found: float
    """Kept so far."""
    expected: float
    """Expected among the records that nobody has answered about."""
    answers: int
    chances: Floats
    """For each place, from the first: that its record would be kept. 0 where it has been answered about."""

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.found / (self.found + self.expected) if self.found + self.expected else 1.0

    @property
    def span(self) -> tuple[float, float]:
        """Between which the share lies four times in five (``DOUBT``)."""
        low, high = (self.found / (self.found + self.expected * times) for times in (DOUBT, 1 / DOUBT))
        return low, high


_FALL, _EARLY = 1.5, 10
"""The odds of being kept fall as (place + 10) to the power of -1.5. On sixteen topics the estimate is then off by 0.14
on average, rather too low than too high; other constants, chosen on fifteen topics, did no better on the sixteenth."""


def estimate_recall(places: Sequence[int], worth: Sequence[float], records: int) -> RecallEstimate | None:
    """The share of relevant records that is seen; None before ten answers, of which at least one kept its record.

    ``places`` are where the answered records stand in the ranking without answers (1 is first) of ``records``. The
    odds that a record is kept are taken to fall with its place in a fixed way, their height is set so that the answers
    come out as they did, and the expected number is the sum of the chances over the places not answered. Papers are
    answered from the top, so this extrapolates: it is a guide to when to stop, not a proof.
    """
    kept = sum(one > 0.5 for one in worth)
    if len(worth) < FEWEST_ANSWERS or not kept:
        return None
    seen = _FALL * np.log(np.asarray(places, dtype=np.float64) + _EARLY)
    target = min(kept, len(worth) - 0.5)
    low, high = -50.0, 100.0
    for _ in range(80):  # halving: the expected number of kept records rises with the height
        height = (low + high) / 2
        low, high = (height, high) if to_chance(height - seen).sum() < target else (low, height)
    chances = to_chance(low - _FALL * np.log(np.arange(1, records + 1) + _EARLY))
    chances[np.asarray(places) - 1] = 0
    return RecallEstimate(float(kept), float(chances.sum()), len(worth), chances)
