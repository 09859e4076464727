"""Words within so many places of each other, in a batch's texts, from the places of each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.percolator.term_classes import Numbers

GAP = 200_000
"""Places between two texts: more than any window, so that none reaches from one text into the next. A strategy has at
most 100,000 characters, and a proximity of at most 9,999."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the words stand that any strategy looks for near others, word by word."""

    starts: Numbers
    """The places of word *n* are those from ``starts[n]`` to ``starts[n + 1]``."""
    places: Numbers
    """Each word's places in order, counted through all texts, with a ``GAP`` between two."""
    texts: NDArray[np.int32]
    """The text of each place."""

    def texts_near(self, words: Sequence[int], distance: int) -> NDArray[np.int32]:
        """The texts, by number, some more than once, that hold all the words within ``len(words) + distance`` places.

        The words may stand in any order; one that is given twice must stand there twice.
        """
        counts = Counter(words)
        first, *others = sorted(counts, key=lambda word: int(self.starts[word + 1] - self.starts[word]))
        rarest = self._of(first)
        if not len(rarest):
            return self.texts[:0]
        widest = len(words) + distance
        if len(words) == 2 and others:
            near = _pairs(rarest, self._of(others[0]), widest)
        else:
            near = _windows([(self._of(word), count) for word, count in counts.items()], rarest, widest)
        return self.texts[self.starts[first] : self.starts[first + 1]][near]

    def _of(self, word: int) -> Numbers:
        return self.places[self.starts[word] : self.starts[word + 1]]


def _pairs(rarest: Numbers, other: Numbers, widest: int) -> NDArray[np.bool_]:
    """Which places of one word have the other before or behind them."""
    at = np.searchsorted(other, rarest)
    behind = other[np.minimum(at, len(other) - 1)] - rarest
    before = rarest - other[np.maximum(at - 1, 0)]
    found: NDArray[np.bool_] = (np.abs(behind) < widest) | (np.abs(before) < widest)
    return found


def _windows(wanted: Sequence[tuple[Numbers, int]], rarest: Numbers, widest: int) -> NDArray[np.bool_]:
    """Which places of the rarest word lie in a window that holds each word as often as it is wanted.

    A window with all the words holds the rarest, so it ends at such a place or at most ``widest - 1`` places later.
    """
    last = rarest[:, None] + np.arange(widest)
    holds = np.ones(last.shape, bool)
    for places, count in wanted:
        inside = np.searchsorted(places, last, "right") - np.searchsorted(places, last - widest, "right")
        holds &= inside >= count
    return np.asarray(holds.any(axis=1), bool)
