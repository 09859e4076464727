"""Several ways to say how close a record is to what an article cites and asks, and how far each can be trusted here.

A signal is trusted as far as it finds the article's own cited papers again: each is hidden in turn, ranked among the
records by what the others say, and the mean logarithm of its place is the measure. Nothing else is fitted to an
article, and no label is read. ``docs/performance.md`` tells which other comparisons were tried and dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from litwatch.decisions.ranking.papers import ArticleProfile, Paper
from litwatch.decisions.ranking.term_matrix import Floats, Matrix, Terms, count_names, weigh

_DIMENSIONS = 100
"""Of the latent space (Deerwester 1990: "70 to 100 dimensions")."""
_SAMPLE = 1000
"""Rows that the themes are read off."""
_NEAREST = 3
"""Cited papers that a record must be like where it need not be like all."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One way to compare, for one article."""

    name: str
    scores: Floats
    """One a record; only their order is used."""
    trust: float
    """Nats by which it beats chance on the article's hidden papers, 0 or more."""


class Compared:
    """Records and an article's papers in the same space, and the signals between them."""

    def __init__(self, profile: ArticleProfile, records: Sequence[Paper], background: Sequence[Paper] = ()) -> None:
        self._n, self._r = len(records), len(profile.cited)
        papers = [*records, *profile.cited, *background]
        compared = papers[: self._n + self._r]
        # An article without a question asks what its sentences say.
        question = [profile.question] if profile.question.strip() else list(profile.sentences)
        terms = Terms([*([paper.title, paper.abstract] for paper in papers), question])
        headings = count_names([*(paper.headings for paper in papers), ()])
        self._plain = weigh(terms.words)[: len(compared)]
        self._words = weigh(csr_array(hstack([terms.words, headings])))[: len(compared)]
        phrases = weigh(csr_array(hstack([terms.words, terms.pairs])))
        self._phrases, self._question = phrases[: len(compared)], phrases[[-1]]
        self.text = phrases[: self._n]
        """The records' stems and their pairs, weighted."""
        # A paper stands among its own references, so that sharing is the same in both directions.
        some = any(paper.cites for paper in compared)
        embeddings = [paper.embedding for paper in compared]
        # Where one text has none, nothing is compared by meaning: a text without would be put anywhere.
        self._embeddings = _read_embeddings(embeddings) if self._r and all(embeddings) else None
        self._asked = _read_embeddings([profile.embedding]) if profile.embedding else None
        self._references = weigh(count_names([{paper.id, *paper.cites} if some else () for paper in compared]))

    def measure(self) -> tuple[Signal, ...]:
        """Every signal with its trust."""
        signals = [
            self._compare_with_mean("what sets them apart", self._words, apart=True),
            self._compare_with_nearest("nearest papers", self._phrases),
            self._compare_with_mean("themes", _centre(_project(self._plain), self._n)),
            self._compare_with_question("question"),
        ]
        if self._references.nnz:
            signals.append(self._compare_with_mean("shared references", self._references))
        return tuple(signals)

    def compare_meaning(self) -> tuple[Floats, Floats] | None:
        """How close each record's meaning is to that of the nearest cited papers, and to that of the question.

        None unless every record and cited paper has an embedding; the second is all zeros without a question's.
        """
        if self._embeddings is None:
            return None
        rows = self._embeddings
        centred = _centre(rows, self._n)
        near = np.sort(centred[: self._n] @ centred[self._n :].T, axis=1)[:, -_NEAREST:].mean(axis=1)
        asked = (rows[: self._n] @ self._asked.T).ravel() if self._asked is not None else np.zeros(self._n)
        return near.round(9), asked.round(9)

    def _compare_with_mean(self, name: str, rows: Matrix, *, apart: bool = False) -> Signal:
        """By likeness to the mean of the cited papers, less the records' own mean if it is what sets them ``apart``."""
        n, r = self._n, self._r
        likeness = _likeness(rows, rows[n:])
        usual = _likeness(rows, _mean(rows[:n])[None, :]).ravel() if apart else np.zeros(n + r)
        total = likeness.sum(axis=1)

        def hide_each() -> Iterator[tuple[Floats, float]]:
            for hidden in range(r):
                without = (total - likeness[:, hidden]) / (r - 1) - usual
                yield without[:n], float(without[n + hidden])

        return self._judge(name, total[:n] / max(1, r) - usual[:n], hide_each())

    def _compare_with_nearest(self, name: str, rows: Matrix) -> Signal:
        """By likeness to the nearest of the cited papers."""
        n, r = self._n, self._r
        likeness = _likeness(rows, rows[n:])
        # One more than are needed: it stands in where one of them is hidden.
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : _NEAREST + 1]
        near = np.take_along_axis(likeness, nearest, axis=1)
        usual = near[:, :_NEAREST].sum(axis=1)

        def hide_each() -> Iterator[tuple[Floats, float]]:
            for hidden in range(r):
                own = nearest == hidden
                lost = own[:, :_NEAREST].any(axis=1)
                without = np.where(lost, np.where(own, 0, near).sum(axis=1), usual)
                yield without[:n], float(without[n + hidden])

        return self._judge(name, usual[:n], hide_each())

    def _compare_with_question(self, name: str) -> Signal:
        """By the question's words in the text, whatever is cited."""
        likeness = _likeness(self._phrases, self._question).ravel()
        scores = likeness[: self._n]
        return self._judge(name, scores, ((scores, float(own)) for own in likeness[self._n :]))

    def _judge(self, name: str, scores: Floats, hidden: Iterable[tuple[Floats, float]]) -> Signal:
        """``hidden`` are, for each cited paper in turn, the records' scores by the other papers, and its own.

        Scores are rounded, so that equal texts are equal to the last digit on every machine.
        """
        scores = scores.round(12)
        if self._r < 2:
            return Signal(name, scores, 0.0)
        shares = []
        for exact, own_exact in hidden:
            others, own = exact.round(12), round(own_exact, 12)
            place = np.count_nonzero(others > own) + 0.5 * np.count_nonzero(others == own) + 1
            shares.append(place / (self._n + 1))
        return Signal(name, scores, max(0.0, -1 - float(np.mean(np.log(shares)))))  # chance gives a mean of -1


