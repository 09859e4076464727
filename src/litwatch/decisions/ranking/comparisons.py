"""Several ways to say how close a record is to what an article cites and asks, and how far each can be trusted here.

A signal is trusted as far as it finds the article's own cited papers again: each is hidden in turn, ranked among the
records by what the others say, and the mean logarithm of its place is the measure. Nothing else is fitted to an
article, and no label is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array, hstack

from litwatch.decisions.ranking.papers import ArticleProfile, Paper
from litwatch.decisions.ranking.term_matrix import Floats, Matrix, Terms, count_names, document_frequency, weigh

_BM25_K1, _BM25_B = 1.5, 0.75
"""Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"."""
_DIMENSIONS = 100
"""Of the latent space (Deerwester 1990: "70 to 100 dimensions")."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One way to compare, for one article."""

    name: str
    scores: Floats
    """One a record; only their order is used."""
    trust: float
    """Nats by which it beats chance on the article's hidden papers, 0 or more."""


_MOST_HELD = 2_000_000
"""So many numbers are held at a time while papers are hidden."""
_SAMPLE = 1000
"""Rows that the themes are read off."""

Indices = NDArray[np.int64]
Profile = Callable[[Indices], Floats]
"""From the places of some cited papers to a vector that records are multiplied with."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to compare: the rows, and what they are multiplied with."""

    name: str
    rows: Matrix
    """Records first, then the cited papers."""
    profile: Profile
    is_mean: bool = False
    """Whether the profile is the mean of the cited papers' rows, less ``shift``."""
    is_fixed: bool = False
    """Whether it is the same whatever papers are hidden."""
    shift: Floats | None = None
    without_each: Profile | None = None
    """From the places of some cited papers to the profiles without one of them each, a column a paper."""