def _mean(rows: Matrix) -> Floats:
    return np.asarray(rows.mean(axis=0), dtype=np.float64).ravel() if rows.shape[0] else np.zeros(rows.shape[1])


def _likeness(rows: Matrix, others: Matrix) -> Floats:
    """The product of each row with each of the others."""
    both = rows @ others.T
    return np.asarray(both.todense() if hasattr(both, "todense") else both, dtype=np.float64)


def _read_embeddings(embeddings: Sequence[bytes]) -> Floats:
    """A row each, length 1."""
    rows = np.array([np.frombuffer(each, dtype=np.int8) for each in embeddings], dtype=np.float64)
    return np.asarray(rows / np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), 1e-9))


def _centre(rows: Floats, records: int) -> Floats:
    """Rows less the mean of the first ``records`` of them, length 1: what all records have in common tells nothing."""
    centred = rows - _mean(rows[:records])
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.asarray(np.where(length > 1e-9, centred / np.maximum(length, 1e-9), 0))  # below is rounding, no theme


def _project(rows: Matrix) -> Floats:
    """Each row in the space of the strongest common themes, length 1; the rows themselves where there are few.

    The themes are read off a thousand rows, evenly spaced: more do not change them, and take the longest of all.
    """
    sample = rows[np.unique(np.linspace(0, rows.shape[0] - 1, _SAMPLE).astype(np.int64))]
    height = sample.shape[0]
    themes = min(_DIMENSIONS, min(sample.shape) - 2)
    if themes < 2:
        return np.asarray(rows.todense())
    # LAPACK on the likeness of the sample's rows, not ARPACK on the rows: where texts are alike, ARPACK starts anew
    # with random numbers, and the same night again would have another order.
    likeness = np.asarray((sample @ sample.T).todense()).round(12)
    values, shares = (found[..., height - themes :] for found in np.linalg.eigh(likeness))
    strong = values > 1e-9 * values.max()
    directions = sample.T @ (shares[:, strong] / np.sqrt(values[strong]))
    themed = rows @ directions
    length = np.sqrt((themed**2).sum(axis=1, keepdims=True))
    return np.asarray(np.where(length > 1e-9, themed / np.maximum(length, 1e-9), 0))  # below is rounding, no theme