class Compared:
    """Records and an article's papers in the same space, and the signals between them."""

    def __init__(self, profile: ArticleProfile, records: Sequence[Paper], background: Sequence[Paper] = ()) -> None:
        self._n, self._r = len(records), len(profile.cited)
        papers = [*records, *profile.cited, *background]
        terms = Terms([*([paper.title, paper.abstract] for paper in papers), [profile.question], profile.sentences])
        titles = Terms([*([paper.title] for paper in papers), [profile.question]])
        headings = count_names([*(paper.headings for paper in papers), (), ()])
        self._counts = csr_array(hstack([terms.words, terms.pairs]))
        self._plain = weigh(terms.words)
        self._titles = weigh(csr_array(hstack([titles.words, titles.pairs])))
        self._words = weigh(csr_array(hstack([terms.words, headings])))
        self.text = weigh(self._counts)
        """Stems and their pairs, weighted: records, cited papers, background, question, sentences."""
        compared = papers[: self._n + self._r]
        # A paper stands among its own references, so that sharing is the same in both directions.
        some = any(paper.cites for paper in compared)
        self._references = weigh(count_names([{paper.id, *paper.cites} if some else () for paper in compared]))
        self._journals = count_names([[paper.journal] if paper.journal else [] for paper in compared])
        self._sentences = any(profile.sentences)

    def measure(self) -> tuple[Signal, ...]:
        """Every signal with its trust."""
        n, end = self._n, self._n + self._r
        plain, words, text, titles = self._plain, self._words, self.text, self._titles
        usual = _mean(words[:n])
        question, in_title = _mean(text[[-2]]), _mean(titles[[-1]])
        latent = _project(plain[:end])
        feedback = _Bm25(self._counts, n)
        compared = [
            _Way("words", plain, lambda some: _mean(plain[n + some]), is_mean=True),
            _Way("what sets them apart", words, lambda some: _mean(words[n + some]) - usual, is_mean=True, shift=usual),
            _Way(
                "what they share", text, lambda some: _shared(text[n + some]), without_each=_Sharing(text[n:end]).hide
            ),
            _Way("question in the text", text, lambda _: question, is_fixed=True),
            _Way("question in the title", titles, lambda _: in_title, is_fixed=True),
            _Way(
                "telling terms",
                feedback.weighted,
                lambda some: feedback.weigh_terms(n + some),
                without_each=lambda some: feedback.weigh_terms_without(self._r, some),
            ),
            _Way("latent themes", latent, lambda some: _mean(latent[n + some]), is_mean=True),
        ]
        if self._sentences:
            sentences = _mean(text[[-1]])
            compared.append(_Way("the article's sentences", text, lambda _: sentences, is_fixed=True))
        for name, rows in (("shared references", self._references), ("the same journals", self._journals)):
            if rows.nnz:
                compared.append(_Way(name, rows, lambda some, rows=rows: _mean(rows[n + some]), is_mean=True))  # type: ignore[misc]
        return tuple(map(self._judge, compared))

    def _judge(self, way: _Way) -> Signal:
        n, end = self._n, self._n + self._r
        # Rows are cut once they are numbers: a piece of a sparse matrix costs more than all its products.
        products = _product(way.rows, way.profile(np.arange(self._r)))
        scores = products[:n]
        if self._r < 2:
            return Signal(way.name, scores, 0.0)
        shares = []
        for others, own in self._hide_each(way, scores, products[n:end]):
            place = np.count_nonzero(others > own) + 0.5 * np.count_nonzero(others == own) + 1
            shares.append(place / (n + 1))
        return Signal(way.name, scores, max(0.0, -1 - float(np.mean(np.log(shares)))))  # chance gives a mean of -1

    def _hide_each(self, way: _Way, scores: Floats, cited_scores: Floats) -> Iterator[tuple[Floats, float]]:
        """For each cited paper, hidden: the records' scores by the others, and its own."""
        n, end = self._n, self._n + self._r
        everyone = np.arange(self._r)
        if way.is_fixed:
            for own in cited_scores:
                yield scores, own
        elif way.is_mean:  # the mean of the products is the product of the mean: one product for all
            both = _likeness(way.rows, way.rows[n:end])
            near, among = both[:n], both[n:end]
            less = way.rows @ way.shift if way.shift is not None else np.zeros(way.rows.shape[0])
            total, own_total = near.sum(axis=1), among.sum(axis=1)
            for hidden in everyone:
                others = (total - near[:, hidden]) / (self._r - 1) - less[:n]
                own = (own_total[hidden] - among[hidden, hidden]) / (self._r - 1) - less[n + hidden]
                yield others.round(12), own.round(12)
        elif way.without_each is not None:
            at_once = max(1, _MOST_HELD // way.rows.shape[1])
            for start in range(0, self._r, at_once):
                some = everyone[start : start + at_once]
                products = np.asarray(way.rows @ way.without_each(some)).round(12)
                yield from zip(products[:n].T, products[n + some].diagonal(), strict=True)


class _Bm25:
    """Terms that tell the cited papers from the records (Robertson & Sparck Jones 1976), in BM25's measure."""

    def __init__(self, counts: Matrix, records: int) -> None:
        self._counts, self._n = counts, records
        self._frequency = document_frequency(counts[:records])
        length = np.asarray(counts.sum(axis=1)).ravel()
        usual = float(length[:records].mean()) or 1.0
        damping = _BM25_K1 * (1 - _BM25_B + _BM25_B * length / usual)
        self.weighted = counts.copy()
        spread = np.repeat(damping, np.diff(counts.indptr))
        self.weighted.data = counts.data * (_BM25_K1 + 1) / (counts.data + spread)

    def weigh_terms(self, cited: Indices) -> Floats:
        """The relevance weight of every term that stands in the cited papers, 0 for the others."""
        return self._weigh(document_frequency(self._counts[cited]), len(cited), self._frequency)

    def weigh_terms_without(self, papers: int, hidden: Indices) -> Floats:
        """The same for all cited ``papers``, the rows after the records, less one of them: a column each."""
        cited = self._counts[self._n : self._n + papers]
        among = document_frequency(cited)[:, None] - _has(cited, hidden)
        return self._weigh(among, papers - 1, self._frequency[:, None])

    def _weigh(self, among: Floats, papers: int, frequency: Floats) -> Floats:
        inside = (among + 0.5) / (papers - among + 0.5)
        outside = (frequency + 0.5) / (self._n - frequency + 0.5)
        return np.where(among > 0, np.maximum(np.log(inside / outside), 0), 0)


class _Sharing:
    """``_shared`` of some rows without one of them."""

    def __init__(self, rows: Matrix) -> None:
        self._rows = rows

    def hide(self, hidden: Indices) -> Floats:
        """A column each."""
        rows, left = self._rows, max(1, self._rows.shape[0] - 1)
        total = np.asarray(rows.sum(axis=0), dtype=np.float64).ravel()
        mean = (total[:, None] - np.asarray(rows[hidden].todense(), dtype=np.float64).T) / left
        share = (document_frequency(rows)[:, None] - _has(rows, hidden)) / left
        return np.asarray(np.where(share > 0, mean, 0) * share, dtype=np.float64)


def _has(rows: Matrix, some: Indices) -> Floats:
    """Which columns some rows have, as 0 and 1, a column a row."""
    return np.asarray(rows[some].todense().T != 0, dtype=np.float64)


def _mean(rows: Matrix) -> Floats:
    return np.asarray(rows.mean(axis=0), dtype=np.float64).ravel() if rows.shape[0] else np.zeros(rows.shape[1])


def _shared(rows: Matrix) -> Floats:
    """The mean row, each term by the share of the rows that have it."""
    share: Floats = document_frequency(rows) / max(1, rows.shape[0])
    return _mean(rows) * share


def _likeness(rows: Matrix, others: Matrix) -> Floats:
    """The product of each row with each of the others."""
    both = rows @ others.T
    return np.asarray(both.todense() if hasattr(both, "todense") else both, dtype=np.float64)


def _product(rows: Matrix, vector: Floats) -> Floats:
    return np.asarray(rows @ vector, dtype=np.float64).ravel().round(12)


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
    values, shares = eigh(likeness, subset_by_index=[height - themes, height - 1])
    strong = values > 1e-9 * values.max()
    directions = sample.T @ (shares[:, strong] / np.sqrt(values[strong]))
    themed = rows @ directions
    length = np.sqrt((themed**2).sum(axis=1, keepdims=True))
    return np.asarray(np.where(length > 1e-9, themed / np.maximum(length, 1e-9), 0))  # below is rounding, no theme
